"""Moments that organizers write, by the clocks of their process."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import flows
from handlers.writing import contents, naming
from locales import to_staff

INSTANT = timedelta(microseconds=1)


def zone_of(process: flows.Process) -> ZoneInfo:
    """Where the days in organizers' files begin and end; UTC for a process without a daytime."""
    return ZoneInfo("UTC" if process.daytime is None else process.daytime.zone)


def read(written: str, zone: ZoneInfo, what: str) -> datetime:
    """The moment that a date or a date and time say: a date its beginning; without an offset by the clock of `zone`.

    In UTC. Raises `contents.Unfit`.
    """
    try:
        moment = datetime.fromisoformat(written)
        return (moment if moment.tzinfo is not None else moment.replace(tzinfo=zone)).astimezone(UTC)
    except (ValueError, OverflowError):
        raise contents.Unfit(
            to_staff(
                "{what}: {written} is no day or moment; write it like {day}, {moment} or {exact}.",
                what=what,
                written=repr(written),
                day="2027-06-30",
                moment="2027-06-30T18:00:00",
                exact="2027-06-30T18:00:00+01:00",
            )
        ) from None


def end_of(day: date, zone: ZoneInfo, what: str) -> datetime:
    """The last moment of a day, in UTC. Raises `contents.Unfit`."""
    try:
        return datetime.combine(day + timedelta(days=1), time.min, zone).astimezone(UTC) - INSTANT
    except OverflowError:
        raise contents.Unfit(
            to_staff("{what}: {day} is no day that we can reckon with.", what=what, day=naming.day(day))
        ) from None


def day(written: str, what: str) -> date | None:
    """The day that a field of a form names; None: it is empty. Raises `contents.Unfit`."""
    if not written:
        return None
    try:
        return date.fromisoformat(written)
    except ValueError:
        raise contents.Unfit(
            to_staff("{what}: {written} is no day; write it like 2027-06-30.", what=what, written=repr(written))
        ) from None
