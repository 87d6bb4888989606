"""The page with the three phones: what it shows, what happens when somebody types or taps there."""

import asyncio
import json
import secrets
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from aiohttp import web
from babel import Locale
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from demo.platforms.both import Platforms
from demo.platforms.chats import Bubble, Chat, ChatChange, Feed
from demo.platforms.telegram import FakeTelegram
from demo.platforms.twilio import FakeTwilio

HERE = Path(__file__).parent
STATIC = "/phones/static"
HEADERS = {
    "Content-Security-Policy": "default-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'self'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",  # with "no-referrer" browsers post a form from the origin "null"
    "Cache-Control": "no-store",
}
LONGEST_WORDS = 20_000
STILL_HERE = 15.0
"""Seconds of silence after which the page is told that we are still here."""

templates = Environment(
    loader=FileSystemLoader(HERE / "pages"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
"""The pages of the demo; a page with a panel beside the phones extends `phones.html` and fills its block `panel`."""


@dataclass(frozen=True, slots=True)
class Owner:
    """Somebody whose phone can be looked at. `platform` is telegram, whatsapp or sms."""

    platform: str
    address: str = field(repr=False)
    """A chat id on Telegram, a phone number on the others ("+12025550123")."""
    name: str = field(repr=False)
    language: str
    """A BCP 47 tag."""

    @property
    def person(self) -> str:
        """Who this is to the platform."""
        return f"whatsapp:{self.address}" if self.platform == "whatsapp" else self.address

    @property
    def speaks(self) -> str:
        """Their language by its own name."""
        name = Locale.parse(self.language, sep="-").get_display_name() or self.language
        return name[:1].upper() + name[1:]


@dataclass(frozen=True, slots=True)
class Phone:
    """One of the three, as it is drawn."""

    platform: str
    title: str
    """Who the chat is with."""
    subtitle: str
    owners: tuple[Owner, ...]
    can_record: bool


def routes(platforms: Platforms, people: Sequence[Owner]) -> list[web.AbstractRouteDef]:
    """The page, its live events, and what is done on it. Everything lies below /phones."""

    async def show(_: web.Request) -> web.Response:
        return page(platforms, people)

    async def events(request: web.Request) -> web.StreamResponse:
        return await _stream(request, platforms, people)

    async def act(request: web.Request) -> web.Response:
        return await _act(request, platforms, people)

    return [
        web.get("/phones", show),
        web.get("/phones/events", events),
        web.post("/phones/{platform}/{person}/{action}", act),
        web.static(STATIC, HERE / "static"),
    ]


def page(platforms: Platforms, people: Sequence[Owner], template: str = "phones.html", **more: object) -> web.Response:
    """The page as it is now; `more` is what a template that extends it needs."""
    html = templates.get_template(template).render(
        phones=_phones(platforms, people),
        chat=lambda owner: _chat(platforms, owner),
        bubble_html=_bubble_html,
        run=RUN,
        static=STATIC,
        **more,
    )
    return web.Response(text=html, content_type="text/html", headers=HEADERS)


RUN = secrets.token_hex(4)
"""Tells a page that was loaded before a restart that it is out of date."""


def _phones(platforms: Platforms, people: Sequence[Owner]) -> list[Phone]:
    number = next((address for address in platforms.twilio.webhooks if address.startswith("+")), "")
    name = platforms.telegram.name

    def owners(platform: str) -> tuple[Owner, ...]:
        return tuple(owner for owner in people if owner.platform == platform)

    return [
        Phone("telegram", name, "bot", owners("telegram"), can_record=True),
        Phone("whatsapp", name, "Business account", owners("whatsapp"), can_record=True),
        Phone("sms", number, "Text message", owners("sms"), can_record=False),
    ]


def _chat(platforms: Platforms, owner: Owner) -> Chat:
    return platforms.of(owner.platform).chats.of(owner.person)


def _bubble_html(owner: Owner, bubble: Bubble) -> str:
    return templates.get_template("bubble.html").render(bubble=bubble, platform=owner.platform)


async def _stream(request: web.Request, platforms: Platforms, people: Sequence[Owner]) -> web.StreamResponse:
    """Every bubble there is, then each as it comes. The page leaves out what it has already."""
    headers = {"Content-Type": "text/event-stream", "Cache-Control": "no-store", "X-Accel-Buffering": "no"}
    response = web.StreamResponse(headers=headers)
    feed: Feed = asyncio.Queue()
    with ExitStack() as watching:
        watching.enter_context(platforms.telegram.chats.watched_by(feed))
        watching.enter_context(platforms.twilio.chats.watched_by(feed))
        try:
            await response.prepare(request)
            await response.write(_event("run", RUN))
            for owner in people:
                for bubble in tuple(_chat(platforms, owner).bubbles):
                    await response.write(_bubble_event(owner, bubble))
            await _follow(response, feed, {owner.person: owner for owner in people})
        except ConnectionResetError:
            pass  # The page was closed.
    return response


async def _follow(response: web.StreamResponse, feed: Feed, owners: Mapping[str, Owner]) -> None:
    while True:
        try:
            change = await asyncio.wait_for(feed.get(), STILL_HERE)
        except TimeoutError:
            await response.write(b": still here\n\n")
            continue
        if change is None:
            return
        await _tell(response, change, owners)


async def _tell(response: web.StreamResponse, change: ChatChange, owners: Mapping[str, Owner]) -> None:
    owner = owners.get(change.person)
    if owner is not None:
        await response.write(_bubble_event(owner, change.bubble))


def _bubble_event(owner: Owner, bubble: Bubble) -> bytes:
    where = {"platform": owner.platform, "person": owner.address, "id": bubble.id}
    return _event("bubble", json.dumps(where | {"html": _bubble_html(owner, bubble)}))


def _event(name: str, data: str) -> bytes:
    return f"event: {name}\ndata: {data}\n\n".encode()


async def _act(request: web.Request, platforms: Platforms, people: Sequence[Owner]) -> web.Response:
    """Do on a platform what was done on the page. Only JSON is taken: no foreign page can post that unasked."""
    owner = _owner(people, request.match_info["platform"], request.match_info["person"])
    action = ACTIONS.get(request.match_info["action"])
    if owner is None or action is None:
        raise web.HTTPNotFound
    if request.content_type != "application/json":
        raise web.HTTPUnsupportedMediaType
    platform = platforms.of(owner.platform)
    try:
        action(platform, owner.person, await request.json())
    except (ValueError, KeyError, TypeError, LookupError) as error:
        raise web.HTTPBadRequest from error
    return web.Response(status=204)


def _owner(people: Sequence[Owner], platform: str, address: str) -> Owner | None:
    return next((owner for owner in people if (owner.platform, owner.address) == (platform, address)), None)


def _say(platform: FakeTelegram | FakeTwilio, person: str, given: dict[str, Any]) -> None:
    words = str(given["text"])
    if not words.strip() or len(words) > LONGEST_WORDS:
        raise ValueError("nothing to say, or too much")
    platform.says(person, words)


def _tap(platform: FakeTelegram | FakeTwilio, person: str, given: dict[str, Any]) -> None:
    platform.taps(person, str(given["message"]), int(given["index"]))


def _voice(platform: FakeTelegram | FakeTwilio, person: str, _: dict[str, Any]) -> None:
    platform.sends_voice(person)


def _sticker(platform: FakeTelegram | FakeTwilio, person: str, _: dict[str, Any]) -> None:
    platform.sends_sticker(person)


ACTIONS: dict[str, Callable[[FakeTelegram | FakeTwilio, str, dict[str, Any]], None]] = {
    "say": _say,
    "tap": _tap,
    "voice": _voice,
    "sticker": _sticker,
}
