"""A broadcast runs, is paused, goes on or is cancelled, and is counted by the database itself."""

from collections import Counter
from datetime import timedelta

import pytest
from sqlalchemy import func, select, update

from storage import Database, Keyring, Session, addresses, broadcasts, outbox, people
from storage.addresses import Change
from storage.broadcasts import Audience, Broadcast, Hours, Plan, Subject, Way
from storage.lanes import Lane
from storage.outbox import ageing, claims, deliveries, expansion, reports, unknowns
from storage.outbox.deliveries import Outcome
from storage.outbox.reports import Word
from storage.states import BroadcastState, State
from storage.tables import broadcast, delivery, standing
from tests.storage.rows import NOW, PROCESS, TOLD, Somebody, also_at, announce, meet, owe, put, queue

SECOND = timedelta(seconds=1)
LEASE = NOW + timedelta(minutes=1)
DAY = timedelta(days=1)


async def test_a_broadcast_is_kept_as_it_was_planned(database: Database) -> None:
    plan = Plan(
        NOW + SECOND, NOW + DAY, Hours(quiet=("sunday",)), (Way.ELSEWHERE, Way.WAIT), elsewhere=True, again=True
    )
    async with database.writing() as session:
        made = await announce(session, plan=plan)
        assert await broadcasts.latest(session, PROCESS, 1) == [made]
        found = (await session.execute(select(broadcast))).one()
    assert made == Broadcast(
        id="b",
        process_id=PROCESS,
        subject=Subject("bulletin", "x"),
        renditions=TOLD,
        audience=Audience(),
        lane=Lane.BULLETIN,
        made=NOW,
        not_before=NOW + SECOND,
        not_after=NOW + DAY,
        hours=Hours(quiet=("sunday",)),
        state=BroadcastState.RUNNING,
        walked="",
        reached="",
        expanded=False,
        elsewhere=True,
    )
    assert (found.outside, found.elsewhere, found.again) == ("elsewhere,wait", True, True)


async def test_what_is_not_planned_leaves_at_any_hour_and_only_where_the_person_is(database: Database) -> None:
    async with database.writing() as session:
        await announce(session)
        found = (await session.execute(select(broadcast))).one()
    assert (found.hours, found.outside, found.elsewhere, found.again) == ("", "template,wait", False, False)


def test_no_way_is_named_like_a_part_of_another() -> None:
    """The columns of ways are searched by their names."""
    assert not [way for way in Way for other in Way if way is not other and way in other]


async def test_the_newest_broadcast_is_shown_first(database: Database) -> None:
    async with database.writing() as session:
        await announce(session, "new")
        await announce(session, "old", made=NOW - SECOND)
        assert [broadcast.id for broadcast in await broadcasts.latest(session, PROCESS, 9)] == ["new", "old"]
        assert [broadcast.id for broadcast in await broadcasts.latest(session, PROCESS, 1)] == ["new"]


PAUSES, RESUMES, CANCELS = broadcasts.pause, broadcasts.resume, broadcasts.cancel


@pytest.mark.parametrize(
    ("state", "pauses", "resumes", "cancels"),
    [
        ("running", True, False, True),
        ("pausing", False, True, True),
        ("paused", False, True, True),
        ("resuming", True, False, True),
        ("cancelling", False, False, False),
        ("cancelled", False, False, False),
    ],
)
async def test_a_broadcast_turns_only_where_it_can(
    database: Database, state: str, pauses: bool, resumes: bool, cancels: bool
) -> None:
    turns = ((PAUSES, pauses, "pausing"), (RESUMES, resumes, "resuming"), (CANCELS, cancels, "cancelling"))
    for turn, may, becomes in turns:
        async with database.writing() as session:
            await announce(session)
            await session.execute(update(broadcast).values(state=state, walked="somebody"))
            assert await turn(session, "b") is may
            (found,) = await broadcasts.latest(session, PROCESS, 1)
            await session.rollback()
        assert (found.state, found.walked) == ((becomes, "") if may else (state, "somebody"))


