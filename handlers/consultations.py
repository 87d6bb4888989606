"""What we ask, after what we promise."""

from datetime import datetime

import flows
from handlers import processes, telling
from handlers.processes import OpenProcess
from handlers.telling import Announcement
from handlers.writing import contents, naming
from locales import N_, _, to_staff
from storage import Session, consultations, fresh
from storage.broadcasts import Plan, Subject

MOST = 10
"""How many questions people answer in a chat."""

INVITED = N_("We have a new question for you: {title}. To answer, send {word}.")


async def open_(
    session: Session, process: OpenProcess, consultation: contents.Consultation, now: datetime
) -> tuple[str, str]:
    """Open a consultation and invite everybody; gives its id and the broadcast's. Raises `contents.Unfit`."""
    _check(consultation, now)
    name = fresh()
    await consultations.add(session, name, process.id, contents.pack(consultation), now)
    await processes.touch(session, process)

    invited = telling.in_every_language(
        process, lambda render: _(INVITED, title=render(consultation.title), word=flows.to_send("answer"))
    )
    telling.check_fits(invited, to_staff("title"))
    # A question may come twice to somebody: it is the same one, and an answer takes the place of the one before.
    plan = Plan(hours=telling.hours(process.content), again=True)
    return name, await telling.tell_many(
        session, process, Announcement(Subject("consultation", name), invited), now, plan
    )


async def opened_before(session: Session, process: OpenProcess, consultation: contents.Consultation) -> datetime | None:
    """When this very consultation was opened, so that a slip asks nobody twice; None: never."""
    return await consultations.opened(session, process.id, contents.pack(consultation))


async def close(session: Session, process: OpenProcess, consultation: str, now: datetime) -> None:
    """Raises `contents.Unfit` when it is not open."""
    if not await consultations.close(session, process.id, consultation, now):
        raise contents.Unfit(to_staff("No consultation that is open has this id."))
    await processes.touch(session, process)


def _check(consultation: contents.Consultation, now: datetime) -> None:
    contents.check_line(consultation.title, to_staff("title"))
    _check_promise(consultation.promise, now)
    if not 1 <= len(consultation.questions) <= MOST:
        raise contents.Unfit(to_staff("questions: ask between 1 and {most}.", most=MOST))
    if len({question.key for question in consultation.questions}) < len(consultation.questions):
        raise contents.Unfit(to_staff("questions: two have the same key."))
    for question in consultation.questions:
        contents.check_value(question.key, to_staff("questions"))
        contents.check_question(question, naming.part(to_staff("questions"), question.key))


def _check_promise(promise: flows.Promise, now: datetime) -> None:
    contents.check_rendered(promise.purpose, to_staff("promise.purpose"))
    contents.check_rendered(promise.who_decides, to_staff("promise.who_decides"))
    contents.check_rendered(promise.what_can_change, to_staff("promise.what_can_change"))
    if promise.level not in flows.LEVELS:
        raise contents.Unfit(to_staff("promise.level is one of: {choices}.", choices=naming.listed(flows.LEVELS)))
    if promise.answer_by <= now.date():
        raise contents.Unfit(to_staff("promise.answer_by must be a day to come."))
