"""What is done at the terminal stands in the journal, and whoever looks through the journal is told what is wrong."""

import asyncio
import inspect
import re
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import make_url

import storage
from bot.__main__ import COMMANDS
from handlers import journal
from handlers.journal import Act, ShownEntry
from storage import senders
from tests.bot.conftest import Hearback, file
from tests.bot.test_command import BULLETIN, CALL, CONSULTATION, PROCESS, RESPONSE, ROUND
from tests.storage.rows import PROCESS as ID
from tests.storage.rows import Somebody

JOURNALLED: Mapping[str, Act] = {
    "process open": Act.PROCESS_OPEN,
    "process close": Act.PROCESS_CLOSE,
    "process archive": Act.PROCESS_ARCHIVE,
    "process input": Act.PROCESS_INPUT,
    "doors add": Act.DOOR_ADD,
    "doors remove": Act.DOOR_REMOVE,
    "bulletin publish": Act.BULLETIN_PUBLISH,
    "bulletin stop": Act.BULLETIN_STOP,
    "consultation open": Act.CONSULTATION_OPEN,
    "consultation close": Act.CONSULTATION_CLOSE,
    "sort": Act.CONTRIBUTION_SORT,
    "respond": Act.CONTRIBUTION_RESPOND,
    "council powers": Act.COUNCIL_POWERS,
    "council invite": Act.COUNCIL_INVITE,
    "council revoke": Act.COUNCIL_REVOKE,
    "council remove": Act.COUNCIL_REMOVE,
    "council abolish": Act.COUNCIL_ABOLISH,
    "council term": Act.COUNCIL_TERM,
    "council dissolve": Act.COUNCIL_DISSOLVE,
    "council call": Act.COUNCIL_CALL,
    "council close": Act.COUNCIL_CALL_CLOSE,
    "round open": Act.ROUND_OPEN,
    "round close": Act.ROUND_CLOSE,
    "broadcast pause": Act.BROADCAST_PAUSE,
    "broadcast resume": Act.BROADCAST_RESUME,
    "broadcast cancel": Act.BROADCAST_CANCEL,
    "staff add": Act.STAFF_INVITE,
    "staff reset": Act.STAFF_RESET,
    "staff end": Act.STAFF_END,
    "dead retry": Act.DELIVERY_RETRY,
    "dead acknowledge": Act.DELIVERY_ACKNOWLEDGE,
    "held hold": Act.HELD_HOLD,
    "held release": Act.HELD_RELEASE,
    "held drop": Act.HELD_DROP,
    "keys rotate": Act.KEYS_ROTATE,
    "keys rewrap": Act.KEYS_REWRAP,
    "keys retire": Act.KEYS_RETIRE,
}
"""The commands that change something, with what stands in the journal then."""
READ_ONLY = {
    *("process list", "process inputs", "doors list", "doors show", "bulletin schedules", "consultation list"),
    *("contributions", "council list", "council invitations", "council members", "round list", "broadcasts"),
    "council calls",
    *("parked", "senders"),
    *("deliveries", "codes", "templates", "dead list", "journal list", "journal verify", "journal head"),
    "staff list",
    "round publish",
    "words export",
}
"""Those that only look: their transactions can change nothing."""
OUTSIDE: Mapping[str, str] = {
    "run": "a program: what staff do by it is written where they do it",
    "web": "a program",
    "worker": "a program",
    "migrate": "the journal may not be there yet",
    "keys new": "there may be no database yet",
    "draw repeat": "it reads a file, and no database",
    "connect": "it changes what the platforms know of us, and there may be no database yet",
}
"""Those that are not about what is in the database, and why they leave no entry."""
WRITES = re.compile(r"\b(writing|acting|mending|operating|publish_after_yes)\(")
NATIONAL = 'slug = "national"\nunder = "main"\n' + PROCESS.replace("Regional", "National")
INPUT = 'title = { en = "What we found" }\ntext = { en = "It is in the annex." }\n'


