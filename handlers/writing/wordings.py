"""Our own texts in a language, and whether one of them may be worded otherwise."""

import hashlib
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from string import Formatter

from babel.messages.catalog import Message

import channels
import flows
from channels.messages import Outgoing
from flows import LONGEST_WORD, Misleads
from handlers.writing import returned
from locales import STAFF, entries, languages, numbers, speaking, to_staff
from storage.corrections import Correction

NUMBER = "{number}"
ROOM, MORE = 1.5, 10
"""How much longer than the longest in any language a text may become: by so many times, and so many characters."""
UCS_2 = 71
"""Letters that fill a segment of SMS and one more where no single one may be like this."""
_FRENCH = (
    (re.compile(r"'"), "\u2019"),
    (re.compile(r"[ \u00a0\u202f]*([?!;])"), "\u202f\\1"),
    (re.compile(r"[ \u00a0\u202f]*([:»])"), "\u00a0\\1"),
    (re.compile(r"«[ \u00a0\u202f]*"), "«\u00a0"),
)
"""As French is set, whatever keys it was typed with."""


@dataclass(frozen=True, slots=True)
class Use:
    """Where a text is said."""

    file: str
    """As "flows/share"."""
    talk: str
    """What the conversation is called in the language being spoken; "" where it is none."""


@dataclass(frozen=True, slots=True)
class Wording:
    """A text of ours, or one of its plurals, in one language."""

    ours: str
    """What our catalog has."""
    numbers: tuple[int, ...] = ()
    """Some numbers with which it is said; none where there is no number in the text."""
    correction: Correction | None = None
    """What was done to it here, also when it was taken back."""

    @property
    def now(self) -> str:
        """What is said."""
        return self.ours if self.correction is None or self.correction.wording is None else self.correction.wording

    @property
    def is_corrected(self) -> bool:
        return self.correction is not None and self.correction.wording is not None

    @property
    def is_stale(self) -> bool:
        """Our catalog has changed since it was corrected."""
        return self.is_corrected and self.correction is not None and self.correction.before != self.ours

    @property
    def edition(self) -> int:
        """Of the correction: to be named by whoever makes the next. 0 where there was none."""
        return 0 if self.correction is None else self.correction.edition


@dataclass(frozen=True, slots=True)
class OwnText:
    """A text that the code says, in one language."""

    id: str
    language: str
    english: str
    plural: str
    """What it is in English of many; "" where there is no number in it."""
    note: str
    """To translators."""
    uses: tuple[Use, ...]
    wordings: tuple[Wording, ...]
    """One, or of each plural of the language one."""
    room: int | None
    """How many characters fit where it is chosen; None where it is no choice."""
    is_for_staff: bool
    """Nobody else reads it."""
    is_word: bool
    """People type it: more than one stand between "|", and the first is shown."""

    @property
    def is_corrected(self) -> bool:
        return any(wording.is_corrected for wording in self.wordings)

    @property
    def is_stale(self) -> bool:
        return any(wording.is_stale for wording in self.wordings)


def id_of(english: str) -> str:
    """By which a text is known in the table, in a path and in a file."""
    return hashlib.sha256(english.encode()).hexdigest()[:32]


@cache
def texts(language: str) -> Sequence[OwnText]:
    """All of them, what people read first, as our catalogs have them."""
    theirs = [_text(entry, language, False) for entry in entries(language)]
    people = {text.english for text in theirs}
    staff = (_text(entry, language, True) for entry in entries(language, STAFF))
    return [*theirs, *(text for text in staff if text.english not in people)]


def text(language: str, name: str) -> OwnText | None:
    """The one of this id, as our catalog has it; None where the code does not say it, or no more."""
    return _by_id(language).get(name)


@cache
def _by_id(language: str) -> Mapping[str, OwnText]:
    return {text.id: text for text in texts(language)}


def _text(entry: Message, language: str, is_for_staff: bool) -> OwnText:
    english, plural = (entry.id, "") if isinstance(entry.id, str) else entry.id
    ours = (entry.string or "",) if isinstance(entry.string, str | None) else tuple(entry.string)
    is_chosen = not plural and not is_for_staff
    return OwnText(
        id=id_of(english),
        language=language,
        english=english,
        plural=plural,
        note=" ".join(entry.auto_comments),
        uses=(),
        wordings=tuple(map(Wording, ours, numbers(language) if plural else ((),))),
        room=flows.room(english) if is_chosen else None,
        is_for_staff=is_for_staff,
        is_word=is_chosen and flows.is_word(english),
    )


def tidied(text: OwnText, wording: str) -> str:
    """As our catalogs have it: set as the language is, with what surrounds the English."""
    inside = wording.replace("\r\n", "\n").replace("\r", "\n").strip()
    if text.language == "fr":
        for typed, printed in _FRENCH:
            inside = typed.sub(printed, inside)
    english = text.english
    before, after = english[: len(english) - len(english.lstrip())], english[len(english.rstrip()) :]
    return f"{before}{inside}{after}"


