"""Understanding what a person sent as the answer to the question that is open."""

import re
from collections.abc import Mapping
from enum import StrEnum
from functools import lru_cache

from channels.messages import Choice, Kind, Message
from flows._engine import marking, nearness, plain
from flows._engine.effects import Words
from flows._engine.folding import fold, in_western_digits
from flows._engine.languages import names_of
from flows._engine.talks import LISTED, Answer, Ask, Wants
from flows._engine.words import AND, NO, YES, everywhere, goes_back
from locales import N_, _, languages

LONGEST_WORDS = 4096
"""UTF-16 units, what Telegram takes in one message: who writes more sees the app cut it there."""
LONGEST_TOGETHER = 3 * LONGEST_WORDS
"""UTF-16 units of words that come in several messages."""
LONGEST_CHOICE = 300
"""A message longer than this is not a number or a label."""
SHORTEST_START = 3
"""How many letters of a label are enough when no other label begins with them."""


class Unread(StrEnum):
    """Why a message is no answer to the open question."""

    OLD_BUTTON = "old_button"
    NOT_OFFERED = "not_offered"
    NOT_UNDERSTOOD = "not_understood"
    NO_WORDS = "no_words"
    TOO_LONG = "too_long"
    CANNOT_READ = "cannot_read"
    CHOOSE = "choose"
    EDITED = "edited"
    NOT_TOGETHER = "not_together"
    NO_BALLOT = "no_ballot"
    TWICE = "twice"
    NO_MARK = "no_mark"
    TOO_MUCH = "too_much"


SORRY: Mapping[Unread, str] = {
    Unread.OLD_BUTTON: N_("This button belongs to an earlier question. We are now here:"),
    Unread.NOT_OFFERED: N_("This is not one of the choices. Please choose again."),
    Unread.NOT_UNDERSTOOD: N_("We did not understand. Please send the number of your choice."),
    Unread.NO_WORDS: N_("We can only pass on words. Please say it in words."),
    Unread.TOO_LONG: N_("This is too long for us. Please send at most 4000 letters."),
    Unread.CANNOT_READ: N_("We cannot open pictures, files or places here. Please write to us in words."),
    Unread.CHOOSE: N_("We cannot take a voice note for this question. Please send the number of your choice."),
    Unread.EDITED: N_("We cannot see changes to an old message. Please send it again as a new one."),
    Unread.NOT_TOGETHER: N_("You chose some of them and also none of them. Please choose again."),
    Unread.NO_BALLOT: N_("We did not understand your answer. Please write it like the example."),
    Unread.TWICE: N_("You named one of them twice. Please send your whole answer again."),
    Unread.NO_MARK: N_("So many points are not possible for one of them. Please send your whole answer again."),
    Unread.TOO_MUCH: N_("These are more points than you have. Please send your whole answer again."),
}
WITHOUT_NUMBERS: Mapping[Unread, str] = {
    Unread.NOT_UNDERSTOOD: N_("We did not understand. Please choose again."),
    Unread.CHOOSE: N_("We cannot take a voice note for this question. Please choose an answer."),
}
"""What is said where the choices stand on buttons and in lists that show no numbers."""

_NUMBER = re.compile(r"[\W_]*(\d{1,4})[\W_]*")
_PIECES = re.compile(r"\d+|[^\W\d_]+")
_RANGE = re.compile(r"\d\s*[-\u2010-\u2015\u2212~]\s*\d")
_YES_OR_NO = {"yes": YES, "no": NO}


def read(question: Ask, message: Message, token: str) -> Answer | Unread:
    """The answer that this message gives to the open question, or why it gives none.

    `token` is the one that the question was sent with: a tap on a button of another question is old.
    """
    match message.kind:
        case Kind.CHOICE:
            return _read_tap(question, message, token)
        case Kind.VOICE:
            return Words(message.text.strip(), message.voice) if question.wants is Wants.WORDS else Unread.CHOOSE
        case Kind.TEXT if question.wants is Wants.WORDS:
            return Unread.NO_WORDS if goes_back(message) else _read_words(message.text)
        case Kind.TEXT:
            return _read_choice(question, message.text)
        case Kind.EDITED:
            return Unread.EDITED
        case _:
            return Unread.CANNOT_READ


def fits_in(text: str, most: int) -> bool:
    """Whether it has at most so many UTF-16 units, which is how platforms count."""
    return len(text.encode("utf-16-le")) // 2 <= most


