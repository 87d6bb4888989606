"""What an organizer does: tell, ask, respond, put to the vote."""

from collections import Counter
from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Annotated

import typer

import flows
from bot.commands.terminal import File, in_its_place, read, say, told_keys, writing
from handlers import bulletins, consultations, contributions, people, processes, rounds, schedules
from handlers.shown import visible
from handlers.writing import contents
from storage import Session
from storage import contributions as stored_contributions
from storage import people as stored_people
from storage import rounds as stored_rounds


def process_open(file: File) -> None:
    """Open the process that FILE describes, or change what is said of it."""
    process = read(file, flows.Process)
    say(writing(lambda session, now: processes.begin(session, process, now)))


def bulletin_publish(file: File) -> None:
    """Publish the bulletin in FILE and send it to its audience."""
    bulletin = read(file, contents.Bulletin)
    say(writing(lambda session, now: bulletins.publish(session, bulletin, now)))


def bulletin_schedules() -> None:
    """The bulletins that repeat, and when each comes next."""

    async def look(session: Session, _now: datetime) -> None:
        for one in await schedules.waiting(session):
            first = next(iter(one.bulletin.text.values()), "").strip().partition("\n")[0]
            say(f"{one.id}  {one.repeat}  next {one.due:%Y-%m-%d %H:%M} UTC  {visible(first)}")

    writing(look)


def bulletin_stop(schedule: str) -> None:
    """A bulletin repeats no more. What has been published goes on."""
    writing(lambda session, _now: schedules.stop(session, schedule))


def consultation_open(file: File) -> None:
    """Open the consultation in FILE and invite everybody."""
    asked = read(file, contents.Consultation)
    say(writing(lambda session, now: consultations.open_(session, asked, now))[0])


def consultation_close(consultation: str) -> None:
    """Close a consultation."""
    writing(lambda session, now: consultations.close(session, consultation, now))


def respond(
    file: File, answered: Annotated[list[str] | None, typer.Argument(help="Contributions, if FILE names none.")] = None
) -> None:
    """Publish the response in FILE and tell everyone whose contributions it answers."""
    response = read(file, contents.Response)
    if answered:
        response = contents.Response(response.state, response.reason, tuple(answered))
    name, number = writing(lambda session, now: contributions.respond(session, response, now))
    say(f"{name}: {number} people are told")


def list_contributions(most: int = 20) -> None:
    """What came in, newest first, those without a response before the others."""
    keyring = told_keys()

    async def look(session: Session, _now: datetime) -> None:
        for one in await stored_contributions.newest(session, keyring, most):
            say(f"{one.id[:8]}  {one.given}  {one.language}  {one.topic or one.question}  {one.state}")
            say(f"  {_given(one)}")

    writing(look)


def _given(one: stored_contributions.Contribution) -> str:
    """The answer that was chosen, or what was spoken and written."""
    said = [one.option or "", "(voice note)" if one.spoken else "", in_its_place(one.words)]
    return " ".join(part for part in said if part) or "(erased)"


def council_invite(
    days: Annotated[int, typer.Option(help="How many days it holds.")] = people.INVITED_FOR,
) -> None:
    """Make an invitation: who sends it to us first sits on the council."""
    keyring = told_keys()

    async def invite(session: Session, now: datetime) -> str:
        process = await processes.the_one(session)
        return await people.invite(session, keyring, process.id, now, days)

    say(writing(invite))


def council_invitations() -> None:
    """The invitations of the last weeks and what became of each; never the code, nor who has used it."""

    async def look(session: Session, now: datetime) -> None:
        for one in await stored_people.invitations(session):
            say(f"{one.id[:8]}  made {one.made}  until {one.until}  {_state(one, now.date())}")

    writing(look)


def _state(invitation: stored_people.Invitation, today: date) -> str:
    if invitation.used is not None:
        return f"used {invitation.used}"
    return "open" if invitation.until >= today else "over"


def council_revoke(invitation: str) -> None:
    """Nobody takes a seat by this invitation any more. The first four characters of its id are enough."""
    writing(lambda session, _now: people.revoke(session, invitation))


def council_members() -> None:
    """How many sit on the council, and since when; never who."""

    async def look(session: Session, _now: datetime) -> None:
        seats = await stored_people.seats(session)
        for since, number in sorted(Counter(seats).items()):
            say(f"since {since}  {number}")
        say(f"together  {len(seats)}")

    writing(look)


def round_open(file: File) -> None:
    """Open the vote in FILE for everyone who sits on the council now."""
    asked = read(file, contents.Round)
    say(writing(lambda session, now: rounds.open_(session, asked, now)))


def round_close(round_id: str) -> None:
    """Close a vote, publish its result and tell the council."""
    keyring = told_keys()
    result = writing(lambda session, now: rounds.close(session, keyring, round_id, now))
    if not result.order:
        say(f"Fewer than {rounds.LEAST_TURNOUT} members voted: there is no result.")
    for together in result.order:
        say(f"{result.counts[together[0]]}  {' = '.join(together)}")


def round_list() -> None:
    """The newest votes."""

    async def look(session: Session, _now: datetime) -> None:
        for one in await stored_rounds.newest(session, 10):
            voters, voted = await stored_rounds.turnout(session, one.id)
            say(f"{one.id}  {'closed' if one.closed else f'open until {one.closes:%Y-%m-%d}'}  {voted} of {voters}")

    writing(look)


GROUPS = {
    "process": "The review that is run here.",
    "bulletin": "What we tell.",
    "consultation": "What we ask.",
    "council": "The advisory council.",
    "round": "Votes.",
}
COMMANDS: Mapping[str, Callable[..., None]] = {
    "respond": respond,
    "contributions": list_contributions,
    "process open": process_open,
    "bulletin publish": bulletin_publish,
    "bulletin schedules": bulletin_schedules,
    "bulletin stop": bulletin_stop,
    "consultation open": consultation_open,
    "consultation close": consultation_close,
    "council invite": council_invite,
    "council invitations": council_invitations,
    "council revoke": council_revoke,
    "council members": council_members,
    "round open": round_open,
    "round close": round_close,
    "round list": round_list,
}
