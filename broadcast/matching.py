"""Which message in a platform's list is which delivery of ours, where nobody has the platform's id of it."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from channels.messages import Trace
from storage.outbox.unknowns import UnknownDelivery

LATEST = timedelta(hours=1)
"""An older delivery is not sent again: it would be out of place, and this database may be an old copy."""
APART = timedelta(minutes=15)
"""How far the platform's clock and ours may differ."""
EARLIER, LATER = APART, LATEST + APART
"""Around the claim: when the platform may have written it down. A worker that slept between its claim and its send
sends late, so as long as it may leave again, everything that the platform has had since counts."""


@dataclass(frozen=True, slots=True)
class Window:
    """A time in which a platform may have had messages to these people."""

    since: datetime
    until: datetime
    people: frozenset[str] = field(repr=False)


def windows(waiting: Sequence[UnknownDelivery]) -> list[Window]:
    """The times around these deliveries; those that overlap are one."""
    merged: list[Window] = []
    for unknown in sorted(waiting, key=lambda unknown: unknown.began):
        window = Window(unknown.began - EARLIER, unknown.began + LATER, frozenset({unknown.to}))
        if merged and window.since <= merged[-1].until:
            before = merged.pop()
            window = Window(before.since, window.until, before.people | window.people)
        merged.append(window)
    return merged


def matched(
    waiting: Sequence[UnknownDelivery], others: Sequence[UnknownDelivery], traces: Sequence[Trace]
) -> dict[str, Trace]:
    """The message of each delivery: one to the same person that belongs to no other, as far as there are enough.

    The delivery that was begun first has the message that came first, whatever clock the platform goes by. A message
    may also belong to one of `others`.
    """
    wanted = {unknown.id for unknown in waiting}
    by_person: dict[str, tuple[list[UnknownDelivery], list[Trace]]] = defaultdict(lambda: ([], []))
    for unknown in sorted([*waiting, *others], key=lambda unknown: unknown.began):
        by_person[unknown.to][0].append(unknown)
    for trace in sorted(traces, key=lambda trace: trace.at):
        by_person[trace.to][1].append(trace)
    pairs = [pair for deliveries, messages in by_person.values() for pair in _in_order(deliveries, messages)]
    return {unknown.id: trace for unknown, trace in pairs if unknown.id in wanted}


@dataclass(frozen=True, slots=True)
class _Pairs:
    """Some deliveries, each with its message: how many there are, and how far apart all of them lie."""

    number: int = 0
    apart: timedelta = timedelta(0)
    last: tuple[UnknownDelivery, Trace] | None = None
    before: "_Pairs | None" = None

    def with_(self, unknown: UnknownDelivery, trace: Trace) -> "_Pairs":
        return _Pairs(self.number + 1, self.apart + abs(trace.at - unknown.began), (unknown, trace), self)

    def __iter__(self) -> Iterator[tuple[UnknownDelivery, Trace]]:
        pairs: _Pairs | None = self
        while pairs is not None and pairs.last is not None:
            yield pairs.last
            pairs = pairs.before


def _in_order(waiting: Sequence[UnknownDelivery], traces: Sequence[Trace]) -> _Pairs:
    """As many pairs as there can be where no message overtakes another, and of those the nearest in time."""
    best = [_Pairs()] * (len(traces) + 1)
    for unknown in waiting:
        without, best = best, [_Pairs()]
        for place, trace in enumerate(traces):
            can_be = [best[place], without[place + 1]]
            if may_be(unknown, trace):
                can_be.append(without[place].with_(unknown, trace))
            best.append(min(can_be, key=lambda pairs: (-pairs.number, pairs.apart)))
    return best[-1]


def may_be(unknown: UnknownDelivery, trace: Trace) -> bool:
    return trace.to == unknown.to and unknown.began - EARLIER <= trace.at <= unknown.began + LATER
