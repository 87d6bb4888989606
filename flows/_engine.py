"""A conversation is a generator, replayed over the answers given so far."""

from collections.abc import Callable, Generator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cache
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules

from channels.messages import Choice
from flows._effects import Effect, Spoke, Words
from flows._facts import Facts
from locales import speak, speaking


class Wants(StrEnum):
    """What answers a question."""

    ONE = "one"
    """One of the choices: a `str`, its value."""
    SEVERAL = "several"
    """Any of the choices: a tuple of their values, in the order of the choices."""
    WORDS = "words"
    """The person's own words, typed or spoken: `Words`."""


@dataclass(frozen=True, slots=True)
class Say:
    """Something said, that waits for nothing."""

    text: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Ask:
    """A question; what is sent into the generator is its answer."""

    text: str = field(repr=False)
    choices: tuple[Choice, ...] = ()
    wants: Wants = Wants.ONE


Answer = str | tuple[str, ...] | Words
Talk = Generator[Ask | Say | Effect, Answer, None]


@dataclass(frozen=True, slots=True)
class Flow:
    """One file of this folder.

    `words` open it (English, marked with N_; the catalogs give the others), exact and alone in a message.
    `anywhere`: its words are heard in the middle of another conversation too, which goes on afterwards,
    unless this one yields `Turned`.
    `needs`: which optional facts it reads. `edition` rises when stored conversations no longer fit.
    """

    name: str
    words: tuple[str, ...]
    talk: Callable[[Facts], Talk]
    anywhere: bool
    needs: frozenset[str]
    edition: int


@dataclass(frozen=True, slots=True)
class Turn:
    """What one more answer brings: what is said, what happened, and the open question (None: it is over)."""

    said: tuple[str, ...]
    effects: tuple[Effect, ...]
    question: Ask | None


class DoesNotFit(Exception):
    """The answers given no longer fit this flow: it was changed since. Start it over, and say so."""


def advance(talk: Callable[[Facts], Talk], facts: Facts, answers: Sequence[Answer]) -> Turn:
    """Replay a talk over its answers and stop at the question that has none.

    What is yielded before the last answer was said and done in earlier turns: it is skipped. Raises `DoesNotFit`.
    """
    with speaking(facts.language):
        return _play(talk(facts), answers)


def _play(talk: Talk, answers: Sequence[Answer]) -> Turn:
    said: list[str] = []
    effects: list[Effect] = []
    left = list(reversed(answers))
    step = next(talk, None)
    while step is not None:
        if isinstance(step, Ask):
            if not left:
                return Turn((*said,), (*effects,), step)
            step = _answered(talk, step, left.pop())
            continue
        if not left:
            _happen(step, said, effects)
        step = next(talk, None)
    if left:
        raise DoesNotFit
    return Turn((*said,), (*effects,), None)


def _answered(talk: Talk, question: Ask, answer: Answer) -> Ask | Say | Effect | None:
    if not fits(question, answer):
        raise DoesNotFit
    try:
        return talk.send(answer)
    except StopIteration:
        return None


def _happen(step: Say | Effect, said: list[str], effects: list[Effect]) -> None:
    if isinstance(step, Say):
        said.append(step.text)
        return
    effects.append(step)
    if isinstance(step, Spoke):
        speak(step.language)


def fits(question: Ask, answer: Answer) -> bool:
    """Whether this is an answer to this question."""
    values = {choice.value for choice in question.choices}
    if question.wants is Wants.WORDS:
        return isinstance(answer, Words)
    if question.wants is Wants.SEVERAL:
        return isinstance(answer, tuple) and values.issuperset(answer)
    return isinstance(answer, str) and answer in values


@cache
def flows() -> Mapping[str, Flow]:
    """Every flow there is, by name: the files of this folder."""
    names = (module.name for module in iter_modules([str(Path(__file__).parent)]))
    return {name: _load(name) for name in sorted(names) if not name.startswith("_")}


def _load(name: str) -> Flow:
    file = import_module(f"flows.{name}")
    return Flow(
        name=name,
        words=tuple(file.words),
        talk=file.talk,
        anywhere=getattr(file, "anywhere", False),
        needs=frozenset(getattr(file, "needs", ())),
        edition=getattr(file, "edition", 1),
    )
