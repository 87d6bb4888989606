"""A broadcast reaches everybody it is for, each once and at one address, however often its making is interrupted."""

from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, cast

import pytest
from sqlalchemy import select, update

from storage import (
    Database,
    Keyring,
    Session,
    broadcasts,
    consultations,
    participations,
    people,
    responses,
    rounds,
)
from storage.broadcasts import Audience, Broadcast, Plan, Unfinished
from storage.lanes import Lane
from storage.outbox import expansion
from storage.outbox.deliveries import NEVER
from storage.states import ResponseState
from storage.tables import address, delivery, participation
from tests.storage.rows import (
    NOW,
    PROCESS,
    Somebody,
    also_at,
    announce,
    another,
    give,
    meet,
    owe,
    plan,
    put,
    row,
    sit,
    statements,
    states,
)

SECOND = timedelta(seconds=1)
MINUTE = timedelta(minutes=1)
EVERYBODY = Audience()


async def start(session: Session, name: str = "b") -> Broadcast:
    return await announce(session, name, Plan(not_after=NOW + MINUTE))


async def crowd(session: Session, keys: Keyring, number: int) -> list[Somebody]:
    return [await meet(session, keys, f"{70000 + place}", name=f"{place:04}") for place in range(number)]


async def reached(session: Session, name: str = "b") -> list[str]:
    """Who has a delivery, once for each."""
    rows = await session.execute(select(delivery.c.person_id).where(delivery.c.broadcast_id == name))
    return sorted(rows.scalars())


async def tell(session: Session, audience: Audience) -> list[str]:
    made = replace(await start(session), audience=audience)
    number = await expansion.expand(session, made, NOW, None)
    found = await reached(session)
    assert number == len(found) == await expansion.reachable(session, PROCESS, audience)
    return found


def ids(*who: Somebody) -> list[str]:
    return sorted(person.id for person in who)


async def test_each_delivery_carries_what_its_broadcast_says(database: Database, keys: Keyring) -> None:
    async with database.writing() as session:
        alice = await meet(session, keys, "+15005550006", channel="sms")
        await tell(session, EVERYBODY)
        (made,) = (await session.execute(select(delivery))).all()
    assert len(made.id) == 32
    assert (made.person_id, made.address_id, made.channel) == (alice.id, alice.address, "sms")
    assert (made.lane, made.turn, made.part, made.state, made.attempts) == (Lane.BULLETIN, 0, 1, "queued", 0)
    assert (made.due, made.not_after, made.body, made.despite_stop) == (NOW, NOW + MINUTE, None, False)
    assert made.since is None


async def test_batches_go_on_where_the_last_one_ended(database: Database, keys: Keyring) -> None:
    async with database.writing() as session:
        everybody = await crowd(session, keys, 10)
        await start(session)
    numbers = []
    while True:
        async with database.writing() as session:
            made = await expansion.to_expand(session, NOW)
            if made is None:
                break
            numbers.append(await expansion.expand(session, made, NOW, 4))
    assert numbers == [4, 4, 2]
    async with database.reading() as session:
        assert await reached(session) == ids(*everybody)


async def test_a_last_batch_that_is_full_is_followed_by_an_empty_one(database: Database, keys: Keyring) -> None:
    async with database.writing() as session:
        await crowd(session, keys, 4)
        await start(session)
        numbers = []
        while made := await expansion.to_expand(session, NOW):
            numbers.append(await expansion.expand(session, made, NOW, 2))
    assert numbers == [2, 2, 0]


async def test_what_is_killed_in_between_is_resumed_and_nobody_is_missed_or_told_twice(
    database: Database, keys: Keyring
) -> None:
    async with database.writing() as session:
        everybody = await crowd(session, keys, 9)
        await start(session)
    killed = True
    while True:
        killed = not killed
        async with database.writing() as session:
            made = await expansion.to_expand(session, NOW)
            if made is None:
                break
            await expansion.expand(session, made, NOW, 2)
            if killed:
                await session.rollback()
    async with database.reading() as session:
        assert await reached(session) == ids(*everybody)


