"""Groups of people who are of one mind: found where there are any, never of few, and the same each time."""

import random
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from council.opinions import FEWEST_IN_GROUP, FEWEST_PEOPLE, _grouping
from council.opinions._grouping import UNSAID, Numbers, group, picture, project, silhouettes
from council.opinions.alone import Task, packed, unpacked


def crowd(sizes: tuple[int, ...], statements: int = 20, share: float = 0.7, seed: int = 1) -> Numbers:
    """People of several minds: each kind of them agrees with statements of its own."""
    chance = np.random.default_rng(seed)
    minds = chance.choice([-1, 1], (len(sizes), statements))
    kinds = np.repeat(np.arange(len(sizes)), sizes)
    votes = np.where(chance.random((len(kinds), statements)) < 0.9, minds[kinds], -minds[kinds])
    votes = np.where(chance.random(votes.shape) < 0.1, 0, votes)
    return np.where(chance.random(votes.shape) < share, votes, UNSAID).astype(np.int8)


def test_people_of_three_minds_are_three_groups() -> None:
    found = picture(crowd((120, 80, 50)), 1, 8)
    assert [group.people for group in found.groups] == pytest.approx([120, 80, 50], abs=3)
    assert found.silhouette > 0.5
    assert (
        sum(tally.seen for group in found.groups for tally in group.tallies) == (crowd((120, 80, 50)) != UNSAID).sum()
    )


def test_fewer_than_fifty_people_make_no_groups() -> None:
    assert not picture(crowd((25, FEWEST_PEOPLE - 26)), 1, 8).groups
    assert len(picture(crowd((25, FEWEST_PEOPLE - 25)), 1, 8).groups) == 2


def test_no_group_is_of_fewer_than_ten() -> None:
    found = picture(crowd((90, FEWEST_IN_GROUP - 4)), 1, 8)
    assert all(group.people >= FEWEST_IN_GROUP for group in found.groups)


def test_nobody_stands_alone_on_the_map() -> None:
    found = picture(crowd((120, 80, 50)), 1, 8)
    assert all(cell.people >= 8 for cell in found.cells)
    assert all(0 <= place <= 1 for group in found.groups for place in (group.across, group.down))


def test_the_same_votes_give_the_same_picture() -> None:
    assert picture(crowd((60, 40)), 7, 8) == picture(crowd((60, 40)), 7, 8)


@pytest.mark.parametrize("votes", [np.full((60, 5), 1), np.full((60, 5), UNSAID), np.zeros((60, 1)), np.eye(60) * 1])
def test_votes_without_any_difference_make_no_groups(votes: Numbers) -> None:
    found = picture(votes.astype(np.int8), 1, 8)
    assert found.people == 60
    assert all(np.isfinite(found.extremities))


def test_the_map_is_the_one_that_a_slow_program_draws() -> None:
    votes = crowd((30, 30), statements=6)
    means = [
        sum(vote for vote in column if vote != UNSAID) / max(1, sum(vote != UNSAID for vote in column))
        for column in votes.T.tolist()
    ]
    centred = [[0.0 if v == UNSAID else v - m for v, m in zip(row, means, strict=True)] for row in votes.tolist()]
    component = [random.Random(1).random() for _statement in means]
    for _step in range(2000):
        heights = [sum(c * x for c, x in zip(component, row, strict=True)) for row in centred]
        component = [sum(h * row[place] for h, row in zip(heights, centred, strict=True)) for place in range(6)]
        long = sum(part**2 for part in component) ** 0.5
        component = [part / long for part in component]
    found = project(votes)
    same = sum(a * b for a, b in zip(component, found.components[0], strict=True))
    assert abs(same) == pytest.approx(1, abs=1e-6)
    for row, vote, point in zip(centred, votes.tolist(), found.points, strict=True):
        stated = max(1, sum(part != UNSAID for part in vote))
        slowly = sum(c * x for c, x in zip(component, row, strict=True)) * (6 / stated) ** 0.5
        assert slowly * same == pytest.approx(point[0], abs=1e-4)


def test_the_silhouette_is_the_one_that_a_slow_program_finds() -> None:
    points = np.random.default_rng(2).normal(size=(40, 2)) + np.repeat([[0, 0], [3, 1]], 20, axis=0)
    labels = np.repeat([0, 1], 20)

    def apart(place: int) -> float:
        distances = np.sqrt(((points - points[place]) ** 2).sum(axis=1))
        inside = distances[labels == labels[place]].sum() / 19
        outside = distances[labels != labels[place]].mean()
        return float((outside - inside) / max(inside, outside))

    (found,) = silhouettes(points, [labels], 1)
    assert found == pytest.approx(sum(map(apart, range(40))) / 40, abs=1e-5)


def test_of_very_many_some_are_compared(monkeypatch: pytest.MonkeyPatch) -> None:
    points = project(crowd((150, 150))).points
    whole = group(points, 1)
    monkeypatch.setattr(_grouping, "COMPARED", 100)
    some = group(points, 1)
    assert whole is not None
    assert some is not None
    assert some.number == whole.number
    assert some.silhouette == pytest.approx(whole.silhouette, abs=0.1)


def test_a_program_of_its_own_finds_the_same() -> None:
    votes = crowd((60, 40))
    task = Task(votes.shape[0], votes.shape[1], seed=3, least=8)
    command = [sys.executable, "-m", "council.opinions.alone"]
    root = Path(__file__).parents[2]
    ended = subprocess.run(command, input=packed(task, votes.tobytes()), capture_output=True, check=True, cwd=root)
    assert unpacked(ended.stdout) == picture(votes, 3, 8)
