"""What people gave us."""

import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from msgspec import Struct
from sqlalchemy import case, delete, exists, func, literal, or_, select, update

from storage import recordings
from storage._ground.database import Session
from storage._ground.ids import fresh
from storage.keys import Keyring, PersonKey
from storage.recordings import NewRecording
from storage.states import ResponseState
from storage.tables import (
    MARKS,
    NEVER,
    consultation,
    contribution,
    gathered,
    inquiry,
    is_unread,
    matter,
    person,
    recording,
    response,
    waits_for_a_response,
)
from storage.together import Writes

WORDS = (contribution.c.words, contribution.c.voice, contribution.c.recording_id)
"""One of these is there where something was written or spoken."""


@dataclass(frozen=True, slots=True)
class GivenContribution:
    """One contribution, without its words, with what became of it."""

    person: str
    day: date
    topic: str
    consultation: str | None
    """The content of the consultation that it answers."""
    state: ResponseState | None
    name: str
    """Its id, or that of the consultation."""
    matter: str | None
    """What the matter is called that it was first gathered in, as JSON by language."""
    has_words: bool
    quotable: bool


class NewContribution(Struct, frozen=True, kw_only=True):
    """A contribution as it comes in."""

    process: str
    language: str
    day: date
    topic: str = ""
    consultation: str | None = None
    question: str | None = None
    """Which question of the consultation it answers..."""
    option: str | None = None
    """...by choosing this, or these, as `packed_choices`."""
    text: str = ""
    recording: NewRecording | None = None
    """Its voice note."""
    address: str
    """Where it was given: the response goes back there."""
    answer_by: date | None = None
    """By which day a response was promised; None: by none."""

    def __repr__(self) -> str:
        return f"NewContribution({self.day}, {self.topic})"


def packed_choices(values: Iterable[str]) -> str:
    """As a column keeps what was chosen: no value has a comma in it."""
    return ",".join(values)


def chosen(option: str | None) -> tuple[str, ...]:
    """The values that were packed."""
    return tuple(option.split(",")) if option else ()


def add(writes: Writes, key: PersonKey, new: NewContribution, name: str = "") -> None:
    """Keep a contribution, sealed for its person. A second answer to a question replaces the first and its response.

    So does what is given under the same `name` again, where it was given unasked.
    """
    name = name or fresh()
    row = {
        "id": name,
        "process_id": new.process,
        "person_id": key.person,
        "topic": new.topic,
        "language": new.language,
        "given": new.day,
        "address_id": new.address,
        # Whoever says something else has not agreed that others read it.
        "quotable": False,
        "words": key.seal(new.text, contribution.c.words, name) if new.text else None,
        "recording_id": None if new.recording is None else new.recording.id,
        "answer_by": new.answer_by or NEVER,
        **UNMARKED,
    }
    if new.recording is not None:
        recordings.add(writes, key, new.recording)
    if new.consultation is None:
        writes.replace(contribution, ("id",), **row, response_id=None)
        return
    row |= {
        "consultation_id": new.consultation,
        "question": new.question,
        "option": new.option,
        "response_id": None,
    }
    writes.replace(contribution, ("consultation_id", "question", "person_id"), **row)


UNMARKED = dict.fromkeys(MARKS)
"""Nobody has read it yet."""


def sort(writes: Writes, person_id: str, name: str, topic: str) -> None:
    """Write down what a recommendation of this person is about."""
    writes.change(contribution, ("id", "person_id"), id=name, person_id=person_id, topic=topic)


async def allow(session: Session, process_id: str, person_id: str, name: str, *, quotable: bool) -> None:
    """Whether others may read what this person said there: a contribution, or all answers to a consultation."""
    named = or_(contribution.c.id == name, contribution.c.consultation_id == name)
    theirs = (contribution.c.process_id == process_id, contribution.c.person_id == person_id, named)
    await session.execute(update(contribution).where(*theirs).values(quotable=quotable))


