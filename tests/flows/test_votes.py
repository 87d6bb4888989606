"""What the vote makes of every voting rule: each ballot can be filled in, and is read back to who filled it in."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from itertools import combinations

import pytest
from msgspec import structs

from council import Rule, every_rule
from flows import Answer, Ask, Facts, Turn, Voted, Wants, advance, flows, vote
from locales import languages
from tests.council.scored import asked_for, scored
from tests.flows.example import ROUND, facts

MATTERS = tuple(matter.value for matter in ROUND.matters)
every_one = pytest.mark.parametrize("rule", every_rule().values(), ids=every_rule())


def cast(rule: Rule, language: str) -> Iterator[tuple[str, str]]:
    """Every ballot that can be filled in, packed, with what is said to it."""
    known = structs.replace(facts(language), round=replace(ROUND, rule=rule.name))
    for turn in ends(known, ()):
        (voted,) = turn.effects
        assert isinstance(voted, Voted)
        yield voted.ballot, turn.texts[0]


def ends(known: Facts, answers: tuple[Answer, ...]) -> Iterator[Turn]:
    turn = advance(flows()["vote"].talk, known, answers)
    if turn.question is None:
        yield turn
    elif len(answers) < len(MATTERS):
        for answer in every(turn.question, asked_again=bool(answers)):
            yield from ends(known, (*answers, answer))


def every(question: Ask, asked_again: bool) -> Sequence[Answer]:
    if question.wants is not Wants.SEVERAL:
        return question.offered
    if asked_again:
        return [question.offered[:1]]
    return [chosen for size in range(1, len(question.offered) + 1) for chosen in combinations(question.offered, size)]


@every_one
def test_there_is_a_way_to_fill_in_its_ballots(rule: Rule) -> None:
    assert rule.kind in vote.PAPERS


@every_one
def test_every_ballot_can_be_filled_in_and_no_other(rule: Rule) -> None:
    filled_in = {packed for packed, _reply in cast(rule, "en")}
    assert filled_in.issuperset(rule.packed(ballot) for ballot in rule.kind.examples(MATTERS))
    assert all(rule.kind.fits(rule.unpacked(packed), MATTERS) for packed in filled_in)


@every_one
def test_every_ballot_is_read_back_as_what_it_is(rule: Rule) -> None:
    for language in languages():
        read_back = dict(cast(rule, language))
        assert len(set(read_back.values())) == len(read_back)


CONTRACT: Sequence[Callable[[Rule], None]] = (
    test_there_is_a_way_to_fill_in_its_ballots,
    test_every_ballot_can_be_filled_in_and_no_other,
    test_every_ballot_is_read_back_as_what_it_is,
)


@pytest.mark.parametrize("broken", CONTRACT)
def test_a_new_kind_of_ballot_that_nobody_asks_for_is_found(broken: Callable[[Rule], None]) -> None:
    with scored() as rule, pytest.raises((AssertionError, KeyError)):
        broken(rule)


@pytest.mark.parametrize("keeps", CONTRACT)
def test_a_new_kind_of_ballot_that_is_asked_for_keeps_all_of_it(keeps: Callable[[Rule], None]) -> None:
    with scored() as rule, asked_for(rule):
        keeps(rule)


def test_a_new_rule_that_is_asked_for_as_another_is_found() -> None:
    with scored() as rule, asked_for(rule):
        vote.PAPERS[rule.kind] = vote.PAPERS[every_rule()["approval"].kind]  # type: ignore[index]
        with pytest.raises(AssertionError):
            test_every_ballot_can_be_filled_in_and_no_other(rule)


def test_a_ballot_that_is_not_read_back_is_found() -> None:
    with scored() as rule, asked_for(rule):
        silent = replace(vote.PAPERS[rule.kind], read_back=lambda _facts, _round, _ballot: "Thank you.")
        vote.PAPERS[rule.kind] = silent  # type: ignore[index]
        with pytest.raises(AssertionError):
            test_every_ballot_is_read_back_as_what_it_is(rule)
