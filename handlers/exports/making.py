"""Making a file, a batch at a time: nobody waits for it, and it takes no more memory when it is long."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Protocol

from exports.tables import Book, Cell, Column, Table
from handlers import counts
from handlers.exports import contributions, matters, paper, sources
from handlers.exports.sources import Source
from handlers.processes import OpenProcess
from handlers.writing import moments
from locales import in_words, name_of, speaking, to_staff
from storage import Keyring, Session, staff
from storage.exports import StoredExport
from storage.states import ExportFormat, ExportKind

BATCH = 500
PART = 256 * 1024
"""Bytes that are kept together."""

Look = Callable[[], AbstractAsyncContextManager[Session]]
"""Begins a look at the records."""
Tell = Callable[[int], Awaitable[None]]
"""Takes how much is made, in percent. What it raises ends the making."""


class Begin(Protocol):
    """Finds out what a table is filled from."""

    async def __call__(self, session: Session, keys: Keyring, process: OpenProcess, /, *, tagged: bool) -> Source: ...


TABLES: Mapping[ExportKind, Begin] = {
    ExportKind.CONTRIBUTIONS: contributions.begin,
    ExportKind.MATTERS: matters.begin,
}


@dataclass(frozen=True, slots=True)
class Made:
    """A file, in parts."""

    parts: Sequence[bytes] = field(repr=False)
    number: int | None
    """About how many rows it has; None: none, or too few to be told."""


@dataclass(frozen=True, slots=True)
class Making:
    """What one file is made from."""

    look: Look
    keys: Keyring = field(repr=False)
    process: OpenProcess
    export: StoredExport
    now: datetime

    async def make(self, folder: Path, tell: Tell) -> Made:
        """`folder`: where it may lie until it is whole, which nobody else can look into. Whoever calls erases it."""
        with speaking(self.export.language):
            if self.export.kind is ExportKind.PAPER:
                return await self._paper()
            return await self._tables(folder, tell)

    async def _paper(self) -> Made:
        from exports import docx

        async with self.look() as session:
            written = await paper.write(session, self.keys, self.process, self._today)
        file = await asyncio.to_thread(docx.write, written)
        return Made([file[place : place + PART] for place in range(0, len(file), PART)], None)

    async def _tables(self, folder: Path, tell: Tell) -> Made:
        async with self.look() as session:
            source = await TABLES[self.export.kind](session, self.keys, self.process, tagged=self.export.tagged)
            names = await staff.names(session, [self.export.requested_by])
        book = self._book(folder)
        book.begin(
            Table(
                "about",
                to_staff("About this file"),
                (Column(to_staff("What"), width=32), Column(to_staff("About it"), width=100)),
            )
        )
        book.add(self._about(source, names.get(self.export.requested_by, "")))
        book.begin(source.table)
        number = 0
        for place in range(0, len(source.names), BATCH):
            async with self.look() as session:
                rows = await source.batch(session, source.names[place : place + BATCH])
            await asyncio.to_thread(book.add, rows)
            number += len(rows)
            await tell(100 * place // len(source.names))
        path = await asyncio.to_thread(book.close)
        return Made(list(_parts(path)), counts.rounded(number))

    def _book(self, folder: Path) -> Book:
        """The libraries are large: only a worker that makes such a file loads them."""
        title = sources.worded(self.process, self.process.content.title)
        if self.export.format is ExportFormat.CSV:
            from exports import csv

            return csv.Book(folder, self.export.language, title)
        from exports import xlsx

        return xlsx.Book(folder, self.export.language, title)

    def _about(self, source: Source, requested_by: str) -> Iterator[Sequence[Cell]]:
        content = self.process.content
        yield to_staff("Process"), sources.worded(self.process, content.title)
        yield to_staff("Run by"), sources.worded(self.process, content.organizer)
        yield to_staff("Made on"), in_words(self._today)
        yield to_staff("Asked for by"), requested_by
        yield to_staff("Mark of this file"), self.export.id
        yield to_staff("Language of the file"), name_of(self.export.language)
        yield from ((to_staff("What is in it"), sentence) for sentence in source.about.holds)
        yield from ((to_staff("What is not in it, and why"), sentence) for sentence in source.about.lacks)
        for sentence in _terms():
            yield to_staff("On these terms"), sentence

    @property
    def _today(self) -> date:
        return self.now.astimezone(moments.zone_of(self.process.content)).date()


def _terms() -> Sequence[str]:
    return (
        to_staff("It is for the work of this process and nothing else. Do not put it where others can read it."),
        to_staff("Do not try to find out who anybody is, and do not lay it side by side with other data to do so."),
        to_staff("Delete it as soon as that work is done: from then on it can only do harm."),
    )


def _parts(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while part := file.read(PART):
            yield part