def unfit(text: OwnText, form: int, wording: str, others: Iterable[OwnText]) -> str:
    """Why this text cannot be worded so, in the language being spoken; "" if it can.

    `others`: all that is said in its language, with this text or without.
    """
    whys = (
        misfit(text, form, wording),
        _approved_elsewhere(text),
        _too_long(text, wording),
        _misleading(text, wording, others),
        _dear(text, form, wording),
    )
    return next(filter(None, whys), "")


def misfit(text: OwnText, form: int, wording: str) -> str:
    """Why it could not be filled in, or sent; in the language being spoken, "" if it can."""
    if not 0 <= form < len(text.wordings):
        return to_staff("The language has no such plural.")
    if not wording.strip():
        return to_staff("Write something: an empty text would be sent as it is.")
    if any(map(returned.is_unseen, wording)):
        return to_staff("There is an invisible control character in it.")
    if wording.count("\n") != text.english.count("\n"):
        return to_staff("It needs as many lines as the English has: {number}.", number=text.english.count("\n") + 1)
    try:
        blanks, wanted = _blanks(wording), _blanks(text.plural or text.english)
    except ValueError:
        return to_staff("There is a brace in it that has no other.")
    is_last = form == len(text.wordings) - 1
    if lost := wanted - blanks - (set() if is_last or not text.plural else {NUMBER}):
        return to_staff("It lacks {blanks}, which is filled in when it is said.", blanks=", ".join(sorted(lost)))
    if added := blanks - wanted:
        return to_staff("It has {blanks}, which nothing fills in.", blanks=", ".join(sorted(added)))
    return ""


def _blanks(text: str) -> set[str]:
    """As they stand there. Raises `ValueError`."""
    return {
        f"{{{name}{f'!{how}' if how else ''}{f':{spec}' if spec else ''}}}"
        for _text, name, spec, how in Formatter().parse(text)
        if name is not None
    }


def _approved_elsewhere(text: OwnText) -> str:
    if not flows.is_approved_elsewhere(text.english):
        return ""
    return to_staff(
        "WhatsApp has to approve this sentence before it can be worded otherwise. Tell whoever runs Hearback."
    )


def _too_long(text: OwnText, wording: str) -> str:
    longest = round(max(map(len, _everywhere(text))) * ROOM) + MORE
    if len(wording) <= longest:
        return ""
    return to_staff("It has {number} characters, at most {longest} fit.", number=len(wording), longest=longest)


def _everywhere(text: OwnText) -> list[str]:
    """As our catalogs have it in every language."""
    theirs = (_by_id(language)[text.id].wordings for language in languages() if text.id in _by_id(language))
    return [text.english, text.plural, *(its.ours for wordings in theirs for its in wordings)]


def _dear(text: OwnText, form: int, wording: str) -> str:
    if text.is_for_staff or any(_is_dear(character, text.language) for character in text.wordings[form].ours):
        return ""
    dear = next((character for character in wording if _is_dear(character, text.language)), "")
    return dear and to_staff("In a text message the character {character} would double the price.", character=dear)


@lru_cache(maxsize=4096)
def _is_dear(character: str, language: str) -> bool:
    """Whether a text message holds only half as much with it. Where accents can be left out, they cost nothing."""
    if character.isascii():
        return False
    outgoing = Outgoing(character * UCS_2, language, without_accents=True)
    return any(channels.segments_of(kind, outgoing) > 1 for kind in channels.kinds())


def _misleading(text: OwnText, wording: str, others: Iterable[OwnText]) -> str:
    if text.is_for_staff or text.plural:
        return ""
    wordings = {other.english: other.wordings[0].now for other in others if not other.plural and not other.is_for_staff}
    with speaking(text.language):
        why = flows.misleads(text.english, wording, wordings, channels.reserved_words())
    return "" if why is None else _sentence(why, text)


def _sentence(why: Misleads, text: OwnText) -> str:
    match why:
        case Misleads.NO_WORD:
            return to_staff(
                "People have to type this: it must be one word of at most {number} letters.", number=LONGEST_WORD
            )
        case Misleads.ANOTHER_WORD:
            return to_staff(
                "People who type this mean something else: it is a word of ours, in this language or another."
            )
        case Misleads.CARRIER:
            return to_staff("The company that carries text messages does something else when people send this.")
        case Misleads.PLAIN:
            return to_staff("People who write this mean something else, in this language or another.")
        case Misleads.TOO_LONG:
            return to_staff("People choose this: WhatsApp shows at most {number} characters of it.", number=text.room)
        case Misleads.ALIKE:
            return to_staff("Another choice reads like this.")
