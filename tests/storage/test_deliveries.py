"""What waits leaves in order, once, and only to whom it may; what became of it is written by whoever holds it."""

import itertools
from collections.abc import Mapping
from contextlib import AsyncExitStack
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select, update

from channels.messages import Reach, Status
from storage import Database, Keyring, Session, broadcasts, deliveries, people
from storage.broadcasts import Audience
from storage.deliveries import BULLETIN, NOTICE, REPLY, Claimed, Outcome
from storage.tables import address, delivery, report
from tests.storage.rows import NOW, PROCESS, Somebody, meet, plan, queue, statements

SECOND = timedelta(seconds=1)
LEASE = NOW + timedelta(minutes=1)


async def claim(
    session: Session, keys: Keyring, owner: str = "worker", channel: str = "telegram", most: int = 100
) -> list[Claimed]:
    return await deliveries.claim(session, keys, channel, owner, NOW, LEASE, most)


async def texts(session: Session, keys: Keyring, **how: Any) -> list[str | None]:
    return [one.body for one in await claim(session, keys, **how)]


async def states(session: Session) -> Mapping[str, str]:
    return {row.id: row.state for row in await session.execute(select(delivery.c.id, delivery.c.state))}


async def row(session: Session, name: str) -> Any:
    return (await session.execute(select(delivery).where(delivery.c.id == name))).one()


async def sent(session: Session, *names: str, state: str = "sent") -> None:
    await session.execute(update(delivery).where(delivery.c.id.in_(names)).values(state=state))


async def test_what_is_claimed_is_whole_and_ours(database: Database, keys: Keyring) -> None:
    async with database.writing() as session:
        alice = await meet(session, keys, language="ar")
        name = await queue(session, alice, "hello")
        (claimed,) = await claim(session, keys)
        found = await row(session, name)
    assert claimed == Claimed(name, alice.address, "70001", "ar", "hello", None, None, 0, None)
    assert (found.state, found.owner, found.lease) == ("sending", "worker", LEASE)
    assert "70001" not in repr(claimed)
    assert "hello" not in repr(claimed)


async def test_what_is_claimed_is_not_claimed_again(database: Database, keys: Keyring) -> None:
    async with database.writing() as session:
        await queue(session, await meet(session, keys))
        assert len(await claim(session, keys, "one")) == 1
        assert await claim(session, keys, "other") == []


async def test_replies_leave_before_notices_and_these_before_bulletins(database: Database, keys: Keyring) -> None:
    async with database.writing() as session:
        for number, lane in enumerate((BULLETIN, NOTICE, REPLY)):
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
            heard.append(sorted(str(one.body) for one in claimed))
            assert await claim(session, keys, "another worker") == []
            await sent(session, *(one.id for one in claimed))
    assert heard == [["1.1", "to bob"], ["1.2"], ["2.1"], ["10.1"], []]


async def test_what_has_to_be_tried_again_still_goes_before_what_follows(database: Database, keys: Keyring) -> None:
    async with database.writing() as session:
        alice = await meet(session, keys)
        first = await queue(session, alice, "first", turn=1)
        await queue(session, alice, "second", turn=2)
        await claim(session, keys)
        await deliveries.settle(session, "worker", [Outcome(first, "queued", due=NOW + SECOND, attempts=1)])
        assert await texts(session, keys) == []
        assert (await row(session, first)).attempts == 1


@pytest.mark.parametrize("state", ["sent", "unknown", "failed", "expired", "cancelled", "delivered"])
async def test_what_is_over_holds_nothing_up(database: Database, keys: Keyring, state: str) -> None:
    async with database.writing() as session:
        alice = await meet(session, keys)
        await queue(session, alice, "first", turn=1, state=state)
        await queue(session, alice, "second", turn=2)
        assert await texts(session, keys) == ["second"]


async def test_a_bulletin_does_not_wait_for_a_reply(database: Database, keys: Keyring) -> None:
    async with database.writing() as session:
        alice = await meet(session, keys)
        await queue(session, alice, "reply", turn=1, state="sending")
        await queue(session, alice, "bulletin", turn=0, lane=BULLETIN)
        assert await texts(session, keys) == ["bulletin"]


async def test_a_reply_does_not_wait_for_a_bulletin(database: Database, keys: Keyring) -> None:
    async with database.writing() as session:
        alice = await meet(session, keys)
        await queue(session, alice, "bulletin", turn=0, lane=BULLETIN, state="sending")
        await queue(session, alice, "reply", turn=1)
        assert await texts(session, keys) == ["reply"]


