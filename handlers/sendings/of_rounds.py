"""A round is asked to open, and opens for everybody who may vote in it."""

from dataclasses import asdict
from datetime import datetime

import msgspec

from handlers import rounds, telling
from handlers.processes import OpenProcess
from handlers.sendings import requesting
from handlers.sendings.ready import Ready, digest
from handlers.writing import contents
from storage import Session, broadcasts, fresh
from storage.sendings import NewSending, StoredSending
from storage.states import SendingKind


async def request(
    session: Session, process: OpenProcess, round_: contents.Round, title: str, staff_id: str, now: datetime
) -> StoredSending:
    """Ask for a round to open; nobody is invited before it is approved. Raises `contents.Unfit`.

    `title`: what staff call it.
    """
    fingerprint, packed = await _hash(session, process, round_, now), contents.pack(round_)
    new = NewSending(fresh(), process.id, None, packed, fingerprint, staff_id, now, SendingKind.ROUND, title)
    return await requesting.once(session, process, new)


async def ready(session: Session, process: OpenProcess, sending: StoredSending, now: datetime) -> Ready | None:
    """The round as it would open now; None: it could not."""
    round_ = contents.unpack(sending.content, contents.Round)
    try:
        return Ready(await _hash(session, process, round_, now), {sending.requested_by})
    except contents.Unfit:
        return None


async def leave(
    session: Session, process: OpenProcess, sending: StoredSending, now: datetime
) -> tuple[str | None, str | None]:
    """Open it, and invite everybody; gives the broadcast that does."""
    round_ = contents.unpack(sending.content, contents.Round)
    name = await rounds.open_(session, process, round_, now)
    called = await broadcasts.about(session, process.id, rounds.calls(round_, name))
    return (None if called is None else called.id), None


async def _hash(session: Session, process: OpenProcess, round_: contents.Round, now: datetime) -> str:
    """Who joins or leaves until it opens changes nothing of what two agreed to; another word of a part does.

    Raises `contents.Unfit` where it could not open.
    """
    await rounds.check(session, process, round_, now)
    parts = await rounds.put_to_vote(session, process, round_)
    hours = telling.hours(process.content)
    return digest(
        {
            "process": process.id,
            "round": msgspec.to_builtins(round_),
            "parts": {value: asdict(part) for value, part in parts.items()},
            "texts": rounds.invitation(process, round_).renditions,
            "hours": None if hours is None else asdict(hours),
        }
    )
