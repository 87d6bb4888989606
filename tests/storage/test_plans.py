"""What is asked often reads no more than it needs, however much there is that has ended or waits for later."""

import re
from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime
from typing import Any
from uuid import uuid4

import pytest

import storage
from storage import Database, Keyring, Session, broadcasts, outbox, turns
from storage.outbox import claims, deliveries, expansion, reports, unknowns
from storage.outbox.deliveries import Outcome
from storage.outbox.reports import Word
from storage.outbox.unknowns import AnsweredTurn
from storage.states import State
from storage.turns import Incoming
from tests import databases
from tests.storage.rows import NOW, announce, opened, plan, statements

MANY = 20_000
PEOPLE = """
    INSERT INTO person (id, key, key_epoch, language, met)
    SELECT md5('p' || n), '', 1, 'en', '2026-01-01' FROM generate_series(1, {number}) n;
    INSERT INTO participation (process_id, person_id, region, consented, joined)
    SELECT 'review', md5('p' || n), 'north', true, '2026-01-01' FROM generate_series(1, {number}) n;
    INSERT INTO address (id, person_id, channel, index, external, reach, turns, spoke, consented)
    SELECT md5('a' || n), md5('p' || n), 'telegram', n, '', 'active', 1, now(), true
    FROM generate_series(1, {number}) n;
"""
FINISHED = """
    INSERT INTO delivery (id, person_id, address_id, broadcast_id, channel, lane, turn, part, state, code, due,
                          attempts, began, ended, provider_id)
    SELECT md5('d' || n), md5('p' || n), md5('a' || n), CASE WHEN mod(n, 2) = 0 THEN 'b' END, 'telegram',
           mod(n, 2) * 2, mod(n, 2), 1,
           CASE WHEN mod(n, 1000) = 0 THEN 'queued' WHEN mod(n, 1000) = 1 THEN 'unknown' ELSE 'sent' END,
           CASE WHEN mod(n, 1000) = 1 THEN 'crash' END, '2026-01-01', 0, '2026-11-23 12:00',
           CASE WHEN mod(n, 1000) <> 0 THEN '2026-01-01'::date END, 'm' || n
    FROM generate_series(1, {number}) n;
    ANALYZE
"""
WAITING = """
    INSERT INTO delivery (id, person_id, address_id, broadcast_id, channel, lane, turn, part, state, due, attempts)
    SELECT md5('d' || n), md5('p' || n), md5('a' || n), CASE WHEN {theirs} THEN 'b' END, 'telegram',
           CASE WHEN {theirs} THEN 2 ELSE mod(n, 2) * 2 END, 1, 1, 'queued', '2026-01-01', 0
    FROM generate_series(1, {number}) n;
    ANALYZE
"""


async def fill(session: Session, script: str, **values: Any) -> None:
    for statement in script.format(**{"number": MANY} | values).split(";"):
        if statement.strip():
            await session.exec_driver_sql(statement)


async def claim(session: Session, keys: Keyring, most: int = 100) -> list[str]:
    return [
        delivery.id
        for delivery in await claims.claim(session, keys, claims.Claim("telegram", "worker", NOW, NOW, most))
    ]


async def _turn(session: Session, _keys: Keyring) -> None:
    assert await broadcasts.pause(session, "b")
    which = await expansion.to_turn(session)
    assert which is not None
    await expansion.turn(session, which, NOW, 2)


async def _take(session: Session, _keys: Keyring) -> None:
    await reports.take(session, [Word(name, "m", "delivered", "", State.DELIVERED) for name in ("one", "two")], NOW)


async def _settle(session: Session, _keys: Keyring) -> None:
    outcomes = [Outcome("one", State.SENT, "m"), Outcome("two", State.QUEUED, due=NOW)]
    await deliveries.settle(session, "worker", outcomes, NOW)


ASKED: Mapping[str, Callable[[Session, Keyring], Awaitable[object]]] = {
    "the claim": claim,
    "what a platform says": _take,
    "what became of a send": _settle,
    "the counts of a broadcast": lambda session, _keys: broadcasts.counts(session, "b"),
    "what is to be asked": lambda session, keys: unknowns.to_ask(
        session, keys, unknowns.Begun("telegram", NOW, NOW), NOW, 500
    ),
    "whose the messages are": lambda session, _keys: unknowns.claimed(session, ["one", "two"]),
    "what may have a message": lambda session, _keys: unknowns.claimants(session, ["one", "two"]),
    "what is asked after later": lambda session, _keys: unknowns.ask_later(session, ["one", "two"], NOW),
    "what an answer proves": lambda session, _keys: unknowns.arrived(session, [AnsweredTurn("one", 1)], NOW),
    "what is late": lambda session, _keys: outbox.late(session, NOW),
    "what waits for the morning": lambda session, _keys: deliveries.put_off(
        session, deliveries.Delay("b", "north", NOW, "night"), NOW, 2000
    ),
    "what is paused": _turn,
    "what a crash left": lambda session, _keys: unknowns.abandon(session, NOW),
    "what waited for a person": lambda session, _keys: deliveries.cancel(session, "one", "stop", NOW),
}


