"""Matters: what was said by many, who answers it by when, and what has become of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from aiohttp import web

import flows
from console._frame.desks import Desk, see
from console._frame.routes import get, post
from console.chosen import Choice, choices
from console.wording import shown
from handlers import arrivals, counts, feedback, journal, matters, standings
from handlers.arrivals import Reached
from handlers.feedback import Counts
from handlers.journal import Act
from handlers.matters import Behind
from handlers.writing import contents, moments
from locales import _, in_words
from storage import Session, contributions, gathering, responses, results, staff
from storage import matters as stored
from storage.broadcasts import PROGRESS, RESPONSE, Subject
from storage.contributions import Contribution
from storage.matters import ListedMatter, StoredMatter, Wanted
from storage.responses import NewResponse
from storage.results import StoredResult
from storage.roles import Role

READERS = (Role.ORGANIZER, Role.MODERATOR)
ORGANIZERS = (Role.ORGANIZER,)
MOST = 50
SOON = timedelta(days=7)
SHOWN = ("waiting", "answered", "public", "all")


@dataclass(frozen=True, slots=True)
class Row:
    """A matter in the list."""

    matter: ListedMatter
    title: flows.Rendition
    behind: Behind
    due: str
    """In words; "" for no day."""
    urgency: str
    """"overdue", "near" or ""."""


@dataclass(frozen=True, slots=True)
class Answer:
    """A response, with what followed it."""

    response: NewResponse
    state: str
    reason: flows.Rendition
    decided_by: flows.Rendition | None
    place: flows.Rendition | None
    helped: Counts
    reached: Reached | None
    """None: it was told to nobody."""
    results: Sequence["Step"] = ()


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that followed a response."""

    result: StoredResult
    state: str
    day: str
    text: flows.Rendition
    place: flows.Rendition | None
    reached: Reached | None
    """As of a response."""


async def listed(desk: Desk) -> web.StreamResponse:
    which = desk.request.query.get("show", "waiting")
    topic = desk.request.query.get("topic", "")
    mine = bool(desk.request.query.get("mine"))
    which = which if which in SHOWN else "waiting"
    wanted = Wanted(
        topic=topic if flows.has_label(topic) else "",
        owner=desk.who.id if mine else "",
        is_waiting={"waiting": True, "answered": False}.get(which),
        is_public=True if which == "public" else None,
    )
    async with desk.reading() as session:
        found = await _page(session, desk, which, wanted)
        behind = await matters.behind(session, [matter.id for matter in found[:MOST]])
        names = await staff.names(session, {matter.owner for matter in found[:MOST] if matter.owner})
    rows = [_row(desk, matter, behind[matter.id]) for matter in found[:MOST]]
    last = found[MOST - 1] if len(found) > MOST and which != "waiting" else None
    return desk.page(
        "matters.html", rows=rows, show=which, topic=wanted.topic, mine=mine, names=names, topics=topics(),
        has_more=len(found) > MOST, last=last,
    )  # fmt: skip


async def _page(session: Session, desk: Desk, which: str, wanted: Wanted) -> Sequence[ListedMatter]:
    if which == "waiting":
        return await stored.due_first(session, desk.process.id, wanted, MOST + 1)
    return await stored.listed(session, desk.process.id, wanted, MOST + 1, _after(desk))


def _after(desk: Desk) -> tuple[datetime, str] | None:
    at, _slash, name = desk.request.query.get("after", "").partition("/")
    try:
        moment = datetime.fromisoformat(at)
    except ValueError:
        return None
    return (moment, name) if moment.tzinfo else None


async def show(desk: Desk) -> web.StreamResponse:
    async with desk.reading() as session:
        return await _show(desk, session, await found(desk, session))


async def part(desk: Desk) -> web.StreamResponse:
    chosen = desk.many("contribution")
    async with desk.writing() as session:
        matter = await found(desk, session)
        number = await matters.part(session, desk.process, matter.id, chosen)
        if number:
            await desk.note(session, journal.Entry(Act.MATTER_PART, matter.id, {"number": number}))
    raise see(f"{desk.home}/matters/{matter.id}", done="parted")


async def drop(desk: Desk) -> web.StreamResponse:
    try:
        async with desk.writing() as session:
            matter = await found(desk, session)
            await matters.drop(session, desk.process, matter.id, desk.now)
            await desk.note(session, journal.Entry(Act.MATTER_DROP, matter.id))
    except contents.Unfit as unfit:
        async with desk.reading() as session:
            return await _show(desk, session, await found(desk, session), str(unfit))
    raise see(f"{desk.home}/matters", done="dropped")


async def found(desk: Desk, session: Session) -> StoredMatter:
    try:
        return await matters.get(session, desk.process, desk.at("matter"))
    except contents.Unfit:
        raise web.HTTPNotFound from None


