"""What somebody chose of what a question offered, as it is worded for this reader."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import flows
from console._frame.desks import Desk
from console.wording import shown
from handlers.writing import contents
from locales import _
from storage import Session, consultations
from storage.contributions import Contribution, chosen


@dataclass(frozen=True, slots=True)
class Choice:
    """The answer to one question, without a word of whoever answered."""

    question: flows.Rendition
    labels: tuple[flows.Rendition, ...]


async def choices(session: Session, desk: Desk, found: Iterable[Contribution]) -> Mapping[str, Choice]:
    """By the contribution, of those that were chosen and whose question is known. One statement at most."""
    theirs = [it for it in found if it.option is not None and it.consultation is not None]
    if not theirs:
        return {}
    kept = await consultations.several(session, desk.process.id, {it.consultation for it in theirs if it.consultation})
    questions = {
        (its.id, question.key): question
        for its in kept
        for question in contents.unpack(its.content, contents.Consultation).questions
    }
    answered = {it.id: (it, questions.get((it.consultation or "", it.question or ""))) for it in theirs}
    return {name: _choice(desk, it, question) for name, (it, question) in answered.items() if question is not None}


def _choice(desk: Desk, contribution: Contribution, question: flows.Question) -> Choice:
    labels = tuple(_label(desk, question, value) for value in chosen(contribution.option))
    return Choice(shown(desk, question.text), labels)


def _label(desk: Desk, question: flows.Question, value: str) -> flows.Rendition:
    """What an edition before this one offered is named as it was kept."""
    if question.scale is not None:
        return flows.Rendition(_("{number} of {most}", number=value, most=question.scale.steps), "")
    label = next((option.label for option in question.options if option.value == value), None)
    return flows.Rendition(value, "") if not label else shown(desk, label)
