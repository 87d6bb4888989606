"""A crowd costs no more than its first reader, and nobody is known by what they read."""

import asyncio
import gzip
import re
from dataclasses import replace

import pytest

from handlers.matters import Draft
from locales import correct
from public import site
from public._frame import assets
from public._frame.copies import HEADERS
from tests.public.conftest import ANSWER, Front
from tests.public.test_wall import HOME
from tests.storage.rows import statements

MOST_STATEMENTS = 8
"""Where nobody votes, no text is written together and no statements wait for an answer: their own tests add to it."""
WHOLE = 30_000
"""Bytes of a page with all that it needs, compressed: on a slow phone that is seconds."""
EVERYWHERE = {
    "": "",
    "/matters/{page:[1-9][0-9]{0,4}}": "/matters/1",
    "/m/{matter:[0-9a-f]+}": "/m/{matter}",
    "/feed.atom": "/feed.atom",
    "/join": "/join",
    r"/join/{sender:[a-z0-9-]+}.svg": "/join/sms.svg",
    "/t/{text:[0-9a-f]+}": "/t/{text}",
    "/t/{text:[0-9a-f]+}/{part:[1-9][0-9]?}": "/t/{text}/1",
    "/draws": "/draws",
    "/votes": "/votes",
    "/v/{round:[0-9a-f]+}": "/v/{round}",
    "/v/{round:[0-9a-f]+}/vote.json": "/v/{closed}/vote.json",
    "/v/{round:[0-9a-f]+}/tally.py": "/v/{closed}/tally.py",
}
"""Every public address below the language, and one that is opened there."""


def paths(matter: str, **more: str) -> list[str]:
    """With those of a text and of a round, where there is one: `test_texts.py` and `test_rounds.py` walk them."""
    names = {"matter": matter} | more
    there = (below for below in EVERYWHERE.values() if set(re.findall("{(.+?)}", below)) <= names.keys())
    return [f"{HOME}/fr{below.format(**names)}" for below in there]


def test_every_page_is_opened_here() -> None:
    assert [route.below for route in site.routes()] == list(EVERYWHERE)


async def test_nobody_is_given_a_cookie_and_everything_is_kept_for_a_while(front: Front) -> None:
    matter = await front.opened()
    await front.responds(matter)
    led = [HOME, f"{HOME}/join", f"{HOME}/m/{matter}"]
    for path in [*paths(matter), *led, "/r/nowhere/en", "/r/a/b/c/d/e", f"{HOME}/de"]:
        answer = await front.opens(path, Cookie="hearback=somebody")
        assert "Set-Cookie" not in answer.headers, path
        assert answer.headers["Cache-Control"].startswith("public, max-age=60"), path
        assert answer.headers["Strict-Transport-Security"]
        assert all(answer.headers[name] == value for name, value in HEADERS.items()), path
        assert "somebody" not in answer.body


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE"])
async def test_nothing_can_be_sent_there(sqlite_front: Front, method: str) -> None:
    for path in paths("0" * 32, text="0" * 32, round="0" * 32, closed="0" * 32):
        async with sqlite_front.client.request(method, path) as answer:
            assert answer.status == 405, path


async def test_whoever_has_it_is_told_so(front: Front) -> None:
    matter = await front.opened()
    for path in paths(matter):
        page = await front.opens(path)
        again = await front.opens(path, If_None_Match=f'"other", {page.tag}')
        assert (page.status, again.status, again.body, again.tag) == (200, 304, "", page.tag), path
        assert (await front.opens(path, If_None_Match='W/"other"')).status == 200
        assert (await front.opens(path, If_None_Match="no tag at all")).status == 200
    await front.responds(matter)
    before = await front.opens(f"{HOME}/fr/join")
    for path in paths(matter)[:4]:
        assert (await front.opens(path, If_None_Match=before.tag)).status == 200


async def test_what_changes_is_another_page(front: Front) -> None:
    matter = await front.opened()
    for path, state in zip(paths(matter), ("read", "considered", "taken_up", "not_taken_up"), strict=False):
        tag = (await front.opens(path)).tag
        await front.responds(matter, response=replace(ANSWER, state=state))
        assert (await front.opens(path, If_None_Match=tag)).status == 200, path


async def test_a_crowd_asks_the_database_once(front: Front) -> None:
    matter = await front.opened()
    await front.responds(matter)
    with statements(front.house.database, reading=True) as executed:
        pages = await asyncio.gather(*(front.opens(f"{HOME}/en") for _reader in range(50)))
        assert len(executed) <= MOST_STATEMENTS
    with statements(front.house.database, reading=True) as executed:
        await asyncio.gather(*(front.opens(f"{HOME}/en", If_None_Match=pages[0].tag) for _reader in range(50)))
        await asyncio.gather(*(front.opens(f"/r/nowhere-{number}/en") for number in range(20)))
        await asyncio.gather(*(front.opens(f"{HOME}/en/m/{number:032x}") for number in range(20)))
        await front.opens(f"{HOME}/en?and=this")
        assert executed == []
    await front.later()
    with statements(front.house.database, reading=True) as executed:
        await front.opens(f"{HOME}/en")
        await front.opens(f"{HOME}/fr")
        assert len(executed) == 1
    assert len({page.body for page in pages}) == 1


