"""Bulletins that repeat."""

import calendar
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from handlers import bulletins, processes
from handlers.processes import OpenProcess
from handlers.writing import contents, moments
from locales import to_staff
from storage import Session, schedules
from storage import processes as stored_processes
from storage.schedules import Schedule


@dataclass(frozen=True, slots=True)
class Repeated:
    """A bulletin that repeats: its schedule's id, how often, when it is due next."""

    id: str
    repeat: str
    due: datetime
    bulletin: contents.Bulletin


async def publish_due(session: Session, now: datetime) -> int:
    """Publish each bulletin of any process that is due, once however often it was missed; gives how many.

    Any number of workers may do this at once: what one of them holds the others pass over.
    """
    due = await schedules.take_due(session, now)
    return sum([await _publish(session, await processes.get(session, it.process_id), it, now) for it in due])


async def waiting(session: Session, process: OpenProcess) -> Sequence[Repeated]:
    """Those of the process that repeat, the next to be due first."""
    return [
        Repeated(schedule.id, schedule.rule, schedule.due, contents.unpack(schedule.content, contents.Bulletin))
        for schedule in await schedules.waiting(session, process.id)
    ]


async def stop(session: Session, process: OpenProcess, schedule_id: str) -> None:
    """It does not repeat any more; what has been published goes on. Raises `contents.Unfit`."""
    if not await schedules.remove(session, process.id, schedule_id):
        raise contents.Unfit(to_staff("No bulletin that repeats has this id."))


async def _publish(session: Session, process: OpenProcess, schedule: Schedule, now: datetime) -> bool:
    """The bulletin, unless it or its process is over. What has not left when the next one comes never does."""
    bulletin = contents.unpack(schedule.content, contents.Bulletin)
    ends = bulletins.ends_at(bulletin, process.content)
    is_over = ends is not None and ends <= now
    if is_over or not await stored_processes.touch(session, process.id):
        await schedules.remove(session, process.id, schedule.id)
        return False
    zone = moments.zone_of(process.content)
    first = bulletins.begins_at(bulletin, process.content) or schedule.made
    next_due = following(schedule.rule, first, zone, now)
    await bulletins.send(session, process, bulletin, now, None, next_due if ends is None else min(ends, next_due))
    await schedules.move(session, schedule.id, next_due)
    return True


def following(repeat: str, first: datetime, zone: ZoneInfo, now: datetime) -> datetime:
    """The first moment after `now`, in UTC, that is a day, a week or a month, or several, after the `first`.

    At the same time of day in this zone, whatever its summer time does. In a month that is too short: its last day.
    """
    begun = first.astimezone(zone)
    passed = now.astimezone(zone).date()
    for day in _days(repeat, begun.date(), passed):
        moment = datetime.combine(day, begun.time(), zone).astimezone(UTC)
        if moment > now:
            return moment
    raise AssertionError("the days go on")


def _days(repeat: str, first: date, passed: date) -> Iterator[date]:
    """The days on which it is due, without most of those that have passed."""
    if repeat == "monthly":
        months = max((passed.year - first.year) * 12 + passed.month - first.month - 1, 0)
        while True:
            yield _months_after(first, months)
            months += 1
    days = timedelta(days=7 if repeat == "weekly" else 1)
    number = max((passed - first) // days - 1, 0)
    while True:
        yield first + number * days
        number += 1


def _months_after(first: date, months: int) -> date:
    year, month = divmod(first.year * 12 + first.month - 1 + months, 12)
    return date(year, month + 1, min(first.day, calendar.monthrange(year, month + 1)[1]))
