"""The schedules of all workers, in Redis; while it is away, a careful part of them here."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from typing import cast

from redis.asyncio import Redis
from redis.exceptions import RedisError

from broadcast.pace import scripts
from broadcast.pace.here import LocalPace
from broadcast.pace.rule import HALF_RATE_FOR, LEAST_WORKERS, LOOK_AHEAD, TWO_WITHIN, GrantedPlaces, PaceRule
from broadcast.pace.scripts import CHARGE, GIVE_BACK, HOLD_ALL, HOLD_PERSON, PEOPLE, TAKE, Script
from broadcast.watch import Observe, unobserved

PATIENCE = 1.0
"""Seconds in which Redis has to answer. It does within some milliseconds, and a sender that waits sends nothing."""
NOT_ASKED_AGAIN_FOR = 2.0
"""Seconds after Redis did not answer: a sender then waits for it in a third of its time at most."""


class SharedPace:
    """Every hold that was heard of is kept here too: Redis may forget it before it is over."""

    def __init__(self, redis: Redis, clock: Callable[[], float], observe: Observe = unobserved) -> None:
        self.clock = clock
        self._observe = observe
        self._scripts = {script.name: redis.register_script(script.source) for script in scripts.SCRIPTS}
        self._away = clock()
        self._alone = LocalPace(clock)
        self.workers = 1
        self._shift = 0.0

    @property
    def workers(self) -> int:
        return self._alone.workers

    @workers.setter
    def workers(self, number: int) -> None:
        self._alone.workers = max(LEAST_WORKERS, number)

    async def take(self, rule: PaceRule, most: int) -> GrantedPlaces:
        before = self.clock()
        batch, (held, bulletins, slow) = rule.batch(most), self._alone.holds(rule)
        values = await self._call(
            TAKE,
            {
                "schedule": rule.name,
                "hold_of_all": rule.hold_of_all,
                "hold_of_bulletins": rule.hold_of_bulletins,
                "half_rate": rule.half_rate,
            },
            {
                "every": rule.every,
                "credit": rule.credit,
                "look_ahead": LOOK_AHEAD,
                "known_held": held,
                "known_bulletins": bulletins,
                "known_slow": slow,
                "most": most,
                "batch": batch,
            },
        )
        if values is None:
            return await self._alone.take(rule, most)
        answer = TAKE.answered(cast(Sequence[bytes], values))
        self._remember(rule, answer)
        self._set_clock(answer["now"], before)
        return GrantedPlaces(
            int(answer["number"]),
            answer["now"],
            answer["begin"],
            answer["every"],
            LOOK_AHEAD - (batch - 1) * answer["every"],
            answer["held"],
            answer["bulletins"],
            answer["slow"],
            self._shift,
        )

    def _remember(self, rule: PaceRule, seconds: Mapping[str, float]) -> None:
        """Keep the holds that Redis knows of here as well."""
        holds = {"held": rule.hold_of_all, "bulletins": rule.hold_of_bulletins, "slow": rule.half_rate}
        for hold, name in holds.items():
            if seconds[hold]:
                self._alone.keep(name, seconds[hold])

    def _set_clock(self, now: float, before: float) -> None:
        """Redis read its clock after we asked and before we heard: within that, what we believed before holds."""
        self._shift = min(max(self._shift, now - self.clock()), now - before)

    async def give_back(self, rule: PaceRule, granted: GrantedPlaces, used: int) -> None:
        if not granted.shift:
            await self._alone.give_back(rule, granted, used)
            return
        await self._call(
            GIVE_BACK,
            {"schedule": rule.name},
            {"taken_until": f"{granted.end:.6f}", "used_until": f"{granted.begin + used * granted.every:.6f}"},
        )

    async def charge(self, rule: PaceRule, places: float) -> None:
        arguments = {"every": rule.every, "credit": rule.credit, "look_ahead": LOOK_AHEAD, "places": places}
        if await self._call(CHARGE, {"schedule": rule.name}, arguments) is None:
            await self._alone.charge(rule, places)

    async def people(self, rule: PaceRule, addresses: Sequence[str]) -> list[float]:
        """One question for all of them."""
        arguments = PEOPLE.arguments_in_order({"gap": rule.gap, "credit": rule.person_credit})
        waits = await self._run(PEOPLE, [rule.to(address) for address in addresses], arguments)
        if waits is None:
            return await self._alone.people(rule, addresses)
        here = (self._alone.person_held(rule, address) for address in addresses)
        return [max(float(wait), held) for wait, held in zip(cast(Sequence[bytes], waits), here, strict=True)]

    async def hold(self, rule: PaceRule, seconds: float) -> None:
        await self._alone.hold(rule, seconds)
        await self._call(HOLD_ALL, {"schedule": rule.name, "hold_of_all": rule.hold_of_all}, {"seconds": seconds})

    async def hold_person(self, rule: PaceRule, address: str, seconds: float, bulletins: bool) -> None:
        is_everybody = await self._call(
            HOLD_PERSON,
            {
                "person": rule.to(address),
                "schedule": rule.name,
                "hold_of_all": rule.hold_of_all,
                "hold_of_bulletins": rule.hold_of_bulletins,
                "half_rate": rule.half_rate,
                "last_held": rule.last_held,
            },
            {
                "seconds": seconds,
                "credit": rule.person_credit,
                "is_bulletin": int(bulletins),
                "address": address,
                "two_within": int(TWO_WITHIN * 1000),
                "half_rate_for": HALF_RATE_FOR,
            },
        )
        await self._alone.hold_person(rule, address, seconds, bulletins)
        if is_everybody:
            await self._alone.hold(rule, seconds)
            self._alone.keep(rule.half_rate, seconds + HALF_RATE_FOR)

    def held(self, rule: PaceRule) -> tuple[float, float]:
        return self._alone.held(rule)

    async def _call(
        self, script: Script, keys: Mapping[str, str], arguments: Mapping[str, float | str]
    ) -> object | None:
        return await self._run(script, script.keys_in_order(keys), script.arguments_in_order(arguments))

    async def _run(self, script: Script, names: Sequence[str], arguments: Sequence[float | str]) -> object | None:
        """None while Redis is away: it is waited for once, then left alone for a while."""
        if self.clock() < self._away:
            return None
        keys = [f"hearback:pace:{{{names[0].partition(':')[0]}}}{name}" for name in names]
        try:
            async with asyncio.timeout(PATIENCE):
                return cast(object, await self._scripts[script.name](keys, arguments))
        except (RedisError, OSError):
            self._away = self.clock() + NOT_ASKED_AGAIN_FOR
            self._observe("redis_away")
            return None
