"""What is learned of an address says whether its person is written to there, or elsewhere, or not at all."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select, update

from channels.verdicts import Reach
from storage import Database, Keyring, Session, addresses, broadcasts, outbox, senders
from storage.addresses import Change
from storage.broadcasts import Plan, Way
from storage.codes import Code
from storage.outbox import claims, deliveries, reports, unknowns
from storage.outbox.deliveries import NEVER, Outcome
from storage.states import State
from storage.tables import address, broadcast, delivery
from tests.storage.rows import (
    NOW,
    PROCESS,
    Somebody,
    also_at,
    announce,
    another,
    meet,
    owe,
    put,
    queue,
    reach,
    row,
    states,
)

SECOND, DAY, WEEK = timedelta(seconds=1), timedelta(days=1), timedelta(days=7)
LEASE = NOW + timedelta(minutes=1)


async def learn(session: Session, change: Change, name: str = "", now: datetime = NOW) -> None:
    await addresses.learn(session, change, name, now)


async def there(session: Session, who: Somebody) -> Any:
    """An address as it stands."""
    return (await session.execute(select(address).where(address.c.id == who.address))).one()


async def has(session: Session, who: Somebody, **columns: Any) -> None:
    await session.execute(update(address).where(address.c.id == who.address).values(columns))


async def test_what_waits_for_an_address_that_is_lost_does_not_leave(database: Database, keys: Keyring) -> None:
    async with database.writing() as session:
        alice, bob = await meet(session, keys, "70001"), await meet(session, keys, "70002")
        waits = await queue(session, alice)
        under_way, other = await queue(session, alice, turn=0, state="sending"), await queue(session, bob)
        await learn(session, Change(alice.address, Reach.BLOCKED))
        assert await reach(session, alice) == "blocked"
        assert await states(session) == {waits: "cancelled", under_way: "sending", other: "queued"}
        found = await row(session, waits)
    assert (found.code, found.body, found.ended) == ("gone", None, NOW.date())


async def test_a_word_that_says_nothing_of_the_address_changes_nothing(database: Database, keys: Keyring) -> None:
    async with database.writing() as session:
        alice = await meet(session, keys)
        waits, was = await queue(session, alice), await there(session, alice)
        await learn(session, Change(alice.address))
        assert await there(session, alice) == was
        assert await states(session) == {waits: "queued"}


async def test_what_a_platform_says_never_undoes_a_stop(database: Database, keys: Keyring) -> None:
    async with database.writing() as session:
        alice = await meet(session, keys, reach="opted_out")
        for new_reach in Reach:
            await learn(session, Change(alice.address, new_reach, lasts=DAY))
            assert await reach(session, alice) == "opted_out"
        await has(session, alice, until=NOW)
        assert await addresses.recover(session, NOW) == 0
        assert await reach(session, alice) == "opted_out"


async def test_a_platform_that_heard_the_stop_is_believed(database: Database, keys: Keyring) -> None:
    async with database.writing() as session:
        alice = await meet(session, keys)
        await learn(session, Change(alice.address, Reach.OPTED_OUT))
        assert await reach(session, alice) == "opted_out"


def silent(who: Somebody) -> Change:
    """The phone does not answer: the third time within a week it is left alone for a week."""
    return Change(who.address, Reach.UNREACHABLE, strikes=3, within=WEEK, lasts=WEEK)


async def test_what_has_to_be_heard_often_holds_when_it_was_heard_often(database: Database, keys: Keyring) -> None:
    async with database.writing() as session:
        alice = await meet(session, keys)
        waits = await queue(session, alice)
        for days, becomes in ((0, "active"), (1, "active"), (2, "unreachable")):
            await learn(session, silent(alice), now=NOW + days * DAY)
            assert await reach(session, alice) == becomes
        assert (await there(session, alice)).until == NOW + 2 * DAY + WEEK
        assert await states(session) == {waits: "cancelled"}


async def test_what_was_heard_long_ago_does_not_count(database: Database, keys: Keyring) -> None:
    async with database.writing() as session:
        alice = await meet(session, keys)
        for moment in (NOW, NOW + DAY, NOW + DAY + WEEK + SECOND, NOW + 2 * WEEK):
            await learn(session, silent(alice), now=moment)
            assert await reach(session, alice) == "active"
        await learn(session, silent(alice), now=NOW + 2 * WEEK)
        assert await reach(session, alice) == "unreachable"


async def test_who_was_out_of_reach_for_a_while_comes_back_in_time(database: Database, keys: Keyring) -> None:
    async with database.writing() as session:
        alice, bob = await meet(session, keys, "70001"), await meet(session, keys, "70002")
        await learn(session, Change(alice.address, Reach.UNREACHABLE, lasts=DAY))
        await learn(session, Change(bob.address, Reach.INVALID))
        assert await addresses.recover(session, NOW + DAY - SECOND) == 0
        assert await addresses.recover(session, NOW + DAY) == 1
        assert await addresses.recover(session, NOW + DAY) == 0
        found = await there(session, alice)
        assert (found.reach, found.until, found.strikes, found.struck) == ("active", None, 0, None)
        assert await reach(session, bob) == "invalid"


async def test_time_undoes_no_block(database: Database, keys: Keyring) -> None:
    """Also not where a silence was to be over by then."""
    async with database.writing() as session:
        alice = await meet(session, keys)
        await learn(session, Change(alice.address, Reach.UNREACHABLE, lasts=DAY))
        await has(session, alice, reach=Reach.BLOCKED)
        assert await addresses.recover(session, NOW + DAY) == 0
        await learn(session, Change(alice.address, Reach.BLOCKED))
        assert (await there(session, alice)).until is None


@pytest.mark.parametrize("lost", [Reach.BLOCKED, Reach.INVALID])
async def test_what_is_over_by_itself_does_not_take_the_place_of_what_is_not(
    database: Database, keys: Keyring, lost: Reach
) -> None:
    async with database.writing() as session:
        alice = await meet(session, keys)
        await learn(session, Change(alice.address, lost))
        await learn(session, Change(alice.address, Reach.UNREACHABLE, lasts=DAY))
        found = await there(session, alice)
    assert (found.reach, found.until) == (lost, None)


ELSEWHERE = Plan(elsewhere=True)


async def two_places(
    session: Session, keys: Keyring, plan: Plan = ELSEWHERE, channel: str = "sms", **other: Any
) -> tuple[Somebody, Somebody, Change]:
    """Somebody on Telegram and on SMS, a broadcast, and that Telegram has lost them."""
    await announce(session, plan=plan)
    alice = await meet(session, keys)
    sms = await also_at(session, keys, alice, "+15005550006", channel=channel, spoke=NOW - DAY, **other)
    return alice, sms, Change(alice.address, Reach.BLOCKED, elsewhere=("sms",))


async def test_what_failed_and_what_waits_goes_to_another_address(database: Database, keys: Keyring) -> None:
    async with database.writing() as session:
        alice, sms, gone = await two_places(session, keys)
        await announce(session, "other", ELSEWHERE)
        failed = await owe(session, alice, state="failed", code="403", ended=NOW.date(), attempts=3)
        waits = await owe(session, alice, "other", due=NOW - SECOND)
        reply = await queue(session, alice)
        await learn(session, gone, failed)
        found = [await row(session, name) for name in (failed, waits)]
        assert (await row(session, reply)).state == "cancelled"
        claimed = await claims.claim(session, keys, claims.Claim("sms", "worker", NOW, LEASE, 9))
        assert await broadcasts.counts(session, "b") == {"sending": 1}
    assert {
        (delivery.address_id, delivery.channel, delivery.state, delivery.due, delivery.attempts) for delivery in found
    } == {(sms.address, "sms", "queued", NOW, 0)}
    assert [(delivery.code, delivery.ended) for delivery in found] == [(None, None)] * 2
    assert {(delivery.id, delivery.to) for delivery in claimed} == {(failed, "+15005550006"), (waits, "+15005550006")}


@pytest.mark.parametrize(
    "other",
    [
        {"consented": False},
        {"reach": "blocked"},
        {"reach": "opted_out"},
        {"channel": "whatsapp"},
        {"channel": "telegram"},
    ],
    ids=str,
)
async def test_nobody_is_followed_to_where_they_did_not_agree_or_cannot_be_reached(
    database: Database, keys: Keyring, other: dict[str, Any]
) -> None:
    async with database.writing() as session:
        alice, _sms, gone = await two_places(session, keys, **other)
        name = await owe(session, alice, state="failed")
        await learn(session, gone, name)
        assert await states(session) == {name: "failed"}


async def test_who_was_forgotten_there_is_not_followed(database: Database, keys: Keyring) -> None:
    async with database.writing() as session:
        alice, sms, gone = await two_places(session, keys)
        await has(session, sms, index=None)
        name = await owe(session, alice, state="failed")
        await learn(session, gone, name)
        assert await states(session) == {name: "failed"}


@pytest.mark.parametrize("where", ["here", "at a third place"])
async def test_nobody_is_followed_around_a_stop(database: Database, keys: Keyring, where: str) -> None:
    async with database.writing() as session:
        alice, _sms, gone = await two_places(session, keys)
        if where == "here":
            await has(session, alice, reach=Reach.OPTED_OUT)
        else:
            await also_at(session, keys, alice, "US.1", channel="whatsapp", reach="opted_out")
        name = await owe(session, alice, state="failed")
        await learn(session, gone, name)
        assert await states(session) == {name: "failed"}


async def test_a_stop_that_the_platform_tells_of_is_no_reason_to_go_elsewhere(
    database: Database, keys: Keyring
) -> None:
    async with database.writing() as session:
        alice, _sms, _gone = await two_places(session, keys)
        failed = await owe(session, alice, state="failed")
        await learn(session, Change(alice.address, Reach.OPTED_OUT, elsewhere=("sms",)), failed)
        assert await states(session) == {failed: "failed"}


async def test_only_what_may_go_elsewhere_does(database: Database, keys: Keyring) -> None:
    async with database.writing() as session:
        alice, _sms, gone = await two_places(session, keys, Plan(outside=(Way.ELSEWHERE,)))
        name = await owe(session, alice)
        await learn(session, gone, name)
        assert await states(session) == {name: "cancelled"}


@pytest.mark.parametrize(("state", "becomes"), [("paused", "queued"), ("resuming", "queued"), ("cancelled", "failed")])
async def test_nothing_of_a_cancelled_broadcast_goes_elsewhere_and_what_is_paused_waits_there(
    database: Database, keys: Keyring, state: str, becomes: str
) -> None:
    async with database.writing() as session:
        alice, _sms, gone = await two_places(session, keys)
        await session.execute(update(broadcast).values(state=state))
        name = await owe(session, alice, state="failed")
        await learn(session, gone, name)
        assert await states(session) == {name: becomes}


async def test_of_two_other_places_it_goes_to_where_they_wrote_from_last(database: Database, keys: Keyring) -> None:
    async with database.writing() as session:
        alice, _sms, _gone = await two_places(session, keys)
        newer = await also_at(session, keys, alice, "US.1", channel="whatsapp", spoke=NOW - SECOND)
        name = await owe(session, alice)
        await learn(session, Change(alice.address, Reach.BLOCKED, elsewhere=("sms", "whatsapp")), name)
        assert (await row(session, name)).address_id == newer.address


@pytest.mark.parametrize("where", ["of another process", "of this process", "shared"])
async def test_it_goes_by_no_sender_of_another_process(database: Database, keys: Keyring, where: str) -> None:
    async with database.writing() as session:
        alice, sms, _gone = await two_places(session, keys)
        newer = await also_at(session, keys, alice, "US.1", channel="whatsapp", spoke=NOW - SECOND)
        await senders.keep(session, {"whatsapp": "whatsapp", "sms": "sms"})
        if where != "shared":
            process = await another(session) if where == "of another process" else PROCESS
            await senders.bind(session, process, ["whatsapp"])
        name = await owe(session, alice)
        await learn(session, Change(alice.address, Reach.BLOCKED, elsewhere=("sms", "whatsapp")), name)
        found = await row(session, name)
    expected = sms if where == "of another process" else newer
    assert (found.address_id, found.channel, found.state) == (expected.address, expected.channel, "queued")


async def test_it_goes_elsewhere_once_and_not_back(database: Database, keys: Keyring) -> None:
    """Two channels that each drop it, and say nothing of the person, would hand it to and fro for ever."""
    async with database.writing() as session:
        alice, sms, _gone = await two_places(session, keys)
        name = await owe(session, alice, state="failed")
        await learn(session, Change(alice.address, elsewhere=("sms",)), name)
        assert (await row(session, name)).address_id == sms.address
        await put(session, name, state="failed")
        await learn(session, Change(sms.address, elsewhere=("telegram",)), name)
        assert (await row(session, name)).state == "failed"


@pytest.mark.parametrize("state", ["unknown", "delivered", "sent", "sending", "queued"])
async def test_what_is_known_otherwise_by_now_stays(database: Database, keys: Keyring, state: str) -> None:
    """A lease had lapsed, or the platform's own word came first, or it is to be tried here again."""
    async with database.writing() as session:
        alice, _sms, _gone = await two_places(session, keys)
        name = await owe(session, alice, state=state)
        await learn(session, Change(alice.address, elsewhere=("sms",)), name)
        found = await row(session, name)
    assert (found.state, found.channel) == (state, "telegram")


