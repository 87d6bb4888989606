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
from storage import UnsafeKeys

LEAST_ROOM = 1 << 20
"""Bytes of a disk. SQLite cannot begin with less."""
GROUPS = keys.GROUPS | organizer.GROUPS | outbox.GROUPS
COMMANDS = {**programs.COMMANDS, **keys.COMMANDS, **organizer.COMMANDS, **operator.COMMANDS, **outbox.COMMANDS}


def main() -> None:
    logs.configure(sys.stderr)
    try:
        cli()
    except (settings.Refusal, UnsafeKeys, Misconfigured, contents.Unfit) as refusal:
        typer.echo(str(refusal), err=True)
        sys.exit(2)
    except Exception as fault:
        # Without what it says: that may be somebody's words, or a password in an address.
        typer.echo("\n".join(sorted({_said_of(one) for one in _leaves(fault)})), err=True)
        sys.exit(1)


def _put_together() -> typer.Typer:
    whole = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False, help="Hearback")
    groups = {name: typer.Typer(no_args_is_help=True, help=what) for name, what in GROUPS.items()}
    for words, verb in COMMANDS.items():
        group, _, name = words.rpartition(" ")
        (groups[group] if group else whole).command(name)(verb)
    for name, one in groups.items():
        whole.add_typer(one, name=name)
    return whole


cli = _put_together()


def _said_of(fault: BaseException) -> str:
    if storage.is_full(fault) or (storage.is_away(fault) and _has_no_room()):
        return "The disk that the database is on is full. Make room, nothing else is needed."
    if storage.is_away(fault):
        return "The database of DATABASE_URL cannot be reached, or has no tables yet: hearback migrate"
    if isinstance(fault, NotSent):
        return f"The platform did not take it ({type(fault).__name__}, {fault.code})."
    if isinstance(fault, OSError) and fault.errno:
        return f"Stopped: {os.strerror(fault.errno)}."
    return f"Stopped by a fault of ours: {type(fault).__name__}."


def _has_no_room() -> bool:
    """SQLite says of a full disk, too, that it cannot open its file."""
    file = settings.file_of(os.environ.get("DATABASE_URL", Environment().database_url))
    try:
        return file is not None and disk_usage(file.parent).free < LEAST_ROOM
    except OSError:
        return False


def _leaves(fault: BaseException) -> Iterator[BaseException]:
    """What several tasks failed of at once, one by one."""
    if not isinstance(fault, BaseExceptionGroup):
        yield fault
        return
    for one in fault.exceptions:
        yield from _leaves(one)


if __name__ == "__main__":
    main()
