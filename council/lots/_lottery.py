"""The lottery that gives who has the smallest chance as large a chance as the quotas allow, by `sortition-algorithms`.

Everybody who told the same has the same chance in it, so who holds which ticket is not looked at here at all.
"""

import logging
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from importlib import metadata
from importlib.util import find_spec
from typing import Any

from council.lots._limits import Limits, NotDrawable, Pool, Quotas, check

ALGORITHM = "maximin"
LIBRARIES = ("sortition-algorithms", "highspy")
WHOLE = 1_000_000
"""What the weights of all panels come to."""
SEARCHING = 60
"""About how much of the work, in percent, is done when the first panels are found."""

Profile = tuple[str, ...]
"""What candidates told, one value for each category, in the order of the categories' names."""
Report = Callable[[int], None]
"""Takes how much is done, in percent."""


class NotInstalled(NotDrawable):
    """The libraries that draw are an extra, and are not here."""


@dataclass(frozen=True, slots=True)
class Relaxation:
    """What a limit would have to be so that somebody can be drawn."""

    category: str
    value: str
    limits: Limits
    instead: Limits


@dataclass(unsafe_hash=True)
class Infeasible(NotDrawable):
    """No group of candidates keeps all the limits; one would if the limits were changed like this."""

    relaxations: tuple[Relaxation, ...]


@dataclass(frozen=True, slots=True)
class Panel:
    """A group that can be drawn: how many seats those get who told this."""

    weight: int
    """In `WHOLE`ths."""
    places: Mapping[Profile, int]


@dataclass(frozen=True, slots=True)
class Lottery:
    """Panels that each keep the quotas, one of which is drawn by its weight."""

    categories: tuple[str, ...]
    panels: tuple[Panel, ...]


def drawn_by() -> str:
    """The libraries that draw here, with their versions. Raises `NotInstalled`."""
    if not all(find_spec(library.replace("-", "_")) for library in LIBRARIES):
        raise NotInstalled
    return ", ".join(f"{library} {metadata.version(library)}" for library in LIBRARIES)


def lottery(pool: Pool, quotas: Quotas, seats: int, report: Report) -> Lottery:
    """The same for the same numbers of people who told the same, wherever and whenever it is made with one version
    of the libraries. Raises `NotDrawable`.
    """
    drawn_by()
    check(pool, quotas, seats)
    categories = tuple(sorted(quotas))
    profiles = sorted(tuple(facts[category] for category in categories) for facts in pool.candidates.values())
    found = _search(categories, profiles, quotas, seats, report)
    return Lottery(categories, _panels(profiles, found))


def _search(
    categories: Sequence[str], profiles: Sequence[Profile], quotas: Quotas, seats: int, report: Report
) -> Mapping[frozenset[int], float]:
    """Groups of places in the list of profiles, and how probable each is.

    The library is given numbers for names: the order in which it walks sets of texts changes from run to run, and with
    it the lottery; that of sets of small numbers does not. Its chance is fixed by what it draws from.
    """
    from requests.structures import CaseInsensitiveDict
    from sortition_algorithms import errors, utils
    from sortition_algorithms.committee_generation import find_distribution_maximin, standardize_distribution
    from sortition_algorithms.features import FeatureValueMinMax
    from sortition_algorithms.people import People

    logging.getLogger(utils.logger.name).setLevel(logging.ERROR)
    values = [_values(quotas[category], profiles, place) for place, category in enumerate(categories)]
    features: Any = CaseInsensitiveDict()
    for place, category in enumerate(categories):
        features[f"c{place}"] = CaseInsensitiveDict()
        for number, value in enumerate(values[place]):
            limits = quotas[category].get(value, Limits(0, seats))
            features[f"c{place}"][f"v{number}"] = FeatureValueMinMax(
                min=limits.least, max=min(limits.most, seats), max_flex=seats
            )
    people: Any = People([])
    for number, profile in enumerate(profiles):
        row = {f"c{place}": f"v{values[place].index(value)}" for place, value in enumerate(profile)}
        people.add(number, row, features, number)
    utils.set_random_provider(_fixed(profiles, quotas, seats))
    try:
        panels, probabilities, _notes = find_distribution_maximin(
            features, people, seats, [], progress_reporter=_Progress(len(profiles), report)
        )
    except errors.InfeasibleQuotasError as infeasible:
        raise Infeasible(_relaxations(infeasible.features, categories, values, quotas, seats)) from None
    kept, weights = standardize_distribution(panels, probabilities)
    return dict(zip(kept, weights, strict=True))  # type: ignore[arg-type] # the names of people are numbers here


def _values(limits: Mapping[str, Limits], profiles: Sequence[Profile], place: int) -> Sequence[str]:
    return sorted({*limits, *(profile[place] for profile in profiles)})


def _fixed(profiles: Sequence[Profile], quotas: Quotas, seats: int) -> int:
    """What the library takes for chance: from 1 on, since 0 means "none" to it."""
    limits = [
        (category, value, limit.least, limit.most)
        for category, named in sorted(quotas.items())
        for value, limit in sorted(named.items())
    ]
    return int.from_bytes(sha256(repr((profiles, limits, seats)).encode()).digest()[:3]) + 1


def _relaxations(
    relaxed: Any, categories: Sequence[str], values: Sequence[Sequence[str]], quotas: Quotas, seats: int
) -> tuple[Relaxation, ...]:
    changes = []
    for place, category in enumerate(categories):
        for number, value in enumerate(values[place]):
            limits = quotas[category].get(value, Limits(0, seats))
            changed = relaxed[f"c{place}"][f"v{number}"]
            most = limits.most if changed.max == min(limits.most, seats) else changed.max
            instead = Limits(changed.min, most)
            if instead != limits:
                changes.append(Relaxation(category, value, limits, instead))
    return tuple(changes)


def _panels(profiles: Sequence[Profile], found: Mapping[frozenset[int], float]) -> tuple[Panel, ...]:
    """Groups in which the same people by what they told sit are one panel. All weights come to `WHOLE`, exactly."""
    together: Counter[tuple[tuple[Profile, int], ...]] = Counter()
    for group, probability in found.items():
        together[tuple(sorted(Counter(profiles[number] for number in group).items()))] += round(probability * WHOLE)
    panels = sorted((places, weight) for places, weight in together.items() if weight)
    heaviest = max(range(len(panels)), key=lambda number: panels[number][1])
    short = WHOLE - sum(weight for _places, weight in panels)
    return tuple(
        Panel(weight + (short if number == heaviest else 0), dict(places))
        for number, (places, weight) in enumerate(panels)
    )


class _Progress:
    """What the library says while it works: first it searches as often as there are people, then until it is done."""

    def __init__(self, people: int, report: Report) -> None:
        self._people = people
        self._report = report
        self._searching = True

    def start_phase(self, name: str, total: int | None = None, *, message: str | None = None) -> None:
        self._searching = total is not None

    def update(self, current: int, *, message: str | None = None) -> None:
        if self._searching:
            self._report(SEARCHING * current // max(self._people, 1))
        else:  # Nobody knows how often it will be: each time brings it a little nearer to the end.
            self._report(SEARCHING + (99 - SEARCHING) * current // (current + 20))

    def end_phase(self) -> None:
        pass