async def test_a_batch_made_again_tells_nobody_twice(database: Database, keys: Keyring) -> None:
    async with database.writing() as session:
        everybody = await crowd(session, keys, 3)
        made = await start(session)
        for _time in range(2):
            await expansion.expand(session, made, NOW, None)
        assert await reached(session) == ids(*everybody)


async def test_who_comes_while_a_batch_is_made_pushes_nobody_out(postgresql: Database, keys: Keyring) -> None:
    async with postgresql.writing() as session:
        everybody = await crowd(session, keys, 6)
        await start(session)
    newcomers = iter(range(6, 0, -1))  # each before all others in the order of the batches

    async def one_more() -> None:
        async with postgresql.writing() as session:
            place = next(newcomers, None)
            if place is not None:
                await meet(session, keys, f"8{place}", name=f"000-{place}")

    while True:
        async with postgresql.writing() as session:
            made = await expansion.to_expand(session, NOW)
            if made is None:
                break
            await expansion.expand(cast(Session, Meanwhile(session, one_more)), made, NOW, 2)
    async with postgresql.reading() as session:
        assert set(await reached(session)) >= {who.id for who in everybody}


class Meanwhile:
    """A session before each of whose statements something else happens and is committed."""

    def __init__(self, session: Session, happens: Callable[[], Awaitable[None]]) -> None:
        self.session = session
        self.happens = happens
        self.dialect = session.dialect

    async def execute(self, *statement: Any) -> Any:
        await self.happens()
        return await self.session.execute(*statement)


async def test_two_workers_never_make_the_same_broadcast_at_once(postgresql: Database, keys: Keyring) -> None:
    async with postgresql.writing() as session:
        await crowd(session, keys, 3)
        await start(session, "first")
        await start(session, "second")
    async with postgresql.writing() as first, postgresql.writing() as other:
        made = [await expansion.to_expand(session, NOW) for session in (first, other, first)]
    assert {which.id for which in made if which} == {"first", "second"}
    assert made[0] == made[2]


async def test_who_has_left_or_not_agreed_is_not_written_to(database: Database, keys: Keyring) -> None:
    async with database.writing() as session:
        alice = await meet(session, keys, "70001")
        await meet(session, keys, "70002", reach="opted_out")
        await meet(session, keys, "70003", reach="blocked")
        await meet(session, keys, "70004", consented=False)
        forgotten = await meet(session, keys, "70005")
        await people.erase(session, forgotten.id)
        assert await tell(session, EVERYBODY) == ids(alice)


async def test_everybody_is_written_to_where_they_wrote_from_last(database: Database, keys: Keyring) -> None:
    async with database.writing() as session:
        alice = await meet(session, keys, "70001", spoke=NOW - 2 * MINUTE)
        newer = await also_at(session, keys, alice, "+15005550006", channel="sms", spoke=NOW - MINUTE)
        await also_at(session, keys, alice, "+15005550006", channel="whatsapp", spoke=NOW, reach="blocked")
        bob = await meet(session, keys, "70002", spoke=NOW)
        await also_at(session, keys, bob, "+12025550123", channel="sms", spoke=NOW - MINUTE)
        assert await tell(session, EVERYBODY) == ids(alice, bob)
        found = await session.execute(select(delivery.c.person_id, delivery.c.address_id, delivery.c.channel))
    assert {tuple(row) for row in found} == {
        (alice.id, newer.address, "sms"),
        (bob.id, bob.address, "telegram"),
    }


async def test_nobody_is_written_to_at_an_address_that_they_did_not_agree_to(database: Database, keys: Keyring) -> None:
    async with database.writing() as session:
        alice = await meet(session, keys, "70001", spoke=NOW - MINUTE)
        await also_at(session, keys, alice, "+15005550006", channel="sms", consented=False)
        bob = await meet(session, keys, "70002")
        await session.execute(update(address).where(address.c.id == bob.address).values(consented=False))
        assert await tell(session, EVERYBODY) == ids(alice)
        (made,) = (await session.execute(select(delivery))).all()
    assert (made.address_id, made.channel) == (alice.address, "telegram")


async def came_by(session: Session, who: Somebody, source: str) -> None:
    theirs = update(participation).where(participation.c.person_id == who.id)
    await session.execute(theirs.values(source=source))


