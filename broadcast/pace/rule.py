"""What the schedules of a sender allow, and what whoever keeps them has to do."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from math import ceil
from typing import Protocol

HAIR = 0.975
"""The part of a permitted rate that is used: networks move messages together, and the platform counts them there."""
AHEAD = 0.15
"""Seconds before its time in which a place is handed out: as long as a claim takes on a busy machine. A reply does not
wait for the bulletins that were claimed before it, it takes the first of their places."""
GATHERED = 0.02
"""Seconds of places that are handed out together, where they are closer together than this."""
GOOD, LONGEST_GOOD, PART_GOOD = 0.01, 0.15, 0.15
"""Seconds for which a place is good: what leaves so late leaves in the same second as `GOOD` times the rate of others,
which `HAIR` leaves room for. Where places are far apart it is a part of what lies between them."""
CAREFUL = 4
"""How many workers are believed to share a rate, at least, while Redis is away: one may have begun just now."""
TOGETHER = 1.0
HALVED = 300.0
"""Seconds in which two people make everybody wait, and for which the rate is halved after it."""


@dataclass(frozen=True, slots=True)
class Rule:
    """What the schedules of one sender allow: a place `every` so many seconds, and `gap` seconds between a person's."""

    name: str
    every: float
    burst: int
    gap: float
    person_burst: int

    @property
    def credit(self) -> float:
        """Seconds of places that are kept for later while nobody takes them."""
        return (self.burst - 1) * self.every

    @property
    def person_credit(self) -> float:
        return (self.person_burst - 1) * self.gap

    def batch(self, most: int) -> int:
        """How many places there have to be before any is handed out: a claim of few costs nearly as much as of many."""
        return max(1, min(most, ceil(GATHERED / self.every)))

    @property
    def late(self) -> float:
        """Seconds after which a place is lost: who came later would leave together with those whose turn it is."""
        return max(GOOD, min(LONGEST_GOOD, PART_GOOD * self.every))

    def part(self, workers: int) -> "Rule":
        """What each of so many workers may do that do not hear of each other."""
        if workers == 1:
            return self
        return replace(self, every=self.every * workers, burst=1, gap=self.gap * workers, person_burst=1)

    @property
    def names(self) -> tuple[str, str, str, str]:
        """Of the schedule, of the hold of all, of the hold of bulletins, of the slow time."""
        return self.name, f"{self.name}:held", f"{self.name}:bulletins", f"{self.name}:slow"

    def to(self, address: str) -> str:
        """Of a person's schedule."""
        return f"{self.name}:to:{address}"


@dataclass(frozen=True, slots=True)
class Given:
    """`number` places from `begin`, `every` so many seconds; and the seconds for which the holds still last."""

    number: int
    now: float
    begin: float
    every: float
    ahead: float
    """Seconds before the next place in which there are enough to be taken."""
    held: float
    bulletins: float
    slow: float
    shift: float = 0
    """How far the clock of the schedule is before ours."""

    @property
    def end(self) -> float:
        return self.begin + self.number * self.every

    @property
    def wait(self) -> float:
        """Seconds until another may be taken."""
        return max(0.0, self.end - self.ahead - self.now)

    def at(self, place: int) -> float:
        """By our clock."""
        return self.begin + place * self.every - self.shift


class Schedules(Protocol):
    """Where schedules are kept."""

    clock: Callable[[], float]
    """Seconds that only grow."""
    workers: int
    """How many send at the moment, as far as is known: where they do not hear of each other each does its part."""

    async def take(self, rule: Rule, most: int) -> Given:
        """Take up to `most` places."""

    async def give_back(self, rule: Rule, given: Given, used: int) -> None:
        """Only the first `used` were needed. The others are lost if somebody has taken the ones after them."""

    async def charge(self, rule: Rule, places: float) -> None:
        """So many places more have been used."""

    async def people(self, rule: Rule, addresses: Sequence[str]) -> list[float]:
        """For each, zero when they may be written to now, which counts as done; else the seconds until then."""

    async def hold(self, rule: Rule, seconds: float) -> None:
        """There is no place for so long, whatever is given back meanwhile; and then no burst."""

    async def hold_person(self, rule: Rule, address: str, seconds: float, bulletins: bool) -> None:
        """Nothing to this person for so long, and no bulletins to anybody.

        If another was held less than `TOGETHER` before, it was not the person: then nothing at all, and slower after.
        """

    def held(self, rule: Rule) -> tuple[float, float]:
        """Seconds until there are places again, and until bulletins may use them, as far as is known here."""
