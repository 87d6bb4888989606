"""What came in: a list of it, and one of it to read, with the acts that each needs."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from itertools import chain
from typing import Any, TypeVar
from urllib.parse import urlencode

from aiohttp import web

import flows
from console._frame.desks import Desk
from console._frame.routes import get
from console.recordings import listener
from handlers import counts, inbox, matters, moderation, recordings
from handlers.inbox import Listed
from handlers.moderation import OTHER, Moderator
from handlers.recordings import StoredRecording
from handlers.writing import contents
from locales import in_words, languages, spoken
from locales.recognising import Recognised
from storage import Session, consultations, gathering, staff
from storage import inbox as stored
from storage.inbox import NONE, Kind, Order, Pile, Place, Received, Selection
from storage.roles import Role

READERS = (Role.ORGANIZER, Role.MODERATOR)
CONSULTATIONS = 50
"""So many of the newest are looked through for the question that an answer answers."""
SNIPPET = 90
LONGEST_SOUGHT = 100
LONGEST_VALUE = 40

E = TypeVar("E", bound=StrEnum)


@dataclass(frozen=True, slots=True)
class Query:
    """What stands in the address: which ones, where the page begins, which one is open."""

    selection: Selection
    sought: str = field(default="", repr=False)
    begin: Place | None = None
    open: str = ""

    def address(self, **others: object) -> str:
        """The part behind the "?" with other values in it: `open`, `begin`, `done` and the like."""
        its = self.selection
        values = {
            "pile": its.pile,
            "language": its.language,
            "written": its.written_in,
            "topic": its.topic,
            "region": its.region,
            "kind": its.kind or "",
            "order": "" if its.order is Order.PROMISE else its.order,
            "q": self.sought,
            "begin": self.begin,
            "open": self.open,
        } | others
        written = {name: _written(value) for name, value in values.items()}
        return urlencode({name: value for name, value in written.items() if value})


def _written(value: object) -> str:
    if isinstance(value, Place):
        return f"{value.answer_by.isoformat()}.{value.day.isoformat()}.{value.id}"
    return "" if value is None else str(value)


@dataclass(frozen=True, slots=True)
class Typed:
    """What stands in a form that was not taken."""

    where: str
    """"mask", "translate", "matter" or "voice"."""
    why: str
    text: str = field(repr=False)
    language: str = ""
    is_newer: bool = False
    """Somebody else was quicker with what is said in a voice note."""


@dataclass(frozen=True, slots=True)
class Question:
    """What an answer answers, for this reader."""

    title: flows.Rendition
    text: flows.Rendition | None
    """None: the consultation has no question of this name any more."""


@dataclass(frozen=True, slots=True)
class Letter:
    """One contribution with what this reader is told of it."""

    its: Received
    topic: str
    region: flows.Rendition | None
    day: str
    answer_by: str
    other: Recognised | None
    """In which other language than their own its person seems to have written."""
    snippet: str = field(repr=False)

    @property
    def written_in(self) -> str:
        """The language that it is read out in."""
        return self.other.language if self.other else self.its.language


async def show(desk: Desk) -> web.StreamResponse:
    return await shown(desk, query_of(desk))


async def shown(
    desk: Desk, query: Query, typed: Typed | None = None, original: str | None = None
) -> web.StreamResponse:
    """Eight statements at most, and those of a search."""
    async with desk.reading() as session:
        listed = await _listed(desk, session, query)
        letters = _letters(desk, listed.rows)
        current = await _open(desk, session, query, letters)
        recording = await _recording(desk, session, current)
        page = desk.page if recording is None else desk.page_with_sound
        return page(
            "inbox.html",
            422 if typed else 200,
            query=query,
            letters=letters,
            listed=listed,
            current=current,
            is_gone=current is None and bool(query.open),
            unread=counts.rounded(await stored.unread(session, desk.process.id, readable(desk))),
            question=None if current is None else await _question(desk, session, current.its),
            recording=recording,
            names=await _names(session, current, recording),
            versions=_versions(current),
            typed=typed,
            original=original,
            choices=_choices(desk),
            into=_into(desk, current),
            matters=await _matters(desk, session),
            holding=await _holding(desk, session, current),
            end=_written(letters[-1].its.place) if letters else "",
            most_opened=inbox.MOST_OPENED,
            done=desk.request.query.get("done", ""),
            number=_number(desk, "number"),
            missing=_number(desk, "missing"),
        )


async def _listed(desk: Desk, session: Session, query: Query) -> Listed:
    which = (session, desk.process, desk.office.keys, query.selection, query.begin)
    return await (inbox.search(*which, query.sought) if flows.fold(query.sought) else inbox.page(*which))


async def _open(desk: Desk, session: Session, query: Query, letters: Sequence[Letter]) -> Letter | None:
    """The one that the address names; where it names none, the first of the list."""
    if not query.open:
        return letters[0] if letters else None
    listed = next((letter for letter in letters if letter.its.id == query.open), None)
    if listed is not None:
        return listed
    found = await stored.get(session, desk.process.id, desk.office.keys, query.open, readable(desk))
    return None if found is None else _letters(desk, [found])[0]


async def _recording(desk: Desk, session: Session, current: Letter | None) -> StoredRecording | None:
    """The voice note of the open one, where all of it may be heard: not where something is masked."""
    if current is None or not current.its.has_recording or current.its.is_masked:
        return None
    name = current.its.id
    return (await recordings.of(session, desk.office.keys, desk.process, [name], listener(desk))).get(name)


async def _question(desk: Desk, session: Session, its: Received) -> Question | None:
    if its.consultation is None:
        return None
    newest = await consultations.newest(session, desk.process.id, CONSULTATIONS)
    content = next((kept.content for kept in newest if kept.id == its.consultation), None)
    if content is None:
        return None
    consultation = contents.unpack(content, contents.Consultation)
    text = next((question.text for question in consultation.questions if question.key == its.question), None)
    return Question(_rendered(desk, consultation.title), None if text is None else _rendered(desk, text))


async def _matters(desk: Desk, session: Session) -> Sequence[tuple[str, flows.Rendition]]:
    """Those into which something can be put, the most pressing first: the id, and what each is called."""
    found = await matters.open_matters(session, desk.process)
    return [(matter.id, _rendered(desk, contents.unpack(matter.title, dict[str, str]))) for matter in found]


@dataclass(frozen=True, slots=True)
class HoldingMatter:
    """A matter that holds the open one."""

    id: str
    title: flows.Rendition
    is_answered: bool


async def _holding(desk: Desk, session: Session, current: Letter | None) -> Sequence[HoldingMatter]:
    if current is None:
        return ()
    found = await gathering.holding(session, desk.process.id, current.its.id)
    return [
        HoldingMatter(matter.id, _rendered(desk, contents.unpack(matter.title, dict[str, str])), matter.is_answered)
        for matter in found
    ]


async def _names(session: Session, current: Letter | None, recording: StoredRecording | None) -> Mapping[str, str]:
    """Of the staff who did something to it."""
    if current is None:
        return {}
    its = current.its
    heard_by = None if recording is None else recording.written_by
    they = (its.read_by, its.hidden_by, heard_by, *(translation.staff_id for translation in its.translations.values()))
    ids = {name for name in they if name is not None}
    return await staff.names(session, ids) if ids else {}


def _versions(current: Letter | None) -> Mapping[str, str]:
    """By language, of what there is in it; of the words themselves by "". Forms send them back."""
    if current is None:
        return {}
    its = current.its
    translated = {code: moderation.version(translation.words) for code, translation in its.translations.items()}
    return {"": moderation.version(its.words), **translated}


def _letters(desk: Desk, rows: Sequence[Received]) -> Sequence[Letter]:
    """What is the same for many is put into words once."""
    regions = {region.value: _rendered(desk, region.label) for region in desk.process.content.regions}
    topics = {topic: topic_of(topic) for topic in {its.topic for its in rows}}
    days = {day: in_words(day) for day in {day for its in rows for day in (its.place.day, its.answer_by) if day}}
    return [
        Letter(
            its,
            topics[its.topic],
            regions.get(its.region),
            days[its.place.day],
            days[its.answer_by] if its.answer_by else "",
            inbox.in_another_language(its),
            _snippet(its.words),
        )
        for its in rows
    ]


def topic_of(topic: str) -> str:
    """What it is about, for this reader; "": nobody has said."""
    is_known = topic == flows.SOMETHING_ELSE or flows.has_label(topic)
    return flows.topic_label(topic) if is_known else ""


def _snippet(words: str) -> str:
    line = " ".join(words[: 4 * SNIPPET].split())
    return line if len(line) <= SNIPPET else f"{line[:SNIPPET].rstrip()}…"


def _rendered(desk: Desk, texts: flows.Renditions) -> flows.Rendition:
    return flows.rendition(texts, spoken(), desk.process.content.languages)


def _choices(desk: Desk) -> Mapping[str, Sequence[tuple[str, Any]]]:
    """What each filter offers: the value, and what it is called."""
    content, granted = desk.process.content, readable(desk)
    groups = [(group.key, *(objective.key for objective in group.objectives)) for group in flows.GROUPS]
    topics = [*chain.from_iterable(groups), flows.SOMETHING_ELSE]
    ours = [code for code in content.languages if code in languages()]
    return {
        "languages": [(code, code) for code in content.languages if granted is None or code in granted],
        "written": [(code, code) for code in ours] + [(OTHER, "")],
        "topics": [(topic, flows.topic_label(topic)) for topic in topics] + [(NONE, "")],
        "regions": [(region.value, _rendered(desk, region.label)) for region in content.regions] + [(NONE, None)],
    }


def _into(desk: Desk, current: Letter | None) -> Sequence[str]:
    """The languages that the open one can be put into, the reader's first."""
    if current is None:
        return ()
    others = [code for code in desk.process.content.languages if code != current.its.language]
    return sorted(others, key=lambda code: code != spoken())


