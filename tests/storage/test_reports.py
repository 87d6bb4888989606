"""What a platform says later counts by its rank, once, whatever comes first."""

import asyncio
import itertools
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select

from storage import Database, Keyring, Session, people
from storage.outbox import claims, deliveries, reports
from storage.outbox.deliveries import Outcome
from storage.outbox.reports import Failed, Word
from storage.states import State
from storage.tables import delivery, report
from tests.storage.rows import NOW, announce, meet, owe, put, queue, row, statements, states, until_somebody_waits

SECOND = timedelta(seconds=1)
LEASE = NOW + timedelta(minutes=1)


def says(name: str, state: str | None, provider: str = "m1", code: str = "") -> Word:
    return Word(name, provider, state or "accepted", code, None if state is None else State(state))


async def take(session: Session, *words: Word) -> list[Failed]:
    return await reports.take(session, words, NOW)


async def kept(session: Session) -> list[tuple[Any, ...]]:
    columns = (report.c.delivery_id, report.c.provider_id, report.c.status, report.c.code)
    return [tuple(row) for row in await session.execute(select(*columns).order_by(report.c.id))]


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
            await take(session, says(name, word))
            assert (await row(session, name)).state == becomes


async def test_the_order_of_a_platforms_words_does_not_matter(database: Database, keys: Keyring) -> None:
    async with database.writing() as session:
        alice = await meet(session, keys)
        for words in itertools.permutations(["sent", "failed", "delivered", "sent"]):
            name = await queue(session, alice, state="sending")
            for word in words:
                await take(session, says(name, word))
            assert (await row(session, name)).state == "delivered"


async def test_nor_does_it_within_one_batch(database: Database, keys: Keyring) -> None:
    async with database.writing() as session:
        alice = await meet(session, keys)
        for words in itertools.permutations(["sent", "failed", "delivered", None]):
            name = await queue(session, alice, state="sending")
            assert await take(session, *(says(name, word) for word in words)) == []
            assert (await row(session, name)).state == "delivered"


@pytest.mark.parametrize("state", ["cancelled", "expired"])
@pytest.mark.parametrize("word", ["sent", "failed", "delivered"])
async def test_a_word_on_what_never_leaves_changes_nothing(
    database: Database, keys: Keyring, state: str, word: str
) -> None:
    async with database.writing() as session:
        name = await queue(session, await meet(session, keys), state=state)
        assert await take(session, says(name, word)) == []
        assert (await row(session, name)).state == state


@pytest.mark.parametrize(("word", "becomes"), [("sent", "queued"), ("failed", "queued"), ("delivered", "delivered")])
async def test_of_what_is_to_be_tried_again_only_that_it_has_arrived_counts(
    database: Database, keys: Keyring, word: str, becomes: str
) -> None:
    async with database.writing() as session:
        name = await queue(session, await meet(session, keys), provider_id="m1")
        assert await take(session, says(name, word)) == []
        assert (await row(session, name)).state == becomes


async def test_a_word_that_comes_before_we_settle_stays(database: Database, keys: Keyring) -> None:
    async with database.writing() as session:
        name = await queue(session, await meet(session, keys))
        await claims.claim(session, keys, claims.Claim("telegram", "worker", NOW, LEASE, 9))
        await take(session, says(name, "delivered"))
        await deliveries.settle(session, "worker", [Outcome(name, State.SENT, "m1", 1)], NOW)
        found = await row(session, name)
    assert (found.state, found.provider_id, found.lease, found.body) == ("delivered", "m1", None, None)
    assert found.ended == NOW.date()


async def test_the_same_word_is_kept_once(database: Database, keys: Keyring) -> None:
    async with database.writing() as session:
        name = await queue(session, await meet(session, keys), state="sent")
        await take(session, says(name, "sent"), says(name, "sent"), says(name, "delivered"))
        await take(session, says(name, "sent"), says(name, None))
        assert sorted(await kept(session)) == sorted(
            (name, "m1", status, "") for status in ("sent", "delivered", "accepted")
        )


async def test_what_is_said_of_what_we_never_made_is_not_kept(database: Database) -> None:
    async with database.writing() as session:
        assert await take(session, says("never made", "failed")) == []
        assert await kept(session) == []


async def test_nothing_said_is_nothing_asked(database: Database) -> None:
    async with database.writing() as session:
        with statements(database) as seen:
            assert await take(session) == []
    assert seen == []


