"""Does on a platform what somebody typed or tapped on their phone."""

import asyncio
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import timedelta
from typing import Any

from aiohttp import web
from yarl import URL

from demo.platforms.chats import Feed, Side
from demo.platforms.telegram import FakeTelegram
from demo.platforms.twilio import FakeTwilio
from demo.posts import guarded, posted

LONGEST_WORDS = 20_000
PAGES = ("/", "/phones")
"""Those on which there are phones."""

Platform = FakeTelegram | FakeTwilio
Action = Callable[[Platform, str, Mapping[str, Any]], None]


async def act(request: web.Request, platform: Platform, person: str, patience: timedelta) -> web.StreamResponse:
    """The action that the path names. JSON is taken as it comes: no foreign page can post that unasked.

    Whoever posts a form gets the page anew, with the answer if there is one within `patience`.
    """
    action = ACTIONS.get(request.match_info["action"])
    if action is None:
        raise web.HTTPNotFound
    if request.content_type == "application/json":
        _do(action, platform, person, await _json(request))
        return web.Response(status=204)
    return await guarded(lambda request: _by_form(request, action, platform, person, patience))(request)


async def _by_form(
    request: web.Request, action: Action, platform: Platform, person: str, patience: timedelta
) -> web.StreamResponse:
    fields = await posted(request)
    feed: Feed = asyncio.Queue()
    with platform.chats.watched_by(feed.put_nowait):
        _do(action, platform, person, fields)
        await _answer(feed, person, patience)
    raise web.HTTPSeeOther(_page_of_form(request))


def _do(action: Action, platform: Platform, person: str, fields: Mapping[str, Any]) -> None:
    try:
        action(platform, person, fields)
    except (ValueError, KeyError, TypeError, LookupError) as error:
        raise web.HTTPBadRequest from error


async def _json(request: web.Request) -> Any:
    try:
        return await request.json()
    except ValueError as error:
        raise web.HTTPBadRequest from error


async def _answer(feed: Feed, person: str, patience: timedelta) -> None:
    """Until there is a new message of ours to this person."""
    with suppress(TimeoutError):
        async with asyncio.timeout(patience.total_seconds()):
            while (change := await feed.get()) is not None:
                if change.person == person and change.bubble.side is Side.US and not change.bubble.edition:
                    return


def _page_of_form(request: web.Request) -> URL:
    """Where the form stood, with this chat in sight."""
    page = URL(request.headers.get("Referer", ""))
    path = page.path if page.path in PAGES else "/phones"
    sender, person = request.match_info["sender"], request.match_info["person"]
    kind, _bar, suffix = sender.partition("-")
    query = {**page.query, kind: person, f"{kind}-chat": sender}
    if not suffix:
        del query[f"{kind}-chat"]
    return URL.build(path=path, query=query, fragment=kind)


def _say(platform: Platform, person: str, fields: Mapping[str, Any]) -> None:
    words = str(fields["text"]).replace("\r\n", "\n")
    if not words.strip() or len(words) > LONGEST_WORDS:
        raise ValueError("nothing to say, or too much")
    platform.says(person, words)


def _tap(platform: Platform, person: str, fields: Mapping[str, Any]) -> None:
    platform.taps(person, str(fields["message"]), int(fields["index"]))


def _voice(platform: Platform, person: str, _: Mapping[str, Any]) -> None:
    platform.sends_voice(person)


def _sticker(platform: Platform, person: str, _: Mapping[str, Any]) -> None:
    platform.sends_sticker(person)


ACTIONS: Mapping[str, Action] = {
    "say": _say,
    "tap": _tap,
    "voice": _voice,
    "sticker": _sticker,
}