@pytest.mark.parametrize("reach", [reach for reach in Reach if reach is not Reach.ACTIVE])
async def test_who_cannot_be_written_to_is_not_written_to(database: Database, keys: Keyring, reach: Reach) -> None:
    async with database.writing() as session:
        await queue(session, await meet(session, keys, reach=reach), "bulletin", lane=BULLETIN)
        assert await texts(session, keys) == []


async def test_the_answer_to_stop_leaves_despite_it(database: Database, keys: Keyring) -> None:
    async with database.writing() as session:
        alice = await meet(session, keys, reach="opted_out")
        await queue(session, alice, "You left.", despite_stop=True, turn=2)
        await queue(session, alice, "bulletin", lane=BULLETIN, turn=0)
        assert await texts(session, keys) == ["You left."]


async def test_nothing_leaves_after_its_time(database: Database, keys: Keyring) -> None:
    async with database.writing() as session:
        too_late = [
            await queue(session, await meet(session, keys, f"7{ago}"), not_after=NOW - ago * SECOND) for ago in (0, 1)
        ]
        in_time = await queue(session, await meet(session, keys, "79"), "in time", not_after=NOW + SECOND)
        assert await texts(session, keys) == ["in time"]
        assert await deliveries.expire(session, NOW) == 2
        assert await deliveries.expire(session, NOW) == 0
        assert await states(session) == {**dict.fromkeys(too_late, "expired"), in_time: "sending"}


async def test_what_is_being_sent_does_not_expire(database: Database, keys: Keyring) -> None:
    async with database.writing() as session:
        await queue(session, await meet(session, keys), not_after=NOW + SECOND)
        await claim(session, keys)
        assert await deliveries.expire(session, NOW + 2 * SECOND) == 0


async def test_two_workers_never_claim_the_same_nor_a_later_reply(postgresql: Database, keys: Keyring) -> None:
    async with postgresql.writing() as session:
        everybody = [await meet(session, keys, f"7{number}") for number in range(6)]
        for who in everybody:
            for part in (1, 2):
                await queue(session, who, f"{who.sender} {part}", part=part)
    async with postgresql.writing() as one, postgresql.writing() as other:
        first = await texts(one, keys, owner="one", most=4)
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
            one, other = [await stack.enter_async_context(postgresql.writing()) for _ in range(2)]
            heard += await texts(one, keys, owner="one")
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
            Outcome(first, "sent", "m1", 2, attempts=1),
            Outcome(second, "failed", code="403", reach="blocked", address=bob.address),
            Outcome(third, "queued", code="429", due=NOW + SECOND, attempts=3),
        ]
        with statements(database) as seen:
            await deliveries.settle(session, "worker", outcomes[:1])
        assert len(seen) == 1
        await deliveries.settle(session, "worker", outcomes[1:])
        found = [await row(session, name) for name in (first, second, third)]
        reach = (await session.execute(select(address.c.reach).where(address.c.id == bob.address))).scalar_one()
        assert (await row(session, waits)).state == "cancelled"
    assert [one.state for one in found] == ["sent", "failed", "queued"]
    assert [one.provider_id for one in found] == ["m1", None, None]
    assert [one.segments for one in found] == [2, None, None]
    assert [one.code for one in found] == [None, "403", "429"]
    assert [one.attempts for one in found] == [1, 0, 3]
    assert [one.lease for one in found] == [None] * 3
    assert found[2].due == NOW + SECOND
    assert reach == "blocked"


async def test_the_late_word_of_a_lapsed_lease_changes_nothing(database: Database, keys: Keyring) -> None:
    async with database.writing() as session:
        name = await queue(session, await meet(session, keys))
        await claim(session, keys, "slow")
        assert await deliveries.abandon(session, LEASE) == 0
        assert await deliveries.abandon(session, LEASE + SECOND) == 1
        await deliveries.settle(session, "slow", [Outcome(name, "sent", "m1")])
        found = await row(session, name)
    assert (found.state, found.code, found.provider_id) == ("unknown", "crash", None)


async def test_a_worker_settles_only_its_own(database: Database, keys: Keyring) -> None:
    async with database.writing() as session:
        name = await queue(session, await meet(session, keys))
        await claim(session, keys, "mine")
        await deliveries.settle(session, "yours", [Outcome(name, "failed")])
        assert (await row(session, name)).state == "sending"