async def name_topic(session: Session, name: str, topic: str) -> None:
    """Write down what a contribution is about that answers no consultation."""
    await session.execute(
        update(contribution)
        .where(contribution.c.id == name, contribution.c.consultation_id.is_(None))
        .values(topic=topic)
    )


async def take_back(session: Session, person_id: str, name: str) -> None:
    """Erase a recommendation of this person, and what they said of it."""
    theirs = (contribution.c.id == name, contribution.c.person_id == person_id)
    spoken = select(contribution.c.recording_id).where(*theirs)
    await session.execute(delete(recording).where(recording.c.id.in_(spoken)))
    await session.execute(delete(contribution).where(*theirs))


async def given_by(session: Session, process_id: str, people: Sequence[str], most: int = 12) -> list[GivenContribution]:
    """What these people gave in the process, newest first, at most `most` each.

    The answers to one consultation count once.
    """
    has_words = or_(*(column.is_not(None) for column in WORDS))
    counts_once = func.coalesce(contribution.c.consultation_id, contribution.c.id)
    place = func.row_number().over(
        partition_by=contribution.c.person_id, order_by=(contribution.c.given.desc(), func.max(contribution.c.id))
    )
    merged = (
        select(
            contribution.c.person_id,
            contribution.c.given,
            contribution.c.topic,
            contribution.c.consultation_id,
            contribution.c.response_id,
            counts_once.label("name"),
            func.max(contribution.c.id).label("id"),
            func.max(case((has_words, 1), else_=0)).label("has_words"),
            func.max(case((contribution.c.quotable, 1), else_=0)).label("quotable"),
            place.label("place"),
        )
        .where(contribution.c.process_id == process_id, contribution.c.person_id.in_(people))
        .group_by(
            contribution.c.person_id,
            contribution.c.given,
            contribution.c.topic,
            contribution.c.consultation_id,
            contribution.c.response_id,
            counts_once,
        )
        .subquery()
    )
    first_matter = (
        select(matter.c.title)
        .join(gathered, gathered.c.matter_id == matter.c.id)
        .where(gathered.c.contribution_id == merged.c.id, matter.c.process_id == process_id)
        .order_by(gathered.c.since, matter.c.id)
        .limit(1)
        .scalar_subquery()
    )
    rows = await session.execute(
        select(
            merged.c.person_id,
            merged.c.given,
            merged.c.topic,
            merged.c.name,
            merged.c.has_words,
            merged.c.quotable,
            consultation.c.content,
            response.c.state,
            first_matter.label("matter"),
        )
        .select_from(merged)
        .outerjoin(consultation, consultation.c.id == merged.c.consultation_id)
        .outerjoin(response, response.c.id == merged.c.response_id)
        .where(merged.c.place <= most)
        .order_by(merged.c.given.desc(), merged.c.place)
    )
    return [
        GivenContribution(
            person=row.person_id,
            day=row.given,
            topic=row.topic,
            consultation=row.content,
            state=None if row.state is None else ResponseState(row.state),
            name=row.name,
            matter=row.matter,
            has_words=bool(row.has_words),
            quotable=bool(row.quotable),
        )
        for row in rows
    ]


@dataclass(frozen=True, slots=True)
class Contribution:
    """One contribution as the staff read it."""

    id: str
    pseudonym: str
    """The first characters of its person's id; "" when the person has been forgotten."""
    language: str
    topic: str
    consultation: str | None
    question: str | None
    option: str | None
    """What was chosen, as `packed_choices`; None: it is answered in words."""
    words: str = field(repr=False)
    """Those that were typed, and what a member of staff wrote down of the voice note, without what was masked; "" when
    there are none, they are hidden, or the person has been forgotten."""
    spoken: bool
    """It is a voice note."""
    written_down: bool
    """Some of the words are those that a member of staff heard."""
    given: date
    response: str | None
    state: ResponseState
    inquired: bool | None = None
    """In a matter: whether the newest question about it was answered; None: there was none."""
    translations: Mapping[str, str] = field(repr=False, default_factory=dict)
    """The words in other languages, as staff wrote them; {}: nobody did, or the words are hidden."""


