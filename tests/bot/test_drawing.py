"""A draw is drawn whoever dies, once however many draw it, and without who has gone."""

import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import msgspec
import pytest
from sqlalchemy import delete, func, insert, select, update

from bot.drawing import ALONE, MOST_TRIES, Drawing
from council import lots
from council.lots import Cannot, Gave, Limits, Quotas
from handlers import draws, processes
from handlers.draws import Plan, Summary
from handlers.draws.labels import CATEGORY
from handlers.writing import contents
from storage import Database, Keyring, drawing, people
from storage.draws import StoredDraw
from storage.states import CandidateState, DrawState
from storage.tables import candidate, membership, seat, ticket_holder
from tests.handlers.standing import CALL, COUNCIL, stand
from tests.storage.rows import NOW, PROCESS, Somebody

GENDERS = ("man", "woman", "man", "woman", "man")
STAFF, COLLEAGUE = "staff-1", "staff-2"
QUOTAS: Quotas = {"gender": {"woman": Limits(1, 1)}}
SOURCE = "The numbers of the state lottery of 9 December, as its page shows them"
DIES = (sys.executable, "-c", "import os; os._exit(1)")


@dataclass
class Hall:
    """A council whose seats are drawn from six who put themselves forward, and the workers beside it."""

    database: Database
    keys: Keyring
    now: datetime = NOW
    people: list[Somebody] = field(default_factory=list)

    def worker(self, name: str = "first") -> Drawing:
        return Drawing(self.database, self.keys, name, lambda: self.now)

    async def announces(self, seats: int = 2, quotas: Quotas = QUOTAS) -> str:
        async with self.database.writing() as session:
            process = await processes.get(session, PROCESS)
            plan = Plan(COUNCIL, CALL, seats, quotas, SOURCE, self.now + timedelta(days=1))
            return (await draws.announce(session, self.keys, process, plan, STAFF, self.now)).id

    async def enters(self, name: str, value: str = "3 17 21 40", who: str = STAFF) -> None:
        async with self.database.writing() as session:
            await draws.enter(session, await processes.get(session, PROCESS), name, value, who, self.now)

    async def is_ready(self, seats: int = 2, quotas: Quotas = QUOTAS) -> str:
        name = await self.announces(seats, quotas)
        self.now += timedelta(days=1)
        await self.enters(name)
        return name

    async def at(self, name: str) -> StoredDraw:
        async with self.database.reading() as session:
            return await draws.get(session, await processes.get(session, PROCESS), name)

    async def record(self, name: str) -> lots.Record:
        async with self.database.reading() as session:
            return await draws.record(session, self.keys, await processes.get(session, PROCESS), name)

    async def confirms(self, name: str, who: str = COLLEAGUE) -> draws.Givable:
        async with self.database.writing() as session:
            process = await processes.get(session, PROCESS)
            return await draws.confirm(session, self.keys, process, name, who, self.now)

    async def candidate_of(self, ticket: str) -> str:
        """The candidate who holds a ticket."""
        async with self.database.reading() as session:
            held = select(ticket_holder.c.candidate_id).where(ticket_holder.c.ticket_id == ticket)
            return str((await session.execute(held)).scalar_one())

    async def states(self) -> dict[str, int]:
        """How many candidates are in which state."""
        async with self.database.reading() as session:
            rows = await session.execute(select(candidate.c.state, func.count()).group_by(candidate.c.state))
            return {row[0]: row[1] for row in rows}

    async def forgets(self, candidates: Sequence[str]) -> None:
        """These have themselves forgotten."""
        async with self.database.writing() as session:
            who = select(candidate.c.person_id).where(candidate.c.id.in_(candidates))
            for person in (await session.execute(who)).scalars().all():
                await people.erase(session, person)


@pytest.fixture
async def hall(database: Database, keys: Keyring) -> Hall:
    made = Hall(database, keys)
    async with database.writing() as session:
        made.people.extend(await stand(session, keys, PROCESS, [*GENDERS, None]))
    return made


