"""What stands in the form of a draft, and what its buttons do with the questions in it."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

import flows
from console._frame.desks import Desk
from flows import QuestionKind
from handlers.drafts import STEPS, Draft, QuestionDraft
from locales import languages

KEY = re.compile(r"q[1-9][0-9]{0,3}")
MOVES = {"up": -1, "down": 1}


def typed(desk: Desk) -> Draft:
    """What stands in the form."""
    return Draft(
        title=_lines(desk, "title"),
        purpose=_texts(desk, "purpose"),
        who_decides=_texts(desk, "who_decides"),
        what_can_change=_texts(desk, "what_can_change"),
        level=desk.line("level"),
        answer_by=desk.line("answer_by"),
        respond_by=desk.line("respond_by"),
        opens=desk.line("opens"),
        reminds=desk.line("reminds"),
        questions=tuple(_questions(desk)),
    )


def _questions(desk: Desk) -> Iterator[QuestionDraft]:
    for key in dict.fromkeys(desk.many("question")):
        if KEY.fullmatch(key):
            kind = _kind(desk, key)
            yield QuestionDraft(
                key=key,
                kind=kind,
                text=_texts(desk, f"{key}-text"),
                choices=_texts(desk, f"{key}-choices"),
                lowest=_lines(desk, f"{key}-lowest"),
                highest=_lines(desk, f"{key}-highest"),
                steps=number(desk, f"{key}-steps") if kind is QuestionKind.SCALE else STEPS,
            )


def _kind(desk: Desk, key: str) -> QuestionKind:
    """A choice becomes several by a box that is ticked."""
    kind = desk.line(f"{key}-kind")
    if kind not in (QuestionKind.CHOICE, QuestionKind.SCALE):
        return QuestionKind.OPEN
    return QuestionKind.SEVERAL if desk.line(f"{key}-several") and kind == QuestionKind.CHOICE else QuestionKind(kind)


def _texts(desk: Desk, name: str) -> flows.Renditions:
    return {code: text for code in codes(desk) if (text := desk.text(f"{name}-{code}").strip())}


def _lines(desk: Desk, name: str) -> flows.Renditions:
    return {code: line for code in codes(desk) if (line := desk.line(f"{name}-{code}"))}


def codes(desk: Desk) -> Sequence[str]:
    return [code for code in desk.process.content.languages if code in languages()]


def number(desk: Desk, name: str) -> int:
    digits = desk.line(name)
    return int(digits) if digits.isdecimal() and len(digits) < 9 else 0


def rearranged(draft: Draft, act: str) -> Draft:
    """With one question more, or one less, or one moved, as a button says."""
    verb, _dash, what = act.partition("-")
    if verb == "add" and what in tuple(QuestionKind):
        return replace(draft, questions=(*draft.questions, QuestionDraft(_next(draft), QuestionKind(what))))
    place = next((place for place, question in enumerate(draft.questions) if question.key == what), None)
    if place is None:
        return draft
    others = [question for question in draft.questions if question.key != what]
    if verb in MOVES:
        others.insert(max(0, place + MOVES[verb]), draft.questions[place])
    return replace(draft, questions=tuple(others)) if verb in ("remove", *MOVES) else draft


def _next(draft: Draft) -> str:
    """The key of one more question: none that stands in the form."""
    return f"q{max((int(question.key[1:]) for question in draft.questions), default=0) + 1}"
