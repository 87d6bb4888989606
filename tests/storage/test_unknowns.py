"""What nobody knows the fate of is asked after where that is possible, and sent again only where that was allowed."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import update

from storage import Database, Keyring, Session, broadcasts, people
from storage.broadcasts import Plan
from storage.lanes import Lane
from storage.outbox import claims, reports, unknowns
from storage.outbox.deliveries import NEVER
from storage.outbox.reports import Word
from storage.outbox.unknowns import AnsweredTurn, Begun, UnknownDelivery
from storage.states import State
from storage.tables import person
from tests.storage.rows import NOW, PROCESS, also_at, announce, meet, owe, put, queue, row, states

SECOND, MINUTE, HOUR = timedelta(seconds=1), timedelta(minutes=1), timedelta(hours=1)
DAY = timedelta(days=1)
LEASE = NOW + MINUTE
AROUND = Begun("telegram", NOW - SECOND, NOW + SECOND)
STATES = ("queued", "sending", "sent", "failed", "expired", "cancelled")


async def claim(session: Session, keys: Keyring, channel: str = "telegram") -> list[str]:
    return [
        delivery.id for delivery in await claims.claim(session, keys, claims.Claim(channel, "worker", NOW, LEASE, 100))
    ]


async def test_a_worker_that_starts_alone_abandons_all_that_was_under_way(database: Database, keys: Keyring) -> None:
    async with database.writing() as session:
        name = await queue(session, await meet(session, keys))
        waits = await queue(session, await meet(session, keys, "70002"), due=LEASE)
        await claim(session, keys)
        assert await unknowns.abandon(session, NOW, everybody=True) == 1
        assert await claim(session, keys) == []
        found = await row(session, name)
        assert await states(session) == {name: "unknown", waits: "queued"}
    assert (found.code, found.ended, found.owner, found.lease) == ("crash", NOW.date(), "worker", None)


async def test_only_a_lease_that_has_lapsed_is_abandoned(database: Database, keys: Keyring) -> None:
    async with database.writing() as session:
        await queue(session, await meet(session, keys))
        await claim(session, keys)
        assert [await unknowns.abandon(session, LEASE + past) for past in (timedelta(0), SECOND, SECOND)] == [0, 1, 0]


async def test_the_words_of_what_a_crash_left_are_kept(database: Database, keys: Keyring) -> None:
    """Its worker may only have been asleep, and say that it never left."""
    async with database.writing() as session:
        name = await queue(session, await meet(session, keys))
        await claim(session, keys)
        await unknowns.abandon(session, LEASE + SECOND)
        assert (await row(session, name)).body is not None


async def test_kept_words_are_erased_when_nobody_will_ask_any_more(database: Database, keys: Keyring) -> None:
    async with database.writing() as session:
        alice = await meet(session, keys)
        old, new = [
            await queue(session, alice, turn=turn, state="unknown", began=NOW - turn * SECOND) for turn in (2, 1)
        ]
        waits = await queue(session, alice, turn=3, began=NOW - HOUR)
        assert await unknowns.give_up(session, NOW - SECOND) == 1
        assert await unknowns.give_up(session, NOW - SECOND) == 0
        assert [(await row(session, name)).body is None for name in (old, new, waits)] == [True, False, False]
        assert (await row(session, old)).state == "unknown"


async def test_what_was_begun_in_between_is_asked_after_the_oldest_first(database: Database, keys: Keyring) -> None:
    async with database.writing() as session:
        alice = await meet(session, keys)
        names = {
            turn: await queue(session, alice, turn=turn, state="unknown", began=NOW + turn * SECOND, code="crash")
            for turn in (4, 1, 2, 3, 5)
        }
        await queue(session, alice, turn=9, state="sent", began=NOW + 3 * SECOND)
        sms = await meet(session, keys, "+15005550006", channel="sms")
        await queue(session, sms, state="unknown", began=NOW + 3 * SECOND)
        found = await unknowns.to_ask(session, keys, Begun("telegram", NOW + SECOND, NOW + 5 * SECOND), NOW, 9)
        assert found == [
            UnknownDelivery(names[turn], alice.id, alice.address, "70001", NOW + turn * SECOND) for turn in (2, 3, 4)
        ]
        assert "70001" not in repr(found)
        fewer = await unknowns.to_ask(session, keys, Begun("telegram", NOW + SECOND, NOW + 5 * SECOND), NOW, 2)
        assert fewer == found[:2]


async def test_who_was_forgotten_and_who_cannot_be_read_is_not_asked_after(database: Database, keys: Keyring) -> None:
    async with database.writing() as session:
        alice, bob = await meet(session, keys, "70001"), await meet(session, keys, "70002")
        for who in (alice, bob):
            await queue(session, who, state="unknown", began=NOW)
        await people.erase(session, alice.id)
        await session.execute(update(person).where(person.c.id == bob.id).values(key=alice.wrapped))
        assert await unknowns.to_ask(session, keys, AROUND, NOW, 9) == []


async def test_what_is_held_is_not_asked_after(database: Database, keys: Keyring) -> None:
    async with database.writing() as session:
        await queue(session, await meet(session, keys), began=NOW)
        await unknowns.hold(session, NOW)
        assert await unknowns.to_ask(session, keys, AROUND, NOW, 9) == []


async def test_what_the_platform_had_no_word_on_is_asked_after_later(database: Database, keys: Keyring) -> None:
    async with database.writing() as session:
        alice = await meet(session, keys)
        late, soon = [await queue(session, alice, turn=turn, state="unknown", began=NOW) for turn in (1, 2)]
        sent = await queue(session, alice, turn=3, state="sent", began=NOW)
        await unknowns.ask_later(session, [late, sent], NOW + HOUR)
        for now, names in ((NOW, {soon}), (NOW + HOUR, {soon, late})):
            found = await unknowns.to_ask(session, keys, AROUND, now, 9)
            assert {delivery.id for delivery in found} == names
        assert (await row(session, sent)).due == NOW


async def test_a_message_is_a_deliverys_certainly_or_only_most_likely(database: Database, keys: Keyring) -> None:
    async with database.writing() as session:
        alice, bob = await meet(session, keys, "70001"), await meet(session, keys, "70002")
        await queue(session, alice, state="sent", provider_id="m1")
        await queue(session, alice, state="unknown")
        await queue(session, alice, state="unknown", provider_id="the attempt before", code="crash")
        await queue(session, alice, state="sent", provider_id="m2", code="found")
        await queue(session, bob, state="sent", provider_id="m3")
        hers = {"m1": True, "the attempt before": True, "m2": False}
        assert await unknowns.claimed(session, [alice.id]) == hers
        assert await unknowns.claimed(session, [alice.id, bob.id]) == hers | {"m3": True}


async def test_what_the_platform_has_ever_said_of_a_delivery_is_known(database: Database, keys: Keyring) -> None:
    async with database.writing() as session:
        alice = await meet(session, keys)
        first, other = [await queue(session, alice, turn=turn, state="unknown") for turn in (1, 2)]
        await reports.take(session, [Word(first, "guessed", "sent", "found", State.SENT)], NOW)
        assert await unknowns.claimed(session, [alice.id]) == {"guessed": False}
        await reports.take(session, [Word(other, "guessed", "delivered", "", State.DELIVERED)], NOW)
        await put(session, other, provider_id="of another attempt")
        assert await unknowns.claimed(session, [alice.id]) == {"guessed": True, "of another attempt": True}


async def test_a_message_may_be_what_is_unknown_or_under_way_or_arrived_by_the_persons_word(
    database: Database, keys: Keyring
) -> None:
    async with database.writing() as session:
        alice, bob = await meet(session, keys, "70001"), await meet(session, keys, "70002")
        kinds: list[dict[str, Any]] = [
            {"state": "unknown", "provider_id": "the attempt before"},
            {"state": "sending"},
            {"state": "delivered"},
            {"state": "delivered", "provider_id": "m"},
            {"state": "sent", "provider_id": "m"},
            {"state": "failed"},
            {"state": "queued"},
        ]
        names = [await queue(session, alice, turn=turn, began=NOW, **kind) for turn, kind in enumerate(kinds)]
        await queue(session, bob, state="unknown", began=NOW)
        await queue(session, alice, state="unknown", turn=9)
        found = await unknowns.claimants(session, [alice.id])
        assert sorted(claimant.id for claimant in found) == sorted(names[:3])
        assert {(claimant.address, claimant.began) for claimant in found} == {(alice.address, NOW)}


async def test_an_answer_proves_only_the_message_that_asked(database: Database, keys: Keyring) -> None:
    async with database.writing() as session:
        alice, bob = await meet(session, keys, "70001"), await meet(session, keys, "70002")
        there = await also_at(session, keys, alice, "+15005550006", channel="sms")
        lost: dict[str, Any] = {"state": "unknown", "code": "crash", "began": NOW, "ended": NOW.date() - 30 * DAY}
        first, last = [await queue(session, alice, turn=4, part=part, **lost) for part in (1, 2)]
        others = [
            await queue(session, alice, turn=3, **lost),
            await queue(session, alice, turn=4, part=3, lane=Lane.NOTICE, **lost),
            await queue(session, there, turn=4, part=3, **lost),
            await queue(session, bob, turn=4, **lost),
        ]
        await unknowns.arrived(session, [AnsweredTurn(alice.address, 4)], NOW)
        found = await row(session, last)
        assert await states(session) == {last: "delivered"} | dict.fromkeys([first, *others], "unknown")
        assert (found.code, found.body, found.ended) == (None, None, NOW.date())


async def test_an_answer_changes_nothing_that_is_known(database: Database, keys: Keyring) -> None:
    async with database.writing() as session:
        alice = await meet(session, keys)
        known = {await queue(session, alice, state=state, turn=turn): state for turn, state in enumerate(STATES)}
        await unknowns.arrived(session, [AnsweredTurn(alice.address, turn) for turn in range(len(STATES))], NOW)
        assert await states(session) == known


async def test_what_never_arrived_leaves_once_more_and_never_a_third_time(database: Database, keys: Keyring) -> None:
    async with database.writing() as session:
        name = await queue(session, await meet(session, keys), "hello", state="unknown", ended=NOW.date())
        assert await unknowns.resend(session, [name], NOW) == 1
        found = await row(session, name)
        assert (found.state, found.due, found.code, found.resent, found.ended) == ("queued", NOW, "resent", True, None)
        (claimed,) = await claims.claim(session, keys, claims.Claim("telegram", "worker", NOW, LEASE, 9))
        assert claimed.body == "hello"
        await put(session, name, state="unknown")
        assert await unknowns.resend(session, [name], NOW) == 0


@pytest.mark.parametrize(
    "columns",
    [{"state": "sent"}, {"state": "failed"}, {"body": None}, {"not_after": NOW}, {"code": "restored"}],
    ids=str,
)
async def test_what_is_not_unknown_or_cannot_leave_does_not_leave_again(
    database: Database, keys: Keyring, columns: dict[str, object]
) -> None:
    async with database.writing() as session:
        name = await queue(session, await meet(session, keys), state="unknown", code="crash")
        await put(session, name, **columns)
        assert await unknowns.resend(session, [name], NOW) == 0


async def test_nothing_leaves_again_to_who_was_forgotten(database: Database, keys: Keyring) -> None:
    async with database.writing() as session:
        alice = await meet(session, keys)
        await announce(session, plan=Plan(again=True))
        name = await owe(session, alice, state="unknown", began=NOW)
        await people.erase(session, alice.id)
        assert await unknowns.resend(session, [name], NOW) == 0
        assert await unknowns.resend_allowed(session, AROUND, NOW) == 0


async def test_what_cannot_be_asked_after_leaves_again_only_where_that_was_allowed(
    database: Database, keys: Keyring
) -> None:
    async with database.writing() as session:
        alice, bob = await meet(session, keys, "70001"), await meet(session, keys, "70002")
        await announce(session, "once")
        await announce(session, "again", Plan(again=True))
        once = await owe(session, alice, "once", state="unknown", began=NOW)
        again = await owe(session, alice, "again", state="unknown", began=NOW)
        reply = await queue(session, alice, state="unknown", began=NOW)
        earlier = await owe(session, bob, "again", state="unknown", began=NOW - SECOND)
        assert await unknowns.resend_allowed(session, replace(AROUND, channel="sms"), NOW) == 0
        assert await unknowns.resend_allowed(session, AROUND, NOW) == 1
        assert await unknowns.resend_allowed(session, AROUND, NOW) == 0
        assert await states(session) == {
            once: "unknown", again: "queued", reply: "unknown", earlier: "unknown",
        }  # fmt: skip


async def all_kinds(session: Session, keys: Keyring) -> list[str]:
    """A reply and three deliveries of a broadcast: waiting, under way, waiting for its person, and one that is sent."""
    alice, bob, carol, dora = [await meet(session, keys, f"7{number}") for number in range(4)]
    await announce(session)
    reply = await queue(session, alice)
    await owe(session, dora, state="sent")
    return [
        reply,
        await owe(session, alice),
        await owe(session, bob, state="sending", owner="worker", lease=LEASE),
        await owe(session, carol, code="shut", due=NEVER),
    ]


async def test_nothing_of_what_may_be_an_old_copy_leaves_by_itself(database: Database, keys: Keyring) -> None:
    async with database.writing() as session:
        names = await all_kinds(session, keys)
        assert await unknowns.hold(session, NOW) == len(names)
        assert await unknowns.hold(session, NOW) == 0
        assert await claim(session, keys) == []
        found = [await row(session, name) for name in names]
        assert (await broadcasts.latest(session, PROCESS, 1))[0].state == "paused"
        assert await broadcasts.counts(session, "b") == {"unknown": 3, "sent": 1}
    assert {(delivery.state, delivery.code, delivery.owner, delivery.lease, delivery.ended) for delivery in found} == {
        ("unknown", "restored", None, None, NOW.date())
    }
    assert found[0].body is not None


async def test_a_broadcast_that_was_made_whole_or_stopped_before_stays_as_it_is(
    database: Database, keys: Keyring
) -> None:
    async with database.writing() as session:
        await announce(session)
        await broadcasts.cancel(session, "b")
        await unknowns.hold(session, NOW)
        assert (await broadcasts.latest(session, PROCESS, 1))[0].state == "cancelling"


async def test_what_was_no_copy_leaves_after_all(database: Database, keys: Keyring) -> None:
    async with database.writing() as session:
        names = await all_kinds(session, keys)
        crashed = await queue(session, await meet(session, keys, "79"), state="unknown", code="crash")
        await unknowns.hold(session, NOW)
        assert await unknowns.release(session, NOW) == len(names)
        found = [await row(session, name) for name in names]
        assert (await row(session, crashed)).state == "unknown"
        await broadcasts.resume(session, "b")
        assert sorted(await claim(session, keys)) == sorted(names)
    assert {(delivery.state, delivery.code, delivery.due, delivery.ended) for delivery in found} == {
        ("queued", None, NOW, None)
    }


async def test_what_was_a_copy_never_leaves_and_stays_counted(database: Database, keys: Keyring) -> None:
    async with database.writing() as session:
        names = await all_kinds(session, keys)
        await unknowns.hold(session, NOW)
        assert await unknowns.drop(session) == 1
        found = [await row(session, name) for name in names]
        assert await broadcasts.counts(session, "b") == {"unknown": 3, "sent": 1}
    assert {(delivery.state, delivery.body) for delivery in found} == {("unknown", None)}


async def test_nothing_of_who_was_forgotten_meanwhile_is_released(database: Database, keys: Keyring) -> None:
    async with database.writing() as session:
        alice = await meet(session, keys)
        name = await queue(session, alice)
        await unknowns.hold(session, NOW)
        await people.erase(session, alice.id)
        assert await unknowns.release(session, NOW) == 0
        assert (await row(session, name)).state == "unknown"
        assert await unknowns.to_ask(session, keys, Begun("telegram", NOW - HOUR, NOW + HOUR), NOW, 9) == []