def test_every_command_writes_the_journal_or_only_looks() -> None:
    assert COMMANDS.keys() == JOURNALLED.keys() | READ_ONLY | OUTSIDE.keys()
    assert len(COMMANDS) == len(JOURNALLED) + len(READ_ONLY) + len(OUTSIDE)
    assert [words for words in READ_ONLY if WRITES.search(inspect.getsource(COMMANDS[words]))] == []


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    """The commands are the same on either kind."""
    return sqlite_url


@pytest.fixture
async def telegram(alice: Somebody, database_url: str) -> None:
    """Alice, and a sender of which there can be doors."""
    database = storage.open(database_url)
    async with database.writing() as session:
        await senders.keep(session, {alice.channel: "telegram"})
    await database.close()


def a_day(hearback: Hearback, folder: Path) -> Iterator[tuple[str, str]]:
    """Every command that changes something, as it is done, with what it was done to; "" where nothing is named."""

    def do(words: str, *arguments: str | Path) -> str:
        done = hearback(*words.split(), *arguments)
        assert (done.status, done.wrong) == (0, ""), words
        return done.out

    def short(words: str, *arguments: str | Path) -> str:
        return str(re.findall(r"\b[0-9a-f]{8}\b", do(words, *arguments))[0])

    do("process open", file(folder, PROCESS))
    yield "process open", ID
    do("doors add", "poster", "--sender", "telegram", "--language", "fr")
    yield "doors add", "telegram:poster"
    do("doors remove", "poster")
    yield "doors remove", ":poster"
    schedule = short("bulletin publish", file(folder, f'{BULLETIN}\nrepeat = "weekly"'), "--yes")
    yield "bulletin publish", schedule
    do("bulletin stop", schedule)
    yield "bulletin stop", schedule
    broadcast = short("bulletin publish", file(folder, BULLETIN), "--yes")
    yield "bulletin publish", broadcast
    for words in ("broadcast pause", "broadcast resume", "broadcast cancel"):
        do(words, broadcast)
        yield words, broadcast
    consultation = short("consultation open", file(folder, CONSULTATION), "--yes")
    yield "consultation open", consultation
    do("consultation close", consultation)
    yield "consultation close", consultation
    contribution = do("contributions").split()[0]
    do("sort", contribution, "services")
    yield "sort", contribution
    yield "respond", short("respond", file(folder, RESPONSE), contribution, "--yes")
    do("council invite")
    yield "council invite", ""
    invitation = short("council invitations")
    do("council revoke", invitation)
    yield "council revoke", invitation
    round_ = short("round open", file(folder, ROUND), "--yes")
    yield "round open", round_
    do("round close", round_, "--yes")
    yield "round close", round_
    council = short("council list")
    do("council powers", council, "--questions", "--days", "7")
    yield "council powers", council
    seat = do("council members").split()[0]
    do("council term", seat, f"{datetime.now(UTC) + timedelta(days=100):%Y-%m-%d}")
    yield "council term", ""
    do("council remove", seat)
    yield "council remove", ""
    do("council abolish", seat)
    yield "council abolish", ""
    call = short("council call", file(folder, CALL), "--yes")
    yield "council call", call
    do("council close", call)
    yield "council close", call
    council = do("council list").split()[0]
    do("council dissolve", council, "--yes")
    yield "council dissolve", council
    do("staff add", "amal", "--role", "owner")
    yield "staff add", ""
    for words in ("staff reset", "staff end"):
        do(words, "amal")
        yield words, ""
    for words in ("dead retry --code 403", "dead acknowledge --channel sms", "held hold", "held release", "held drop"):
        do(words)
        yield words.partition(" --")[0], ""
    for words in ("keys rotate", "keys rewrap", "keys retire"):
        do(words)
        yield words, ""
    do("process open", file(folder, NATIONAL))
    yield "process open", ""
    do("process input", file(folder, INPUT), "--process", "national")
    yield "process input", ""
    do("process close", "national", "--yes")
    yield "process close", ""
    do("process archive", "national")
    yield "process archive", ""


