"""Whom an item is to reach and when, and about how many that are."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

import msgspec
from aiohttp import web

import channels
import flows
from console._frame.desks import Desk, see
from console._frame.routes import get, post
from console.items import found
from console.tell import ORGANIZERS
from handlers import audiences, bulletins, items, journal
from handlers.audiences import Draft, Reach
from handlers.items import Item
from handlers.journal import Act
from handlers.writing import contents, moments
from locales import _, spoken
from storage import Session, consultations, senders
from storage.broadcasts import Audience

MOST_CONSULTATIONS = 50
"""The newest can be chosen."""


@dataclass(frozen=True, slots=True)
class Planned:
    """What stands in the form."""

    plan: contents.Bulletin
    not_before: str
    not_after: str
    """These two as they were typed."""
    wrong: str = ""
    """Why that can be no plan; "": it can."""


@dataclass(frozen=True, slots=True)
class Consulted:
    """A consultation, to choose those who answered it."""

    id: str
    title: flows.Rendition


@dataclass(frozen=True, slots=True)
class Offered:
    """What can be chosen of whom it is to reach."""

    languages: Sequence[str]
    regions: Sequence[flows.Option]
    kinds: tuple[str, ...]
    """The platforms on which the process has senders."""
    senders: tuple[str, ...]
    sources: Sequence[str]
    consultations: Sequence[Consulted]


async def show(desk: Desk) -> web.StreamResponse:
    async with desk.reading() as session:
        item = await found(desk, session)
        return await _show(desk, session, item, _stored(desk, item.plan))


async def keep(desk: Desk) -> web.StreamResponse:
    async with desk.reading() as session:
        item = await found(desk, session)
        planned = _planned(desk, item.plan)
        if desk.text("count") or planned.wrong:
            reach = await _reach(desk, session, item, planned.plan)
            return await _show(desk, session, item, planned, reach)
    try:
        async with desk.writing() as session:
            item = await found(desk, session)
            await items.replan(session, desk.process, item.id, planned.plan, _before(desk), desk.who.id, desk.now)
            if planned.plan != item.plan:
                await desk.note(session, journal.Entry(Act.ITEM_PLAN, item.id))
    except contents.Unfit as unfit:
        async with desk.reading() as session:
            return await _show(desk, session, item, replace(planned, wrong=str(unfit)))
    if desk.text("then"):
        raise see(f"{desk.home}/tell/{item.id}/send")
    raise see(f"{desk.home}/tell/{item.id}/audience", done="kept")


async def count(desk: Desk) -> web.StreamResponse:
    """Only the numbers, while somebody chooses."""
    async with desk.reading() as session:
        item = await found(desk, session)
        reach = await _reach(desk, session, item, _planned(desk, item.plan).plan)
    return desk.page("reach.html", reach=reach, labels=labels(desk))


def labels(desk: Desk) -> dict[str, str]:
    """What the regions of the process are called, by their values."""
    order = desk.process.content.languages
    regions = desk.process.content.regions
    return {region.value: flows.rendition(region.label, spoken(), order).text for region in regions}


def titled(desk: Desk, kept: consultations.KeptConsultation) -> Consulted:
    title = contents.unpack(kept.content, contents.Consultation).title
    return Consulted(kept.id, flows.rendition(title, spoken(), desk.process.content.languages))


async def _show(
    desk: Desk, session: Session, item: Item, planned: Planned, reach: Reach | None = None
) -> web.StreamResponse:
    return desk.page(
        "audience.html",
        422 if planned.wrong else 200,
        item=item,
        planned=planned,
        before=contents.pack(item.plan),
        offered=await _offered(desk, session, planned.plan.audience),
        labels=labels(desk),
        reach=reach,
        repeats=bulletins.REPEATS,
        ways=bulletins.WAYS,
    )


async def _offered(desk: Desk, session: Session, chosen: Audience) -> Offered:
    """What was chosen before stays to be seen, also where it is offered no more."""
    content = desk.process.content
    ours = [sender for sender in await senders.all_of(session) if sender.slug in (None, desk.process.slug)]
    kinds = tuple(kind for kind in channels.kinds() if any(sender.kind == kind for sender in ours))
    names = [sender.name for sender in ours if sender.name not in kinds]
    others = [name for name in chosen.channels if name not in (*kinds, *names)]
    asked_for = await consultations.newest(session, desk.process.id, MOST_CONSULTATIONS)
    return Offered(
        languages=tuple(dict.fromkeys((*content.languages, *chosen.languages))),
        regions=content.regions,
        kinds=kinds,
        senders=(*names, *others),
        sources=tuple(dict.fromkeys((*await bulletins.sources(session, desk.process), *chosen.sources))),
        consultations=[titled(desk, kept) for kept in asked_for],
    )


async def _reach(desk: Desk, session: Session, item: Item, plan: contents.Bulletin) -> Reach:
    draft = Draft(items.bulletin(desk.process, item).text, plan.audience)
    office = desk.office
    return await audiences.reach(session, office.crowds, desk.process, draft, desk.now, office.price)


def _stored(desk: Desk, plan: contents.Bulletin) -> Planned:
    """As the form shows it: by the clock of the process."""
    begins = bulletins.begins_at(plan, desk.process.content)
    zone = moments.zone_of(desk.process.content)
    written = "" if begins is None else f"{begins.astimezone(zone):%Y-%m-%dT%H:%M}"
    return Planned(plan, written, "" if plan.not_after is None else plan.not_after.isoformat())


def _planned(desk: Desk, before: contents.Bulletin) -> Planned:
    """What was chosen in the form. What has no field there stays as it was."""
    audience = replace(
        before.audience,
        languages=desk.many("languages"),
        regions=desk.many("regions"),
        channels=desk.many("channels"),
        sources=desk.many("sources"),
        took_part=desk.many("took_part"),
        members=bool(desk.text("members")),
    )
    begins, ends = desk.line("not_before"), desk.line("not_after")
    plan = contents.Bulletin(
        {},
        audience,
        repeat=desk.line("repeat"),
        urgent=bool(desk.text("urgent")),
        outside=_ways(desk.many("outside"), before.outside),
        elsewhere=bool(desk.text("elsewhere")),
        again=bool(desk.text("again")),
    )
    try:
        plan = replace(plan, not_before=_begins(desk, begins, before), not_after=_day(ends))
    except contents.Unfit as unfit:
        return Planned(plan, begins, ends, str(unfit))
    return Planned(plan, begins, ends)


def _begins(desk: Desk, written: str, before: contents.Bulletin) -> str:
    """The same moment stays written as it was."""
    if desk.line("when") != "later":
        return ""
    if not written:
        raise contents.Unfit(_("Say from which moment on it may leave, or let it leave at once."))
    if written == _stored(desk, before).not_before:
        return before.not_before
    return written


def _day(written: str) -> date | None:
    try:
        return date.fromisoformat(written) if written else None
    except ValueError:
        raise contents.Unfit(_("Write the last day like this: 2027-06-30.")) from None


def _ways(chosen: Sequence[str], before: Sequence[str]) -> tuple[str, ...]:
    """In the order in which they were; the form only says which."""
    return tuple(before) if set(chosen) == set(before) else tuple(dict.fromkeys(chosen))


def _before(desk: Desk) -> contents.Bulletin:
    """The plan that they had before them."""
    try:
        return contents.unpack(desk.text("before"), contents.Bulletin)
    except msgspec.MsgspecError:
        return contents.Bulletin({}, not_before="?")


routes = [
    get("/p/{slug}/tell/{item}/audience", show, ORGANIZERS),
    post("/p/{slug}/tell/{item}/audience", keep, ORGANIZERS),
    post("/p/{slug}/tell/{item}/audience/reach", count, ORGANIZERS),
]
