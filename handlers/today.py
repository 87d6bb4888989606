"""What needs somebody today in a process, and how many were heard and told."""

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum

import flows
from handlers import counts
from handlers.audiences import Crowds
from handlers.memory import Memory
from handlers.processes import OpenProcess
from handlers.writing import contents, moments
from storage import Session, circuits, consultations, contributions, items, matters, remarks, responses
from storage.broadcasts import EVERYBODY
from storage.items import CountedRenditions
from storage.matters import LateMatter
from storage.outbox.expansion import AudiencePart
from storage.remarks import Unanswered
from storage.responses import Answered
from storage.states import RenditionState

SOON = timedelta(days=7)
"""So long before its day a promise is near."""
NEWEST = 50
"""So many consultations are looked at."""
FEW = 10
"""Percent of an even share: a language or region in which fewer people take part is hardly reached."""


class Kind(StrEnum):
    """Why something needs somebody."""

    SENDER = "sender"
    """A bot or number is out of order: nothing leaves by it."""
    OVERDUE = "overdue"
    """The day has passed until which a response was promised, and answers wait for it, or people can answer still."""
    NEAR = "near"
    """That day comes within a week."""
    MATTER_OVERDUE = "matter_overdue"
    """The day has passed until which the people of a matter were promised a response, and there is none."""
    MATTER_NEAR = "matter_near"
    """That day comes within a week."""
    ASKED = "asked"
    """Somebody who may vote asks something before they do, and nobody has answered."""
    UNREAD = "unread"
    """Nobody has read what came in."""
    WAITING = "waiting"
    """Contributions that were given unasked wait for a response."""
    LANGUAGE = "language"
    """Hardly anybody takes part who reads this language of the process."""
    REGION = "region"
    """Hardly anybody takes part who lives in this region."""


@dataclass(frozen=True, slots=True)
class Need:
    """One thing that needs somebody."""

    kind: Kind
    where: str = ""
    """The name of a sender, the id of a consultation or matter, the code of a language, the value of a region."""
    number: int | None = None
    """About how many contributions wait, or people take part; None: fewer than eight, or it is about no number."""
    share: int | None = None
    """Of people: how many in a hundred of all who take part, about; None where `number` is."""
    day: date | None = None
    """Of a promise; of a sender: since when."""
    title: flows.Renditions = field(default_factory=dict)
    """Of a consultation or a matter."""
    code: str = ""
    """Why a sender is out of order."""


@dataclass(frozen=True, slots=True)
class HeardAndTold:
    """About how many people gave something, and how many of them certainly got a response to something of it.

    None: too few to be told.
    """

    heard: int | None
    answered: int | None


async def needs(
    session: Session, crowds: Crowds, process: OpenProcess, now: datetime, readable: Collection[str] | None = None
) -> Sequence[Need]:
    """The most pressing first. Six statements, five where the crowd is remembered.

    `readable`: the languages in which whoever looks reads what people gave; None: all.
    """
    broken = await circuits.broken_for(session, process.id)
    waiting = await contributions.waiting(session, process.id, readable)
    newest = await consultations.newest(session, process.id, NEWEST)
    today = now.astimezone(moments.zone_of(process.content)).date()
    late = await matters.pressing(session, process.id, today + SOON, NEWEST)
    unanswered = await remarks.unanswered(session, process.id)
    found = [
        *(Need(Kind.SENDER, circuit.channel, day=circuit.since.date(), code=circuit.code) for circuit in broken),
        *(Need(Kind.ASKED, it.round, title=_title(it)) for it in unanswered),
        *sorted((*_promises(newest, waiting.numbers, today), *_matters(late, today)), key=_day),
        *([Need(Kind.UNREAD, number=counts.rounded(waiting.unread))] if waiting.unread else []),
        *([Need(Kind.WAITING, number=counts.rounded(waiting.numbers[None]))] if waiting.numbers.get(None) else []),
    ]
    return [*found, *hardly_reached(process, await crowds.of(session, process.id, EVERYBODY, now))]


