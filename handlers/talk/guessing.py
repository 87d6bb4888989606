"""The language to begin in with somebody new: a guess, which the person corrects with one tap or word."""

from collections.abc import Sequence

import flows
from channels.carriers import ReservedWords
from channels.messages import Kind, Message
from locales import ENGLISH, languages, nearest
from locales.countries import likely


def first_guess(
    message: Message,
    place: flows.Process | flows.Lobby,
    reserved_words: ReservedWords,
    by_door: bool = False,
    on_door: str | None = None,
) -> str:
    """By what was written, by what the app says, by the country of a number; else the process's first language.

    English is written by people of every language: it counts only where the app does not say another one. `by_door`:
    what was written is the word of a door, which says nothing but what stands `on_door`.
    """
    offered = [code for code in place.languages if code in languages()] or [ENGLISH]
    if on_door in offered:
        return on_door
    app = nearest(message.language)
    by_app = app if app in offered else None
    written = None if by_door else _written(message, offered, reserved_words)
    if written and (written != ENGLISH or by_app is None):
        return written
    return by_app or likely(message.external, offered) or offered[0]


def _written(message: Message, offered: Sequence[str], reserved_words: ReservedWords) -> str | None:
    """Words that a carrier reserves are on every poster, whoever reads it."""
    if message.kind is not Kind.TEXT or message.text.startswith("/") or message.text.strip().lower() in reserved_words:
        return None
    return flows.written_in(message.text, offered)
