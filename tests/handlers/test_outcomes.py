"""Whatever a rule comes to can be told: to who voted, at a matter, in every language."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date

import pytest

import council
from handlers import standings
from handlers.rounds import results
from handlers.rounds.opening import longest_results
from handlers.standings import Standing
from handlers.writing import contents
from locales import _, languages, speaking
from storage.states import Roll

every_rule = pytest.mark.parametrize("rule", council.every_rule().values(), ids=council.every_rule())
NAMES = ("clinic", "fees", "school")


def vote(rule: council.Rule) -> contents.Round:
    options = tuple(contents.Matter(name, {"en": name}) for name in NAMES)
    return contents.Round({"en": "What comes first"}, options, date(2026, 11, 30), rule=rule.name, elects=1)


def outcomes(rule: council.Rule) -> Iterator[council.Result]:
    """Of every ballot that there is an example of, cast by all alike, and the longest."""
    for ballot in rule.kind.examples(NAMES):
        yield rule.tally([ballot] * 8, NAMES)
    yield rule.tally([], NAMES)
    yield from longest_results(vote(rule), 8)


@every_rule
def test_what_its_counts_say_is_told_where_counts_are(rule: council.Rule) -> None:
    assert rule.kind in results.COUNTED
    for result in outcomes(rule):
        shows_numbers = any(results.counted(result, name) for name in NAMES)
        assert not shows_numbers or results.COUNTED[rule.kind], "nobody would know what the numbers are"


@every_rule
def test_what_is_adopted_is_said_and_that_nothing_is(rule: council.Rule) -> None:
    adopts = any(result.adopted is not None for result in outcomes(rule))
    assert not adopts or rule.kind in results.ADOPTED
    for sentence in results.ADOPTED.get(rule.kind, ()):
        for language in set(languages()) - {"en"}:
            with speaking(language):
                assert _(sentence) != sentence


@every_rule
@pytest.mark.parametrize("roll", [Roll.COUNCIL, Roll.EVERYBODY])
def test_each_verdict_has_a_sentence_of_its_own_in_every_language(rule: council.Rule, roll: Roll) -> None:
    for result in outcomes(rule):
        for name, verdict in standings.verdicts(result).items():
            standing = Standing("r", name, None, date(2026, 11, 30), roll, len(NAMES), verdict)
            english = standing.sentence()
            assert ("council" in english) == (roll is Roll.COUNCIL)
            assert ("adopt" in english) == (result.adopted is not None)
            assert ("place" not in english) == (result.adopted is not None or result.elected is not None)
            for language in set(languages()) - {"en"}:
                with speaking(language):
                    assert standing.sentence() != english


def test_who_is_chosen_is_not_said_to_stand_in_a_place() -> None:
    rule = council.every_rule()["phragmen"]
    ballots = [frozenset({"clinic"})] * 6 + [frozenset({"fees"})] * 2 + [frozenset({"school"})] * 2
    found = standings.verdicts(rule.tally(ballots, NAMES, replace(council.USUAL, elects=2)))
    assert {name: (verdict.chosen, verdict.tied) for name, verdict in found.items()} == {
        "clinic": (True, False),
        "fees": (False, True),
        "school": (False, True),
    }
    sentences = [
        Standing("r", name, None, date(2026, 11, 30), Roll.COUNCIL, 3, found[name]).sentence()
        for name in ("clinic", "fees")
    ]
    assert sentences == ["The council chose it.", "The council did not decide between it and others."]
