"""The process itself."""

import re
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import channels
import flows
from flows.region import RATHER_NOT
from handlers import senders
from handlers.writing import contents
from locales import languages
from storage import Session, fresh, processes
from storage.outbox import deliveries


@dataclass(frozen=True, slots=True)
class OpenProcess:
    """The process that runs here, and what is said of it."""

    id: str
    content: flows.Process


async def begin(session: Session, process: flows.Process, now: datetime) -> str:
    """Open the process that this deployment runs, or change what is said of it. Raises `contents.Unfit`.

    When it keeps no hours any more, what it held back for the morning leaves.
    """
    _check(process)
    before = await processes.the_one(session)
    if before is not None:
        await processes.edit(session, before.id, contents.pack(process))
        await senders.bind(session, before.id, process)
        if process.daytime is None:
            await deliveries.stop_keeping_hours(session, now)
        return before.id
    name = fresh()
    await processes.add(session, name, contents.pack(process), now)
    await senders.bind(session, name, process)
    return name


async def the_one(session: Session) -> OpenProcess:
    """Raises `contents.Unfit` when none was opened."""
    process = await processes.the_one(session)
    if process is None:
        raise contents.Unfit("Open a process first: hearback process open FILE")
    return OpenProcess(process.id, contents.unpack(process.content, flows.Process))


async def forgotten_after(session: Session) -> timedelta | None:
    """How soon nothing opens an old copy of what FORGET erased; None where the process says nothing of it."""
    process = await processes.the_one(session)
    return None if process is None else _forgotten_after(contents.unpack(process.content, flows.Process).safety)


def _forgotten_after(safety: flows.Safety) -> timedelta | None:
    if not safety.forgotten_after:
        return None
    days = re.fullmatch(r"([1-9]\d{0,2}) days", safety.forgotten_after)
    if days is None or not 2 <= int(days[1]) <= 365:
        raise contents.Unfit('safety.forgotten_after: write it like "7 days", from 2 to 365.')
    return timedelta(days=int(days[1]))


def _check(process: flows.Process) -> None:
    contents.check_line(process.title, "title")
    contents.check_line(process.organizer, "organizer")
    if process.contact is not None:
        contents.check_rendered(process.contact, "contact", contents.LONGEST_TITLE)
    contents.check_choices(process.regions, "regions", ours=RATHER_NOT)
    unknown = [code for code in process.languages if code not in languages()]
    if unknown or not process.languages:
        raise contents.Unfit(f"languages: choose from {', '.join(languages())}.")
    for region in process.regions:
        if region.zone:
            _check_zone(region.zone, f"regions: {region.value}: zone")
    _forgotten_after(process.safety)
    if process.safety.emergency is not None:
        contents.check_rendered(process.safety.emergency, "safety.emergency", contents.LONGEST_TITLE)
    unknown = [kind for kind in process.safety.second_step if kind not in channels.kinds()]
    if unknown:
        raise contents.Unfit(f"safety.second_step: choose from {', '.join(channels.kinds())}.")
    if process.daytime is not None:
        _check_daytime(process.daytime)
    elif any(region.zone for region in process.regions):
        raise contents.Unfit("regions: a zone says when it is day there; add [daytime], or leave the zone out.")


def _check_daytime(daytime: flows.Daytime) -> None:
    _check_zone(daytime.zone, "daytime.zone")
    opens, closes = _clock(daytime.opens, "daytime.opens"), _clock(daytime.closes, "daytime.closes")
    if opens >= closes:
        raise contents.Unfit("daytime: it must open before it closes, on the same day.")
    for day in daytime.quiet:
        if day not in flows.WEEKDAYS:
            _check_date(day)
    if set(flows.WEEKDAYS) <= set(daytime.quiet):
        raise contents.Unfit("daytime.quiet: every day of the week is quiet, so nothing would ever leave.")


def _check_zone(zone: str, what: str) -> None:
    try:
        ZoneInfo(zone)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise contents.Unfit(f"{what}: there is no time zone {zone!r}; write it like Africa/Tunis.") from None


def _clock(written: str, what: str) -> time:
    """A time of day to the minute: seconds, and an offset, would only look exact."""
    try:
        clock = time.fromisoformat(written)
    except ValueError:
        clock = None
    if clock is None or f"{clock:%H:%M}" != written:
        raise contents.Unfit(f"{what}: {written!r} is no time of day; write it like 09:00.")
    return clock


def _check_date(written: str) -> None:
    try:
        known = date.fromisoformat(written).isoformat() == written
    except ValueError:
        known = False
    if not known:
        days = ", ".join(flows.WEEKDAYS)
        raise contents.Unfit(f"daytime.quiet: {written!r} is no day; write a date like 2026-12-25, or one of {days}.")