async def test_nothing_is_kept_of_what_a_platform_says_about_who_was_forgotten(
    database: Database, keys: Keyring
) -> None:
    async with database.writing() as session:
        alice = await meet(session, keys)
        arrives, fails = [await queue(session, alice, state="sent", turn=turn) for turn in (1, 2)]
        await people.erase(session, alice.id)
        failed = await take(session, says(arrives, "delivered"), says(fails, "failed", code="30003"))
        assert [(failure.delivery, failure.address) for failure in failed] == [(fails, None)]
        assert (await session.execute(select(func.count()).select_from(report))).scalar_one() == 0
        found = [await row(session, name) for name in (arrives, fails)]
    assert [(delivery.state, delivery.provider_id) for delivery in found] == [("delivered", None), ("failed", None)]


async def test_what_has_failed_is_told_once(database: Database, keys: Keyring) -> None:
    async with database.writing() as session:
        alice = await meet(session, keys)
        name = await queue(
            session, alice, state="sent", provider_id="m1", attempts=2, began=NOW - SECOND, not_after=LEASE
        )
        failed = await take(session, says(name, "failed", code="30008"), says(name, "failed", code="30003"))
        assert failed == [Failed(name, alice.address, 2, NOW - SECOND, LEASE, None)]
        found = await row(session, name)
        assert (found.state, found.code, found.ended) == ("failed", "30008", NOW.date())
        assert await take(session, says(name, "failed", code="30008")) == []


async def test_a_batch_of_everything_ends_in_the_same_state_however_often_it_comes(
    database: Database, keys: Keyring
) -> None:
    async with database.writing() as session:
        everybody = [await meet(session, keys, f"7{number}") for number in range(5)]
        first, second, third, fourth, fifth = [
            await queue(session, who, state="sent", provider_id="m1") for who in everybody
        ]
        await people.erase(session, everybody[4].id)
        batch = [
            says(first, "delivered"),
            says(first, "sent"),
            says(first, "delivered"),
            says(second, "failed", code="30003"),
            says(second, "delivered"),
            says(third, "failed", code="30008"),
            says(third, "failed", code="30008"),
            says(fourth, None),
            says(fifth, "delivered"),
            says("never made", "delivered"),
        ]
        becomes = {first: "delivered", second: "delivered", third: "failed", fourth: "sent", fifth: "delivered"}
        assert [failure.delivery for failure in await take(session, *batch)] == [third]
        assert await states(session) == becomes
        was = await kept(session)
        assert len(was) == len(set(was)) == 6
        for again in (batch, batch[::-1]):
            assert await take(session, *again) == []
            assert await states(session) == becomes
            assert await kept(session) == was


async def waits_again(session: Session, keys: Keyring) -> str:
    """A broadcast's delivery whose first attempt, m1, a platform took and then dropped."""
    await announce(session)
    name = await owe(session, await meet(session, keys), state="sent", provider_id="m1")
    (failed,) = await take(session, says(name, "failed", code="30008"))
    await reports.again(session, failed, NOW, "30008")
    return name


async def test_what_was_dropped_late_waits_again(database: Database, keys: Keyring) -> None:
    async with database.writing() as session:
        found = await row(session, await waits_again(session, keys))
    assert (found.state, found.due, found.code, found.attempts, found.ended) == ("queued", NOW, "30008", 1, None)


async def test_a_reply_that_was_dropped_late_leaves_again_if_it_still_has_its_words(
    database: Database, keys: Keyring
) -> None:
    async with database.writing() as session:
        alice = await meet(session, keys)
        without = await queue(session, alice, state="sent", turn=1)
        await put(session, without, body=None)
        has_them = await queue(session, alice, state="sent", turn=2)
        for name, becomes in ((without, "failed"), (has_them, "queued")):
            (failed,) = await take(session, says(name, "failed"))
            await reports.again(session, failed, NOW, "30008")
            assert (await row(session, name)).state == becomes
        [claimed] = await claims.claim(session, keys, claims.Claim("telegram", "worker", NOW, LEASE, 9))
    assert (claimed.id, claimed.body, claimed.attempts) == (has_them, "hello", 1)


async def test_what_has_failed_for_good_or_has_arrived_has_no_words_any_more(database: Database, keys: Keyring) -> None:
    async with database.writing() as session:
        alice = await meet(session, keys)
        arrived, failed = [await queue(session, alice, state="sent", turn=turn) for turn in (1, 2)]
        ended = await take(session, says(arrived, "delivered"), says(failed, "failed"))
        assert (await row(session, arrived)).body is None
        assert (await row(session, failed)).body is not None
        await reports.end(session, ended)
        assert (await row(session, failed)).body is None


async def test_of_what_left_long_ago_no_words_are_kept(database: Database, keys: Keyring) -> None:
    async with database.writing() as session:
        alice = await meet(session, keys)
        old = [await queue(session, alice, state="sent", turn=turn, began=NOW - SECOND) for turn in range(1, 4)]
        new = await queue(session, alice, state="sent", turn=4, began=NOW)
        waits = await queue(session, alice, state="queued", turn=5, began=NOW - SECOND)
        assert [await reports.erase(session, NOW, 2) for _time in range(3)] == [2, 1, 0]
        assert [(await row(session, name)).body for name in old] == [None] * 3
        assert all([(await row(session, name)).body for name in (new, waits)])