async def test_who_came_by_a_kind_of_door_is_written_to_alone(database: Database, keys: Keyring) -> None:
    async with database.writing() as session:
        alice, bob, _carla = await crowd(session, keys, 3)
        await came_by(session, alice, "poster")
        await came_by(session, bob, "radio")
        assert await participations.sources(session, PROCESS) == ["poster", "radio"]
        assert await participations.sources(session, await another(session)) == []
        assert await tell(session, Audience(sources=("poster",))) == ids(alice)


async def test_who_answered_a_consultation_is_written_to_alone_and_once(database: Database, keys: Keyring) -> None:
    async with database.writing() as session:
        alice, bob, carla = await crowd(session, keys, 3)
        for name, process in (("first", PROCESS), ("second", PROCESS), ("elsewhere", await another(session))):
            await consultations.add(session, name, process, "{}", NOW)
        for who, name, question in ((alice, "first", "q1"), (alice, "first", "q2"), (bob, "second", "q1")):
            await give(session, who, consultation=name, question=question)
        await give(session, carla)
        assert await expansion.reachable(session, PROCESS, Audience(took_part=("first", "second"))) == 2
        assert await tell(session, Audience(took_part=("first",))) == ids(alice)


async def test_who_began_to_answer_and_has_not_finished_is_written_to_alone(database: Database, keys: Keyring) -> None:
    async with database.writing() as session:
        alice, bob, _carla = await crowd(session, keys, 3)
        for name in ("first", "second"):
            await consultations.add(session, name, PROCESS, "{}", NOW)
        for who, name, question in ((alice, "first", "q1"), (bob, "first", "q1"), (bob, "first", "q2")):
            await give(session, who, consultation=name, question=question)
        await give(session, bob, consultation="second", question="q1")
        unfinished = Audience(unfinished=Unfinished("first", 2))
        assert await expansion.reachable(session, PROCESS, unfinished) == 1
        assert await expansion.reachable(session, await another(session), unfinished) == 0
        assert await tell(session, unfinished) == ids(alice)


async def test_everybody_is_written_to_from_their_own_morning_on(database: Database, keys: Keyring) -> None:
    async with database.writing() as session:
        regions = {region: await meet(session, keys, region, region=region) for region in ("north", "south", "")}
        made = await start(session)
        opens = {"": NOW + MINUTE, "north": NOW + 2 * MINUTE, "south": NOW - MINUTE, "nowhere": NOW}
        await expansion.expand(session, made, NOW, None, opens)
        found = {owed.person_id: owed.due for owed in await session.execute(select(delivery))}
    assert found == {
        regions["north"].id: NOW + 2 * MINUTE,
        regions["south"].id: NOW,
        regions[""].id: NOW + MINUTE,
    }


async def test_where_no_region_has_its_own_day_everybody_has_the_same(database: Database, keys: Keyring) -> None:
    async with database.writing() as session:
        await meet(session, keys)
        await expansion.expand(session, await start(session), NOW, None, {"": NOW + MINUTE})
        assert (await session.execute(select(delivery.c.due))).scalar_one() == NOW + MINUTE


async def test_a_broadcast_is_not_made_before_its_time(database: Database, keys: Keyring) -> None:
    async with database.writing() as session:
        await announce(session, plan=Plan(not_before=NOW))
        assert await expansion.to_expand(session, NOW - SECOND) is None
        assert await expansion.to_expand(session, NOW) is not None


@pytest.mark.parametrize("stops", [broadcasts.pause, broadcasts.cancel])
async def test_a_broadcast_that_is_stopped_makes_no_more_deliveries(
    database: Database, keys: Keyring, stops: Callable[[Session, str], Awaitable[bool]]
) -> None:
    async with database.writing() as session:
        await start(session)
        assert await stops(session, "b")
        assert await expansion.to_expand(session, NOW) is None
        await turned(session, 9)
        assert await expansion.to_expand(session, NOW) is None


