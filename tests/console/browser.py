"""A browser without scripts: it keeps cookies, follows redirects, reads pages, and sends the forms on them."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any
from urllib.parse import urljoin

from aiohttp import ClientResponse, FormData
from aiohttp.test_utils import TestClient

Fields = Mapping[str, str | Sequence[str]]


@dataclass
class Form:
    """A form on a page, as it was filled in when the page came."""

    method: str
    action: str
    fields: list[tuple[str, str]] = field(default_factory=list)
    buttons: list[tuple[str, str, str]] = field(default_factory=list)
    """Name, value and label of each."""


class Reader(HTMLParser):
    """What somebody sees on a page."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.forms: list[Form] = []
        self.links: list[tuple[str, str]] = []
        """Address and text of each."""
        self._words: list[str] = []
        self._inside: list[str] = []
        self._textarea: str | None = None
        self._select: str | None = None
        self._option: tuple[str, bool] | None = None
        self.feed(html)
        self.text = " ".join(" ".join(self._words).split())

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        its = {name: value or "" for name, value in attributes}
        self._inside.append(tag) if tag in ("script", "style", "title") else None
        match tag:
            case "form":
                self.forms.append(Form(its.get("method", "get").upper(), its.get("action", "")))
            case "a":
                self.links.append((its.get("href", ""), ""))
            case "input" if self.forms and "name" in its and _counts(its):
                self.forms[-1].fields.append((its["name"], its.get("value", "on" if "type" in its else "")))
            case "button" if self.forms:
                self.forms[-1].buttons.append((its.get("name", ""), its.get("value", ""), ""))
                self._inside.append("button")
            case "textarea" if self.forms:
                self._textarea = its.get("name", "")
                self.forms[-1].fields.append((self._textarea, ""))
            case "select" if self.forms:
                self._select = its.get("name", "")
            case "option" if self._select is not None and ("selected" in its or not self._chosen()):
                fields = self.forms[-1].fields
                fields[:] = [pair for pair in fields if pair[0] != self._select]
                fields.append((self._select, its.get("value", "")))

    def handle_endtag(self, tag: str) -> None:
        if tag in self._inside:
            self._inside.remove(tag)
        if tag == "textarea":
            self._textarea = None
        if tag == "select":
            self._select = None

    def handle_data(self, data: str) -> None:
        if {"script", "style", "title"} & set(self._inside):
            return
        if self._textarea is not None:
            name, before = self.forms[-1].fields[-1]
            self.forms[-1].fields[-1] = (name, before + data.removeprefix("\n" if not before else ""))
            return
        self._words.append(data)
        if "button" in self._inside and self.forms[-1].buttons:
            name, value, label = self.forms[-1].buttons[-1]
            self.forms[-1].buttons[-1] = (name, value, " ".join(f"{label} {data}".split()))
        elif self.links and data.strip() and not self.links[-1][1]:
            self.links[-1] = (self.links[-1][0], " ".join(data.split()))

    def _chosen(self) -> bool:
        return any(name == self._select for name, _value in self.forms[-1].fields)


def _counts(its: Mapping[str, str]) -> bool:
    kind = its.get("type", "text")
    return kind not in ("submit", "file", "button") and (kind not in ("checkbox", "radio") or "checked" in its)


@dataclass(frozen=True, slots=True)
class Page:
    """A page that came."""

    status: int
    path: str
    html: str = field(repr=False)
    headers: Mapping[str, str] = field(repr=False)
    seen: Reader = field(repr=False)

    @property
    def text(self) -> str:
        return self.seen.text

    def form(self, action: str) -> Form:
        """The form that goes there, by the end of its address."""
        return next(form for form in self.seen.forms if form.action.partition("?")[0].endswith(action))

    def link(self, text: str) -> str:
        return next(href for href, label in self.seen.links if label == text)


@dataclass
class Browser:
    """Somebody in front of it."""

    client: TestClient[Any, Any]
    page: Page | None = None

    async def opens(self, path: str, **headers: str) -> Page:
        async with self.client.get(path, headers=headers) as response:
            return await self._sees(response)

    async def sends(self, action: str, **fields: str | Sequence[str]) -> Page:
        """Fill in the form of the page before them that goes to `action`, and send it."""
        return await self.sends_form(action, fields)

    async def sends_form(self, action: str, fields: Fields) -> Page:
        """The same for fields whose names are no names of Python's."""
        assert self.page is not None
        form = self.page.form(action)
        kept = [(name, value) for name, value in form.fields if name not in fields]
        filled = [*kept, *_pairs(fields)]
        address = urljoin(self.page.path, form.action or self.page.path)
        if form.method == "GET":
            return await self.opens(f"{address}?{FormData(filled)()._value.decode()}")
        return await self.posts(address, filled)

    async def posts(self, path: str, fields: Sequence[tuple[str, str]], **headers: str) -> Page:
        """What no form of ours may have sent."""
        async with self.client.post(path, data=FormData(list(fields)), headers=headers) as response:
            return await self._sees(response)

    async def _sees(self, response: ClientResponse) -> Page:
        html = await response.text()
        self.page = Page(response.status, response.url.path, html, dict(response.headers), Reader(html))
        return self.page


def _pairs(fields: Fields) -> Iterator[tuple[str, str]]:
    for name, value in fields.items():
        yield from [(name, value)] if isinstance(value, str) else [(name, each) for each in value]