def hardly_reached(process: OpenProcess, parts: Sequence[AudiencePart]) -> Sequence[Need]:
    """Languages and regions of the process in which hardly anybody takes part, of all who do."""
    languages, regions = Counter[str](), Counter[str]()
    for part in parts:
        languages[part.language] += part.number
        regions[part.region] += part.number
    values = [region.value for region in process.content.regions]
    return [
        *_hardly_reached(Kind.LANGUAGE, process.content.languages, languages),
        *_hardly_reached(Kind.REGION, values, regions),
    ]


def _title(unanswered: Unanswered) -> flows.Renditions:
    return contents.unpack(unanswered.content, contents.Round).title


def _promises(
    newest: Sequence[consultations.KeptConsultation], waiting: Mapping[str | None, int], today: date
) -> Iterator[Need]:
    for kept in newest:
        number = waiting.get(kept.id, 0)
        if kept.closed is not None and not number:
            continue
        consultation = contents.unpack(kept.content, contents.Consultation)
        day = consultation.promise.responds
        if day - today <= SOON:
            kind = Kind.OVERDUE if day < today else Kind.NEAR
            yield Need(kind, kept.id, counts.rounded(number), day=day, title=consultation.title)


def _matters(late: Sequence[LateMatter], today: date) -> Iterator[Need]:
    for matter in late:
        kind = Kind.MATTER_OVERDUE if matter.due < today else Kind.MATTER_NEAR
        yield Need(kind, matter.id, day=matter.due, title=contents.unpack(matter.title, dict[str, str]))


def _day(need: Need) -> date:
    return need.day or date.max


def _hardly_reached(kind: Kind, offered: Sequence[str], people: Counter[str]) -> Iterator[Need]:
    everybody = people.total()
    for value in offered:
        number = counts.rounded(people[value])
        if number is None or people[value] * len(offered) * 100 < everybody * FEW:
            share = None if number is None else round(100 * people[value] / everybody)
            yield Need(kind, value, number, share)


class Figures:
    """Remembers for a while how many were heard and told: to count them reads everything that was given."""

    def __init__(self, lasts: timedelta = timedelta(minutes=2)) -> None:
        self._memory = Memory[str, Answered](lasts)

    async def of(self, session: Session, process_id: str, now: datetime) -> Answered:
        return await self._memory.of(process_id, now, lambda: responses.answered_people(session, process_id))


async def heard_and_told(session: Session, figures: Figures, process: OpenProcess, now: datetime) -> HeardAndTold:
    """One statement, or none where it is remembered.

    Each telling of a response that has not arrived counts as somebody who was not told, even if another one has.
    """
    answered = await figures.of(session, process.id, now)
    reached = max(0, answered.answered - answered.unreached)
    return HeardAndTold(counts.rounded(answered.heard), counts.rounded(reached))


@dataclass(frozen=True, slots=True)
class Lacking:
    """How many items that are to leave lack what in one language: texts of staff, so no number points at anybody."""

    language: str
    missing: int
    stale: int
    """Their source has changed since."""
    unfinished: int
    """Begun, or made by a machine."""
    unapproved: int
    """Whole, and nobody else has read them, as the process wants it."""


async def lacking(session: Session, process: OpenProcess, only: Collection[str] | None) -> Sequence[Lacking]:
    """What translators and those who approve their work are waited for. `only` in these languages. One statement."""
    counted = await items.to_leave(session, process.id)
    wanted = [code for code in process.content.languages if only is None or code in only]
    is_lax = flows.Unreviewed(process.content.unreviewed) is flows.Unreviewed.LEAVE
    found = [_lacking(code, counted, is_lax) for code in wanted]
    return [it for it in found if it.missing or it.stale or it.unfinished or it.unapproved]


def _lacking(language: str, counted: Sequence[CountedRenditions], is_lax: bool) -> Lacking:
    to_translate = sum(row.number for row in counted if row.state is None and row.language != language)
    states = Counter[RenditionState]()
    stale = 0
    for row in counted:
        if row.language != language or row.state in (None, RenditionState.EMPTY):
            continue
        to_translate -= row.number
        if row.is_stale:
            stale += row.number
        elif row.state is not None:
            states[row.state] += row.number
    return Lacking(
        language,
        missing=to_translate,
        stale=stale,
        unfinished=states[RenditionState.NEEDS_EDITING],
        unapproved=0 if is_lax else states[RenditionState.TRANSLATED],
    )