async def test_a_broadcast_that_was_paused_while_it_was_made_is_made_when_it_goes_on(
    database: Database, keys: Keyring
) -> None:
    async with database.writing() as session:
        everybody = await crowd(session, keys, 5)
        await expansion.expand(session, await start(session), NOW, 2)
        await broadcasts.pause(session, "b")
        await turned(session, 9)
        await broadcasts.resume(session, "b")
        await turned(session, 9)
        while made := await expansion.to_expand(session, NOW):
            await expansion.expand(session, made, NOW, 2)
        assert await reached(session) == ids(*everybody)


async def turned(session: Session, most: int) -> list[int]:
    """Walk every broadcast to where it is going; how many each step looked at."""
    steps = []
    while which := await expansion.to_turn(session):
        steps.append(await expansion.turn(session, which, NOW, most))
    return steps


async def test_a_broadcast_is_walked_a_batch_at_a_time(database: Database, keys: Keyring) -> None:
    async with database.writing() as session:
        everybody = await crowd(session, keys, 5)
        await expansion.expand(session, await start(session), NOW, None)
        sent = (
            await session.execute(select(delivery.c.id).where(delivery.c.person_id == everybody[1].id))
        ).scalar_one()
        await put(session, sent, state="sent", due=NOW - MINUTE)
        await broadcasts.pause(session, "b")
        assert await turned(session, 2) == [2, 2, 1]
        assert await dues(session) == {NEVER: 4, NOW - MINUTE: 1}
        await broadcasts.resume(session, "b")
        assert await turned(session, 2) == [2, 2, 1]
        assert await dues(session) == {NOW: 4, NOW - MINUTE: 1}
        await broadcasts.cancel(session, "b")
        assert await turned(session, 2) == [2, 2, 1]
        assert sorted((await states(session)).values()) == ["cancelled"] * 4 + ["sent"]


async def dues(session: Session) -> Counter[datetime]:
    return Counter((await session.execute(select(delivery.c.due))).scalars())


async def test_who_changes_their_mind_on_the_way_begins_to_walk_again(database: Database, keys: Keyring) -> None:
    async with database.writing() as session:
        await crowd(session, keys, 4)
        await expansion.expand(session, await start(session), NOW, None)
        await broadcasts.pause(session, "b")
        which = await expansion.to_turn(session)
        assert which is not None
        await expansion.turn(session, which, NOW, 3)
        await broadcasts.resume(session, "b")
        await turned(session, 3)
        assert await dues(session) == {NOW: 4}


async def test_what_waits_for_its_person_to_write_goes_on_waiting(database: Database, keys: Keyring) -> None:
    async with database.writing() as session:
        await start(session)
        name = await owe(session, await meet(session, keys), code="shut", due=NOW + MINUTE)
        for turns in (broadcasts.pause, broadcasts.resume):
            await turns(session, "b")
            await turned(session, 9)
            found = await row(session, name)
            assert (found.state, found.code, found.due) == ("queued", "shut", NOW + MINUTE)
        await broadcasts.cancel(session, "b")
        await turned(session, 9)
        assert (await row(session, name)).state == "cancelled"


async def test_two_workers_never_walk_the_same_broadcast_at_once(postgresql: Database, keys: Keyring) -> None:
    async with postgresql.writing() as session:
        await start(session)
        await broadcasts.pause(session, "b")
    async with postgresql.writing() as session, postgresql.writing() as other:
        assert await expansion.to_turn(session) is not None
        assert await expansion.to_turn(other) is None


async def test_an_audience_is_met_in_all_its_parts(database: Database, keys: Keyring) -> None:
    async with database.writing() as session:
        for number, (language, region, channel) in enumerate(
            (language, region, channel)
            for language in ("en", "ar", "fr")
            for region in ("north", "south")
            for channel in ("sms", "telegram")
        ):
            await meet(
                session, keys, f"{70000 + number}",
                language=language, region=region, channel=channel, name=f"{language} {region} {channel}",
            )  # fmt: skip
        found = [
            await expansion.reachable(session, PROCESS, audience)
            for audience in (
                Audience(),
                Audience(languages=("en",)),
                Audience(languages=("en", "ar")),
                Audience(regions=("south",)),
                Audience(channels=("sms",)),
                Audience(languages=("de",)),
            )
        ]
        assert found == [12, 4, 8, 6, 6, 0]
        assert await tell(session, Audience(("en", "ar"), ("south",), ("sms",))) == ["ar south sms", "en south sms"]


