"""What an organizer does from the command line, and what they are told when a file is wrong."""

import asyncio
import json
import logging
import os
import re
import sqlite3
import time
from base64 import b64encode
from collections.abc import Awaitable, Callable
from contextlib import AbstractContextManager
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import msgspec
import pytest
from sqlalchemy import inspect, select, update
from sqlalchemy.exc import OperationalError

import flows
import storage
from bot import __main__ as command
from bot import serve
from channels.messages import Kind, Message
from exports import tally
from storage import Keyring, Session, Unreadable, circuits, events, keys, senders
from storage._ground.alone import alone
from storage.broadcasts import Plan
from storage.lanes import Lane
from storage.tables import person
from tests.bot.conftest import Hearback, Said, file
from tests.channels.paged import SECRET, paged
from tests.storage.rows import NOW, Somebody, announce, give, meet, opened, owe, queue

SOON = datetime.now(UTC).date() + timedelta(days=9)
PROCESS = """
languages = ["en", "fr"]
title = { en = "Regional review" }
organizer = { en = "Harbour Forum" }
regions = [{ value = "north", label = { en = "The north" } }, { value = "south", label = { en = "The south" } }]
"""
BULLETIN = """
text = { en = "The hearing is on Friday.", fr = "L'audience est vendredi." }
"""
CONSULTATION = f"""
title = {{ en = "Buses" }}
[promise]
purpose = {{ en = "To plan." }}
who_decides = {{ en = "The council." }}
what_can_change = {{ en = "The lines." }}
level = "{next(iter(flows.LEVELS))}"
answer_by = {SOON}
[[questions]]
key = "which"
text = {{ en = "Which line?" }}
"""
RESPONSE = """
state = "taken_up"
reason = { en = "It is point 4." }
"""
ROUND = f"""
title = {{ en = "What comes first?" }}
closes = {SOON}
matters = [{{ value = "bus", label = {{ en = "Buses" }} }}, {{ value = "clinic", label = {{ en = "The clinic" }} }}]
"""
CALL = f"""
seats = 2
closes = {SOON}
asks = {{ en = "Two hours a month" }}
gives = {{ en = "20 euros an hour" }}
"""

ORDERS = "\x1b[2J\u202eForged\n1234abcd  taken_up"


def named(result: Said) -> str:
    """The short id that a command says it made."""
    return str(re.findall(r"\b[0-9a-f]{8}\b", result.out)[0])


def test_an_organizers_day(alice: Somebody, hearback: Hearback, tmp_path: Path) -> None:
    assert hearback("process", "open", file(tmp_path, PROCESS)).status == 0
    published = hearback("bulletin", "publish", file(tmp_path, BULLETIN), "--yes")
    assert (published.status, published.wrong) == (0, "")
    opened_ = hearback("consultation", "open", file(tmp_path, CONSULTATION), "--yes")
    assert (opened_.status, opened_.wrong) == (0, "")
    assert hearback("consultation", "close", named(opened_)).status == 0
    listed = hearback("contributions").out
    assert "More buses, please" in listed
    contribution = listed.split()[0]
    assert hearback("sort", contribution, "services").status == 0
    assert "trafficking" in hearback("sort", contribution, "buses").wrong
    assert "services" in hearback("contributions").out
    assert "1 person is told" in hearback("respond", file(tmp_path, RESPONSE), contribution, "--yes").out
    assert "taken_up" in hearback("contributions").out
    voted = hearback("round", "open", file(tmp_path, ROUND), "--yes")
    assert (voted.status, voted.wrong) == (0, "")
    assert "0 of 1" in hearback("round", "list").out
    closed = hearback("round", "close", named(voted), "--yes")
    assert (closed.status, closed.wrong) == (0, "")
    written = hearback("round", "publish", named(voted), "--folder", str(tmp_path))
    assert (written.status, written.wrong) == (0, "")
    (counted,) = tmp_path.glob("vote-*.json")
    assert tally.main([str(counted)]) == 0
    shown = hearback("broadcasts").out
    assert named(published) in shown
    assert "(being made)" in shown
    assert "queued 1" in shown
    assert hearback("parked").out == ""
    assert "There is none." in hearback("parked", "telegram:1").out


@pytest.fixture
async def mallory(database_url: str, hearback: Hearback, tmp_path: Path) -> None:
    """Somebody whose words give a terminal orders, in a contribution and in a message that was parked."""
    keyring = keys.load(tmp_path / "safe" / "keys.json")
    async with opened(database_url) as database, database.writing() as session:
        who = await meet(session, keyring)
        await give(session, who, ORDERS)
        await park(session, keyring, who)


