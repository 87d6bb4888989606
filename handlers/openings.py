"""A consultation opens: one person requests it, another approves exactly that, and on its day everybody is invited.

As `handlers.sendings` does with items, whose words, states and hold it shares.
"""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import asdict, replace
from datetime import datetime

import msgspec

from handlers import consultations, drafts, finishing, powers, processes, rulings, telling
from handlers.drafts import WrittenDraft
from handlers.finishing import Asking
from handlers.powers import Holder
from handlers.processes import OpenProcess
from handlers.sendings import HOLD
from handlers.telling import Announcement
from handlers.writing import contents, naming
from locales import to_staff
from storage import Session, fresh, openings
from storage import processes as stored_processes
from storage.broadcasts import CONSULTATION, Subject
from storage.openings import NewOpening, StoredOpening
from storage.sendings import ON_ITS_WAY
from storage.states import Power, SendingState


async def request(
    session: Session, process: OpenProcess, draft_id: str, edited: int, staff_id: str, now: datetime
) -> StoredOpening:
    """Ask for a draft to be opened as it is now; nobody is asked anything before it is approved.

    `edited` is the edition that they had before them. Raises `contents.Unfit`.
    """
    processes.check_open(process)
    draft = await drafts.held(session, process, draft_id)
    if draft.edition != edited:
        raise contents.Unfit(to_staff("This is not what you had before you. Look at it again."))
    asking = finishing.finished(process, draft.content, now)
    await check_council(session, process, asking, now)
    await _make_way(session, process, draft_id)
    name = fresh()
    new = NewOpening(name, process.id, draft_id, contents.pack(asking), _hash(process, draft, asking), staff_id, now)
    await openings.add(session, new)
    return await get(session, process, name)


async def get(session: Session, process: OpenProcess, opening_id: str) -> StoredOpening:
    """Raises `contents.Unfit` when the process has none of this id."""
    return _known(await openings.get(session, process.id, opening_id))


async def on_their_way(session: Session, process: OpenProcess) -> Sequence[StoredOpening]:
    """What waits for an approval, for a council or for its day, the longest first."""
    return await openings.on_their_way(session, process.id)


def asking_of(opening: StoredOpening) -> Asking:
    """What opens."""
    return contents.unpack(opening.content, Asking)


async def check_council(session: Session, process: OpenProcess, asking: Asking, now: datetime) -> None:
    """Raises `contents.Unfit` where a council sets the questions first and could not, or not in time."""
    votes_until = await rulings.check_able(session, process, Power.QUESTIONS, now)
    if votes_until > now and asking.consultation.promise.answer_by <= votes_until.date():
        raise contents.Unfit(
            to_staff(
                "A council sets these questions first, and can vote until {day}: nobody could answer by the last day.",
                day=naming.day(votes_until.date()),
            )
        )


async def approve(
    session: Session, process: OpenProcess, opening_id: str, staff_id: str, shown_hash: str, now: datetime
) -> StoredOpening:
    """Let it open on its day, when the hold has ended, as a second person. Gives it: void if something has changed.

    Where a council sets the questions it is put to its vote when the hold has ended, and opens with what that adopted.

    `shown_hash` is that of what they had before them. Raises `contents.Unfit`, and nothing has changed then: it is not
    for whoever requested it or changed the draft last.
    """
    opening = await _taken(session, process, opening_id, shown_hash)
    draft = await _unchanged(session, process, opening, now)
    if draft is None:
        return await _end(session, process, opening, SendingState.VOID)
    if staff_id == opening.requested_by:
        raise contents.Unfit(to_staff("You requested this yourself, so somebody else has to approve it."))
    if staff_id == draft.staff_id:
        raise contents.Unfit(to_staff("You wrote some of this yourself, so somebody else has to approve it."))
    is_set_by_council = await powers.holder(session, process, Power.QUESTIONS) is not None
    day = None if is_set_by_council else asking_of(opening).begins(process)
    await openings.approve(session, opening.id, staff_id, now, max(now + HOLD, day or now))
    return await get(session, process, opening.id)


async def call_back(session: Session, process: OpenProcess, opening_id: str) -> StoredOpening:
    """It never opens. Raises `contents.Unfit` when it has opened, or had been ended already."""
    opening = _known(await openings.take(session, process.id, opening_id))
    if opening.state is SendingState.LEFT:
        raise contents.Unfit(to_staff("This has opened. It can be closed."))
    _check_on_its_way(opening)
    return await _end(session, process, opening, SendingState.CALLED_BACK)


async def leave_due(session: Session, now: datetime) -> int:
    """Open everything whose day has come and whose hold has ended, of any process, each once, or put its questions to
    the vote of the council that sets them; and what that adopted. Gives how many there were.

    Any number of workers may do this at once: what one of them holds the others pass over. What has changed since it
    was approved, or comes so late that nobody could answer, never opens.
    """
    due = await openings.take_due(session, now)
    return sum([await _leave(session, opening, now) for opening in due])


