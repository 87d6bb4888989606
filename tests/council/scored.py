"""A voting rule that only tests have, found in a folder as the others are: new in every respect that a rule can be."""

import sys
from collections.abc import Generator, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from unittest.mock import patch

from channels.messages import Choice
from council import Rule, every_rule, rules
from flows import Answer, Ask, Facts, OpenRound
from flows._engine.asking import choose
from flows._papers import PAPERS, Paper
from flows._papers.paper import abstain
from flows._texts.renditions import choices


@contextmanager
def scored() -> Iterator[Rule]:
    """The rule `grades`, of which nothing but its file is there."""
    every_rule.cache_clear()
    try:
        with patch.object(rules, "__path__", [*rules.__path__, str(Path(__file__).parent / "doubles")]):
            yield every_rule()["grades"]
    finally:
        every_rule.cache_clear()
        sys.modules.pop("council.rules.grades", None)


@contextmanager
def asked_for(rule: Rule) -> Iterator[None]:
    """With this, its ballots can be filled in as well."""
    with patch.dict(PAPERS, {rule.kind: Paper(_give_points, _points, _typed)}):
        yield


def _give_points(facts: Facts, opened: OpenRound) -> Generator[Ask, Answer, dict[str, int] | None]:
    points: dict[str, int] = {}
    for matter in choices(facts, opened.matters):
        answer = yield from choose(
            f"How many points for {matter.label}?", [*(Choice(str(n), f"{n} points") for n in range(6)), abstain()]
        )
        if answer == "abstain":
            return None
        points[matter.value] = int(answer)
    return points


def _points(facts: Facts, opened: OpenRound, points: dict[str, int]) -> str:
    return "\n".join(f"{matter.label}: {points[matter.value]}" for matter in choices(facts, opened.matters))


def _typed(matters: Sequence[str], points: Mapping[str, int] | None) -> Sequence[str]:
    return ("7",) if points is None else [str(points[matter] + 1) for matter in matters]
