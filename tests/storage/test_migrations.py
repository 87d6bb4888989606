"""The migrations make the tables that the code knows, on both databases, and take them away again."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from alembic import command
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, create_engine, insert, inspect, update

import storage
from storage import Keyring
from storage import tables as stored
from storage._ground.database import with_driver
from storage.migrations.changes import config, differences, undo
from storage.tables import contribution
from storage.versions import NEWEST, is_current
from tests.storage.recordings import SOUND, claim, heard, kept
from tests.storage.rows import NOW, give, meet, opened

ROOT = Path(__file__).parents[2]


@contextmanager
def _connected(url: str) -> Iterator[Connection]:
    address = with_driver(url)
    engine = create_engine(address.set(drivername=address.drivername.replace("+aiosqlite", "")))
    try:
        with engine.begin() as connection:
            yield connection
    finally:
        engine.dispose()


def tables(url: str) -> set[str]:
    with _connected(url) as connection:
        return set(inspect(connection).get_table_names()) - {"alembic_version"}


def is_up_to_date(url: str) -> bool:
    with _connected(url) as connection:
        return is_current(connection)


def test_up_down_and_up_again_leaves_nothing_and_misses_nothing(blank_database_url: str) -> None:
    assert not is_up_to_date(blank_database_url)
    storage.migrate(blank_database_url)
    assert is_up_to_date(blank_database_url)
    assert "person" in tables(blank_database_url)
    undo(blank_database_url)
    assert tables(blank_database_url) == set()
    storage.migrate(blank_database_url)
    assert differences(blank_database_url) == []


def test_the_newest_version_is_the_one_that_the_code_names(blank_database_url: str) -> None:
    with _connected(blank_database_url) as connection:
        assert ScriptDirectory.from_config(config(connection)).get_heads() == [NEWEST]


def test_what_changes_tables_is_not_loaded_where_they_are_ours(blank_database_url: str) -> None:
    storage.migrate(blank_database_url)
    loads = "import sys, storage; storage.migrate(sys.argv[1]); assert 'alembic' not in sys.modules"
    subprocess.run([sys.executable, "-c", loads, blank_database_url], cwd=ROOT, check=True)


def test_migrating_twice_changes_nothing(blank_database_url: str) -> None:
    storage.migrate(blank_database_url)
    storage.migrate(blank_database_url)
    assert differences(blank_database_url) == []


def test_a_difference_would_be_found(blank_database_url: str) -> None:
    assert differences(blank_database_url)


def test_two_processes_may_migrate_at_once(blank_database_url: str) -> None:
    command = [sys.executable, "-W", "error", "-c", "import sys, storage; storage.migrate(sys.argv[1])"]
    both = [
        subprocess.Popen([*command, blank_database_url], cwd=ROOT, stderr=subprocess.PIPE, text=True) for _ in range(2)
    ]
    for process in both:
        _out, faults = process.communicate(timeout=60)
        assert process.returncode == 0, faults
    assert differences(blank_database_url) == []


def test_what_there_was_before_is_counted_dated_in_line_and_agreed_to(blank_database_url: str) -> None:
    """Of the deliveries that the first tables held none is missing from the counts of their broadcast."""
    storage.migrate(blank_database_url)
    with _connected(blank_database_url) as connection:
        command.downgrade(config(connection), BEFORE)
    with _connected(blank_database_url) as connection:
        for statement in WHAT_THERE_WAS.split(";"):
            connection.exec_driver_sql(statement)
    storage.migrate(blank_database_url)
    with _connected(blank_database_url) as connection:
        until = connection.exec_driver_sql("SELECT until FROM invitation").scalars().all()
        turnouts = connection.exec_driver_sql("SELECT id, voters, voted FROM round ORDER BY id").all()
        connection.exec_driver_sql("UPDATE delivery SET state = 'delivered' WHERE id = 'd1'")
        agreed = connection.exec_driver_sql("SELECT id, consented FROM address ORDER BY id").all()
        ended = (
            connection.exec_driver_sql("SELECT id FROM delivery WHERE ended IS NOT NULL ORDER BY id").scalars().all()
        )
        number = "SELECT state, code, sum(number) FROM standing GROUP BY state, code HAVING sum(number) <> 0"
        counted = connection.exec_driver_sql(f"{number} ORDER BY state").all()
        never = connection.exec_driver_sql("SELECT id FROM delivery WHERE due >= '9998-01-01'").all()
        in_line = connection.exec_driver_sql("SELECT id FROM delivery WHERE since = due").scalars().all()
        [process] = connection.exec_driver_sql("SELECT slug, state, parent_id, closed FROM process").all()
        [seat] = connection.exec_driver_sql("SELECT person_id, process_id FROM membership").all()
    assert tuple(process) == ("examen-regional", "open", None, None)
    assert tuple(seat) == ("p1", "review")
    assert [(row.id, bool(row.consented)) for row in agreed] == [("a1", True), ("a2", False)]
    assert ended == ["d1", "d2", "d4"]
    assert sorted(in_line) == ["d5", "d7"]
    assert never == []
    assert [tuple(row) for row in counted] == [("delivered", "", 1), ("failed", "403", 1), ("queued", "", 2)]
    assert [str(row) for row in until] == ["2026-01-31"]
    assert [tuple(row) for row in turnouts] == [("closed", 2, 1), ("open", None, None)]


BEFORE = "02e6651a8c71"
WHAT_THERE_WAS = """
    INSERT INTO process (id, edition, content, opened)
    VALUES ('review', 1, '{"title":{"fr":"Examen régional"}}', '2026-01-01 00:00:00');
    INSERT INTO broadcast (id, process_id, subject, renditions, audience, lane, made, reached, expanded)
    VALUES ('b', 'review', 'x', '{}', '{}', 2, '2026-01-01 00:00:00', '', true),
           ('b2', 'review', 'x', '{}', '{}', 1, '2026-01-03 00:00:00', '', true);
    INSERT INTO person (id, process_id, key, key_epoch, language, region, consented, met)
    VALUES ('p1', 'review', '', 1, 'en', '', true, '2026-01-01'),
           ('p2', 'review', '', 1, 'en', '', false, '2026-01-01'),
           ('p3', 'review', '', 1, 'en', '', true, '2026-01-01');
    INSERT INTO member (person_id, since) VALUES ('p1', '2026-01-01');
    INSERT INTO address (id, person_id, channel, external, reach, turns, spoke)
    VALUES ('a1', 'p1', 'sms', '', 'active', 1, '2026-01-01 00:00:00'),
           ('a2', 'p2', 'sms', '', 'active', 1, '2026-01-01 00:00:00');
    INSERT INTO delivery (id, person_id, broadcast_id, channel, lane, turn, part, state, due, attempts, code)
    VALUES ('d6', 'p1', NULL, 'sms', 2, 0, 1, 'queued', '9999-01-01 00:00:00', 1, 'shut'),
           ('d7', 'p2', 'b2', 'sms', 1, 0, 1, 'queued', '2026-01-03 00:00:00', 0, NULL),
           ('d5', 'p1', NULL, 'sms', 0, 2, 1, 'queued', '2026-01-02 00:00:00', 0, NULL),
           ('d1', 'p1', 'b', 'sms', 2, 0, 1, 'sent', '2026-01-01 00:00:00', 0, NULL),
           ('d2', 'p2', 'b', 'sms', 2, 0, 1, 'failed', '2026-01-01 00:00:00', 0, '403'),
           ('d3', 'p3', 'b', 'sms', 2, 0, 1, 'queued', '2026-01-01 00:00:00', 0, NULL),
           ('d4', 'p1', NULL, 'sms', 0, 1, 1, 'sent', '2026-01-01 00:00:00', 0, NULL);
    INSERT INTO round (id, process_id, content, rule, opened, closes, closed)
    VALUES ('open', 'review', '{}', 'x', '2026-01-01 00:00:00', '2026-01-01 00:00:00', NULL),
           ('closed', 'review', '{}', 'x', '2026-01-01 00:00:00', '2026-01-01 00:00:00', '2026-01-01 00:00:00');
    INSERT INTO invitation (id, process_id, made) VALUES ('i', 'review', '2026-01-01');
    INSERT INTO ballot (round_id, person_id, voted)
    VALUES ('closed', 'p1', true), ('closed', 'p2', false), ('open', 'p1', true)
