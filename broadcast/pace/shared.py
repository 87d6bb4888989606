"""The schedules of all workers, in Redis; while it is away, a careful part of them here."""

import asyncio
from collections.abc import Callable, Sequence
from typing import cast

from redis.asyncio import Redis
from redis.commands.core import AsyncScript
from redis.exceptions import RedisError

from broadcast.pace.here import Here
from broadcast.pace.rule import HALF_RATE_FOR, LEAST_WORKERS, LOOK_AHEAD, TWO_WITHIN, Given, Rule
from broadcast.watch import Observe, unobserved

NOW = """
local time = redis.call('TIME'); local now = time[1] + time[2] / 1000000
local function text(seconds) return string.format('%.6f', seconds) end
local function keep(key, at, remembered)
  redis.call('SET', key, text(at), 'PX', math.ceil(math.max(0, at - now) * 1000) + remembered)
end
"""
"""What each script begins with. A sender's schedule is remembered for an hour, so that it keeps its burst: one that
nobody remembers counts as just handed out, for others may have used it before it was forgotten."""
TAKE = """
local every, credit, ahead = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
local most, batch = tonumber(ARGV[7]), tonumber(ARGV[8])
local known = redis.call('MGET', unpack(KEYS))
local function left(which) return math.max(tonumber(known[which] or now) - now, tonumber(ARGV[which + 2]), 0) end
local held, bulletins, slow = left(2), left(3), left(4)
if slow > 0 then every = every * 2 end
local begin = math.max(tonumber(known[1] or now + ahead + every), held > 0 and now + held or now - credit)
local number = math.min(most, math.floor((now + ahead - begin) / every + 1.000001))
if number < batch then number = 0 end
keep(KEYS[1], begin + number * every, 3600000)
return {number, text(now), text(begin), text(every), text(held), text(bulletins), text(slow)}
"""
GIVE_BACK = """
local at = tonumber(redis.call('GET', KEYS[1]) or 0)
if math.abs(at - ARGV[1]) < 0.000005 then keep(KEYS[1], tonumber(ARGV[2]), 3600000) end
return 1
"""
CHARGE = """
local every, ahead, credit = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
local begin = math.max(tonumber(redis.call('GET', KEYS[1]) or now + ahead + every), now - credit)
keep(KEYS[1], begin + ARGV[4] * every, 3600000)
return 1
"""
PEOPLE = """
local gap, credit, waits = tonumber(ARGV[1]), tonumber(ARGV[2]), {}
for place, key in ipairs(KEYS) do
  local at = math.max(tonumber(redis.call('GET', key) or now), now)
  local wait = at - credit - now
  if wait <= 0.000001 then
    wait = 0
    keep(key, at + gap, 1000)
  end
  waits[place] = text(wait)
end
return waits
"""
HOLDING = """
local function hold(key, seconds)
  keep(key, math.max(now + seconds, tonumber(redis.call('GET', key) or 0)), 1000)
end
"""
HOLD = """
hold(KEYS[1], tonumber(ARGV[1]))
hold(KEYS[2], tonumber(ARGV[1]))
return 1
"""
HOLD_PERSON = """
local seconds, credit, halved = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
hold(KEYS[1], seconds + credit)
if ARGV[4] == '1' then hold(KEYS[3], seconds) end
local last = redis.call('GET', KEYS[5])
redis.call('SET', KEYS[5], ARGV[6], 'PX', ARGV[5])
if not last or last == ARGV[6] then return 0 end
hold(KEYS[2], seconds)
hold(KEYS[6], seconds)
hold(KEYS[4], seconds + halved)
return 1
"""
PATIENCE = 1.0
"""Seconds in which Redis has to answer. It does within some milliseconds, and a sender that waits sends nothing."""
NOT_ASKED_AGAIN_FOR = 2.0
"""Seconds after Redis did not answer: a sender then waits for it in a third of its time at most."""