async def newest(session: Session, process_id: str, keys: Keyring, most: int) -> list[Contribution]:
    """The contributions to the process, newest first; those without a response before the others.

    What is left of a forgotten person's words is nothing that anybody could answer, and no longer among them.
    """
    is_there = or_(waits_for_a_response(contribution), contribution.c.response_id.is_not(None))
    rows = await session.execute(
        _all()
        .where(contribution.c.process_id == process_id, is_there)
        .order_by(contribution.c.response_id.is_not(None), contribution.c.given.desc(), contribution.c.id)
        .limit(most)
    )
    return [_read(keys, row) for row in rows]


async def gathered_in(
    session: Session, process_id: str, keys: Keyring, matter_id: str, most: int, after: str = ""
) -> list[Contribution]:
    """What is gathered in a matter of the process, in the order of the ids, from behind this one."""
    theirs = (contribution.c.process_id == process_id, gathered.c.matter_id == matter_id, contribution.c.id > after)
    query = _all().join(gathered, gathered.c.contribution_id == contribution.c.id).where(*theirs)
    inquired = (
        select(case((inquiry.c.answer_id.is_(None), 0), else_=1))
        .where(inquiry.c.contribution_id == contribution.c.id, inquiry.c.matter_id == matter_id)
        .order_by(inquiry.c.asked.desc(), inquiry.c.id)
        .limit(1)
        .scalar_subquery()
    )
    rows = await session.execute(query.add_columns(inquired.label("inquired")).order_by(contribution.c.id).limit(most))
    return [replace(_read(keys, row), inquired=None if row.inquired is None else bool(row.inquired)) for row in rows]


async def ungathered(
    session: Session, process_id: str, keys: Keyring, languages: Collection[str] | None, most: int
) -> list[Contribution]:
    """The newest of the process in words that no response answers and no matter holds; None: in any language."""
    theirs = [
        contribution.c.process_id == process_id,
        waits_for_a_response(contribution),
        contribution.c.words.is_not(None),
        ~exists().where(gathered.c.contribution_id == contribution.c.id),
    ]
    if languages is not None:
        theirs.append(contribution.c.language.in_(languages))
    newest_first = _all().where(*theirs).order_by(contribution.c.given.desc(), contribution.c.id).limit(most)
    return [_read(keys, row) for row in await session.execute(newest_first)]


@dataclass(frozen=True, slots=True)
class Waiting:
    """How many contributions wait."""

    numbers: Mapping[str | None, int]
    """By the consultation those that no response answers; None: given unasked."""
    unread: int
    """Those in words, or spoken, that nobody has read."""


async def waiting(session: Session, process_id: str, languages: Collection[str] | None = None) -> Waiting:
    """In one statement, for whoever may read these languages; None: all. What is unread waits, too."""
    others = contribution.alias("others")
    readable = () if languages is None else (others.c.language.in_(languages),)
    unread = select(func.count()).where(others.c.process_id == process_id, is_unread(others), *readable)
    columns = (contribution.c.consultation_id, func.count().label("number"), unread.scalar_subquery().label("unread"))
    waits = (contribution.c.process_id == process_id, waits_for_a_response(contribution))
    rows = (await session.execute(select(*columns).where(*waits).group_by(contribution.c.consultation_id))).all()
    return Waiting({row.consultation_id: row.number for row in rows}, max((row.unread for row in rows), default=0))


async def by_topic(session: Session, process_id: str) -> Mapping[str, int]:
    """How many contributions were given unasked to the process about what; "" for those whose person named nothing."""
    unasked = (contribution.c.process_id == process_id, contribution.c.consultation_id.is_(None))
    counted = select(contribution.c.topic, func.count().label("number")).where(*unasked).group_by(contribution.c.topic)
    return {row.topic: row.number for row in await session.execute(counted.order_by(contribution.c.topic))}


