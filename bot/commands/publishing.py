"""What an organizer tells, asks and answers: bulletins, consultations, contributions and responses."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Annotated

import typer

from bot import clock
from bot.commands.preview import OnceMore, Publication, Yes, people_are, publish_after_yes
from bot.commands.terminal import (
    File,
    Slug,
    acting,
    first_line,
    in_its_place,
    load_keys,
    looking,
    meant,
    read,
    say,
    short,
)
from handlers import (
    bulletins,
    consultations,
    contributions,
    responses,
    rulings,
    schedules,
)
from handlers.journal import Act, Entry
from handlers.processes import OpenProcess
from handlers.writing import contents
from storage import Session, broadcasts
from storage import consultations as stored_consultations
from storage import contributions as stored_contributions
from storage.broadcasts import Broadcast, Subject
from storage.states import Power


def bulletin_publish(file: File, yes: Yes = False, once_more: OnceMore = False, process: Slug = None) -> None:
    """Publish the bulletin in FILE and send it to its audience, once you have seen to whom and said yes."""
    bulletin = read(file, contents.Bulletin)

    async def publish(session: Session, its: OpenProcess, now: datetime) -> str:
        await rulings.check_unheld(session, its, Power.BULLETINS)
        return await bulletins.publish(session, its, bulletin, now)

    async def its_broadcast(session: Session, its: OpenProcess, name: str) -> Broadcast | None:
        if bulletin.repeat:
            name = await bulletins.publish(session, its, replace(bulletin, repeat=""), clock.now())
        return await broadcasts.get(session, name)

    publication = Publication(
        text=bulletin.text,
        publish=publish,
        broadcast=its_broadcast,
        entry=lambda name: Entry(Act.BULLETIN_PUBLISH, name, {"repeat": bulletin.repeat} if bulletin.repeat else {}),
        before=lambda session, its: bulletins.published_before(session, its, bulletin),
        slug=process,
    )
    name, number = publish_after_yes(publication, yes, once_more)
    if bulletin.repeat:
        say(f"On schedule: {short(name)}, {bulletin.repeat}. To end it: hearback bulletin stop {short(name)}")
    else:
        say(f"Published: broadcast {short(name)}. {people_are(number)} told. How far it is: hearback broadcasts")


def bulletin_schedules(process: Slug = None) -> None:
    """The bulletins that repeat, and when each comes next."""

    async def look(session: Session, its: OpenProcess, _now: datetime) -> None:
        for schedule in await schedules.waiting(session, its):
            title = first_line(schedule.bulletin.text)
            say(f"{short(schedule.id)}  {schedule.repeat}  next {schedule.due:%Y-%m-%d %H:%M} UTC  {title}")

    looking(process, look)


def bulletin_stop(schedule: str, process: Slug = None) -> None:
    """A bulletin repeats no more. What has been published goes on. The first four characters of its id are enough."""

    async def stop(session: Session, its: OpenProcess, _now: datetime) -> str:
        name = await meant(session, its, "bulletin that repeats", schedule)
        await schedules.stop(session, its, name)
        return name

    name = acting(process, stop, lambda name: Entry(Act.BULLETIN_STOP, name))
    say(f"Bulletin {short(name)} repeats no more.")


def consultation_open(file: File, yes: Yes = False, once_more: OnceMore = False, process: Slug = None) -> None:
    """Open the consultation in FILE and invite everybody, once you have seen how many and said yes."""
    consultation = read(file, contents.Consultation)

    async def publish(session: Session, its: OpenProcess, now: datetime) -> tuple[str, str]:
        await rulings.check_unheld(session, its, Power.QUESTIONS)
        return await consultations.open_(session, its, consultation, now)

    publication = Publication(
        text=consultation.title,
        publish=publish,
        broadcast=lambda session, _its, made: broadcasts.get(session, made[1]),
        entry=lambda made: Entry(Act.CONSULTATION_OPEN, made[0]),
        before=lambda session, its: consultations.opened_before(session, its, consultation),
        slug=process,
    )
    (name, _broadcast), number = publish_after_yes(publication, yes, once_more)
    say(f"Opened: consultation {short(name)}. {people_are(number)} invited.")
    say(f"To close it: hearback consultation close {short(name)}")


def consultation_close(consultation: str, process: Slug = None) -> None:
    """Close a consultation. The first four characters of its id are enough."""

    async def close(session: Session, its: OpenProcess, now: datetime) -> str:
        name = await meant(session, its, "consultation", consultation)
        await consultations.close(session, its, name, now)
        return name

    name = acting(process, close, lambda name: Entry(Act.CONSULTATION_CLOSE, name))
    say(f"Closed: consultation {short(name)}. Nobody can answer it any more.")


def consultation_list(process: Slug = None) -> None:
    """The newest consultations, and whether each is open."""

    async def look(session: Session, its: OpenProcess, _now: datetime) -> None:
        for consultation in await stored_consultations.newest(session, its.id, 10):
            closed = "open" if consultation.closed is None else f"closed {consultation.closed:%Y-%m-%d}"
            title = first_line(contents.unpack(consultation.content, contents.Consultation).title)
            say(f"{short(consultation.id)}  opened {consultation.opened:%Y-%m-%d}  {closed}  {title}")

    looking(process, look)


def respond(
    file: File,
    answered: Annotated[list[str] | None, typer.Argument(help="Contributions, if FILE names none.")] = None,
    yes: Yes = False,
    once_more: OnceMore = False,
    process: Slug = None,
) -> None:
    """Publish the response in FILE and tell everyone whose contributions it answers, once you have said yes."""
    response = read(file, contents.Response)
    if answered:
        response = contents.Response(response.state, response.reason, tuple(answered))
    publication = Publication(
        text=response.reason,
        publish=lambda session, its, now: responses.respond(session, its, response, now),
        broadcast=lambda session, its, made: broadcasts.about(session, its.id, Subject("response", made[0])),
        entry=lambda made: Entry(Act.CONTRIBUTION_RESPOND, made[0], {"state": response.state}),
        before=lambda session, its: responses.answered_before(session, its, response),
        slug=process,
    )
    (name, number), _number = publish_after_yes(publication, yes, once_more)
    say(f"Published: response {short(name)}. {people_are(number)} told.")


def list_contributions(most: int = 20, process: Slug = None) -> None:
    """What came in, newest first, those without a response before the others."""
    keyring = load_keys()

    async def look(session: Session, its: OpenProcess, _now: datetime) -> None:
        for contribution in await stored_contributions.newest(session, its.id, keyring, most):
            about = contribution.topic or contribution.question or "no topic"
            day, language, state = contribution.given, contribution.language, contribution.state
            say(f"{short(contribution.id)}  {day}  {language}  {about}  {state}")
            say(f"  {_given(contribution)}")

    looking(process, look)


def sort(contribution: str, topic: str, process: Slug = None) -> None:
    """Say what a contribution is about, where its person said it coarsely or not at all."""
    acting(
        process,
        lambda session, its, _now: contributions.name_topic(session, its, contribution, topic),
        lambda name: Entry(Act.CONTRIBUTION_SORT, name),
    )


def _given(contribution: stored_contributions.Contribution) -> str:
    """The answer that was chosen, or what was spoken and written."""
    chosen = ", ".join(stored_contributions.chosen(contribution.option))
    parts = [chosen, "(voice note)" if contribution.spoken else "", in_its_place(contribution.words)]
    return " ".join(part for part in parts if part) or "(erased)"


GROUPS = {
    "bulletin": "What we tell: publish a bulletin; see and end those that repeat.",
    "consultation": "What we ask: open a consultation, list them, close one.",
}
COMMANDS: Mapping[str, Callable[..., None]] = {
    "respond": respond,
    "contributions": list_contributions,
    "sort": sort,
    "bulletin publish": bulletin_publish,
    "bulletin schedules": bulletin_schedules,
    "bulletin stop": bulletin_stop,
    "consultation open": consultation_open,
    "consultation list": consultation_list,
    "consultation close": consultation_close,
}
