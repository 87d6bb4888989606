"""What the vote makes of every voting rule: each ballot can be filled in, and is read back to who filled it in."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

import pytest
from msgspec import structs

from channels.messages import Choice, Kind, Message
from council import Rule, every_rule
from flows import Answer, Ask, Facts, Turn, Unread, Voted, Wants, advance, flows, read
from flows._papers import PAPERS
from locales import languages
from tests.council.scored import asked_for, scored
from tests.flows.example import ROUND, facts, paths

MATTERS = tuple(matter.value for matter in ROUND.matters)
every_one = pytest.mark.parametrize("rule", every_rule().values(), ids=every_rule())


def facing(rule: Rule, language: str) -> Facts:
    return structs.replace(facts(language), round=replace(ROUND, rule=rule.name))


def filled_in(known: Facts, messages: Sequence[str]) -> Turn:
    """The turn that reads a ballot back which was typed so."""
    answers: tuple[Answer, ...] = ()
    for message in messages:
        question = advance(flows()["vote"].talk, known, answers).question
        assert question
        answer = read(question, Message("sms", "event", "sender", Kind.TEXT, message), "")
        assert not isinstance(answer, Unread), f"{message!r}: {answer}"
        answers = (*answers, answer)
    turn = advance(flows()["vote"].talk, known, answers)
    assert turn.question
    assert turn.question.offered == ("yes", "no")
    return replace_effects(turn, advance(flows()["vote"].talk, known, (*answers, "yes")))


def replace_effects(read_back: Turn, cast: Turn) -> Turn:
    """What is read back before it counts, and what comes of a yes."""
    return structs.replace(read_back, effects=cast.effects)


def every_ballot(rule: Rule, language: str) -> Iterator[tuple[object, str, str]]:
    """Each example, and who abstains: the ballot, what is cast when it is typed, and how it is read back."""
    paper = PAPERS[rule.kind]
    for ballot in (None, *rule.kind.examples(MATTERS)):
        turn = filled_in(facing(rule, language), paper.typed(MATTERS, ballot))
        (voted,) = turn.effects
        assert isinstance(voted, Voted)
        assert turn.question
        yield ballot, voted.ballot, turn.question.text


@every_one
def test_there_is_a_way_to_fill_in_its_ballots(rule: Rule) -> None:
    assert rule.kind in PAPERS


@every_one
def test_every_ballot_can_be_typed_and_is_cast_as_it_is(rule: Rule) -> None:
    for ballot, cast, _read_back in every_ballot(rule, "en"):
        assert cast == rule.packed(ballot)


@every_one
def test_every_ballot_is_read_back_as_what_it_is_before_it_counts(rule: Rule) -> None:
    for language in languages():
        read_back = {cast: text for _ballot, cast, text in every_ballot(rule, language)}
        assert len(set(read_back.values())) == len(read_back)


@every_one
def test_what_was_read_back_and_is_wrong_is_not_cast(rule: Rule) -> None:
    known = facing(rule, "en")
    for path in paths(flows()["vote"], known):
        if "yes" not in path.answers:
            assert not any(turn.effects for turn in path.turns)
            assert "We did not count this." in path.texts[-1]


CONTRACT: Sequence[Callable[[Rule], None]] = (
    test_there_is_a_way_to_fill_in_its_ballots,
    test_every_ballot_can_be_typed_and_is_cast_as_it_is,
    test_every_ballot_is_read_back_as_what_it_is_before_it_counts,
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
        PAPERS[rule.kind] = PAPERS[every_rule()["approval"].kind]  # type: ignore[index]
        with pytest.raises(AssertionError):
            test_every_ballot_can_be_typed_and_is_cast_as_it_is(rule)


def test_a_ballot_that_is_not_read_back_is_found() -> None:
    with scored() as rule, asked_for(rule):
        silent = replace(PAPERS[rule.kind], read_back=lambda _facts, _round, _ballot: "Thank you.")
        PAPERS[rule.kind] = silent  # type: ignore[index]
        with pytest.raises(AssertionError):
            test_every_ballot_is_read_back_as_what_it_is_before_it_counts(rule)


OFFERED = (*(Choice(value, value * 3) for value in "abcd"), Choice("abstain", "I abstain"))


def typed(wants: Wants, text: str, most: int = 5, most_together: int = 0) -> Answer | Unread:
    question = Ask("?", OFFERED, wants, alone=("abstain",), most=most, most_together=most_together)
    return read(question, Message("sms", "event", "sender", Kind.TEXT, text), "")


@pytest.mark.parametrize(
    "text",
    [
        "3 1=2", "3,1=2", "3 > 1 = 2", "3. 1 = 2", "3 1=2.", "3 and 2=1", "3, y 1=2", "3\n1=2", "3>1==2", "3-1=2",
        "٣، ١=٢", "۳ ۱=۲", "३ १=२", "3️⃣ 1️⃣=2️⃣", "３，１＝２", "3; 1 = 2", "3 → 1 = 2", "3 و 1=2", "৩ ১=২", "၃ ၁=၂",
    ],
)  # fmt: skip
def test_a_ranking_is_understood_however_it_is_typed(text: str) -> None:
    assert typed(Wants.RANKS, text) == ("c", "a=b")


@pytest.mark.parametrize(
    "text",
    [
        "1:5 2:3", "1:5, 2:3", "1=5,2=3", "1-5; 2-3", "1) 5 2) 3", "1. 5\n2. 3", "2:3 1:5", "1:5 and 2:3",
        "1: 5 | 2: 3",
        "١:٥ ٢:٣", "١:٥، ٢:٣", "۱:۵ ۲:۳", "१:५ २:३", "1：5，2：3", "1 → 5, 2 → 3", "1️⃣:5 2️⃣:3",
    ],
)  # fmt: skip
def test_points_are_understood_however_they_are_typed(text: str) -> None:
    assert typed(Wants.MARKS, text) == ("a=5", "b=3")


@pytest.mark.parametrize(
    "text",
    [
        "1 yes 3 yes 2 no", "yes 1 3 no 2", "Yes: 1, 3. No: 2.", "1 3 yes, 2 no", "1yes 2no 3yes", "yes 1 and 3, no 2",
        "1 oui 3 oui 2 non", "sí 1 3 no 2", "نعم 1 3 لا 2", "١ ٣ نعم، ٢ لا", "1 ok 3 ok 2 nope",
    ],
)  # fmt: skip
def test_yes_and_no_are_understood_however_they_are_typed(text: str) -> None:
    assert typed(Wants.SIDES, text) == ("a=yes", "b=no", "c=yes")


@pytest.mark.parametrize(
    ("wants", "text", "why"),
    [
        (Wants.RANKS, "3 3", Unread.TWICE),
        (Wants.RANKS, "1. 3\n2. 1", Unread.NO_BALLOT),
        (Wants.RANKS, "3 < 1", Unread.NO_BALLOT),
        (Wants.RANKS, "1-4", Unread.NO_BALLOT),
        (Wants.RANKS, "3 1=", Unread.NO_BALLOT),
        (Wants.RANKS, "=3", Unread.NO_BALLOT),
        (Wants.RANKS, "the third", Unread.NO_BALLOT),
        (Wants.RANKS, "7 1", Unread.NOT_OFFERED),
        (Wants.RANKS, "1" * 60, Unread.NOT_OFFERED),
        (Wants.RANKS, "3 5", Unread.NOT_TOGETHER),
        (Wants.MARKS, "1 5 2 3", Unread.NO_BALLOT),
        (Wants.MARKS, "5 3 1 0", Unread.NO_BALLOT),
        (Wants.MARKS, "1:5 1:3", Unread.TWICE),
        (Wants.MARKS, "1:6", Unread.NO_MARK),
        (Wants.MARKS, "9:1", Unread.NOT_OFFERED),
        (Wants.MARKS, "5:1", Unread.NOT_TOGETHER),
        (Wants.MARKS, "1:-1", Unread.NO_BALLOT),
        (Wants.SIDES, "yes", Unread.NO_BALLOT),
        (Wants.SIDES, "1 2", Unread.NO_BALLOT),
        (Wants.SIDES, "1 yes 2", Unread.NO_BALLOT),
        (Wants.SIDES, "1 maybe", Unread.NO_BALLOT),
        (Wants.SIDES, "1 yes 1 no", Unread.TWICE),
        (Wants.SIDES, "9 yes", Unread.NOT_OFFERED),
    ],
)
def test_what_is_not_understood_is_said_and_never_guessed(wants: Wants, text: str, why: Unread) -> None:
    assert typed(wants, text) == why


def test_more_points_than_there_are_cannot_be_shared_out() -> None:
    assert typed(Wants.MARKS, "1:5 2:5", most=10, most_together=10) == ("a=5", "b=5")
    assert typed(Wants.MARKS, "1:5 2:6", most=10, most_together=10) == Unread.TOO_MUCH
    assert typed(Wants.MARKS, "1:0", most=10, most_together=10) == Unread.NO_BALLOT


@pytest.mark.parametrize("wants", [Wants.SEVERAL, Wants.RANKS, Wants.MARKS, Wants.SIDES])
@pytest.mark.parametrize("text", ["5", "٥", "I abstain", "i abstain."])
def test_who_abstains_says_so_by_its_number_or_its_words(wants: Wants, text: str) -> None:
    assert typed(wants, text) == ("abstain",)


def test_one_question_is_answered_by_a_button() -> None:
    known = structs.replace(facts(), round=replace(ROUND, rule="yes_no", matters=ROUND.matters[:1]))
    question = advance(flows()["vote"].talk, known, ()).question
    assert question
    assert (question.wants, question.offered) == (Wants.ONE, ("yes", "no", "abstain"))
    turn = advance(flows()["vote"].talk, known, ("no", "yes"))
    assert [effect.ballot for effect in turn.effects if isinstance(effect, Voted)] == ['{"m1":false}']


def test_points_that_are_left_over_are_named_before_they_are_lost() -> None:
    known = structs.replace(facts(), round=replace(ROUND, rule="points"))
    question = advance(flows()["vote"].talk, known, (("m1=7",),)).question
    assert question
    assert "7: Classes" in question.text
    assert "You have not given away 3 points." in question.text