async def park(session: Session, keyring: Keyring, who: Somebody) -> None:
    body = msgspec.json.encode(Message("telegram", "1", who.sender, Kind.TEXT, ORDERS)).decode()
    index = keyring.index("telegram", who.sender)
    await events.park(session, keyring, events.NewParked("parked-1", "telegram", index, body, "ValueError", NOW))


@pytest.mark.usefixtures("mallory")
@pytest.mark.parametrize("words", [("contributions",), ("parked", "parked-1")])
def test_somebodys_words_give_the_terminal_no_orders(hearback: Hearback, words: tuple[str, ...]) -> None:
    result = hearback(*words)
    assert result.status == 0
    assert "␦[2J␦Forged\n  1234abcd  taken_up" in result.out


@pytest.fixture
async def parked_earlier(database_url: str, hearback: Hearback, tmp_path: Path) -> None:
    """A message that was parked when the person's id at the platform was called their sender."""
    keyring = keys.load(tmp_path / "safe" / "keys.json")
    message = asdict(Message("telegram", "1", "70001", Kind.TEXT, "More buses, please"))
    message["sender"] = message.pop("external")
    body, index = msgspec.json.encode(message).decode(), keyring.index("telegram", "70001")
    async with opened(database_url) as database, database.writing() as session:
        await events.park(session, keyring, events.NewParked("parked-1", "telegram", index, body, "ValueError", NOW))


@pytest.mark.usefixtures("parked_earlier")
def test_a_message_that_an_earlier_version_parked_is_still_read(hearback: Hearback) -> None:
    assert hearback("parked", "parked-1").out == "text: More buses, please\n"


@pytest.mark.usefixtures("alice")
def test_a_voice_note_is_shown_with_its_caption(hearback: Hearback) -> None:
    assert "  (voice note) More buses, please\n" in hearback("contributions").out


def test_an_invitation_is_made(alice: Somebody, hearback: Hearback, tmp_path: Path) -> None:
    hearback("process", "open", file(tmp_path, PROCESS))
    code = hearback("council", "invite").out.strip()
    assert len(code) == 11


def test_before_there_is_a_process_nothing_can_be_published(hearback: Hearback, tmp_path: Path) -> None:
    result = hearback("bulletin", "publish", file(tmp_path, BULLETIN), "--yes")
    assert (result.status, result.out) == (2, "")
    assert "hearback process open" in result.wrong


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("languages = ", "not a TOML file"),
        ("languages = ['en']", "title: this is missing"),
        (PROCESS.replace('"fr"', '"xx"'), "languages: choose from"),
        (PROCESS.replace('"north"', '"THE NORTH"'), "its value"),
        (PROCESS.replace("Regional review", "x" * 2000), "characters"),
    ],
)
def test_a_file_that_is_wrong_is_explained(hearback: Hearback, tmp_path: Path, text: str, why: str) -> None:
    result = hearback("process", "open", file(tmp_path, text))
    assert (result.status, result.out) == (2, "")
    assert why in result.wrong
    assert "Traceback" not in result.wrong


def test_a_file_that_is_not_utf_8_is_explained(hearback: Hearback, tmp_path: Path) -> None:
    made = file(tmp_path, "")
    made.write_bytes(b"title = '\xff'")
    result = hearback("process", "open", made)
    assert result.status == 2
    assert "UTF-8" in result.wrong


def test_a_file_that_is_not_there_is_named(hearback: Hearback, tmp_path: Path) -> None:
    result = hearback("process", "open", tmp_path / "nowhere.toml")
    assert result.status == 2
    assert "nowhere.toml" in result.wrong.replace("\n", "").replace("│", "").replace(" ", "")


@pytest.mark.parametrize(
    "arguments",
    [("consultation", "close", "none"), ("round", "close", "none")],
)
def test_what_is_not_there_cannot_be_closed(
    alice: Somebody, hearback: Hearback, tmp_path: Path, arguments: tuple[str, ...]
) -> None:
    hearback("process", "open", file(tmp_path, PROCESS))
    result = hearback(*arguments)
    assert (result.status, result.out) == (2, "")
    assert result.wrong


