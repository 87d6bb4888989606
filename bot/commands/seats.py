"""Seats of councils: abolished, and until when somebody sits there."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Annotated

import typer

from bot.commands.terminal import Slug, acting, say
from handlers import seats, terms
from handlers.journal import Act, Entry


def council_abolish(seat: str, process: Slug = None) -> None:
    """Abolish a seat that is vacant; codes for it are void. The first four characters of its name are enough."""
    acting(
        process,
        lambda session, its, now: seats.abolish(session, its, seat, now),
        lambda _nothing: Entry(Act.COUNCIL_ABOLISH),
    )
    say("This seat is no more.")


def council_term(
    seat: str,
    last_day: Annotated[datetime, typer.Argument(help="The last day of the term.", formats=["%Y-%m-%d"])],
    process: Slug = None,
) -> None:
    """Move the end of the term on a seat, and tell who sits there. The first four characters of its name are enough."""
    acting(
        process,
        lambda session, its, now: terms.move(session, its, seat, last_day.date(), now),
        lambda days: Entry(Act.COUNCIL_TERM, facts={"days": days}),
    )
    say(f"The term ends on {last_day:%Y-%m-%d} now. Its member is told.")


COMMANDS: Mapping[str, Callable[..., None]] = {
    "council abolish": council_abolish,
    "council term": council_term,
}
