"""A roll is asked to be corrected, and is: whoever is put on it is invited to vote."""

from datetime import datetime

import msgspec

from handlers import rounds
from handlers.processes import OpenProcess
from handlers.sendings import requesting
from handlers.sendings.ready import Ready, digest
from handlers.writing import contents
from storage import Session, fresh
from storage.sendings import NewSending, StoredSending
from storage.states import SendingKind


async def request(
    session: Session,
    process: OpenProcess,
    correction: contents.RollCorrection,
    title: str,
    staff_id: str,
    now: datetime,
) -> StoredSending:
    """Ask for these to be put on a roll; nobody is before it is approved. Raises `contents.Unfit`.

    `title`: what staff call the round.
    """
    fingerprint, packed = await _hash(session, process, correction, now), contents.pack(correction)
    new = NewSending(fresh(), process.id, None, packed, fingerprint, staff_id, now, SendingKind.ROLL, title)
    return await requesting.once(session, process, new)


async def ready(session: Session, process: OpenProcess, sending: StoredSending, now: datetime) -> Ready | None:
    """The correction as it would be made now; None: it could not."""
    correction = contents.unpack(sending.content, contents.RollCorrection)
    try:
        return Ready(await _hash(session, process, correction, now), {sending.requested_by})
    except contents.Unfit:
        return None


async def leave(
    session: Session, process: OpenProcess, sending: StoredSending, now: datetime
) -> tuple[str | None, str | None]:
    """Put them on the roll, and invite each alone."""
    await rounds.correct(session, process, contents.unpack(sending.content, contents.RollCorrection), now)
    return None, None


async def _hash(session: Session, process: OpenProcess, correction: contents.RollCorrection, now: datetime) -> str:
    """Raises `contents.Unfit` where it could not be made."""
    called = await rounds.late_invitation(session, process, correction, now)
    return digest({"process": process.id, "correction": msgspec.to_builtins(correction), "texts": called.renditions})