async def test_a_late_refusal_of_a_lapsed_lease_counts_as_any_other(database: Database, keys: Keyring) -> None:
    """Whoever was asleep knows that it was refused, and nobody has known more since."""
    async with database.writing() as session:
        alice, _sms, gone = await two_places(session, keys)
        name = await owe(session, alice)
        await claims.claim(session, keys, claims.Claim("telegram", "slow", NOW, LEASE, 9))
        await unknowns.abandon(session, LEASE + SECOND)
        await deliveries.settle(session, "slow", [Outcome(name, State.FAILED, code="403", change=gone)], NOW)
        found = await row(session, name)
    assert (found.state, found.channel) == ("queued", "sms")


async def test_what_waits_for_who_struck_out_goes_elsewhere_too(database: Database, keys: Keyring) -> None:
    async with database.writing() as session:
        alice, _sms, gone = await two_places(session, keys)
        name = await owe(session, alice, code="30003", due=NOW + DAY)
        await learn(session, gone, name)
        found = await row(session, name)
    assert (found.state, found.channel, found.due) == ("queued", "sms", NOW)


SILENCE = Plan(outside=(Way.ELSEWHERE, Way.WAIT))


async def test_who_has_been_silent_is_looked_for_elsewhere_if_the_broadcast_says_so(
    database: Database, keys: Keyring
) -> None:
    async with database.writing() as session:
        alice, sms, _gone = await two_places(session, keys, SILENCE)
        await announce(session, "other", ELSEWHERE)
        name, other = [await owe(session, alice, which, code="shut", due=NEVER) for which in ("b", "other")]
        for owed in (name, other):
            await learn(session, Change(alice.address, shut=NOW, elsewhere=("sms",)), owed)
        found = await row(session, name)
        assert (found.address_id, found.due, found.code) == (sms.address, NOW, None)
        assert (await row(session, other)).code == "shut"
        assert await reach(session, alice) == "active"
        assert (await there(session, alice)).shut == NOW


