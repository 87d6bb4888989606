"""Pager, a channel of these tests: a company carries short texts and has words of its own; nobody can speak to it."""

import json
from collections.abc import Mapping, Sequence
from datetime import timedelta
from hmac import compare_digest

import msgspec
from aiohttp import ClientSession, web

from channels import History, Limits, Pace, Refused
from channels._body import body, clean
from channels._senders import Settings, Variables, of_each
from channels._settings import required, web_address
from channels._text.numbered import listed
from channels._text.split import parts
from channels._wire import closed, exchange, open_session
from channels.carriers import ANY_CARRIER, Reserved, ReservedWords
from channels.messages import (
    Accepted,
    Backlog,
    Entrance,
    Kind,
    Message,
    Never,
    Outgoing,
    Report,
    Sentences,
    Template,
)
from channels.recordings import Recording
from channels.verdicts import WIRE, Act, Verdict

LONGEST = 1600
HEADER = "X-Pager-Secret"
RESERVED_WORDS: ReservedWords = {"over": Reserved.STOP, "ready": Reserved.START, "roger": Reserved.START_AFTER_STOP}
VERDICTS: Mapping[str, Verdict] = {
    **WIRE,
    "empty": Verdict(Act.DROP, "nothing to send"),
    "refused": Verdict(Act.DROP, "refused"),
}


class Page(msgspec.Struct):
    id: str
    pager: str
    words: str


VARIABLES = Variables("pager", "PAGER_API", own=("PAGER_SECRET",))


def from_settings(environment: Mapping[str, str]) -> "list[Pager]":
    return of_each(environment, VARIABLES, _made)


def _made(settings: Settings) -> "Pager":
    required(settings, "PAGER_API", "PAGER_SECRET")
    return Pager(settings.name, web_address(settings, "PAGER_API"), settings.get("PAGER_SECRET"))


class Pager:
    kind = "pager"
    carrier = ANY_CARRIER
    reserved_words = RESERVED_WORDS
    takes_voice = False
    shows_numbers = True
    webhook_needs = ""
    limits = Limits(replies=60, newcomers=600)
    most_buttons: int | None = None
    costs_by_length = False
    window: timedelta | None = None
    recycled: timedelta | None = None
    history: History | None = None
    reports = False
    verdicts = VERDICTS

    def __init__(self, name: str, api: str, secret: str) -> None:
        self.name = name
        self.pace = Pace(rate=10_000, burst=1_000, gap=timedelta(0))
        self._api = api
        self._secret = secret
        self._session: ClientSession | None = None

    async def start(self) -> None:
        self._session = self._session or open_session()

    async def close(self) -> None:
        session, self._session = self._session, None
        if session:
            await session.close()

    async def connect(self, sentences: Sentences) -> Mapping[str, str]:
        return {"PAGER_PURPOSES": ",".join(sorted(sentences))}

    async def entrance(self, word: str) -> Entrance:
        return Entrance(f"{self._api}/{word}")

    async def receive(self, request: web.Request) -> Sequence[Message | Report]:
        if not compare_digest(request.headers.get(HEADER, "").encode(), self._secret.encode()):
            raise Refused(403, "wrong secret")
        page = msgspec.json.decode(await body(request), type=Page)
        return [Message(self.name, page.id, page.pager, Kind.TEXT, clean(page.words))]

    def poll(self) -> None:
        """The company only calls."""

    def accepted(self) -> web.Response:
        return web.Response()

    async def acknowledge(self, message: Message) -> None:
        """Nothing is tapped here."""

    def parts(self, outgoing: Outgoing) -> tuple[Outgoing, ...]:
        return parts(outgoing, lambda part: len(_listed(part).encode("utf-16-le")) // 2 <= LONGEST, _listed)

    def places(self, outgoing: Outgoing) -> int:
        return 1

    async def send(self, to: str, outgoing: Outgoing, delivery: str, in_session: bool = True) -> Accepted:
        text = _listed(outgoing)
        if not text.strip():
            raise Never("empty", VERDICTS["empty"])
        if not self._session:
            raise closed()
        answer = await exchange(self._session, "POST", f"{self._api}/pages", json={"to": to, "text": text})
        if answer.status != 200:
            raise Never("refused", VERDICTS["refused"])
        return Accepted(json.loads(answer.body)["sid"])

    async def fetch(self, voice: str) -> Recording:
        raise Never("no_voice")

    async def discard(self, voice: str) -> None:
        """Nobody can speak here."""

    async def backlog(self) -> Backlog | None:
        return None

    async def templates(self) -> Sequence[Template]:
        return ()

    def use(self, templates: Sequence[Template]) -> None:
        """Nothing has to be approved here."""


def _listed(outgoing: Outgoing) -> str:
    return listed(outgoing, after_number=" ")
