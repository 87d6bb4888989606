"""What staff make of contributions: read, translated, masked, hidden; and what everybody may read of them."""

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, select, update

from storage._ground.database import Session
from storage.contributions import shown, whole
from storage.inbox import Place, Translation, unpacked
from storage.keys import Keyring, PersonKey, Unreadable
from storage.tables import contribution, is_in_words, is_unrecognised, person, recording
from storage.together import Writes, write


async def take(
    session: Session, process_id: str, contribution_ids: Collection[str], languages: Collection[str] | None
) -> list[Place]:
    """Those of these that are there to be read in these languages, locked; None: in all.

    What somebody else changes at this moment is not waited for, so that nobody waits in a circle.
    """
    meant = (
        contribution.c.process_id == process_id,
        contribution.c.id.in_(contribution_ids),
        is_in_words(contribution),
        *_readable(languages),
    )
    taken = select(contribution.c.answer_by, contribution.c.given, contribution.c.id).where(*meant)
    return [Place(*row) for row in await session.execute(taken.with_for_update(key_share=True, skip_locked=True))]


async def read(
    session: Session, process_id: str, contribution_ids: Collection[str], staff_id: str, now: datetime
) -> int:
    """This member of staff has read them. Gives how many nobody had read."""
    values = {"read": now, "read_by": staff_id}
    return await _change(session, process_id, contribution_ids, contribution.c.read.is_(None), values)


async def unread(session: Session, process_id: str, contribution_ids: Collection[str]) -> int:
    """They are to be read anew. Gives how many had been."""
    values = {"read": None, "read_by": None}
    return await _change(session, process_id, contribution_ids, contribution.c.read.is_not(None), values)


async def want_translation(session: Session, process_id: str, contribution_ids: Collection[str], now: datetime) -> int:
    """Gives of how many nobody had wanted one."""
    wanted = contribution.c.to_translate
    return await _change(session, process_id, contribution_ids, wanted.is_(None), {"to_translate": now})


async def want_no_translation(session: Session, process_id: str, contribution_ids: Collection[str]) -> int:
    """Gives of how many somebody had wanted one."""
    wanted = contribution.c.to_translate
    return await _change(session, process_id, contribution_ids, wanted.is_not(None), {"to_translate": None})


async def hide(
    session: Session, process_id: str, contribution_ids: Collection[str], staff_id: str, now: datetime
) -> int:
    """They are abusive: kept, and shown to nobody who does not look for what is hidden. Gives how many were not."""
    values = {"hidden": now, "hidden_by": staff_id}
    return await _change(session, process_id, contribution_ids, contribution.c.hidden.is_(None), values)


async def show(session: Session, process_id: str, contribution_ids: Collection[str]) -> int:
    """They are not abusive after all. Gives how many were hidden."""
    values = {"hidden": None, "hidden_by": None}
    return await _change(session, process_id, contribution_ids, contribution.c.hidden.is_not(None), values)


async def _change(
    session: Session,
    process_id: str,
    contribution_ids: Collection[str],
    condition: ColumnElement[bool],
    values: Mapping[str, Any],
) -> int:
    meant = (contribution.c.process_id == process_id, contribution.c.id.in_(contribution_ids))
    return (await session.execute(update(contribution).where(*meant, condition).values(values))).rowcount


@dataclass(frozen=True, slots=True)
class Held:
    """A contribution that nobody else changes meanwhile, with all its words, and the key that seals them."""

    id: str
    key: PersonKey = field(repr=False)
    language: str
    words: str = field(repr=False)
    """As they were written, and what was written down of a voice note."""
    masked: str | None = field(repr=False)
    translations: Mapping[str, Translation] = field(repr=False)
    place: Place


async def hold(
    session: Session, process_id: str, keys: Keyring, contribution_id: str, languages: Collection[str] | None
) -> Held | None:
    """None where the process has none of this id, or in none of these languages, or it is nothing to read."""
    columns = [contribution.c[name] for name in _HELD]
    query = (
        select(*columns, recording.c.words.label("heard"), person.c.key, person.c.key_epoch)
        .join(person, person.c.id == contribution.c.person_id)
        .outerjoin(recording, recording.c.id == contribution.c.recording_id)
        .where(contribution.c.process_id == process_id, contribution.c.id == contribution_id)
        .where(is_in_words(contribution), *_readable(languages))
        .with_for_update(of=[contribution], key_share=True)
    )
    row = (await session.execute(query)).one_or_none()
    return None if row is None else _held(keys.unwrap(row.person_id, row.key, row.key_epoch), row)


