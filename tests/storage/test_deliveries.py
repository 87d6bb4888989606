"""What waits leaves in order, once, and only to whom it may; what became of it is written by whoever holds it."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from channels.verdicts import Reach
from storage import Database, Keyring, Session, addresses, broadcasts, circuits
from storage.addresses import Change
from storage.broadcasts import Hours, Plan, Subject, Way
from storage.lanes import Lane
from storage.outbox import claims, deliveries, expansion, reports, unknowns
from storage.outbox.claims import MOST_LOOKS, Claimed
from storage.outbox.deliveries import NEVER, Outcome
from storage.outbox.reports import Word
from storage.states import State
from storage.tables import delivery
from tests.storage.rows import (
    NOW,
    PROCESS,
    TOLD,
    announce,
    meet,
    owe,
    put,
    queue,
    reach,
    row,
    statements,
    states,
    until_somebody_waits,
)

SECOND = timedelta(seconds=1)
LEASE = NOW + timedelta(minutes=1)


async def claim(
    session: Session,
    keys: Keyring,
    owner: str = "worker",
    channel: str = "telegram",
    most: int = 100,
    now: datetime = NOW,
    lowest: Lane = Lane.BULLETIN,
) -> list[Claimed]:
    return await claims.claim(session, keys, claims.Claim(channel, owner, now, now + (LEASE - NOW), most, lowest))


async def texts(session: Session, keys: Keyring, **how: Any) -> list[str | None]:
    return [delivery.body for delivery in await claim(session, keys, **how)]


async def sent(session: Session, *names: str) -> None:
    for name in names:
        await put(session, name, state="sent")


async def test_what_is_claimed_is_whole_and_ours(database: Database, keys: Keyring) -> None:
    async with database.writing() as session:
        alice = await meet(session, keys, language="ar")
        name = await queue(session, alice, "hello")
        (claimed,) = await claim(session, keys)
        found = await row(session, name)
    assert claimed == Claimed(
        id=name,
        address=alice.address,
        to="70001",
        language="ar",
        region="",
        lane=Lane.REPLY,
        body="hello",
        broadcast=None,
        subject=None,
        renditions=None,
        hours=None,
        outside=(),
        elsewhere=False,
        attempts=0,
        not_after=None,
        spoke=NOW,
        shut=None,
        began=NOW,
        probe=False,
    )
    assert (found.state, found.owner, found.lease, found.began) == ("sending", "worker", LEASE, NOW)
    assert "70001" not in repr(claimed)
    assert "hello" not in repr(claimed)


async def test_what_is_claimed_is_not_claimed_again(database: Database, keys: Keyring) -> None:
    async with database.writing() as session:
        await queue(session, await meet(session, keys))
        assert len(await claim(session, keys, "one")) == 1
        assert await claim(session, keys, "other") == []


async def test_replies_leave_before_notices_and_these_before_bulletins(database: Database, keys: Keyring) -> None:
    async with database.writing() as session:
        for number, lane in enumerate((Lane.BULLETIN, Lane.NOTICE, Lane.REPLY)):
            await queue(session, await meet(session, keys, f"7{number}"), f"lane {lane}", lane=lane)
        assert await texts(session, keys, most=1) == ["lane 0"]
        assert await texts(session, keys) == ["lane 1", "lane 2"]


async def test_what_is_due_first_leaves_first(database: Database, keys: Keyring) -> None:
    async with database.writing() as session:
        for ago in (1, 3, 2, 0):
            await queue(session, await meet(session, keys, f"7{ago}"), f"{ago}", due=NOW - ago * SECOND)
        await queue(session, await meet(session, keys, "79"), "later", due=NOW + timedelta(microseconds=1))
        assert await texts(session, keys, most=2) == ["3", "2"]
        assert await texts(session, keys) == ["1", "0"]


async def test_who_has_had_no_reply_for_the_longest_time_is_answered_first(database: Database, keys: Keyring) -> None:
    async with database.writing() as session:
        often, seldom = await meet(session, keys, "71"), await meet(session, keys, "72")
        for turn in range(3):
            since = NOW + turn * timedelta(minutes=1)
            await queue(session, often, f"often {turn}", turn=turn, due=NOW - SECOND, since=since)
        await queue(session, seldom, "seldom", since=NOW + SECOND)
        heard = []
        for _try in range(4):
            (claimed,) = await claim(session, keys, most=1)
            heard.append(claimed.body)
            await sent(session, claimed.id)
    assert heard == ["often 0", "seldom", "often 1", "often 2"]


async def test_what_is_put_off_keeps_nobody_waiting(database: Database, keys: Keyring) -> None:
    async with database.writing() as session:
        for number in range(3):
            who = await meet(session, keys, f"7{number}")
            await queue(session, who, "put off", since=NOW - timedelta(hours=1), due=NOW + SECOND)
        await queue(session, await meet(session, keys, "79"), "due", since=NOW)
        assert await texts(session, keys, most=1) == ["due"]
        assert await texts(session, keys, now=NOW + SECOND) == ["put off"] * 3


async def test_no_more_is_claimed_than_was_asked_for(database: Database, keys: Keyring) -> None:
    async with database.writing() as session:
        for number in range(20):
            await queue(session, await meet(session, keys, f"7{number}"))
        assert [len(await claim(session, keys, most=7)) for _try in range(4)] == [7, 7, 6, 0]


async def test_each_channel_claims_its_own(database: Database, keys: Keyring) -> None:
    async with database.writing() as session:
        await queue(session, await meet(session, keys, "+15005550006", channel="sms"), "on SMS")
        assert await texts(session, keys) == []
        assert await texts(session, keys, channel="sms") == ["on SMS"]


async def test_replies_to_one_person_leave_one_after_the_other(database: Database, keys: Keyring) -> None:
    async with database.writing() as session:
        alice, bob = await meet(session, keys, "70001"), await meet(session, keys, "70002")
        for turn, part in ((2, 1), (1, 2), (1, 1), (10, 1)):
            await queue(session, alice, f"{turn}.{part}", turn=turn, part=part)
        await queue(session, bob, "to bob", turn=30)
        heard = []
        for _try in range(5):
            claimed = await claim(session, keys)
            heard.append(sorted(str(delivery.body) for delivery in claimed))
            assert await claim(session, keys, "another worker") == []
            await sent(session, *(delivery.id for delivery in claimed))
    assert heard == [["1.1", "to bob"], ["1.2"], ["2.1"], ["10.1"], []]


async def test_what_has_to_be_tried_again_still_goes_before_what_follows(database: Database, keys: Keyring) -> None:
    async with database.writing() as session:
        alice = await meet(session, keys)
        first = await queue(session, alice, "first", turn=1)
        await queue(session, alice, "second", turn=2)
        await claim(session, keys)
        await deliveries.settle(session, "worker", [Outcome(first, State.QUEUED, due=NOW + SECOND, attempts=1)], NOW)
        assert await texts(session, keys) == []
        assert (await row(session, first)).attempts == 1


@pytest.mark.parametrize("state", ["sent", "unknown", "failed", "expired", "cancelled", "delivered"])
async def test_what_is_over_holds_nothing_up(database: Database, keys: Keyring, state: str) -> None:
    async with database.writing() as session:
        alice = await meet(session, keys)
        await queue(session, alice, "first", turn=1, state=state)
        await queue(session, alice, "second", turn=2)
        assert await texts(session, keys) == ["second"]


async def test_notices_to_one_person_leave_as_they_were_made(database: Database, keys: Keyring) -> None:
    async with database.writing() as session:
        alice, bob = await meet(session, keys, "70001"), await meet(session, keys, "70002")
        for number in (2, 1, 3):
            made, due = NOW - (9 - number) * SECOND, NOW - number * SECOND
            await queue(session, alice, f"{number}", lane=Lane.NOTICE, since=made, due=due)
        await queue(session, bob, "to bob", lane=Lane.NOTICE)
        heard = []
        for _try in range(4):
            claimed = await claim(session, keys)
            heard.append(sorted(str(delivery.body) for delivery in claimed))
            assert await claim(session, keys, "another worker") == []
            await sent(session, *(delivery.id for delivery in claimed))
    assert heard == [["1", "to bob"], ["2"], ["3"], []]


async def test_a_notice_that_is_tried_again_still_goes_before_the_next(database: Database, keys: Keyring) -> None:
    async with database.writing() as session:
        alice = await meet(session, keys)
        first = await queue(session, alice, "first", lane=Lane.NOTICE, since=NOW - SECOND)
        await queue(session, alice, "second", lane=Lane.NOTICE)
        await claim(session, keys)
        await deliveries.settle(session, "worker", [Outcome(first, State.QUEUED, code="429", due=NOW + SECOND)], NOW)
        assert await texts(session, keys) == []
        assert await texts(session, keys, now=NOW + SECOND) == ["first"]


@pytest.mark.parametrize(
    "waits",
    [{"due": LEASE, "code": "shut"}, {"due": NEVER}, {"broadcast_id": "b"}, {"state": "sent"}],
    ids=["its person has to write", "its broadcast is paused", "its broadcast is being paused", "it is over"],
)
async def test_a_notice_that_cannot_leave_by_itself_is_in_nobodys_way(
    database: Database, keys: Keyring, waits: dict[str, Any]
) -> None:
    async with database.writing() as session:
        await announce(session)
        await broadcasts.pause(session, "b")
        alice = await meet(session, keys)
        await put(session, await queue(session, alice, "first", lane=Lane.NOTICE, since=NOW - SECOND), **waits)
        await queue(session, alice, "second", lane=Lane.NOTICE)
        assert await texts(session, keys) == ["second"]


async def test_a_bulletin_waits_for_no_notice_and_no_bulletin(database: Database, keys: Keyring) -> None:
    async with database.writing() as session:
        alice = await meet(session, keys)
        await queue(session, alice, "notice", lane=Lane.NOTICE, state="sending")
        await queue(session, alice, "bulletin", lane=Lane.BULLETIN, state="sending")
        await queue(session, alice, "next", lane=Lane.BULLETIN)
        assert await texts(session, keys) == ["next"]


async def test_a_bulletin_does_not_wait_for_a_reply(database: Database, keys: Keyring) -> None:
    async with database.writing() as session:
        alice = await meet(session, keys)
        await queue(session, alice, "reply", turn=1, state="sending")
        await queue(session, alice, "bulletin", turn=0, lane=Lane.BULLETIN)
        assert await texts(session, keys) == ["bulletin"]


async def test_a_reply_does_not_wait_for_a_bulletin(database: Database, keys: Keyring) -> None:
    async with database.writing() as session:
        alice = await meet(session, keys)
        await queue(session, alice, "bulletin", turn=0, lane=Lane.BULLETIN, state="sending")
        await queue(session, alice, "reply", turn=1)
        assert await texts(session, keys) == ["reply"]


@pytest.mark.parametrize("reach", [reach for reach in Reach if reach is not Reach.ACTIVE])
async def test_who_cannot_be_written_to_is_not_written_to(database: Database, keys: Keyring, reach: Reach) -> None:
    async with database.writing() as session:
        name = await queue(session, await meet(session, keys, reach=reach), "bulletin", lane=Lane.BULLETIN)
        assert await texts(session, keys) == []
        found = await row(session, name)
    assert (found.state, found.code, found.ended, found.body) == ("cancelled", "unreachable", NOW.date(), None)


async def test_the_answer_to_stop_leaves_despite_it(database: Database, keys: Keyring) -> None:
    async with database.writing() as session:
        alice = await meet(session, keys, reach="opted_out")
        await queue(session, alice, "You left.", despite_stop=True, turn=2)
        await queue(session, alice, "bulletin", lane=Lane.BULLETIN, turn=0)
        assert await texts(session, keys) == ["You left."]


async def test_nothing_leaves_after_its_time(database: Database, keys: Keyring) -> None:
    async with database.writing() as session:
        too_late = [
            await queue(session, await meet(session, keys, f"7{ago}"), not_after=NOW - ago * SECOND) for ago in (0, 1)
        ]
        in_time = await queue(session, await meet(session, keys, "79"), "in time", not_after=NOW + SECOND)
        assert await texts(session, keys) == ["in time"]
        assert await states(session) == {**dict.fromkeys(too_late, "expired"), in_time: "sending"}
        found = await row(session, too_late[0])
    assert (found.code, found.ended, found.body, found.owner, found.lease) == (
        "not_after", NOW.date(), None, None, None,
    )  # fmt: skip


async def test_what_waits_for_its_person_to_write_ends_after_a_month_of_silence(
    database: Database, keys: Keyring
) -> None:
    async with database.writing() as session:
        await announce(session)
        alice, bob = await meet(session, keys, "70001"), await meet(session, keys, "70002")
        silent, has_written = [await owe(session, who) for who in (alice, bob)]
        assert len(await claim(session, keys)) == 2
        ends = NOW + deliveries.LONGEST_SILENCE
        shut = [Outcome(name, State.QUEUED, code="shut", due=ends) for name in (silent, has_written)]
        await deliveries.settle(session, "worker", shut, NOW)
        assert await claim(session, keys, now=ends - SECOND) == []
        await addresses.reopen(session, [bob.address], ends)
        assert [delivery.id for delivery in await claim(session, keys, now=ends)] == [has_written]
        found = await row(session, silent)
        assert (found.state, found.code, found.ended) == ("expired", "shut", ends.date())
        assert await broadcasts.counts(session, "b") == {"expired": 1, "sending": 1}


async def test_what_is_being_sent_does_not_expire(database: Database, keys: Keyring) -> None:
    async with database.writing() as session:
        name = await queue(session, await meet(session, keys), not_after=NOW + SECOND)
        await claim(session, keys)
        assert await claim(session, keys, now=NOW + 2 * SECOND) == []
        assert await states(session) == {name: "sending"}


async def test_what_ends_takes_nobodys_place(database: Database, keys: Keyring) -> None:
    """Though only two are taken at a time, the one in time leaves with the first claim."""
    async with database.writing() as session:
        for number in range(5):
            await queue(session, await meet(session, keys, f"7{number}"), not_after=NOW, due=NOW - SECOND)
        await queue(session, await meet(session, keys, "79"), "in time")
        assert await texts(session, keys, most=2) == ["in time"]
        assert sorted((await states(session)).values()) == ["expired"] * 5 + ["sending"]


async def test_what_ends_without_end_is_ended_bit_by_bit(database: Database, keys: Keyring) -> None:
    async with database.writing() as session:
        for number in range(MOST_LOOKS + 5):
            await queue(session, await meet(session, keys, f"7{number}"), not_after=NOW)
        with statements(database) as seen:
            assert await claim(session, keys, most=1) == []
        assert len(seen) == MOST_LOOKS
        assert list((await states(session)).values()).count("expired") == MOST_LOOKS


async def test_the_next_reply_leaves_with_the_claim_that_ends_the_one_before(database: Database, keys: Keyring) -> None:
    async with database.writing() as session:
        alice = await meet(session, keys)
        await queue(session, alice, "late", turn=1, not_after=NOW)
        await queue(session, alice, "in time", turn=2)
        await queue(session, alice, "after that", turn=3)
        assert await texts(session, keys) == ["in time"]


@pytest.mark.parametrize(
    ("lowest", "left"), [(Lane.REPLY, ["0"]), (Lane.NOTICE, ["0", "1"]), (Lane.BULLETIN, ["0", "1", "2"])]
)
async def test_nothing_leaves_of_a_lane_below_the_lowest(
    database: Database, keys: Keyring, lowest: Lane, left: list[str]
) -> None:
    async with database.writing() as session:
        for lane in (Lane.REPLY, Lane.NOTICE, Lane.BULLETIN):
            await queue(session, await meet(session, keys, f"7{lane}"), f"{lane}", lane=lane)
        assert await texts(session, keys, lowest=lowest) == left


async def bulletin(session: Session, keys: Keyring, name: str = "b") -> list[str]:
    """A broadcast to three people."""
    await announce(session, name)
    people = [await meet(session, keys, f"{name}{number}", name=f"{name}{number}") for number in range(3)]
    return [await owe(session, who, name) for who in people]


async def test_what_belongs_to_a_broadcast_is_claimed_with_what_it_says(database: Database, keys: Keyring) -> None:
    plan = Plan(hours=Hours(zone="Europe/Paris"), outside=(Way.WAIT, Way.ELSEWHERE), elsewhere=True)
    async with database.writing() as session:
        await announce(session, plan=plan)
        alice = await meet(session, keys, spoke=NOW - SECOND)
        await owe(session, alice, not_after=NOW + SECOND)
        (claimed,) = await claim(session, keys)
    assert (claimed.broadcast, claimed.renditions, claimed.body) == ("b", TOLD, None)
    assert (claimed.subject, claimed.hours) == (Subject("bulletin", "x"), plan.hours)
    assert (claimed.outside, claimed.elsewhere) == ((Way.WAIT, Way.ELSEWHERE), True)
    assert (claimed.not_after, claimed.spoke) == (NOW + SECOND, NOW - SECOND)


async def test_nothing_of_a_paused_broadcast_leaves_from_the_moment_that_the_pause_commits(
    database: Database, keys: Keyring
) -> None:
    async with database.writing() as session:
        await bulletin(session, keys)
        await bulletin(session, keys, "other")
    async with database.writing() as session:
        assert await broadcasts.pause(session, "b")
    async with database.writing() as session:
        assert {delivery.broadcast for delivery in await claim(session, keys)} == {"other"}


@pytest.mark.parametrize("turn", [broadcasts.pause, broadcasts.cancel])
async def test_a_claim_that_is_open_is_over_before_a_pause_commits(
    postgresql: Database, keys: Keyring, turn: Callable[[Session, str], Awaitable[bool]]
) -> None:
    async with postgresql.writing() as session:
        names = await bulletin(session, keys)
        await bulletin(session, keys, "other")
        later = "UPDATE delivery SET due = due + interval '1 second' WHERE broadcast_id = 'other'"
        await session.exec_driver_sql(later)
    holding = asyncio.Event()

    async def pauses() -> None:
        async with postgresql.writing() as session:
            holding.set()
            assert await turn(session, "b")

    async with postgresql.writing() as watching, postgresql.writing() as session:
        first = await claim(session, keys, most=1)
        pausing = asyncio.create_task(pauses())
        await holding.wait()
        await until_somebody_waits(watching)
        assert not pausing.done()
    await pausing
    async with postgresql.writing() as session:
        assert {delivery.broadcast for delivery in await claim(session, keys, now=NOW + SECOND)} == {"other"}
        found = await states(session)
    assert [found[name] for name in names].count("sending") == len(first) == 1


@pytest.mark.parametrize("turn", [broadcasts.pause, broadcasts.cancel])
async def test_a_claim_passes_over_what_is_being_paused_at_this_moment(
    postgresql: Database, keys: Keyring, turn: Callable[[Session, str], Awaitable[bool]]
) -> None:
    async with postgresql.writing() as session:
        await bulletin(session, keys)
        await bulletin(session, keys, "other")
        await queue(session, await meet(session, keys), "a reply")
    async with postgresql.writing() as pausing, postgresql.writing() as session:
        assert await turn(pausing, "b")
        await session.exec_driver_sql("SET LOCAL lock_timeout = 1000")
        claimed = await claim(session, keys)
        assert sorted(delivery.broadcast or "" for delivery in claimed) == ["", "other", "other", "other"]


async def test_a_claim_does_not_wait_for_deliveries_that_are_being_made_or_walked(
    postgresql: Database, keys: Keyring
) -> None:
    async with postgresql.writing() as session:
        await bulletin(session, keys)
        await bulletin(session, keys, "other")
        await broadcasts.pause(session, "other")
        await broadcasts.resume(session, "other")
    async with postgresql.writing() as making, postgresql.writing() as session:
        made, walked = await expansion.to_expand(making, NOW), await expansion.to_turn(making)
        assert made is not None
        assert walked is not None
        await expansion.expand(making, made, NOW, 1)
        await session.exec_driver_sql("SET LOCAL lock_timeout = 1000")
        assert len(await claim(session, keys)) == 6


async def test_nothing_of_it_leaves_while_it_is_walked_nor_after(database: Database, keys: Keyring) -> None:
    async with database.writing() as session:
        await bulletin(session, keys)
        await broadcasts.pause(session, "b")
    while await walk(database, 1):
        async with database.writing() as session:
            assert await claim(session, keys) == []
    async with database.writing() as session:
        assert await claim(session, keys) == []
        assert (await broadcasts.latest(session, PROCESS, 1))[0].state == "paused"
        due = (await session.execute(select(delivery.c.due))).scalars()
        assert set(due) == {NEVER}


async def test_it_goes_on_at_once_when_it_is_resumed_before_it_was_walked(database: Database, keys: Keyring) -> None:
    async with database.writing() as session:
        await bulletin(session, keys)
        await broadcasts.pause(session, "b")
        await broadcasts.resume(session, "b")
        assert len(await claim(session, keys)) == 3


async def test_it_goes_on_as_it_is_walked_when_it_is_resumed_after_that(database: Database, keys: Keyring) -> None:
    async with database.writing() as session:
        await bulletin(session, keys)
        await broadcasts.pause(session, "b")
    while await walk(database, 9):
        pass
    async with database.writing() as session:
        assert await broadcasts.resume(session, "b")
        assert await claim(session, keys) == []
    left = 0
    while await walk(database, 1):
        async with database.writing() as session:
            left += len(await claim(session, keys))
    assert left == 3


async def test_nothing_of_a_cancelled_broadcast_leaves_and_all_of_it_ends(database: Database, keys: Keyring) -> None:
    async with database.writing() as session:
        names = await bulletin(session, keys)
        assert await broadcasts.cancel(session, "b")
    while await walk(database, 1):
        async with database.writing() as session:
            assert await claim(session, keys) == []
    async with database.reading() as session:
        assert await states(session) == dict.fromkeys(names, "cancelled")
        found = await row(session, names[0])
    assert (found.code, found.ended) == ("cancelled", NOW.date())


async def test_what_comes_back_to_the_outbox_of_a_cancelled_broadcast_ends_with_the_next_claim(
    database: Database, keys: Keyring
) -> None:
    async with database.writing() as session:
        names = await bulletin(session, keys)
        await claim(session, keys)
        await broadcasts.cancel(session, "b")
    while await walk(database, 9):
        pass
    async with database.writing() as session:
        await deliveries.settle(session, "worker", [Outcome(name, State.QUEUED, due=NOW) for name in names], NOW)
        assert await claim(session, keys) == []
        assert await states(session) == dict.fromkeys(names, "cancelled")


async def walk(database: Database, most: int) -> bool:
    async with database.writing() as session:
        which = await expansion.to_turn(session)
        if which is not None:
            await expansion.turn(session, which, NOW, most)
    return which is not None


async def test_nothing_leaves_while_the_circuit_is_open(database: Database, keys: Keyring) -> None:
    async with database.writing() as session:
        await queue(session, await meet(session, keys), "on Telegram")
        await queue(session, await meet(session, keys, "+15005550006", channel="sms"), "on SMS")
        await circuits.break_(session, "telegram", "401", NOW + SECOND, NOW)
        assert await texts(session, keys) == []
        assert await texts(session, keys, channel="sms") == ["on SMS"]


async def test_after_it_one_message_tries_and_nothing_else_leaves_until_it_has_ended(
    database: Database, keys: Keyring
) -> None:
    async with database.writing() as session:
        for number in range(3):
            await queue(session, await meet(session, keys, f"7{number}"))
        await circuits.break_(session, "telegram", "401", NOW, NOW - SECOND)
        (tries,) = await claim(session, keys)
        assert tries.probe
        assert await claim(session, keys, now=LEASE - SECOND) == []
        (tries_again,) = await claim(session, keys, now=LEASE)
        assert tries_again.probe
        await circuits.mend(session, "telegram")
        (last,) = await claim(session, keys)
    assert not last.probe


async def test_what_ends_is_not_what_tries(database: Database, keys: Keyring) -> None:
    async with database.writing() as session:
        await queue(session, await meet(session, keys, "71"), not_after=NOW, due=NOW - SECOND)
        await queue(session, await meet(session, keys, "72"), "tries")
        await circuits.break_(session, "telegram", "401", NOW, NOW - SECOND)
        assert await texts(session, keys) == ["tries"]


async def test_of_two_workers_one_tries(postgresql: Database, keys: Keyring) -> None:
    async with postgresql.writing() as session:
        names = [await queue(session, await meet(session, keys, f"7{number}")) for number in range(2)]
        await circuits.break_(session, "telegram", "401", NOW, NOW - SECOND)

    async def other() -> int:
        async with postgresql.writing() as session:
            return len(await claim(session, keys, "other"))

    async with postgresql.writing() as session:
        assert len(await claim(session, keys)) == 1
        waiting = asyncio.create_task(other())
        await until_somebody_waits(session)
    assert await waiting == 0
    async with postgresql.reading() as session:
        found = [await row(session, name) for name in names]
    assert sorted((delivery.state, delivery.owner or "") for delivery in found) == [
        ("queued", ""),
        ("sending", "worker"),
    ]


async def test_two_workers_never_claim_the_same_nor_a_later_reply(postgresql: Database, keys: Keyring) -> None:
    async with postgresql.writing() as session:
        everybody = [await meet(session, keys, f"7{number}") for number in range(6)]
        for who in everybody:
            for part in (1, 2):
                await queue(session, who, f"{who.sender} {part}", part=part)
    async with postgresql.writing() as session, postgresql.writing() as other:
        first = await texts(session, keys, owner="one", most=4)
        second = await texts(other, keys, owner="other", most=4)
        assert await texts(other, keys, owner="other", most=4) == []
    assert sorted(str(text) for text in first + second) == [f"7{number} 1" for number in range(6)]


async def test_a_worker_that_looked_before_another_committed_takes_nothing_twice(
    postgresql: Database, keys: Keyring
) -> None:
    async with postgresql.writing() as session:
        alice = await meet(session, keys)
        names = [await queue(session, alice, f"{part}", part=part) for part in (1, 2, 3)]
    heard: list[str | None] = []
    for name in names:
        async with AsyncExitStack() as stack:
            session, other = [await stack.enter_async_context(postgresql.writing()) for _ in range(2)]
            heard += await texts(session, keys, owner="one")
            heard += await texts(other, keys, owner="other")
        async with postgresql.writing() as session:
            await sent(session, name)
    assert heard == ["1", "2", "3"]


async def test_what_became_of_a_send_is_written_down(database: Database, keys: Keyring) -> None:
    async with database.writing() as session:
        alice, bob, carol = [await meet(session, keys, f"7{number}") for number in range(3)]
        first, second, third = [await queue(session, who) for who in (alice, bob, carol)]
        waits = await queue(session, bob, "more", turn=2)
        await claim(session, keys)
        outcomes = [
            Outcome(first, State.SENT, "m1", 2, attempts=1),
            Outcome(second, State.FAILED, code="403", change=Change(bob.address, "blocked")),
            Outcome(third, State.QUEUED, code="429", due=NOW + SECOND, attempts=3),
        ]
        with statements(database) as seen:
            await deliveries.settle(session, "worker", outcomes[:1], NOW)
        assert len(seen) == 1
        await deliveries.settle(session, "worker", outcomes[1:], NOW)
        found = [await row(session, name) for name in (first, second, third)]
        assert await reach(session, bob) == "blocked"
        assert (await row(session, waits)).state == "cancelled"
    assert [delivery.state for delivery in found] == ["sent", "failed", "queued"]
    assert [delivery.provider_id for delivery in found] == ["m1", None, None]
    assert [delivery.segments for delivery in found] == [2, None, None]
    assert [delivery.code for delivery in found] == [None, "403", "429"]
    assert [delivery.attempts for delivery in found] == [1, 0, 3]
    assert [delivery.lease for delivery in found] == [None] * 3
    assert found[2].due == NOW + SECOND
    assert [delivery.ended for delivery in found] == [NOW.date(), NOW.date(), None]
    assert [delivery.body is None for delivery in found] == [True, True, False]


@pytest.mark.parametrize(
    ("outcome", "state"),
    [
        (Outcome("", State.SENT, "m1"), State.SENT),
        (Outcome("", State.FAILED, code="403"), State.FAILED),
        (Outcome("", State.UNKNOWN, code="no_answer", keeps=True), State.UNKNOWN),
        (Outcome("", State.QUEUED, code="late", due=NOW), State.QUEUED),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
async def test_a_worker_that_seemed_dead_still_knows_what_became_of_it(
    database: Database, keys: Keyring, outcome: Outcome, state: str
) -> None:
    async with database.writing() as session:
        name = await queue(session, await meet(session, keys))
        await claim(session, keys, "slow")
        assert await unknowns.abandon(session, LEASE) == 0
        assert await unknowns.abandon(session, LEASE + SECOND) == 1
        await deliveries.settle(session, "slow", [replace(outcome, id=name)], NOW)
        found = await row(session, name)
    assert (found.state, found.code, found.provider_id) == (state, outcome.code, outcome.provider_id)
    assert (found.body is None) == (state in ("sent", "failed"))


async def test_a_worker_that_seemed_dead_changes_nothing_that_is_known_since(database: Database, keys: Keyring) -> None:
    async with database.writing() as session:
        again, arrived = [await queue(session, await meet(session, keys, sender)) for sender in ("2", "3")]
        await claim(session, keys, "slow", most=2)
        await unknowns.abandon(session, LEASE + SECOND)
        await unknowns.resend(session, [again], NOW)
        await reports.take(session, [Word(arrived, "m2", "delivered", "", State.DELIVERED)], NOW)
        await deliveries.settle(session, "slow", [Outcome(name, State.FAILED) for name in (again, arrived)], NOW)
        assert [(await row(session, name)).state for name in (again, arrived)] == ["queued", "delivered"]


async def test_what_never_left_and_has_lost_its_text_has_failed(database: Database, keys: Keyring) -> None:
    async with database.writing() as session:
        name = await queue(session, await meet(session, keys))
        await claim(session, keys, "slow")
        await unknowns.abandon(session, LEASE + SECOND)
        await unknowns.give_up(session, LEASE + SECOND)
        await deliveries.settle(session, "slow", [Outcome(name, State.QUEUED, code="late", due=NOW)], NOW)
        assert (await row(session, name)).state == "failed"


async def test_a_worker_settles_only_its_own(database: Database, keys: Keyring) -> None:
    async with database.writing() as session:
        name = await queue(session, await meet(session, keys))
        await claim(session, keys, "mine")
        await deliveries.settle(session, "yours", [Outcome(name, State.FAILED)], NOW)
        assert (await row(session, name)).state == "sending"


async def test_settling_nothing_asks_nothing(database: Database) -> None:
    async with database.writing() as session:
        with statements(database) as seen:
            await deliveries.settle(session, "worker", [], NOW)
    assert seen == []


@pytest.mark.parametrize("keeps", [False, True])
async def test_the_words_of_what_may_be_asked_after_are_kept(database: Database, keys: Keyring, keeps: bool) -> None:
    async with database.writing() as session:
        name = await queue(session, await meet(session, keys))
        await claim(session, keys)
        await deliveries.settle(session, "worker", [Outcome(name, State.UNKNOWN, code="no_answer", keeps=keeps)], NOW)
        found = await row(session, name)
    assert (found.state, found.ended, found.body is not None) == ("unknown", NOW.date(), keeps)


async def test_the_id_of_an_earlier_attempt_stays_until_there_is_another(database: Database, keys: Keyring) -> None:
    async with database.writing() as session:
        name = await queue(session, await meet(session, keys), provider_id="m1")
        for outcome in (Outcome(name, State.QUEUED, due=NOW, code="429"), Outcome(name, State.SENT, "m2")):
            await claim(session, keys)
            found = (await row(session, name)).provider_id
            assert found == "m1"
            await deliveries.settle(session, "worker", [outcome], NOW)
        assert (await row(session, name)).provider_id == "m2"


async def test_what_belongs_to_a_region_waits_until_its_morning(database: Database, keys: Keyring) -> None:
    async with database.writing() as session:
        await announce(session)
        await announce(session, "other")
        north = [await meet(session, keys, f"7{number}") for number in range(3)]
        south = await meet(session, keys, "79", region="south")
        theirs = [await owe(session, who) for who in north]
        shut = await owe(session, await meet(session, keys, "78"), due=NEVER, code="shut")
        others = [await owe(session, south), await owe(session, north[0], "other"), await queue(session, north[1])]
        await deliveries.put_off(session, deliveries.Delay("b", "north", LEASE, "night"), NOW, 2)
        found = [await row(session, name) for name in theirs]
        assert sorted((delivery.due, delivery.code or "") for delivery in found) == [
            (NOW, ""),
            (LEASE, "night"),
            (LEASE, "night"),
        ]
        await deliveries.put_off(session, deliveries.Delay("b", "north", LEASE, "night"), NOW, 2)
        assert {(await row(session, name)).due for name in theirs} == {LEASE}
        assert {(await row(session, name)).due for name in others} == {NOW}
        assert (await row(session, shut)).code == "shut"


async def test_nothing_that_waits_for_a_cancelled_address_leaves(database: Database, keys: Keyring) -> None:
    async with database.writing() as session:
        alice, bob = await meet(session, keys, "70001"), await meet(session, keys, "70002")
        waits, under_way = await queue(session, alice), await queue(session, alice, turn=0, state="sending")
        other = await queue(session, bob)
        await deliveries.cancel(session, alice.address, "stop", NOW)
        assert await states(session) == {waits: "cancelled", under_way: "sending", other: "queued"}
        found = await row(session, waits)
    assert (found.code, found.ended, found.body) == ("stop", NOW.date(), None)


async def test_claiming_is_two_statements_and_they_are_compiled_once(database: Database, keys: Keyring) -> None:
    async with database.writing() as session:
        for number in range(6):
            await queue(session, await meet(session, keys, f"7{number}"))
        with statements(database) as seen:
            for most in (1, 2, 3):
                await claim(session, keys, most=most)
        assert len(seen) == 6
        assert len({statement for statement, _values in seen[::2]}) == 1


async def test_what_is_refused_for_its_words_pauses_its_broadcast(database: Database, keys: Keyring) -> None:
    async with database.writing() as session:
        await announce(session)
        names = [await owe(session, await meet(session, keys, f"{number}")) for number in range(3)]
        await claim(session, keys, most=2)
        refused = [Outcome(name, State.FAILED, code="63026", halts="b") for name in names[:2]]
        await deliveries.settle(session, "worker", refused, NOW)
        assert (await broadcasts.latest(session, PROCESS, 1))[0].state == "pausing"
        assert await claim(session, keys) == []
