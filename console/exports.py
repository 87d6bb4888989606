"""Files that leave: asking for one, how far it is, and fetching it once."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256

from aiohttp import web

from console._frame.desks import Desk, see
from console._frame.routes import get, post
from console.translations import download
from handlers import exports, journal
from handlers.exports import FORMATS, KEPT, Order
from handlers.journal import Act
from handlers.writing import contents
from locales import N_, _, languages, spoken
from storage import Session, staff
from storage import exports as stored
from storage.exports import StoredExport
from storage.roles import Role
from storage.states import ExportFormat, ExportKind, ExportState

READERS = (Role.ORGANIZER, Role.AUDITOR)
ORGANIZERS = (Role.ORGANIZER,)
MOST = 30
KINDS: Mapping[ExportKind, str] = {
    ExportKind.CONTRIBUTIONS: N_("Contributions"),
    ExportKind.MATTERS: N_("Matters"),
    ExportKind.PAPER: N_("Input paper"),
}
NAMES: Mapping[ExportFormat, str] = {
    ExportFormat.XLSX: N_("workbook (XLSX)"),
    ExportFormat.CSV: N_("plain tables (CSV in a ZIP)"),
    ExportFormat.DOCX: N_("text document (DOCX)"),
}
LIVES = (ExportState.WAITING, ExportState.MAKING, ExportState.READY)
"""What may look otherwise in a moment."""


@dataclass(frozen=True, slots=True)
class Row:
    """A file in the list."""

    export: StoredExport
    kind: str
    format: str
    who: str
    """Who asked for it."""
    can_be_fetched: bool
    """By whoever reads the list."""


async def show(desk: Desk) -> web.StreamResponse:
    async with desk.reading() as session:
        return await _show(desk, session)


async def live(desk: Desk) -> web.StreamResponse:
    """The list, which is fetched again and again."""
    async with desk.reading() as session:
        rows = await _rows(desk, session)
    return desk.live("exports_live.html", _version(rows), rows=rows, lives=_lives(rows), kept=KEPT)


async def ask(desk: Desk) -> web.StreamResponse:
    try:
        order = _order(desk)
        async with desk.writing() as session:
            name = await exports.ask(session, desk.process, order, desk.who.id, desk.now)
            facts: Mapping[str, journal.Fact] = {"kind": order.kind, "state": order.format, "language": order.language}
            await desk.note(session, journal.Entry(Act.EXPORT_ASK, name, facts))
    except contents.Unfit as unfit:
        async with desk.reading() as session:
            return await _show(desk, session, str(unfit))
    raise see(f"{desk.home}/exports", done="asked")


async def fetch(desk: Desk) -> web.StreamResponse:
    """It is here no more as soon as this transaction is committed: a connection that breaks then has lost it."""
    name = desk.at("export")
    try:
        async with desk.writing() as session:
            keys, who = desk.office.keys, desk.who.id
            file = await exports.fetch(session, keys, desk.process, name, who, desk.now)
            facts: dict[str, journal.Fact] = {"kind": file.export.kind}
            if file.export.number is not None:
                facts["number"] = file.export.number
            await desk.note(session, journal.Entry(Act.EXPORT_FETCH, name, facts))
    except contents.Unfit as unfit:
        async with desk.reading() as session:
            return await _show(desk, session, str(unfit))
    return download(file.content, file.type, file.name)


async def _show(desk: Desk, session: Session, wrong: str = "") -> web.StreamResponse:
    rows = await _rows(desk, session)
    return desk.page(
        "exports.html",
        422 if wrong else 200,
        rows=rows,
        lives=_lives(rows),
        kept=KEPT,
        wrong=wrong,
        choices=[(kind, format_, _(KINDS[kind]), _(NAMES[format_])) for kind in KINDS for format_ in FORMATS[kind]],
        chosen=desk.line("what"),
        spoken_in=list(dict.fromkeys((spoken(), *desk.process.content.languages, *languages()))),
        written_in=desk.line("language") or spoken(),
        tagged=bool(desk.text("tagged")),
    )


def _order(desk: Desk) -> Order:
    """Raises `contents.Unfit`."""
    kind, _point, format_ = desk.line("what").partition(".")
    try:
        return Order(ExportKind(kind), ExportFormat(format_), desk.line("language"), bool(desk.text("tagged")))
    except ValueError:
        raise contents.Unfit(_("Choose what the file is to hold.")) from None


async def _rows(desk: Desk, session: Session) -> Sequence[Row]:
    newest = await stored.newest(session, desk.process.id, MOST)
    names = await staff.names(session, {export.requested_by for export in newest})
    return [
        Row(
            export,
            _(KINDS[export.kind]),
            _(NAMES[export.format]),
            names.get(export.requested_by, export.requested_by[:8]),
            export.state is ExportState.READY and export.requested_by == desk.who.id and desk.has(Role.ORGANIZER),
        )
        for export in newest
    ]


def _lives(rows: Sequence[Row]) -> bool:
    return any(row.export.state in LIVES for row in rows)


def _version(rows: Sequence[Row]) -> str:
    """With who reads it in which language."""
    states = [(row.export.id, row.export.state, row.export.progress, row.can_be_fetched) for row in rows]
    return sha256(repr((spoken(), states)).encode()).hexdigest()[:16]


routes = [
    get("/p/{slug}/exports", show, READERS),
    get("/p/{slug}/exports/live", live, READERS),
    post("/p/{slug}/exports", ask, ORGANIZERS),
    post("/p/{slug}/exports/{export}/fetch", fetch, ORGANIZERS, confirmed=True),
]
