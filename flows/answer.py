"""The questions of a consultation, after its promise."""

from collections.abc import Generator

from flows._engine.asking import choose, hear
from flows._engine.effects import Answered, Words
from flows._engine.facts import Facts, OpenConsultation, Question
from flows._engine.talks import Answer, Ask, Say, Talk
from flows._engine.words import to_send
from flows._texts.levels import LEVELS
from flows._texts.renditions import choices, named, written
from locales import N_, _, in_words, ngettext

# To translators: one word that people send, different from every other such word. Others after a "|" are heard too.
words = (N_("answer"),)
label = N_("Answer our questions")
needs = ("consultation",)


def offer(facts: Facts) -> str:
    return _(label) if facts.takes_part and facts.consulted else ""


def talk(facts: Facts) -> Talk:
    if facts.consultation is None:
        yield Say(_("There is no open question now. We will write to you when there is one."))
        return
    yield Say(_promise(facts, facts.consultation))
    for question in facts.consultation.questions:
        answer = yield from _ask(facts, question)
        yield Answered(facts.consultation.id, question.key, answer)
        if question != facts.consultation.questions[-1]:
            yield Say(_read_back(facts, question, answer))
    again = to_send("answer")
    yield Say(
        _(
            "Thank you. We will tell you here what was done with your answers. Send {answer} to change them.",
            answer=again,
        )
    )


def _promise(facts: Facts, consultation: OpenConsultation) -> str:
    promise = consultation.promise
    sentences = (
        written(facts, consultation.title, (promise.purpose, promise.who_decides, promise.what_can_change)),
        # To translators: what follows the colon in these three is written by the organizer, often a whole sentence.
        _("Why we ask: {purpose}", purpose=named(facts, promise.purpose)),
        _("Who decides: {who}", who=named(facts, promise.who_decides)),
        _("What can change: {what}", what=named(facts, promise.what_can_change)),
        _(LEVELS[promise.level]),
        _("Please answer by {day}.", day=in_words(promise.answer_by)),
        ngettext("There is {number} question.", "There are {number} questions.", len(consultation.questions)),
    )
    return "\n".join(sentences)


def _ask(facts: Facts, question: Question) -> Generator[Ask, Answer, str | Words]:
    if question.options:
        text = written(facts, question.text, (option.label for option in question.options))
        return (yield from choose(text, choices(facts, question.options)))
    return (yield from hear(written(facts, question.text), facts.takes_voice))


def _read_back(facts: Facts, question: Question, answer: str | Words) -> str:
    """What was chosen, and how to change it. Words are not repeated: whoever holds the phone could read them."""
    if isinstance(answer, Words):
        return _("We have your answer. Send 0 to change it.")
    label = next(choice.label for choice in choices(facts, question.options) if choice.value == answer)
    return _("You chose: {label}. Send 0 to change it.", label=label)