def sorry(reason: Unread, shows_numbers: bool = True) -> str:
    """What a person is told about it, in the language being spoken. The question is asked again after it.

    `shows_numbers`: of the channel.
    """
    return _(SORRY[reason] if shows_numbers else WITHOUT_NUMBERS.get(reason, SORRY[reason]))


def _read_tap(question: Ask, message: Message, token: str) -> Answer | Unread:
    if message.token != token:
        return Unread.OLD_BUTTON
    if all(choice.value != message.choice for choice in question.choices):
        return Unread.NOT_OFFERED
    if question.wants not in LISTED:
        return message.choice
    marks = question.wants in (Wants.MARKS, Wants.SIDES) and message.choice not in question.alone
    return Unread.NO_BALLOT if marks else (message.choice,)


def _read_words(text: str) -> Words | Unread:
    text = text.strip()
    if not fits_in(text, LONGEST_WORDS):
        return Unread.TOO_LONG
    return Words(text) if any(c.isalnum() for c in text) else Unread.NO_WORDS


def _read_choice(question: Ask, text: str) -> Answer | Unread:
    text = text.strip()
    if len(text) > LONGEST_CHOICE:
        return Unread.NOT_UNDERSTOOD
    if question.wants is Wants.SEVERAL:
        return _read_several(question, text)
    if question.wants in LISTED:
        return _read_ballot(question, text)
    number = _NUMBER.fullmatch(in_western_digits(text))
    if number:
        return _numbered(question.choices, int(number[1])) or Unread.NOT_OFFERED
    labelled = _labelled((*question.choices, *question.unseen), text)
    return labelled or _nearly(question, text) or Unread.NOT_UNDERSTOOD


def _read_ballot(question: Ask, text: str) -> tuple[str, ...] | Unread:
    """What counts by itself only is given as any choice is, by its number or label."""
    alone = _read_several(question, text)
    if isinstance(alone, tuple) and set(alone).issubset(question.alone):
        return alone
    try:
        return marking.READERS[question.wants](question, text)
    except marking.Misread as misread:
        return Unread(misread.args[0])


def _read_several(question: Ask, text: str) -> tuple[str, ...] | Unread:
    choices = question.choices
    numbers = _numbers(text)
    if not numbers:
        value = _labelled(choices, text)
        return (value,) if value else Unread.NOT_UNDERSTOOD
    values = {_numbered(choices, number) for number in numbers}
    if None in values:
        return Unread.NOT_OFFERED
    if len(values) > 1 and not values.isdisjoint(question.alone):
        return Unread.NOT_TOGETHER
    return tuple(choice.value for choice in choices if choice.value in values)


def _numbers(text: str) -> list[int]:
    """The numbers of a message that holds nothing else but what stands between them; "1-4" could mean two things."""
    plain = in_western_digits(text)
    pieces = _PIECES.findall(plain)
    if _RANGE.search(plain) or not all(piece.isdigit() or fold(piece) in everywhere(AND) for piece in pieces):
        return []
    return [int(piece) if len(piece) <= 4 else 0 for piece in pieces if piece.isdigit()]


def _numbered(choices: tuple[Choice, ...], number: int) -> str | None:
    return choices[number - 1].value if 1 <= number <= len(choices) else None


def _labelled(choices: tuple[Choice, ...], text: str) -> str | None:
    typed = fold(text)
    labels = [(_label(choice.label), choice.value) for choice in choices]
    same = [value for label, value in labels if label == typed]
    same = same or [v for _label, v in labels if v in _YES_OR_NO and typed in everywhere(_YES_OR_NO[v])]
    same = same or [v for _label, v in labels if v in languages() and typed in names_of(v)]
    if not same and len(typed) >= SHORTEST_START:
        same = [value for label, value in labels if label.startswith(typed)]
    return same[0] if len(same) == 1 else None


def _nearly(question: Ask, text: str) -> str | None:
    """What is no choice as it was offered, but near one alone."""
    if not question.loosely:
        return None
    offered = tuple(choice for choice in question.choices if choice.value not in question.exactly)
    spelled = plain.number(text)
    if spelled is not None:
        value = _numbered(question.choices, spelled)
        return None if value in question.exactly else value
    if set(question.offered) == {"yes", "no"}:
        return plain.yes_or_no(text)
    return None if plain.yes_or_no(text) else nearness.near(offered, text)


@lru_cache(maxsize=4096)
def _label(label: str) -> str:
    return fold(label)  # a label is ours and may be remembered; what people type may not
