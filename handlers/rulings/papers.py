"""What a council votes on when it uses a power, as it reads it: a bulletin, the questions of a consultation."""

from collections.abc import Collection, Iterator
from dataclasses import replace
from datetime import datetime

import flows
from handlers import telling
from handlers.powers import Holder
from handlers.processes import OpenProcess
from handlers.writing import contents
from locales import N_, _, speaking
from storage.broadcasts import EVERYBODY
from storage.states import Roll

MAY_LEAVE = N_("News that we want to send")
TO_EVERYBODY = N_("To everybody who takes part:")
TO_SOME = N_("To some of those who take part:")
WHICH = N_("Questions that we want to ask ({title})")
QUORUM = 34
"""So many of 100 on the roll have to vote: more than a third."""
LONGEST_LABEL, LABELS_TOGETHER = 60, 300
"""Of one option, and of all: whoever could vote is told of each twice in one message, in its place and as adopted.

Beside them stands why the round was closed early, where it was: that must never be too long.
"""
BULLETIN = "bulletin"
"""The value of the only option."""


def about_bulletin(process: OpenProcess, held: Holder, bulletin: contents.Bulletin, now: datetime) -> contents.Round:
    """Whether it may be sent, yes or no; its words stand behind the option."""
    to_whom = TO_EVERYBODY if bulletin.audience == EVERYBODY else TO_SOME
    about = telling.in_every_language(process, lambda render: f"{_(to_whom)}\n\n{render(bulletin.text)}")
    matter = contents.Matter(BULLETIN, _labels(bulletin.text), about)
    title = telling.in_every_language(process, lambda _render: _(MAY_LEAVE))
    return _round(held, title, (matter,), "yes_no", now)


def about_questions(
    process: OpenProcess, held: Holder, consultation: contents.Consultation, now: datetime
) -> contents.Round:
    """Which of its questions may be asked, each with what can be chosen; of a single one, whether it may."""
    longest = min(LONGEST_LABEL, LABELS_TOGETHER // len(consultation.questions))
    matters = tuple(
        contents.Matter(_value(place), _labels(question.text, longest), _in_full(process, question))
        for place, question in enumerate(consultation.questions, start=1)
    )
    return _round(held, _asking(consultation.title), matters, "majority" if len(matters) > 1 else "yes_no", now)


def only(consultation: contents.Consultation, adopted: Collection[str]) -> contents.Consultation:
    """With the questions alone that were adopted, in their order."""
    numbered = enumerate(consultation.questions, start=1)
    return replace(consultation, questions=tuple(it for place, it in numbered if _value(place) in adopted))


def _round(
    held: Holder, title: flows.Renditions, matters: tuple[contents.Matter, ...], rule: str, now: datetime
) -> contents.Round:
    closes = held.content.votes_until(now.date())
    return contents.Round(title, matters, closes, rule, Roll.COUNCIL, held.id, quorum=QUORUM)


def _value(place: int) -> str:
    """Of a question on the ballot: its own key may be a word that we offer beside it."""
    return f"q{place}"


def _asking(title: flows.Renditions) -> flows.Renditions:
    """In the languages of the title alone: a notice that it is in another one would be a line of its own."""
    found = {}
    for language, beginning in _labels(title).items():
        with speaking(language):
            found[language] = _(WHICH, title=beginning)
    return found


def _in_full(process: OpenProcess, question: flows.Question) -> flows.Renditions:
    return telling.in_every_language(
        process, lambda render: "\n".join((render(question.text), *_offered(question, render)))
    )


def _offered(question: flows.Question, render: telling.Render) -> Iterator[str]:
    if question.scale is not None:
        yield f"1. {render(question.scale.lowest)}"
        yield f"{question.scale.steps}. {render(question.scale.highest)}"
    yield from (f"{place}. {render(option.label)}" for place, option in enumerate(question.options, start=1))


def _labels(text: flows.Renditions, longest: int = LONGEST_LABEL) -> flows.Renditions:
    """The beginning of a text, as it stands on a ballot."""
    return {language: _label(words, longest) for language, words in text.items()}


def _label(words: str, longest: int) -> str:
    beginning = flows.heading(words)
    while contents.length(beginning) > longest:
        beginning = f"{beginning[:-2].rstrip()}…"
    return beginning
