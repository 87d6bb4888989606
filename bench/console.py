"""Pages of the console with 100,000 people, 200 items and 50,000 who answered, beside a page that asks nothing."""

import gzip
import re
import sys
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from datetime import timedelta
from hashlib import md5
from statistics import median, quantiles
from typing import Any

import uvloop
from aiohttp import ClientSession, web
from sqlalchemy import event, text

import servers
import storage
from bench import _forum
from bench._multitude import EACH, KEPT, SEED
from bench._tables import Effort, table
from broadcast.wake import Waker
from console import site
from console._frame import assets, tokens
from console.office import Office
from demo.serving import bound, serving
from handlers import finishing, processes
from handlers.writing import contents
from storage import Database, PersonKey, consultations, drafts, openings
from storage.drafts import NewDraft
from storage.openings import NewOpening
from storage.roles import Role
from storage.tables import contribution
from storage.together import Writes, write
from tests import databases
from tests.colleagues import EVERYWHERE, signed_in
from tests.handlers.asking import ALL_KINDS, DRAFT
from tests.review import KEYS

PEOPLE, SHORT_PEOPLE = 100_000, 5_000
TIMES, SHORT_TIMES = 200, 30
"""How often each page is opened in a run."""
SLUG = "regional-review"
PART = re.compile(r"\{(\w+)\}")
ASKED = "asked"
"""The id of a consultation, of one that is written, and of one that is to open."""
PARTS = {
    "slug": SLUG,
    "item": md5(b"item7", usedforsecurity=False).hexdigest(),
    "broadcast": f"{KEPT}1",
    "language": "fr",
    "draft": ASKED,
    "opening": ASKED,
    "consultation": ASKED,
    "matter": md5(b"matter7", usedforsecurity=False).hexdigest(),
}
"""What stands in addresses; pages about anything else are not opened."""
ASIDE = ("/sign-in", "/second", "/confirm")
"""What somebody who is signed in is led away from."""
BARE = "/bare"
ITEMS, ANSWERS = 200, 50_000
INBOX = f"/p/{SLUG}/inbox"
FILTERED = (
    f"{INBOX}?pile=waiting&language=ar&region=south",
    f"{INBOX}?pile=all&order=newest&topic=objective_7",
    f"{INBOX}?pile=all&written=es",
)
SEARCHED = f"{INBOX}?pile=all&q=zebra"
"""Nobody wrote it: as many are opened as are for one page."""
SEARCHES = 5
WORDS = "The bus to the camp stops at six, and then nobody gets to the classes in the evening. "
BATCH = 5_000
WRITTEN = (
    """UPDATE broadcast SET renditions = '{{"text": {{"en": "News"}}, "order": ["en"]}}'""",
    """
    INSERT INTO item (id, process_id, kind, language, title, edition, plan, made, changed)
    SELECT md5('item' || i), (SELECT id FROM process), 'bulletin', 'en', 'Bulletin ' || i, 2, '{{"text": {{}}}}', now(),
           now() - i * interval '1 hour'
    FROM generate_series(1, {items}) AS i
    """,
    """
    INSERT INTO edition (item_id, number, text, staff_id, written)
    SELECT md5('item' || i), number, repeat('The meeting is on day ' || number || ' of the month. ', 12), NULL, now()
    FROM generate_series(1, {items}) AS i, generate_series(1, 2) AS number
    """,
    """
    INSERT INTO rendition (item_id, language, text, state, source_edition, edition, staff_id, changed)
    SELECT md5('item' || i), language, repeat('La reunion es un dia de este mes. ', 12), 'translated', 1 + i % 2, 1,
           'nobody', now()
    FROM generate_series(1, {items}) AS i, unnest(array['fr', 'es', 'ar']) AS language
    """,
    """
    INSERT INTO contribution (id, process_id, person_id, consultation_id, question, option,
                              topic, language, voice, given)
    SELECT md5('answer' || question || i), (SELECT id FROM process), md5('p' || i), 'asked', question,
           CASE question WHEN 'been' THEN (array['yes', 'no'])[1 + i % 2] WHEN 'hard' THEN (1 + i % 5)::text
                         WHEN 'kept' THEN (array['cost', 'waiting,cost', 'language,fear', 'waiting'])[1 + i % 4] END,
           '', (array['en', 'fr', 'es', 'ar'])[1 + i % 4], CASE question WHEN 'why' THEN '\\x02'::bytea END,
           CURRENT_DATE - i % 30
    FROM generate_series(1, {answers}) AS i, unnest(array['been', 'kept', 'hard', 'why']) AS question
    """,
    """
    INSERT INTO matter (id, process_id, title, topic, note, due, opened, changed)
    SELECT md5('matter' || i), (SELECT id FROM process), '{{"en": "Matter ' || i || '"}}', 'services', '{{}}',
           CURRENT_DATE + i::integer, now() - i * interval '1 hour', now()
    FROM generate_series(1, {items}) AS i
    """,
    """
    INSERT INTO gathered (matter_id, contribution_id, since)
    SELECT md5('matter' || 1 + i % {items}), md5('c' || i), now() FROM generate_series(1, {gave} / 2) AS i
    """,
)
COLUMNS = ("page", "median ms", "p99 ms", "x bare", "statements", "kB first", "kB again")
NOTES = (
    "ms: from when the server has read the request until its page is written, in the median of runs.",
    "bare: a page of 8 kB from the same program that nobody has to sign in to and no database is asked for.",
    "kB: over the wire, compressed; first: with style, script and icon, which are then kept.",
    f"{SEARCHED}: opens the words of up to 10,000 and finds none; everybody else is answered meanwhile.",
)


