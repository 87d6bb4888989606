"""The replay of a talk over its answers."""

from pathlib import Path

import msgspec
import pytest

from channels.messages import Choice
from flows import (
    Answer,
    Ask,
    DoesNotFit,
    Facts,
    Kept,
    Moved,
    Returned,
    Say,
    Spoke,
    Talk,
    Wants,
    Words,
    advance,
    fits,
    flows,
    vote,
)
from locales import spoken
from tests.flows.example import facts

YES_OR_NO = (Choice("yes", "Yes, please"), Choice("no", "No, thank you"))


def talk(_facts: Facts) -> Talk:
    yield Say("Hello.")
    if (yield Ask("Do you live here?", YES_OR_NO)) == "yes":
        yield Moved("here")
    yield Say("We see.")
    yield Ask("Why?", wants=Wants.WORDS)
    yield Returned()
    yield Say("Goodbye.")


def test_a_talk_opens_with_what_is_said_before_its_first_question() -> None:
    turn = advance(talk, facts(), ())
    assert turn.texts == ("Hello.",)
    assert turn.effects == ()
    assert turn.question == Ask("Do you live here?", YES_OR_NO)


def test_what_happened_in_earlier_turns_does_not_happen_again() -> None:
    assert advance(talk, facts(), ("yes",)).effects == (Moved("here"),)
    last = advance(talk, facts(), ("yes", Words("Work")))
    assert last.texts == ("Goodbye.",)
    assert last.effects == (Returned(),)
    assert last.question is None


def test_the_same_answers_bring_the_same_turn() -> None:
    assert advance(talk, facts(), ("no",)) == advance(talk, facts(), ("no",))


@pytest.mark.parametrize(
    "answers",
    [("perhaps",), (Words("yes"),), (("yes",),), ("yes", "Work"), ("yes", Words("Work"), "more")],
    ids=["not a choice", "words for a choice", "several for one", "a choice for words", "after the end"],
)
def test_answers_that_no_longer_fit_are_refused(answers: tuple[Answer, ...]) -> None:
    with pytest.raises(DoesNotFit):
        advance(talk, facts(), answers)


def test_several_may_be_none_but_nothing_that_was_not_offered() -> None:
    question = Ask("Which?", YES_OR_NO, Wants.SEVERAL)
    assert fits(question, ())
    assert fits(question, ("yes", "no"))
    assert not fits(question, ("yes", "perhaps"))
    assert not fits(question, "yes")


def test_what_follows_a_choice_of_language_is_said_in_it() -> None:
    def bilingual(_facts: Facts) -> Talk:
        yield Say(spoken())
        yield Spoke("fr")
        yield Say(spoken())

    assert advance(bilingual, facts("es"), ()).texts == ("es", "fr")
    assert spoken() == "en"


def test_every_file_of_the_folder_is_a_flow() -> None:
    folder = Path(vote.__file__).parent
    assert set(flows()) == {path.stem for path in folder.glob("*.py") if not path.name.startswith("_")}
    assert {"share", "vote", "welcome"} <= set(flows())


def test_a_conversation_under_way_is_read_by_the_names_that_it_was_kept_by() -> None:
    kept = msgspec.json.decode(b'{"language":"en","channel":"sms","asked":true}', type=Kept)
    assert kept == Kept("en", "sms", consulted=True)
