"""The question which language a person speaks, readable before we know it, and how a language is recognised."""

import re
import unicodedata
from collections import Counter
from collections.abc import Generator, Iterator, Sequence
from functools import cache

from channels.messages import Choice
from flows._engine.asking import choose
from flows._engine.facts import Facts
from flows._engine.folding import fold
from flows._engine.talks import Answer, Ask
from flows._engine.words import OR
from locales import ENGLISH, N_, _, languages, own_name, speaking, spoken, until_corrected, vocabulary

MOST_WORDS = 40
"""So many of them tell a language as well as all would."""
BUTTON = 20
"""Letters that WhatsApp shows on one."""
_WORD = re.compile(r"[^\W\d_]+")

# To translators: how people begin to write to somebody; others after a "|". It shows us that they write your language.
GREETING = N_("hello|hi|hey|good morning")


def choose_language(facts: Facts) -> Generator[Ask, Answer, str]:
    """One of the languages of the process in which we can talk, each by its own name; unasked when there is one."""
    offered = languages_of(facts)
    if len(offered) == 1:
        return offered[0]
    # By SMS all of them cost a second segment, and the names say as much.
    asked_in = (spoken(),) if facts.costs_by_length else offered
    question = " ".join(dict.fromkeys(_in(code) for code in asked_in))
    return (yield from choose(question, (Choice(code, capitalized(own_name(code))) for code in offered)))


def languages_of(facts: Facts) -> list[str]:
    """Those of the process in which we can talk."""
    return [code for code in facts.place.languages if code in languages()] or [ENGLISH]


def other_languages(facts: Facts) -> tuple[Choice, ...]:
    """The others that a person can go on in: each by itself, or one choice that leads to them where buttons are few."""
    others = [code for code in languages_of(facts) if code != spoken()]
    room = len(others) if facts.most_buttons is None else facts.most_buttons - len(("yes", "no"))
    if len(others) <= room:
        called = plain_name if facts.costs_by_length else own_name
        return tuple(Choice(code, capitalized(called(code))) for code in others)
    return (Choice("language", _short([_word(code) for code in others])),)


def unseen_languages(facts: Facts, seen: Sequence[Choice]) -> Iterator[Choice]:
    """Every language can be typed by its name, also where a button leads to all of them."""
    shown = {choice.value for choice in seen}
    return (Choice(code, own_name(code)) for code in languages_of(facts) if code not in shown)


def plain_name(language: str) -> str:
    """A language's own name in letters that do not make the text message around it dear."""
    with speaking(language):
        # To translators: the name of your own language in your language, in the letters a to z: Arabi for Arabic.
        return _("English")


def names_of(language: str) -> frozenset[str]:
    """What people type for a language, folded."""
    with speaking(language):
        return frozenset(map(fold, (own_name(language), plain_name(language))))


def greeting() -> str:
    """How people begin to write to us, in the language being spoken."""
    return _(GREETING).split(OR)[0]


def written_in(text: str, offered: Sequence[str]) -> str | None:
    """The language that a text seems to be in, by its words, else by its script; None where that says nothing."""
    words = [fold(word) for word in _WORD.findall(text)[:MOST_WORDS]]
    hits = Counter(code for word in words for code in _which(word, tuple(offered)))
    if hits:
        (first, most), *rest = hits.most_common(2)
        return first if not rest or rest[0][1] < most else None
    scripts = Counter(_script(letter) for letter in text if letter.isalpha())
    script = scripts.most_common(1)[0][0] if scripts else "LATIN"
    return None if script == "LATIN" else next((code for code in offered if _script(own_name(code)) == script), None)


def capitalized(name: str) -> str:
    return name[:1].upper() + name[1:]


def _which(word: str, offered: tuple[str, ...]) -> tuple[str, ...]:
    """The one of these languages that has this word; none where several have it."""
    having = tuple(code for code in offered if word in _words(code))
    return having if len(having) == 1 else ()


@until_corrected
@cache
def _words(language: str) -> frozenset[str]:
    texts = (*vocabulary(language), *names_of(language))
    return frozenset(fold(word) for text in texts for word in _WORD.findall(text))


def _script(text: str) -> str:
    """The script of the first letter: LATIN, ARABIC, ETHIOPIC."""
    return unicodedata.name(text[0], "LATIN").split()[0]


def _in(language: str) -> str:
    with speaking(language):
        # To translators: on most channels all languages stand side by side in this question. One or two words.
        return _("Language?")


def _word(language: str) -> str:
    with speaking(language):
        return _("language").split(OR)[0]


def _short(words: Sequence[str]) -> str:
    """As many of them as a button has room for."""
    label = ""
    for word in words:
        longer = f"{label}/{word}" if label else word
        if len(longer) > BUTTON:
            break
        label = longer
    return label
