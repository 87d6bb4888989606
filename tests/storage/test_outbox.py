"""Whoever operates this sees what waits, what is out of order and what has died, and can try that again."""

from dataclasses import fields
from datetime import timedelta
from typing import Any

from sqlalchemy import insert

from storage import Database, Keyring, Session, circuits, outbox, people
from storage.circuits import OpenCircuit
from storage.codes import Code
from storage.lanes import Lane
from storage.outbox import Dead, Overview, WaitingLane, claims, unknowns
from storage.outbox.deliveries import NEVER
from storage.states import State
from storage.tables import delivery
from tests.storage.rows import NOW, announce, meet, owe, put, queue, row, states

SECOND, DAY = timedelta(seconds=1), timedelta(days=1)


async def test_the_outbox_at_a_glance(database: Database, keys: Keyring) -> None:
    async with database.writing() as session:
        alice = await meet(session, keys)
        sms = await meet(session, keys, "+15005550006", channel="sms")
        for turn, due in enumerate((NOW, NOW - SECOND, NOW + SECOND)):
            await queue(session, alice, turn=turn, due=due)
        await queue(session, alice, lane=Lane.BULLETIN, due=NEVER)
        await queue(session, sms, lane=Lane.NOTICE, due=NOW - DAY)
        for turn, state in enumerate(("sending", "sending", "unknown", "sent", "failed")):
            await queue(session, sms, turn=turn, state=state)
        await circuits.break_(session, "sms", "401", NOW, NOW - SECOND)
        found = await outbox.overview(session, NOW)
    assert found == Overview(
        lanes=[
            WaitingLane("sms", Lane.NOTICE, 1, 0, NOW - DAY),
            WaitingLane("telegram", Lane.REPLY, 2, 1, NOW - SECOND),
            WaitingLane("telegram", Lane.BULLETIN, 0, 1, None),
        ],
        sending=2,
        unknown={"sms": 1},
        circuits=[OpenCircuit("sms", "401", NOW - SECOND, NOW)],
    )


async def test_an_empty_outbox_is_empty(database: Database) -> None:
    async with database.reading() as session:
        assert await outbox.overview(session, NOW) == Overview([], 0, {}, [])
        assert await outbox.late(session, NOW) == 0
        assert await outbox.dead(session, 9) == []


async def test_what_should_have_left_is_counted(database: Database, keys: Keyring) -> None:
    async with database.writing() as session:
        alice = await meet(session, keys)
        for due, state in ((NOW, "queued"), (NOW + SECOND, "queued"), (NOW, "sent")):
            await queue(session, alice, due=due, state=state)
        assert [await outbox.late(session, NOW + past) for past in (-SECOND, 0 * SECOND, SECOND)] == [0, 1, 2]


async def test_no_more_than_a_thousand_are_counted_of_each_lane(database: Database, keys: Keyring) -> None:
    more = outbox.MOST_COUNTED + 1
    async with database.writing() as session:
        alice = await meet(session, keys)
        common = {"person_id": alice.id, "address_id": alice.address, "channel": "telegram", "part": 1}
        rows = [
            {"id": f"{lane} {turn} {due}", "lane": lane, "turn": turn, "due": due, "since": due}
            for lane in (Lane.REPLY, Lane.BULLETIN)
            for turn in range(more)
            for due in (NOW - SECOND, NOW + SECOND)
        ]
        await session.execute(insert(delivery), [{**common, "state": "queued", "attempts": 0, **row} for row in rows])
        found = await outbox.overview(session, NOW)
        assert await outbox.late(session, NOW) == 2 * outbox.MOST_COUNTED
    assert found.lanes == [
        WaitingLane("telegram", lane, outbox.MOST_COUNTED, outbox.MOST_COUNTED, NOW - SECOND)
        for lane in (Lane.REPLY, Lane.BULLETIN)
    ]


async def died(session: Session, keys: Keyring) -> list[str]:
    """What failed or is unknown, the newest first."""
    alice = await meet(session, keys)
    sms = await meet(session, keys, "+15005550006", channel="sms")
    await announce(session)
    await queue(session, alice, state="sent", ended=NOW.date())
    await queue(session, alice, turn=2, state="expired", code="not_after", ended=NOW.date())
    return [
        await queue(session, alice, "words", turn=3, state="unknown", code="crash", ended=NOW.date()),
        await owe(session, sms, state="failed", code="30003", ended=NOW.date() - DAY),
        await owe(session, alice, state="failed", code="400", ended=NOW.date() - 2 * DAY),
        await queue(session, sms, state="failed", code="30003", ended=NOW.date() - 3 * DAY),
    ]


