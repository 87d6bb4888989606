"""The command `hearback`: its verbs put together, and how it ends when one of them cannot go on."""

import os
import sys
from collections.abc import Iterator
from importlib import metadata
from shutil import disk_usage
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

import storage
from bot import logs, settings
from bot.commands import (
    councils,
    doors,
    draws,
    journal,
    keys,
    member_calls,
    operator,
    outbox,
    processes,
    programs,
    publishing,
    seats,
    staff,
    words,
)
from bot.settings import Environment
from channels import Misconfigured
from channels.messages import NotSent
from handlers.shown import visible
from handlers.writing import contents
from storage import Foreign, UnsafeKeys

LEAST_ROOM = 1 << 20
"""Bytes of a disk. SQLite cannot begin with less."""
ORGANIZERS, OPERATORS, STARTS = "For organizers", "For whoever operates it", "Programs and set-up"
PANELS = {
    ORGANIZERS: (
        "process",
        "doors",
        "bulletin",
        "consultation",
        "contributions",
        "sort",
        "respond",
        "council",
        "draw",
        "round",
        "broadcasts",
        "broadcast",
        "words",
    ),
    OPERATORS: ("staff", "deliveries", "senders", "dead", "held", "parked", "codes", "templates", "journal"),
    STARTS: ("run", "web", "worker", "migrate", "keys", "connect"),
}
"""Who needs what, in the order in which the help shows it."""
GROUPS = {
    **keys.GROUPS,
    **doors.GROUPS,
    **processes.GROUPS,
    **publishing.GROUPS,
    **words.GROUPS,
    **councils.GROUPS,
    **draws.GROUPS,
    **staff.GROUPS,
    **outbox.GROUPS,
    **journal.GROUPS,
}
COMMANDS = {
    **programs.COMMANDS,
    **keys.COMMANDS,
    **doors.COMMANDS,
    **processes.COMMANDS,
    **publishing.COMMANDS,
    **words.COMMANDS,
    **councils.COMMANDS,
    **seats.COMMANDS,
    **member_calls.COMMANDS,
    **draws.COMMANDS,
    **staff.COMMANDS,
    **operator.COMMANDS,
    **outbox.COMMANDS,
    **journal.COMMANDS,
}


def main() -> None:
    logs.configure(sys.stderr)
    try:
        cli()
    except (settings.Refusal, UnsafeKeys, Misconfigured, Foreign, contents.Unfit) as refusal:
        typer.echo(visible(str(refusal)), err=True)
        sys.exit(2)
    except Exception as fault:
        # Without the text of the fault: it may hold somebody's words, or a password in an address.
        typer.echo("\n".join(sorted({_sentence(cause) for cause in _leaves(fault)})), err=True)
        sys.exit(1)


def _say_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"hearback {metadata.version('hearback')}")
        raise typer.Exit


def _put_together() -> typer.Typer:
    whole = typer.Typer(
        cls=InOrder,
        no_args_is_help=True,
        add_completion=False,
        pretty_exceptions_enable=False,
        context_settings={"help_option_names": ["-h", "--help"]},
    )
    whole.callback()(_whole)
    panels = {name: panel for panel, names in PANELS.items() for name in names}
    groups = {name: typer.Typer(no_args_is_help=True, help=summary) for name, summary in GROUPS.items()}
    for command, verb in COMMANDS.items():
        group_name, _, name = command.rpartition(" ")
        panel = None if group_name else panels[name]
        (groups[group_name] if group_name else whole).command(name, rich_help_panel=panel)(verb)
    for name, group in groups.items():
        whole.add_typer(group, name=name, rich_help_panel=panels[name])
    return whole


class InOrder(TyperGroup):
    """What organizers need comes first."""

    def list_commands(self, ctx: Any) -> list[str]:
        return [name for names in PANELS.values() for name in names]


def _whole(
    version: Annotated[
        bool, typer.Option("--version", help="Say which version this is.", callback=_say_version, is_eager=True)
    ] = False,
) -> None:
    """Brief migrants over Telegram, WhatsApp and SMS, ask them, and tell each what was done with what they said."""


cli = _put_together()


def _sentence(fault: BaseException) -> str:
    if storage.is_full(fault) or (storage.is_away(fault) and _has_no_room()):
        return "The disk that the database is on is full. Make room, nothing else is needed."
    if storage.is_no_database(fault):
        return "DATABASE_URL names a file that is no database of SQLite's."
    if storage.is_unmade(fault):
        return "The database of DATABASE_URL has no tables yet, or those of an older version: hearback migrate"
    if storage.is_away(fault):
        return "The database of DATABASE_URL cannot be reached. Is it running, and are address and password right?"
    if isinstance(fault, NotSent):
        return f"The platform did not take it ({type(fault).__name__}, {fault.code})."
    if isinstance(fault, OSError) and fault.errno:
        return f"Stopped: {os.strerror(fault.errno)}."
    return f"Stopped by a fault of ours: {type(fault).__name__}."


def _has_no_room() -> bool:
    """Whether the disk is full: of that, too, SQLite says only that it cannot open its file."""
    file = settings.file_of(os.environ.get("DATABASE_URL", Environment().database_url))
    try:
        return file is not None and disk_usage(file.parent).free < LEAST_ROOM
    except OSError:
        return False


def _leaves(fault: BaseException) -> Iterator[BaseException]:
    """The faults in a group, one by one: several tasks may fail at once."""
    if not isinstance(fault, BaseExceptionGroup):
        yield fault
        return
    for cause in fault.exceptions:
        yield from _leaves(cause)


if __name__ == "__main__":
    main()
