"""Drawn seats of a council that are vacant: what each requires, and which of them nothing else fills."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import msgspec

from storage import Session, candidates, draws, seats
from storage.states import SeatKind


@dataclass(frozen=True, slots=True)
class Vacancy:
    """A seat that is drawn, vacant, and kept for nobody."""

    seat: str
    requires: Mapping[str, str]
    """By fact, which of its values; empty: nothing."""


async def vacant(session: Session, process_id: str, council_id: str, lock: bool = True) -> Sequence[Vacancy]:
    """Those of a council: first those that require most, of each the oldest first."""
    kept = set(await candidates.offered(session, process_id, council_id))
    found = await seats.vacant(session, process_id, council_id, SeatKind.DRAWN, lock)
    its = [Vacancy(seat.id, requires(seat.requires)) for seat in found if seat.id not in kept]
    return sorted(its, key=lambda vacancy: -len(vacancy.requires))


async def free(session: Session, process_id: str, council_id: str, lock: bool = True) -> Sequence[Vacancy]:
    """The same without those that a draw fills that is under way."""
    left = list(await vacant(session, process_id, council_id, lock))
    for draw in await draws.to_fill(session, process_id, council_id):
        for requirement in required(draw.requirements, draw.seats):
            taken = next((vacancy for vacancy in left if vacancy.requires == requirement), None)
            if taken is not None:
                left.remove(taken)
    return left


def requires(packed: str | None) -> Mapping[str, str]:
    """What a seat requires, as its column keeps it."""
    return msgspec.json.decode(packed, type=dict[str, str]) if packed else {}


def required(packed: str | None, number: int) -> Sequence[Mapping[str, str]]:
    """What the seats of a draw require, seat by seat, as its column keeps it."""
    first = msgspec.json.decode(packed, type=list[dict[str, str]]) if packed else []
    return [*first, *({} for _seat in range(number - len(first)))]