async def test_a_worker_that_starts_alone_abandons_all_that_was_under_way(database: Database, keys: Keyring) -> None:
    async with database.writing() as session:
        await queue(session, await meet(session, keys))
        await claim(session, keys)
        assert await deliveries.abandon(session, NOW, everybody=True) == 1
        assert await claim(session, keys) == []


RANKED = [
    [("sent", "sent")],
    [("delivered", "delivered"), ("sent", "delivered")],
    [("failed", "failed"), ("sent", "failed")],
    [("failed", "failed"), ("delivered", "delivered"), ("failed", "delivered")],
    [("sent", "sent"), ("sent", "sent"), ("delivered", "delivered"), ("delivered", "delivered")],
]


@pytest.mark.parametrize("words", RANKED)
async def test_only_a_higher_word_counts(database: Database, keys: Keyring, words: list[tuple[str, str]]) -> None:
    async with database.writing() as session:
        name = await queue(session, await meet(session, keys), state="unknown")
        for word, becomes in words:
            await deliveries.reduce(session, name, word, "m1", None)
            assert (await row(session, name)).state == becomes


async def test_the_order_of_a_platforms_words_does_not_matter(database: Database, keys: Keyring) -> None:
    async with database.writing() as session:
        alice = await meet(session, keys)
        for words in itertools.permutations(["sent", "failed", "delivered", "sent"]):
            name = await queue(session, alice, state="sending")
            for word in words:
                await deliveries.reduce(session, name, word, "m1", None)
            assert (await row(session, name)).state == "delivered"


async def test_a_word_on_what_was_cancelled_or_is_to_be_tried_again_changes_nothing(
    database: Database, keys: Keyring
) -> None:
    async with database.writing() as session:
        alice = await meet(session, keys)
        for state in ("queued", "cancelled", "expired"):
            name = await queue(session, alice, state=state)
            assert await deliveries.reduce(session, name, "delivered", "m1", None) is None
            assert (await row(session, name)).state == state


async def test_a_word_that_comes_before_we_settle_stays(database: Database, keys: Keyring) -> None:
    async with database.writing() as session:
        alice = await meet(session, keys)
        name = await queue(session, alice)
        await claim(session, keys)
        assert await deliveries.reduce(session, name, "delivered", "m1", None) == alice.address
        await deliveries.settle(session, "worker", [Outcome(name, "sent", "m1", 1)])
        found = await row(session, name)
    assert (found.state, found.provider_id, found.lease) == ("delivered", "m1", None)


async def test_the_same_word_is_kept_once(database: Database, keys: Keyring) -> None:
    async with database.writing() as session:
        name = await queue(session, await meet(session, keys))
        for word in (Status.SENT, Status.SENT, Status.DELIVERED, Status.SENT):
            await deliveries.note(session, name, "m1", word, "", NOW)
        await deliveries.note(session, "never made", "m1", Status.SENT, "", NOW)
        found = await session.execute(select(report.c.delivery_id, report.c.status, report.c.at).order_by(report.c.id))
    assert [tuple(one) for one in found] == [(name, "sent", NOW), (name, "delivered", NOW)]


async def test_nothing_is_kept_of_what_a_platform_says_about_who_was_forgotten(
    database: Database, keys: Keyring
) -> None:
    async with database.writing() as session:
        alice = await meet(session, keys)
        name = await queue(session, alice, state="sent")
        await people.erase(session, alice.id)
        await deliveries.note(session, name, "m1", Status.DELIVERED, "", NOW)
        await deliveries.reduce(session, name, "delivered", "m1", None)
        found = await row(session, name)
        assert (await session.execute(select(func.count()).select_from(report))).scalar_one() == 0
    assert (found.state, found.provider_id) == ("delivered", None)


async def test_nothing_that_waits_for_a_cancelled_address_leaves(database: Database, keys: Keyring) -> None:
    async with database.writing() as session:
        alice, bob = await meet(session, keys, "70001"), await meet(session, keys, "70002")
        waits, under_way = await queue(session, alice), await queue(session, alice, turn=0, state="sending")
        other = await queue(session, bob)
        await deliveries.cancel(session, alice.address, "stop")
        assert await states(session) == {waits: "cancelled", under_way: "sending", other: "queued"}
        assert (await row(session, waits)).code == "stop"