async def test_what_was_never_made_cannot_be_paused(database: Database) -> None:
    async with database.writing() as session:
        assert not await broadcasts.pause(session, "never made")


async def test_the_states_of_a_broadcast_always_sum_to_its_audience(database: Database, keys: Keyring) -> None:
    async with database.writing() as session:
        everybody = [await meet(session, keys, f"7{number}", name=f"{number}") for number in range(9)]
        made = await announce(session, plan=Plan(not_after=NOW + SECOND))
        assert await expansion.expand(session, made, NOW, None) == 9
        await _is_whole(session, {"queued": 9})
        claimed = await claims.claim(session, keys, claims.Claim("telegram", "worker", NOW, LEASE, 5))
        await _is_whole(session, {"queued": 4, "sending": 5})
        first, second, third, *_rest = [delivery.id for delivery in claimed]
        outcomes = [Outcome(first, State.SENT), Outcome(second, State.FAILED, code="400")]
        await deliveries.settle(session, "worker", outcomes, NOW)
        await reports.take(session, [Word(third, "m", "delivered", "", State.DELIVERED)], NOW)
        await unknowns.abandon(session, LEASE + SECOND)
        await _is_whole(session, {"queued": 4, "sent": 1, "failed": 1, "delivered": 1, "unknown": 2})
        waiting = [who for who in everybody if await _delivery_of(session, who) == "queued"][0]  # noqa: RUF015
        await deliveries.cancel(session, waiting.address, "stop", NOW)
        assert await claims.claim(session, keys, claims.Claim("telegram", "worker", NOW + SECOND, LEASE, 5)) == []
        await _is_whole(session, {"cancelled": 1, "expired": 3, "sent": 1, "failed": 1, "delivered": 1, "unknown": 2})


async def _delivery_of(session: Session, who: Somebody) -> str:
    return str((await session.execute(select(delivery.c.state).where(delivery.c.person_id == who.id))).scalar_one())


async def _is_whole(session: Session, expected: dict[str, int]) -> None:
    counted = await broadcasts.counts(session, "b")
    assert counted == expected
    assert sum(counted.values()) == 9
    await counts_hold(session)


async def counts_hold(session: Session) -> None:
    """What the database counted as it went is what is there."""
    code, language = func.coalesce(delivery.c.code, ""), func.coalesce(delivery.c.language, "")
    each = (delivery.c.broadcast_id, delivery.c.channel, language, delivery.c.state, code)
    anew = select(*each, func.count()).where(delivery.c.broadcast_id.is_not(None)).group_by(*each)
    there = Counter({tuple(row[:5]): row[5] for row in await session.execute(anew)})
    number = func.sum(standing.c.number)
    kept = (standing.c.broadcast_id, standing.c.channel, standing.c.language, standing.c.state, standing.c.code)
    counted = await session.execute(select(*kept, number).group_by(*kept).having(number != 0))
    assert Counter({tuple(row[:5]): int(row[5]) for row in counted}) == there


