"""What is not plain is refused, and a journal that somebody laid hands on is found out at its first wrong entry."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

import pytest

from handlers import journal
from handlers.journal import Act, Entry, Flaw, Wrong, follow, verify, write
from storage import Database, Session
from storage.journal import START, Head, StoredEntry, digest
from tests.storage.rows import NOW, PROCESS

PUBLISHED = Entry(Act.BULLETIN_PUBLISH, "5f1c", {"number": 2, "language": "fr"})


def chained(number: int) -> list[StoredEntry]:
    entries: list[StoredEntry] = []
    previous = START.hash
    for place in range(1, number + 1):
        at = f"2026-11-23T12:30:15.{place:06}+00:00"
        entry = StoredEntry(place, at, "amina", PROCESS, "bulletin.publish", f"b{place}", '{"number":2}', previous, "")
        entries.append(entry._replace(hash=digest(entry)))
        previous = entries[-1].hash
    return entries


CHAIN = chained(9)
LAST = Head(9, CHAIN[-1].hash)


def swapped(entries: Sequence[StoredEntry], first: int, second: int) -> list[StoredEntry]:
    """Two that take each other's numbers, and all else with them."""
    numbers = {first: second, second: first}
    moved = [entry._replace(number=numbers.get(entry.number, entry.number)) for entry in entries]
    return sorted(moved, key=lambda entry: entry.number)


def rehashed(entries: Sequence[StoredEntry], number: int, **changed: Any) -> list[StoredEntry]:
    """One that was changed and hashed anew, by somebody who knows how."""
    entry = entries[number - 1]._replace(**changed)
    return [*entries[: number - 1], entry._replace(hash=digest(entry)), *entries[number:]]


def test_a_journal_that_nobody_touched_is_followed_to_its_head() -> None:
    assert follow(START, CHAIN, {}) == LAST
    assert follow(START, CHAIN, {4: CHAIN[3].hash, 9: LAST.hash}) == LAST
    assert follow(follow_to(5), CHAIN[5:], {}) == LAST


def follow_to(number: int) -> Head:
    return Head(number, CHAIN[number - 1].hash)


@pytest.mark.parametrize("part", ["at", "staff_id", "process_id", "act", "object", "facts", "hash"])
def test_an_edit_of_any_part_is_found(part: str) -> None:
    other: dict[str, Any] = {part: "x"}
    edited = [*CHAIN[:4], CHAIN[4]._replace(**other), *CHAIN[5:]]
    assert follow(START, edited, {}) == Wrong(5, Flaw.CHANGED)


@pytest.mark.parametrize(
    ("entries", "wrong"),
    [
        ([*CHAIN[:4], CHAIN[4]._replace(process_id=None), *CHAIN[5:]], Wrong(5, Flaw.CHANGED)),
        ([*CHAIN[:4], CHAIN[4]._replace(previous="x"), *CHAIN[5:]], Wrong(5, Flaw.UNCHAINED)),
        (rehashed(CHAIN, 5, object="other"), Wrong(6, Flaw.UNCHAINED)),
        ([*CHAIN[:4], *CHAIN[5:]], Wrong(5, Flaw.MISSING)),
        (CHAIN[1:], Wrong(1, Flaw.MISSING)),
        ([*CHAIN[:4], *(entry._replace(number=entry.number - 1) for entry in CHAIN[5:])], Wrong(5, Flaw.UNCHAINED)),
        (swapped(CHAIN, 3, 4), Wrong(3, Flaw.UNCHAINED)),
        ([CHAIN[0]._replace(number=0), *CHAIN], Wrong(0, Flaw.ADDED)),
        (
            [*CHAIN[:4], CHAIN[4], *(entry._replace(number=entry.number + 1) for entry in CHAIN[4:])],
            Wrong(6, Flaw.UNCHAINED),
        ),
    ],
    ids=["process", "previous", "hashed anew", "deleted", "first", "closed up", "swapped", "before", "squeezed in"],
)
def test_a_deletion_a_change_of_order_and_an_insertion_are_found(entries: list[StoredEntry], wrong: Wrong) -> None:
    assert follow(START, entries, {}) == wrong


def test_what_was_written_anew_to_its_end_is_found_by_a_head_that_was_kept() -> None:
    entries = list(CHAIN)
    previous = CHAIN[3].hash
    for place in range(5, 10):
        entries = rehashed(entries, place, previous=previous, object="other")
        previous = entries[place - 1].hash
    assert follow(START, entries, {}) == Head(9, previous)
    assert follow(START, entries, {4: CHAIN[3].hash, 7: CHAIN[6].hash}) == Wrong(7, Flaw.ANOTHER)


