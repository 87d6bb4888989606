"""Calls for members of councils: opened, listed, ended before their day."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Annotated

import typer

from bot.commands.preview import Publication, Yes, people_are, publish_after_yes
from bot.commands.terminal import File, Slug, acting, first_line, looking, read, say, short
from handlers import councils, member_calls
from handlers.journal import Act, Entry
from handlers.member_calls import Calling
from handlers.processes import OpenProcess
from handlers.writing import contents
from storage import Session, broadcasts
from storage.broadcasts import CALL, Subject


def council_call(
    file: File,
    council: Annotated[str, typer.Option(help="Of which council, where there are several: its id.")] = "",
    yes: Yes = False,
    process: Slug = None,
) -> None:
    """Open the call for members in FILE, and tell everybody who takes part, once you have said yes."""
    call = read(file, contents.MemberCall)

    async def open_call(session: Session, its: OpenProcess, now: datetime) -> str:
        name = await councils.named(session, its, council) if council else (await councils.only(session, its, now)).id
        return await member_calls.open_(session, its, Calling(name, call), now)

    publication = Publication(
        text=call.asks,
        publish=open_call,
        broadcast=lambda session, its, name: broadcasts.about(session, its.id, Subject(CALL, name)),
        entry=lambda name: Entry(Act.COUNCIL_CALL, name),
        slug=process,
    )
    name, number = publish_after_yes(publication, yes)
    say(f"Opened: call {short(name)}. {people_are(number)} told. It is open until {call.closes} has ended (UTC).")


def council_calls(process: Slug = None) -> None:
    """The calls for members of all councils, and which of them are open."""

    async def look(session: Session, its: OpenProcess, now: datetime) -> None:
        for council_ in await councils.of_process(session, its):
            for call in await member_calls.of_council(session, its, council_.id):
                day = call.closed or call.closes
                state = "open until" if member_calls.is_open(call, now) else "closed"
                say(f"{call.id[:8]}  {state} {day:%Y-%m-%d}  {first_line(council_.content.name)}")

    looking(process, look)


def council_close(call: str, process: Slug = None) -> None:
    """End a call for members before its day. The first four characters of its id are enough.

    Who put themselves forward waits for the draw.
    """

    async def close(session: Session, its: OpenProcess, now: datetime) -> str:
        name = await member_calls.named(session, its, call)
        await member_calls.close(session, its, name, now)
        return name

    acting(process, close, lambda name: Entry(Act.COUNCIL_CALL_CLOSE, name))
    say("Ended: nobody else can put themselves forward.")


COMMANDS: Mapping[str, Callable[..., None]] = {
    "council call": council_call,
    "council calls": council_calls,
    "council close": council_close,
}