def measure(effort: Effort) -> Iterator[str]:
    people = int(effort.of(PEOPLE, SHORT_PEOPLE))
    with ExitStack() as until_then:
        postgres = databases.url_of(until_then.enter_context(servers.started(servers.DURABLE_POSTGRES)))
        url = until_then.enter_context(databases.blank(postgres, "console"))
        rows = uvloop.run(_measure(url, people, effort))
    yield table(f"The console: {people:,} people, on PostgreSQL", COLUMNS, rows, *NOTES)


@dataclass(slots=True)
class Opened:
    """How a page did."""

    medians: list[float] = field(default_factory=list)
    slowest: list[float] = field(default_factory=list)
    statements: int = 0
    bytes: int = 0


@dataclass(slots=True)
class Watch:
    """What the server did for the newest request."""

    seconds: float = 0
    statements: int = 0


async def _measure(url: str, people: int, effort: Effort) -> list[tuple[str, ...]]:
    storage.migrate(url)
    database = storage.open(url)
    try:
        await _forum.begin(database)
        token = await _seeded(database, people)
        watch = Watch()
        event.listen(database.reader.sync_engine, "before_cursor_execute", counting(watch))
        application = web.Application(middlewares=[timing(watch)])
        site.add(application, Office(database, KEYS, {}, _forum.now, Waker()))
        application.router.add_get(BARE, _bare)
        async with serving(application, bound()) as address, ClientSession(auto_decompress=False) as client:
            return await _rows(client, address, token, watch, effort)
    finally:
        await database.close()


