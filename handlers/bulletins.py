"""What we tell."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

import channels
import flows
from handlers import processes, telling
from handlers.processes import OpenProcess
from handlers.telling import Announcement
from handlers.writing import contents, moments, naming
from locales import languages, to_staff
from storage import Session, beginnings, bulletins, doors, fresh, participations, schedules, senders
from storage.broadcasts import EVERYBODY, Audience, Plan, Subject, Way
from storage.bulletins import NewBulletin
from storage.schedules import Schedule

WAYS = tuple(Way)
REPEATS = ("daily", "weekly", "monthly")


async def publish(session: Session, process: OpenProcess, bulletin: contents.Bulletin, now: datetime) -> str:
    """Publish a bulletin: its audience is sent it; if that is everybody, those who come later can read it too.

    One that repeats is put on schedule instead, and published by `schedules.publish_due` each time it is due.
    Gives the broadcast's id, or the schedule's. Raises `contents.Unfit`.
    """
    await check(session, process, bulletin, now)
    begins, ends = begins_at(bulletin, process.content), ends_at(bulletin, process.content)
    if not bulletin.repeat:
        return await send(session, process, bulletin, now, begins, ends)
    name = fresh()
    schedule = Schedule(name, process.id, contents.pack(bulletin), bulletin.repeat, due=begins or now, made=now)
    await schedules.add(session, schedule)
    return name


async def check(session: Session, process: OpenProcess, bulletin: contents.Bulletin, now: datetime) -> None:
    """Raises `contents.Unfit` when it could not be published now."""
    contents.check_rendered(bulletin.text, to_staff("text"))
    await check_terms(session, process, bulletin)
    _check_time(begins_at(bulletin, process.content), ends_at(bulletin, process.content), now)


async def check_terms(session: Session, process: OpenProcess, bulletin: contents.Bulletin) -> None:
    """Raises `contents.Unfit` for what could never be published, whatever it says and whenever that is."""
    await fit_audience(session, process, bulletin.audience)
    _check_ways(bulletin.outside)
    if bulletin.repeat and bulletin.repeat not in REPEATS:
        raise contents.Unfit(to_staff("repeat is one of: {choices}.", choices=naming.listed(REPEATS)))
    begins_at(bulletin, process.content)
    ends_at(bulletin, process.content)


async def published_before(session: Session, process: OpenProcess, bulletin: contents.Bulletin) -> datetime | None:
    """When this very bulletin was published or put on schedule, so that a slip sends nothing twice; None: never."""
    content = contents.pack(bulletin)
    waiting = await schedules.waiting(session, process.id)
    waits = [schedule.made for schedule in waiting if schedule.content == content]
    return await bulletins.published(session, process.id, content) or max(waits, default=None)


async def send(
    session: Session,
    process: OpenProcess,
    bulletin: contents.Bulletin,
    now: datetime,
    begins: datetime | None,
    ends: datetime | None,
) -> str:
    """Send a bulletin that was found fit, not before it `begins` and not after it `ends`; gives the broadcast's id."""
    name = fresh()
    told_first = now if begins is None else max(begins, now)
    for_all = bulletin.audience == EVERYBODY
    content = contents.pack(bulletin)
    await bulletins.add(session, NewBulletin(name, process.id, content, for_all, ends, published=told_first))
    await processes.touch(session, process)
    plan = Plan(
        not_before=begins,
        not_after=ends,
        hours=None if bulletin.urgent else telling.hours(process.content),
        outside=tuple(map(Way, bulletin.outside)),
        elsewhere=bulletin.elsewhere,
        again=bulletin.again,
    )
    audience = await _with_ids(session, process, bulletin.audience)
    announcement = Announcement(Subject("bulletin", name), bulletin.text, audience)
    return await telling.tell_many(session, process, announcement, now, plan)