async def _show(desk: Desk, session: Session, matter: StoredMatter, wrong: str = "") -> web.StreamResponse:
    after = desk.request.query.get("after", "")
    gathered = await contributions.gathered_in(session, desk.process.id, desk.office.keys, matter.id, MOST + 1, after)
    crowd = (await gathering.crowds(session, [matter.id])).get(matter.id, gathering.NOBODY)
    answers = await _answers(session, desk, matter)
    labels = await choices(session, desk, gathered[:MOST])
    names = await staff.names(session, [matter.owner] if matter.owner else [])
    decided = await standings.of(session, desk.process.id, [matter.id])
    return desk.page(
        "matter.html",
        422 if wrong else 200,
        matter=matter,
        title=titled(desk, matter.title),
        due="" if matter.due is None else in_words(matter.due),
        urgency=_urgency(desk, matter.due) if matter.response_id is None or matter.owed else "",
        owner=names.get(matter.owner or "", ""),
        gathered=[_readable(desk, it, labels.get(it.id)) for it in gathered[:MOST]],
        more=gathered[MOST - 1].id if len(gathered) > MOST else "",
        people=counts.rounded(crowd.everybody),
        followers=counts.rounded(crowd.followers),
        answers=answers,
        decided=[(standing, standing.sentence(), in_words(standing.day)) for standing in decided],
        wrong=wrong,
    )


@dataclass(frozen=True, slots=True)
class Said:
    """A contribution in the list of what is gathered."""

    contribution: Contribution
    day: str
    is_theirs_to_read: bool
    """The reader may read words of its language."""
    choice: Choice | None
    """What was chosen; None: nothing was, or its question is not known any more."""


def _readable(desk: Desk, contribution: Contribution, choice: Choice | None) -> Said:
    languages = None if desk.has(Role.ORGANIZER) else desk.languages(Role.MODERATOR)
    readable = languages is None or contribution.language in languages
    return Said(contribution, in_words(contribution.given), readable, choice)


async def _answers(session: Session, desk: Desk, matter: StoredMatter) -> Sequence[Answer]:
    """The newest response first. Three statements, none where there is no response yet."""
    if matter.response_id is None:
        return ()
    published = await responses.to_matter_with_feedback(session, desk.process.id, matter.id)
    followed = await results.of_responses(session, desk.process.id, [response.id for response, _numbers in published])
    subjects = [Subject(RESPONSE, response.id) for response, _numbers in published]
    subjects += [Subject(PROGRESS, result.id) for result in followed]
    reached = await arrivals.of(session, desk.process, subjects)
    return [
        Answer(
            response,
            _(flows.STATES[response.state]),
            titled(desk, response.reason),
            titled_if_any(desk, response.decided_by),
            titled_if_any(desk, response.place),
            feedback.rounded(numbers),
            reached.get(Subject(RESPONSE, response.id)),
            [
                _step(desk, result, reached.get(Subject(PROGRESS, result.id)))
                for result in followed
                if result.response_id == response.id
            ],
        )
        for response, numbers in published
    ]


def _step(desk: Desk, result: StoredResult, reached: Reached | None) -> Step:
    day = in_words(result.day)
    place = titled_if_any(desk, result.place)
    return Step(result, _(flows.RESULTS[result.state]), day, titled(desk, result.text), place, reached)


def titled(desk: Desk, packed: str) -> flows.Rendition:
    """A text by language that a table keeps, as this reader gets it."""
    return shown(desk, contents.unpack(packed, dict[str, str]))


def titled_if_any(desk: Desk, packed: str) -> flows.Rendition | None:
    return None if packed == "{}" else titled(desk, packed)


def _row(desk: Desk, matter: ListedMatter, behind: Behind) -> Row:
    urgency = _urgency(desk, matter.due) if matter.state is None else ""
    due = "" if matter.due is None else in_words(matter.due)
    return Row(matter, titled(desk, matter.title), behind, due, urgency)


def _urgency(desk: Desk, due: date | None) -> str:
    today = desk.now.astimezone(moments.zone_of(desk.process.content)).date()
    if due is None or due - today > SOON:
        return ""
    return "overdue" if due < today else "near"


def topics() -> Mapping[str, str]:
    """Every topic that a matter can have, by its key, in the order of the groups."""
    keys = [key for group in flows.GROUPS for key in (group.key, *(it.key for it in group.objectives))]
    return {key: flows.topic_label(key) for key in (*keys, flows.SOMETHING_ELSE)}


routes = [
    get("/p/{slug}/matters", listed, READERS),
    get("/p/{slug}/matters/{matter}", show, READERS),
    post("/p/{slug}/matters/{matter}/part", part, READERS),
    post("/p/{slug}/matters/{matter}/drop", drop, ORGANIZERS),
]
