"""The page with the three phones: what it shows, what happens when somebody types or taps there."""

import asyncio
import json
import secrets
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from unicodedata import bidirectional
from urllib.parse import quote

from aiohttp import web
from babel import Locale
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from demo import acts
from demo.days import day_name, days, local
from demo.platforms.both import Platforms
from demo.platforms.chats import Bubble, Chat, ChatChange, Chats
from demo.platforms.telegram import FakeTelegram
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
class Contact:
    """One of our bots or numbers, as a phone shows it."""

    sender: str
    title: str
    subtitle: str


@dataclass(frozen=True, slots=True)
class Poster:
    """What leads people to one of our bots or numbers who have not written there yet."""

    sender: str
    word: str
    """What stands on it."""

    @property
    def words(self) -> str:
        """What their phone sends: Telegram puts a word of its own before that of a link."""
        return f"/start {self.word}" if self.sender.startswith("telegram") else self.word.upper()


@dataclass(frozen=True, slots=True)
class OwnChat:
    """Somebody's chat with one of our bots or numbers."""

    owner: Owner
    sender: str

    @property
    def path(self) -> str:
        """Below which what they do there is posted."""
        return f"/phones/{self.sender}/{quote(self.owner.address)}"


@dataclass(frozen=True, slots=True)
class Phone:
    """One of the three, as it is drawn."""

    platform: str
    contacts: tuple[Contact, ...]
    owners: tuple[Owner, ...]
    shown: OwnChat
    """The chat that is in sight."""
    can_record: bool

    @property
    def state(self) -> dict[str, str]:
        """The fields of a page's address that show this phone as it is."""
        owner = {self.platform: self.shown.owner.address}
        return owner | ({f"{self.platform}-chat": self.shown.sender} if len(self.contacts) > 1 else {})


def routes(
    platforms: Platforms,
    people: Sequence[Owner],
    clock: Callable[[], datetime] = utc_now,
    patience: timedelta = timedelta(seconds=2),
    posters: Sequence[Poster] = (),
) -> list[web.AbstractRouteDef]:
    """The page, its live events, and what is done on it. Everything lies below /phones.

    With `patience` the page that is loaded after a form was posted waits for an answer to it. `posters` are offered
    where nothing has been said yet.
    """

    async def show(request: web.Request) -> web.Response:
        return page(request, platforms, people, clock(), posters=posters)

    async def events(request: web.Request) -> web.StreamResponse:
        return await _stream(request, platforms, people)

    async def act(request: web.Request) -> web.StreamResponse:
        sender, address = request.match_info["sender"], request.match_info["person"]
        owner = _owner(people, sender.partition("-")[0], address)
        if owner is None or sender not in platforms.senders(owner.platform):
            raise web.HTTPNotFound
        return await acts.act(request, platforms.of(sender), owner.person, patience)

    return [
        web.get("/phones", show),
        web.get("/phones/events", events),
        web.post("/phones/{sender}/{person}/{action}", act),
        web.static(STATIC, HERE / "static"),
    ]


def page(
    request: web.Request,
    platforms: Platforms,
    people: Sequence[Owner],
    now: datetime,
    template: str = "phones.html",
    kept: Mapping[str, str] = {},
    posters: Sequence[Poster] = (),
    **more: object,
) -> web.Response:
    """The page as it is now; `more` is what a template that extends it needs, `kept` what its address also says.

    The query says which chat each phone shows, else it is the first person's.
    """
    phones = _phones(platforms, people, request.query)
    html = templates.get_template(template).render(
        here=request.path,
        phones=phones,
        state={**kept, **{name: value for phone in phones for name, value in phone.state.items()}},
        OwnChat=OwnChat,
        posters=posters,
        today=local(now).date(),
        days=lambda chat: days(_chat(platforms, chat).bubbles),
        bubble_html=_bubble_html,
        run=RUN,
        static=STATIC,
        **more,
    )
    return web.Response(text=html, content_type="text/html", headers=HEADERS)


RUN = secrets.token_hex(4)
"""Tells a page that was loaded before a restart that it is out of date."""


