"""The words that people send at any time, understood in every language at once."""

import re
from collections.abc import Mapping
from functools import cache

from channels.carriers import Reserved, ReservedWords
from channels.messages import Kind, Message
from flows._engine import nearness, plain
from flows._engine.folding import core, fold, in_western_digits
from flows._engine.talks import flows
from locales import N_, _, languages, speaking, uncorrected, until_corrected

DIGITS = 8
"""Of the numbers that link two chats."""
LONGEST = 64
"""Nothing longer can be such a word: it need not be looked at."""
MARKED = re.compile(r"(/start(?:@\w+)?)\s+[A-Za-z0-9_-]{1,64}")
"""What Telegram sends when somebody opens a link to us that was marked with something."""
OR = "|"
"""Between the words that a translation holds for one of ours: the first is shown, all are heard."""

# To translators: a word that people type to go back one question.
BACK = N_("back")
# To translators: between numbers, as in "1 and 4".
AND = N_("and")
# To translators: what people type for yes.
YES = N_("yes")
# To translators: what people type for no.
NO = N_("no")

RESERVED: Mapping[Reserved, str] = {
    Reserved.STOP: "stop",
    Reserved.START: "start",
    Reserved.START_AFTER_STOP: "start",
    Reserved.HELP: "help",
}
"""The flow that takes up what a carrier has done by itself."""

_EIGHT_DIGITS = re.compile(rf"(?:[\W_]*\d){{{DIGITS}}}[\W_]*")
_ZERO = re.compile(r"[\W_]*0+[\W_]*")


def flow_for(message: Message, reserved_words: ReservedWords, stopped: bool = False) -> str | None:
    """The flow that this whole message asks for, in any language, or None.

    `reserved_words`: of the channel. `stopped`: the person said STOP before. Then "back" means START, for there is no
    question to go back to.
    """
    if stopped and message.starts:
        return "start"
    text = _short(message)
    if text is None:
        return None
    if text.startswith("/"):
        return _flow_words().get(fold(text[1:].split()[0].split("@")[0])) if text[1:].split() else None
    word = fold(text)
    if stopped and word in everywhere(BACK):
        return "start"
    reserved = reserved_words.get(word)
    if reserved is None or (reserved is Reserved.START_AFTER_STOP and not stopped):
        return _flow_words().get(word)
    return RESERVED[reserved]


def goes_back(message: Message) -> bool:
    """Whether the person wants the question before this one: "0" in any script, or "back" in any language."""
    text = _short(message)
    if text is None:
        return False
    return _ZERO.fullmatch(in_western_digits(text)) is not None or fold(text) in everywhere(BACK)


def linking_code(message: Message) -> str:
    """The number of eight digits, in any script, that is all of this message: it may link two chats; "" for none."""
    text = message.text
    if text[:1].isalpha() or len(text) > LONGEST or message.kind is not Kind.TEXT:
        return ""
    typed = in_western_digits(text)
    return "".join(filter(str.isdecimal, typed)) if _EIGHT_DIGITS.fullmatch(typed) else ""


def _short(message: Message) -> str | None:
    """What was typed, if it can be such a word. What surrounds it is not measured: phones add blanks, people dots."""
    if message.kind is not Kind.TEXT:
        return None
    text = message.text.strip()
    if marked := MARKED.fullmatch(text):
        text = marked[1]
    if len(text) > LONGEST:
        text = core(text)
    return text if len(text) <= LONGEST else None


def to_send(word: str) -> str:
    """A word as it is shown to people who should send it: in the language being spoken, in capitals."""
    return _(word).split(OR)[0].upper()


def start_again(reserved_words: ReservedWords) -> str:
    """What to send after STOP: a carrier that has stopped by itself knows no other word than its own."""
    theirs = (word.upper() for word, reserved in reserved_words.items() if reserved is Reserved.START)
    return next(theirs, to_send("start"))


@until_corrected
@cache
def everywhere(word: str) -> frozenset[str]:
    """One word in every language, folded."""
    return frozenset(_in_every_language(word))


def nearest_flow(message: Message) -> str | None:
    """The flow that is asked for by its label in the menu or in plain words, or whose word was slightly mistyped."""
    text = message.text if message.kind is Kind.TEXT else ""
    return _labelled(text) or plain.asks_for(text) or nearness.nearest_word(text, _flow_words())


def _labelled(text: str) -> str | None:
    return _labels().get(fold(text)) if len(text) <= LONGEST else None


@until_corrected
@cache
def _labels() -> Mapping[str, str]:
    labelled = (flow for flow in flows().values() if flow.label)
    return {label: flow.name for flow in labelled for label in _in_every_language(flow.label)}


@until_corrected
@cache
def _flow_words() -> Mapping[str, str]:
    return {
        folded: flow.name for flow in flows().values() for word in flow.words for folded in _in_every_language(word)
    }


def _in_every_language(word: str) -> set[str]:
    folded: set[str] = set()
    for language in languages():
        with speaking(language):
            # People go on typing what they learnt before a word was corrected.
            folded.update(fold(variant) for text in (_(word), uncorrected(word)) for variant in text.split(OR))
    return folded