def test_new_keys_are_made_once(hearback: Hearback, tmp_path: Path) -> None:
    made = tmp_path / "new.json"
    assert hearback("keys", "new", made).status == 0
    assert made.stat().st_mode & 0o777 == 0o600
    before = made.read_bytes()
    result = hearback("keys", "new", made)
    assert (result.status, made.read_bytes()) == (2, before)
    assert "File exists" in result.wrong


async def keys_of(database_url: str, who: Somebody) -> tuple[bytes, int]:
    database = storage.open(database_url)
    async with database.reading() as session:
        found = select(person.c.key, person.c.key_epoch).where(person.c.id == who.id)
        row = (await session.execute(found)).one()
    await database.close()
    return row.key, row.key_epoch


async def spoils(database_url: str, who: Somebody) -> None:
    database = storage.open(database_url)
    async with database.writing() as session:
        await session.execute(update(person).where(person.c.id == who.id).values(key=os.urandom(40)))
    await database.close()


async def parks(database_url: str, keyring: Keyring, who: Somebody) -> None:
    database = storage.open(database_url)
    async with database.writing() as session:
        await park(session, keyring, who)
    await database.close()


def grow_old(file: Path) -> None:
    long_ago = time.time() - 3600
    os.utime(file, (long_ago, long_ago))


def test_a_rotation_loses_nothing_and_leaves_nothing_of_the_old_key(
    alice: Somebody, hearback: Hearback, tmp_path: Path, database_url: str
) -> None:
    file = tmp_path / "safe" / "keys.json"
    asyncio.run(parks(database_url, keys.load(file), alice))
    old_copy = asyncio.run(keys_of(database_url, alice))
    assert hearback("keys", "rotate").status == 0
    assert "not finished" in hearback("keys", "rotate").wrong
    assert "Wait until" in hearback("keys", "retire").wrong
    grow_old(file)
    assert "hearback keys rewrap" in hearback("keys", "retire").wrong
    assert set(keys.load(file).wrapping) == {1, 2}
    assert hearback("keys", "rewrap").out.startswith("1 keys were wrapped anew.")
    assert hearback("keys", "rewrap").out.startswith("0 keys were wrapped anew.")
    assert hearback("keys", "retire").status == 0
    left = keys.load(file)
    assert list(left.wrapping) == [2]
    assert left.unwrap(alice.id, *asyncio.run(keys_of(database_url, alice))) == alice.key
    for epoch in (1, 2):
        with pytest.raises(Unreadable):
            left.unwrap(alice.id, old_copy[0], epoch)
    assert "More buses, please" in hearback("contributions").out
    assert "Forged" in hearback("parked", "parked-1").out
    assert "There is no old key." in hearback("keys", "retire").wrong


def test_keys_that_nothing_opens_are_said_and_hold_the_old_one(
    alice: Somebody, hearback: Hearback, tmp_path: Path, database_url: str
) -> None:
    file = tmp_path / "safe" / "keys.json"
    hearback("keys", "rotate")
    asyncio.run(spoils(database_url, alice))
    grow_old(file)
    result = hearback("keys", "rewrap")
    assert (result.status, "1 keys cannot be opened" in result.wrong) == (2, True)
    grow_old(file)
    assert hearback("keys", "retire").status == 2
    assert set(keys.load(file).wrapping) == {1, 2}


def spoil(file: Path) -> None:
    spoilt = json.loads(file.read_text())
    spoilt["wrapping"]["1"] = b64encode(os.urandom(32)).decode()
    file.write_text(json.dumps(spoilt))


def replace_by_another(file: Path) -> None:
    file.unlink()
    keys.create(file)


NEEDS_KEYS = [
    ("contributions",),
    ("parked",),
    ("council", "invite"),
    ("keys", "rotate"),
    ("keys", "rewrap"),
    ("keys", "retire"),
    ("run",),
    ("web",),
    ("worker",),
]


@pytest.mark.parametrize("spoils", [spoil, replace_by_another])
@pytest.mark.parametrize("seen", [True, False])
def test_nothing_starts_with_another_deployments_key_file(
    alice: Somebody,
    hearback: Hearback,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    spoils: Callable[[Path], None],
    seen: bool,
) -> None:
    """Also where the database is from before it knew its keys."""
    monkeypatch.setenv("TELEGRAM_TOKEN", "4242:a-made-up-token")
    monkeypatch.setenv("TELEGRAM_SECRET", "a-made-up-secret-of-ours")
    file = tmp_path / "safe" / "keys.json"
    if seen:
        assert hearback("contributions").status == 0
    spoils(file)
    before = file.read_bytes()
    for words in NEEDS_KEYS:
        refused = hearback(*words)
        assert (refused.status, refused.out) == (2, ""), words
        assert "another deployment" in refused.wrong
    assert file.read_bytes() == before


