"""What people gave in words, as staff read it: a page at a time, and one by itself."""

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, FromClause, Select, and_, func, or_, select, tuple_

from storage._ground.database import Session
from storage.contributions import shown
from storage.keys import Keyring
from storage.tables import (
    NEVER,
    contribution,
    is_hidden,
    is_in_words,
    is_shown,
    is_to_be_translated,
    is_unread,
    participation,
    person,
    recording,
)


class Pile(StrEnum):
    """Which contributions are looked through."""

    UNREAD = "unread"
    """Nobody has read them."""
    WAITING = "waiting"
    """No response answers them."""
    TO_TRANSLATE = "to_translate"
    """Somebody said that the others need a translation."""
    HIDDEN = "hidden"
    """Abusive."""
    ALL = "all"
    """Whatever is not hidden."""


class Kind(StrEnum):
    """What a contribution is."""

    RECOMMENDATION = "recommendation"
    """Words that nobody asked for."""
    ANSWER = "answer"
    """Words that answer a question of a consultation."""
    VOICE = "voice"
    """A voice note, asked for or not."""


class Order(StrEnum):
    """What comes first."""

    PROMISE = "promise"
    """What a response is promised to soonest; of the same day what was given first."""
    NEWEST = "newest"


NONE = "none"
"""In place of a topic or a region: those that have none."""


@dataclass(frozen=True, slots=True)
class Selection:
    """Which contributions of a process are meant, and in which order. "" and None: any."""

    languages: tuple[str, ...] | None = None
    """Those in which whoever asks may read; None: all."""
    pile: Pile = Pile.UNREAD
    language: str = ""
    """In which their people are written to."""
    written_in: str = ""
    """As which it was recognised: one of our languages, or "other"."""
    topic: str = ""
    region: str = ""
    kind: Kind | None = None
    order: Order = Order.PROMISE


class Place(NamedTuple):
    """Where a contribution lies in its order."""

    answer_by: date
    day: date
    """On which it came."""
    id: str


class Translation(NamedTuple):
    """The words in another language, as a member of staff wrote them."""

    words: str
    staff_id: str
    written: datetime


@dataclass(frozen=True, slots=True)
class Received:
    """One contribution as it lies in the inbox."""

    id: str
    pseudonym: str
    """The first characters of its person's id."""
    language: str
    """In which its person is written to."""
    topic: str
    region: str
    """As the process names it; "": they have not said."""
    consultation: str | None
    question: str | None
    words: str = field(repr=False)
    """With what was written down of a voice note, without what was masked; "": there are none."""
    is_masked: bool
    is_spoken: bool
    has_recording: bool
    """Its voice note is one that can be listened to."""
    translations: Mapping[str, Translation] = field(repr=False)
    """By language."""
    place: Place
    response: str | None
    read: datetime | None
    read_by: str | None
    to_translate: datetime | None
    hidden: datetime | None
    hidden_by: str | None

    @property
    def kind(self) -> Kind:
        if self.is_spoken:
            return Kind.VOICE
        return Kind.RECOMMENDATION if self.consultation is None else Kind.ANSWER

    @property
    def answer_by(self) -> date | None:
        """By which day a response was promised; None: by none."""
        return None if self.place.answer_by == NEVER else self.place.answer_by

    @property
    def is_unread(self) -> bool:
        return self.read is None and self.hidden is None and self.response is None


async def page(
    session: Session, process_id: str, keys: Keyring, selection: Selection, begin: Place | None, most: int
) -> list[Received]:
    """Up to so many, from that place on; None: from the first on."""
    return [opened(keys, row) for row in await sealed(session, process_id, selection, begin, most)]


async def sealed(
    session: Session, process_id: str, selection: Selection, begin: Place | None, most: int
) -> Sequence[Any]:
    """The same as rows that `opened` opens, wherever there is time for it."""
    # First which they are, by an index alone: their words, and what is joined to them, are fetched of no others.
    found = _selected(process_id, selection, begin).limit(most).subquery()
    theirs = _whole(process_id).join(found, found.c.id == contribution.c.id)
    rows: Sequence[Any] = (await session.execute(theirs.order_by(*_order(contribution, selection)))).all()
    return rows


async def get(
    session: Session, process_id: str, keys: Keyring, contribution_id: str, languages: Collection[str] | None
) -> Received | None:
    """None where the process has none of this id, or in none of these languages, or it is nothing to read."""
    meant = (contribution.c.id == contribution_id, is_in_words(contribution), *_readable(languages))
    row = (await session.execute(_whole(process_id).where(*meant))).one_or_none()
    return None if row is None else opened(keys, row)


async def following(session: Session, process_id: str, selection: Selection, after: Place | None) -> Place | None:
    """The next one after this place that is selected; where none comes, the first of all; None: there is none."""
    for begin in dict.fromkeys((after, None)):
        # The one that lies at this place is perhaps selected still.
        rows = (await session.execute(_selected(process_id, selection, begin).limit(2))).all()
        places = [place for place in (Place(*row) for row in rows) if after is None or place.id != after.id]
        if places:
            return places[0]
    return None


async def unread(session: Session, process_id: str, languages: Collection[str] | None) -> int:
    """How many nobody has read, of those in these languages; None: in all."""
    meant = (contribution.c.process_id == process_id, is_unread(contribution), *_readable(languages))
    return (await session.execute(select(func.count()).select_from(contribution).where(*meant))).scalar_one()