async def test_what_was_cut_off_is_found_by_a_head_that_was_kept(database: Database) -> None:
    async with database.writing() as session:
        heads = [await write(session, "amina", PROCESS, PUBLISHED, NOW) for _each in range(3)]
    kept = {head.number: head.hash for head in heads}
    await without_triggers(database, "DELETE FROM journal WHERE number > 2")
    async with database.reading() as session:
        assert await verify(session, {}) == heads[1]
        assert await verify(session, kept) == Wrong(3, Flaw.CUT)


HANDS: Mapping[str, Wrong] = {
    "UPDATE journal SET facts = '{}' WHERE number = 4": Wrong(4, Flaw.CHANGED),
    "UPDATE journal SET at = 'never' WHERE number = 4": Wrong(4, Flaw.CHANGED),
    "DELETE FROM journal WHERE number = 4": Wrong(4, Flaw.MISSING),
    "DELETE FROM journal WHERE number = 1": Wrong(1, Flaw.MISSING),
    "UPDATE journal SET number = CASE number WHEN 104 THEN 5 ELSE 4 END WHERE number > 100": Wrong(4, Flaw.UNCHAINED),
    "INSERT INTO journal SELECT 0, at, staff_id, process_id, act, object, facts, previous, hash FROM journal "
    "WHERE number = 1": Wrong(0, Flaw.ADDED),
}


@pytest.mark.parametrize("statement", HANDS)
async def test_hands_laid_on_the_table_are_found(
    database: Database, monkeypatch: pytest.MonkeyPatch, statement: str
) -> None:
    monkeypatch.setattr(journal, "AT_ONCE", 2)
    seen: list[int] = []
    async with database.writing() as session:
        head = [await write(session, "amina", PROCESS, PUBLISHED, NOW) for _each in range(7)][-1]
        assert await verify(session, {7: head.hash}, seen.append) == head
    assert seen == [2, 4, 6, 7]
    if "CASE" in statement:
        await without_triggers(database, "UPDATE journal SET number = number + 100 WHERE number IN (4, 5)")
    await without_triggers(database, statement)
    async with database.reading() as session:
        assert await verify(session, {}) == HANDS[statement]
        assert len(await journal.page(session, PROCESS, 9)) >= 6


async def without_triggers(database: Database, statement: str) -> None:
    """As somebody who owns the database; the test's own is thrown away with its triggers."""
    async with database.writing() as session:
        if database.has_one_writer:
            for name in ("unchanged", "undeleted", "follows"):
                await session.exec_driver_sql(f"DROP TRIGGER IF EXISTS journal_{name}")
        else:
            await session.exec_driver_sql("SET LOCAL session_replication_role = replica")
        await session.exec_driver_sql(statement)


async def test_an_entry_is_shown_as_it_was_written(database: Database) -> None:
    several = Entry(Act.ROUND_CLOSE, "", {"language": ("fr", "ar")})
    async with database.writing() as session:
        await write(session, "amina", PROCESS, PUBLISHED, NOW)
        await write(session, journal.TERMINAL, None, several, NOW)
        shown = await journal.page(session, None, 10)
    assert [(entry.number, entry.at, entry.staff_id, entry.process_id) for entry in shown] == [
        (2, NOW, "", None),
        (1, NOW, "amina", PROCESS),
    ]
    assert [(entry.act, entry.object, entry.facts) for entry in shown] == [
        ("round.close", "", {"language": ("fr", "ar")}),
        ("bulletin.publish", "5f1c", PUBLISHED.facts),
    ]


OBJECTS = ("12025550123", "+12025550123", "More buses, please", "a@b.example", "x" * 201, "مرحبا", "5f1c\n")
FACTS: Sequence[Any] = (
    {"login": "amina"},
    {"language": "More buses"},
    {"state": "12025550123"},
    {"state": "More buses"},
    {"state": "taken_up\n"},
    {"number": 12_025_550_123},
    {"number": -1},
    {"number": True},
    {"number": "two"},
    {"role": ("moderator", "Amina")},
    {"role": {"name": "amina"}},
    {"hash": "5f1c"},
)
UNPLAIN: Sequence[tuple[str, Entry]] = (
    *((staff, PUBLISHED) for staff in ("+12025550123", "12025550123", "amina@hearback.example")),
    *(("amina", Entry(Act.BULLETIN_PUBLISH, name)) for name in OBJECTS),
    *(("amina", Entry(Act.BULLETIN_PUBLISH, "", facts)) for facts in FACTS),
)


@pytest.mark.parametrize("unplain", UNPLAIN, ids=lambda unplain: ascii(unplain)[-60:])
async def test_what_could_be_somebodys_words_or_number_is_refused_and_not_repeated(unplain: tuple[str, Entry]) -> None:
    staff, entry = unplain
    session: Session = None  # type: ignore[assignment]  # nothing gets as far as to it
    with pytest.raises(ValueError, match=r"^The journal takes") as refused:
        await write(session, staff, PROCESS, entry, NOW)
    assert not re.search("2025550123|buses|amina", str(refused.value), re.IGNORECASE)
