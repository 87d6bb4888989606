"""Moments that organizers write, by the clocks of their process."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import flows
from handlers.writing import contents

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
        example = "2027-06-30, 2027-06-30T18:00:00 or 2027-06-30T18:00:00+01:00"
        raise contents.Unfit(f"{what}: {written!r} is no day or moment; write it like {example}.") from None


def end_of(day: date, zone: ZoneInfo, what: str) -> datetime:
    """The last moment of a day, in UTC. Raises `contents.Unfit`."""
    try:
        return datetime.combine(day + timedelta(days=1), time.min, zone).astimezone(UTC) - INSTANT
    except OverflowError:
        raise contents.Unfit(f"{what}: {day} is no day that we can reckon with.") from None


def day(written: str, what: str) -> date | None:
    """The day that a field of a form names; None: it is empty. Raises `contents.Unfit`."""
    if not written:
        return None
    try:
        return date.fromisoformat(written)
    except ValueError:
        raise contents.Unfit(f"{what}: {written!r} is no day; write it like 2027-06-30.") from None
