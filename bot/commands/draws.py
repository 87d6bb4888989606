"""Draws by lot: anybody repeats one here from its file, with nothing else, no database and no settings."""

from collections.abc import Callable, Mapping

import typer

from bot.commands.terminal import UNREADY, File, say, stop
from council import lots
from council.lots import Cannot
from handlers import draws


def draw_repeat(file: File) -> None:
    """Draw again from the file of a draw, and say whether the same people come of it. That may take minutes."""
    try:
        record = lots.unpacked(file.read_bytes())
    except lots.Broken:
        stop(f"{file}: this is not the file of a draw.")
    say(f"announced   {record.commitment}")
    say(f"decided by  {record.source}")
    say(f"value       {record.value or '-'}")
    say(f"seats       {record.seats} of {len(record.candidates)} candidates")
    if record.requirements:
        say(f"requiring   {len(record.requirements)} of the seats require something of who sits there")
    if not record.holds_together:
        stop("The pool, the quotas or the number of seats in this file are not those that were announced.")
    say("The pool, the quotas and the number of seats are those that were announced.")
    if not record.value:
        say("Nobody has entered the public value yet: there is nothing to repeat.")
        return
    if not record.members:
        say("Nobody was drawn yet, or nobody could be.")
        return
    if not record.is_whole:
        say("Since the draw some of its pool have gone, and what they told is deleted.")
        say("It cannot be repeated from this file, only from an older one.")
        raise typer.Exit(UNREADY)
    _repeat(record)


def _repeat(record: lots.Record) -> None:
    with typer.progressbar(length=100, label="drawing") as bar:
        gave = lots.repeat(record, lambda progress: bar.update(max(progress - bar.pos, 0)))
    if isinstance(gave, Cannot):
        stop("\n".join(draws.why(gave, {})))
    for place, ticket in enumerate(gave.members, 1):
        say(f"{place:4}  {ticket}  chance {gave.chances[ticket] / 10_000:.2f} %")
    if lots.same(record, gave):
        say("The same people in the same order, and the same substitutes: the draw was as the file says.")
        return
    if gave.libraries != record.libraries:
        say(f"The file was drawn by {record.libraries}, and here are {gave.libraries}. Install those versions first.")
        raise typer.Exit(UNREADY)
    stop("These are NOT the people whom the file names.")


GROUPS = {"draw": "Draws by lot, repeated from their file."}
COMMANDS: Mapping[str, Callable[..., None]] = {"draw repeat": draw_repeat}
