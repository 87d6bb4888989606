"""A draft keeps whatever was typed, and says field by field what keeps it from being asked."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from flows import QuestionKind
from handlers import drafts, finishing
from handlers.drafts import Draft, Newer, QuestionDraft
from handlers.finishing import Slip
from handlers.processes import OpenProcess
from handlers.rehearsals import Rehearsal, rehearsals
from handlers.writing import contents
from tests.every_channel import every_channel
from tests.handlers.asking import DRAFT, SECOND, TITLE, drafted, requests, writes
from tests.handlers.house import NOW, PROCESS, House

HERE = OpenProcess("p", "main", PROCESS)
CHOICE, SEVERAL, SCALE, OPEN = DRAFT.questions


def slips(**changes: Any) -> list[Slip]:
    return list(finishing.slips(HERE, replace(DRAFT, **changes), NOW))


def fields(**changes: Any) -> list[str]:
    return [slip.field for slip in slips(**changes)]


def day(days: int) -> str:
    return (NOW + timedelta(days=days)).date().isoformat()


def test_what_is_finished_has_no_slips() -> None:
    assert slips() == []
    asking = finishing.finished(HERE, DRAFT, NOW)
    kinds = [question.kind for question in asking.consultation.questions]
    assert kinds == [CHOICE.kind, SEVERAL.kind, SCALE.kind, OPEN.kind]
    assert asking.consultation.questions[1].values == ("c1", "c2", "c3", "c4")
    assert asking.consultation.questions[2].values == ("1", "2", "3", "4", "5")


def test_an_empty_draft_lacks_the_promise_and_a_question() -> None:
    found = finishing.slips(HERE, Draft(), NOW)
    assert [slip.field for slip in found] == [
        "title-en", "purpose-en", "who_decides-en", "what_can_change-en", "level", "answer_by", "respond_by",
        "questions",
    ]  # fmt: skip
    assert not any(slip.why for slip in found)


@pytest.mark.parametrize(
    ("changes", "field", "why"),
    [
        ({"what_can_change": {}}, "what_can_change-en", ""),
        ({"level": "some"}, "level", ""),
        ({"title": {"en": "One\nTwo"}}, "title-en", "several lines"),
        ({"purpose": {"en": "Why", "ar": "Why"}}, "purpose-ar", "not written in the letters"),
        ({"purpose": {"fr": "x" * 1401}}, "purpose-fr", "1401 characters"),
        ({"answer_by": "soon"}, "answer_by", "is no day"),
        ({"answer_by": day(0)}, "answer_by", "a day to come"),
        ({"respond_by": ""}, "respond_by", ""),
        ({"respond_by": day(19)}, "respond_by", "a later one"),
        ({"answer_by": day(3), "opens": day(3)}, "answer_by", "after the day on which it opens"),
        ({"reminds": day(0)}, "reminds", "while people can answer"),
        ({"reminds": day(21)}, "reminds", "while people can answer"),
        ({"opens": day(5), "reminds": day(5)}, "reminds", "after the first"),
        ({"questions": ()}, "questions", ""),
        ({"questions": (replace(OPEN, text={}),)}, "q4-text-en", ""),
        ({"questions": (replace(CHOICE, choices={}),)}, "q1-choices-en", ""),
        ({"questions": (replace(CHOICE, choices={"en": "One"}),)}, "q1-choices-en", "between 2 and 12"),
        ({"questions": (replace(CHOICE, choices={"en": "A\nB", "fr": "A"}),)}, "q1-choices-fr", "2 in en, 1 in fr"),
        ({"questions": (replace(CHOICE, choices={"en": "A\nB", "fr": f"A\n{'x' * 25}"}),)}, "q1-choices-fr", "25 char"),
        ({"questions": (replace(SCALE, lowest={}),)}, "q3-lowest-en", ""),
        ({"questions": (replace(SCALE, highest={"en": "x" * 25}),)}, "q3-highest-en", "25 characters"),
        ({"questions": (replace(SCALE, steps=11),)}, "q3-steps", "between 3 and 10"),
    ],
)
def test_each_slip_leads_to_its_field(changes: dict[str, Any], field: str, why: str) -> None:
    [slip] = slips(**changes)
    assert slip.field == field
    assert why in slip.why
    assert bool(why) == bool(slip.why)
    with pytest.raises(contents.Unfit):
        finishing.finished(HERE, replace(DRAFT, **changes), NOW)


def test_of_several_choices_each_may_be_longer() -> None:
    assert fields(questions=(replace(SEVERAL, choices={"en": f"A\n{'x' * 80}"}),)) == []


def test_what_is_right_by_itself_may_not_fit_together() -> None:
    [slip] = slips(title={"en": "x" * 200}, questions=(OPEN, replace(OPEN, text={"en": "Why?"})))
    assert (slip.field, "same key" in slip.why) == ("questions", True)


async def test_the_later_of_two_writers_is_told(house: House) -> None:
    name = await drafted(house)
    with pytest.raises(Newer) as newer:
        await writes(house, name, Draft(), edited=1, staff_id=SECOND)
    assert newer.value.draft.content == DRAFT
    assert newer.value.draft.edition == 2


async def test_too_many_questions_are_refused(house: House) -> None:
    many = tuple(QuestionDraft(f"q{number}", QuestionKind.OPEN) for number in range(1, 12))
    name = await drafted(house)
    with pytest.raises(contents.Unfit, match="at most 10"):
        await writes(house, name, replace(DRAFT, questions=many), edited=2)
    await writes(house, name, replace(DRAFT, questions=many[:10]), edited=2)


async def test_what_is_given_up_is_no_longer_there(house: House) -> None:
    name = await drafted(house)
    opening = await requests(house, name)
    await house.acts(lambda session, process, now: drafts.drop(session, process, name, now))
    assert await house.column("SELECT state FROM opening") == ["void"], opening.id
    with pytest.raises(contents.Unfit, match="No draft"):
        await house.acts(lambda session, process, _now: drafts.get(session, process, name))
    assert await house.acts(lambda session, process, _now: drafts.being_written(session, process)) == []


def rehearsed(draft: Draft = DRAFT) -> dict[str, Rehearsal]:
    whole = finishing.rehearsed(HERE, draft)
    assert whole is not None
    return {rehearsal.language: rehearsal for rehearsal in rehearsals(HERE, whole, every_channel())}


def test_a_rehearsal_shows_the_invitation_the_promise_and_every_question() -> None:
    english = rehearsed()["en"]
    for phone in english.phones:
        turns = ["\n".join((*turn.texts, *turn.buttons)) for turn in phone.turns]
        assert TITLE in turns[0]
        assert "The ministers." in turns[1]
        for place, question in enumerate(DRAFT.questions, start=1):
            assert question.text["en"] in turns[place]
        assert "Thank you" in turns[-1]
    assert not english.is_foreign
    assert rehearsed()["es"].is_foreign


def test_a_rehearsal_offers_what_can_be_tapped_and_numbers_the_rest() -> None:
    phones = {phone.kind: phone for phone in rehearsed()["en"].phones}
    assert phones["telegram"].turns[1].buttons == ("I have", "I have not")
    assert phones["sms"].turns[1].buttons == ()
    assert "1 I have" in phones["sms"].turns[1].texts[-1]
    assert phones["telegram"].turns[3].buttons == ("Easy", "2 of 5", "3 of 5", "4 of 5", "Very hard")
    assert "voice note" not in phones["sms"].turns[4].texts[-1]


def test_nothing_is_rehearsed_before_the_promise_is_whole() -> None:
    assert finishing.rehearsed(HERE, Draft()) is None
    assert finishing.rehearsed(HERE, replace(DRAFT, level="")) is None
    assert finishing.rehearsed(HERE, replace(DRAFT, purpose={"en": "x" * 9000})) is None
    unfinished = finishing.rehearsed(HERE, replace(DRAFT, questions=(CHOICE, QuestionDraft("q9"))))
    assert unfinished is not None
    assert [question.key for question in unfinished.questions] == ["q1"]
