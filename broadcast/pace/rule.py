"""What the schedules of a sender allow, and what every keeper of schedules has to do."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from math import ceil
from typing import Protocol

SHARE_USED = 0.975
"""The share of a permitted rate that is used. A fortieth stays free: 1 % for late messages (`SHORTEST_GRACE`),
the rest for networks, which move messages together, while the platform counts them where they arrive."""
LOOK_AHEAD = 0.15
"""Seconds before its instant in which a place is handed out: as long as a claim takes on a busy machine. A reply does
not wait for the bulletins that were claimed before it, it takes the first of their places."""
BATCH_SPAN = 0.02
"""Seconds of places that are handed out together, where they are closer together than this: at a thousand messages a
second twenty, because a claim of one costs nearly as much as a claim of twenty. No place waits longer for it than this,
far less than `LOOK_AHEAD`."""
SHORTEST_GRACE = 0.01
"""Seconds after its instant in which a place may still be used, at least: the event loop of a sender at work is late by
some milliseconds. What leaves so late leaves in the same second as 1 % of the rate of others, for which `SHARE_USED`
leaves room."""
GRACE_SHARE = 0.15
"""The grace as a share of the interval, where that is longer: two messages that follow each other are then never closer
than 85 % of the interval."""
LONGEST_GRACE = 0.15
"""Seconds after which no place may be used, however long the interval: that share of the second in which the slowest
platform counts (SMS, one message a second)."""
LEAST_WORKERS = 4
"""How many workers are believed to share a rate, at least, while Redis is away. Workers count each other by marks in
the database that are seconds old, so some may have begun just now: four is twice as many as a deployment mostly has."""
TWO_WITHIN = 1.0
"""Seconds. A platform that tells two people's messages to wait within them means the sender, not the people: it counts
messages in each second."""
HALF_RATE_FOR = 300.0
"""Seconds for which the rate is halved after that: long enough to see whether more refusals come, short beside a large
broadcast."""
ROUNDING = 1e-6
"""What may get lost when instants are computed and written down: they are kept to the microsecond. It is a number of
intervals where places are counted, and seconds where a person waits."""


@dataclass(frozen=True, slots=True)
class PaceRule:
    """What the schedules of one sender allow: a place `every` so many seconds, and `gap` seconds between a person's.

    Its names are those of the instants that are kept.
    """

    name: str
    """Of the sender, and of its schedule."""
    every: float
    burst: int
    gap: float
    person_burst: int

    @property
    def credit(self) -> float:
        """Seconds by which a schedule may lie behind: then as many places as `burst` are there at once."""
        return (self.burst - 1) * self.every

    @property
    def person_credit(self) -> float:
        return (self.person_burst - 1) * self.gap

    def batch(self, most: int) -> int:
        """How many places there have to be before any is handed out: a claim of few costs nearly as much as of many."""
        return max(1, min(most, ceil(BATCH_SPAN / self.every)))

    @property
    def grace(self) -> float:
        """Seconds after which a place is lost: a later message would leave together with those whose turn it is."""
        return max(SHORTEST_GRACE, min(LONGEST_GRACE, GRACE_SHARE * self.every))

    def part(self, workers: int) -> "PaceRule":
        """What each of so many workers may do, if they do not hear of each other."""
        if workers == 1:
            return self
        return replace(self, every=self.every * workers, burst=1, gap=self.gap * workers, person_burst=1)

    @property
    def hold_of_all(self) -> str:
        """Of the instant until which nothing leaves."""
        return f"{self.name}:held"

    @property
    def hold_of_bulletins(self) -> str:
        """Of the instant until which no bulletin leaves."""
        return f"{self.name}:bulletins"

    @property
    def half_rate(self) -> str:
        """Of the instant until which half the rate is used."""
        return f"{self.name}:slow"

    @property
    def last_held(self) -> str:
        """Of the address that was held last."""
        return f"{self.name}:told"

    def to(self, address: str) -> str:
        """Of a person's schedule."""
        return f"{self.name}:to:{address}"


@dataclass(frozen=True, slots=True)
class GrantedPlaces:
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

    async def take(self, rule: PaceRule, most: int) -> GrantedPlaces:
        """Take up to `most` places."""

    async def give_back(self, rule: PaceRule, granted: GrantedPlaces, used: int) -> None:
        """Only the first `used` were needed. The others are lost if somebody has taken the ones after them."""

    async def charge(self, rule: PaceRule, places: float) -> None:
        """So many places more have been used."""

    async def people(self, rule: PaceRule, addresses: Sequence[str]) -> list[float]:
        """For each, zero when they may be written to now, which counts as done; else the seconds until then."""

    async def hold(self, rule: PaceRule, seconds: float) -> None:
        """There is no place for so long, whatever is given back meanwhile; and then no burst."""

    async def hold_person(self, rule: PaceRule, address: str, seconds: float, bulletins: bool) -> None:
        """Nothing to this person for so long, and no bulletins to anybody.

        If another was held less than `TWO_WITHIN` before, it was not the person: then nothing at all, and slower after.
        """

    def held(self, rule: PaceRule) -> tuple[float, float]:
        """Seconds until there are places again, and until bulletins may use them, as far as is known here."""
