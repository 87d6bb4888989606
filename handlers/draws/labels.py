"""What the facts are called by which a call asks its candidates for quotas."""

from collections.abc import Mapping, Sequence

import msgspec

import flows
from council import lots
from locales import spoken


class Option(msgspec.Struct, frozen=True):
    """Something that candidates may tell."""

    value: str
    label: dict[str, str]


class Fact(msgspec.Struct, frozen=True):
    """What candidates are asked for."""

    value: str
    label: dict[str, str]
    options: tuple[Option, ...]


class Asked(msgspec.Struct, frozen=True):
    """Of a call only what concerns quotas."""

    facts: tuple[Fact, ...] = ()


def facts_of(content: str) -> Sequence[Fact]:
    return msgspec.json.decode(content, type=Asked).facts if content else ()


def labels_of(content: str, not_said: str) -> Mapping[str, Mapping[str, str]]:
    """By category and value, for this reader; the category itself stands under ``CATEGORY``."""
    return {
        fact.value: {option.value: _text(option.label) for option in fact.options}
        | {lots.NOT_SAID: not_said, CATEGORY: _text(fact.label)}
        for fact in facts_of(content)
    }


CATEGORY = "\0"
"""Stands for no value, but for what is asked."""


def _text(label: Mapping[str, str]) -> str:
    return flows.rendition(label, spoken(), tuple(label)).text
