"""Statements to agree or disagree with, one at a time, for as long as somebody likes."""

from collections.abc import Generator
from dataclasses import dataclass, field

from channels.messages import Choice
from flows._engine.asking import TRIES, choose, hear
from flows._engine.effects import Effect, Switched
from flows._engine.facts import Facts
from flows._engine.questions import OpenSounding, ShownStatement
from flows._engine.reading import fits_in
from flows._engine.talks import Answer, Ask, Say, Talk
from flows._engine.words import to_send
from flows._texts.levels import LEVELS
from flows._texts.renditions import named, written
from locales import N_, _, in_words, ngettext
from storage.states import Opinion

# To translators: one word that people send, different from every other such word. Others after a "|" are heard too.
words = (N_("opinion"),)
label = N_("Agree or disagree")
needs = ("sounding", "contribution")

LONGEST = 140
"""UTF-16 units of a statement: who reads it on SMS reads it in one message or two."""
MINE, EARLIER, MENU = "mine", "earlier", "menu"

# To translators: what people send to write a statement of their own. It must be no word that leads anywhere else.
MY_OWN = N_("mine")
# To translators: what people send to see the statement that they answered before. It must be no word that leads
# anywhere else.
BEFORE = N_("earlier")


@dataclass(frozen=True, slots=True)
class Opined(Effect):
    """The person said what they think of a statement, an `Opinion`. What they say later counts."""

    sounding: str
    statement: str
    opinion: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Reconsidered(Effect):
    """The person wants to see what they said so many answers ago."""

    back: int


@dataclass(frozen=True, slots=True)
class Proposed(Effect):
    """The person proposed a statement of their own. Proposed again under the same name, it is one."""

    sounding: str
    name: str
    words: str = field(repr=False)


def offer(facts: Facts) -> str:
    return _(label) if facts.takes_part and facts.sounds and not facts.over else ""


def talk(facts: Facts) -> Talk:
    sounding = facts.sounding
    if sounding is None:
        yield Say(_("There is nothing to agree or disagree with now."))
        return
    if not sounding.goes_on:
        yield Say(_beginning(facts, sounding))
    if sounding.statement is None:
        answer = yield from choose(_all_said(sounding), _afterwards(sounding), exactly=(MINE,), unseen=_words())
    else:
        answer = yield from _asked(facts, sounding, sounding.statement)
    match answer:
        case "menu":
            yield Switched("menu")
        case "earlier":
            yield Reconsidered(1 if sounding.statement is None else sounding.statement.back + 1)
            yield Switched("opine")
        case "mine":
            yield from _own(facts, sounding)
            yield Switched("opine")
        case opinion if sounding.statement is not None:
            yield Opined(sounding.id, sounding.statement.id, opinion)
            yield Switched("opine")


def _beginning(facts: Facts, sounding: OpenSounding) -> str:
    promise = sounding.promise
    sentences = (
        written(facts, sounding.title, (promise.purpose, promise.who_decides, promise.what_can_change)),
        _("Why we ask: {purpose}", purpose=named(facts, promise.purpose)),
        _("Who decides: {who}", who=named(facts, promise.who_decides)),
        _("What can change: {what}", what=named(facts, promise.what_can_change)),
        _(LEVELS[promise.level]),
        _("Please answer by {day}.", day=in_words(promise.answer_by)),
        *([_("We respond by {day}.", day=in_words(promise.respond_by))] if promise.respond_by else []),
        _("Nobody sees what you answer. We only show numbers."),
        _(
            "Send {earlier} to change an answer, {mine} to write a statement of your own, {menu} to stop. "
            "You can go on at any time: send {opinion}.",
            earlier=to_send(BEFORE), mine=to_send(MY_OWN), menu=to_send("menu"), opinion=to_send("opinion"),
        ),
    )  # fmt: skip
    return "\n".join(sentences)


def _asked(facts: Facts, sounding: OpenSounding, statement: ShownStatement) -> Generator[Ask, Answer, str]:
    """Not loosely: to disagree is nearly written like to agree."""
    if statement.back:
        left = _("You answered: {answer}. What do you say now?", answer=_(_labels()[Opinion(statement.opinion)]))
    else:
        left = ngettext("{number} is left.", "{number} are left.", sounding.left)
    text = f"{left}\n{written(facts, statement.text)}"
    return (yield from choose(text, _answers(), loosely=False, unseen=_words()))


def _labels() -> dict[Opinion, str]:
    return {
        # To translators: what somebody thinks of a statement. At most 20 letters.
        Opinion.AGREES: N_("Agree"),
        # To translators: what somebody thinks of a statement. At most 20 letters.
        Opinion.DISAGREES: N_("Disagree"),
        # To translators: for who does not want to say, or does not know. At most 20 letters.
        Opinion.PASSES: N_("Pass"),
    }


def _answers() -> tuple[Choice, ...]:
    return tuple(Choice(value, _(text)) for value, text in _labels().items())


def _words() -> tuple[Choice, ...]:
    """What can be sent beside the answers, as it was told at the beginning."""
    return Choice(MINE, _(MY_OWN)), Choice(EARLIER, _(BEFORE))


def _all_said(sounding: OpenSounding) -> str:
    if not sounding.number:
        return _("There is no statement yet. You can write the first one.")
    return _("You have answered every statement. Thank you.")


def _afterwards(sounding: OpenSounding) -> tuple[Choice, ...]:
    # To translators: to write a statement of one's own. At most 20 letters.
    own = (Choice(MINE, _("Write my own")),)
    # To translators: to see what one answered before. At most 20 letters.
    before = (Choice(EARLIER, _("Change an answer")),) if sounding.number else ()
    return (*own, *before, Choice(MENU, _("Menu")))


def _own(facts: Facts, sounding: OpenSounding) -> Generator[Ask | Say | Effect, Answer, None]:
    """In writing alone: it is short, and read by everybody as it stands."""
    if not sounding.can_propose:
        yield Say(_("Some of your statements still wait to be read. Please write more when they have been."))
        return
    text = _(
        "Write one thought in at most {most} letters, without names or places that could show who you are. The "
        "organizers read it first. Then everybody sees it, without your name. If you send {forget} later, it goes too.",
        most=LONGEST,
        forget=to_send("forget"),
    )
    for _try in range(TRIES):
        words = yield from hear(text, takes_voice=False)
        if not words.text:
            text = _("We can take this in writing only.")
        elif not fits_in(words.text, LONGEST):
            text = _("This is too long. Please say it in at most {most} letters.", most=LONGEST)
        else:
            yield Proposed(sounding.id, facts.contribution, words.text)
            return
    yield Say(_("Let us go on."))