async def test_nothing_reads_all_that_has_ended(postgresql: Database, keys: Keyring) -> None:
    seen = {name: await statements_of(postgresql, keys, asks) for name, asks in ASKED.items()}
    async with postgresql.writing() as session:
        await announce(session)
        await fill(session, PEOPLE + FINISHED)
        plans = {name: "\n".join([await plan(session, query) for query in queries]) for name, queries in seen.items()}
        by_number = await plan(session, ("SELECT 1 FROM delivery WHERE provider_id = %(message)s", {"message": "m1"}))
    assert all(plans.values())
    assert {name: text for name, text in plans.items() if reads_all(text)} == {}
    assert reads_all(by_number), "this has no index, and has to be found"


async def statements_of(
    database: Database, keys: Keyring, asks: Callable[[Session, Keyring], Awaitable[object]]
) -> list[tuple[str, Any]]:
    """The statements of something that is asked, which leaves no trace."""
    async with database.writing() as session:
        await announce(session)
        with statements(database) as seen:
            await asks(session, keys)
        await session.rollback()
    return seen


def reads_all(planned: str) -> bool:
    return re.search(r"Seq Scan on (delivery|person|address)", planned) is not None


async def test_a_turn_looks_for_what_is_unknown_only_at_its_own_addresses(
    postgresql: Database, sqlite: Database, keys: Keyring
) -> None:
    async def asks(session: Session, keys: Keyring) -> object:
        return await turns.find(session, keys, [Incoming("1", "one", "sms"), Incoming("2", "two", "sms")], NOW)

    [(text, values)] = await statements_of(sqlite, keys, asks)
    async with sqlite.writing() as session:
        on_sqlite = await plan(session, (text, values))
    [(text, values)] = await statements_of(postgresql, keys, asks)
    async with postgresql.writing() as session:
        await announce(session)
        await fill(session, PEOPLE + FINISHED)
        on_postgresql = await plan(session, (text, values))
    assert "USING INDEX ix_delivery_unknown_to (address_id=?)" in on_sqlite
    assert re.search(
        r"using ix_delivery_unknown_to on delivery.*\n *Index Cond: \(address_id = met.id\)", on_postgresql
    )
    assert "ix_delivery_unknown on" not in on_postgresql


PROCESSES = """
    INSERT INTO process (id, slug, state, edition, content, opened)
    SELECT 'process' || n, 'process-' || n, 'open', 1, '', '2026-01-01' FROM generate_series(1, 49) n;
    INSERT INTO sender (name, kind, process_id)
    SELECT 'telegram-' || n, 'telegram', 'process' || 1 + mod(n, 49) FROM generate_series(1, 150) n;
    UPDATE address
    SET channel = 'telegram-' || 1 + mod(index::int, 150), process_id = 'process' || 1 + mod(index::int, 49);
    UPDATE participation SET process_id = address.process_id FROM address
    WHERE address.person_id = participation.person_id;
    INSERT INTO round (id, process_id, content, rule, opened, closes)
    SELECT 'round' || n, 'process' || n, '', 'approval', '2026-01-01', '2027-01-01' FROM generate_series(1, 49) n;
    INSERT INTO roll (round_id, person_id)
    SELECT replace(process_id, 'process', 'round'), person_id FROM participation WHERE process_id <> 'review';
    INSERT INTO contribution (id, process_id, person_id, topic, language, given)
    SELECT md5('c' || person_id), process_id, person_id, '', 'en', '2026-01-01' FROM participation;
"""


async def _finds(session: Session, keys: Keyring) -> object:
    messages = [Incoming(f"event{number}", str(number), f"telegram-{number}") for number in range(1, 101)]
    return await turns.find(session, keys, messages, NOW)


async def test_a_turn_reads_no_more_of_any_table_than_its_own_people(postgresql: Database, keys: Keyring) -> None:
    """Of what grows; fifty processes and their senders are read whole more quickly than one by one."""
    [statement] = await statements_of(postgresql, keys, _finds)
    async with postgresql.writing() as session:
        await announce(session)
        await fill(session, PEOPLE + FINISHED + ";" + PROCESSES + ANALYZE)
        planned = await plan(session, statement)
    few = {"process", "sender", "round", "membership", "seat", "event"}
    assert set(re.findall(r"Seq Scan on (\w+)", planned)) <= few
    assert "on participation" in planned
    assert "on roll" in planned