async def test_the_counts_hold_after_every_kind_of_change(database: Database, keys: Keyring) -> None:
    async with database.writing() as session:
        made = await announce(session, plan=Plan(elsewhere=True, again=True))
        everybody = [await meet(session, keys, f"7{number:02}", name=f"{number:02}") for number in range(12)]
        there = await also_at(session, keys, everybody[5], "+15005550006", channel="sms", spoke=NOW - DAY)
        await queue(session, everybody[0])
        for _time in range(2):
            await expansion.expand(session, made, NOW, 7)
            await expansion.expand(session, made, NOW, None)
            await counts_hold(session)
        names = {
            owed.person_id: owed.id for owed in await session.execute(select(delivery).where(delivery.c.turn == 0))
        }
        first = [names[who.id] for who in everybody]
        await deliveries.put_off(session, deliveries.Delay("b", "north", NOW, "night"), NOW, 3)
        await counts_hold(session)
        claimed = await claims.claim(session, keys, claims.Claim("telegram", "worker", NOW, LEASE, 100))
        await counts_hold(session)
        gone = Change(everybody[5].address, "blocked", elsewhere=("sms",))
        outcomes = [
            Outcome(first[0], State.SENT, "m0"),
            Outcome(first[1], State.SENT, "m1"),
            Outcome(first[2], State.QUEUED, code="429", due=NOW),
            Outcome(first[3], State.UNKNOWN, code="no_answer"),
            Outcome(first[4], State.FAILED, code="400"),
            Outcome(first[5], State.FAILED, code="403_blocked", change=gone),
            Outcome(first[6], State.EXPIRED, code="not_after"),
        ]
        await deliveries.settle(session, "worker", outcomes, NOW)
        await counts_hold(session)
        assert (await broadcasts.counts(session, "b"))["queued"] == 2
        words = [
            Word(first[0], "m0", "delivered", "", State.DELIVERED),
            Word(first[1], "m1", "failed", "30008", State.FAILED),
        ]
        (failed,) = await reports.take(session, words, NOW)
        await counts_hold(session)
        await reports.again(session, failed, NOW, "30008")
        await counts_hold(session)
        await unknowns.resend_allowed(session, unknowns.Begun("telegram", NOW - SECOND, NOW + SECOND), NOW)
        await counts_hold(session)
        await outbox.retry(session, NOW, code="400")
        await counts_hold(session)
        await unknowns.hold(session, NOW)
        await counts_hold(session)
        await unknowns.release(session, NOW)
        await counts_hold(session)
        await addresses.learn(session, Change(there.address, "invalid"), "", NOW)
        await counts_hold(session)
        for turn in (broadcasts.pause, broadcasts.resume, broadcasts.cancel):
            await turn(session, "b")
            while which := await expansion.to_turn(session):
                await expansion.turn(session, which, NOW, 5)
            await counts_hold(session)
        for who in (everybody[0], everybody[2], everybody[8]):
            await people.erase(session, who.id)
            await counts_hold(session)
    assert len(claimed) == 13


async def test_two_connections_count_at_once_and_neither_waits(postgresql: Database, keys: Keyring) -> None:
    async with postgresql.writing() as session:
        await announce(session)
        names = [await owe(session, await meet(session, keys, f"7{number}")) for number in range(2)]
    async with postgresql.writing() as first, postgresql.writing() as other:
        for session, name in zip((first, other), names, strict=True):
            await session.exec_driver_sql("SET LOCAL lock_timeout = 1000")
            await put(session, name, state="sending")
            await put(session, name, state="sent")
    async with postgresql.reading() as session:
        assert await broadcasts.counts(session, "b") == {"sent": 2}
        await counts_hold(session)


async def test_what_is_taken_back_was_not_counted(database: Database, keys: Keyring) -> None:
    async with database.writing() as session:
        await announce(session)
        name = await owe(session, await meet(session, keys))
    async with database.writing() as session:
        await put(session, name, state="sent")
        await session.rollback()
    async with database.reading() as session:
        assert await broadcasts.counts(session, "b") == {"queued": 1}


async def test_what_has_aged_out_still_counts(database: Database, keys: Keyring) -> None:
    async with database.writing() as session:
        await announce(session)
        for number in range(4):
            await owe(session, await meet(session, keys, f"7{number}"), state="delivered", ended=NOW.date())
        assert await ageing.age(session, NOW + DAY, 3) == 3
        assert await ageing.age(session, NOW + DAY, 3) == 1
        assert await broadcasts.counts(session, "b") == {"delivered": 4}


async def test_replies_are_in_no_count(database: Database, keys: Keyring) -> None:
    async with database.writing() as session:
        name = await queue(session, await meet(session, keys))
        await put(session, name, state="sent")
        assert (await session.execute(select(standing))).all() == []


async def test_a_broadcast_without_anybody_counts_nobody(database: Database) -> None:
    async with database.writing() as session:
        await announce(session)
        assert await broadcasts.counts(session, "b") == {}
