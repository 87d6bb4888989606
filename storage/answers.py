"""What people answered to a consultation: how many chose what, and what was written."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import func, or_, select

from storage import recordings
from storage._ground.database import Session
from storage.contributions import chosen
from storage.keys import Keyring
from storage.tables import contribution, person, recording


@dataclass(frozen=True, slots=True)
class CountedAnswers:
    """How many answered a question by just these choices."""

    question: str
    chosen: tuple[str, ...]
    """() for words."""
    number: int


@dataclass(frozen=True, slots=True)
class GivenWords:
    """An answer in somebody's own words."""

    id: str
    pseudonym: str
    """The first characters of its person's id."""
    words: str = field(repr=False)
    """"" for a voice note of which nobody has written down what is said."""
    spoken: bool
    day: date


async def counted(session: Session, consultation_id: str) -> Sequence[CountedAnswers]:
    """Every question that was answered, with every combination that was chosen: those of who was forgotten count."""
    place = (contribution.c.question, contribution.c.option)
    answers = select(*place, func.count()).where(contribution.c.consultation_id == consultation_id).group_by(*place)
    rows = await session.execute(answers)
    return [CountedAnswers(question, chosen(option), number) for question, option, number in rows]


async def numbers(session: Session, consultation_ids: Collection[str]) -> Mapping[str, int]:
    """How many people answered each of these: so many answered the question that most of them did."""
    each = (
        select(contribution.c.consultation_id, contribution.c.question, func.count().label("number"))
        .where(contribution.c.consultation_id.in_(consultation_ids))
        .group_by(contribution.c.consultation_id, contribution.c.question)
        .subquery()
    )
    number = func.max(each.c.number).label("number")
    most = select(each.c.consultation_id, number).group_by(each.c.consultation_id)
    return {row.consultation_id: row.number for row in await session.execute(most)}


async def answered_by(session: Session, consultation_id: str, person_id: str) -> frozenset[str]:
    """Which questions this person has answered."""
    theirs = (contribution.c.consultation_id == consultation_id, contribution.c.person_id == person_id)
    return frozenset((await session.execute(select(contribution.c.question).where(*theirs))).scalars())


async def words(
    session: Session, keys: Keyring, consultation_id: str, question: str, language: str, most: int, after: int = 0
) -> Sequence[GivenWords]:
    """What was answered in words to one question in one language, newest first, passing over `after` of it."""
    columns = (contribution.c.id, contribution.c.words, contribution.c.voice, contribution.c.given)
    spoken = (contribution.c.recording_id, recording.c.words.label("heard"))
    theirs = (
        select(*columns, *spoken, person.c.id.label("person"), person.c.key, person.c.key_epoch)
        .join(person, person.c.id == contribution.c.person_id)
        .outerjoin(recording, recording.c.id == contribution.c.recording_id)
        .where(
            contribution.c.consultation_id == consultation_id,
            contribution.c.question == question,
            contribution.c.language == language,
            contribution.c.option.is_(None),
            or_(
                contribution.c.words.is_not(None),
                contribution.c.voice.is_not(None),
                contribution.c.recording_id.is_not(None),
            ),
        )
        .order_by(contribution.c.given.desc(), contribution.c.id.desc())
    )
    return [_read(keys, row) for row in await session.execute(theirs.limit(most).offset(after))]


def _read(keys: Keyring, row: Any) -> GivenWords:
    return GivenWords(
        id=row.id,
        pseudonym=row.person[:6],
        words=_words(keys, row),
        spoken=row.recording_id is not None or row.voice is not None,
        day=row.given,
    )


def _words(keys: Keyring, row: Any) -> str:
    """Those that were typed, and what a member of staff wrote down of the voice note."""
    if row.words is None and row.heard is None:
        return ""
    key = keys.unwrap(row.person, row.key, row.key_epoch)
    typed = "" if row.words is None else key.open(row.words, contribution.c.words, row.id)
    return "\n\n".join(filter(None, (typed, recordings.words_of(key, row.heard, row.recording_id))))