_HELD = ("id", "person_id", "language", "words", "recording_id", "masked", "translations", "answer_by", "given")


def _held(key: PersonKey, row: Any) -> Held:
    def open_(name: str) -> str | None:
        return None if row._mapping[name] is None else key.open(row._mapping[name], contribution.c[name], row.id)

    return Held(
        id=row.id,
        key=key,
        language=row.language,
        words=whole(key, row),
        masked=open_("masked"),
        translations=unpacked(open_("translations") or "{}"),
        place=Place(row.answer_by, row.given, row.id),
    )


async def mask(session: Session, process_id: str, held: Held, masked: str | None) -> None:
    """From now on this is what all get to see of its words; None: the words themselves."""
    box = None if masked is None else held.key.seal(masked, contribution.c.masked, held.id)
    await _keep(session, process_id, held, {"masked": box})


async def translate(session: Session, process_id: str, held: Held, translations: Mapping[str, Translation]) -> None:
    """What there is of it in other languages; nobody has to translate it any more."""
    box = held.key.seal(_packed(translations), contribution.c.translations, held.id) if translations else None
    await _keep(session, process_id, held, {"translations": box, "to_translate": None})


async def _keep(session: Session, process_id: str, held: Held, values: Mapping[str, Any]) -> None:
    its = (contribution.c.process_id == process_id, contribution.c.id == held.id)
    await session.execute(update(contribution).where(*its).values(values))


def _packed(translations: Mapping[str, Translation]) -> str:
    written = {language: (its.words, its.staff_id, its.written.isoformat()) for language, its in translations.items()}
    return json.dumps(written, ensure_ascii=False, separators=(",", ":"))


async def public_words(
    session: Session, process_id: str, keys: Keyring, contribution_ids: Collection[str]
) -> dict[str, str]:
    """The words of these that everybody may read, without what was masked, by id.

    Not there: whatever its person has not agreed that others read, what nobody has read yet or who read it could not
    understand, what is hidden, a voice note that nobody wrote down, what was taken back or whose person was forgotten.
    """
    meant = (contribution.c.process_id == process_id, contribution.c.id.in_(contribution_ids), *_may_leave())
    columns = [contribution.c[name] for name in ("id", "person_id", "words", "recording_id", "masked")]
    query = (
        select(*columns, recording.c.words.label("heard"), person.c.key, person.c.key_epoch)
        .join(person, person.c.id == contribution.c.person_id)
        .outerjoin(recording, recording.c.id == contribution.c.recording_id)
        .where(*meant)
    )
    rows = await session.execute(query)
    words = {row.id: shown(keys.unwrap(row.person_id, row.key, row.key_epoch), row) for row in rows}
    return {name: its for name, its in words.items() if its}


def _may_leave() -> Sequence[ColumnElement[bool]]:
    return (
        is_in_words(contribution),
        contribution.c.quotable,
        contribution.c.read.is_not(None),
        contribution.c.to_translate.is_(None),
        contribution.c.hidden.is_(None),
    )


@dataclass(frozen=True, slots=True)
class Unrecognised:
    """Words of which nobody has looked yet in which language they are written."""

    id: str
    language: str
    """In which their person is written to."""
    words: str = field(repr=False)
    """"" where no key of ours opens them."""


async def unrecognised(session: Session, keys: Keyring, most: int) -> list[Unrecognised]:
    """Up to so many, of all processes. They are locked; what somebody changes at this moment comes later."""
    columns = (contribution.c.id, contribution.c.person_id, contribution.c.language, contribution.c.words)
    query = select(*columns, person.c.key, person.c.key_epoch).join(person, person.c.id == contribution.c.person_id)
    query = query.where(is_unrecognised(contribution)).order_by(contribution.c.id).limit(most)
    rows = await session.execute(query.with_for_update(of=[contribution], key_share=True, skip_locked=True))
    return [Unrecognised(row.id, row.language, _words(keys, row)) for row in rows]


def _words(keys: Keyring, row: Any) -> str:
    try:
        return keys.unwrap(row.person_id, row.key, row.key_epoch).open(row.words, contribution.c.words, row.id)
    except Unreadable:
        return ""


async def recognise(session: Session, written_in: Mapping[str, str]) -> None:
    """Write down as which language each of these contributions was recognised; "": as none."""
    writes = Writes()
    for name, language in written_in.items():
        writes.change(contribution, ("id",), id=name, written_in=language)
    await write(session, writes)


def _readable(languages: Collection[str] | None) -> Sequence[ColumnElement[bool]]:
    return () if languages is None else (contribution.c.language.in_(languages),)
