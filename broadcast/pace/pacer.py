"""What a sender asks of its schedules."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from broadcast.pace.rule import SHARE_USED, GrantedPlaces, PaceRule, Schedules
from channels import Pace
from storage.lanes import Lane


@dataclass(frozen=True, slots=True)
class Places:
    """When something may be sent: one message at each instant of `at`, by the pacer's clock."""

    at: tuple[float, ...]
    wait: timedelta
    """Until there are more."""
    last_lane: Lane
    """Lanes above this one may not use them: bulletins may have to wait when replies need not."""
    granted: GrantedPlaces | None = None

    def __len__(self) -> int:
        return len(self.at)


class Pacer:
    """The pace of one sender and of each person it writes to."""

    def __init__(self, sender: str, pace: Pace, schedules: Schedules) -> None:
        self._rule = PaceRule(
            sender, 1 / (SHARE_USED * pace.rate), pace.burst, pace.gap.total_seconds(), pace.person_burst
        )
        self._schedules = schedules
        self._none_before = schedules.clock()

    def now(self) -> float:
        return self._schedules.clock()

    async def take(self, most: int) -> Places:
        """Up to `most` places. Those that are not used have to be given back by `give_back`, at once."""
        now = self.now()
        if now < self._none_before:
            return self._places((), self._none_before - now)
        granted = await self._schedules.take(self._rule, most)
        now = self.now()
        self._none_before = now + granted.wait
        return self._places(
            tuple(max(now, granted.at(place)) for place in range(granted.number)), granted.wait, granted
        )

    def _places(self, at: tuple[float, ...], wait: float, granted: GrantedPlaces | None = None) -> Places:
        held, bulletins = self._schedules.held(self._rule)
        # A microsecond more: rounded down, there would be none yet.
        until = timedelta(seconds=wait, microseconds=1 if wait else 0)
        return Places(at, until, Lane.NOTICE if bulletins > held else Lane.BULLETIN, granted)

    async def give_back(self, places: Places, used: int) -> None:
        """Only the first `used` were needed."""
        if places.granted and used < len(places):
            await self._schedules.give_back(self._rule, places.granted, used)
            self._none_before = self.now()

    def is_lost(self, place: float, now: float) -> bool:
        """Whether it is too late for that place."""
        return now - place > self._rule.grace

    def held(self, lane: Lane) -> timedelta:
        """How long nothing of that lane may leave; zero when it may."""
        everything, bulletins = self._schedules.held(self._rule)
        return timedelta(seconds=bulletins if lane == Lane.BULLETIN else everything)

    async def for_people(self, addresses: Sequence[str]) -> list[timedelta]:
        """For each, zero when this person may be written to now, which counts as done; else how long not."""
        waits = await self._schedules.people(self._rule, addresses) if addresses else []
        return [timedelta(seconds=wait) for wait in waits]

    async def charge(self, places: int) -> None:
        """So many places more are used than were taken."""
        if places > 0:
            await self._schedules.charge(self._rule, places)

    async def told_to_wait(self, address: str, wait: timedelta, lane: Lane) -> None:
        """The platform does not say whom it means: this person; their lane, if it is that of bulletins; or everybody.

        Everybody, and half the rate for five minutes after it, when it told two people within a second.
        """
        await self._schedules.hold_person(self._rule, address, wait.total_seconds(), lane == Lane.BULLETIN)

    async def pause(self, wait: timedelta) -> None:
        """The platform asked the whole sender to wait."""
        await self._schedules.hold(self._rule, wait.total_seconds())