async def _leave(session: Session, opening: StoredOpening, now: datetime) -> bool:
    # First: whoever changes or closes the process has done so by now, or waits.
    is_open = await stored_processes.touch(session, opening.process_id)
    process = await processes.get(session, opening.process_id)
    if not is_open or await _unchanged(session, process, opening, now) is None:
        await openings.end(session, opening.id, SendingState.VOID)
        return False
    asking = asking_of(opening)
    if opening.round_id is None:
        held = await powers.holder(session, process, Power.QUESTIONS)
        if held is None:
            return await _open(session, process, opening, asking, now)
        return await _put(session, process, held, opening, now)
    adopted = await rulings.ruling(session, process, Power.QUESTIONS, opening.round_id)
    if not adopted:
        ended = SendingState.VOID if adopted is None else SendingState.REFUSED
        await openings.end(session, opening.id, ended)
        return False
    begins = asking.begins(process)
    if begins is not None and begins > now:
        await openings.wait_for_day(session, opening.id, begins)
        return True
    adopted_alone = replace(asking, consultation=rulings.only(asking.consultation, adopted))
    return await _open(session, process, opening, adopted_alone, now)


async def _put(session: Session, process: OpenProcess, held: Holder, opening: StoredOpening, now: datetime) -> bool:
    """To the vote of the council."""
    paper = rulings.about_questions(process, held, asking_of(opening).consultation, now)
    try:
        round_id = await rulings.open_round(session, process, Power.QUESTIONS, paper, now)
    except contents.Unfit:
        await openings.end(session, opening.id, SendingState.VOID)
        return False
    await openings.put_to_council(session, opening.id, round_id)
    return True


async def _open(session: Session, process: OpenProcess, opening: StoredOpening, asking: Asking, now: datetime) -> bool:
    name, _broadcast = await consultations.open_(session, process, asking.consultation, now, asking.dates(process, now))
    await openings.leave(session, opening.id, name)
    return True


async def _unchanged(
    session: Session, process: OpenProcess, opening: StoredOpening, now: datetime
) -> WrittenDraft | None:
    """The draft, where exactly what was requested would open, and could; else None."""
    try:
        draft = await drafts.get(session, process, opening.draft_id)
        consultations.check(process, asking_of(opening).consultation, now)
    except contents.Unfit:
        return None
    return draft if _hash(process, draft, asking_of(opening)) == opening.hash else None


def _hash(process: OpenProcess, draft: WrittenDraft, asking: Asking) -> str:
    """Of all that decides who is asked what, and when."""
    hours = telling.hours(process.content)
    texts = (
        consultations.invitation(process, asking.consultation),
        consultations.reminder(process, asking.consultation),
    )
    all_of_it = {
        "process": process.id,
        "draft": draft.id,
        "written": msgspec.to_builtins(draft.content),
        "asking": msgspec.to_builtins(asking),
        "told": [Announcement(Subject(CONSULTATION, ""), text).told(process.content).packed() for text in texts],
        "hours": None if hours is None else asdict(hours),
        "zone": None if process.content.daytime is None else process.content.daytime.zone,
    }
    canonical = json.dumps(all_of_it, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(canonical.encode()).hexdigest()


async def _make_way(session: Session, process: OpenProcess, draft_id: str) -> None:
    """A draft is on its way once: a change of it has voided what was requested before."""
    if any(before.draft_id == draft_id for before in await openings.on_their_way(session, process.id)):
        raise contents.Unfit(to_staff("Somebody has requested this already: it waits to be approved, or for its day."))


async def _taken(session: Session, process: OpenProcess, opening_id: str, shown_hash: str) -> StoredOpening:
    opening = _known(await openings.take(session, process.id, opening_id))
    _check_on_its_way(opening)
    if opening.state in (SendingState.HELD, SendingState.WITH_COUNCIL):
        raise contents.Unfit(to_staff("This is approved already."))
    if shown_hash != opening.hash:
        raise contents.Unfit(to_staff("This is not what you had before you. Look at it again."))
    return opening


def _known(opening: StoredOpening | None) -> StoredOpening:
    if opening is None:
        raise contents.Unfit(to_staff("Nothing that was to open has this id."))
    return opening


def _check_on_its_way(opening: StoredOpening) -> None:
    if opening.state not in ON_ITS_WAY:
        raise contents.Unfit(
            to_staff("This is no longer on its way: it has opened, was called back, or has changed since.")
        )


async def _end(session: Session, process: OpenProcess, opening: StoredOpening, state: SendingState) -> StoredOpening:
    await openings.end(session, opening.id, state)
    return await get(session, process, opening.id)
