"""What was claimed and waits, for moments, for a place of the pace: places may be lost, deliveries never are."""

from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from broadcast.pace import Pacer
from channels.messages import Outgoing
from storage.lanes import Lane
from storage.outbox.claims import Claimed

LONGEST_AGO = 1.0
"""Seconds after which a place is nobody's any more: platforms count messages in each second."""


@dataclass(frozen=True, slots=True)
class Departure:
    """A claimed delivery with the message that it is. `places`: how many of the pace it takes."""

    claimed: Claimed
    outgoing: Outgoing
    places: int


@dataclass(slots=True)
class Departures:
    """Any delivery may leave at any place, replies first.

    A worker that is too slow for its places loses them, so that its late messages do not come together with those that
    others send in time. The deliveries that it claimed for them leave at later places, and it claims so many fewer
    meanwhile. A worker that comes too late for every place sends one message each time and pays for it with another
    place: else it would never send any.
    """

    pacer: Pacer
    places: deque[float] = field(default_factory=deque)
    """The instants at which something may leave, by the pacer's clock."""
    lanes: tuple[deque[Departure], ...] = field(default_factory=lambda: tuple(deque[Departure]() for _lane in Lane))

    def __len__(self) -> int:
        return sum(map(len, self.lanes))

    @property
    def lacking(self) -> int:
        """How many places are missing."""
        needed = sum(departure.places for lane in self.lanes for departure in lane)
        return max(0, needed - len(self.places))

    @property
    def next(self) -> float | None:
        """When something leaves next."""
        return self.places[0] if self.places and len(self) else None

    def add(self, departures: Iterable[Departure], places: Iterable[float]) -> None:
        for departure in departures:
            self.lanes[departure.claimed.lane].append(departure)
        self.places.extend(places)

    def leaving(self, now: float) -> Iterator[tuple[Departure, int]]:
        """What leaves at this instant, and how many places each takes beyond those that are here."""
        while len(self) and self.places and self.places[0] <= now:
            place = self.places.popleft()
            is_lost = self.pacer.is_lost(place, now)
            if is_lost and (self.places or now - place > LONGEST_AGO):
                continue
            departure = next(lane for lane in self.lanes if lane).popleft()
            more = departure.places - 1 + is_lost
            yield departure, more - self._leaves_out(more)
        if not len(self):
            # The deliveries for these places were put back. Places that are kept would keep new ones from being taken.
            self.places.clear()

    def _leaves_out(self, places: int) -> int:
        """Let nothing leave at up to so many of the next places; how many there were."""
        there = min(places, len(self.places))
        for _place in range(there):
            self.places.popleft()
        return there

    def take_out(self, lane: Lane) -> Iterator[Departure]:
        """All deliveries of one lane: they do not leave after all."""
        while self.lanes[lane]:
            yield self.lanes[lane].popleft()
