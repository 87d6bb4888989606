"""A call for members is asked to leave: it opens, and everybody is told."""

from dataclasses import asdict
from datetime import datetime

import msgspec

from handlers import councils, member_calls, processes, telling
from handlers.member_calls import Calling
from handlers.processes import OpenProcess
from handlers.sendings.ready import Ready, digest
from handlers.writing import contents
from locales import to_staff
from storage import Session, broadcasts, fresh, sendings
from storage.broadcasts import CALL, Subject
from storage.sendings import NewSending, StoredSending
from storage.states import SendingKind


async def request(
    session: Session, process: OpenProcess, calling: Calling, title: str, staff_id: str, now: datetime
) -> StoredSending:
    """Ask for a call to be opened; nobody is told before it is approved. Raises `contents.Unfit`.

    `title`: what staff call it. One call of a council is on its way at a time.
    """
    processes.check_open(process)
    # Two who ask at once wait for each other here.
    await councils.get(session, process, calling.council, lock=True)
    fingerprint = await _hash(session, process, calling, now)
    if await of_council(session, process, calling.council) is not None:
        raise contents.Unfit(to_staff("A call of this council waits already to be approved, or to leave."))
    packed = contents.pack(calling)
    new = NewSending(fresh(), process.id, None, packed, fingerprint, staff_id, now, SendingKind.CALL, title)
    return await sendings.add(session, new)


async def of_council(session: Session, process: OpenProcess, council_id: str) -> StoredSending | None:
    """The call of a council that is on its way; None: none is."""
    for sending in await sendings.on_their_way(session, process.id):
        if sending.kind is SendingKind.CALL and contents.unpack(sending.content, Calling).council == council_id:
            return sending
    return None


async def ready(session: Session, process: OpenProcess, sending: StoredSending, now: datetime) -> Ready | None:
    """The call as it would open now; None: it could not."""
    calling = contents.unpack(sending.content, Calling)
    try:
        return Ready(await _hash(session, process, calling, now), {sending.requested_by})
    except contents.Unfit:
        return None


async def leave(
    session: Session, process: OpenProcess, sending: StoredSending, now: datetime
) -> tuple[str | None, str | None]:
    """Open it, and tell everybody; gives the broadcast that does."""
    name = await member_calls.open_(session, process, contents.unpack(sending.content, Calling), now)
    telling_of_it = await broadcasts.about(session, process.id, Subject(CALL, name))
    return (None if telling_of_it is None else telling_of_it.id), None


async def _hash(session: Session, process: OpenProcess, calling: Calling, now: datetime) -> str:
    """Raises `contents.Unfit` where it could not open."""
    council = await member_calls.check(session, process, calling, now)
    hours = telling.hours(process.content)
    return digest(
        {
            "process": process.id,
            "calling": msgspec.to_builtins(calling),
            "texts": member_calls.announcement(process, council, calling.call).renditions,
            "hours": None if hours is None else asdict(hours),
        }
    )
