"""A response is asked to leave, and is published for all its people at once."""

from dataclasses import asdict
from datetime import datetime

import msgspec

from handlers import responses, telling
from handlers.processes import OpenProcess
from handlers.sendings import requesting
from handlers.sendings.ready import Ready, digest
from handlers.writing import contents
from storage import Session, fresh
from storage.sendings import NewSending, StoredSending
from storage.states import SendingKind


async def request(
    session: Session, process: OpenProcess, response: contents.Response, title: str, staff_id: str, now: datetime
) -> StoredSending:
    """Ask for a response to be published; nobody is told before it is approved. Raises `contents.Unfit`.

    `title`: what staff call it.
    """
    fingerprint, packed = await _hash(session, process, response), contents.pack(response)
    new = NewSending(fresh(), process.id, None, packed, fingerprint, staff_id, now, SendingKind.RESPONSE, title)
    return await requesting.once(session, process, new)


async def ready(session: Session, process: OpenProcess, sending: StoredSending, _now: datetime) -> Ready | None:
    """The response as it would leave now; None: it could not."""
    response = contents.unpack(sending.content, contents.Response)
    try:
        return Ready(await _hash(session, process, response), {sending.requested_by})
    except contents.Unfit:
        return None


async def leave(
    session: Session, process: OpenProcess, sending: StoredSending, now: datetime
) -> tuple[str | None, str | None]:
    """Publish it, and queue the word of it for everybody; gives the broadcast."""
    response = contents.unpack(sending.content, contents.Response)
    return (await responses.publish(session, process, response, now)).broadcast, None


async def _hash(session: Session, process: OpenProcess, response: contents.Response) -> str:
    """Who else says the same until it leaves is told, too: that changes nothing of what two agreed to.

    Raises `contents.Unfit` where it could not leave.
    """
    announcement = await responses.announcement(session, process, "", response)
    hours = telling.hours(process.content)
    return digest(
        {
            "process": process.id,
            "response": msgspec.to_builtins(response),
            "texts": announcement.renditions,
            "opening": announcement.opening,
            "hours": None if hours is None else asdict(hours),
        }
    )
