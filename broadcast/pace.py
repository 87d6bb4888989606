"""How fast a platform lets us send: one schedule for each sender and person, shared by all workers through Redis.

The rule is GCRA (ITU-T I.371): a schedule holds the instant at which it is used up; each send moves it on by one
interval, and nobody may be further ahead of it than a burst.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Protocol, cast

from redis.asyncio import Redis
from redis.commands.core import AsyncScript
from redis.exceptions import RedisError

from channels import Pace

PERSON_BURST = 3
CAREFUL = 0.25
"""The part of a rate that one worker uses alone while Redis is away and it cannot know of the others."""


@dataclass(frozen=True, slots=True)
class Rule:
    """What one schedule allows: a place `every` so many seconds, at most `ahead` seconds of them at once."""

    name: str
    every: float
    ahead: float
    careful: bool = True
    """A schedule that nobody remembers counts as just used up: others may have used it before it was forgotten."""

    @property
    def unknown(self) -> float:
        """How far ahead of now a schedule is that nobody remembers."""
        return self.ahead + self.every if self.careful else 0


class Schedules(Protocol):
    """Where schedules are kept."""

    async def take(self, rule: Rule, most: int) -> tuple[int, float]:
        """Take up to `most` places; how many, and the seconds until there is another."""

    async def move(self, rule: Rule, places: float) -> None:
        """So many places more have been used, or fewer when negative."""

    async def hold(self, rule: Rule, seconds: float) -> None:
        """There is no place for so long, whatever is given back meanwhile; and then no burst."""


class Here:
    """Schedules of this process alone. `clock` gives seconds that only grow."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._used: dict[str, float] = {}
        self._held: dict[str, float] = {}

    async def take(self, rule: Rule, most: int) -> tuple[int, float]:
        now = self._clock()
        at = max(self._used.get(rule.name, now + rule.unknown), self._held.get(rule.name, now), now)
        taken = max(0, min(most, int((now + rule.ahead - at) / rule.every + 1.000001)))
        at += taken * rule.every
        self._used[rule.name] = at
        self._forget(now)
        return taken, max(0.0, at - rule.ahead - now)

    async def move(self, rule: Rule, places: float) -> None:
        now = self._clock()
        at = max(self._used.get(rule.name, now + rule.unknown), now)
        self._used[rule.name] = max(now, at + places * rule.every)

    async def hold(self, rule: Rule, seconds: float) -> None:
        until = self._clock() + seconds + rule.ahead
        self._held[rule.name] = max(self._held.get(rule.name, until), until)

    def held(self, rule: Rule) -> float:
        """The seconds until a hold is over; not above zero when there is none."""
        return self._held[rule.name] - self._clock() if rule.name in self._held else 0

    def _forget(self, now: float) -> None:
        if len(self._used) > 10_000:
            self._used = {name: at for name, at in self._used.items() if at > now}


KNOWN = """
local time = redis.call('TIME'); local now = time[1] + time[2] / 1000000
local every, ahead, unknown = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
local at = math.max(tonumber(redis.call('GET', KEYS[1]) or now + unknown), now)
local function keep(key, value)
  redis.call('SET', key, string.format('%.6f', value), 'PX', math.ceil((value - now) * 1000) + ARGV[4])
end
"""
"""What each script begins with. A schedule of a sender is remembered for an hour, so that it keeps its burst."""
TAKE = """
at = math.max(at, tonumber(redis.call('GET', KEYS[2]) or now))
local taken = math.max(0, math.min(tonumber(ARGV[5]), math.floor((now + ahead - at) / every + 1.000001)))
at = at + taken * every
keep(KEYS[1], at)
return {taken, string.format('%.6f', math.max(0, at - ahead - now))}
"""
MOVE = """
keep(KEYS[1], math.max(now, at + tonumber(ARGV[5]) * every))
return 1
"""
HOLD = """
local till = now + tonumber(ARGV[5]) + ahead
keep(KEYS[2], math.max(till, tonumber(redis.call('GET', KEYS[2]) or till)))
return 1
"""
AN_HOUR, A_SECOND = 3_600_000, 1_000
PATIENCE = 1.0
AWAY = 2.0
"""Seconds in which Redis has to answer, and in which it is not asked again after it did not."""