"""


BEFORE_PARTICIPATIONS = "c4a1f7d2e905"
WHO_THERE_WAS = """
    INSERT INTO process (id, edition, content, opened) VALUES ('review', 1, '{}', '2026-01-01 00:00:00');
    INSERT INTO person (id, process_id, key, key_epoch, language, region, consented, consent, met)
    VALUES ('agreed', 'review', '', 1, 'en', 'north', true, 'sealed', '2026-01-01'),
           ('undecided', 'review', '', 1, 'en', '', false, NULL, '2026-01-02'),
           ('passed on', 'review', '', 1, 'en', 'south', true, 'sealed', '2026-01-03'),
           ('forgotten', 'review', '', 1, 'en', '', false, NULL, '2026-01-04');
    INSERT INTO address (id, person_id, channel, "index", external, reach, turns, spoke)
    VALUES ('a1', 'agreed', 'sms', 'i1', '', 'active', 1, '2026-01-01 00:00:00'),
           ('a2', 'undecided', 'sms', 'i2', '', 'opted_out', 1, '2026-01-01 00:00:00'),
           ('a3', 'forgotten', 'sms', NULL, '', 'opted_out', 0, '2026-01-01 00:00:00');
    INSERT INTO contribution (id, process_id, person_id, topic, language, given)
    VALUES ('c1', 'review', 'agreed', 'o1', 'en', '2026-01-01')