async def test_what_has_died_is_shown_without_whom_and_without_words(database: Database, keys: Keyring) -> None:
    async with database.writing() as session:
        crash, silent, refused, reply = await died(session, keys)
        found = await outbox.dead(session, 9)
        assert found == [
            Dead(crash, "telegram", Lane.REPLY, State.UNKNOWN, "crash", NOW.date(), None),
            Dead(silent, "sms", Lane.BULLETIN, State.FAILED, "30003", NOW.date() - DAY, "b"),
            Dead(refused, "telegram", Lane.BULLETIN, State.FAILED, "400", NOW.date() - 2 * DAY, "b"),
            Dead(reply, "sms", Lane.REPLY, State.FAILED, "30003", NOW.date() - 3 * DAY, None),
        ]
        assert await outbox.dead(session, 2) == found[:2]
        assert await outbox.dead(session, 9, channel="sms") == [found[1], found[3]]
        assert await outbox.dead(session, 9, code="400") == [found[2]]
        assert await outbox.dead(session, 9, channel="telegram", code="30003") == []
    assert {field.name for field in fields(Dead)} == {"id", "channel", "lane", "state", "code", "ended", "broadcast"}


async def test_what_failed_of_a_broadcast_is_tried_again_by_its_id(database: Database, keys: Keyring) -> None:
    async with database.writing() as session:
        crash, silent, refused, reply = await died(session, keys)
        assert await outbox.retry(session, NOW, [crash, silent, reply]) == 1
        assert await outbox.retry(session, NOW, [crash, silent, reply]) == 0
        found = await row(session, silent)
        assert (found.state, found.due, found.attempts, found.code, found.ended) == ("queued", NOW, 0, None, None)
        now_is = await states(session)
        assert (now_is[crash], now_is[refused], now_is[reply]) == ("unknown", "failed", "failed")
        lease = NOW + SECOND
        (claimed,) = await claims.claim(session, keys, claims.Claim("sms", "worker", NOW, lease, 9))
    assert claimed.id == silent


async def test_all_that_failed_with_one_code_is_tried_again(database: Database, keys: Keyring) -> None:
    async with database.writing() as session:
        _crash, silent, refused, _reply = await died(session, keys)
        assert await outbox.retry(session, NOW, code="30003") == 1
        assert (await row(session, silent)).state == "queued"
        assert (await row(session, refused)).state == "failed"
        assert await outbox.retry(session, NOW) == 0


async def test_what_is_too_late_or_nobodys_is_not_tried_again(database: Database, keys: Keyring) -> None:
    async with database.writing() as session:
        _crash, silent, refused, _reply = await died(session, keys)
        await put(session, silent, not_after=NOW)
        forgotten = (await row(session, refused)).person_id
        await people.erase(session, forgotten)
        assert await outbox.retry(session, NOW, [silent, refused]) == 0
        await put(session, silent, not_after=NOW + SECOND)
        assert await outbox.retry(session, NOW, [silent, refused]) == 1


async def test_what_an_operator_knows_of_alarms_nobody_and_is_still_unknown(database: Database, keys: Keyring) -> None:
    async with database.writing() as session:
        alice = await meet(session, keys)
        sms = await meet(session, keys, "+15005550006", channel="sms")
        lost: dict[str, Any] = {"state": "unknown", "code": "crash", "ended": NOW.date()}
        first, second = [await queue(session, alice, turn=turn, **lost) for turn in (1, 2)]
        third = await queue(session, sms, **lost)
        failed = await queue(session, alice, turn=3, state="failed", ended=NOW.date())
        assert await outbox.acknowledge(session, NOW) == 0
        assert await outbox.acknowledge(session, NOW, [first, failed]) == 1
        assert await outbox.acknowledge(session, NOW, [first]) == 0
        assert (await outbox.overview(session, NOW)).unknown == {"telegram": 1, "sms": 1}
        assert {delivery.id for delivery in await outbox.dead(session, 9)} == {second, third, failed}
        assert await outbox.acknowledge(session, NOW, channel="sms") == 1
        assert (await outbox.overview(session, NOW)).unknown == {"telegram": 1}
        assert (await states(session))[first] == "unknown"


async def test_what_leaves_again_and_is_lost_again_is_news(database: Database, keys: Keyring) -> None:
    async with database.writing() as session:
        alice = await meet(session, keys)
        again = await queue(session, alice, turn=1, state="unknown", ended=NOW.date())
        held = await queue(session, alice, turn=2, state="unknown", code=Code.RESTORED, ended=NOW.date())
        assert await outbox.acknowledge(session, NOW, [again, held]) == 2
        await unknowns.resend(session, [again], NOW)
        await unknowns.release(session, NOW)
        for name in (again, held):
            await put(session, name, state="unknown", ended=NOW.date())
        assert (await outbox.overview(session, NOW)).unknown == {"telegram": 2}