@pytest.mark.long
@pytest.mark.usefixtures("telegram")
def test_whatever_is_done_at_the_terminal_leaves_one_entry(
    database_url: str, hearback: Hearback, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.commands.keys.SETTLED", timedelta(0))
    done = list(a_day(hearback, tmp_path))
    written = asyncio.run(entries(database_url))
    assert {words for words, _name in done} == JOURNALLED.keys()
    assert (
        [entry.act for entry in written]
        == [
            Act.PROCESS_EDIT,  # there is one already
            *(JOURNALLED[words] for words, _name in done[1:]),
        ]
    )
    assert [
        name for entry, (_words, name) in zip(written, done, strict=True) if not entry.object.startswith(name)
    ] == []
    assert {entry.staff_id for entry in written} == {journal.TERMINAL}
    wide = [entry.act for entry in written if entry.process_id is None]
    assert [act for act in wide if not act.startswith(("delivery.", "held.", "keys.", "staff."))] == []
    assert len(wide) == 11
    assert len({entry.process_id for entry in written}) == 3


async def entries(url: str) -> list[ShownEntry]:
    database = storage.open(url)
    try:
        async with database.reading() as session:
            return [*reversed(await journal.page(session, None, 100))]
    finally:
        await database.close()


@pytest.mark.usefixtures("alice")
def test_what_is_refused_or_only_rehearsed_leaves_none(hearback: Hearback, tmp_path: Path) -> None:
    assert hearback("bulletin", "publish", file(tmp_path, BULLETIN)).status == 2
    assert hearback("bulletin", "stop", "abcd").status == 2
    assert hearback("broadcast", "pause", "abcd").status == 2
    assert hearback("contributions").status == 0
    assert hearback("journal", "list").out == ""
    assert hearback("journal", "head").out == f"0:{'0' * 64}\n"


@pytest.mark.usefixtures("alice")
def test_the_journal_is_listed_newest_first_and_of_one_process(hearback: Hearback, tmp_path: Path) -> None:
    invited = hearback("council", "invite", "--days", "9").out.strip()
    hearback("process", "open", file(tmp_path, NATIONAL))
    hearback("held", "release")
    lines = hearback("journal", "list").out.splitlines()
    moment = r"\d{4}-\d\d-\d\d \d\d:\d\d"
    assert re.fullmatch(rf" {{6}}3  {moment}  terminal  -  held.release", lines[0])
    assert re.fullmatch(rf" {{6}}2  {moment}  terminal  national  process.open  [0-9a-f]{{32}}", lines[1])
    assert re.fullmatch(rf" {{6}}1  {moment}  terminal  main  council.invite  days 9", lines[2])
    assert invited not in "".join(lines)
    assert hearback("journal", "list", "--process", "main").out.splitlines() == lines[2:]
    assert hearback("journal", "list", "--most", "1").out.splitlines() == lines[:1]
    assert hearback("journal", "list", "--process", "nowhere").status == 2


@pytest.mark.usefixtures("alice")
def test_what_somebody_did_to_the_journal_is_said(hearback: Hearback, database_url: str) -> None:
    heads = []
    for _day in range(3):
        hearback("council", "invite")
        heads.append(hearback("journal", "head").out.strip())
    verified = hearback("journal", "verify", "--head", heads[0], "--head", heads[2])
    assert (verified.status, verified.out) == (0, f"3 entries, none of them wrong. The head is {heads[2]}\n")
    assert "only a head that was kept elsewhere" in hearback("journal", "verify").out
    assert hearback("journal", "verify", "--head", "3:abc").status == 2
    file_ = make_url(database_url).database
    with closing(sqlite3.connect(str(file_), isolation_level=None)) as connection:
        connection.executescript("DROP TRIGGER journal_undeleted; DROP TRIGGER journal_unchanged")
        connection.execute("DELETE FROM journal WHERE number = 3")
        assert hearback("journal", "verify").status == 0
        cut = hearback("journal", "verify", "--head", heads[2])
        assert (cut.status, cut.out) == (1, "")
        assert cut.wrong.startswith("Entry 3 is the first that is wrong. It and all after it were cut off")
        connection.execute("UPDATE journal SET at = 'x', facts = '\x1b[2J' WHERE number = 1")
    changed = hearback("journal", "verify")
    assert (changed.status, changed.wrong) == (1, "Entry 1 is the first that is wrong. It is not as it was written.\n")
    assert hearback("journal", "list").out.splitlines()[1].endswith("council.invite  (unreadable)")