async def _seeded(database: Database, people: int) -> str:
    """People and what they gave and got; and somebody who may open every page: the token of their sign-in."""
    for statement in SEED:
        async with database.writing() as session:
            await session.execute(text(statement.format(people=people, each=EACH, kept=KEPT)))
    await _ask(database)
    for statement in WRITTEN:
        async with database.writing() as session:
            await session.execute(text(statement.format(items=ITEMS, answers=min(ANSWERS, people), gave=people // 2)))
    await _put_into_words(database)
    async with database.writing() as session:
        token = await signed_in(session, Role.ORGANIZER, EVERYWHERE, now=_forum.now(), also=tuple(Role))
    async with database.writer.connect() as session:
        await (await session.execution_options(isolation_level="AUTOCOMMIT")).execute(text("VACUUM ANALYZE"))
    return token


async def _ask(database: Database) -> None:
    """A consultation with a question of every kind, a draft of another, and one that waits to be approved."""
    now = _forum.now()
    answer_by = (now + timedelta(days=20)).date()
    asking = replace(ALL_KINDS, promise=replace(ALL_KINDS.promise, answer_by=answer_by, respond_by=answer_by))
    draft = replace(DRAFT, answer_by=answer_by.isoformat(), respond_by=answer_by.isoformat())
    async with database.writing() as session:
        process = await processes.named(session)
        await consultations.add(session, ASKED, process.id, contents.pack(asking), now)
        await drafts.add(session, NewDraft(ASKED, process.id, contents.pack(draft), "nobody", now))
        content = contents.pack(finishing.finished(process, draft, now))
        await openings.add(session, NewOpening(ASKED, process.id, ASKED, content, "", "nobody", now))


async def _put_into_words(database: Database) -> None:
    """What everybody gave, each sealed for its own person; one has the same key as the other here."""
    secret = KEYS.new("anybody")
    async with database.writing() as session:
        values = {"key": KEYS.wrap(secret), "epoch": KEYS.epoch}
        await session.execute(text("UPDATE person SET key = :key, key_epoch = :epoch"), values)
        rows = (
            await session.execute(text("SELECT id, person_id FROM contribution WHERE consultation_id IS NULL"))
        ).all()
    for start in range(0, len(rows), BATCH):
        writes = Writes()
        for number, row in enumerate(rows[start : start + BATCH]):
            key = PersonKey(row.person_id, secret.secret)
            words = key.seal(WORDS * (1 + number % 5), contribution.c.words, row.id)
            language = ("en", "fr", "es", "ar")[number % 4]
            writes.change(contribution, ("id",), id=row.id, words=words, language=language, written_in=language)
        async with database.writing() as session:
            await write(session, writes)


async def _rows(client: ClientSession, address: str, token: str, watch: Watch, effort: Effort) -> list[tuple[str, ...]]:
    pages = {path: Opened() for path in (BARE, *_paths(), *FILTERED, SEARCHED)}
    headers = {"Cookie": f"{tokens.SIGN_IN}={token}", "Accept-Encoding": "gzip"}
    for run in range(effort.runs):
        for path, opened in pages.items():
            print(f"run {run + 1} of {effort.runs}: {path}", file=sys.stderr)
            taken = []
            for _time in range(SEARCHES if path == SEARCHED else int(effort.of(TIMES, SHORT_TIMES))):
                async with client.get(address + path, headers=headers, allow_redirects=False) as answer:
                    assert answer.status in (200, 204), f"{path}: {answer.status}"
                    opened.bytes = len(await answer.read())
                taken.append(watch.seconds * 1000)
                opened.statements = watch.statements
            opened.medians.append(median(taken))
            opened.slowest.append(quantiles(taken, n=100)[98])
    return [_row(path, opened, median(pages[BARE].medians)) for path, opened in pages.items()]


def _paths() -> list[str]:
    """Every page that is there to be looked at, as it is opened in the process that was seeded."""
    paths = [route.path for route in site.routes() if route.method == "GET" and route.path not in ASIDE]
    return [path for path in (PART.sub(_part, path) for path in paths) if "{" not in path]


def _part(part: re.Match[str]) -> str:
    return PARTS.get(part[1], part[0])


def _row(path: str, opened: Opened, bare: float) -> tuple[str, ...]:
    beside = sum(len(gzip.compress(file.read_bytes(), 9)) for file in assets.FOLDER.iterdir())
    return (
        path,
        f"{median(opened.medians):.1f}",
        f"{median(opened.slowest):.1f}",
        f"{median(opened.medians) / bare:.1f}",
        str(opened.statements),
        f"{(opened.bytes + beside) / 1000:.1f}",
        f"{opened.bytes / 1000:.1f}",
    )


def timing(watch: Watch) -> Any:
    @web.middleware
    async def timed(
        request: web.Request, handler: Callable[[web.Request], Awaitable[web.StreamResponse]]
    ) -> web.StreamResponse:
        watch.statements, began = 0, time.perf_counter()
        try:
            return await handler(request)
        finally:
            watch.seconds = time.perf_counter() - began

    return timed


def counting(watch: Watch) -> Callable[..., None]:
    def count(*_of_it: object) -> None:
        watch.statements += 1

    return count


async def _bare(_request: web.Request) -> web.StreamResponse:
    answer = web.Response(text="<p>Nothing is asked for.</p>" * 285, content_type="text/html")
    answer.enable_compression()
    return answer
