"""Whether a word is free to be what something of an organizer's is called: by itself it means nothing to us."""

from channels.carriers import ReservedWords
from channels.messages import Kind, Message
from flows._engine import plain
from flows._engine.folding import fold
from flows._engine.languages import names_of
from flows._engine.words import AND, NO, YES, everywhere, flow_for, goes_back, nearest_flow
from locales import languages


def is_free(word: str, reserved_words: ReservedWords) -> bool:
    """Not where a person who sends it may mean something else in any language: a flow, an answer, a number, danger."""
    message = Message(channel="", event="", external="", kind=Kind.TEXT, text=word)
    asks = flow_for(message, reserved_words) or nearest_flow(message)
    return asks is None and not goes_back(message) and not _answers(word) and not _tells(word)


def _answers(word: str) -> bool:
    """A number or a sign answers, too."""
    has_letters = any(character.isalpha() for character in word)
    answers = {*everywhere(YES), *everywhere(NO), *everywhere(AND)}.union(*map(names_of, languages()))
    return not has_letters or fold(word) in answers or plain.yes_or_no(word) is not None or _counts(word)


def _counts(word: str) -> bool:
    return plain.number(word) is not None


def _tells(word: str) -> bool:
    return plain.greets(word) or plain.asks_to_stop(word) or plain.tells_of_danger(word)
