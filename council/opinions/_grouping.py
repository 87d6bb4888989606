"""Finding the groups: a map by the two main components, k-means on it, as many groups as stand apart best.

As Polis does it (`pca.clj`, `clusters.clj`, `conversation.clj`), without its first step of a hundred small clusters and
without its patience before the number of groups changes. It needs numpy, which is an extra; nothing else imports it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from council.opinions._agreement import Tally
from council.opinions._picture import FEWEST_IN_GROUP, FEWEST_PEOPLE, Cell, Group, Picture

Numbers = NDArray[Any]

UNSAID = 2
"""In place of 1 (agrees), 0 (passes) and -1 (disagrees): this person has said nothing of this statement."""
MOST_GROUPS = 5
COLUMNS = 16
STARTS, MOST_STEPS = 8, 100
"""Of k-means: so many beginnings, the best of which counts."""
COMPARED = 4_000
"""The silhouette is that of at most so many people: it compares each of them with each."""
AT_ONCE = 512


@dataclass(frozen=True, slots=True)
class Map:
    """Where everybody stands."""

    points: Numbers
    """People x 2."""
    components: Numbers
    """2 x statements, each as long as 1."""
    extremities: Numbers


def picture(votes: Numbers, seed: int, least: int) -> Picture:
    """The picture of these people: rows of a matrix of 1, 0, -1 and `UNSAID`. `least`: so many in a cell are shown."""
    projected = project(votes)
    grouping = group(projected.points, seed) if len(votes) >= FEWEST_PEOPLE else None
    places = _places(projected.points)
    members = [] if grouping is None else [grouping.labels == label for label in range(grouping.number)]
    members.sort(key=lambda mine: -int(mine.sum()))
    return Picture(
        people=len(votes),
        groups=tuple(_group(votes[mine], places[mine]) for mine in members),
        cells=_cells(places, least),
        columns=COLUMNS,
        extremities=tuple(float(number) for number in projected.extremities),
        silhouette=0.0 if grouping is None else grouping.silhouette,
    )


def project(votes: Numbers) -> Map:
    """What was not said counts as the mean of the statement; who has said little is moved away from the middle for it.

    Each component points to where its largest part is positive, so that the same votes always give the same map.
    """
    people, statements = votes.shape
    is_said = votes != UNSAID
    # Seven digits are enough for a place on a map, and take half the time.
    centred = votes.astype(np.float32) * is_said
    means = (centred.sum(axis=0, dtype=np.float64) / np.maximum(is_said.sum(axis=0), 1)).astype(np.float32)
    centred -= means * is_said
    variance = (centred.T @ centred).astype(np.float64) / max(people - 1, 1)
    _lengths, vectors = np.linalg.eigh(variance)
    components = np.zeros((2, statements))
    components[: min(2, statements)] = vectors[:, ::-1][:, :2].T
    for component in components:
        component *= -1.0 if component[np.abs(component).argmax()] < 0 else 1.0
    stretched = np.sqrt(statements / np.maximum(is_said.sum(axis=1), 1))
    points = (centred @ components.T.astype(np.float32)).astype(np.float64) * stretched[:, None]
    # Where somebody would stand who has said of this statement alone that they agree: `pca-project-cmnts` of `pca.clj`.
    alone = (1 - means) * components * np.sqrt(statements)
    return Map(points, components, np.sqrt((alone**2).sum(axis=0)))


@dataclass(frozen=True, slots=True)
class Grouping:
    """Who belongs together."""

    labels: Numbers
    """By person, from 0 on."""
    number: int
    silhouette: float


def group(points: Numbers, seed: int) -> Grouping | None:
    """From two groups to min(5, 2 + n/12), those that stand apart best; None: any has a group of too few.

    The same points and seed give the same groups.
    """
    numbers = range(2, min(MOST_GROUPS, 2 + len(points) // 12) + 1)
    found = [means(points, number, seed) for number in numbers if len(np.unique(points, axis=0)) >= number]
    large = [labels for labels in found if np.bincount(labels).min() >= FEWEST_IN_GROUP]
    if not large:
        return None
    how_well = silhouettes(points, large, seed)
    best = int(np.argmax(how_well))
    return Grouping(large[best], int(large[best].max()) + 1, how_well[best])


def means(points: Numbers, number: int, seed: int) -> Numbers:
    """K-means with k-means++ (Arthur and Vassilvitskii 2007): the best of several beginnings."""
    chance = np.random.default_rng([seed, number])
    runs = [_settled(points, _begun(points, number, chance)) for _start in range(STARTS)]
    best: Numbers = min(runs, key=lambda run: run[0])[1]
    return best


def _begun(points: Numbers, number: int, chance: np.random.Generator) -> Numbers:
    centres = [points[chance.integers(len(points))]]
    for _centre in range(number - 1):
        nearest = _squares(points, np.array(centres)).min(axis=1)
        centres.append(points[chance.choice(len(points), p=nearest / nearest.sum())])
    return np.array(centres)


def _settled(points: Numbers, centres: Numbers) -> tuple[float, Numbers]:
    labels = _squares(points, centres).argmin(axis=1)
    for _step in range(MOST_STEPS):
        # A centre that lost everybody stays where it is.
        sizes = np.bincount(labels, minlength=len(centres))
        sums = np.stack([np.bincount(labels, points[:, axis], len(centres)) for axis in (0, 1)], axis=1)
        centres = np.where(sizes[:, None] > 0, sums / np.maximum(sizes, 1)[:, None], centres)
        squares = _squares(points, centres)
        moved = squares.argmin(axis=1)
        if (moved == labels).all():
            break
        labels = moved
    return float(_squares(points, centres).min(axis=1).sum()), labels


def _squares(points: Numbers, centres: Numbers) -> Numbers:
    across = points[:, 0, None] - centres[None, :, 0]
    down = points[:, 1, None] - centres[None, :, 1]
    squares: Numbers = across**2 + down**2
    return squares


def silhouettes(points: Numbers, groupings: Sequence[Numbers], seed: int) -> Sequence[float]:
    """The mean silhouette (Rousseeuw 1987) of each grouping of the same people; of very many, of some of them."""
    if len(points) > COMPARED:
        some = np.random.default_rng(seed).choice(len(points), COMPARED, replace=False)
        points, groupings = points[some], [labels[some] for labels in groupings]
    belongs = [np.eye(int(labels.max()) + 1, dtype=np.float32)[labels] for labels in groupings]
    near = points.astype(np.float32)
    totals = [0.0] * len(groupings)
    for place in range(0, len(near), AT_ONCE):
        distances = np.sqrt(_squares(near[place : place + AT_ONCE], near))
        for number, (labels, its) in enumerate(zip(groupings, belongs, strict=True)):
            totals[number] += _silhouette(distances @ its, its.sum(axis=0), labels[place : place + AT_ONCE])
    return [total / len(near) for total in totals]


def _silhouette(sums: Numbers, sizes: Numbers, labels: Numbers) -> float:
    """`sums`: the distances of each of some people to everybody in each group, added up."""
    rows = np.arange(len(labels))
    inside = sums[rows, labels] / np.maximum(sizes[labels] - 1, 1)
    others = sums / np.maximum(sizes, 1)
    others[:, sizes == 0] = np.inf
    others[rows, labels] = np.inf
    outside = others.min(axis=1)
    longer = np.maximum(inside, outside)
    apart = np.where(longer > 0, (outside - inside) / np.where(longer > 0, longer, 1), 0.0)
    return float(np.where(sizes[labels] > 1, apart, 0.0).sum())


def _places(points: Numbers) -> Numbers:
    """On a map that is 1 wide and 1 high. The few who are farthest away stand at its edge."""
    low, high = np.percentile(points, [1, 99], axis=0)
    width = max(float((high - low).max()), 1e-9)
    middle = (low + high) / 2
    places: Numbers = np.clip((points - middle) / width * 0.9 + 0.5, 0.0, 1.0)
    return places


def _cells(places: Numbers, least: int) -> tuple[Cell, ...]:
    squares = np.minimum((places * COLUMNS).astype(int), COLUMNS - 1)
    counts = np.zeros((COLUMNS, COLUMNS), dtype=int)
    np.add.at(counts, (squares[:, 0], squares[:, 1]), 1)
    return tuple(
        Cell(int(column), int(row), int(counts[column, row])) for column, row in np.argwhere(counts >= max(least, 1))
    )


def _group(votes: Numbers, places: Numbers) -> Group:
    kinds = [(votes == kind).sum(axis=0) for kind in (1, -1, 0)]
    tallies = tuple(Tally(int(a), int(d), int(p)) for a, d, p in zip(*kinds, strict=True))
    (across, down), (width, height) = places.mean(axis=0), 2 * places.std(axis=0)
    return Group(len(votes), tallies, float(across), float(down), float(width), float(height))