async def test_it_is_announced_drawn_repeated_and_confirmed(hall: Hall) -> None:
    name = await hall.is_ready()
    await hall.worker().go_on()
    drawn = await hall.at(name)
    assert (drawn.state, drawn.progress) == (DrawState.DRAWN, 100)
    summary = draws.outcome(drawn)
    assert isinstance(summary, Summary)
    assert (summary.candidates, sum(summary.spread)) == (6, 6)
    assert 0 < summary.least <= summary.most <= 1_000_000
    record = await hall.record(name)
    assert record.holds_together
    assert record.is_whole
    assert len(record.members) == 2
    assert len(record.substitutes) == 4
    gave = lots.repeat(lots.unpacked(lots.packed(record)), lambda _progress: None)
    assert isinstance(gave, Gave)
    assert lots.same(record, gave)
    givable = await hall.confirms(name)
    assert [await hall.candidate_of(its) for its in record.members] == givable.members
    assert [await hall.candidate_of(its) for its in record.substitutes] == givable.substitutes
    assert (await hall.at(name)).state is DrawState.CONFIRMED
    assert await hall.states() == {"offered": 2, "substitute": 4}, "and each of them is told so"


async def test_nothing_in_the_file_is_called_as_it_is_called_elsewhere(hall: Hall) -> None:
    name = await hall.announces()
    first = lots.packed(await hall.record(name))
    async with hall.database.reading() as session:
        names = (await session.execute(select(candidate.c.id))).scalars().all()
    elsewhere = [*names, *(who.id for who in hall.people), STAFF]
    assert not [its for its in elsewhere if its.encode() in first]


async def test_a_value_is_entered_once_and_only_when_it_can_be_known(hall: Hall) -> None:
    name = await hall.announces()
    with pytest.raises(contents.Unfit, match="Nobody can know this value yet"):
        await hall.enters(name)
    hall.now += timedelta(days=1)
    with pytest.raises(contents.Unfit, match="as it was published"):
        await hall.enters(name, " ")
    await hall.enters(name)
    with pytest.raises(contents.Unfit, match="entered already"):
        await hall.enters(name, "another that suits better")
    assert (await hall.at(name)).value == "3 17 21 40"


async def test_a_draw_is_announced_once_at_a_time(hall: Hall) -> None:
    await hall.announces()
    with pytest.raises(contents.Unfit, match="under way"):
        await hall.announces()


@pytest.mark.parametrize(
    ("seats", "quotas", "wrong"),
    [
        (7, QUOTAS, "Candidates: 6. Seats to be drawn: 7."),
        (0, QUOTAS, "how many seats"),
        (13, {}, "Fewer seats of this council are vacant"),
        (1, {"gender": {"woman": Limits(2, 2)}}, "do not fit 1 seats"),
    ],
)
async def test_what_cannot_be_drawn_is_not_announced(hall: Hall, seats: int, quotas: Quotas, wrong: str) -> None:
    with pytest.raises(contents.Unfit, match=wrong):
        await hall.announces(seats, quotas)


async def test_who_sits_on_the_council_or_sat_there_not_long_ago_sits_out(hall: Hall) -> None:
    today = NOW.date()
    left = [None, today - timedelta(days=29), today - timedelta(days=31)]
    async with hall.database.writing() as session:
        places = (await session.execute(select(seat.c.id).order_by(seat.c.id))).scalars().all()
        for who, place, ended in zip(hall.people, places, left, strict=False):
            term = {"id": who.id, "process_id": PROCESS, "seat_id": place, "person_id": who.id}
            await session.execute(insert(membership).values(**term, since=today - timedelta(days=99), ended=ended))
    record = await hall.record(await hall.announces())
    held = {await hall.candidate_of(its.ticket) for its in record.candidates}
    async with hall.database.reading() as session:
        rows = await session.execute(select(candidate.c.person_id).where(candidate.c.id.in_(held)))
    assert set(rows.scalars()) == {who.id for who in hall.people[2:]}


