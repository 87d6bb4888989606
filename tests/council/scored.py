"""A voting rule that only tests have, found in a folder as the others are: new in every respect that a rule can be."""

import sys
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from pathlib import Path
from unittest.mock import patch

from channels.messages import Choice
from council import Rule, every_rule, rules
from flows import Answer, Ask, Facts, OpenRound, vote
from flows._engine.asking import choose
from flows._texts.renditions import choices


@contextmanager
def scored() -> Iterator[Rule]:
    """The rule `score`, of which nothing but its file is there."""
    every_rule.cache_clear()
    try:
        with patch.object(rules, "__path__", [*rules.__path__, str(Path(__file__).parent / "doubles")]):
            yield every_rule()["score"]
    finally:
        every_rule.cache_clear()
        sys.modules.pop("council.rules.score", None)


@contextmanager
def asked_for(rule: Rule) -> Iterator[None]:
    """With this, its ballots can be filled in as well."""
    with patch.dict(vote.PAPERS, {rule.kind: vote.Paper(_give_points, _points)}):
        yield


def _give_points(facts: Facts, opened: OpenRound) -> Generator[Ask, Answer, dict[str, int]]:
    points: dict[str, int] = {}
    for matter in choices(facts, opened.matters):
        answer = yield from choose(f"How many points for {matter.label}?", [Choice(str(n), str(n)) for n in range(6)])
        points[matter.value] = int(answer)
    return points


def _points(facts: Facts, opened: OpenRound, points: dict[str, int]) -> str:
    return "\n".join(f"{matter.label}: {points[matter.value]}" for matter in choices(facts, opened.matters))
