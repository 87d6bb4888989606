"""The page with the three phones: what it shows, what happens when somebody types or taps there."""

import asyncio
import json
import secrets
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from unicodedata import bidirectional

from aiohttp import web
from babel import Locale
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from demo import acts
from demo.days import day_name, days, local
from demo.platforms.both import Platforms
from demo.platforms.chats import Bubble, Chat, ChatChange, Feed
from demo.platforms.wire import utc_now

HERE = Path(__file__).parent
STATIC = "/phones/static"
HEADERS = {
    "Content-Security-Policy": "default-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'self'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",  # with "no-referrer" browsers post a form from the origin "null"
    "Cache-Control": "no-store",
}
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
    shown: Owner
    """Whose chat is in sight."""
    can_record: bool


def routes(
    platforms: Platforms,
    people: Sequence[Owner],
    clock: Callable[[], datetime] = utc_now,
    patience: timedelta = timedelta(seconds=2),
) -> list[web.AbstractRouteDef]:
    """The page, its live events, and what is done on it. Everything lies below /phones.

    With `patience` the page that is loaded after a form was posted waits for an answer to it.
    """

    async def show(request: web.Request) -> web.Response:
        return page(request, platforms, people, clock())

    async def events(request: web.Request) -> web.StreamResponse:
        return await _stream(request, platforms, people)

    async def act(request: web.Request) -> web.StreamResponse:
        owner = _owner(people, request.match_info["platform"], request.match_info["person"])
        if owner is None:
            raise web.HTTPNotFound
        return await acts.act(request, platforms.of(owner.platform), owner.person, patience)

    return [
        web.get("/phones", show),
        web.get("/phones/events", events),
        web.post("/phones/{platform}/{person}/{action}", act),
        web.static(STATIC, HERE / "static"),
    ]


def page(
    request: web.Request,
    platforms: Platforms,
    people: Sequence[Owner],
    now: datetime,
    template: str = "phones.html",
    **more: object,
) -> web.Response:
    """The page as it is now; `more` is what a template that extends it needs.

    The query says whose chat each phone shows, else it is the first one's.
    """
    html = templates.get_template(template).render(
        here=request.path,
        phones=_phones(platforms, people, request.query),
        today=local(now).date(),
        days=lambda owner: days(_chat(platforms, owner).bubbles),
        bubble_html=_bubble_html,
        run=RUN,
        static=STATIC,
        **more,
    )
    return web.Response(text=html, content_type="text/html", headers=HEADERS)


RUN = secrets.token_hex(4)
"""Tells a page that was loaded before a restart that it is out of date."""


def _phones(platforms: Platforms, people: Sequence[Owner], chosen: Mapping[str, str]) -> list[Phone]:
    number = next((address for address in platforms.twilio.webhooks if address.startswith("+")), "")
    name = platforms.telegram.name

    def phone(platform: str, title: str, subtitle: str, can_record: bool) -> Phone:
        owners = tuple(owner for owner in people if owner.platform == platform)
        shown = _owner(owners, platform, chosen.get(platform, "")) or owners[0]
        return Phone(platform, title, subtitle, owners, shown, can_record)

    return [
        phone("telegram", name, "bot", can_record=True),
        phone("whatsapp", name, "Business account", can_record=True),
        phone("sms", number, "Text message", can_record=False),
    ]


def _chat(platforms: Platforms, owner: Owner) -> Chat:
    return platforms.of(owner.platform).chats.of(owner.person)


def _bubble_html(owner: Owner, bubble: Bubble) -> str:
    return templates.get_template("bubble.html").render(bubble=bubble, owner=owner)


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


def _owner(people: Sequence[Owner], platform: str, address: str) -> Owner | None:
    return next((owner for owner in people if (owner.platform, owner.address) == (platform, address)), None)


def language_of(text: str, owner: Owner) -> str:
    """The owner's language, for a text that runs in its direction; "" for another: it is likely in English."""
    direction = Locale.parse(owner.language, sep="-").text_direction
    kinds = map(bidirectional, text)
    first = next(("rtl" if kind != "L" else "ltr" for kind in kinds if kind in ("L", "R", "AL")), direction)
    return owner.language if first == direction else ""


templates.filters |= {"local": local, "day_name": day_name, "language_of": language_of}