async def test_what_waits_for_a_person_to_write_leaves_when_they_have(database: Database, keys: Keyring) -> None:
    async with database.writing() as session:
        alice, bob = await meet(session, keys, "70001"), await meet(session, keys, "70002")
        await announce(session)
        waits, other = [await owe(session, who, code="shut", due=NEVER) for who in (alice, bob)]
        await addresses.reopen(session, [alice.address], NOW)
        found = await row(session, waits)
        assert (found.due, found.code) == (NOW, None)
        assert (await row(session, other)).due == NEVER


async def test_who_wrote_while_it_was_refused_is_not_taken_for_silent(database: Database, keys: Keyring) -> None:
    async with database.writing() as session:
        alice = await meet(session, keys, spoke=NOW)
        await announce(session)
        name = await owe(session, alice, code="shut", due=NEVER)
        await learn(session, Change(alice.address, shut=NOW - SECOND), name)
        found = await row(session, name)
        assert (await there(session, alice)).shut is None
    assert (found.due, found.code) == (NOW, None)


async def test_sums_hold_when_deliveries_move(database: Database, keys: Keyring) -> None:
    async with database.writing() as session:
        alice, _sms, gone = await two_places(session, keys)
        name = await owe(session, alice, state="failed")
        await learn(session, gone, name)
        assert await broadcasts.counts(session, "b") == {"queued": 1}
        assert (await session.execute(select(delivery.c.channel))).scalar_one() == "sms"


