"""An item leaves: one person requests it, another approves exactly that, and for a while it can be called back."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime, timedelta

import msgspec

from handlers import bulletins, items, processes, telling
from handlers.items import Item
from handlers.processes import OpenProcess
from handlers.telling import Announcement
from handlers.writing import contents
from storage import Session, fresh, sendings
from storage import processes as stored_processes
from storage.broadcasts import Subject
from storage.sendings import ON_ITS_WAY, Hold, NewSending, StoredSending, WaitingSending
from storage.states import SendingState

HOLD = timedelta(minutes=10)
"""How long what two have approved can be called back."""
EMERGENCY_HOLD = timedelta(minutes=2)
"""The same of what one person approved alone."""
LONGEST_REASON = 500


async def request(
    session: Session,
    process: OpenProcess,
    item_id: str,
    staff_id: str,
    now: datetime,
    once_more: bool = False,
) -> StoredSending:
    """Ask for an item to leave as it is now; nothing leaves before it is approved. Raises `contents.Unfit`.

    `once_more`: although the very same has gone out before.
    """
    processes.check_open(process)
    item = await items.held(session, process, item_id)
    await _check_approved(session, process, item, now)
    await _check_leaves(session, process, item, now)
    bulletin = items.bulletin(process, item)
    content, digest = contents.pack(bulletin), _hash(process, item, bulletin)
    await _make_way(session, process, item_id, digest)
    if not once_more and (before := await bulletins.published_before(session, process, bulletin)):
        raise contents.Unfit(f"The very same went out on {before:%Y-%m-%d %H:%M} UTC. Say whether it shall once more.")
    name = fresh()
    await sendings.add(session, NewSending(name, process.id, item_id, content, digest, staff_id, now))
    return await get(session, process, name)


async def get(session: Session, process: OpenProcess, sending_id: str) -> StoredSending:
    """Raises `contents.Unfit` when the process has none of this id."""
    return _known(await sendings.get(session, process.id, sending_id))


async def obstacles(session: Session, process: OpenProcess, item: Item, now: datetime) -> Sequence[str]:
    """What keeps an item from leaving as it is now, a sentence each; none where it can be requested."""
    found = []
    for check in (_check_open, _check_approved, _check_leaves):
        try:
            await check(session, process, item, now)
        except contents.Unfit as unfit:
            found.append(str(unfit))
    return found


async def of_item(session: Session, process: OpenProcess, item_id: str) -> Sequence[StoredSending]:
    """Every time that somebody wanted this item to leave, the newest first."""
    return await sendings.of_item(session, process.id, item_id)


async def on_their_way(session: Session, process: OpenProcess) -> Sequence[StoredSending]:
    """What waits for an approval or for the end of its hold, the longest first."""
    return await sendings.on_their_way(session, process.id)


async def waiting(session: Session, process: OpenProcess) -> Sequence[WaitingSending]:
    """The same with what each is called, without what it says."""
    return await sendings.waiting(session, process.id)


async def approve(
    session: Session, process: OpenProcess, sending_id: str, staff_id: str, shown_hash: str, now: datetime
) -> StoredSending:
    """Let it leave when the hold ends, as a second person. Gives the sending: void when something changed meanwhile.

    `shown_hash` is that of what they had before them. Raises `contents.Unfit`, and nothing has changed then: it is not
    for whoever requested it or wrote any of it last.
    """
    sending = await _taken(session, process, sending_id, shown_hash)
    item = await _unchanged(session, process, sending, now)
    if item is None:
        return await _end(session, process, sending, SendingState.VOID)
    if staff_id == sending.requested_by:
        raise contents.Unfit("You requested this yourself, so somebody else has to approve it.")
    if staff_id in items.writers(process, item):
        raise contents.Unfit("You wrote or planned some of this yourself, so somebody else has to approve it.")
    await sendings.approve(session, sending.id, Hold(staff_id, now, now + HOLD))
    return await get(session, process, sending.id)


async def approve_alone(
    session: Session, process: OpenProcess, sending_id: str, staff_id: str, shown_hash: str, reason: str, now: datetime
) -> StoredSending:
    """The same in an emergency, by one person, whoever it is, who says why. It is held for less time, and marked."""
    contents.check_note(reason, "reason", LONGEST_REASON)
    sending = await _taken(session, process, sending_id, shown_hash)
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
        raise contents.Unfit("This has left. What has not reached its people yet can be paused or stopped.")
    _check_on_its_way(sending)
    return await _end(session, process, sending, SendingState.CALLED_BACK)


async def leave_due(session: Session, now: datetime) -> int:
    """Let everything leave whose hold has ended, of any process, each once; gives how many there were.

    Any number of workers may do this at once: what one of them holds the others pass over. What has changed since it
    was approved, or cannot leave any more, never does.
    """
    due = await sendings.take_due(session, now)
    return sum([await _leave(session, sending, now) for sending in due])


async def _leave(session: Session, sending: StoredSending, now: datetime) -> bool:
    # First: whoever changes or closes the process has done so by now, or waits.
    is_open = await stored_processes.touch(session, sending.process_id)
    process = await processes.get(session, sending.process_id)
    if not is_open or await _unchanged(session, process, sending, now) is None:
        await sendings.end(session, sending.id, SendingState.VOID)
        return False
    bulletin = contents.unpack(sending.content, contents.Bulletin)
    made = await bulletins.publish(session, process, bulletin, now)
    await sendings.leave(session, sending.id, *((None, made) if bulletin.repeat else (made, None)))
    return True


async def _check_open(_session: Session, process: OpenProcess, _item: Item, _now: datetime) -> None:
    processes.check_open(process)


async def _check_approved(_session: Session, process: OpenProcess, item: Item, _now: datetime) -> None:
    if languages := items.unapproved(process, item):
        raise contents.Unfit(f"These translations have to be approved or emptied first: {', '.join(languages)}.")


async def _check_leaves(session: Session, process: OpenProcess, item: Item, now: datetime) -> None:
    await bulletins.check(session, process, items.bulletin(process, item), now)


async def _unchanged(session: Session, process: OpenProcess, sending: StoredSending, now: datetime) -> Item | None:
    """The item, where exactly what was requested would leave, and could; else None."""
    try:
        item = await items.get(session, process, sending.item_id)
        bulletin = items.bulletin(process, item)
        await bulletins.check(session, process, bulletin, now)
    except contents.Unfit:
        return None
    return item if _hash(process, item, bulletin) == sending.hash else None


def _hash(process: OpenProcess, item: Item, bulletin: contents.Bulletin) -> str:
    """Of all that decides who is told what, and when."""
    hours = telling.hours(process.content)
    all_of_it = {
        "process": process.id,
        "item": item.id,
        "bulletin": msgspec.to_builtins(bulletin),
        "told": Announcement(Subject("item", item.id), bulletin.text).told(process.content).packed(),
        "hours": None if hours is None else asdict(hours),
        "unreviewed": process.content.unreviewed,
    }
    canonical = json.dumps(all_of_it, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(canonical.encode()).hexdigest()


async def _make_way(session: Session, process: OpenProcess, item_id: str, digest: str) -> None:
    """An item is on its way once at most. What could not leave any more is no longer."""
    for before in await sendings.of_item(session, process.id, item_id):
        if before.state in ON_ITS_WAY and before.hash == digest:
            raise contents.Unfit("Somebody has requested this already: it waits to be approved, or to leave.")
    await sendings.void_of(session, item_id)


async def _taken(session: Session, process: OpenProcess, sending_id: str, shown_hash: str) -> StoredSending:
    sending = _known(await sendings.take(session, process.id, sending_id))
    _check_on_its_way(sending)
    if sending.state is SendingState.HELD:
        raise contents.Unfit("This is approved already.")
    if shown_hash != sending.hash:
        raise contents.Unfit("This is not what you had before you. Look at it again.")
    return sending


def _known(sending: StoredSending | None) -> StoredSending:
    if sending is None:
        raise contents.Unfit("Nothing that was to leave has this id.")
    return sending


def _check_on_its_way(sending: StoredSending) -> None:
    if sending.state not in ON_ITS_WAY:
        raise contents.Unfit("This is no longer on its way: it has left, was called back, or has changed since.")


async def _end(session: Session, process: OpenProcess, sending: StoredSending, state: SendingState) -> StoredSending:
    await sendings.end(session, sending.id, state)
    return await get(session, process, sending.id)