def test_an_old_copy_of_the_key_file_is_refused_and_the_newest_is_taken(
    alice: Somebody, hearback: Hearback, tmp_path: Path
) -> None:
    file = tmp_path / "safe" / "keys.json"
    first = file.read_bytes()
    hearback("keys", "rotate")
    both = file.read_bytes()
    hearback("keys", "rewrap")
    file.write_bytes(first)
    assert "an old copy of the key file" in hearback("contributions").wrong
    assert "number 2" in hearback("keys", "rotate").wrong
    file.write_bytes(both)
    grow_old(file)
    assert hearback("keys", "retire").status == 0
    assert "More buses" in hearback("contributions").out


def test_a_database_from_before_the_keys_were_changed_is_refused_with_the_keys_of_today(
    alice: Somebody, hearback: Hearback, tmp_path: Path
) -> None:
    file = tmp_path / "safe" / "keys.json"
    hearback("contributions")
    first = file.read_bytes()
    keys.begin_epoch(file)
    keys.end_old_epochs(file, 2)
    assert "the database is an older copy" in hearback("contributions").wrong
    file.write_bytes(first)
    assert "More buses" in hearback("contributions").out


Does = Callable[[Session], Awaitable[Any]]


@pytest.fixture
def does(database_url: str, alice: Somebody) -> Callable[[Does], Any]:
    """What happens in one transaction, meanwhile."""

    async def once(work: Does) -> Any:
        database = storage.open(database_url)
        try:
            async with database.writing() as session:
                return await work(session)
        finally:
            await database.close()

    return lambda work: asyncio.run(once(work))


def test_an_operator_sees_what_waits_what_is_unknown_and_what_is_out_of_order(
    alice: Somebody, hearback: Hearback, does: Callable[[Does], Any]
) -> None:
    assert hearback("deliveries").out.splitlines()[1:] == ["being sent: 0"]
    now = datetime.now(UTC)

    async def much(session: Session) -> None:
        await queue(session, alice, due=now - timedelta(hours=2))
        await queue(session, alice, lane=Lane.NOTICE, due=now + timedelta(hours=2))
        await queue(session, alice, state="unknown")
        await circuits.break_(session, "sms", "20003", now, now)

    does(much)
    lines = hearback("deliveries").out.splitlines()
    assert lines[1].split()[:4] == ["telegram", "reply", "1", "0"]
    assert lines[1].split()[4].startswith("2:00:")
    assert lines[2].split() == ["telegram", "notice", "0", "1"]
    assert lines[4] == "of unknown fate on telegram: 1"
    assert lines[5].startswith("OUT OF ORDER: sms, 20003, since ")


def test_what_failed_is_seen_without_words_and_waits_again_when_it_is_told_to(
    alice: Somebody, hearback: Hearback, does: Callable[[Does], Any]
) -> None:
    async def failed(session: Session) -> str:
        await announce(session)
        return await owe(session, alice, state="failed", code="63024", ended=NOW.date())

    name = does(failed)
    assert hearback("dead", "list").out.split() == [
        name[:8],
        str(NOW.date()),
        "telegram",
        "bulletin",
        "failed",
        "63024",
        "b",
    ]
    assert hearback("dead", "list", "--code", "1").out == ""
    assert "Say which" in hearback("dead", "retry").wrong
    assert hearback("dead", "retry", "--code", "1").out == "0 wait again.\n"
    assert hearback("dead", "retry", "--code", "63024").out == "1 wait again.\n"
    assert hearback("dead", "list").out == ""
    assert hearback("deliveries").out.splitlines()[1].split()[:3] == ["telegram", "bulletin", "1"]


def test_what_is_unknown_is_acknowledged(alice: Somebody, hearback: Hearback, does: Callable[[Does], Any]) -> None:
    async def lost(session: Session) -> str:
        return await queue(session, alice, state="unknown", code="crash", ended=NOW.date())

    name = does(lost)
    assert "Say which" in hearback("dead", "acknowledge").wrong
    assert hearback("dead", "acknowledge", "--channel", "sms").out == "0 are acknowledged.\n"
    assert hearback("dead", "acknowledge", name).out == "1 are acknowledged.\n"
    assert hearback("dead", "list").out == ""
    assert "unknown" not in hearback("deliveries").out