async def test_only_members_are_told_what_is_for_the_council(database: Database, keys: Keyring) -> None:
    async with database.writing() as session:
        alice, _bob = await crowd(session, keys, 2)
        await sit(session, alice)
        assert await tell(session, Audience(members=True)) == ids(alice)


async def test_members_of_another_council_are_not_told(database: Database, keys: Keyring) -> None:
    async with database.writing() as session:
        alice, bob = await crowd(session, keys, 2)
        await sit(session, alice)
        await sit(session, bob, await another(session))
        assert await tell(session, Audience(members=True)) == ids(alice)
        assert await expansion.reachable(session, "national", Audience(members=True, seat=f"{PROCESS} {alice.id}")) == 0


async def test_a_response_is_told_to_everybody_it_answers_and_once(database: Database, keys: Keyring) -> None:
    async with database.writing() as session:
        alice, bob, carol = await crowd(session, keys, 3)
        answered = [await give(session, who) for who in (alice, alice, bob)]
        await give(session, carol)
        await responses.respond(
            session, responses.NewResponse("r", PROCESS, ResponseState.TAKEN_UP, "{}", NOW), answered
        )
        assert await tell(session, Audience(response="r")) == ids(alice, bob)


async def test_a_round_is_told_to_its_roll(database: Database, keys: Keyring) -> None:
    async with database.writing() as session:
        alice, bob, carol = await crowd(session, keys, 3)
        await rounds.open_(
            session, rounds.NewRound("r", PROCESS, "{}", "approval", NOW, NOW + MINUTE), [alice.id, carol.id]
        )
        await rounds.open_(session, rounds.NewRound("other", PROCESS, "{}", "approval", NOW, NOW + MINUTE), [bob.id])
        assert await tell(session, Audience(roll="r")) == ids(alice, carol)


async def test_the_oldest_broadcast_is_made_first(database: Database, keys: Keyring) -> None:
    async with database.writing() as session:
        await announce(session, "new")
        await announce(session, "old", made=NOW - MINUTE)
        found = await expansion.to_expand(session, NOW)
    assert found is not None
    assert found.id == "old"


MANY = """
    INSERT INTO person (id, key, key_epoch, language, met)
    SELECT md5('p' || n), '', 1, 'en', '2026-01-01' FROM generate_series(1, 20000) n;
    INSERT INTO participation (process_id, person_id, region, consented, joined)
    SELECT 'review', md5('p' || n), '', true, '2026-01-01' FROM generate_series(1, 20000) n;
    INSERT INTO address (id, person_id, channel, index, external, reach, turns, spoke, consented)
    SELECT md5('a' || n), md5('p' || n), 'telegram', n, '', 'active', 1, now(), true FROM generate_series(1, 20000) n;
    ANALYZE
"""


def _reads(seen: Sequence[tuple[str, Any]]) -> list[tuple[str, Any]]:
    return [statement for statement in seen if "address" in statement[0]]


async def test_a_batch_reads_only_the_people_it_reaches(postgresql: Database, keys: Keyring) -> None:
    async with postgresql.writing() as session:
        for statement in MANY.split(";"):
            await session.exec_driver_sql(statement)
        made = await start(session)
        with statements(postgresql) as seen:
            assert await expansion.expand(session, made, NOW, 500) == 500
        for planned in [await plan(session, read) for read in _reads(seen)]:
            assert "Scan using pk_participation on participation" in planned
            assert "AND (person_id > " in planned
            assert "Scan using pk_person on person" in planned
            assert "Seq Scan on p" not in planned


async def test_a_batch_on_sqlite_reads_only_the_people_it_reaches(sqlite: Database, keys: Keyring) -> None:
    async with sqlite.writing() as session:
        await crowd(session, keys, 3)
        made = await start(session)
        with statements(sqlite) as seen:
            await expansion.expand(session, made, NOW, 2)
        for planned in [await plan(session, statement) for statement in _reads(seen)]:
            assert "INDEX sqlite_autoindex_participation_1 (process_id=? AND person_id>?)" in planned
            assert "SCAN p" not in planned
            assert "SCAN address" not in planned
