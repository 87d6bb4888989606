"""What came of a consultation, in numbers that point at nobody: what was chosen, and by about how many."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import flows
from handlers import counts
from handlers.memory import Memory
from handlers.writing import contents
from storage import Session, answers
from storage.answers import CountedAnswers
from storage.consultations import KeptConsultation

WHOLE = 100


@dataclass(frozen=True, slots=True)
class ChosenAnswer:
    """One choice of a question, and about how many chose it."""

    label: flows.Renditions
    """{} for a step of a scale that has no name."""
    value: str
    number: int | None
    """None: too few to be told, or nobody."""
    share: int | None
    """Of those who answered the question: how many in a hundred chose it, about; None where `number` is."""


@dataclass(frozen=True, slots=True)
class QuestionResult:
    """What came of one question."""

    question: flows.Question
    number: int | None
    """About how many answered it; None: too few to be told, or nobody."""
    chosen: Sequence[ChosenAnswer]
    """In the order of the question; () where it is answered in words."""


class Tallies:
    """Remembers for a while what was counted: that reads every answer."""

    def __init__(self, lasts: timedelta = timedelta(minutes=2)) -> None:
        self._each = Memory[str, Sequence[CountedAnswers]](lasts)
        self._numbers = Memory[tuple[str, ...], Mapping[str, int]](lasts)

    async def of(self, session: Session, consultation_id: str, now: datetime) -> Sequence[CountedAnswers]:
        return await self._each.of(consultation_id, now, lambda: answers.counted(session, consultation_id))

    async def numbers(self, session: Session, consultations: Sequence[str], now: datetime) -> Mapping[str, int]:
        """How many people answered each."""
        names = tuple(consultations)
        return await self._numbers.of(names, now, lambda: answers.numbers(session, names))


async def results(
    session: Session, tallies: Tallies, kept: KeptConsultation, now: datetime
) -> Sequence[QuestionResult]:
    """Question by question. One statement, or none where it is remembered.

    Each number is rounded from what was counted, and each share is one of rounded numbers: it tells no more than they.
    """
    counted = await tallies.of(session, kept.id, now)
    consultation = contents.unpack(kept.content, contents.Consultation)
    return [_result(question, counted) for question in consultation.questions]


async def numbers(
    session: Session, tallies: Tallies, kept: Sequence[KeptConsultation], now: datetime
) -> Mapping[str, int | None]:
    """About how many people answered each; None: too few to be told, or nobody. One statement at most."""
    found = await tallies.numbers(session, [consultation.id for consultation in kept], now)
    return {consultation.id: counts.rounded(found.get(consultation.id, 0)) for consultation in kept}


def _result(question: flows.Question, counted: Sequence[CountedAnswers]) -> QuestionResult:
    theirs = [answer for answer in counted if answer.question == question.key]
    everybody = counts.rounded(sum(answer.number for answer in theirs))
    people = Counter[str]()
    for answer in theirs:
        people.update(dict.fromkeys(answer.chosen, answer.number))
    labels = _labels(question)
    chosen = [_chosen(value, labels.get(value, {}), people[value], everybody) for value in question.values]
    return QuestionResult(question, everybody, chosen)


def _chosen(value: str, label: flows.Renditions, number: int, everybody: int | None) -> ChosenAnswer:
    about = counts.rounded(number)
    share = None if about is None or everybody is None else min(WHOLE, round(WHOLE * about / everybody))
    return ChosenAnswer(label, value, about, share)


def _labels(question: flows.Question) -> Mapping[str, flows.Renditions]:
    if question.scale is not None:
        return {"1": question.scale.lowest, str(question.scale.steps): question.scale.highest}
    return {option.value: option.label for option in question.options}
