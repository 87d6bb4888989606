"""A decision on an amendment is asked to leave, and makes the part's next edition when it is told."""

from dataclasses import asdict
from datetime import datetime

import msgspec

from handlers import decisions, processes, telling
from handlers.processes import OpenProcess
from handlers.sendings.ready import Ready, digest
from handlers.writing import contents
from locales import to_staff
from storage import Session, fresh, sendings
from storage.sendings import NewSending, StoredSending
from storage.states import SendingKind


async def request(
    session: Session, process: OpenProcess, decision: contents.Decision, title: str, staff_id: str, now: datetime
) -> StoredSending:
    """Ask for a decision to be published; nobody is told before it is approved. Raises `contents.Unfit`.

    `title`: what staff call it. One decision on an amendment is on its way at a time.
    """
    processes.check_open(process)
    fingerprint = await _hash(session, process, decision)
    if any(_is_on(sending, decision.amendment) for sending in await sendings.on_their_way(session, process.id)):
        raise contents.Unfit(to_staff("A decision on this waits already to be approved, or to leave."))
    packed = contents.pack(decision)
    new = NewSending(fresh(), process.id, None, packed, fingerprint, staff_id, now, SendingKind.DECISION, title)
    return await sendings.add(session, new)


def _is_on(sending: StoredSending, amendment: str) -> bool:
    is_decision = sending.kind is SendingKind.DECISION
    return is_decision and contents.unpack(sending.content, contents.Decision).amendment == amendment


async def ready(session: Session, process: OpenProcess, sending: StoredSending, _now: datetime) -> Ready | None:
    """The decision as it would leave now; None: it could not."""
    decision = contents.unpack(sending.content, contents.Decision)
    try:
        return Ready(await _hash(session, process, decision), {sending.requested_by})
    except contents.Unfit:
        return None


async def leave(
    session: Session, process: OpenProcess, sending: StoredSending, now: datetime
) -> tuple[str | None, str | None]:
    """Write the next edition, publish why, and queue the word of it for everybody; gives the broadcast."""
    decision = contents.unpack(sending.content, contents.Decision)
    return (await decisions.publish(session, process, decision, sending.requested_by, now)).broadcast, None


async def _hash(session: Session, process: OpenProcess, decision: contents.Decision) -> str:
    """Who else supports it until it leaves is told, too: that changes nothing of what two agreed to.

    Raises `contents.Unfit` where it could not leave: also when the part has another edition by now, or somebody has
    decided meanwhile.
    """
    announcement = await decisions.announcement(session, process, "", decision, lock=True)
    hours = telling.hours(process.content)
    return digest(
        {
            "process": process.id,
            "decision": msgspec.to_builtins(decision),
            "texts": announcement.renditions,
            "opening": announcement.opening,
            "part": announcement.part,
            "hours": None if hours is None else asdict(hours),
        }
    )
