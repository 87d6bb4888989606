"""Something leaves: one person requests it, another approves exactly that, and for a while it can be called back."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import flows
from handlers import processes
from handlers.finishing import Asking
from handlers.processes import OpenProcess
from handlers.sendings import (
    by_council,
    of_calls,
    of_decisions,
    of_items,
    of_responses,
    of_results,
    of_rolls,
    of_rounds,
)
from handlers.sendings.by_council import ByCouncil
from handlers.sendings.ready import Ready
from handlers.writing import contents
from locales import spoken, to_staff
from storage import Session, sendings
from storage import processes as stored_processes
from storage.sendings import ON_ITS_WAY, Hold, StoredSending, WaitingSending
from storage.states import SendingKind, SendingState

HOLD = timedelta(minutes=10)
"""How long what two have approved can be called back."""
EMERGENCY_HOLD = timedelta(minutes=2)
"""The same of what one person approved alone."""
LONGEST_REASON = 500


@dataclass(frozen=True, slots=True)
class Kind:
    """How something of one kind leaves."""

    ready: Callable[[Session, OpenProcess, StoredSending, datetime], Awaitable[Ready | None]]
    """What would leave now; None: nothing could."""
    leave: Callable[[Session, OpenProcess, StoredSending, datetime], Awaitable[tuple[str | None, str | None]]]
    """Gives the broadcast or the schedule that it has become."""
    by: ByCouncil | None = None
    """How a council approves it first, where one holds that power; None: none can."""


KINDS: Mapping[SendingKind, Kind] = {
    SendingKind.ITEM: Kind(of_items.ready, of_items.leave, of_items.BY_COUNCIL),
    SendingKind.RESPONSE: Kind(of_responses.ready, of_responses.leave),
    SendingKind.RESULT: Kind(of_results.ready, of_results.leave),
    SendingKind.ROUND: Kind(of_rounds.ready, of_rounds.leave),
    SendingKind.DECISION: Kind(of_decisions.ready, of_decisions.leave),
    SendingKind.ROLL: Kind(of_rolls.ready, of_rolls.leave),
    SendingKind.CALL: Kind(of_calls.ready, of_calls.leave),
}


async def get(session: Session, process: OpenProcess, sending_id: str) -> StoredSending:
    """Raises `contents.Unfit` when the process has none of this id."""
    return _known(await sendings.get(session, process.id, sending_id))


async def on_their_way(session: Session, process: OpenProcess) -> Sequence[StoredSending]:
    """What waits for an approval, for the end of its hold or for a council, the longest first."""
    return await sendings.on_their_way(session, process.id)


async def waiting(session: Session, process: OpenProcess) -> Sequence[WaitingSending]:
    """The same and the consultations that wait to open, with what each is called, for who reads the spoken language."""
    return [_titled(process, it) for it in await sendings.waiting(session, process.id)]


def _titled(process: OpenProcess, waiting: WaitingSending) -> WaitingSending:
    if waiting.kind is not None:
        return waiting
    asking = contents.unpack(waiting.content, Asking)
    title = flows.rendition(asking.consultation.title, spoken(), process.content.languages)
    return replace(waiting, title=title.text, language=title.language)


async def approve(
    session: Session, process: OpenProcess, sending_id: str, staff_id: str, shown_hash: str, now: datetime
) -> StoredSending:
    """Let it leave when the hold ends, as a second person. Gives the sending: void when something changed meanwhile.

    Where a council approves what leaves of this kind, it is put to its vote then.

    `shown_hash` is that of what they had before them. Raises `contents.Unfit`, and nothing has changed then: it is not
    for whoever requested it or wrote any of it last.
    """
    sending = await _taken(session, process, sending_id, shown_hash)
    ready = await _unchanged(session, process, sending, now)
    if ready is None:
        return await _end(session, process, sending, SendingState.VOID)
    if staff_id == sending.requested_by:
        raise contents.Unfit(to_staff("You requested this yourself, so somebody else has to approve it."))
    if staff_id in ready.writers:
        raise contents.Unfit(
            to_staff("You wrote or planned some of this yourself, so somebody else has to approve it.")
        )
    by = KINDS[sending.kind].by
    if by is not None:
        await by.check(session, process, sending, now)
    await sendings.approve(session, sending.id, Hold(staff_id, now, now + HOLD))
    return await get(session, process, sending.id)


async def approve_alone(
    session: Session, process: OpenProcess, sending_id: str, staff_id: str, shown_hash: str, reason: str, now: datetime
) -> StoredSending:
    """The same in an emergency, by one person, whoever it is, who says why. It is held for less time, and marked.

    It does not wait for a council, which is told why once it has left.
    """
    contents.check_note(reason, to_staff("reason"), LONGEST_REASON)
    sending = await _taken(session, process, sending_id, shown_hash, in_emergency=True)
    if await _unchanged(session, process, sending, now) is None:
        return await _end(session, process, sending, SendingState.VOID)
    await sendings.approve(session, sending.id, Hold(staff_id, now, now + EMERGENCY_HOLD, reason.strip()))
    return await get(session, process, sending.id)


async def call_back(session: Session, process: OpenProcess, sending_id: str) -> StoredSending:
    """It never leaves. Raises `contents.Unfit` when it has left, or had been ended already.

    The hold is the time in which that is sure to work; where no worker came at its end it still does.
    """
    sending = _known(await sendings.take(session, process.id, sending_id))
    if sending.state is SendingState.LEFT:
        raise contents.Unfit(to_staff("This has left. What has not reached its people yet can be paused or stopped."))
    _check_on_its_way(sending)
    return await _end(session, process, sending, SendingState.CALLED_BACK)


async def leave_due(session: Session, now: datetime) -> int:
    """Let everything leave whose hold has ended, of any process, each once, or put it to the vote of the council that
    has to approve it; and what a council approved. Gives how many there were.

    Any number of workers may do this at once: what one of them holds the others pass over. What has changed since it
    was approved, or cannot leave any more, never does.
    """
    due = await sendings.take_due(session, now)
    return sum([await _leave(session, sending, now) for sending in due])


async def _leave(session: Session, sending: StoredSending, now: datetime) -> bool:
    # First: whoever changes or closes the process has done so by now, or waits.
    is_open = await stored_processes.touch(session, sending.process_id)
    process = await processes.get(session, sending.process_id)
    kind = KINDS[sending.kind]
    if not is_open or await _unchanged(session, process, sending, now) is None:
        follows = SendingState.VOID
    elif kind.by is None:
        follows = SendingState.LEFT
    else:
        follows = await by_council.decides(session, process, kind.by, sending, now)
    if follows in (SendingState.VOID, SendingState.REFUSED):
        await sendings.end(session, sending.id, follows)
        return False
    if follows is SendingState.LEFT:
        broadcast_id, schedule_id = await kind.leave(session, process, sending, now)
        await sendings.leave(session, sending.id, broadcast_id, schedule_id)
        if kind.by is not None:
            await by_council.tell(session, process, kind.by, sending, now)
    return True


async def _unchanged(session: Session, process: OpenProcess, sending: StoredSending, now: datetime) -> Ready | None:
    """What would leave, where that is exactly what was requested; else None."""
    ready = await KINDS[sending.kind].ready(session, process, sending, now)
    return ready if ready is not None and ready.hash == sending.hash else None


async def _taken(
    session: Session, process: OpenProcess, sending_id: str, shown_hash: str, in_emergency: bool = False
) -> StoredSending:
    """Locked, where it waits to be approved; in an emergency also where it waits for a council."""
    sending = _known(await sendings.take(session, process.id, sending_id))
    _check_on_its_way(sending)
    is_with_council = sending.state is SendingState.WITH_COUNCIL
    if sending.state is SendingState.HELD or (is_with_council and not in_emergency):
        raise contents.Unfit(to_staff("This is approved already."))
    if shown_hash != sending.hash:
        raise contents.Unfit(to_staff("This is not what you had before you. Look at it again."))
    return sending


def _known(sending: StoredSending | None) -> StoredSending:
    if sending is None:
        raise contents.Unfit(to_staff("Nothing that was to leave has this id."))
    return sending


def _check_on_its_way(sending: StoredSending) -> None:
    if sending.state not in ON_ITS_WAY:
        raise contents.Unfit(
            to_staff("This is no longer on its way: it has left, was called back, or has changed since.")
        )


async def _end(session: Session, process: OpenProcess, sending: StoredSending, state: SendingState) -> StoredSending:
    await sendings.end(session, sending.id, state)
    return await get(session, process, sending.id)