async def test_nor_does_a_turn_on_sqlite(sqlite: Database, keys: Keyring) -> None:
    [statement] = await statements_of(sqlite, keys, _finds)
    async with sqlite.writing() as session:
        planned = await plan(session, statement)
    assert set(re.findall(r"SCAN (\w+)", planned)) == {"any_other", "asked", "each_asked", "met", "process", "round"}


async def test_a_claim_reads_no_more_than_it_takes(postgresql: Database, keys: Keyring) -> None:
    async with postgresql.writing() as session:
        await announce(session)
        with statements(postgresql) as seen:
            await claim(session, keys, most=500)
        await fill(session, PEOPLE + WAITING, theirs="false", number=50_000)
        planned = await plan(session, seen[0])
    assert planned.count("Index Scan using ix_delivery_waiting on delivery") == 2
    assert planned.count("Index Scan using ix_delivery_replies on delivery") == 1
    assert "using ix_delivery_order on delivery earlier" in planned
    assert "using ix_delivery_notices on delivery earlier" in planned
    assert re.findall(r"Seq Scan on (?!circuit|broadcast)\w+", planned) == []
    assert "Sort Key" not in planned


ENDED = """
    INSERT INTO delivery (id, person_id, address_id, channel, lane, turn, part, state, due, attempts)
    SELECT md5('e' || n), md5('p' || n), md5('a' || n), 'telegram', mod(n, 3), 1, 1, 'sent', '2026-01-01', 0
    FROM generate_series(1, {number}) n;
"""
BUSY = """
    INSERT INTO delivery (id, person_id, address_id, channel, lane, turn, part, state, due, attempts)
    SELECT md5('w' || n), md5('p' || n), md5('a' || n), 'telegram', mod(n, 3), 2, 1, 'queued', '2026-01-01', 0
    FROM generate_series(1, {number}) n;
"""
FEW = """
    INSERT INTO delivery (id, person_id, address_id, channel, lane, turn, part, state, due, attempts)
    SELECT md5('f' || n), md5('p' || n), md5('a' || n), 'telegram', mod(n, 3), 3, 1, 'queued', '2026-01-01', 0
    FROM generate_series(1, 30) n;
"""
PAUSED = """
    INSERT INTO delivery (id, person_id, address_id, channel, lane, turn, part, state, due, attempts)
    SELECT md5('z' || n), md5('p' || n), md5('a' || n), 'telegram', mod(n, 3), 4, 1, 'queued', '9999-01-01', 0
    FROM generate_series(1, {number}) n;
"""
RESUMED = "UPDATE delivery SET due = '2026-01-01';"
ANALYZE = "ANALYZE;"


@pytest.mark.parametrize(
    "filled",
    [PEOPLE + ENDED + BUSY, ANALYZE + PEOPLE + ENDED + BUSY, PEOPLE + ENDED + ANALYZE + BUSY],
    ids=["never", "when there was nothing", "when nothing waited"],
)
async def test_a_claim_is_as_quick_whenever_statistics_were_taken(postgres: str, keys: Keyring, filled: str) -> None:
    most, pages_for_each = 30, 50
    with databases.blank(postgres, f"blank_{uuid4().hex}") as url:
        storage.migrate(url)
        async with opened(url) as database, database.writing() as session:
            with statements(database) as seen:
                await claim(session, keys, most)
            await fill(session, filled, number=10_000)
            assert await _pages(session, seen[0]) < most * pages_for_each


@pytest.mark.parametrize(
    "filled",
    [
        PEOPLE + BUSY,
        ANALYZE + PEOPLE + BUSY,
        PEOPLE + ENDED + ANALYZE + BUSY,
        PEOPLE + FEW + ANALYZE + BUSY,
        PEOPLE + PAUSED + ANALYZE + BUSY,
        PEOPLE + PAUSED + ANALYZE + RESUMED,
    ],
    ids=["never", "when there was nothing", "when nothing waited", "when little waited", "paused", "resumed"],
)
@pytest.mark.parametrize("looks", [outbox.overview, outbox.late])
async def test_what_waits_is_counted_no_further_than_anybody_needs(
    postgres: str, looks: Callable[[Session, datetime], Awaitable[object]], filled: str
) -> None:
    with databases.blank(postgres, f"blank_{uuid4().hex}") as url:
        storage.migrate(url)
        async with opened(url) as database, database.writing() as session:
            with statements(database) as seen:
                await looks(session, NOW)
            await fill(session, filled, number=10_000)
            counting = next(statement for statement in seen if "RECURSIVE" in statement[0])
            read = await _looked_at(session, counting)
    lanes, at_most_in_each = 3, 3 * outbox.MOST_COUNTED + 3
    assert outbox.MOST_COUNTED * lanes <= read <= lanes * at_most_in_each


