"""What a page has before it with one request: who it is for, in which process, and the way to the records."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from aiohttp import web
from markupsafe import Markup
from multidict import MultiDict, MultiDictProxy

import flows
from console._frame import pages, tokens
from console.office import Office
from handlers import journal
from handlers.processes import OpenProcess
from handlers.writing import moments
from locales import spoken
from storage import Session
from storage.roles import Role
from storage.sign_ins import Colleague
from storage.staff import Grant

Form = MultiDictProxy[Any]


def no_form() -> Form:
    """Nothing was sent."""
    return MultiDictProxy(MultiDict())


PART = "HX-Request"
"""The header by which a part of a page is asked for instead of all of it."""


@dataclass(frozen=True, slots=True)
class Desk:
    """One request of somebody, in one process or in none."""

    office: Office
    request: web.Request
    now: datetime
    key: str = field(repr=False)
    """The secret of this browser: its sign-in's, or what a visitor was given. Forms are bound to it."""
    colleague: Colleague | None = None
    the_process: OpenProcess | None = None
    grants: tuple[Grant, ...] = ()
    """Those that hold here."""
    form: Form = field(default_factory=no_form, repr=False)
    looking: Session | None = None
    """The look at the records that has begun, while a page is only shown."""

    @property
    def who(self) -> Colleague:
        """Only for routes that need somebody who is signed in."""
        assert self.colleague is not None  # noqa: S101 the frame has seen to it
        return self.colleague

    @property
    def process(self) -> OpenProcess:
        """Only for routes whose path has {slug}."""
        assert self.the_process is not None  # noqa: S101 the frame has seen to it
        return self.the_process

    @property
    def home(self) -> str:
        """Where the process's pages begin."""
        return f"/p/{self.process.slug}"

    @property
    def here(self) -> str:
        """The section that this page belongs to: its path below the process's."""
        below = self.request.path.removeprefix(self.home) if self.the_process else ""
        return "/" + below.split("/")[1] if below.strip("/") else ""

    @property
    def zone(self) -> str:
        """By whose clock the process's days begin and end; UTC where there is none."""
        if self.the_process is None:
            return "UTC"
        return moments.zone_of(self.process.content).key

    @property
    def title(self) -> str:
        """What the process is called, for this reader."""
        content = self.process.content
        return flows.rendition(content.title, spoken(), content.languages).text

    def has(self, *roles: Role) -> bool:
        return any(grant.role in roles for grant in self.grants)

    def languages(self, role: Role) -> tuple[str, ...] | None:
        """Those in which they have this role here; None: all."""
        theirs = [grant.languages for grant in self.grants if grant.role is role]
        if not all(theirs):
            return None
        return tuple(dict.fromkeys(language for languages in theirs for language in languages))

    def at(self, name: str) -> str:
        """A part of the path."""
        return self.request.match_info[name]

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[Session]:
        """A look at the records."""
        if self.looking is not None:
            yield self.looking
            return
        async with self.office.database.reading() as session:
            yield session

    @asynccontextmanager
    async def writing(self, entry: journal.Entry | None = None) -> AsyncIterator[Session]:
        """One transaction; what they do in it stands in the journal with it."""
        async with self.office.database.writing() as session:
            yield session
            if entry is not None:
                await self.note(session, entry)

    async def note(self, session: Session, entry: journal.Entry) -> None:
        """Write down what they did, in the transaction in which they did it."""
        process = None if self.the_process is None else self.the_process.id
        await journal.write(session, self.who.id, process, entry, self.now)

    def page(self, template: str, status: int = 200, /, **shown: object) -> web.Response:
        """A page; or, where a part of one was asked for, that part."""
        values = {"desk": self, "language": spoken(), "here": self.here, "token": self._token, **shown}
        return pages.response(template, values, status)

    def page_with_sound(self, template: str, status: int = 200, /, **shown: object) -> web.Response:
        """The same for one on which voice notes can be played: on no other can anything be."""
        response = self.page(template, status, **shown)
        response.headers["Content-Security-Policy"] = pages.WITH_SOUND
        return response

    def live(self, template: str, version: str, /, **shown: object) -> web.StreamResponse:
        """A part of a page that is fetched again and again: 304 while its version is the same."""
        tag = f'"{version}"'
        if self.request.headers.get("If-None-Match") == tag:
            return web.Response(status=304, headers={"ETag": tag, "Cache-Control": pages.AGAIN})
        response = self.page(template, **shown)
        response.headers.update({"ETag": tag, "Cache-Control": pages.AGAIN})
        return response

    def _token(self) -> Markup:
        """The field that every form of ours has."""
        return Markup('<input type="hidden" name="{}" value="{}">').format(tokens.FIELD, tokens.masked(self.key))

    @property
    def wants_part(self) -> bool:
        return PART in self.request.headers

    def text(self, name: str) -> str:
        """A field of the form, with lines as we write them and without signs that nobody can see; "": it is not there.

        Marks of direction stay: they may be meant.
        """
        value = self.form.get(name, "")
        lines = value.replace("\r\n", "\n") if isinstance(value, str) else ""
        return "".join(sign for sign in lines if sign == "\n" or (ord(sign) >= 32 and ord(sign) != 127))

    def line(self, name: str) -> str:
        """A field that is one line."""
        return " ".join(self.text(name).split())

    def again(self, name: str, kept: object = "") -> str:
        """What a field shows: what was just written there, where the form was sent, or what is kept."""
        return self.text(name) if name in self.form else str(kept)

    def many(self, name: str) -> tuple[str, ...]:
        """All values of a field that can be chosen more than once."""
        return tuple(value for value in self.form.getall(name, ()) if isinstance(value, str))


def see(path: str, **query: str) -> web.HTTPSeeOther:
    """Go on there. After a form was taken, so that coming back sends nothing twice."""
    return web.HTTPSeeOther(path + _query(query))


def _query(query: Mapping[str, str]) -> str:
    return f"?{urlencode(query)}" if query else ""