def begins_at(bulletin: contents.Bulletin, process: flows.Process) -> datetime | None:
    if not bulletin.not_before:
        return None
    return moments.read(bulletin.not_before, moments.zone_of(process), to_staff("not_before"))


def ends_at(bulletin: contents.Bulletin, process: flows.Process) -> datetime | None:
    if bulletin.not_after is None:
        return None
    return moments.end_of(bulletin.not_after, moments.zone_of(process), to_staff("not_after"))


def _check_time(begins: datetime | None, ends: datetime | None, now: datetime) -> None:
    if ends is not None and ends <= now:
        raise contents.Unfit(to_staff("not_after: {day} has passed.", day=naming.day(ends.date())))
    if begins is not None and ends is not None and ends <= begins:
        raise contents.Unfit(to_staff("not_after: that is over before not_before."))


def _check_ways(outside: tuple[str, ...]) -> None:
    if not outside or len(set(outside)) < len(outside) or not set(outside) <= set(WAYS):
        raise contents.Unfit(to_staff("outside: one or more of {choices}, each once.", choices=naming.listed(WAYS)))
    if Way.WAIT in outside[:-1]:
        raise contents.Unfit(
            to_staff('outside: "wait" stands last: we wait until they write, nothing else is tried after it.')
        )


async def fit_audience(session: Session, process: OpenProcess, audience: Audience) -> Audience:
    """As a broadcast keeps it, with whole ids. Raises `contents.Unfit`.

    A slip of the pen would reach nobody, and nobody would know.
    """
    offered: dict[str, tuple[Sequence[str], Sequence[str]]] = {
        to_staff("audience.languages"): (audience.languages, languages()),
        to_staff("audience.regions"): (audience.regions, tuple(region.value for region in process.content.regions)),
    }
    if audience.channels:
        names = [sender.name for sender in await senders.all_of(session)]
        offered[to_staff("audience.channels")] = (audience.channels, tuple(dict.fromkeys((*channels.kinds(), *names))))
    if audience.sources:
        offered[to_staff("audience.sources")] = (audience.sources, await sources(session, process))
    for what, (values, known) in offered.items():
        _check_offered(what, values, known)
    return await _with_ids(session, process, audience)


def _check_offered(what: str, values: Sequence[str], known: Sequence[str]) -> None:
    for value in map(repr, (value for value in values if value not in known)):
        if not known:
            raise contents.Unfit(to_staff("{what}: there is no {value} here, nor any other.", what=what, value=value))
        raise contents.Unfit(
            to_staff(
                "{what}: there is no {value} here, only {known}.", what=what, value=value, known=naming.listed(known)
            )
        )


async def sources(session: Session, process: OpenProcess) -> Sequence[str]:
    """Where the doors of a process stand, and those by which people came that are no more, in their order."""
    standing = {door.source for door in await doors.of(session, process.id) if door.source is not None}
    return sorted(standing | set(await participations.sources(session, process.id)))


async def _with_ids(session: Session, process: OpenProcess, audience: Audience) -> Audience:
    if not audience.took_part:
        return audience
    return replace(audience, took_part=await _consultations(session, process, audience.took_part))


async def _consultations(session: Session, process: OpenProcess, named: Sequence[str]) -> tuple[str, ...]:
    """Their ids, by the first characters of each. Raises `contents.Unfit`."""
    found = [(name, await beginnings.ids(session, process.id, "consultation", name)) for name in named]
    for name, ids in found:
        if len(ids) > 1:
            raise contents.Unfit(
                to_staff(
                    "audience.took_part: several consultations have an id that begins with {beginning}: "
                    "hearback consultation list",
                    beginning=repr(name),
                )
            )
        if not name or not ids:
            raise contents.Unfit(
                to_staff(
                    "audience.took_part: no consultation has an id that begins with {beginning}: "
                    "hearback consultation list",
                    beginning=repr(name),
                )
            )
    return tuple(ids[0] for _name, ids in found)