@pytest.mark.parametrize("looks", [outbox.overview, outbox.late])
async def test_what_waits_can_be_read_by_no_index_that_has_it_in_another_order(
    postgresql: Database, looks: Callable[[Session, datetime], Awaitable[object]]
) -> None:
    async with postgresql.writing() as session:
        with statements(postgresql) as seen:
            await looks(session, NOW)
        counting = next(statement for statement in seen if "RECURSIVE" in statement[0])
        for index in ("ix_delivery_replies", "ix_delivery_waiting"):
            await session.exec_driver_sql(f"DROP INDEX {index}")
        await session.exec_driver_sql("SET LOCAL enable_seqscan = off")
        planned = await plan(session, counting)
        await session.rollback()
    assert set(re.findall(r"using (ix_delivery_\w+)", planned)) == set()


async def _pages(session: Session, statement: tuple[str, Any]) -> int:
    """How many pages a statement looks at; each time that it looks at it."""
    rows = await session.exec_driver_sql("EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) " + statement[0], statement[1])
    plan = rows.scalar_one()[0]["Plan"]
    assert plan["Actual Rows"] > 0
    return int(plan["Shared Hit Blocks"] + plan["Shared Read Blocks"])


async def test_what_is_paused_costs_a_claim_nothing_once_it_is_walked(postgresql: Database, keys: Keyring) -> None:
    """Twenty of another's are due: 20,000 that are paused are not even looked at in the index."""
    async with postgresql.writing() as session:
        await announce(session)
        with statements(postgresql) as seen:
            await claim(session, keys, most=500)
        await fill(session, PEOPLE + WAITING, theirs="n > 20")
        assert await broadcasts.pause(session, "b")
        unwalked = await _looked_at(session, seen[0])
        while which := await expansion.to_turn(session):
            await expansion.turn(session, which, NOW, 5000)
        await session.exec_driver_sql("ANALYZE delivery")
        walked = await _looked_at(session, seen[0])
    assert unwalked > MANY - 100
    assert walked == 20


async def _looked_at(session: Session, statement: tuple[str, Any]) -> int:
    """How many deliveries a claim reads: those that it takes and those that it passes over. It takes none."""
    await session.exec_driver_sql("SAVEPOINT before")
    rows = await session.exec_driver_sql("EXPLAIN (ANALYZE, FORMAT JSON) " + statement[0], statement[1])
    found = rows.scalar_one()
    await session.exec_driver_sql("ROLLBACK TO before")
    return round(sum(_read(found[0]["Plan"])))


def _read(node: Mapping[str, Any]) -> list[float]:
    is_one = node.get("Index Name") in ("ix_delivery_waiting", "ix_delivery_replies")
    own = (node["Actual Rows"] + node.get("Rows Removed by Filter", 0)) * node["Actual Loops"] if is_one else 0
    return [own, *(number for inner in node.get("Plans", ()) for number in _read(inner))]


async def test_a_claim_on_sqlite_reads_its_index_in_order_and_only_what_is_due(sqlite: Database, keys: Keyring) -> None:
    async with sqlite.writing() as session:
        with statements(sqlite) as seen:
            await claim(session, keys, most=500)
        planned = await plan(session, seen[0])
    assert planned.count("SEARCH delivery USING INDEX ix_delivery_waiting (channel=? AND lane=? AND due<?)") == 2
    assert planned.count("SEARCH delivery USING INDEX ix_delivery_replies (channel=?)") == 1
    assert "SEARCH earlier USING INDEX ix_delivery_order (address_id=?" in planned
    assert "SEARCH earlier USING INDEX ix_delivery_notices (address_id=?" in planned
    assert "SCAN delivery" not in planned
    assert "USE TEMP B-TREE" not in planned


@pytest.mark.parametrize("asks", ASKED.values(), ids=ASKED)
async def test_nor_does_it_on_sqlite(
    sqlite: Database, keys: Keyring, asks: Callable[[Session, Keyring], Awaitable[object]]
) -> None:
    seen = await statements_of(sqlite, keys, asks)
    async with sqlite.writing() as session:
        plans = [await plan(session, (text, _first(values))) for text, values in seen]
    assert plans
    whole = r"SCAN (?:delivery|person|address)(?:_\d+)?+(?! USING (?:COVERING )?INDEX ix_delivery)"
    for planned in plans:
        assert re.findall(whole, planned) == []


def _first(values: Any) -> Any:
    """The values of one row, where many were written at once."""
    return values[0] if isinstance(values, list) else values
