"""The advisory council and its votes."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from typing import Annotated

import typer

import council
from bot.commands.preview import OnceMore, Publication, Yes, people_are, publish_after_yes
from bot.commands.terminal import (
    File,
    Slug,
    acting,
    ask,
    first_line,
    load_keys,
    looking,
    meant,
    read,
    rehearsing,
    say,
    short,
)
from handlers import (
    councils,
    dissolving,
    members,
    people,
    rounds,
)
from handlers.journal import Act, Entry
from handlers.processes import OpenProcess
from handlers.rounds import PublishedVote
from handlers.writing import contents
from storage import Session, broadcasts
from storage import invitations as stored_invitations
from storage import rounds as stored_rounds
from storage.broadcasts import Audience, Broadcast, Subject
from storage.seats import StoredSeat
from storage.states import Power


def council_invite(
    days: Annotated[int, typer.Option(help="How many days it holds.")] = people.INVITED_FOR,
    council: Annotated[str, typer.Option(help="To which council, where there are several: its id.")] = "",
    process: Slug = None,
) -> None:
    """Make an invitation: who sends it to us first sits on the council."""
    keyring = load_keys()

    async def invite(session: Session, its: OpenProcess, now: datetime) -> str:
        name = await councils.named(session, its, council) if council else None
        return await people.invite(session, keyring, its, now, days, name)

    code = acting(
        process,
        invite,
        lambda _code: Entry(Act.COUNCIL_INVITE, facts={"days": days}),
    )
    say(code)


def council_list(process: Slug = None) -> None:
    """The councils of a process, by their ids, and how many of their seats are taken."""

    async def look(session: Session, its: OpenProcess, _now: datetime) -> None:
        for its_council in await councils.of_process(session, its):
            its_seats = await councils.seats_of(session, its, its_council.id)
            taken = sum(seat.since is not None for seat in its_seats)
            decides = "".join(f"  {DECIDES[power]}" for power in its_council.content.powers)
            say(f"{its_council.id[:8]}  {taken} of {len(its_seats)}  {first_line(its_council.content.name)}{decides}")

    looking(process, look)


DECIDES: Mapping[Power, str] = {
    Power.BULLETINS: "approves bulletins",
    Power.QUESTIONS: "sets the questions of consultations",
}


def council_powers(
    council: str,
    bulletins: Annotated[bool, typer.Option("--bulletins", help="It approves bulletins before they leave.")] = False,
    questions: Annotated[bool, typer.Option("--questions", help="It sets the questions of consultations.")] = False,
    days: Annotated[int, typer.Option(help="How many days it has for a vote.")] = contents.ANSWERS_WITHIN,
    process: Slug = None,
) -> None:
    """Say what a council decides by itself: exactly what is named here. Its members are told what has changed."""
    chosen = {Power.BULLETINS: bulletins, Power.QUESTIONS: questions}
    powers = tuple(power for power in Power if chosen[power])

    async def change(session: Session, its: OpenProcess, now: datetime) -> str:
        name = await councils.named(session, its, council)
        before = (await councils.get(session, its, name)).content
        after = replace(before, powers=powers, answers_within=days)
        await councils.change(session, its, name, after, now)
        return name

    kinds = tuple(power.value for power in powers)
    acting(process, change, lambda name: Entry(Act.COUNCIL_POWERS, name, {"kind": kinds, "days": days}))
    say("; ".join(DECIDES[power] for power in powers) or "decides nothing by itself")


def council_invitations(process: Slug = None) -> None:
    """The invitations of the last weeks and what became of each; never the code, nor who has used it."""

    async def look(session: Session, its: OpenProcess, now: datetime) -> None:
        for invitation in await stored_invitations.of_process(session, its.id):
            state = _state(invitation, now.date())
            say(f"{short(invitation.id)}  made {invitation.made}  until {invitation.until}  {state}")

    looking(process, look)


def _state(invitation: stored_invitations.Invitation, today: date) -> str:
    if invitation.used is not None:
        return f"used {invitation.used}"
    return "open" if invitation.until >= today else "over"


def council_revoke(invitation: str, process: Slug = None) -> None:
    """Nobody takes a seat by this invitation any more. The first four characters of its id are enough."""
    acting(
        process,
        lambda session, its, _now: people.revoke(session, its, invitation),
        lambda name: Entry(Act.COUNCIL_REVOKE, name),
    )
    say("Revoked: nobody takes a seat by it any more.")


def council_members(process: Slug = None) -> None:
    """The seats of the councils, and since when each is taken; never by whom."""

    async def look(session: Session, its: OpenProcess, _now: datetime) -> None:
        several = await councils.of_process(session, its)
        for council_ in several:
            its_seats = await councils.seats_of(session, its, council_.id)
            if len(several) > 1:
                say(f"{council_.id[:8]}  {first_line(council_.content.name)}")
            for seat in its_seats:
                say(_seat(seat))
            say(f"together  {sum(seat.since is not None for seat in its_seats)} of {len(its_seats)}")

    looking(process, look)


def _seat(seat: StoredSeat) -> str:
    state = "vacant" if seat.since is None else f"since {seat.since}"
    until = "" if seat.until is None else f"  until {seat.until}"
    return f"{seat.id[:8]}  {state}{until}  {seat.organization or seat.kind}"


def council_remove(seat: str, process: Slug = None) -> None:
    """End a seat and tell its member. The first four characters of its name are enough.

    Where a vote is open, its member's vote is taken back.
    """
    acting(
        process,
        lambda session, its, now: members.remove(session, its, seat, now),
        lambda _nothing: Entry(Act.COUNCIL_REMOVE),
    )
    say("This seat is free now. Its member is told.")


def council_dissolve(
    council: Annotated[str, typer.Argument(help="The first characters of its id.")],
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask whether it shall be dissolved.")] = False,
    process: Slug = None,
) -> None:
    """Dissolve a council, once you have said yes: its members are told, and nothing of it stays open.

    Its seats and terms end, its codes, calls and draws are void. That cannot be undone.
    """

    async def dissolve(session: Session, its: OpenProcess, now: datetime) -> tuple[str, int]:
        name = await councils.named(session, its, council)
        return name, await dissolving.dissolve(session, its, name, now)

    _name, number = rehearsing(process, dissolve)
    ask(f"{people_are(number)} told, and it cannot be undone. Dissolve it?", yes, "--yes", "Nothing was changed")
    _name, number = acting(process, dissolve, lambda dissolved: Entry(Act.COUNCIL_DISSOLVE, dissolved[0]))
    say(f"Dissolved. {people_are(number)} told.")


def round_open(file: File, yes: Yes = False, once_more: OnceMore = False, process: Slug = None) -> None:
    """Open the vote in FILE for everyone who sits on the council now, once you have said yes."""
    round_ = read(file, contents.Round)
    publication = Publication(
        text=round_.title,
        publish=lambda session, its, now: rounds.open_(session, its, round_, now),
        broadcast=lambda session, its, name: broadcasts.about(session, its.id, Subject("round", name)),
        entry=lambda name: Entry(Act.ROUND_OPEN, name),
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

    async def told(session: Session, its: OpenProcess, closed: tuple[str, council.Result]) -> Broadcast | None:
        """It is two, for who voted and who did not: together they are for the whole roll."""
        half = await broadcasts.about(session, its.id, Subject("result", closed[0]))
        whole = Audience(roll=closed[0])
        return None if half is None else replace(half, audience=whole)

    publication = Publication(
        text={},
        publish=close,
        broadcast=told,
        entry=lambda closed: Entry(Act.ROUND_CLOSE, closed[0]),
        slug=process,
    )
    (name, result), number = publish_after_yes(publication, yes)
    say(f"Closed: vote {short(name)}. {people_are(number)} told.")
    if not result.order:
        say(f"Fewer than {rounds.LEAST_TURNOUT} members voted: there is no result.")
        return
    for together in result.order:
        count = rounds.counted(result, together[0]) if result.voters >= rounds.COUNTS_FROM else ""
        say(f"{count or '-'}  {' = '.join(together)}")
    say(f"Anybody can count it again: hearback round publish {short(name)}")


Folder = Annotated[Path, typer.Option(help="Where the files are written.", file_okay=False, exists=True)]


def round_publish(round_id: str, folder: Folder = Path(), process: Slug = None) -> None:
    """Write the file of a closed vote, and the program by which anybody counts it again. Nobody's vote is in it."""

    async def look(session: Session, its: OpenProcess, _now: datetime) -> PublishedVote:
        return await rounds.published(session, its, await meant(session, its, "vote", round_id))

    file = looking(process, look)
    for name, content in ((file.name, file.text.encode()), ("tally.py", rounds.script())):
        (folder / name).write_bytes(content)
        say(f"Written: {folder / name}")
    say(f"SHA-256 of {file.name}: {file.sha256}")
    say(f"To count it again: python3 tally.py {file.name}")