async def test_a_matter_costs_few_statements(front: Front) -> None:
    matter = await front.opened()
    await front.opens(f"{HOME}/en")
    with statements(front.house.database, reading=True) as executed:
        await front.opens(f"{HOME}/en/m/{matter}")
        assert len(executed) <= 4


async def test_no_address_fills_the_memory(sqlite_front: Front) -> None:
    for number in range(20):
        await sqlite_front.opens(f"/r/nowhere-{number}/en")
        await sqlite_front.opens(f"{HOME}/en/m/{number:032x}")
        await sqlite_front.opens(f"{HOME}/en/matters/{number + 2}")
        await sqlite_front.opens(f"{HOME}/xx{'abcdefghij'[number % 10]}")
        await sqlite_front.opens(f"{HOME}/en/join/other-{number}.svg")
        await sqlite_front.opens(f"{HOME}/en?n={number}")
    assert list(sqlite_front.source.copies._kept) == [f"{HOME}/en"]


async def test_a_text_that_is_corrected_is_corrected_there(sqlite_front: Front) -> None:
    assert (await sqlite_front.opens(f"{HOME}/fr")).status == 200
    try:
        correct({"fr": {("Nothing is shown here yet.", 0): "Rien pour le moment."}})
        assert "Rien pour le moment." in (await sqlite_front.opens(f"{HOME}/fr")).text
    finally:
        correct({})
    assert "Rien pour le moment." not in (await sqlite_front.opens(f"{HOME}/fr")).text


async def test_a_page_is_small_as_a_whole(sqlite_front: Front) -> None:
    """With as many matters as it shows, whose titles have nothing in common, and as many responses."""
    matter = ""
    for number in range(40):
        title = " ".join(f"{(number * 7919 + place) * 104729:x}"[:8] for place in range(14))
        matter = await sqlite_front.opened(draft=Draft({"ar": title}, is_public=True))
        if number < 14:
            await sqlite_front.responds(matter)
    for path in ("", "/matters/1", f"/m/{matter}", "/join"):
        page = await sqlite_front.opens(f"{HOME}/ar{path}")
        assets = [its["href"] for rel in ("stylesheet", "icon") for its in page.seen.rel(rel)]
        codes = [f"{HOME}/ar/join/{name}.svg" for name in sqlite_front.senders] if path == "/join" else []
        size = sum([await _bytes(sqlite_front, address) for address in (f"{HOME}/ar{path}", *assets, *codes)])
        assert size < WHOLE, (path, size)


async def _bytes(front: Front, path: str) -> int:
    """As it goes over the wire."""
    async with front.client.get(path, headers={"Accept-Encoding": "gzip"}) as answer:
        assert answer.headers["Content-Encoding"] == "gzip"
        return int(answer.headers["Content-Length"])


async def test_who_reads_no_gzip_reads_it_too(sqlite_front: Front) -> None:
    plain = await sqlite_front.opens(f"{HOME}/en", Accept_Encoding="identity")
    small = await sqlite_front.opens(f"{HOME}/en", Accept_Encoding="gzip")
    assert plain.body == small.body
    assert "Content-Encoding" not in plain.headers
    assert plain.headers["Vary"] == "Accept-Encoding"
    assert len(gzip.compress(plain.body.encode())) < len(plain.body.encode())


async def test_who_asks_for_nothing_but_the_head_gets_no_more(sqlite_front: Front) -> None:
    page = await sqlite_front.opens(f"{HOME}/en")
    async with sqlite_front.client.head(f"{HOME}/en") as answer:
        assert (answer.status, answer.headers["ETag"], await answer.read()) == (200, page.tag, b"")


def test_style_is_the_same_in_both_directions() -> None:
    style = (assets.FOLDER / "wall.css").read_text()
    assert re.findall(r"\b(?:left|right|top|bottom)\b|(?<![-\w])(?:min-|max-)?(?:width|height)\b", style) == []


async def test_style_is_kept_for_ever_under_a_name_of_its_own(sqlite_front: Front) -> None:
    page = await sqlite_front.opens(f"{HOME}/en")
    [style] = page.seen.rel("stylesheet")
    answer = await sqlite_front.opens(style["href"])
    assert "immutable" in answer.headers["Cache-Control"]
    assert answer.headers["Content-Type"] == "text/css; charset=utf-8"
    assert (await sqlite_front.opens("/r/wall.000000000000.css")).status == 404
