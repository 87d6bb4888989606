"""The schedules of one process, in its memory."""

from collections.abc import Callable, Sequence

from broadcast.pace.rule import HALF_RATE_FOR, LOOK_AHEAD, ROUNDING, TWO_WITHIN, GrantedPlaces, PaceRule

MOST_REMEMBERED = 10_000
"""How many schedules are kept before those that are over are thrown away: some two megabytes. What is looked through is
at least half new each time, so keeping this clean costs no more than a few looks for each message."""


class LocalPace:
    """Schedules of this process alone."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self.clock = clock
        self.workers = 1
        self._until: dict[str, float] = {}
        self._most = MOST_REMEMBERED
        self._last_held: dict[str, tuple[str, float]] = {}
        """For each sender the address that was held last, and when."""

    async def take(self, rule: PaceRule, most: int) -> GrantedPlaces:
        rule, now = rule.part(self.workers), self.clock()
        held, bulletins, slow = self.holds(rule)
        every = 2 * rule.every if slow else rule.every
        begin = max(self._until.get(rule.name, now + LOOK_AHEAD + every), now + held if held else now - rule.credit)
        batch = rule.batch(most)
        number = min(most, int((now + LOOK_AHEAD - begin) / every + (1 + ROUNDING)))
        number = number if number >= batch else 0
        granted = GrantedPlaces(number, now, begin, every, LOOK_AHEAD - (batch - 1) * every, held, bulletins, slow)
        self._until[rule.name] = granted.end
        return granted

    async def give_back(self, rule: PaceRule, granted: GrantedPlaces, used: int) -> None:
        if self._until.get(rule.name) == granted.end:
            self._until[rule.name] = granted.begin + used * granted.every

    async def charge(self, rule: PaceRule, places: float) -> None:
        rule, now = rule.part(self.workers), self.clock()
        begin = max(self._until.get(rule.name, now + LOOK_AHEAD + rule.every), now - rule.credit)
        self._until[rule.name] = begin + places * rule.every

    async def people(self, rule: PaceRule, addresses: Sequence[str]) -> list[float]:
        rule, now = rule.part(self.workers), self.clock()
        self._forget(now)
        return [self._person(rule, rule.to(address), now) for address in addresses]

    def _person(self, rule: PaceRule, name: str, now: float) -> float:
        at = max(self._until.get(name, now), now)
        wait = at - rule.person_credit - now
        if wait > ROUNDING:
            return wait
        self._until[name] = at + rule.gap
        return 0.0

    async def hold(self, rule: PaceRule, seconds: float) -> None:
        self.keep(rule.hold_of_all, seconds)
        self.keep(rule.name, seconds)

    async def hold_person(self, rule: PaceRule, address: str, seconds: float, bulletins: bool) -> None:
        now = self.clock()
        last_held, at = self._last_held.get(rule.name, (address, now))
        self._last_held[rule.name] = (address, now)
        self.keep(rule.to(address), seconds + rule.person_credit)
        if bulletins:
            self.keep(rule.hold_of_bulletins, seconds)
        if last_held != address and now - at < TWO_WITHIN:
            await self.hold(rule, seconds)
            self.keep(rule.half_rate, seconds + HALF_RATE_FOR)

    def held(self, rule: PaceRule) -> tuple[float, float]:
        held, bulletins, _slow = self.holds(rule)
        return held, max(held, bulletins)

    def holds(self, rule: PaceRule) -> tuple[float, float, float]:
        """The seconds for which all, bulletins, and the slow time are still held; zero when not."""
        now = self.clock()
        names = (rule.hold_of_all, rule.hold_of_bulletins, rule.half_rate)
        held, bulletins, slow = (self._left(name, now) for name in names)
        return held, bulletins, slow

    def keep(self, name: str, seconds: float) -> None:
        """Remember a hold of so many seconds, unless a longer one is remembered."""
        now = self.clock()
        self._forget(now)
        until = now + seconds
        self._until[name] = max(self._until.get(name, until), until)

    def person_held(self, rule: PaceRule, address: str) -> float:
        return self._left(rule.to(address), self.clock() + rule.person_credit)

    def _left(self, name: str, now: float) -> float:
        return max(0.0, self._until.get(name, now) - now)

    def _forget(self, now: float) -> None:
        if len(self._until) > self._most:
            self._until = {name: at for name, at in self._until.items() if at > now}
            self._most = max(MOST_REMEMBERED, 2 * len(self._until))