class Shared:
    """Schedules of all workers, in Redis; while it is away, a careful part of them here."""

    def __init__(self, redis: Redis, clock: Callable[[], float]) -> None:
        self._take = redis.register_script(KNOWN + TAKE)
        self._move = redis.register_script(KNOWN + MOVE)
        self._hold = redis.register_script(KNOWN + HOLD)
        self._clock = clock
        self._away = clock()
        self._alone = Here(clock)

    async def take(self, rule: Rule, most: int) -> tuple[int, float]:
        held = self._alone.held(rule)
        if held > 0:
            return 0, held
        answer = await self._ask(self._take, rule, most)
        if answer is None:
            return await self._alone.take(_careful(rule), most)
        taken, wait = cast(tuple[int, bytes], answer)
        return int(taken), float(wait)

    async def move(self, rule: Rule, places: float) -> None:
        if await self._ask(self._move, rule, places) is None:
            await self._alone.move(_careful(rule), places)

    async def hold(self, rule: Rule, seconds: float) -> None:
        """Here too: Redis may forget it before it is over."""
        await self._alone.hold(_careful(rule), seconds)
        await self._ask(self._hold, rule, seconds)

    async def _ask(self, script: AsyncScript, rule: Rule, number: float) -> object | None:
        """None while Redis is away: it is waited for once, then left alone for a while."""
        if self._clock() < self._away:
            return None
        try:
            async with asyncio.timeout(PATIENCE):
                return cast(object, await script(*_asked(rule, number)))
        except (RedisError, OSError):
            self._away = self._clock() + AWAY
            return None


def _asked(rule: Rule, number: float) -> tuple[list[str], list[float]]:
    schedule = f"hearback:pace:{{{rule.name}}}"
    remembered = AN_HOUR if rule.careful else A_SECOND
    return [schedule, f"{schedule}:held"], [rule.every, rule.ahead, rule.unknown, remembered, number]


def _careful(rule: Rule) -> Rule:
    return Rule(rule.name, rule.every / CAREFUL, 0, rule.careful)


class Pacer:
    """The pace of one sender and of each person it writes to."""

    def __init__(self, sender: str, pace: Pace, schedules: Schedules) -> None:
        every = 1 / pace.rate
        self._sender = Rule(sender, every, (pace.burst - 1) * every)
        self._gap = pace.gap.total_seconds()
        self._schedules = schedules

    async def take(self, most: int) -> tuple[int, timedelta]:
        """Up to `most` places to send now, and how long until there are more."""
        taken, wait = await self._schedules.take(self._sender, most)
        return taken, timedelta(seconds=wait)

    async def give_back(self, places: int) -> None:
        """Places that nothing was sent in."""
        if places:
            await self._schedules.move(self._sender, -places)

    async def charge(self, segments: int) -> None:
        """What was sent used more places than the one it took."""
        if segments > 1:
            await self._schedules.move(self._sender, segments - 1)

    async def for_person(self, address: str) -> timedelta:
        """Zero when this person may be written to now, which counts as done; else how long not."""
        if not self._gap:
            return timedelta(0)
        rule = Rule(f"{self._sender.name}:{address}", self._gap, (PERSON_BURST - 1) * self._gap, careful=False)
        taken, wait = await self._schedules.take(rule, 1)
        return timedelta(0) if taken else timedelta(seconds=wait)

    async def pause(self, wait: timedelta) -> None:
        """The platform asked the whole sender to wait."""
        await self._schedules.hold(self._sender, wait.total_seconds())
