"""A conversation is a generator, replayed over the answers given so far."""

from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cache
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules

from msgspec import Struct

from channels.messages import Choice
from flows._engine.effects import Effect, Spoke, Words
from flows._engine.facts import Facts
from locales import speak, speaking


class Wants(StrEnum):
    """What answers a question."""

    ONE = "one"
    """One of the choices: a `str`, its value."""
    SEVERAL = "several"
    """Any of the choices: a tuple of their values, in the order of the choices."""
    WORDS = "words"
    """The person's own words, typed or spoken: `Words`."""
    RANKS = "ranks"
    """The choices in an order, "3 1=2": a tuple of ranks, the values of one rank joined by "="."""
    MARKS = "marks"
    """A number for each of some choices, "1:5 2:3": a tuple of a value, "=" and its number."""
    SIDES = "sides"
    """Yes or no to each of some choices, "1 yes 2 no": a tuple of a value, "=" and "yes" or "no"."""


LISTED = frozenset({Wants.SEVERAL, Wants.RANKS, Wants.MARKS, Wants.SIDES})
"""What is answered by the numbers of the choices, which are shown for that. The answer is a tuple."""


class Say(Struct, frozen=True):
    """Something said, that waits for nothing."""

    text: str

    def __repr__(self) -> str:
        return "Say(...)"


class Ask(Struct, frozen=True):
    """A question; what is sent into the generator is its answer."""

    text: str
    choices: tuple[Choice, ...] = ()
    wants: Wants = Wants.ONE
    loosely: bool = False
    """What nearly is one of the choices counts as well: never where a slip would do harm."""
    exactly: tuple[str, ...] = ()
    """The values that count only as they are offered, all the same."""
    goes_on: bool = False
    """Words that are no answer go on with the words that were given just before."""
    unseen: tuple[Choice, ...] = ()
    """Choices that are not shown, and understood when their label is typed."""
    alone: tuple[str, ...] = ()
    """Of several choices the values that count only by themselves: "none of these"."""
    most: int = 0
    """The highest mark for one choice."""
    most_together: int = 0
    """The highest sum of all marks; 0: there is none."""

    def __repr__(self) -> str:
        return f"Ask({self.wants}, {self.choices})"

    @property
    def offered(self) -> tuple[str, ...]:
        """The values of the choices, in their order."""
        return tuple(choice.value for choice in self.choices)


Answer = str | tuple[str, ...] | Words
Step = Ask | Say | Effect
Talk = Generator[Step, Answer, None]


@dataclass(frozen=True, slots=True)
class Flow:
    """One file of this folder.

    `words` open it (English, marked with N_; the catalogs give the others), exact and alone in a message. So does
    `label`, what it does in few words, where it is no choice that is offered; "" for none.
    `anywhere`: its words are heard in the middle of another conversation too, which goes on afterwards,
    unless this one yields `Switched`.
    `offer` gives the label for the menu and for HELP, or "" when that cannot be done now.
    `needs`: which optional facts it reads. `edition` rises when stored conversations no longer fit.
    """

    name: str
    words: tuple[str, ...]
    label: str
    talk: Callable[[Facts], Talk]
    offer: Callable[[Facts], str]
    anywhere: bool
    needs: frozenset[str]
    edition: int


class Turn(Struct, frozen=True):
    """What one more answer brings: what is said, what happened, and the open question (None: it is over)."""

    texts: tuple[str, ...]
    effects: tuple[Effect, ...]
    question: Ask | None


class DoesNotFit(Exception):
    """The answers given no longer fit this flow: it was changed since. Start it over, and say so."""


@dataclass(slots=True)
class Played:
    """A talk that has been played over the answers given so far, and the question that is open (None: it is over)."""

    language: str
    talk: Talk = field(repr=False)
    question: Ask | None

    def go_on(self, answer: Answer) -> Turn:
        """What one more answer brings; once. Raises `DoesNotFit`."""
        with speaking(self.language):
            return _turn(self.talk, _answered(self.talk, self.question, answer))


def play(talk: Callable[[Facts], Talk], facts: Facts, answers: Sequence[Answer]) -> Played:
    """Replay a talk over its answers; what it says and does meanwhile was said and done in earlier turns.

    Raises `DoesNotFit`.
    """
    with speaking(facts.language):
        playing = talk(facts)
        question = _question(playing, next(playing, None))
        for answer in answers:
            question = _question(playing, _answered(playing, question, answer))
    return Played(facts.language, playing, question)


def advance(talk: Callable[[Facts], Talk], facts: Facts, answers: Sequence[Answer]) -> Turn:
    """What the last of these answers brings; without any, what the talk opens with. Raises `DoesNotFit`."""
    if answers:
        return play(talk, facts, answers[:-1]).go_on(answers[-1])
    with speaking(facts.language):
        opened = talk(facts)
        return _turn(opened, next(opened, None))


def _question(talk: Talk, step: Step | None) -> Ask | None:
    while step is not None and not isinstance(step, Ask):
        step = next(talk, None)
    return step


def _turn(talk: Talk, step: Step | None) -> Turn:
    texts: list[str] = []
    effects: list[Effect] = []
    while step is not None and not isinstance(step, Ask):
        _happen(step, texts, effects)
        step = next(talk, None)
    return Turn((*texts,), (*effects,), step)


def _answered(talk: Talk, question: Ask | None, answer: Answer) -> Step | None:
    if question is None or not fits(question, answer):
        raise DoesNotFit
    try:
        return talk.send(answer)
    except StopIteration:
        return None


def _happen(step: Say | Effect, texts: list[str], effects: list[Effect]) -> None:
    if isinstance(step, Say):
        texts.append(step.text)
        return
    effects.append(step)
    if isinstance(step, Spoke):
        speak(step.language)


def fits(question: Ask, answer: Answer) -> bool:
    """Whether this is an answer to this question."""
    if question.wants is Wants.WORDS:
        return isinstance(answer, Words)
    if question.wants in LISTED:
        return isinstance(answer, tuple) and set(_named(question, answer)).issubset(question.offered)
    return isinstance(answer, str) and answer in (*question.offered, *(choice.value for choice in question.unseen))


def _named(question: Ask, answer: tuple[str, ...]) -> Iterator[str]:
    """The values of the choices that an answer of several names."""
    for part in answer:
        values = part.split("=")
        yield from values if question.wants is Wants.RANKS else values[:1]


@cache
def flows() -> Mapping[str, Flow]:
    """Every flow there is, by name: the files of this folder."""
    names = (module.name for module in iter_modules([str(Path(__file__).parents[1])]))
    return {name: _load(name) for name in sorted(names) if not name.startswith("_")}


def _load(name: str) -> Flow:
    file = import_module(f"flows.{name}")
    return Flow(
        name=name,
        words=tuple(file.words),
        label=getattr(file, "label", ""),
        talk=file.talk,
        offer=getattr(file, "offer", _nothing),
        anywhere=getattr(file, "anywhere", False),
        needs=frozenset(getattr(file, "needs", ())),
        edition=getattr(file, "edition", 1),
    )


def _nothing(_facts: Facts) -> str:
    return ""