"""


def test_who_there_was_before_takes_part_as_they_did(blank_database_url: str) -> None:
    """Nobody is lost, whoever was forgotten takes part in nothing, and what refers to a person still does."""
    storage.migrate(blank_database_url)
    with _connected(blank_database_url) as connection:
        command.downgrade(config(connection), BEFORE_PARTICIPATIONS)
    with _connected(blank_database_url) as connection:
        for statement in WHO_THERE_WAS.split(";"):
            connection.exec_driver_sql(statement)
    storage.migrate(blank_database_url)
    assert differences(blank_database_url) == []
    with _connected(blank_database_url) as connection:
        parts = connection.exec_driver_sql(
            'SELECT process_id, person_id, region, consented, consent, joined, "left" '
            "FROM participation ORDER BY joined"
        ).all()
        chats = connection.exec_driver_sql("SELECT id, person_id, process_id FROM address ORDER BY id").all()
        kept = connection.exec_driver_sql("SELECT id FROM person WHERE consent IS NOT NULL ORDER BY id").scalars().all()
        gave = connection.exec_driver_sql("SELECT person_id FROM contribution").scalar_one()
    assert [(*part[:3], bool(part[3]), part[4], str(part[5]), part[6]) for part in parts] == [
        ("review", "agreed", "north", True, None, "2026-01-01", None),
        ("review", "undecided", "", False, None, "2026-01-02", None),
        ("review", "passed on", "south", True, None, "2026-01-03", None),
    ]
    assert [tuple(chat) for chat in chats] == [
        ("a1", "agreed", "review"), ("a2", "undecided", "review"), ("a3", "forgotten", None),
    ]  # fmt: skip
    assert (kept, gave) == (["agreed", "passed on"], "agreed")


BEFORE_RECORDINGS = "b7d40f2ac915"


async def test_voice_notes_of_before_are_fetched_by_the_sender_of_their_chat(
    blank_database_url: str, keys: Keyring
) -> None:
    """Where it is not known any more in which chat one was given, nobody can."""
    storage.migrate(blank_database_url)
    async with opened(blank_database_url) as database, database.writing() as session:
        alice = await meet(session, keys)
        await give(session, alice, "In a chat that is gone")
        name = await give(session, alice)
        in_chat = update(contribution).where(contribution.c.id == name)
        await session.execute(in_chat.values(address_id=alice.address))
    with _connected(blank_database_url) as connection:
        command.downgrade(config(connection), BEFORE_RECORDINGS)
    storage.migrate(blank_database_url)
    database = storage.open(blank_database_url)
    [claimed] = await claim(database, keys)
    assert (claimed.voice, claimed.channel) == ("file-1", alice.channel)
    assert await kept(database, keys, claimed)
    assert await heard(database, keys, name) == SOUND
    await database.close()


BEFORE_TWO_DAYS = "5a7c19e2b840"
ASKED = (
    '{"title":{"en":"\\\\"answer_by\\\\":\\\\"2020-01-01\\\\""},"promise":{"answer_by":"2027-05-31"%s},"questions":[]}'
)


def test_the_one_day_of_a_promise_of_before_is_both(blank_database_url: str) -> None:
    """Whatever an organizer wrote in quotes is left alone, and what is not filled in stays so."""
    storage.migrate(blank_database_url)
    with _connected(blank_database_url) as connection:
        command.downgrade(config(connection), BEFORE_TWO_DAYS)
    with _connected(blank_database_url) as connection:
        connection.execute(insert(stored.process).values(id="p", slug="p", edition=0, content="", opened=NOW))
        consultation = {"id": "c", "process_id": "p", "content": ASKED % "", "opened": NOW}
        connection.execute(insert(stored.consultation).values(consultation))
        for name, content in (("whole", '{"answer_by":"2027-05-31","opens":""}'), ("begun", '{"answer_by":""}')):
            written = {"id": name, "content": content, "made": NOW, "changed": NOW}
            written |= {"process_id": "p", "edition": 1, "staff_id": "amina"}
            connection.execute(insert(stored.draft).values(written))
    storage.migrate(blank_database_url)
    with _connected(blank_database_url) as connection:
        both = connection.exec_driver_sql("SELECT content FROM consultation").scalar_one()
        drafts = connection.exec_driver_sql("SELECT content FROM draft ORDER BY id").scalars().all()
        assert both == ASKED % ',"respond_by":"2027-05-31"'
        assert drafts == ['{"answer_by":""}', '{"answer_by":"2027-05-31","respond_by":"2027-05-31","opens":""}']
        command.downgrade(config(connection), BEFORE_TWO_DAYS)
    with _connected(blank_database_url) as connection:
        assert connection.exec_driver_sql("SELECT content FROM consultation").scalar_one() == ASKED % ""


BEFORE_CALLS_LEAVE = "b81e5f03c7d2"
CALLS = """
    INSERT INTO process (id, slug, edition, content, state, opened)
    VALUES ('review', 'review', 1, '{}', 'open', '2026-01-01 00:00:00');
    INSERT INTO council (id, process_id, content, made)
    VALUES ('youth', 'review', '{"name":{"fr":"Conseil des jeunes","en":"Youth"}}', '2026-01-01 00:00:00');
    INSERT INTO broadcast (id, process_id, subject, renditions, audience, lane, made, reached, expanded)
    VALUES ('b', 'review', 'call:open', '{}', '{}', 2, '2026-01-03 00:00:00', '', true);
    INSERT INTO member_call
        (id, process_id, council_id, content, hash, state, requested_by, requested, approved_by, opened, closes)
    VALUES
        ('open', 'review', 'youth', '{"seats":1}', 'h1', 'left', 'amina', '2026-01-02 00:00:00', 'bilal',
         '2026-01-03 00:00:00', '2026-02-01 00:00:00'),
        ('waits', 'review', 'youth', '{"seats":2}', 'h2', 'requested', 'amina', '2026-01-04 00:00:00', NULL, NULL,
         '2026-02-01 00:00:00'),
        ('back', 'review', 'youth', '{"seats":3}', 'h3', 'called_back', 'amina', '2026-01-01 00:00:00', NULL, NULL,
         '2026-02-01 00:00:00')
