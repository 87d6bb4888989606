"""An item is asked to leave as it is now, and becomes a broadcast or a schedule."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime

import msgspec

import flows
from handlers import bulletins, items, processes, rulings, telling
from handlers.items import Item
from handlers.powers import Holder
from handlers.processes import OpenProcess
from handlers.sendings.by_council import ByCouncil
from handlers.sendings.ready import Ready, digest
from handlers.telling import Announcement
from handlers.writing import contents, naming
from locales import to_staff
from storage import Session, fresh, sendings
from storage.broadcasts import Subject
from storage.items import ItemKind
from storage.sendings import ON_ITS_WAY, NewSending, StoredSending
from storage.states import Power


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
    if item.kind is not ItemKind.BULLETIN:
        raise contents.Unfit(to_staff("A part of a text is read in chats; it does not leave as a bulletin."))
    await _check_approved(session, process, item, now)
    await _check_leaves(session, process, item, now)
    bulletin = items.bulletin(process, item)
    content, fingerprint = contents.pack(bulletin), _hash(process, item, bulletin)
    await _make_way(session, process, item_id, fingerprint)
    if not once_more and (before := await bulletins.published_before(session, process, bulletin)):
        raise contents.Unfit(
            to_staff(
                "The very same went out on {moment} UTC. Say whether it shall once more.", moment=naming.moment(before)
            )
        )
    return await sendings.add(session, NewSending(fresh(), process.id, item_id, content, fingerprint, staff_id, now))


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


async def check_council(session: Session, process: OpenProcess, bulletin: contents.Bulletin, now: datetime) -> None:
    """Raises `contents.Unfit` where a council approves bulletins and could not approve this one, or not in time.

    It can be requested all the same: in an emergency it does not wait for the council.
    """
    votes_until = await rulings.check_able(session, process, Power.BULLETINS, now)
    ends = bulletins.ends_at(bulletin, process.content)
    if votes_until > now and ends is not None and ends <= votes_until:
        raise contents.Unfit(
            to_staff(
                "The council that has to approve this can vote until {day}: nothing of it could leave before its last "
                "day is over.",
                day=naming.day(votes_until.date()),
            )
        )


async def ready(session: Session, process: OpenProcess, sending: StoredSending, now: datetime) -> Ready | None:
    """The item as it would leave now; None: it could not."""
    try:
        item = await items.get(session, process, sending.item_id or "")
        bulletin = items.bulletin(process, item)
        await bulletins.check(session, process, bulletin, now)
    except contents.Unfit:
        return None
    return Ready(_hash(process, item, bulletin), items.writers(process, item))


async def leave(
    session: Session, process: OpenProcess, sending: StoredSending, now: datetime
) -> tuple[str | None, str | None]:
    """Let it leave; gives the broadcast or the schedule that it has become."""
    bulletin = contents.unpack(sending.content, contents.Bulletin)
    made = await bulletins.publish(session, process, bulletin, now)
    return (None, made) if bulletin.repeat else (made, None)


def _paper(process: OpenProcess, held: Holder, sending: StoredSending, now: datetime) -> contents.Round:
    return rulings.about_bulletin(process, held, contents.unpack(sending.content, contents.Bulletin), now)


async def _check_council(session: Session, process: OpenProcess, sending: StoredSending, now: datetime) -> None:
    await check_council(session, process, contents.unpack(sending.content, contents.Bulletin), now)


def _words(sending: StoredSending) -> flows.Renditions:
    return contents.unpack(sending.content, contents.Bulletin).text


BY_COUNCIL = ByCouncil(Power.BULLETINS, _paper, _words, _check_council)


async def _check_open(_session: Session, process: OpenProcess, _item: Item, _now: datetime) -> None:
    processes.check_open(process)


async def _check_approved(_session: Session, process: OpenProcess, item: Item, _now: datetime) -> None:
    if languages := items.unapproved(process, item):
        raise contents.Unfit(
            to_staff(
                "These translations have to be approved or emptied first: {languages}.",
                languages=naming.languages(languages),
            )
        )


async def _check_leaves(session: Session, process: OpenProcess, item: Item, now: datetime) -> None:
    await bulletins.check(session, process, items.bulletin(process, item), now)


def _hash(process: OpenProcess, item: Item, bulletin: contents.Bulletin) -> str:
    hours = telling.hours(process.content)
    return digest(
        {
            "process": process.id,
            "item": item.id,
            "bulletin": msgspec.to_builtins(bulletin),
            "told": Announcement(Subject("item", item.id), bulletin.text).told(process.content).packed(),
            "hours": None if hours is None else asdict(hours),
            "unreviewed": process.content.unreviewed,
        }
    )


async def _make_way(session: Session, process: OpenProcess, item_id: str, fingerprint: str) -> None:
    """An item is on its way once at most. What could not leave any more is no longer."""
    for before in await sendings.of_item(session, process.id, item_id):
        if before.state in ON_ITS_WAY and before.hash == fingerprint:
            raise contents.Unfit(to_staff("Somebody has requested this already: it waits to be approved, or to leave."))
    await sendings.void_of(session, item_id)
