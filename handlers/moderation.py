"""What staff do with what came in: read it, hide abuse, mask what is personal, translate it for the others."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from hashlib import sha256

from handlers.journal import Act
from handlers.processes import OpenProcess
from handlers.writing import contents, masking
from locales import languages
from locales.recognising import recognised
from storage import Keyring, Session, exports, moderation
from storage.inbox import Place, Translation
from storage.moderation import Held

LONGEST_TRANSLATION = 10_000
RECOGNISED_AT_ONCE = 100
OTHER = "other"
"""In place of a language that is none of ours: which one it is, is kept nowhere."""


class Mark(StrEnum):
    """What is done with one or many by a key."""

    READ = "read"
    UNREAD = "unread"
    """It is to be read anew."""
    TO_TRANSLATE = "to_translate"
    """The others need a translation of it."""
    UNDERSTOOD = "understood"
    """They need none after all."""
    HIDE = "hide"
    """It is abusive."""
    SHOW = "show"
    """It is not abusive after all."""


ACTS = {
    Mark.READ: Act.CONTRIBUTION_READ,
    Mark.UNREAD: Act.CONTRIBUTION_UNREAD,
    Mark.TO_TRANSLATE: Act.CONTRIBUTION_TO_TRANSLATE,
    Mark.UNDERSTOOD: Act.CONTRIBUTION_UNDERSTOOD,
    Mark.HIDE: Act.CONTRIBUTION_HIDE,
    Mark.SHOW: Act.CONTRIBUTION_SHOW,
}
WITHDRAWS = (Mark.UNREAD, Mark.HIDE)
"""What was to leave in a file leaves no more: files that nobody has fetched are made anew."""


@dataclass(frozen=True, slots=True)
class Moderator:
    """A member of staff, and in which languages they may read what people gave; None: in all."""

    id: str
    languages: tuple[str, ...] | None


@dataclass(frozen=True, slots=True)
class Marked:
    """What became of what was chosen."""

    number: int
    """So many were changed. The others were so already."""
    missing: int
    """So many are not there any more, or somebody else was changing them at that moment."""
    places: Sequence[Place]
    """Of those that are there."""


async def mark(
    session: Session, process: OpenProcess, chosen: Collection[str], what: Mark, moderator: Moderator, now: datetime
) -> Marked:
    """All of them in this one transaction. Whoever marks something has read it."""
    places = await moderation.take(session, process.id, chosen, moderator.languages)
    names = [place.id for place in places]
    number = await _mark(session, process.id, names, what, moderator.id, now)
    if number and what in WITHDRAWS:
        await exports.begin_anew(session, [process.id])
    if what not in (Mark.READ, Mark.UNREAD):
        await moderation.read(session, process.id, names, moderator.id, now)
    return Marked(number, len(chosen) - len(places), places)


async def _mark(
    session: Session, process_id: str, names: Sequence[str], what: Mark, staff_id: str, now: datetime
) -> int:
    match what:
        case Mark.READ:
            return await moderation.read(session, process_id, names, staff_id, now)
        case Mark.UNREAD:
            return await moderation.unread(session, process_id, names)
        case Mark.TO_TRANSLATE:
            return await moderation.want_translation(session, process_id, names, now)
        case Mark.UNDERSTOOD:
            return await moderation.want_no_translation(session, process_id, names)
        case Mark.HIDE:
            return await moderation.hide(session, process_id, names, staff_id, now)
        case Mark.SHOW:
            return await moderation.show(session, process_id, names)


class Gone(Exception):
    """It was taken back, its person was forgotten, or it is none that this member of staff may read."""


class Newer(Exception):
    """Somebody else has changed this meanwhile; nothing was overwritten."""


class Refused(Exception):
    """What was written cannot be kept: it is empty, too long, or in a language that needs no translation."""


async def mask(
    session: Session, process: OpenProcess, keys: Keyring, name: str, copy: "Copy", moderator: Moderator, now: datetime
) -> Place:
    """Let all see the words only as this copy of them has them. Raises `Gone`, `Newer`, `masking.NotMasked`."""
    held = await _held(session, process, keys, name, moderator)
    before = held.words if held.masked is None else held.masked
    if version(before) != copy.version:
        raise Newer
    masked = masking.masked(masking.as_typed(before), copy.text)
    await moderation.mask(session, process.id, held, masked)
    await moderation.read(session, process.id, [name], moderator.id, now)
    await exports.begin_anew(session, [process.id])
    return held.place


@dataclass(frozen=True, slots=True)
class Copy:
    """What a moderator made of a text that they had before them."""

    text: str = field(repr=False)
    version: str
    """Of that text."""


def version(text: str) -> str:
    """By which it is known later whether it was this text; "": there was none."""
    return sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:16] if text else ""


async def unmask(session: Session, process: OpenProcess, keys: Keyring, name: str, moderator: Moderator) -> None:
    """Let all see the words as they were written. Raises `Gone`."""
    held = await _held(session, process, keys, name, moderator)
    await moderation.mask(session, process.id, held, None)


async def original(session: Session, process: OpenProcess, keys: Keyring, name: str, moderator: Moderator) -> str:
    """The words as they were written, for an appeal. Raises `Gone`."""
    return (await _held(session, process, keys, name, moderator)).words


async def translate(
    session: Session,
    process: OpenProcess,
    keys: Keyring,
    name: str,
    language: str,
    copy: Copy,
    moderator: Moderator,
    now: datetime,
) -> Place:
    """Keep the words in one more language; "" takes them away. Raises `Gone`, `Newer`, `Refused`."""
    held = await _held(session, process, keys, name, moderator)
    kept = dict(held.translations)
    before = kept.pop(language, None)
    if version(before.words if before else "") != copy.version:
        raise Newer
    if language not in process.content.languages or language == held.language:
        raise Refused
    if contents.length(copy.text) > LONGEST_TRANSLATION or not (copy.text or before):
        raise Refused
    if copy.text:
        kept[language] = Translation(copy.text, moderator.id, now)
    await moderation.translate(session, process.id, held, kept)
    await moderation.read(session, process.id, [name], moderator.id, now)
    return held.place


async def _held(session: Session, process: OpenProcess, keys: Keyring, name: str, moderator: Moderator) -> Held:
    held = await moderation.hold(session, process.id, keys, name, moderator.languages)
    if held is None:
        raise Gone
    return held


async def recognise(session: Session, keys: Keyring) -> int:
    """Find out of some words that came in which language they are written in; gives of how many."""
    found = await moderation.unrecognised(session, keys, RECOGNISED_AT_ONCE)
    await moderation.recognise(session, {its.id: _language(its.words, its.language) for its in found})
    return len(found)


def _language(words: str, expected: str) -> str:
    """What is kept of it: a rare language in a small town is a name."""
    its = recognised(words, expected)
    if its is None:
        return ""
    return its.language if its.language in languages() else OTHER