def opened(keys: Keyring, row: Any) -> Received:
    """A row of `sealed`, with its words."""
    key = keys.unwrap(row.person_id, row.key, row.key_epoch)
    translations = "{}" if row.translations is None else key.open(row.translations, contribution.c.translations, row.id)
    return Received(
        id=row.id,
        pseudonym=row.person_id[:6],
        language=row.language,
        topic=row.topic,
        region=row.region or "",
        consultation=row.consultation_id,
        question=row.question,
        words=shown(key, row),
        is_masked=row.masked is not None,
        is_spoken=row.voice is not None or row.recording_id is not None,
        has_recording=row.recording_id is not None,
        translations=unpacked(translations),
        place=Place(row.answer_by, row.given, row.id),
        response=row.response_id,
        read=row.read,
        read_by=row.read_by,
        to_translate=row.to_translate,
        hidden=row.hidden,
        hidden_by=row.hidden_by,
    )


def unpacked(text: str) -> dict[str, Translation]:
    """What the column of translations holds, once it is opened."""
    return {
        language: Translation(words, staff_id, datetime.fromisoformat(written))
        for language, (words, staff_id, written) in json.loads(text).items()
    }


_COLUMNS = (
    "id", "person_id", "language", "topic", "consultation_id", "question", "words", "masked", "voice", "translations",
    "recording_id", "answer_by", "given", "response_id", "read", "read_by", "to_translate", "hidden", "hidden_by",
)  # fmt: skip


def _whole(process_id: str) -> Select[Any]:
    joined = (recording.c.words.label("heard"), participation.c.region, person.c.key, person.c.key_epoch)
    return (
        select(*(contribution.c[name] for name in _COLUMNS), *joined)
        .select_from(contribution)
        .outerjoin(recording, recording.c.id == contribution.c.recording_id)
        .join(person, person.c.id == contribution.c.person_id)
        .outerjoin(participation, _takes_part())
        .where(contribution.c.process_id == process_id)
    )


def _selected(process_id: str, selection: Selection, begin: Place | None) -> Select[Any]:
    """The places of what is selected, in their order, from this one on: what they are found by, without their words."""
    places = select(contribution.c.answer_by, contribution.c.given, contribution.c.id)
    if selection.region:
        places = places.select_from(contribution).outerjoin(participation, _takes_part())
    places = places.where(contribution.c.process_id == process_id, *_meant(selection))
    if selection.order is Order.PROMISE or selection.pile in (Pile.ALL, Pile.WAITING):
        return _from(places, contribution, selection, begin)
    # All of a small pile are sorted: looked for in the order of everything that there is, they may come last.
    pile = places.offset(0).subquery()
    return _from(select(pile), pile, selection, begin)


def _from(query: Select[Any], places: FromClause, selection: Selection, begin: Place | None) -> Select[Any]:
    query = query.order_by(*_order(places, selection))
    if begin is None:
        return query
    if selection.order is Order.PROMISE:
        return query.where(tuple_(places.c.answer_by, places.c.given, places.c.id) >= tuple_(*begin))
    return query.where(tuple_(places.c.given, places.c.id) <= tuple_(begin.day, begin.id))


def _order(places: FromClause, selection: Selection) -> Sequence[ColumnElement[Any]]:
    if selection.order is Order.PROMISE:
        return (places.c.answer_by, places.c.given, places.c.id)
    return (places.c.given.desc(), places.c.id.desc())


def _takes_part() -> ColumnElement[bool]:
    return and_(
        participation.c.process_id == contribution.c.process_id,
        participation.c.person_id == contribution.c.person_id,
    )


def _meant(selection: Selection) -> list[ColumnElement[bool]]:
    conditions = [_in_pile(selection.pile), *_readable(selection.languages)]
    if selection.language:
        conditions.append(contribution.c.language == selection.language)
    if selection.written_in:
        conditions.append(contribution.c.written_in == selection.written_in)
    if selection.topic:
        conditions.append(contribution.c.topic == ("" if selection.topic == NONE else selection.topic))
    if selection.region:
        conditions.append(
            func.coalesce(participation.c.region, "") == ("" if selection.region == NONE else selection.region)
        )
    return conditions if selection.kind is None else [*conditions, *_of_kind(selection.kind)]


def _in_pile(pile: Pile) -> ColumnElement[bool]:
    match pile:
        case Pile.UNREAD:
            return is_unread(contribution)
        case Pile.WAITING:
            return and_(is_shown(contribution), contribution.c.response_id.is_(None))
        case Pile.TO_TRANSLATE:
            return is_to_be_translated(contribution)
        case Pile.HIDDEN:
            return is_hidden(contribution)
        case Pile.ALL:
            return is_shown(contribution)


def _of_kind(kind: Kind) -> Sequence[ColumnElement[bool]]:
    is_spoken = or_(contribution.c.voice.is_not(None), contribution.c.recording_id.is_not(None))
    if kind is Kind.VOICE:
        return (is_spoken,)
    asked_for = contribution.c.consultation_id
    is_asked = asked_for.is_(None) if kind is Kind.RECOMMENDATION else asked_for.is_not(None)
    return (~is_spoken, is_asked)


def _readable(languages: Collection[str] | None) -> Sequence[ColumnElement[bool]]:
    return () if languages is None else (contribution.c.language.in_(languages),)