class Shared:
    """Every hold that was heard of is kept here too: Redis may forget it before it is over."""

    def __init__(self, redis: Redis, clock: Callable[[], float], observe: Observe = unobserved) -> None:
        self.clock = clock
        self._observe = observe
        self._scripts = {script: redis.register_script(NOW + script) for script in (TAKE, GIVE_BACK, CHARGE, PEOPLE)}
        self._scripts |= {script: redis.register_script(NOW + HOLDING + script) for script in (HOLD, HOLD_PERSON)}
        self._away = clock()
        self._alone = Here(clock)
        self.workers = 1
        self._shift = 0.0

    @property
    def workers(self) -> int:
        return self._alone.workers

    @workers.setter
    def workers(self, number: int) -> None:
        self._alone.workers = max(LEAST_WORKERS, number)

    async def take(self, rule: Rule, most: int) -> Given:
        asked = self.clock()
        batch, holds = rule.batch(most), self._alone.holds(rule)
        answer = await self._ask(TAKE, rule.names, rule.every, rule.credit, LOOK_AHEAD, *holds, most, batch)
        if answer is None:
            return await self._alone.take(rule, most)
        number, *seconds = map(float, cast(Sequence[bytes], answer))
        now, begin, every, held, bulletins, slow = seconds
        for name, left in zip(rule.names[1:], (held, bulletins, slow), strict=True):
            if left:
                self._alone.keep(name, left)
        self._set_clock(now, asked)
        ahead = LOOK_AHEAD - (batch - 1) * every
        return Given(int(number), now, begin, every, ahead, held, bulletins, slow, self._shift)

    def _set_clock(self, now: float, asked: float) -> None:
        """Redis read its clock after we asked and before we heard: within that, what we believed before holds."""
        self._shift = min(max(self._shift, now - self.clock()), now - asked)

    async def give_back(self, rule: Rule, given: Given, used: int) -> None:
        if not given.shift:
            await self._alone.give_back(rule, given, used)
            return
        await self._ask(GIVE_BACK, rule.names[:1], f"{given.end:.6f}", f"{given.begin + used * given.every:.6f}")

    async def charge(self, rule: Rule, places: float) -> None:
        if await self._ask(CHARGE, rule.names[:1], rule.every, LOOK_AHEAD, rule.credit, places) is None:
            await self._alone.charge(rule, places)

    async def people(self, rule: Rule, addresses: Sequence[str]) -> list[float]:
        """One question for all of them."""
        names = [rule.to(address) for address in addresses]
        answer = await self._ask(PEOPLE, names, rule.gap, rule.person_credit)
        if answer is None:
            return await self._alone.people(rule, addresses)
        here = (self._alone.person_held(rule, address) for address in addresses)
        return [max(float(wait), held) for wait, held in zip(cast(Sequence[bytes], answer), here, strict=True)]

    async def hold(self, rule: Rule, seconds: float) -> None:
        await self._alone.hold(rule, seconds)
        await self._ask(HOLD, rule.names[:2], seconds)

    async def hold_person(self, rule: Rule, address: str, seconds: float, bulletins: bool) -> None:
        name, held, lane, slow = rule.names
        keys = (rule.to(address), held, lane, slow, f"{name}:told", name)
        asked = (seconds, rule.person_credit, HALF_RATE_FOR, int(bulletins), int(TWO_WITHIN * 1000), address)
        everybody = await self._ask(HOLD_PERSON, keys, *asked)
        await self._alone.hold_person(rule, address, seconds, bulletins)
        if everybody:
            await self._alone.hold(rule, seconds)
            self._alone.keep(slow, seconds + HALF_RATE_FOR)

    def held(self, rule: Rule) -> tuple[float, float]:
        return self._alone.held(rule)

    async def _ask(self, script: str, names: Sequence[str], *arguments: float | str) -> object | None:
        """None while Redis is away: it is waited for once, then left alone for a while."""
        if self.clock() < self._away:
            return None
        keys = [f"hearback:pace:{{{names[0].partition(':')[0]}}}{name}" for name in names]
        try:
            async with asyncio.timeout(PATIENCE):
                return cast(object, await self._script(script)(keys, arguments))
        except (RedisError, OSError):
            self._away = self.clock() + NOT_ASKED_AGAIN_FOR
            self._observe("redis_away")
            return None

    def _script(self, script: str) -> AsyncScript:
        return self._scripts[script]
