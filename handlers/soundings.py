"""What came of statements, as it may be shown: to whom they are many, and on what nearly everybody agrees."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

import flows
from council.opinions import (
    FEWEST_PEOPLE,
    FIRM_FROM,
    Cell,
    Group,
    Picture,
    Side,
    Tally,
    consensus,
    group_informed,
    representative,
)
from handlers import counts
from handlers.counting import Count
from handlers.writing import contents
from storage.soundings import StoredSounding
from storage.statements import StoredStatement

WHOLE = 100
MOST_SHARED = 5
"""So many statements are named on which every group agrees, or nearly."""
SHARED_FROM = 50
"""In a hundred: what the product over the groups has to come to, to be named."""


@dataclass(frozen=True, slots=True)
class Came:
    """What was counted, as it may be told: a number changes only when eight people more, or fewer, have moved it."""

    people: int = 0
    tallies: Mapping[str, Tally] = field(default_factory=dict)
    """By the statement's id."""
    can_group: bool = False
    """What finds groups was there."""
    statements: tuple[str, ...] = ()
    """Those of the picture, in its order."""
    picture: Picture | None = None


def came(before: str, count: Count, picture: Picture | None, *, can_group: bool) -> str:
    """What the table keeps of a count; `before`: what it kept of the last one."""
    last = Came() if not before else contents.unpack(before, Came)
    tallies = {name: _told(last.tallies.get(name, Tally()), tally) for name, tally in count.tallies.items()}
    people = count.people if abs(count.people - last.people) >= counts.FEWER_THAN else last.people
    return contents.pack(Came(people, tallies, can_group, tuple(count.shown), picture))


def _told(last: Tally, now: Tally) -> Tally:
    moved = abs(now.agrees - last.agrees) + abs(now.disagrees - last.disagrees) + abs(now.passes - last.passes)
    return now if moved >= counts.FEWER_THAN else last


class Why(StrEnum):
    """Why there are no groups."""

    FEW = "few"
    """Fewer than fifty people have said enough."""
    LACKS = "lacks"
    """What finds them is not installed where the worker runs."""
    ALIKE = "alike"
    """People are of one mind, or of so many that no group of ten stands apart."""


@dataclass(frozen=True, slots=True)
class ShownTally:
    """About how many said what; None: fewer than eight, or nobody."""

    id: str
    texts: flows.Renditions = field(repr=False)
    people: int | None
    agrees: int | None
    disagrees: int | None
    passes: int | None

    def share(self, number: int | None) -> int | None:
        """Of a hundred. Of rounded numbers: it tells no more than they."""
        if number is None or self.people is None:
            return None
        return min(WHOLE, round(WHOLE * number / self.people))


@dataclass(frozen=True, slots=True)
class ShownGroup:
    """People of one mind."""

    letter: str
    people: int | None
    typical: Sequence[tuple[ShownTally, Side]]
    """What sets them apart, with their own numbers."""
    place: Group


@dataclass(frozen=True, slots=True)
class Outcome:
    """All that may be shown. From fifty people on there is more than tallies."""

    people: int | None
    tallies: Sequence[ShownTally]
    """What most people answered first."""
    agreed: Sequence[ShownTally] = ()
    disagreed: Sequence[ShownTally] = ()
    """On what more than half surely are on one side."""
    shared: Sequence[tuple[ShownTally, int]] = ()
    """On what every group agrees: the product over the groups, in a hundred, to the nearest five."""
    groups: Sequence[ShownGroup] = ()
    cells: Sequence[Cell] = ()
    columns: int = 1
    why: Why | None = None
    """None: there are groups."""
    is_enough: bool = False
    is_firm: bool = False
    """False: it is an indication."""


def outcome(sounding: StoredSounding, statements: Sequence[StoredStatement]) -> Outcome:
    """What is shown now; a statement that nobody is shown any more is not in it."""
    came = Came() if not sounding.picture else contents.unpack(sounding.picture, Came)
    texts = {its.id: contents.unpack(its.texts, dict[str, str]) for its in statements if its.is_shown}
    tallies = {name: came.tallies.get(name, Tally()) for name in texts}
    shown = {name: _shown(name, texts[name], tally) for name, tally in tallies.items()}
    in_order = sorted(shown.values(), key=lambda tally: -(tally.people or 0))
    people = counts.rounded(came.people)
    if came.people < FEWEST_PEOPLE:
        return Outcome(people, in_order, why=Why.FEW)
    picture = came.picture
    groups = _groups(came, texts)
    return Outcome(
        people=people,
        tallies=in_order,
        agreed=[shown[name] for name in consensus(tallies, Side.FOR)],
        disagreed=[shown[name] for name in consensus(tallies, Side.AGAINST)],
        shared=_shared(came, shown),
        groups=groups,
        cells=() if picture is None else picture.cells,
        columns=1 if picture is None else picture.columns,
        why=None if groups else _why(came),
        is_enough=True,
        is_firm=came.people >= FIRM_FROM,
    )


def _why(came: Came) -> Why:
    if not came.can_group:
        return Why.LACKS
    return Why.FEW if came.picture is None else Why.ALIKE


def _shown(name: str, texts: flows.Renditions, tally: Tally) -> ShownTally:
    numbers = (tally.seen, tally.agrees, tally.disagrees, tally.passes)
    return ShownTally(name, texts, *(counts.rounded(number) for number in numbers))


def _shared(came: Came, shown: Mapping[str, ShownTally]) -> Sequence[tuple[ShownTally, int]]:
    """The clearest first, and those that are alike in the order of their statements."""
    if came.picture is None or len(came.picture.groups) < 2:
        return ()
    found = []
    for place, name in enumerate(came.statements):
        product = group_informed(group.tallies[place] for group in came.picture.groups)
        about = counts.STEP * round(WHOLE * product / counts.STEP)
        if name in shown and about >= SHARED_FROM:
            found.append((shown[name], about))
    return sorted(found, key=lambda pair: -pair[1])[:MOST_SHARED]


def _groups(came: Came, texts: Mapping[str, flows.Renditions]) -> Sequence[ShownGroup]:
    if came.picture is None:
        return ()
    found = []
    for number, group in enumerate(came.picture.groups):
        others = [other for other in came.picture.groups if other is not group]
        inside = {name: tally for name, tally in zip(came.statements, group.tallies, strict=True) if name in texts}
        outside = {
            name: _together(other.tallies[place] for other in others) for place, name in enumerate(came.statements)
        }
        typical = [(_shown(name, texts[name], inside[name]), side) for name, side in representative(inside, outside)]
        found.append(ShownGroup(chr(ord("A") + number), counts.rounded(group.people), typical, group))
    return found


def _together(tallies: Iterable[Tally]) -> Tally:
    each = [(tally.agrees, tally.disagrees, tally.passes) for tally in tallies]
    return Tally(*map(sum, zip(*each, strict=True)))
