"""A draw as a file from which anybody can repeat it: without names, and without anything of those who are gone."""

from collections.abc import Mapping
from typing import Annotated

import msgspec
from msgspec import Meta

from council.lots._limits import Limits, Pool, Quotas
from council.lots._openly import Announced, Ticket, commitment, leaf, seed_of

FORMAT = "hearback draw 1"

Hash = Annotated[str, Meta(pattern="^[0-9a-f]{64}$")]
Number = Annotated[int, Meta(ge=0, le=100_000)]


class Broken(ValueError):
    """This is no file of a draw, or it does not hold together."""


class Candidate(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Somebody who could be drawn."""

    ticket: str
    salt: str
    facts: dict[str, str]


class Record(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """A draw."""

    format: str
    draw: str
    source: str
    """Which public value was to decide, as it was announced before anybody could know it."""
    due: str
    """From when on everybody could know it, in UTC."""
    value: str
    """The public value; "": it is not known yet."""
    seats: Number
    quotas: dict[str, dict[str, tuple[Number, Number]]]
    """By category and value, the least and the most."""
    commitment: Hash
    """What was announced: it fixes all of the above but the value, and who could be drawn."""
    candidates: list[Candidate]
    gone: dict[str, Hash]
    """By ticket, what proves that somebody was in the pool whose facts were deleted since."""
    gone_before: list[str]
    """Who of these was gone when the draw was made: nobody drew them."""
    algorithm: str
    libraries: str
    members: list[str]
    """In the order of the seats."""
    substitutes: list[str]
    requirements: Annotated[list[dict[str, str]], Meta(max_length=500)] = []
    """What the first seats require of who sits there, by category; then the other seats require nothing."""

    @property
    def limits(self) -> Quotas:
        return {
            category: {value: Limits(*limits) for value, limits in named.items()}
            for category, named in self.quotas.items()
        }

    @property
    def pool(self) -> Pool:
        return Pool({candidate.ticket: candidate.facts for candidate in self.candidates})

    @property
    def seed(self) -> str:
        return seed_of(self.commitment, self.value)

    @property
    def holds_together(self) -> bool:
        """The pool, the quotas and all the rest in it are those that were announced."""
        leaves: Mapping[str, str] = self.gone | {
            candidate.ticket: leaf(Ticket(candidate.ticket, candidate.salt, candidate.facts))
            for candidate in self.candidates
        }
        announced = Announced(self.draw, self.source, self.due, self.seats, self.limits, self.requirements)
        return commitment(announced, leaves) == self.commitment

    @property
    def is_whole(self) -> bool:
        """Nobody who could be drawn has had their facts deleted since: it can be repeated."""
        return set(self.gone) == set(self.gone_before)


def packed(record: Record) -> bytes:
    return msgspec.json.format(msgspec.json.encode(record, order="deterministic"), indent=1) + b"\n"


def unpacked(file: bytes) -> Record:
    """Raises `Broken`."""
    try:
        record = msgspec.json.decode(file, type=Record)
    except msgspec.DecodeError as wrong:
        raise Broken(str(wrong)) from None
    if record.format != FORMAT:
        raise Broken(record.format)
    return record
