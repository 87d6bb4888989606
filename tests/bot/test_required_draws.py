"""A draw fills seats that require something with people who fit them, and anybody can draw that again."""

import msgspec
import pytest
from sqlalchemy import func, select

from council import lots
from council.lots import Cannot, Limits, Quotas
from handlers import councils, dissolving, draws, processes, seats
from handlers.councils import Places
from handlers.writing import contents
from storage import Database, Keyring
from storage.states import DrawState, SeatKind
from storage.tables import candidate, seat
from tests.bot.test_drawing import GENDERS, Hall
from tests.handlers.standing import COUNCIL, SEATS, stand
from tests.storage.rows import PROCESS

WOMAN = {"gender": "woman"}
WITHOUT: Quotas = {}


@pytest.fixture
async def hall(database: Database, keys: Keyring) -> Hall:
    """Of its seats two require a woman; two women stand, three men, and one who does not say."""
    made = Hall(database, keys)
    async with database.writing() as session:
        made.people.extend(await stand(session, keys, PROCESS, [*GENDERS, None]))
    await add(made, 2)
    return made


async def add(hall: Hall, number: int) -> None:
    async with hall.database.writing() as session:
        process = await processes.get(session, PROCESS)
        places = Places(number, SeatKind.DRAWN, requires=WOMAN)
        await councils.add_seats(session, process, COUNCIL, places, hall.now)


def facts_of(record: lots.Record, ticket: str) -> dict[str, str]:
    return next(its.facts for its in record.candidates if its.ticket == ticket)


async def offered(hall: Hall) -> dict[str | None, int]:
    """How many seats are kept for somebody, by what they require."""
    async with hall.database.reading() as session:
        rows = await session.execute(
            select(seat.c.requires, func.count())
            .join(candidate, candidate.c.seat_id == seat.c.id)
            .group_by(seat.c.requires)
        )
        return {row[0]: row[1] for row in rows}


async def test_seats_that_require_something_are_filled_first_and_by_who_fits_them(hall: Hall) -> None:
    name = await hall.is_ready(3, WITHOUT)
    await hall.worker().go_on()
    assert (await hall.at(name)).state is DrawState.DRAWN
    record = await hall.record(name)
    assert record.requirements == [WOMAN, WOMAN]
    assert record.holds_together
    assert [facts_of(record, ticket) for ticket in record.members[:2]] == [WOMAN, WOMAN]
    file = lots.unpacked(lots.packed(record))
    gave = lots.repeat(file, lambda _progress: None)
    assert isinstance(gave, lots.Gave)
    assert lots.same(file, gave)
    for forged in ([], [WOMAN], [WOMAN, {"gender": "man"}]):
        assert not msgspec.structs.replace(record, requirements=forged).holds_together
    await hall.confirms(name)
    assert await offered(hall) == {'{"gender":"woman"}': 2, None: 1}


async def test_a_draw_of_seats_that_require_nothing_says_nothing_of_it_in_its_file(hall: Hall) -> None:
    async with hall.database.writing() as session:
        await stand(session, hall.keys, PROCESS, [*GENDERS], call="call-2")
        process = await processes.get(session, PROCESS)
        plan = draws.Plan("council-2", "call-2", 2, WITHOUT, "The numbers of the lottery", hall.now.replace(year=2027))
        name = (await draws.announce(session, hall.keys, process, plan, "staff-1", hall.now)).id
    assert b"requirements" not in lots.packed(await hall.record(name))


async def test_what_nobody_can_fill_is_said_when_it_is_announced_in_the_words_of_the_call(hall: Hall) -> None:
    await add(hall, 1)
    with pytest.raises(contents.Unfit, match="Too few candidates fit what 3 seats require: Gender Woman"):
        await hall.announces(3, WITHOUT)
    await hall.announces(2, WITHOUT)


async def test_quotas_that_leave_no_room_for_who_fits_say_so_in_the_words_of_the_call(hall: Hall) -> None:
    quotas: Quotas = {"gender": {"woman": Limits(0, 1)}}
    name = await hall.is_ready(3, quotas)
    await hall.worker().go_on()
    assert (await hall.at(name)).state is DrawState.FAILED
    outcome = draws.outcome(await hall.at(name))
    assert isinstance(outcome, Cannot)
    labels = {"gender": {draws.CATEGORY: "Gender", "woman": "Woman"}}
    sentences = draws.why(outcome, labels)
    assert sentences[0] == "No group of these candidates keeps all the quotas."
    assert any("Woman" in sentence for sentence in sentences[2:])


async def test_where_nobody_fits_any_more_the_seat_stays_vacant(hall: Hall) -> None:
    name = await hall.is_ready(3, WITHOUT)
    await hall.worker().go_on()
    record = await hall.record(name)
    await hall.forgets([await hall.candidate_of(record.members[0])])
    givable = await hall.confirms(name)
    assert len(givable.members) == 2
    assert list(givable.requirements) == [WOMAN, {}]
    assert await offered(hall) == {'{"gender":"woman"}': 1, None: 1}


async def test_a_seat_that_a_draw_fills_is_not_abolished_and_the_others_are(hall: Hall) -> None:
    await hall.announces(3, WITHOUT)
    async with hall.database.reading() as session:
        rows = (await session.execute(select(seat.c.id, seat.c.requires).order_by(seat.c.id))).all()
    women = [row.id for row in rows if row.requires]
    others = [row.id for row in rows if not row.requires]

    async def abolish(name: str) -> None:
        async with hall.database.writing() as session:
            await seats.abolish(session, await processes.get(session, PROCESS), name, hall.now)

    with pytest.raises(contents.Unfit, match="fills this seat"):
        await abolish(women[0])
    for name in others[: SEATS - 1]:
        await abolish(name)
    with pytest.raises(contents.Unfit, match="fills this seat"):
        await abolish(others[-1])


async def test_a_draw_ends_with_its_council_whatever_a_worker_does_meanwhile(hall: Hall) -> None:
    name = await hall.is_ready(3, WITHOUT)
    async with hall.database.writing() as session:
        await dissolving.dissolve(session, await processes.get(session, PROCESS), COUNCIL, hall.now)
    await hall.worker().go_on()
    stored = await hall.at(name)
    assert stored.state is DrawState.FAILED
    outcome = draws.outcome(stored)
    assert isinstance(outcome, Cannot)
    assert draws.why(outcome, {}) == ["The council was dissolved before the seats were given."]
    with pytest.raises(contents.Unfit):
        await hall.confirms(name)