async def test_who_announced_or_entered_does_not_confirm(hall: Hall) -> None:
    name = await hall.is_ready()
    with pytest.raises(contents.Unfit, match="nobody is drawn yet"):
        await hall.confirms(name)
    await hall.worker().go_on()
    with pytest.raises(contents.Unfit, match="a colleague has to"):
        await hall.confirms(name, STAFF)
    await hall.confirms(name)
    with pytest.raises(contents.Unfit, match="confirmed already"):
        await hall.confirms(name)


async def test_quotas_that_nobody_can_keep_are_said_with_what_would_help(hall: Hall) -> None:
    name = await hall.is_ready(4, {"gender": {"woman": Limits(3, 4)}})
    await hall.worker().go_on()
    failed = await hall.at(name)
    assert failed.state is DrawState.FAILED
    cannot = draws.outcome(failed)
    assert isinstance(cannot, Cannot)
    labels = {"gender": {CATEGORY: "Gender", "woman": "Woman"}}
    assert draws.why(cannot, labels)[-1] == "Gender, Woman: at least 2 instead of 3."
    await hall.announces()


async def test_who_goes_before_the_draw_is_not_drawn_and_leaves_no_facts(hall: Hall) -> None:
    name = await hall.announces()
    before = await hall.record(name)
    gone = before.candidates[0].ticket
    await hall.forgets([await hall.candidate_of(gone)])
    hall.now += timedelta(days=1)
    await hall.enters(name)
    await hall.worker().go_on()
    record = await hall.record(name)
    assert gone not in (*record.members, *record.substitutes)
    assert (set(record.gone), record.gone_before) == ({gone}, [gone])
    assert record.holds_together
    assert record.is_whole, "anybody can still draw again"
    gave = lots.repeat(record, lambda _progress: None)
    assert isinstance(gave, Gave)
    assert lots.same(record, gave)


async def test_who_goes_after_the_draw_gets_no_seat_and_the_next_who_fits_does(hall: Hall) -> None:
    name = await hall.is_ready()
    await hall.worker().go_on()
    record = await hall.record(name)
    genders = {its.ticket: its.facts["gender"] for its in record.candidates}
    woman = next(its for its in record.members if genders[its] == "woman")
    follows = await hall.candidate_of(next(its for its in record.substitutes if genders[its] == "woman"))
    stays = await hall.candidate_of(next(its for its in record.members if its != woman))
    went = await hall.candidate_of(woman)
    await hall.forgets([went])
    after = await hall.record(name)
    assert woman not in {its.ticket for its in after.candidates}, "the file names their facts no more"
    assert not after.is_whole
    givable = await hall.confirms(name)
    assert set(givable.members) == {stays, follows}
    assert went not in (*givable.members, *givable.substitutes)


async def test_who_withdrew_or_was_seated_elsewhere_gets_no_seat(hall: Hall) -> None:
    name = await hall.is_ready()
    await hall.worker().go_on()
    record = await hall.record(name)
    first, second = [await hall.candidate_of(its) for its in record.members]
    async with hall.database.writing() as session:
        await session.execute(delete(candidate).where(candidate.c.id == first))
        seated = update(candidate).where(candidate.c.id == second)
        await session.execute(seated.values(state=CandidateState.SEATED))
    givable = await hall.confirms(name)
    assert len(givable.members) == 2
    assert not {first, second} & {*givable.members, *givable.substitutes}