def round_list(process: Slug = None) -> None:
    """The newest votes."""

    async def look(session: Session, its: OpenProcess, _now: datetime) -> None:
        for round_ in await stored_rounds.newest(session, its.id, 10):
            voters, voted = await stored_rounds.turnout(session, round_.id)
            state = "closed" if round_.closed else f"open until {round_.closes:%Y-%m-%d}"
            title = first_line(contents.unpack(round_.content, contents.Round).title)
            wrong = await stored_rounds.disputes(session, round_.id)
            disputed = f"  {wrong} say that the list of who voted is wrong" if wrong else ""
            say(f"{short(round_.id)}  {state}  {voted} of {voters}  {title}{disputed}")

    looking(process, look)


GROUPS = {
    "council": "The advisory council: invite, call for members, look at its seats, end them, dissolve it.",
    "round": "Votes of the council: open one, list them, close one, write down what anybody can count again.",
}
COMMANDS: Mapping[str, Callable[..., None]] = {
    "council list": council_list,
    "council powers": council_powers,
    "council invite": council_invite,
    "council invitations": council_invitations,
    "council revoke": council_revoke,
    "council members": council_members,
    "council remove": council_remove,
    "council dissolve": council_dissolve,
    "round open": round_open,
    "round close": round_close,
    "round list": round_list,
    "round publish": round_publish,
}
