"""What followed a response is asked to leave, and is published for all its people at once."""

from dataclasses import asdict
from datetime import datetime

import msgspec

from handlers import results, telling
from handlers.processes import OpenProcess
from handlers.sendings import requesting
from handlers.sendings.ready import Ready, digest
from handlers.writing import contents
from storage import Session, fresh
from storage.sendings import NewSending, StoredSending
from storage.states import SendingKind


async def request(
    session: Session, process: OpenProcess, result: contents.Result, title: str, staff_id: str, now: datetime
) -> StoredSending:
    """Ask for a result to be published; nobody is told before it is approved. Raises `contents.Unfit`.

    `title`: what staff call it.
    """
    fingerprint, packed = await _hash(session, process, result, now), contents.pack(result)
    new = NewSending(fresh(), process.id, None, packed, fingerprint, staff_id, now, SendingKind.RESULT, title)
    return await requesting.once(session, process, new)


async def ready(session: Session, process: OpenProcess, sending: StoredSending, now: datetime) -> Ready | None:
    """The result as it would leave now; None: it could not."""
    result = contents.unpack(sending.content, contents.Result)
    try:
        return Ready(await _hash(session, process, result, now), {sending.requested_by})
    except contents.Unfit:
        return None


async def leave(
    session: Session, process: OpenProcess, sending: StoredSending, now: datetime
) -> tuple[str | None, str | None]:
    """Publish it, and queue the word of it for everybody; gives the broadcast."""
    result = contents.unpack(sending.content, contents.Result)
    return (await results.publish(session, process, result, now)).broadcast, None


async def _hash(session: Session, process: OpenProcess, result: contents.Result, now: datetime) -> str:
    """Raises `contents.Unfit` where it could not leave."""
    announcement = await results.announcement(session, process, "", result, now)
    hours = telling.hours(process.content)
    return digest(
        {
            "process": process.id,
            "result": msgspec.to_builtins(result),
            "texts": announcement.renditions,
            "hours": None if hours is None else asdict(hours),
        }
    )
