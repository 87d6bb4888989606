"""What somebody reads on a public page."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from html.parser import HTMLParser


class Seen(HTMLParser):
    """A page as it is seen: its text, its links, and what its head says."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.links: list[dict[str, str]] = []
        self.head: list[tuple[str, dict[str, str]]] = []
        self.root: dict[str, str] = {}
        self._words: list[str] = []
        self._hidden = 0
        self.feed(html)
        self.text = " ".join(" ".join(self._words).split())

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        its = {name: value or "" for name, value in attributes}
        if tag == "html":
            self.root = its
        if tag == "a":
            self.links.append(its)
        if tag in ("link", "meta"):
            self.head.append((tag, its))
        if tag == "title":
            self._hidden += 1

    def handle_endtag(self, tag: str) -> None:
        if tag == "title":
            self._hidden -= 1

    def handle_data(self, data: str) -> None:
        if not self._hidden:
            self._words.append(data)

    def rel(self, rel: str) -> list[dict[str, str]]:
        """The links of this relation in the head."""
        return [its for tag, its in self.head if tag == "link" and its.get("rel") == rel]


@dataclass(frozen=True, slots=True)
class Read:
    """An answer."""

    status: int
    headers: Mapping[str, str]
    body: str = field(repr=False)
    seen: Seen = field(repr=False)

    @property
    def text(self) -> str:
        return self.seen.text

    @property
    def tag(self) -> str:
        return self.headers["ETag"]
