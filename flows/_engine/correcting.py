"""Whether people would still be understood after what they choose from or type is worded otherwise."""

from collections.abc import Iterator, Mapping
from enum import StrEnum

from channels.carriers import Reserved, ReservedWords
from flows._engine import plain
from flows._engine.folding import fold
from flows._engine.languages import names_of
from flows._engine.talks import flows
from flows._engine.words import AND, BACK, NO, OR, RESERVED, YES, everywhere
from locales import languages, speaking, uncorrected

ON_A_BUTTON, IN_A_LIST = 20, 24
"""UTF-16 units of a choice that WhatsApp shows."""
LONGEST_WORD = 20
_SENTENCE = tuple(".?!:;…؟،,»")


class Misleads(StrEnum):
    """Why a text would not be understood as it was before."""

    NO_WORD = "no_word"
    """It has to be typed, and is not one word of a few letters."""
    ANOTHER_WORD = "another_word"
    """It is, in one of our languages, a word that does something else."""
    CARRIER = "carrier"
    """A carrier does something else when people send it."""
    PLAIN = "plain"
    """It is one of the plain words by which people say something else."""
    TOO_LONG = "too_long"
    """It does not fit what people choose from."""
    ALIKE = "alike"
    """It reads like another choice."""


def is_word(text: str) -> bool:
    """Whether people type what this says (English): more than one stand between "|"."""
    return text in _meanings()


def room(text: str) -> int | None:
    """How long what people choose may be (English); None of what is no choice.

    Nothing marks a choice where it is written. What fits a list in every language and is no sentence may be one.
    """
    longest = max(_size(wording) for wording in _everywhere(text))
    if (
        longest > IN_A_LIST
        or text.endswith(_SENTENCE)
        or any(sign in text for sign in "{\n|")
        or not _has_letters(text)
    ):
        return None
    return ON_A_BUTTON if longest <= ON_A_BUTTON else IN_A_LIST


def misleads(text: str, wording: str, others: Mapping[str, str], reserved_words: ReservedWords) -> Misleads | None:
    """Whether people would be misunderstood if a text (English) were worded so in the language being spoken.

    `others`: what else is said in this language, by the English.
    """
    if is_word(text):
        found = (_misleads_when_typed(text, word, others, reserved_words) for word in _new_words(text, wording))
        return next(filter(None, found), None)
    limit = room(text)
    return None if limit is None else _misleads_when_chosen(text, wording, limit, others, reserved_words)


def _new_words(text: str, wording: str) -> list[str]:
    """Those that are not heard anyway."""
    heard = {fold(word) for word in uncorrected(text).split(OR)}
    return [word for word in wording.split(OR) if fold(word) not in heard or word != word.strip()]


def _misleads_when_typed(
    text: str, word: str, others: Mapping[str, str], reserved_words: ReservedWords
) -> Misleads | None:
    meaning = _meanings()[text]
    if len(word.split()) != 1 or _size(word) > LONGEST_WORD or not _has_letters(word) or word != word.strip():
        return Misleads.NO_WORD
    folded = fold(word)
    if any(folded in _heard(other, others) for other, its in _meanings().items() if its != meaning):
        return Misleads.ANOTHER_WORD
    if any(folded in names_of(language) for language in languages()):
        return Misleads.ANOTHER_WORD
    if _is_reserved(folded, meaning, reserved_words):
        return Misleads.CARRIER
    return Misleads.PLAIN if _means_otherwise(word, meaning) else None


def _heard(word: str, others: Mapping[str, str]) -> set[str]:
    """Also what others have just corrected, and this program has not taken up yet."""
    return {*everywhere(word), *map(fold, others.get(word, word).split(OR))}


def _misleads_when_chosen(
    text: str, wording: str, limit: int, others: Mapping[str, str], reserved_words: ReservedWords
) -> Misleads | None:
    if _size(wording) > limit:
        return Misleads.TOO_LONG
    folded = fold(wording)
    is_ours = folded == fold(uncorrected(text))
    if any(_reads_alike(text, other, its, folded, is_ours) for other, its in others.items()):
        return Misleads.ALIKE
    if is_ours:
        return None
    flow = next((flow.name for flow in flows().values() if text == flow.label), text)
    if _is_reserved(folded, flow, reserved_words):
        return Misleads.CARRIER
    if any(folded in _heard(other, others) for other, its in _meanings().items() if its != flow):
        return Misleads.ANOTHER_WORD
    return None


def _reads_alike(text: str, other: str, wording: str, folded: str, is_ours: bool) -> bool:
    """What is chosen as "Help" may be typed as "help"; and what reads alike in our catalog never stands together."""
    if fold(wording) != folded or fold(other) == fold(text) or room(other) is None:
        return False
    return not (is_ours and fold(uncorrected(other)) == folded)


def _is_reserved(folded: str, meaning: str, reserved_words: ReservedWords) -> bool:
    reserved = reserved_words.get(folded)
    # What is YES on SMS brings only those back who have said STOP.
    harmless = {Reserved.START_AFTER_STOP} if meaning == YES else set()
    return reserved is not None and reserved not in harmless and RESERVED[reserved] != meaning


def _means_otherwise(word: str, meaning: str) -> bool:
    if meaning != "stop" and plain.asks_to_stop(word):
        return True
    answer = plain.yes_or_no(word)
    answers = answer is not None and answer != {YES: "yes", NO: "no"}.get(meaning)
    asks = plain.asks_for(word) not in (None, meaning)
    return answers or asks or plain.greets(word) or plain.tells_of_danger(word) or plain.number(word) is not None


def _meanings() -> Mapping[str, str]:
    """What each word that is typed (English) leads to: a flow by its name, another by itself."""
    return {word: flow.name for flow in flows().values() for word in flow.words} | {
        word: word for word in (BACK, AND, YES, NO)
    }


def _everywhere(text: str) -> Iterator[str]:
    for language in languages():
        with speaking(language):
            yield uncorrected(text)


def _has_letters(text: str) -> bool:
    return any(map(str.isalpha, text))


def _size(text: str) -> int:
    return len(text.encode("utf-16-le", "surrogatepass")) // 2
