"""When it is day where somebody lives."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from flows import WEEKDAYS
from storage.broadcasts import Hours

LONGEST_WAIT = timedelta(days=366)
"""How far we look ahead. People who have no day in all that time are not written to; after it we look again."""

SECOND = timedelta(seconds=1)


def opens(hours: Hours, region: str, now: datetime) -> datetime:
    """The first moment from now on, in UTC, at which people of a region may be written to: `now` itself by day.

    `region` is a region's value, "" for people who named none. With nothing but quiet days ahead it is a year from now.
    """
    zone = ZoneInfo(hours.zones.get(region) or hours.zone)
    at, last = now.astimezone(UTC), now.astimezone(UTC) + LONGEST_WAIT
    while at < last and not _is_day(hours, at.astimezone(zone)):
        at = _next(hours, zone, at)
    return min(at, last)


def _is_day(hours: Hours, local: datetime) -> bool:
    return _opening(hours) <= local.time() < time.fromisoformat(hours.closes) and not _is_quiet(hours, local.date())


def _next(hours: Hours, zone: ZoneInfo, at: datetime) -> datetime:
    """The next moment at which it may become day: opening, midnight, or when the clock there is put on or back."""
    local = at.astimezone(zone)
    if local.time() < _opening(hours):
        until = datetime.combine(local.date(), _opening(hours))
    else:
        until = datetime.combine(local.date() + timedelta(days=1), time.min)
    then = at + (until - local.replace(tzinfo=None))
    return then if then.astimezone(zone).utcoffset() == local.utcoffset() else _change(zone, at, then)


def _change(zone: ZoneInfo, before: datetime, after: datetime) -> datetime:
    """The moment between these two, at a whole second, at which the clock there is put on or back."""
    was = before.astimezone(zone).utcoffset()
    start = before.replace(microsecond=0)
    same, other = 0, (after - start) // SECOND + 1
    while other - same > 1:
        middle = (same + other) // 2
        if (start + middle * SECOND).astimezone(zone).utcoffset() == was:
            same = middle
        else:
            other = middle
    return start + other * SECOND


def _opening(hours: Hours) -> time:
    return time.fromisoformat(hours.opens)


def _is_quiet(hours: Hours, day: date) -> bool:
    return bool(hours.quiet) and (WEEKDAYS[day.weekday()] in hours.quiet or day.isoformat() in hours.quiet)