@pytest.mark.parametrize("word", ["sent", "failed"])
async def test_a_late_word_on_the_first_attempt_says_nothing_of_the_second(
    database: Database, keys: Keyring, word: str
) -> None:
    async with database.writing() as session:
        name = await waits_again(session, keys)
        late = says(name, word, code="30008")
        assert await take(session, late) == []
        await claims.claim(session, keys, claims.Claim("telegram", "worker", NOW, LEASE, 9))
        assert await take(session, late) == []
        assert (await row(session, name)).state == "sending"
        await deliveries.settle(session, "worker", [Outcome(name, State.SENT, "m2", attempts=1)], NOW)
        assert await take(session, late) == []
        assert (await row(session, name)).state == "sent"
        (failed,) = await take(session, says(name, "failed", "m2", "30008"))
    assert failed.attempts == 1


async def test_but_that_it_has_arrived_after_all_does(database: Database, keys: Keyring) -> None:
    async with database.writing() as session:
        name = await waits_again(session, keys)
        await claims.claim(session, keys, claims.Claim("telegram", "worker", NOW, LEASE, 9))
        await deliveries.settle(session, "worker", [Outcome(name, State.SENT, "m2", attempts=1)], NOW)
        await take(session, says(name, "delivered", "m1"))
        assert (await row(session, name)).state == "delivered"


async def test_a_word_on_the_second_attempt_counts_before_we_settle_it(database: Database, keys: Keyring) -> None:
    async with database.writing() as session:
        name = await waits_again(session, keys)
        await claims.claim(session, keys, claims.Claim("telegram", "worker", NOW, LEASE, 9))
        await take(session, says(name, "sent", "m2"))
        found = await row(session, name)
    assert (found.state, found.provider_id) == ("sent", "m2")


async def test_old_words_are_pruned_a_batch_at_a_time(database: Database, keys: Keyring) -> None:
    async with database.writing() as session:
        name = await queue(session, await meet(session, keys), state="sent")
        for provider in ("m1", "m2", "m3"):
            await take(session, says(name, "sent", provider))
        await reports.take(session, [says(name, "sent", "m4")], NOW + SECOND)
        assert await reports.prune(session, NOW, 9) == 0
        assert [await reports.prune(session, NOW + SECOND, 2) for _time in range(3)] == [2, 1, 0]
        assert [row[1] for row in await kept(session)] == ["m4"]


Writes = Callable[[Session], Awaitable[object]]
NAMES = "edcba"
"""Made in this order, the first is the last of the table."""


async def _hears(session: Session) -> None:
    await take(session, *(says(name, "delivered") for name in NAMES))


async def _settles(session: Session) -> None:
    sent = [Outcome(name, State.SENT, "m1") for name in "db"]
    unknown = [Outcome(name, State.UNKNOWN, code="x") for name in "eca"]
    await deliveries.settle(session, "worker", sent + unknown, NOW)


async def under_way(session: Session, keys: Keyring) -> None:
    await announce(session)
    for name in NAMES:
        await owe(session, await meet(session, keys, f"7{name}"), id=name, state="sending", owner="worker")


@pytest.mark.parametrize("writes", [_hears, _settles], ids=["who hears", "who settles"])
async def test_whoever_waits_for_the_first_delivery_holds_none_of_the_others(
    postgresql: Database, keys: Keyring, writes: Writes
) -> None:
    """So two who have the same ones to write, in whatever order they heard of them, never wait for each other."""
    async with postgresql.writing() as session:
        await under_way(session, keys)

    async def write() -> None:
        async with postgresql.writing() as session:
            await writes(session)

    async with postgresql.writing() as holding:
        await put(holding, "a", attempts=1)
        waiting = asyncio.create_task(write())
        await until_somebody_waits(holding)
        async with postgresql.writing() as looking:
            free = select(delivery.c.id).with_for_update(skip_locked=True)
            assert set((await looking.execute(free)).scalars()) == set("bcde")
    await waiting


async def test_one_who_settles_and_two_who_hear_end_in_the_same_state(postgresql: Database, keys: Keyring) -> None:
    async with postgresql.writing() as session:
        await under_way(session, keys)

    async def write(writes: Writes) -> None:
        async with postgresql.writing() as session:
            await writes(session)

    async with asyncio.TaskGroup() as all_at_once:
        for writes in (_settles, _hears, _hears):
            all_at_once.create_task(write(writes))
    async with postgresql.reading() as session:
        assert await states(session) == dict.fromkeys(NAMES, "delivered")