def test_a_broadcast_is_paused_resumed_and_cancelled(hearback: Hearback, does: Callable[[Does], Any]) -> None:
    does(announce)
    assert hearback("broadcast", "pause", "b").status == 0
    assert "(pausing)" in hearback("broadcasts").out
    assert hearback("broadcast", "resume", "b").status == 0
    assert hearback("broadcast", "resume", "b").wrong == "It is not paused.\n"
    assert hearback("broadcast", "cancel", "b").status == 0
    assert "(cancelling)" in hearback("broadcasts").out
    assert hearback("broadcast", "cancel", "b").status == 2
    assert hearback("broadcast", "pause", "none").wrong == "There is no broadcast whose id begins with 'none'.\n"


def test_four_characters_are_enough_of_an_id_and_a_title_stands_beside_it(
    hearback: Hearback, tmp_path: Path, does: Callable[[Does], Any]
) -> None:
    hearback("process", "open", file(tmp_path, PROCESS))
    hearback("bulletin", "publish", file(tmp_path, BULLETIN), "--yes")
    name, kind, *_states = hearback("broadcasts").out.split()
    assert (len(name), kind) == (8, "bulletin")
    assert hearback("broadcasts").out.strip().endswith("The hearing is on Friday.")
    assert hearback("broadcast", "pause", name[:3]).status == 2
    assert hearback("broadcast", "pause", name[:4]).out.startswith(f"Paused: {name}.")
    does(lambda session: announce(session, f"{name[:4]}{'0' * 28}"))
    assert "Several begin with" in hearback("broadcast", "resume", name[:4]).wrong
    assert hearback("broadcast", "resume", name).out == f"Resumed: {name}.\n"
    assert hearback("broadcast", "cancel", "%___").status == 2


def test_the_consultations_and_votes_are_listed_by_their_titles(
    alice: Somebody, hearback: Hearback, tmp_path: Path
) -> None:
    hearback("process", "open", file(tmp_path, PROCESS))
    consultation = named(hearback("consultation", "open", file(tmp_path, CONSULTATION), "--yes"))
    voted = named(hearback("round", "open", file(tmp_path, ROUND), "--yes"))
    today = datetime.now(UTC).date()
    assert hearback("consultation", "list").out == f"{consultation}  opened {today}  open  Buses\n"
    assert hearback("round", "list").out.startswith(f"{voted}  open until ")
    assert hearback("round", "list").out.endswith("What comes first?\n")
    hearback("consultation", "close", consultation[:5])
    assert f"closed {today}" in hearback("consultation", "list").out


def test_the_help_shows_every_command_and_organizers_first(hearback: Hearback) -> None:
    whole = hearback("-h").out
    assert whole == hearback("--help").out
    places = [whole.index(panel) for panel in command.PANELS]
    assert places == sorted(places)
    listed = [name for names in command.PANELS.values() for name in names]
    assert sorted(listed) == sorted({words.split()[0] for words in command.COMMANDS})
    assert hearback("bulletin", "-h").status == 0


def test_the_version_is_said(hearback: Hearback) -> None:
    assert re.fullmatch(r"hearback \d+\.\d+\.\d+\n", hearback("--version").out)


def test_a_broadcast_that_has_not_begun_says_when_it_does(hearback: Hearback, does: Callable[[Does], Any]) -> None:
    begins = datetime(2999, 1, 1, 9, tzinfo=UTC)
    does(lambda session: announce(session, plan=Plan(not_before=begins)))
    assert "(begins 2999-01-01 09:00 UTC)" in hearback("broadcasts").out


@pytest.mark.parametrize(("decides", "waits"), [("release", 1), ("drop", 0)])
def test_what_an_old_copy_holds_is_held_until_somebody_decides(
    alice: Somebody, hearback: Hearback, does: Callable[[Does], Any], decides: str, waits: int
) -> None:
    does(lambda session: queue(session, alice))
    assert hearback("held", "hold").out.startswith("1 are held.")
    seen = hearback("deliveries").out
    assert "HELD" in seen
    assert "telegram        reply" not in seen
    assert hearback("held", decides).out.startswith("1 ")
    seen = hearback("deliveries").out
    assert "HELD" not in seen
    assert seen.count("telegram        reply") == waits


