"""What an organizer does: tell, ask, respond, put to the vote."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Annotated

import typer

import council
import flows
from bot import clock
from bot.commands.preview import OnceMore, Publication, Yes, people_are, publish_after_yes
from bot.commands.terminal import (
    File,
    Slug,
    acting,
    ask,
    first_line,
    in_its_place,
    load_keys,
    looking,
    meant,
    read,
    say,
    short,
    writing,
)
from handlers import (
    bulletins,
    closing,
    consultations,
    contributions,
    counts,
    inputs,
    members,
    people,
    processes,
    rounds,
    schedules,
    senders,
)
from handlers.processes import OpenProcess
from handlers.writing import contents
from storage import Session, broadcasts
from storage import consultations as stored_consultations
from storage import contributions as stored_contributions
from storage import people as stored_people
from storage import rounds as stored_rounds
from storage.broadcasts import EVERYBODY, Broadcast, Subject
from storage.outbox import expansion
from storage.states import ProcessState


def process_open(file: File, yes: Yes = False) -> None:
    """Open the process that FILE describes, or change what is said of the one that its slug names."""
    process = read(file, flows.Process)

    async def known(session: Session, _now: datetime) -> tuple[OpenProcess | None, OpenProcess | None, int]:
        before = await processes.before(session, process)
        led_away = await senders.led_away(session, None if before is None else before.id, process)
        return before, await processes.namesake(session, process), led_away

    async def begin(session: Session, now: datetime) -> Sequence[str]:
        unheard_of = await senders.unheard_of(session, process)
        await processes.begin(session, process, now)
        return unheard_of

    before, namesake, led_away = writing(known)
    if before is not None and process.slug and processes.is_another(process, before.content):
        taken = f'{process.slug} is taken by "{_title(before.content)}" of {first_line(before.content.organizer)}'
        ask(f"{taken}: change it?", yes, "--yes", "Nothing was changed")
    if namesake is not None:
        called = f'"{_title(process)}" is open already, as {namesake.slug}'
        ask(f"{called}: open another process of this name?", yes, "--yes", "Nothing was opened")
    if led_away:
        number = _about(counts.rounded(led_away))
        ask(f"{number} of other processes write to its senders: lead them to it?", yes, "--yes", "Nothing was changed")
    unheard_of = writing(begin)
    say(f'The process "{_title(process)}" is {"open" if before is None else "changed, from now on"}.')
    for name in unheard_of:
        say(f"No program has been started with the sender {name} yet. Set it up, or look how it is written.")


def process_list(every: Annotated[bool, typer.Option("--all", help="Those that were archived, too.")] = False) -> None:
    """The processes: their slugs, states, what each stands under, its senders, about how many take part."""

    async def look(session: Session, _now: datetime) -> None:
        known = await processes.every(session)
        slugs = {process.id: process.slug for process in known}
        for process in known:
            if every or process.state is not ProcessState.ARCHIVED:
                number = counts.rounded(await expansion.reachable(session, process.id, EVERYBODY))
                under = f"under {slugs[process.parent]}  " if process.parent else ""
                ours = "".join(f"{sender}  " for sender in process.content.senders)
                say(f"{process.slug}  {process.state}  {under}{ours}{_about(number)}  {_title(process.content)}")

    writing(look)


def _about(number: int | None) -> str:
    return f"fewer than {counts.FEWER_THAN} people" if number is None else f"about {number} people"


def process_close(process: str, yes: Yes = False) -> None:
    """Close a process and tell everybody in it, once you have said yes. Nothing but replies leaves for it after that.

    Open questions and votes are closed, what waits is cancelled, nothing repeats.
    """
    keyring = load_keys()
    title = looking(process, lambda _session, its, _now: _itself(its)).content.title
    publication = Publication(
        text=title,
        publish=lambda session, its, now: closing.close(session, its, keyring, now),
        broadcast=lambda session, _its, name: broadcasts.get(session, name),
        slug=process,
    )
    _name, number = publish_after_yes(publication, yes)
    say(f"Closed: {process}. {people_are(number)} told.")


async def _itself(process: OpenProcess) -> OpenProcess:
    return process


def process_input(file: File, process: Slug = None) -> None:
    """Hand the input in FILE to the process above, with about how many recommendations there are on which topic."""
    new = read(file, contents.Input)
    published = acting(process, lambda session, its, now: inputs.publish(session, its, new, now))
    say(f'Published: "{first_line(published.title)}", with {_recommendations(published.contributions)}.')


def process_inputs(process: Slug = None) -> None:
    """What the processes under this one have published as their input, newest first."""

    async def look(session: Session, its: OpenProcess, _now: datetime) -> None:
        for received in await inputs.received(session, its):
            _tell_input(received)

    looking(process, look)


def _tell_input(received: inputs.ReceivedInput) -> None:
    content = received.content
    number = _recommendations(content.contributions)
    say(f"{received.slug}  {received.published:%Y-%m-%d}  {number}  {first_line(content.title)}")
    for topic, count in content.topics.items():
        say(f"  about {count}  {flows.topic_label(topic)}")
    for language, text in content.text.items():
        say(f"  [{language}] {in_its_place(text.strip())}")


def _recommendations(number: int | None) -> str:
    about = f"fewer than {counts.FEWER_THAN}" if number is None else f"about {number}"
    return f"{about} recommendations"


def process_archive(process: str) -> None:
    """List a process that is closed no longer."""
    looking(process, lambda session, its, _now: closing.archive(session, its))
    say(f"Archived: {process}.")


def _title(process: flows.Process) -> str:
    return first_line(process.title, process.languages)


def bulletin_publish(file: File, yes: Yes = False, once_more: OnceMore = False, process: Slug = None) -> None:
    """Publish the bulletin in FILE and send it to its audience, once you have seen to whom and said yes."""
    bulletin = read(file, contents.Bulletin)

    async def its_broadcast(session: Session, its: OpenProcess, name: str) -> Broadcast | None:
        if bulletin.repeat:
            name = await bulletins.publish(session, its, replace(bulletin, repeat=""), clock.now())
        return await broadcasts.get(session, name)

    publication = Publication(
        text=bulletin.text,
        publish=lambda session, its, now: bulletins.publish(session, its, bulletin, now),
        broadcast=its_broadcast,
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

    say(f"Bulletin {short(acting(process, stop))} repeats no more.")


def consultation_open(file: File, yes: Yes = False, once_more: OnceMore = False, process: Slug = None) -> None:
    """Open the consultation in FILE and invite everybody, once you have seen how many and said yes."""
    consultation = read(file, contents.Consultation)
    publication = Publication(
        text=consultation.title,
        publish=lambda session, its, now: consultations.open_(session, its, consultation, now),
        broadcast=lambda session, _its, made: broadcasts.get(session, made[1]),
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

    say(f"Closed: consultation {short(acting(process, close))}. Nobody can answer it any more.")


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
        publish=lambda session, its, now: contributions.respond(session, its, response, now),
        broadcast=lambda session, its, made: broadcasts.about(session, its.id, Subject("response", made[0])),
        before=lambda session, its: contributions.answered_before(session, its, response),
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
    acting(process, lambda session, its, _now: contributions.name_topic(session, its, contribution, topic))


def _given(contribution: stored_contributions.Contribution) -> str:
    """The answer that was chosen, or what was spoken and written."""
    parts = [contribution.option or "", "(voice note)" if contribution.spoken else "", in_its_place(contribution.words)]
    return " ".join(part for part in parts if part) or "(erased)"


def council_invite(
    days: Annotated[int, typer.Option(help="How many days it holds.")] = people.INVITED_FOR,
    process: Slug = None,
) -> None:
    """Make an invitation: who sends it to us first sits on the council."""
    keyring = load_keys()

    say(acting(process, lambda session, its, now: people.invite(session, keyring, its, now, days)))


def council_invitations(process: Slug = None) -> None:
    """The invitations of the last weeks and what became of each; never the code, nor who has used it."""

    async def look(session: Session, its: OpenProcess, now: datetime) -> None:
        for invitation in await stored_people.invitations(session, its.id):
            state = _state(invitation, now.date())
            say(f"{short(invitation.id)}  made {invitation.made}  until {invitation.until}  {state}")

    looking(process, look)


def _state(invitation: stored_people.Invitation, today: date) -> str:
    if invitation.used is not None:
        return f"used {invitation.used}"
    return "open" if invitation.until >= today else "over"


def council_revoke(invitation: str, process: Slug = None) -> None:
    """Nobody takes a seat by this invitation any more. The first four characters of its id are enough."""
    acting(process, lambda session, its, _now: people.revoke(session, its, invitation))
    say("Revoked: nobody takes a seat by it any more.")


def council_members(process: Slug = None) -> None:
    """The seats of the council, and since when each is taken; never by whom."""

    async def look(session: Session, its: OpenProcess, _now: datetime) -> None:
        seats = await stored_people.seats(session, its.id)
        for seat in seats:
            say(f"{seat.name[:8]}  since {seat.since}")
        say(f"together  {len(seats)}")

    looking(process, look)


def council_remove(seat: str, process: Slug = None) -> None:
    """End a seat and tell its member. The first four characters of its name are enough.

    Where a vote is open, its member's vote is taken back.
    """
    acting(process, lambda session, its, now: members.remove(session, its, seat, now))
    say("This seat is free now. Its member is told.")


def round_open(file: File, yes: Yes = False, once_more: OnceMore = False, process: Slug = None) -> None:
    """Open the vote in FILE for everyone who sits on the council now, once you have said yes."""
    round_ = read(file, contents.Round)
    publication = Publication(
        text=round_.title,
        publish=lambda session, its, now: rounds.open_(session, its, round_, now),
        broadcast=lambda session, its, name: broadcasts.about(session, its.id, Subject("round", name)),
        before=lambda session, its: rounds.opened_before(session, its, round_),
        slug=process,
    )
    name, number = publish_after_yes(publication, yes, once_more)
    say(f"Opened: vote {short(name)}. {people_are(number)} invited. It closes when {round_.closes} has ended (UTC).")


def round_close(round_id: str, yes: Yes = False, process: Slug = None) -> None:
    """Close a vote, publish its result and tell the council, once you have said yes. Four characters are enough."""
    keyring = load_keys()

    async def close(session: Session, its: OpenProcess, now: datetime) -> tuple[str, council.Result]:
        name = await meant(session, its, "vote", round_id)
        return name, await rounds.close(session, its, keyring, name, now)

    publication = Publication(
        text={},
        publish=close,
        broadcast=lambda session, its, closed: broadcasts.about(session, its.id, Subject("result", closed[0])),
        slug=process,
    )
    (name, result), number = publish_after_yes(publication, yes)
    say(f"Closed: vote {short(name)}. {people_are(number)} told.")
    if not result.order:
        say(f"Fewer than {rounds.LEAST_TURNOUT} members voted: there is no result.")
    for together in result.order:
        say(f"{rounds.counted(result, together[0]) or '-'}  {' = '.join(together)}")


def round_list(process: Slug = None) -> None:
    """The newest votes."""

    async def look(session: Session, its: OpenProcess, _now: datetime) -> None:
        for round_ in await stored_rounds.newest(session, its.id, 10):
            voters, voted = await stored_rounds.turnout(session, round_.id)
            state = "closed" if round_.closed else f"open until {round_.closes:%Y-%m-%d}"
            title = first_line(contents.unpack(round_.content, contents.Round).title)
            say(f"{short(round_.id)}  {state}  {voted} of {voters}  {title}")

    looking(process, look)


GROUPS = {
    "process": "The reviews that are run here: open one, or change what is said of it; list, close and archive them.",
    "bulletin": "What we tell: publish a bulletin; see and end those that repeat.",
    "consultation": "What we ask: open a consultation, list them, close one.",
    "council": "The advisory council: invite, look who sits there, revoke an invitation.",
    "round": "Votes of the council: open one, list them, close one.",
}
COMMANDS: Mapping[str, Callable[..., None]] = {
    "respond": respond,
    "contributions": list_contributions,
    "sort": sort,
    "process open": process_open,
    "process list": process_list,
    "process close": process_close,
    "process archive": process_archive,
    "process input": process_input,
    "process inputs": process_inputs,
    "bulletin publish": bulletin_publish,
    "bulletin schedules": bulletin_schedules,
    "bulletin stop": bulletin_stop,
    "consultation open": consultation_open,
    "consultation list": consultation_list,
    "consultation close": consultation_close,
    "council invite": council_invite,
    "council invitations": council_invitations,
    "council revoke": council_revoke,
    "council members": council_members,
    "council remove": council_remove,
    "round open": round_open,
    "round close": round_close,
    "round list": round_list,
}