async def test_nothing_leaves_to_an_address_that_was_detached(database: Database, keys: Keyring) -> None:
    async with database.writing() as session:
        await announce(session, plan=Plan(again=True))
        alice = await meet(session, keys)
        elsewhere = await also_at(session, keys, alice, "70002", channel="sms")
        waits, under_way = await queue(session, alice), await queue(session, alice, state="sending", owner="worker")
        lost = await queue(session, alice, state="unknown")
        bulletin, other = await owe(session, alice, state="unknown", began=NOW), await queue(session, elsewhere)
        await addresses.detach(session, alice.address, "passed_on", NOW)
        found = await states(session)
        assert [found[name] for name in (waits, under_way, other)] == ["cancelled", "unknown", "queued"]
        assert [(await row(session, name)).body for name in (waits, under_way)] == [None, None]
        assert (await row(session, waits)).code == "passed_on"
        await deliveries.settle(session, "worker", [Outcome(under_way, State.QUEUED, due=NOW)], NOW)
        assert await unknowns.resend(session, [lost, under_way], NOW) == 0
        assert await unknowns.resend_allowed(session, unknowns.Begun("telegram", NOW - DAY, NOW + DAY), NOW) == 0
        await put(session, bulletin, code=Code.RESTORED)
        assert await unknowns.release(session, NOW) == 0
        await put(session, bulletin, state="failed", code="5xx", ended=NOW.date())
        assert await outbox.retry(session, NOW, [bulletin]) == 0
        await reports.again(session, reports.Failed(bulletin, alice.address, 0, NOW, None, "b"), NOW, "5xx")
        assert (await row(session, bulletin)).state == "failed"
        assert (await session.execute(select(address.c.id))).scalars().all() == [elsewhere.address]


async def test_what_is_heard_of_a_detached_address_changes_nothing(database: Database, keys: Keyring) -> None:
    async with database.writing() as session:
        alice = await meet(session, keys)
        there = await also_at(session, keys, alice, "70002", channel="sms")
        name = await queue(session, alice, state="sent")
        await addresses.detach(session, alice.address, "passed_on", NOW)
        await learn(session, Change(alice.address, Reach.BLOCKED, shut=NOW, elsewhere=("sms",)), name)
        assert await reach(session, there) == "active"
        assert await states(session) == {name: "sent"}