TWILIO = {
    "TWILIO_ACCOUNT": "AC" + "0" * 32,
    "TWILIO_TOKEN": "made-up",
    "WHATSAPP_FROM": "whatsapp:+15005550006",
    "PUBLIC_URL": "https://hearback.example",
    "TELEGRAM_SECRET": "a-made-up-secret-of-ours",
}


def test_the_codes_of_the_platforms_are_said_in_words(
    alice: Somebody, hearback: Hearback, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TELEGRAM_TOKEN", "4242:a-made-up-token")
    for name, value in TWILIO.items():
        monkeypatch.setenv(name, value)
    result = hearback("codes", "telegram").out
    assert "telegram  403_blocked" in result
    assert "whatsapp" not in result
    columns = {line[10:29].strip(): line for line in hearback("codes", "whatsapp").out.splitlines()}
    for code, words in (
        ("code", ("message", "person", "sender", "other", "alarm")),
        ("30003", ("again after 0:30:00, 4 times", "unreachable, 7 days, 3 strikes", "tried", "count")),
        ("30001", ("again after 0:10:00, 6 times", "waits")),
        ("429", ("again after 0:00:02 ",)),
        ("63020", ("waits", "stops", "page")),
        ("63026", ("never leaves", "halts it", "page")),
        ("21610", ("never leaves", "opted_out", "count")),
    ):
        assert all(word in columns[code] for word in words), columns[code]
    assert hearback("codes", "elsewhere").out == ""


def test_the_tables_are_made_by_one_command(
    blank_database_url: str, hearback: Hearback, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("DATABASE_URL", blank_database_url)
    assert hearback("process", "open", file(tmp_path, PROCESS)).status == 1
    made = hearback("migrate")
    assert (made.status, made.out.splitlines()[-1]) == (0, "The tables are up to date.")
    assert len(made.out.splitlines()) > 5
    assert hearback("migrate").out == "The tables are up to date.\n"
    assert hearback("process", "open", file(tmp_path, PROCESS)).status == 0


def does_at(url: str, statement: str) -> None:
    alone(url, lambda connection: connection.exec_driver_sql(statement))


@pytest.fixture
def foreign(blank_database_url: str, monkeypatch: pytest.MonkeyPatch) -> str:
    """A database in which something else keeps its own."""
    monkeypatch.setenv("DATABASE_URL", blank_database_url)
    does_at(blank_database_url, "CREATE TABLE invoice (id integer)")
    return blank_database_url


def test_a_database_of_something_else_is_left_alone(hearback: Hearback, foreign: str) -> None:
    result = hearback("migrate")
    assert (result.status, result.out) == (2, "")
    assert "invoice" in result.wrong
    found: list[str] = []
    alone(foreign, lambda connection: found.extend(inspect(connection).get_table_names()))
    assert found == ["invoice"]


def test_a_database_of_a_newer_program_is_left_alone(
    hearback: Hearback, blank_database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_URL", blank_database_url)
    hearback("migrate")
    does_at(blank_database_url, "UPDATE alembic_version SET version_num = 'ffffffffffff'")
    result = hearback("migrate")
    assert result.status == 2
    assert "newer Hearback" in result.wrong


def test_a_file_that_is_no_database_is_said_to_be_none(
    hearback: Hearback, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "notes.db").write_text("not a database at all " * 100)
    monkeypatch.setenv("DATABASE_URL", f"sqlite:///{tmp_path / 'notes.db'}")
    result = hearback("migrate")
    assert result.status == 1
    assert "no database of SQLite's" in result.wrong


def test_a_database_that_lacks_tables_is_said_to(
    hearback: Hearback, blank_database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_URL", blank_database_url)
    result = hearback("deliveries")
    assert result.status == 1
    assert "hearback migrate" in result.wrong
    assert "cannot be reached" not in result.wrong


@pytest.mark.parametrize("words", [("broadcasts",), ("contributions",), ("deliveries",), ("web",), ("worker",)])
def test_no_file_is_made_by_who_only_looks(
    hearback: Hearback, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, words: tuple[str, ...]
) -> None:
    (tmp_path / "data").mkdir()
    monkeypatch.chdir(tmp_path / "data")
    monkeypatch.delenv("DATABASE_URL")
    monkeypatch.setenv("TELEGRAM_TOKEN", "4242:a-made-up-token")
    monkeypatch.setenv("TELEGRAM_SECRET", "a-made-up-secret-of-ours")
    result = hearback(*words)
    assert (result.status, result.out) == (1, "")
    assert "hearback migrate" in result.wrong
    assert list((tmp_path / "data").iterdir()) == []


def test_a_database_that_is_away_cannot_be_migrated(hearback: Hearback, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://nobody:hunter2@127.0.0.1:1/none")
    result = hearback("migrate")
    assert (result.status, result.out) == (1, "")
    assert "cannot be reached" in result.wrong


def test_a_database_that_is_away_is_said_without_its_password(
    hearback: Hearback, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://nobody:hunter2@127.0.0.1:1/none")
    result = hearback("process", "open", file(tmp_path, PROCESS))
    assert result.status == 1
    assert "cannot be reached" in result.wrong
    assert "hunter2" not in result.wrong


def test_invitations_are_listed_without_their_codes_and_revoked(
    alice: Somebody, hearback: Hearback, tmp_path: Path
) -> None:
    hearback("process", "open", file(tmp_path, PROCESS))
    codes = [hearback("council", "invite").out.strip(), hearback("council", "invite", "--days", "7").out.strip()]
    assert hearback("council", "invite", "--days", "0").status == 2
    listed = hearback("council", "invitations").out
    today = datetime.now(UTC).date()
    assert sorted(line.split(maxsplit=1)[1] for line in listed.splitlines()) == sorted(
        f"made {today}  until {today + timedelta(days=days)}  open" for days in (30, 7)
    )
    assert not any(code in listed or code.replace("-", "") in listed for code in codes)
    name = listed.split()[0]
    assert hearback("council", "revoke", name).status == 0
    assert hearback("council", "revoke", name).status == 2
    assert len(hearback("council", "invitations").out.splitlines()) == 1
    listed = hearback("council", "members").out
    assert re.fullmatch(rf"[0-9a-f]{{8}}  since {NOW.date()}  invitation\ntogether  1 of 1\n", listed)
    seat = listed.split()[0]
    assert hearback("council", "remove", seat[:3]).status == 2
    assert hearback("council", "remove", seat).out == "This seat is free now. Its member is told.\n"
    assert hearback("council", "remove", seat).status == 2
    assert hearback("council", "members").out == f"{seat}  vacant  invitation\ntogether  0 of 1\n"


def test_a_full_disk_is_said_to_be_full(hearback: Hearback, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_arguments: object) -> None:
        connection = sqlite3.connect(":memory:")
        connection.execute("PRAGMA max_page_count = 1")
        try:
            connection.execute("CREATE TABLE large AS SELECT zeroblob(1000000)")
        except sqlite3.Error as fault:
            raise OperationalError("INSERT", None, fault) from None
        finally:
            connection.close()

    monkeypatch.setattr(storage, "migrate", full)
    result = hearback("migrate")
    assert result.status == 1
    assert result.wrong == "The disk that the database is on is full. Make room, nothing else is needed.\n"


def test_an_sqlite_file_that_cannot_be_opened_for_want_of_room_is_said_so(
    hearback: Hearback, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    def refuses(*_arguments: object) -> None:
        raise OperationalError("BEGIN", None, sqlite3.OperationalError("unable to open database file"))

    monkeypatch.setattr(storage, "migrate", refuses)
    monkeypatch.setenv("DATABASE_URL", f"sqlite:///{tmp_path}/hearback.db")
    assert "cannot be reached" in hearback("migrate").wrong
    monkeypatch.setattr(command, "disk_usage", lambda _folder: SimpleNamespace(free=4096))
    assert "is full" in hearback("migrate").wrong


def test_a_fault_of_ours_is_said_without_what_it_was_about(hearback: Hearback, monkeypatch: pytest.MonkeyPatch) -> None:
    def faulty(*_arguments: object) -> None:
        raise ExceptionGroup("+12025550123", [RuntimeError("+12025550123")])

    monkeypatch.setattr(storage, "migrate", faulty)
    result = hearback("migrate")
    assert (result.status, result.out) == (1, "")
    assert "RuntimeError" in result.wrong
    assert "2025550123" not in result.wrong


@pytest.fixture
def without_channels(monkeypatch: pytest.MonkeyPatch) -> None:
    for variable in list(os.environ):
        if variable.startswith(("TELEGRAM_", "TWILIO_", "SMS_", "WHATSAPP_")):
            monkeypatch.delenv(variable)


@pytest.mark.usefixtures("without_channels")
def test_connecting_prints_what_is_to_be_set(hearback: Hearback, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PAGER_API", "http://127.0.0.1:1")
    monkeypatch.setenv("PAGER_SECRET", SECRET)
    with paged():
        for names in ([], ["pager"]):
            connected = hearback("connect", *names)
            assert (connected.status, connected.wrong) == (0, "")
            assert connected.out == f"PAGER_PURPOSES={','.join(sorted(flows.templates()))}\n"
        unknown = hearback("connect", "pigeon")
    assert (unknown.status, unknown.out) == (2, "")
    assert "pigeon" in unknown.wrong
    assert "pager" in unknown.wrong


@pytest.mark.usefixtures("without_channels")
@pytest.mark.parametrize("name", ["run", "web"])
def test_nothing_listens_where_nothing_would_be_heard(
    hearback: Hearback, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setenv("TELEGRAM_TOKEN", "4242:a-made-up-token")
    result = hearback(name)
    assert (result.status, result.out) == (2, "")
    assert "telegram" in result.wrong
    assert "TELEGRAM_SECRET" in result.wrong
    assert "--poll" in result.wrong


@pytest.mark.usefixtures("without_channels")
@pytest.mark.parametrize(("name", "held"), [("worker", serve.alone_with), ("run", serve.beside_others)])
def test_no_worker_runs_beside_a_program_that_is_alone_with_its_file(
    hearback: Hearback,
    sqlite_url: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    name: str,
    held: Callable[[Path], AbstractContextManager[None]],
) -> None:
    monkeypatch.setenv("DATABASE_URL", sqlite_url)
    for variable, value in TWILIO.items():
        monkeypatch.setenv(variable, value)
    monkeypatch.setenv("TELEGRAM_TOKEN", "4242:a-made-up-token")
    with held(tmp_path / "hearback.db"):
        result = hearback(name)
    assert (result.status, result.out) == (2, "")
    assert "already serves from" in result.wrong


@pytest.mark.usefixtures("without_channels")
@pytest.mark.parametrize("name", ["run", "web", "worker", "connect"])
def test_nothing_serves_without_a_channel(hearback: Hearback, name: str) -> None:
    result = hearback(name)
    assert result.status == 2
    assert "No channel is set" in result.wrong
    assert logging.getLogger().level == logging.WARNING


SETTINGS = {
    "TELEGRAM_TOKEN": "4242:a-made-up-token",
    "TELEGRAM_TOKEN_EMEA": "4343:a-made-up-token",
    "TELEGRAM_SECRET_EMEA": "a-made-up-secret-of-ours",
    "PUBLIC_URL": "https://hearback.example",
}


@pytest.fixture
async def several(database_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Senders that are written down, one of which is out of order."""
    for name, value in SETTINGS.items():
        monkeypatch.setenv(name, value)
    async with opened(database_url) as database, database.writing() as session:
        await senders.keep(session, {"sms": "sms", "telegram": "telegram", "telegram-emea": "telegram"})
        await circuits.break_(session, "telegram-emea", "401", NOW, NOW)


@pytest.mark.usefixtures("several")
def test_the_senders_are_listed_with_what_each_is_missing(hearback: Hearback, tmp_path: Path) -> None:
    named = 'senders = ["telegram-emea", "telegram-roma"]'
    opened_with = hearback("process", "open", file(tmp_path, f"{named}\n{PROCESS}"))
    assert opened_with.out.splitlines()[1:] == [
        "No program has been started with the sender telegram-roma yet. Set it up, or look how it is written."
    ]
    assert hearback("senders").out.splitlines() == [
        "sms             sms       shared                          Set SMS_FROM.",
        "telegram        telegram  shared                          Set TELEGRAM_SECRET.",
        "telegram-emea   telegram  main",
        f"  OUT OF ORDER: 401, since {NOW:%Y-%m-%d %H:%M}: hearback codes",
        "telegram-roma   telegram  main                            Set TELEGRAM_TOKEN_ROMA.",
    ]


@pytest.mark.usefixtures("several")
def test_what_is_wrong_beside_the_senders_is_listed_too(hearback: Hearback, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TELEGRAM_SECRET", "another-made-up-secret")
    monkeypatch.setenv("TELEGRAM_TOKEN_EMEA", SETTINGS["TELEGRAM_TOKEN"])
    lines = hearback("senders").out.splitlines()
    assert "telegram        telegram  shared" in lines
    assert lines[-1] == "TELEGRAM_TOKEN and TELEGRAM_TOKEN_EMEA are the same: each would take the other's messages."
