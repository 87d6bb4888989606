"""What became of a draw, as a worker's child writes it and the database keeps it."""

from collections.abc import Mapping
from fractions import Fraction
from typing import Literal

import msgspec

from council.lots import _seats
from council.lots._drawing import draw
from council.lots._limits import Contradicting, Missing, NotDrawable, TooFew
from council.lots._lottery import Infeasible, NotInstalled, Relaxation, Report, drawn_by
from council.lots._records import Record
from council.lots._seats import TooVaried, Unfilled

BARS = 10
WHOLE = 1_000_000


class Gave(msgspec.Struct, frozen=True, tag="gave"):
    """People were drawn, by their tickets."""

    members: tuple[str, ...]
    substitutes: tuple[str, ...]
    chances: dict[str, int]
    """In millionths, rounded."""
    libraries: str


Why = Literal[
    "not_installed", "too_few", "missing", "contradicting", "infeasible", "unfilled", "too_varied", "crashed",
    "dissolved",
]  # fmt: skip


class Cannot(msgspec.Struct, frozen=True, tag="cannot"):
    """Nobody could be drawn."""

    why: Why
    category: str = ""
    """What is contradicting, or missing; of seats that stay empty what they require, as `required` reads it."""
    numbers: tuple[int, ...] = ()
    """Candidates and seats where they are too few; candidates of whom it is missing; least, most and seats; seats that
    stay empty; how many different things the seats may require."""
    relaxations: tuple[Relaxation, ...] = ()


Outcome = Gave | Cannot


def repeat(record: Record, report: Report) -> Outcome:
    """Draws what a record says, from nothing but it."""
    try:
        libraries = drawn_by()
        drawn = draw(record.pool, record.limits, record.seats, record.seed, report, record.requirements)
    except NotDrawable as wrong:
        return cannot(wrong)
    millionths = {name: round(chance * WHOLE) for name, chance in drawn.chances.items()}
    return Gave(drawn.members, drawn.substitutes, millionths, libraries)


def same(record: Record, gave: Gave) -> bool:
    """Whether these people in this order are those whom the record names."""
    return [*gave.members] == record.members and [*gave.substitutes] == record.substitutes


def cannot(wrong: NotDrawable) -> Cannot:
    match wrong:
        case NotInstalled():
            return Cannot("not_installed")
        case TooFew(candidates, seats):
            return Cannot("too_few", numbers=(candidates, seats))
        case Missing(category, candidates):
            return Cannot("missing", category, (candidates,))
        case Contradicting(category, least, most, seats):
            return Cannot("contradicting", category, (least, most, seats))
        case Infeasible(relaxations):
            return Cannot("infeasible", relaxations=relaxations)
        case Unfilled(requirements=requirements, seats=seats):
            return Cannot("unfilled", _seats.packed(requirements), (seats,))
        case TooVaried():
            return Cannot("too_varied", numbers=(_seats.MOST_KINDS,))
    raise wrong


def spread(chances: Mapping[str, int]) -> tuple[int, ...]:
    """How many have a chance in each tenth: of up to 10 in 100, of more than that up to 20, and so on."""
    bars = [0] * BARS
    for chance in chances.values():
        bars[max(-(-Fraction(chance * BARS, WHOLE) // 1) - 1, 0)] += 1
    return tuple(bars)
