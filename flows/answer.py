"""The questions of a consultation, after its promise."""

from collections.abc import Generator, Sequence

from channels.messages import Choice
from flows._engine.asking import choose, choose_several, hear
from flows._engine.effects import Answered, Words
from flows._engine.facts import Facts
from flows._engine.questions import OpenConsultation, Question, QuestionKind, Scale
from flows._engine.talks import Answer, Ask, Say, Talk
from flows._engine.words import to_send
from flows._texts.levels import LEVELS
from flows._texts.renditions import choices, named, written
from locales import N_, _, in_words, ngettext

# To translators: one word that people send, different from every other such word. Others after a "|" are heard too.
words = (N_("answer"),)
label = N_("Answer our questions")
needs = ("consultation", "answered")


def offer(facts: Facts) -> str:
    return _(label) if facts.takes_part and facts.consulted else ""


def talk(facts: Facts) -> Talk:
    if facts.consultation is None:
        yield Say(_("There is no open question now. We will write to you when there is one."))
        return
    questions = [question for question in facts.consultation.questions if question.key not in facts.answered]
    yield Say(_promise(facts, facts.consultation, len(questions)))
    for question in questions:
        answer = yield from _ask(facts, question)
        yield Answered(facts.consultation.id, question.key, answer)
        if question != questions[-1]:
            yield Say(_read_back(facts, question, answer))
    again = to_send("answer")
    yield Say(
        _(
            "Thank you. We will tell you here what was done with your answers. Send {answer} to change them.",
            answer=again,
        )
    )


def _promise(facts: Facts, consultation: OpenConsultation, left: int) -> str:
    promise = consultation.promise
    counted = (
        ngettext(
            "We go on where you stopped: {number} question is left.",
            "We go on where you stopped: {number} questions are left.",
            left,
        )
        if facts.answered
        else ngettext("There is {number} question.", "There are {number} questions.", left)
    )
    sentences = (
        written(facts, consultation.title, (promise.purpose, promise.who_decides, promise.what_can_change)),
        # To translators: what follows the colon in these three is written by the organizer, often a whole sentence.
        _("Why we ask: {purpose}", purpose=named(facts, promise.purpose)),
        _("Who decides: {who}", who=named(facts, promise.who_decides)),
        _("What can change: {what}", what=named(facts, promise.what_can_change)),
        _(LEVELS[promise.level]),
        _("Please answer by {day}.", day=in_words(promise.answer_by)),
        *([_("We respond by {day}.", day=in_words(promise.respond_by))] if promise.respond_by else []),
        counted,
    )
    return "\n".join(sentences)


def _ask(facts: Facts, question: Question) -> Generator[Ask, Answer, str | tuple[str, ...] | Words]:
    match question.kind:
        case QuestionKind.OPEN:
            return (yield from hear(written(facts, question.text), facts.takes_voice))
        case QuestionKind.SEVERAL:
            how = _("You can choose several. Send their numbers, for example 1 3.")
            return (yield from choose_several(f"{_text(facts, question)}\n{how}", offered(facts, question)))
        case QuestionKind.SCALE:
            # Not loosely: few of the steps, numbered anew, would make another step of the number that they send.
            return (yield from choose(_text(facts, question), offered(facts, question), loosely=False))
        case _:
            return (yield from choose(_text(facts, question), offered(facts, question)))


def offered(facts: Facts, question: Question) -> Sequence[Choice]:
    """What can be chosen, as it is called in the language being spoken."""
    return _steps(facts, question.scale) if question.scale else choices(facts, question.options)


def _steps(facts: Facts, scale: Scale) -> Sequence[Choice]:
    """The number of a step is also its place: whoever sends "4" means the fourth."""
    ends = {1: named(facts, scale.lowest), scale.steps: named(facts, scale.highest)}
    return [
        # To translators: a step of a scale, "2 of 5". At most 20 letters.
        Choice(str(step), ends.get(step) or _("{number} of {most}", number=step, most=scale.steps))
        for step in range(1, scale.steps + 1)
    ]


def _text(facts: Facts, question: Question) -> str:
    """What is asked, with the notice when it or anything that can be chosen is in another language."""
    ends = (question.scale.lowest, question.scale.highest) if question.scale else ()
    return written(facts, question.text, (*(option.label for option in question.options), *ends))


def _read_back(facts: Facts, question: Question, answer: str | tuple[str, ...] | Words) -> str:
    """What was chosen, and how to change it. Words are not repeated: whoever holds the phone could read them."""
    if isinstance(answer, Words):
        return _("We have your answer. Send 0 to change it.")
    chosen = (answer,) if isinstance(answer, str) else answer
    labels = [choice.label for choice in offered(facts, question) if choice.value in chosen]
    return _("You chose: {label}. Send 0 to change it.", label=_("; ").join(labels))