"""


def test_calls_of_before_stand_beside_all_else_that_leaves_and_what_waited_is_void(blank_database_url: str) -> None:
    storage.migrate(blank_database_url)
    with _connected(blank_database_url) as connection:
        command.downgrade(config(connection), BEFORE_CALLS_LEAVE)
    with _connected(blank_database_url) as connection:
        for statement in CALLS.split(";"):
            connection.exec_driver_sql(statement)
    storage.migrate(blank_database_url)
    assert differences(blank_database_url) == []
    with _connected(blank_database_url) as connection:
        rows = connection.exec_driver_sql(
            "SELECT kind, title, content, hash, requested_by, approved_by, state, broadcast_id "
            "FROM sending ORDER BY hash"
        ).all()
        assert connection.exec_driver_sql("SELECT id FROM member_call").scalars().all() == ["open"]
        command.downgrade(config(connection), BEFORE_CALLS_LEAVE)
    content = '{"council":"youth","call":{"seats":%s}}'
    assert [tuple(row) for row in rows] == [
        ("call", "Conseil des jeunes", content % 1, "h1", "amina", "bilal", "left", "b"),
        ("call", "Conseil des jeunes", content % 2, "h2", "amina", None, "void", None),
        ("call", "Conseil des jeunes", content % 3, "h3", "amina", None, "called_back", None),
    ]
    with _connected(blank_database_url) as connection:
        back = connection.exec_driver_sql("SELECT hash, state, requested_by, approved_by FROM member_call").all()
        assert connection.exec_driver_sql("SELECT id FROM sending").all() == []
    assert [tuple(row) for row in back] == [("h1", "left", "amina", "bilal")]
