"""An organizer's text, in the language in which a person can read it best."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from channels.messages import Choice
from flows._engine.facts import Facts
from flows._engine.processes import Option, Renditions
from locales import _, name_of, speaking, spoken


@dataclass(frozen=True, slots=True)
class Rendition:
    """A text and the language it is in."""

    text: str = field(repr=False)
    language: str


def rendition(renditions: Renditions, language: str, order: Sequence[str]) -> Rendition:
    """The text in this language, else in the first of `order` that there is, else in any."""
    for code in (language, *order, *sorted(renditions)):
        if renditions.get(code):
            return Rendition(renditions[code], code)
    return Rendition("", language)


def with_notice(found: Rendition, language: str) -> str:
    """The text for a reader of `language`; when it is in another one, a sentence in theirs says so first."""
    if found.language == language:
        return found.text
    with speaking(language):
        return f"{_notice(found.language)}\n{found.text}"


def written(facts: Facts, renditions: Renditions, beside: Iterable[Renditions] = ()) -> str:
    """A text of its own, with the notice when it, or what is shown beside it, is not in the language spoken."""
    return noticed(facts, _found(facts, renditions).text, (renditions, *beside))


def noticed(facts: Facts, text: str, beside: Iterable[Renditions]) -> str:
    """A text, with the notice when an organizer's that stands in it or beside it is not in the language spoken."""
    foreign = (
        found.language for found in (_found(facts, renditions) for renditions in beside) if found.language != spoken()
    )
    language = next(foreign, None)
    return f"{_notice(language)}\n{text}" if language else text


def named(facts: Facts, renditions: Renditions) -> str:
    """A name to stand inside a sentence of ours, where a notice would not fit."""
    return _found(facts, renditions).text


def choices(facts: Facts, options: Iterable[Option]) -> tuple[Choice, ...]:
    """The options, to choose from."""
    return tuple(Choice(option.value, _found(facts, option.label).text) for option in options)


def _found(facts: Facts, renditions: Renditions) -> Rendition:
    return rendition(renditions, spoken(), facts.place.languages)


def _notice(language: str) -> str:
    return _("We do not have this in your language yet. It is in {language}.", language=name_of(language))
