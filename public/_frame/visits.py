"""One request for a public page: of which process, in which language, and where its other pages are."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import flows
from flows import Rendition, Renditions
from handlers.walls import ShownMatter, Wall
from public._frame.source import Source
from storage.walls import Version


@dataclass(frozen=True, slots=True)
class Visit:
    """One request that leads to a process that has public pages."""

    source: Source
    version: Version
    wall: Wall
    language: str
    path: str
    parts: Mapping[str, str]
    """What stands in the address, by name."""
    now: datetime

    @property
    def top(self) -> str:
        """Where the process's pages begin, in whichever language."""
        return f"/r/{self.wall.process.slug}"

    @property
    def home(self) -> str:
        """Where those in this language begin."""
        return f"{self.top}/{self.language}"

    @property
    def rest(self) -> str:
        """This page's address below that."""
        return self.path.removeprefix(self.home)

    @property
    def languages(self) -> Sequence[str]:
        return self.wall.process.content.languages

    @property
    def others(self) -> Iterator[tuple[str, str]]:
        """This page in each language of the process: its code, and the address."""
        return ((code, f"{self.top}/{code}{self.rest}") for code in self.languages)

    @property
    def passed_on(self) -> str:
        """This page's address without a language, to be passed on to who reads another one; "": it has none."""
        return self.top + self.rest if self.rest in ("", "/join") or self.rest.startswith(("/m/", "/v/")) else ""

    @property
    def title(self) -> str:
        """What the process is called."""
        return self.text(self.wall.process.content.title)

    def about(self, matter: ShownMatter) -> str:
        """The address of a matter's page."""
        return f"{self.home}/m/{matter.id}"

    def rendition(self, text: Renditions) -> Rendition:
        """In the reader's language, or the next that there is."""
        return flows.rendition(text, self.language, self.languages)

    def text(self, text: Renditions) -> str:
        return self.rendition(text).text
