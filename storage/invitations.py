"""Invitations to a council, by the codes that were handed out."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date

from sqlalchemy import delete, func, insert, select, update

from storage._ground.database import Session
from storage.tables import invitation


@dataclass(frozen=True, slots=True)
class Invitation:
    """To a council. `id` is the HMAC of the code that was handed out; `until` is its last day."""

    id: str
    council: str
    seat: str | None
    """The one seat for which it is; None: who uses it gets one that is vacant, or a new one."""
    made: date
    until: date
    used: date | None


@dataclass(frozen=True, slots=True)
class NewInvitation:
    """To be kept; `id` is the HMAC of its code, never the words that are handed out."""

    id: str
    process_id: str
    council_id: str
    seat_id: str | None
    made: date
    until: date


async def add(session: Session, new: NewInvitation) -> None:
    await session.execute(insert(invitation).values(asdict(new)))


async def of_process(session: Session, process_id: str) -> Sequence[Invitation]:
    """Those of the process that are open, were used or are over, oldest first; never by whom they were used."""
    columns = [invitation.c[name] for name in ("id", "council_id", "seat_id", "made", "until", "used")]
    theirs = select(*columns).where(invitation.c.process_id == process_id)
    rows = await session.execute(theirs.order_by(invitation.c.made, invitation.c.id))
    return [Invitation(*row) for row in rows]


async def council_of(session: Session, process_id: str, code: str) -> str | None:
    """The council to which this code of the process invites; None: there is none such."""
    its = select(invitation.c.council_id).where(invitation.c.process_id == process_id, invitation.c.id == code)
    found: str | None = (await session.execute(its)).scalar_one_or_none()
    return found


async def take(session: Session, process_id: str, code: str, today: date) -> Invitation | None:
    """The one of the process that has this code, locked; None when it was used or revoked, is over or never was."""
    open_ = (invitation.c.id == code, invitation.c.used.is_(None), invitation.c.until >= today)
    columns = [invitation.c[name] for name in ("id", "council_id", "seat_id", "made", "until", "used")]
    found = select(*columns).where(invitation.c.process_id == process_id, *open_).with_for_update()
    row = (await session.execute(found)).one_or_none()
    return None if row is None else Invitation(*row)


async def use(session: Session, process_id: str, code: str, today: date) -> None:
    """Nobody else takes a seat by it."""
    its = (invitation.c.process_id == process_id, invitation.c.id == code)
    await session.execute(update(invitation).where(*its).values(used=today))


async def revoke(session: Session, process_id: str, invitation_id: str) -> bool:
    """Nobody takes a seat by this one any more. False when it was used, or there is none."""
    its = (invitation.c.process_id == process_id, invitation.c.id == invitation_id, invitation.c.used.is_(None))
    return bool((await session.execute(delete(invitation).where(*its))).rowcount)


async def revoke_of_seat(session: Session, process_id: str, seat_id: str) -> None:
    """Nobody takes this seat by any code; the council is locked."""
    its = (invitation.c.process_id == process_id, invitation.c.seat_id == seat_id, invitation.c.used.is_(None))
    await session.execute(delete(invitation).where(*its))


async def revoke_of_council(session: Session, process_id: str, council_id: str) -> None:
    """Nobody takes a seat of this council by any code; it is locked."""
    its = (invitation.c.process_id == process_id, invitation.c.council_id == council_id, invitation.c.used.is_(None))
    await session.execute(delete(invitation).where(*its))


async def prune(session: Session, before: date) -> int:
    """Forget invitations of all processes that were used, or over, before that day."""
    over = func.coalesce(invitation.c.used, invitation.c.until) < before
    return (await session.execute(delete(invitation).where(over))).rowcount
