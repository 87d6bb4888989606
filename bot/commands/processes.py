"""The reviews that are run here: opened, listed, closed, archived, and what one hands to another."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Annotated

import typer

import flows
from bot.commands.preview import Publication, Yes, people_are, publish_after_yes
from bot.commands.terminal import (
    File,
    Slug,
    acting,
    ask,
    first_line,
    in_its_place,
    load_keys,
    looking,
    mending,
    read,
    reading,
    say,
    writing,
)
from handlers import (
    closing,
    counts,
    inputs,
    journal,
    processes,
    senders,
)
from handlers.journal import TERMINAL, Act, Entry
from handlers.processes import OpenProcess
from handlers.writing import contents
from storage import Session, broadcasts
from storage.broadcasts import EVERYBODY
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
        act = Act.PROCESS_OPEN if await processes.before(session, process) is None else Act.PROCESS_EDIT
        begun = await processes.begin(session, process, now)
        await journal.write(session, TERMINAL, begun.id, Entry(act, begun.id), now)
        return unheard_of

    before, namesake, led_away = reading(known)
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

    reading(look)


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
        entry=lambda name: Entry(Act.PROCESS_CLOSE, name),
        slug=process,
    )
    _name, number = publish_after_yes(publication, yes)
    say(f"Closed: {process}. {people_are(number)} told.")


async def _itself(process: OpenProcess) -> OpenProcess:
    return process


def process_input(file: File, process: Slug = None) -> None:
    """Hand the input in FILE to the process above, with about how many recommendations there are on which topic."""
    new = read(file, contents.Input)
    published = acting(
        process,
        lambda session, its, now: inputs.publish(session, its, new, now),
        lambda _published: Entry(Act.PROCESS_INPUT),
    )
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
    mending(
        process,
        lambda session, its, _now: closing.archive(session, its),
        lambda _nothing: Entry(Act.PROCESS_ARCHIVE),
    )
    say(f"Archived: {process}.")


def _title(process: flows.Process) -> str:
    return first_line(process.title, process.languages)


GROUPS = {
    "process": "The reviews that are run here: open one, or change what is said of it; list, close and archive them.",
}
COMMANDS: Mapping[str, Callable[..., None]] = {
    "process open": process_open,
    "process list": process_list,
    "process close": process_close,
    "process archive": process_archive,
    "process input": process_input,
    "process inputs": process_inputs,
}
