"""The command `hearback`: its verbs put together, and how it ends when one of them cannot go on."""

import os
import sys
from collections.abc import Iterator
from shutil import disk_usage

import typer

import storage
from bot import logs, settings
from bot.commands import keys, operator, organizer, outbox, programs
from bot.settings import Environment
from channels import Misconfigured
from channels.messages import NotSent
from handlers.writing import contents
from storage import Foreign, UnsafeKeys

LEAST_ROOM = 1 << 20
"""Bytes of a disk. SQLite cannot begin with less."""
GROUPS = keys.GROUPS | organizer.GROUPS | outbox.GROUPS
COMMANDS = {**programs.COMMANDS, **keys.COMMANDS, **organizer.COMMANDS, **operator.COMMANDS, **outbox.COMMANDS}


def main() -> None:
    logs.configure(sys.stderr)
    try:
        cli()
    except (settings.Refusal, UnsafeKeys, Misconfigured, Foreign, contents.Unfit) as refusal:
        typer.echo(str(refusal), err=True)
        sys.exit(2)
    except Exception as fault:
        # Without the text of the fault: it may hold somebody's words, or a password in an address.
        typer.echo("\n".join(sorted({_sentence(cause) for cause in _leaves(fault)})), err=True)
        sys.exit(1)


def _put_together() -> typer.Typer:
    whole = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False, help="Hearback")
    groups = {name: typer.Typer(no_args_is_help=True, help=summary) for name, summary in GROUPS.items()}
    for words, verb in COMMANDS.items():
        group_name, _, name = words.rpartition(" ")
        (groups[group_name] if group_name else whole).command(name)(verb)
    for name, group in groups.items():
        whole.add_typer(group, name=name)
    return whole


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
