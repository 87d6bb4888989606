"""What we ask, after what we promise: it opens and closes, and who began is reminded once."""

from datetime import datetime

import flows
from handlers import processes, telling
from handlers.processes import OpenProcess
from handlers.telling import Announcement
from handlers.writing import contents, naming
from handlers.writing.promises import check_promise
from locales import N_, _, in_words, to_staff
from storage import Session, consultations, fresh
from storage import processes as stored_processes
from storage.broadcasts import CONSULTATION, Audience, Plan, Subject, Unfinished
from storage.consultations import BY_HAND, Dates, Due, KeptConsultation

MOST = 10
"""How many questions people answer in a chat."""

INVITED = N_("We have a new question for you: {title}. To answer, send {word}.")
REMIND = N_("You have begun to answer our questions: {title}. To go on, send {word}. You can answer until {day}.")


async def open_(
    session: Session,
    process: OpenProcess,
    consultation: contents.Consultation,
    now: datetime,
    dates: Dates = BY_HAND,
) -> tuple[str, str]:
    """Open a consultation and invite everybody; gives its id and the broadcast's. Raises `contents.Unfit`."""
    check(process, consultation, now)
    name = fresh()
    await consultations.add(session, name, process.id, contents.pack(consultation), now, dates)
    await processes.touch(session, process)
    # A question may come twice to somebody: it is the same one, and an answer takes the place of the one before.
    plan = Plan(not_after=dates.closes, hours=telling.hours(process.content), again=True)
    announcement = Announcement(Subject(CONSULTATION, name), invitation(process, consultation))
    return name, await telling.tell_many(session, process, announcement, now, plan)


def invitation(process: OpenProcess, consultation: contents.Consultation) -> flows.Renditions:
    """What everybody gets when it opens."""
    return telling.in_every_language(
        process, lambda render: _(INVITED, title=render(consultation.title), word=flows.to_send("answer"))
    )


async def opened_before(session: Session, process: OpenProcess, consultation: contents.Consultation) -> datetime | None:
    """When this very consultation was opened, so that a slip asks nobody twice; None: never."""
    return await consultations.opened(session, process.id, contents.pack(consultation))


async def get(session: Session, process: OpenProcess, consultation_id: str) -> KeptConsultation:
    """Raises `contents.Unfit` when the process has none of this id."""
    found = await consultations.get(session, process.id, consultation_id)
    if found is None:
        raise contents.Unfit(to_staff("No consultation of this process has this id."))
    return found


async def close(session: Session, process: OpenProcess, consultation: str, now: datetime) -> None:
    """Raises `contents.Unfit` when it is not open."""
    # First, as whoever closes the process does: neither waits for the other.
    await processes.touch(session, process)
    if not await consultations.close(session, process.id, consultation, now):
        raise contents.Unfit(to_staff("No consultation that is open has this id."))


async def close_due(session: Session, now: datetime) -> int:
    """Close those of all processes whose time is over, each once; gives how many there were."""
    return sum([await _close(session, due, now) for due in await consultations.to_close(session, now)])


async def _close(session: Session, due: Due, now: datetime) -> bool:
    # Any number of workers come here in one order, and who comes second finds it closed.
    is_open = await stored_processes.touch(session, due.process_id)
    return is_open and await consultations.close(session, due.process_id, due.id, now)


async def remind(session: Session, now: datetime) -> int:
    """Write once to who has begun to answer and not finished, of every consultation whose day for it has come.

    What of it waits for a morning is taken back from who finishes meanwhile, and does not leave when it is closed.
    Gives of how many consultations people are reminded.
    """
    return sum([await _remind(session, due, now) for due in await consultations.to_remind(session, now)])


async def _remind(session: Session, due: Due, now: datetime) -> bool:
    # As above. It also lets talks know that there are reminders to take back.
    is_open = await stored_processes.touch(session, due.process_id)
    if not is_open or not await consultations.remind(session, due.process_id, due.id, now):
        return False
    process = await processes.get(session, due.process_id)
    kept = await get(session, process, due.id)
    consultation = contents.unpack(kept.content, contents.Consultation)
    audience = Audience(unfinished=Unfinished(due.id, len(consultation.questions)))
    announcement = Announcement(Subject(CONSULTATION, due.id), reminder(process, consultation), audience)
    plan = Plan(not_after=kept.closes, hours=telling.hours(process.content), again=True)
    await telling.tell_many(session, process, announcement, now, plan)
    return True


def reminder(process: OpenProcess, consultation: contents.Consultation) -> flows.Renditions:
    """What those get who have begun and not finished."""
    day = consultation.promise.answer_by
    return telling.in_every_language(
        process,
        lambda render: _(REMIND, title=render(consultation.title), word=flows.to_send("answer"), day=in_words(day)),
    )


def check(process: OpenProcess, consultation: contents.Consultation, now: datetime) -> None:
    """Raises `contents.Unfit` when it could not be opened now."""
    _check(consultation, now)
    telling.check_fits(invitation(process, consultation), to_staff("title"))
    telling.check_fits(reminder(process, consultation), to_staff("title"))


def _check(consultation: contents.Consultation, now: datetime) -> None:
    contents.check_line(consultation.title, to_staff("title"))
    check_promise(consultation.promise, now)
    if not 1 <= len(consultation.questions) <= MOST:
        raise contents.Unfit(to_staff("questions: ask between 1 and {most}.", most=MOST))
    if len({question.key for question in consultation.questions}) < len(consultation.questions):
        raise contents.Unfit(to_staff("questions: two have the same key."))
    for question in consultation.questions:
        contents.check_value(question.key, to_staff("questions"))
        contents.check_question(question, naming.part(to_staff("questions"), question.key))