async def test_who_goes_while_it_is_drawn_has_it_drawn_anew(hall: Hall, monkeypatch: pytest.MonkeyPatch) -> None:
    name = await hall.is_ready()
    goes = [await hall.candidate_of((await hall.record(name)).candidates[0].ticket)]
    original = Drawing._from_child

    async def meanwhile(self: Drawing, stored: StoredDraw, record: lots.Record) -> lots.Outcome:
        outcome = await original(self, stored, record)
        await hall.forgets(goes)
        return outcome

    monkeypatch.setattr(Drawing, "_from_child", meanwhile)
    await hall.worker().go_on()
    assert (await hall.at(name)).state is DrawState.READY
    goes.clear()
    await hall.worker().go_on()
    record = await hall.record(name)
    assert (await hall.at(name)).state is DrawState.DRAWN
    assert record.is_whole
    assert len(record.gone) == 1


async def test_a_child_that_dies_is_begun_again_and_given_up_after_some_times(
    hall: Hall, monkeypatch: pytest.MonkeyPatch
) -> None:
    name = await hall.is_ready()
    monkeypatch.setattr(Drawing, "child", DIES)
    for time in range(1, MOST_TRIES):
        await hall.worker().go_on()
        assert ((await hall.at(name)).state, (await hall.at(name)).tries) == (DrawState.READY, time)
    await hall.worker().go_on()
    failed = await hall.at(name)
    assert failed.state is DrawState.FAILED
    assert draws.outcome(failed) == Cannot("crashed")


async def test_a_worker_that_died_over_it_is_followed_by_another_once_it_is_silent(hall: Hall) -> None:
    name = await hall.is_ready()
    async with hall.database.writing() as session:
        assert await drawing.claim(session, "first", hall.now, hall.now + ALONE)
    await hall.worker("second").go_on()
    assert (await hall.at(name)).state is DrawState.DRAWING, "the first may live"
    hall.now += ALONE + timedelta(seconds=1)
    await hall.worker("second").go_on()
    assert (await hall.at(name)).state is DrawState.DRAWN
    drawn = await hall.record(name)
    async with hall.database.writing() as session:
        late = drawing.Drawn("{}", {its.ticket: 1 for its in drawn.candidates}, {}, ())
        assert not await drawing.keep(session, name, "first", late, hall.now), "what the first still writes is nothing"
        assert not await drawing.go_on(session, name, "first", 5, hall.now)
    assert await hall.record(name) == drawn


async def test_a_worker_that_lost_its_draw_ends_its_child(hall: Hall, monkeypatch: pytest.MonkeyPatch) -> None:
    name = await hall.is_ready()
    endless = (
        "import sys, time\nsys.stdin.read()\nfor number in range(1, 99): print(number, flush=True), time.sleep(0.01)"
    )
    monkeypatch.setattr(Drawing, "child", (sys.executable, "-c", endless))
    original = Drawing._tell

    async def overtaken(self: Drawing, stored: StoredDraw, progress: int) -> None:
        if progress == 5:
            async with hall.database.writing() as session:
                assert await drawing.let_go(session, stored.id, self.maker)
        await original(self, stored, progress)

    monkeypatch.setattr(Drawing, "_tell", overtaken)
    await hall.worker().go_on()
    assert (await hall.at(name)).state is DrawState.READY


async def test_progress_can_be_watched(hall: Hall, monkeypatch: pytest.MonkeyPatch) -> None:
    name = await hall.is_ready()
    seen: list[int] = []
    original = Drawing._tell

    async def watched(self: Drawing, stored: StoredDraw, progress: int) -> None:
        await original(self, stored, progress)
        seen.append((await hall.at(name)).progress)

    monkeypatch.setattr(Drawing, "_tell", watched)
    await hall.worker().go_on()
    assert len(seen) > 3
    assert seen == sorted(seen)


def test_what_is_kept_of_an_outcome_names_nobody() -> None:
    gave = Gave(("a",), ("b",), {"a": 500_000, "b": 500_000}, "")
    kept = draws.summed_up(gave)
    assert msgspec.json.decode(kept) == {
        "type": "summary", "candidates": 2, "least": 500_000, "most": 500_000,
        "spread": [0, 0, 0, 0, 2, 0, 0, 0, 0, 0], "libraries": "",
    }  # fmt: skip