async def test_the_states_of_a_broadcast_always_sum_to_its_audience(database: Database, keys: Keyring) -> None:
    async with database.writing() as session:
        everybody = [await meet(session, keys, f"7{number}") for number in range(9)]
        made = await broadcasts.add(session, "b", PROCESS, "x", "{}", "{}", BULLETIN, NOW, NOW + SECOND)
        assert await broadcasts.expand(session, made, Audience(), NOW, None) == 9
        await _is_whole(session, {"queued": 9})
        claimed = await claim(session, keys, most=5)
        assert {(one.broadcast, one.renditions, one.body) for one in claimed} == {("b", "{}", None)}
        await _is_whole(session, {"queued": 4, "sending": 5})
        first, second, third, *_rest = [one.id for one in claimed]
        await deliveries.settle(session, "worker", [Outcome(first, "sent"), Outcome(second, "failed", code="400")])
        await deliveries.reduce(session, third, "delivered", "m", None)
        await deliveries.abandon(session, LEASE + SECOND)
        await _is_whole(session, {"queued": 4, "sent": 1, "failed": 1, "delivered": 1, "unknown": 2})
        waiting = [who for who in everybody if await _delivery_of(session, who) == "queued"][0]  # noqa: RUF015
        await deliveries.cancel(session, waiting.address, "stop")
        await deliveries.expire(session, NOW + SECOND)
        await _is_whole(session, {"cancelled": 1, "expired": 3, "sent": 1, "failed": 1, "delivered": 1, "unknown": 2})


async def _delivery_of(session: Session, who: Somebody) -> str:
    return str((await session.execute(select(delivery.c.state).where(delivery.c.person_id == who.id))).scalar_one())


async def _is_whole(session: Session, expected: dict[str, int]) -> None:
    counted = await deliveries.counts(session, "b")
    assert counted == expected
    assert sum(counted.values()) == 9


async def test_what_waits_is_counted(database: Database, keys: Keyring) -> None:
    async with database.writing() as session:
        alice = await meet(session, keys)
        for due, state in ((NOW, "queued"), (NOW + SECOND, "queued"), (NOW, "sent")):
            await queue(session, alice, due=due, state=state)
        assert await deliveries.waiting(session, NOW) == 1


async def test_claiming_is_two_statements_and_they_are_compiled_once(database: Database, keys: Keyring) -> None:
    async with database.writing() as session:
        for number in range(6):
            await queue(session, await meet(session, keys, f"7{number}"))
        with statements(database) as seen:
            for most in (1, 2, 3):
                await claim(session, keys, most=most)
        assert len(seen) == 6
        assert len({statement for statement, _values in seen[::2]}) == 1


MANY = """
    INSERT INTO person (id, process_id, key, key_epoch, language, region, consented, met)
    SELECT md5('p' || n), 'review', '', 1, 'en', '', true, '2026-01-01' FROM generate_series(1, 50000) n;
    INSERT INTO address (id, person_id, channel, index, external, reach, turns, spoke)
    SELECT md5('a' || n), md5('p' || n), 'telegram', n, '', 'active', 1, now() FROM generate_series(1, 50000) n;
    INSERT INTO delivery (id, person_id, address_id, channel, lane, turn, part, state, due, attempts)
    SELECT md5('d' || n), md5('p' || n), md5('a' || n), 'telegram', mod(n, 2) * 2, mod(n, 2), 1,
           'queued', '2026-01-01', 0 FROM generate_series(1, 50000) n;
    ANALYZE
"""


async def test_a_claim_reads_no_more_than_it_takes(postgresql: Database, keys: Keyring) -> None:
    async with postgresql.writing() as session:
        with statements(postgresql) as seen:
            await claim(session, keys, most=500)
        for statement in MANY.split(";"):
            await session.exec_driver_sql(statement)
        planned = await plan(session, seen[0])
    assert "Index Scan using ix_delivery_waiting on delivery" in planned
    assert "using ix_delivery_order on delivery earlier" in planned
    assert "Seq Scan" not in planned
    assert "Sort Key" not in planned


async def test_a_claim_on_sqlite_reads_its_index_in_order(sqlite: Database, keys: Keyring) -> None:
    async with sqlite.writing() as session:
        with statements(sqlite) as seen:
            await claim(session, keys, most=500)
        planned = await plan(session, seen[0])
    assert "SEARCH delivery USING INDEX ix_delivery_waiting (channel=?)" in planned
    assert "SEARCH earlier USING INDEX ix_delivery_order (address_id=?" in planned
    assert "SCAN delivery" not in planned
    assert "USE TEMP B-TREE" not in planned
