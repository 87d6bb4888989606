"""Files that staff asked for: who makes them, how far they are, and what is in them until they are fetched."""

from base64 import b64decode, b64encode
from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, delete, func, insert, or_, select, update

from storage._ground.database import Session
from storage.keys import Keyring
from storage.states import ExportFormat, ExportKind, ExportState
from storage.tables import export, export_part

TO_COME = (ExportState.WAITING, ExportState.MAKING)
"""What is not ready yet."""
NOBODYS: dict[str, Any] = {"maker": None, "until": None}


@dataclass(frozen=True, slots=True)
class NewExport:
    """What somebody of the staff asks for."""

    id: str
    process_id: str
    kind: ExportKind
    format: ExportFormat
    language: str
    tagged: bool
    """Under the head of each table stands a row of tags."""
    requested_by: str
    requested: datetime


@dataclass(frozen=True, slots=True)
class StoredExport(NewExport):
    """How far it is."""

    state: ExportState
    progress: int
    """In percent."""
    number: int | None
    """About how many rows it has; None: that is not known, or they are too few."""
    tries: int
    made: datetime | None
    """When it was ready; None: it is not."""
    fetched: datetime | None


async def add(session: Session, new: NewExport) -> None:
    await session.execute(insert(export).values(asdict(new) | {"state": ExportState.WAITING}))


async def newest(session: Session, process_id: str, most: int) -> Sequence[StoredExport]:
    """Those of the process."""
    theirs = _all().where(export.c.process_id == process_id).order_by(export.c.requested.desc(), export.c.id)
    return [_read(row) for row in await session.execute(theirs.limit(most))]


async def under_way(session: Session, process_id: str) -> int:
    """How many of the process are not ready yet."""
    theirs = (export.c.process_id == process_id, export.c.state.in_(TO_COME))
    return (await session.execute(select(func.count()).where(*theirs))).scalar_one()


async def fetch(
    session: Session, keys: Keyring, process_id: str, export_id: str, staff_id: str, now: datetime
) -> tuple[StoredExport, bytes] | None:
    """The file, for whoever asked for it; then it is here no more. None: it is not ready, or not theirs.

    Of two who fetch it at once one gets it.
    """
    theirs = and_(export.c.id == export_id, export.c.process_id == process_id, export.c.requested_by == staff_id)
    ready = update(export).where(theirs, export.c.state == ExportState.READY)
    gone = ready.values(state=ExportState.FETCHED, fetched=now).returning(*_all().selected_columns)
    row = (await session.execute(gone)).one_or_none()
    if row is None:
        return None
    parts = select(export_part).where(export_part.c.export_id == export_id).order_by(export_part.c.number)
    content = [_opened(keys, part) for part in await session.execute(parts)]
    await session.execute(delete(export_part).where(export_part.c.export_id == export_id))
    return _read(row), b"".join(content)


async def waits(session: Session, now: datetime) -> bool:
    """Whether there is one to make, of any process."""
    return (await session.execute(select(export.c.id).where(_is_free(now)).limit(1))).first() is not None


async def claim(session: Session, maker: str, now: datetime, until: datetime) -> StoredExport | None:
    """The one that has waited longest, of any process, or one whose maker is gone; None: there is none to make.

    What was made of it before is thrown away. Of two workers that look at once each gets another one.
    """
    first = select(export.c.id).where(_is_free(now)).order_by(export.c.requested, export.c.id).limit(1)
    export_id = (await session.execute(first.with_for_update(skip_locked=True))).scalar_one_or_none()
    if export_id is None:
        return None
    await session.execute(delete(export_part).where(export_part.c.export_id == export_id))
    values = {"state": ExportState.MAKING, "progress": 0, "maker": maker, "until": until, "tries": export.c.tries + 1}
    taken = update(export).where(export.c.id == export_id).values(values).returning(*_all().selected_columns)
    return _read((await session.execute(taken)).one())


async def go_on(session: Session, export_id: str, maker: str, progress: int, until: datetime) -> bool:
    """Write down how far its maker is. False: it is that worker's no more, or is to be made anew."""
    return await _change(session, export_id, maker, {"progress": progress, "until": until})


async def keep(
    session: Session,
    keys: Keyring,
    export_id: str,
    maker: str,
    parts: Sequence[bytes],
    number: int | None,
    now: datetime,
) -> bool:
    """It is ready. False, and nothing is kept, as in `go_on`."""
    ready = {"state": ExportState.READY, "progress": 100, "number": number, "made": now}
    if not await _change(session, export_id, maker, ready | NOBODYS):
        return False
    for place, part in enumerate(parts):
        sealed = keys.seal(b64encode(part).decode(), export_part.c.content, f"{export_id}|{place}")
        await session.execute(insert(export_part).values(export_id=export_id, number=place, content=sealed))
    return True


async def let_go(session: Session, export_id: str, maker: str, *, for_good: bool) -> None:
    """Its maker failed on it: another time, or never."""
    state = ExportState.FAILED if for_good else ExportState.WAITING
    await _change(session, export_id, maker, {"state": state, "progress": 0} | NOBODYS)


async def begin_anew(session: Session, processes: Collection[str]) -> None:
    """Whatever is ready or being made of these is made once more: it may hold what is not to leave any more."""
    held = (export.c.process_id.in_(processes), export.c.state.in_([ExportState.MAKING, ExportState.READY]))
    anew = {"state": ExportState.WAITING, "progress": 0, "made": None, "tries": 0} | NOBODYS
    names = (await session.execute(update(export).where(*held).values(anew).returning(export.c.id))).scalars().all()
    if names:
        await session.execute(delete(export_part).where(export_part.c.export_id.in_(names)))


async def expire(session: Session, made_before: datetime) -> int:
    """Throw away the content of those, of any process, that nobody has fetched since; gives how many."""
    old = update(export).where(export.c.state == ExportState.READY, export.c.made < made_before)
    names = (await session.execute(old.values(state=ExportState.EXPIRED).returning(export.c.id))).scalars().all()
    if names:
        await session.execute(delete(export_part).where(export_part.c.export_id.in_(names)))
    return len(names)


async def prune(session: Session, requested_before: datetime) -> None:
    """Nothing is left of those, of any process, that are over and were asked for before then."""
    over = export.c.state.in_([ExportState.FETCHED, ExportState.EXPIRED, ExportState.FAILED])
    await session.execute(delete(export).where(over, export.c.requested < requested_before))


def _is_free(now: datetime) -> ColumnElement[bool]:
    """It waits, or has not been heard of for too long."""
    left = and_(export.c.state == ExportState.MAKING, export.c.until < now)
    return or_(export.c.state == ExportState.WAITING, left)


async def _change(session: Session, export_id: str, maker: str, values: Mapping[str, Any]) -> bool:
    theirs: ColumnElement[bool] = and_(export.c.id == export_id, export.c.maker == maker)
    return bool((await session.execute(update(export).where(theirs).values(values))).rowcount)


def _opened(keys: Keyring, part: Any) -> bytes:
    return b64decode(keys.open(part.content, export_part.c.content, f"{part.export_id}|{part.number}"))


def _all() -> Any:
    return select(*(export.c[part.name] for part in fields(StoredExport)))


def _read(row: Any) -> StoredExport:
    enums = {
        "kind": ExportKind(row.kind),
        "format": ExportFormat(row.format),
        "state": ExportState(row.state),
    }
    return StoredExport(**row._asdict() | enums)
