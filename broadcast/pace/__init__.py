"""How fast a platform lets us send: one schedule for each sender and each person, shared by all workers.

The rule is GCRA (ITU-T I.371): a schedule holds the instant at which its next place begins; each send moves it on by
one interval. Places are handed out a little before their time, so that what leaves in them can be claimed meanwhile.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from math import ceil
from typing import Protocol

from channels import Pace
from storage.outbox.deliveries import BULLETIN, NOTICE

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


class Here:
    """Schedules of this process alone."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self.clock = clock
        self.workers = 1
        self._until: dict[str, float] = {}
        self._many = 10_000
        self._last = ("", "", 0.0)

    async def take(self, rule: Rule, most: int) -> Given:
        rule, now = rule.part(self.workers), self.clock()
        held, bulletins, slow = self.holds(rule)
        every = 2 * rule.every if slow else rule.every
        begin = max(self._until.get(rule.name, now + AHEAD + every), now + held if held else now - rule.credit)
        batch = rule.batch(most)
        number = min(most, int((now + AHEAD - begin) / every + 1.000001))
        number = number if number >= batch else 0
        given = Given(number, now, begin, every, AHEAD - (batch - 1) * every, held, bulletins, slow)
        self._until[rule.name] = given.end
        return given

    async def give_back(self, rule: Rule, given: Given, used: int) -> None:
        if self._until.get(rule.name) == given.end:
            self._until[rule.name] = given.begin + used * given.every

    async def charge(self, rule: Rule, places: float) -> None:
        rule, now = rule.part(self.workers), self.clock()
        begin = max(self._until.get(rule.name, now + AHEAD + rule.every), now - rule.credit)
        self._until[rule.name] = begin + places * rule.every

    async def people(self, rule: Rule, addresses: Sequence[str]) -> list[float]:
        rule, now = rule.part(self.workers), self.clock()
        self._forget(now)
        return [self._person(rule, rule.to(address), now) for address in addresses]

    def _person(self, rule: Rule, name: str, now: float) -> float:
        at = max(self._until.get(name, now), now)
        wait = at - rule.person_credit - now
        if wait > 1e-6:
            return wait
        self._until[name] = at + rule.gap
        return 0.0

    async def hold(self, rule: Rule, seconds: float) -> None:
        name, held, *_others = rule.names
        self.keep(held, seconds)
        self.keep(name, seconds)

    async def hold_person(self, rule: Rule, address: str, seconds: float, bulletins: bool) -> None:
        name, _held, lane, slow = rule.names
        now = self.clock()
        (of, who, at), self._last = self._last, (name, address, now)
        self.keep(rule.to(address), seconds + rule.person_credit)
        if bulletins:
            self.keep(lane, seconds)
        if of == name and who != address and now - at < TOGETHER:
            await self.hold(rule, seconds)
            self.keep(slow, seconds + HALVED)

    def held(self, rule: Rule) -> tuple[float, float]:
        held, bulletins, _slow = self.holds(rule)
        return held, max(held, bulletins)

    def holds(self, rule: Rule) -> tuple[float, float, float]:
        """The seconds for which all, bulletins, and the slow time are still held; zero when not."""
        now = self.clock()
        _all, held, bulletins, slow = rule.names
        return self._left(held, now), self._left(bulletins, now), self._left(slow, now)

    def keep(self, name: str, seconds: float) -> None:
        """Until then at least."""
        now = self.clock()
        self._forget(now)
        until = now + seconds
        self._until[name] = max(self._until.get(name, until), until)

    def person_held(self, rule: Rule, address: str) -> float:
        return self._left(rule.to(address), self.clock() + rule.person_credit)

    def _left(self, name: str, now: float) -> float:
        return max(0.0, self._until.get(name, now) - now)

    def _forget(self, now: float) -> None:
        if len(self._until) > self._many:
            self._until = {name: at for name, at in self._until.items() if at > now}
            self._many = max(10_000, 2 * len(self._until))


@dataclass(frozen=True, slots=True)
class Places:
    """When something may be sent: one message at each instant of `at`, by the pacer's clock."""

    at: tuple[float, ...]
    wait: timedelta
    """Until there are more."""
    last_lane: int
    """Lanes above this one may not use them: bulletins may have to wait when replies need not."""
    given: Given | None = None

    def __len__(self) -> int:
        return len(self.at)


class Pacer:
    """The pace of one sender and of each person it writes to."""

    def __init__(self, sender: str, pace: Pace, schedules: Schedules) -> None:
        self._rule = Rule(sender, 1 / (HAIR * pace.rate), pace.burst, pace.gap.total_seconds(), pace.person_burst)
        self._schedules = schedules
        self._none_before = schedules.clock()

    def now(self) -> float:
        return self._schedules.clock()

    async def take(self, most: int) -> Places:
        """Up to `most` places. What they are not used for goes back by `give_back`, at once."""
        now = self.now()
        if now < self._none_before:
            return self._places((), self._none_before - now)
        given = await self._schedules.take(self._rule, most)
        now = self.now()
        self._none_before = now + given.wait
        return self._places(tuple(max(now, given.at(place)) for place in range(given.number)), given.wait, given)

    def _places(self, at: tuple[float, ...], wait: float, given: Given | None = None) -> Places:
        held, bulletins = self._schedules.held(self._rule)
        # A microsecond more: rounded down, there would be none yet.
        until = timedelta(seconds=wait, microseconds=1 if wait else 0)
        return Places(at, until, NOTICE if bulletins > held else BULLETIN, given)

    async def give_back(self, places: Places, used: int) -> None:
        """Only the first `used` were needed."""
        if places.given and used < len(places):
            await self._schedules.give_back(self._rule, places.given, used)
            self._none_before = self.now()

    def is_lost(self, place: float, now: float) -> bool:
        """Whether it is too late for that place."""
        return now - place > self._rule.late

    def held(self, lane: int) -> timedelta:
        """How long nothing of that lane may leave; zero when it may."""
        everything, bulletins = self._schedules.held(self._rule)
        return timedelta(seconds=bulletins if lane == BULLETIN else everything)

    async def for_people(self, addresses: Sequence[str]) -> list[timedelta]:
        """For each, zero when this person may be written to now, which counts as done; else how long not."""
        waits = await self._schedules.people(self._rule, addresses) if addresses else []
        return [timedelta(seconds=wait) for wait in waits]

    async def charge(self, places: int) -> None:
        """So many places more are used than were taken."""
        if places > 0:
            await self._schedules.charge(self._rule, places)

    async def told_to_wait(self, address: str, wait: timedelta, lane: int) -> None:
        """The platform does not say whom it means: this person; their lane, if it is that of bulletins; or everybody.

        Everybody, and half the rate for five minutes after it, when it told two people within a second.
        """
        await self._schedules.hold_person(self._rule, address, wait.total_seconds(), lane == BULLETIN)

    async def pause(self, wait: timedelta) -> None:
        """The platform asked the whole sender to wait."""
        await self._schedules.hold(self._rule, wait.total_seconds())