def _phones(platforms: Platforms, people: Sequence[Owner], chosen: Mapping[str, str]) -> list[Phone]:
    return [
        _phone(platforms, people, chosen, "telegram", can_record=True),
        _phone(platforms, people, chosen, "whatsapp", can_record=True),
        _phone(platforms, people, chosen, "sms", can_record=False),
    ]


def _phone(
    platforms: Platforms, people: Sequence[Owner], chosen: Mapping[str, str], platform: str, *, can_record: bool
) -> Phone:
    owners = tuple(owner for owner in people if owner.platform == platform)
    owner = _owner(owners, platform, chosen.get(platform, "")) or owners[0]
    chats = [OwnChat(owner, sender) for sender in platforms.senders(platform)]
    by_choice = [chat for chat in chats if chat.sender == chosen.get(f"{platform}-chat")]
    with_words = [chat for chat in chats if _chat(platforms, chat).bubbles]
    shown = [*by_choice, *with_words, *chats][0]
    contacts = tuple(_contact(platforms, chat.sender) for chat in chats)
    return Phone(platform, contacts, owners, shown, can_record)


def _contact(platforms: Platforms, sender: str) -> Contact:
    platform = platforms.of(sender)
    if isinstance(platform, FakeTelegram):
        return Contact(sender, platform.name, "bot")
    if sender == "whatsapp":
        return Contact(sender, platforms.telegram.name, "Business account")
    number = next((address for address in platform.webhooks if address.startswith("+")), "")
    return Contact(sender, number, "Text message")


def _chat(platforms: Platforms, chat: OwnChat) -> Chat:
    return platforms.of(chat.sender).chats.of(chat.owner.person)


def _bubble_html(chat: OwnChat, bubble: Bubble) -> str:
    return templates.get_template("bubble.html").render(bubble=bubble, owner=chat.owner, act=chat.path)


Heard = tuple[Chats, ChatChange | None]
"""What changed, and among which chats."""


async def _stream(request: web.Request, platforms: Platforms, people: Sequence[Owner]) -> web.StreamResponse:
    """Every bubble there is, then each as it comes. The page leaves out what it has already."""
    headers = {"Content-Type": "text/event-stream", "Cache-Control": "no-store", "X-Accel-Buffering": "no"}
    response = web.StreamResponse(headers=headers)
    own_chats = [OwnChat(owner, sender) for owner in people for sender in platforms.senders(owner.platform)]
    places = {(platforms.of(chat.sender).chats, chat.owner.person): chat for chat in own_chats}
    feed: asyncio.Queue[Heard] = asyncio.Queue()
    with ExitStack() as watching:
        for chats in {chats for chats, _person in places}:
            watching.enter_context(chats.watched_by(partial(_put, feed, chats)))
        try:
            await response.prepare(request)
            await response.write(_event("run", RUN))
            for chat in own_chats:
                for bubble in tuple(_chat(platforms, chat).bubbles):
                    await response.write(_bubble_event(chat, bubble))
            await _follow(response, feed, places)
        except ConnectionResetError:
            pass  # The page was closed.
    return response


def _put(feed: asyncio.Queue[Heard], chats: Chats, change: ChatChange | None) -> None:
    feed.put_nowait((chats, change))


async def _follow(
    response: web.StreamResponse, feed: asyncio.Queue[Heard], places: Mapping[tuple[Chats, str], OwnChat]
) -> None:
    while True:
        try:
            chats, change = await asyncio.wait_for(feed.get(), STILL_HERE)
        except TimeoutError:
            await response.write(b": still here\n\n")
            continue
        if change is None:
            return
        chat = places.get((chats, change.person))
        if chat is not None:
            await response.write(_bubble_event(chat, change.bubble))


def _bubble_event(chat: OwnChat, bubble: Bubble) -> bytes:
    owner = chat.owner
    where = {"platform": owner.platform, "sender": chat.sender, "person": owner.address, "id": bubble.id}
    return _event("bubble", json.dumps(where | {"html": _bubble_html(chat, bubble)}))


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