def _all() -> Any:
    return (
        select(
            contribution,
            person.c.key,
            person.c.key_epoch,
            response.c.state.label("response_state"),
            recording.c.words.label("heard"),
        )
        .select_from(contribution)
        .outerjoin(recording, recording.c.id == contribution.c.recording_id)
        .outerjoin(person, person.c.id == contribution.c.person_id)
        .outerjoin(response, response.c.id == contribution.c.response_id)
    )


def _read(keys: Keyring, row: Any) -> Contribution:
    return Contribution(
        id=row.id,
        pseudonym="" if row.person_id is None else row.person_id[:6],
        language=row.language,
        topic=row.topic,
        consultation=row.consultation_id,
        question=row.question,
        option=row.option,
        words=_words(keys, row),
        spoken=row.recording_id is not None or row.voice is not None,
        written_down=row.heard is not None,
        given=row.given,
        response=row.response_id,
        state=ResponseState(row.response_state or ResponseState.RECEIVED),
        translations=_translations(keys, row),
    )


def _translations(keys: Keyring, row: Any) -> Mapping[str, str]:
    if row.translations is None or row.person_id is None or row.hidden is not None:
        return {}
    key = keys.unwrap(row.person_id, row.key, row.key_epoch)
    written = json.loads(key.open(row.translations, contribution.c.translations, row.id))
    return {language: words for language, (words, *_by) in written.items()}


def _words(keys: Keyring, row: Any) -> str:
    if row.person_id is None or row.hidden is not None:
        return ""
    return shown(keys.unwrap(row.person_id, row.key, row.key_epoch), row)


def shown(key: PersonKey, row: Any) -> str:
    """The words of a row, without what was masked in them."""
    if row.masked is not None:
        return key.open(row.masked, contribution.c.masked, row.id)
    return whole(key, row)


def whole(key: PersonKey, row: Any) -> str:
    """Those that were typed, and those that were heard."""
    typed = "" if row.words is None else key.open(row.words, contribution.c.words, row.id)
    return "\n\n".join(filter(None, (typed, recordings.words_of(key, row.heard, row.recording_id))))


@dataclass(frozen=True, slots=True)
class Topic:
    """What contributions can be about: an objective of the Compact, or a consultation."""

    objective: str
    consultation: str | None
    content: str | None
    """Of the consultation."""


async def topics(session: Session, contributions: Collection[str]) -> list[Topic]:
    """What these contributions are about, each once."""
    rows = await session.execute(
        select(contribution.c.topic, contribution.c.consultation_id, consultation.c.content)
        .outerjoin(consultation, consultation.c.id == contribution.c.consultation_id)
        .where(contribution.c.id.in_(contributions))
        .distinct()
    )
    return [Topic(*row) for row in rows]


async def consulted(session: Session, process_id: str, matters: Collection[str]) -> list[Topic]:
    """The consultations of the process that what is gathered in these matters answers, each once."""
    rows = await session.execute(
        select(literal(""), contribution.c.consultation_id, consultation.c.content)
        .join(gathered, gathered.c.contribution_id == contribution.c.id)
        .join(consultation, consultation.c.id == contribution.c.consultation_id)
        .where(contribution.c.process_id == process_id, gathered.c.matter_id.in_(matters))
        .distinct()
    )
    return [Topic(*row) for row in rows]


async def like(session: Session, process_id: str, beginning: str) -> list[str]:
    """The contributions to the process whose id begins so: a person types the first few characters."""
    rows = await session.execute(
        select(contribution.c.id).where(
            contribution.c.process_id == process_id, contribution.c.id.startswith(beginning, autoescape=True)
        )
    )
    return list(rows.scalars())
