"""Asking for a file, and fetching it: once, by whoever asked."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from exports import formats
from handlers.processes import OpenProcess
from handlers.writing import contents
from locales import languages, to_staff
from storage import Keyring, Session, Unreadable, exports, fresh
from storage.exports import NewExport, StoredExport
from storage.states import ExportFormat, ExportKind

FORMATS: Mapping[ExportKind, tuple[ExportFormat, ...]] = {
    ExportKind.CONTRIBUTIONS: (ExportFormat.XLSX, ExportFormat.CSV),
    ExportKind.MATTERS: (ExportFormat.XLSX, ExportFormat.CSV),
    ExportKind.PAPER: (ExportFormat.DOCX,),
}
KEPT = timedelta(hours=24)
"""So long a file waits for whoever asked for it."""
MOST_AT_ONCE = 5
"""So many of a process are made or wait for it at most."""


@dataclass(frozen=True, slots=True)
class Order:
    """What is asked for."""

    kind: ExportKind
    format: ExportFormat
    language: str
    """That the file is to be in."""
    tagged: bool = False
    """Under the head of each table stands a row of tags."""


@dataclass(frozen=True, slots=True)
class File:
    """A file that leaves."""

    export: StoredExport
    name: str
    type: str
    content: bytes = field(repr=False)


async def ask(session: Session, process: OpenProcess, order: Order, staff_id: str, now: datetime) -> str:
    """Have a file made; gives its id. Raises `contents.Unfit`."""
    if order.format not in FORMATS[order.kind]:
        raise contents.Unfit(to_staff("This cannot be had in that format."))
    if order.language not in (process.content.languages if order.kind is ExportKind.PAPER else languages()):
        raise contents.Unfit(to_staff("Choose a language of the list."))
    if await exports.under_way(session, process.id) >= MOST_AT_ONCE:
        raise contents.Unfit(to_staff("Several files are being made already. Wait until one of them is ready."))
    name = fresh()
    tagged = order.tagged and order.kind is not ExportKind.PAPER
    new = NewExport(name, process.id, order.kind, order.format, order.language, tagged, staff_id, now)
    await exports.add(session, new)
    return name


async def fetch(
    session: Session, keys: Keyring, process: OpenProcess, export_id: str, staff_id: str, now: datetime
) -> File:
    """The file; from then on it is gone. Raises `contents.Unfit`."""
    try:
        found = await exports.fetch(session, keys, process.id, export_id, staff_id, now)
    except Unreadable:
        found = None
    if found is None:
        raise contents.Unfit(to_staff("This file is not here, or no more. Ask for a new one."))
    export, content = found
    kind = formats.FORMATS[export.format]
    name = f"{process.slug}-{export.kind}-{export.language}-{export.requested:%Y-%m-%d}{kind.ending}"
    return File(export, name, kind.type, content)