def moderator(desk: Desk) -> Moderator:
    return Moderator(desk.who.id, readable(desk))


def readable(desk: Desk) -> tuple[str, ...] | None:
    """The languages in which they may read what people gave: those in which its people are written to.

    None: all. As which it was recognised changes nothing: whoever writes in another language than theirs may have
    chosen who is to read it.
    """
    return None if desk.has(Role.ORGANIZER) else desk.languages(Role.MODERATOR)


def query_of(desk: Desk) -> Query:
    """What the address asks for. Whatever it cannot mean asks for nothing."""
    its = desk.request.query
    selection = Selection(
        languages=readable(desk),
        pile=_of(Pile, its.get("pile", "")) or Pile.UNREAD,
        language=_plain(its.get("language", "")),
        written_in=_plain(its.get("written", "")),
        topic=_plain(its.get("topic", "")),
        region=_plain(its.get("region", "")),
        kind=_of(Kind, its.get("kind", "")),
        order=_of(Order, its.get("order", "")) or Order.PROMISE,
    )
    sought = " ".join(its.get("q", "").replace("\0", " ").split())[:LONGEST_SOUGHT]
    return Query(selection, sought, place_of(its.get("begin", "")), _name(its.get("open", "")))


def _plain(value: str) -> str:
    """What a database can look for; "" in place of everything else."""
    return value if value.isprintable() and len(value) <= LONGEST_VALUE else ""


def _of(kind: type[E], value: str) -> E | None:
    return kind(value) if value in tuple(kind) else None


def place_of(text: str) -> Place | None:
    """None where it is none."""
    answer_by, _dot, rest = text.partition(".")
    day, _dot, name = rest.partition(".")
    try:
        return Place(date.fromisoformat(answer_by), date.fromisoformat(day), _name(name))
    except ValueError:
        return None


def _number(desk: Desk, name: str) -> int:
    number = desk.request.query.get(name, "")
    return int(number) if number.isdecimal() and len(number) < 5 else 0


def _name(text: str) -> str:
    """An id; "" where it cannot be one."""
    return text if text.isascii() and text.isalnum() and len(text) <= 40 else ""


routes = [get("/p/{slug}/inbox", show, READERS)]
