"""The processes themselves."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from unicodedata import normalize
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import channels
import flows
from flows.region import RATHER_NOT
from handlers import senders
from handlers.writing import contents, naming
from locales import languages, to_staff
from storage import Session, fresh, processes
from storage.outbox import deliveries
from storage.processes import NewProcess, StoredProcess
from storage.states import ProcessState

SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
LONGEST_SLUG = 40
DIGESTS = ("weekly", "monthly")
UNNAMED = "main"
"""The slug of a first process whose title has no letter that a slug can have."""


@dataclass(frozen=True, slots=True)
class OpenProcess:
    """A process that is run here, and what is said of it."""

    id: str
    slug: str
    content: flows.Process
    state: ProcessState = ProcessState.OPEN
    parent: str | None = None
    """The id of the process that it stands under."""


async def begin(session: Session, process: flows.Process, now: datetime) -> OpenProcess:
    """Open the process that the slug names, or change what is said of it. Raises `contents.Unfit`.

    Without a slug it is the only one that there is. When it keeps no hours any more, what it held back for the morning
    leaves.
    """
    _check(process)
    await processes.touch_all(session)
    known = await processes.every(session)
    before = _meant(process, known)
    parent = _parent(process, before, known)
    await _check_short(session, process, before, known)
    if before is None:
        name, slug = fresh(), process.slug or _slug(process.title)
        await processes.add(session, NewProcess(name, slug, parent, contents.pack(process), now))
        await senders.bind(session, name, process)
        return OpenProcess(name, slug, process, parent=parent)
    check_open(before)
    await processes.edit(session, before.id, contents.pack(process), parent)
    await senders.bind(session, before.id, process)
    if process.daytime is None:
        await deliveries.stop_keeping_hours(session, before.id, now)
    return OpenProcess(before.id, before.slug, process, parent=parent)


async def named(session: Session, slug: str | None = None) -> OpenProcess:
    """The open process of this slug, to do something in it; None: the only one. Raises `contents.Unfit`."""
    found = _opened(_found(slug, await processes.every(session)))
    check_open(found)
    return found


async def shown(session: Session, slug: str | None = None) -> OpenProcess:
    """The same to look at it: it may be over. Raises `contents.Unfit`."""
    return _opened(_found(slug, await processes.every(session)))


async def every(session: Session) -> Sequence[OpenProcess]:
    """All of them, those that are over too, in the order in which they were opened."""
    return [_opened(process) for process in await processes.every(session)]


def check_open(process: OpenProcess | StoredProcess) -> None:
    """Raises `contents.Unfit` when it is over."""
    if process.state is not ProcessState.OPEN:
        raise contents.Unfit(_over(process.slug))


async def touch(session: Session, process: OpenProcess) -> None:
    """What talks know of it has changed. Raises `contents.Unfit` when somebody closed it meanwhile."""
    if not await processes.touch(session, process.id):
        raise contents.Unfit(_over(process.slug))


async def get(session: Session, process_id: str) -> OpenProcess:
    """The process that something belongs to."""
    return _opened(await processes.get(session, process_id))


def known(stored: StoredProcess) -> OpenProcess:
    """A process as it is read from the tables."""
    return _opened(stored)


async def before(session: Session, process: flows.Process) -> OpenProcess | None:
    """What this would change; None: it opens a new one. Raises `contents.Unfit`."""
    found = _meant(process, await processes.every(session))
    return None if found is None else _opened(found)


async def namesake(session: Session, process: flows.Process) -> OpenProcess | None:
    """One that is called as this new one is, by the same organizer; None: there is none, or this is not new."""
    known = await processes.every(session)
    if _meant(process, known) is not None:
        return None
    return next((other for other in map(_opened, known) if not is_another(process, other.content)), None)


def is_another(process: flows.Process, before: flows.Process) -> bool:
    """Whether title or organizer are not the same in any language: then the slug may be a slip of the pen."""
    return not (_share(process.title, before.title) and _share(process.organizer, before.organizer))


async def soonest_forgotten(session: Session) -> timedelta | None:
    """How soon nothing opens an old copy of what FORGET erased, in that of all processes where it is the soonest.

    None where none says anything of it.
    """
    safety = [_opened(process).content.safety for process in await processes.every(session)]
    return min(filter(None, map(_forgotten_after, safety)), default=None)


def _share(renditions: flows.Renditions, others: flows.Renditions) -> bool:
    return bool(renditions.items() & others.items())


def _opened(process: StoredProcess) -> OpenProcess:
    content = contents.unpack(process.content, flows.Process)
    return OpenProcess(process.id, process.slug, content, process.state, process.parent_id)


def _found(slug: str | None, known: Sequence[StoredProcess]) -> StoredProcess:
    """The process of this slug; None: the only one that there is, of those that are open if any is."""
    if not known:
        raise contents.Unfit(to_staff("Open a process first: hearback process open FILE"))
    meant = _current(known) if slug is None else [process for process in known if process.slug == slug]
    if not meant:
        raise contents.Unfit(
            to_staff("There is no process {slug} here, only {slugs}.", slug=repr(slug), slugs=_slugs(known))
        )
    if len(meant) > 1:
        raise contents.Unfit(
            to_staff("There are several processes. Say which, with --process: {slugs}.", slugs=_slugs(meant))
        )
    return meant[0]


def _current(known: Sequence[StoredProcess]) -> Sequence[StoredProcess]:
    """Those that are meant where none is named."""
    return [process for process in known if process.state is ProcessState.OPEN] or known


def _over(slug: str) -> str:
    return to_staff(
        "The process {slug} is closed: nothing but replies leaves for it. A new one needs another slug.", slug=slug
    )


def _slugs(known: Iterable[StoredProcess]) -> str:
    return naming.listed(process.slug for process in known)


def _meant(process: flows.Process, known: Sequence[StoredProcess]) -> StoredProcess | None:
    """The one that a file describes; None: a new one."""
    meant = [stored for stored in known if stored.slug == process.slug] if process.slug else _current(known)
    if len(meant) > 1:
        raise contents.Unfit(
            to_staff(
                "slug: there are several processes, say which this is: {slugs}, or a new one.", slugs=_slugs(meant)
            )
        )
    return meant[0] if meant else None


def _parent(process: flows.Process, before: StoredProcess | None, known: Sequence[StoredProcess]) -> str | None:
    """The id of the process that it stands under. That one stands under none, so that there are no circles."""
    if not process.under:
        return None
    slug = before.slug if before is not None else process.slug
    if process.under == slug:
        raise contents.Unfit(to_staff("under: a process does not stand under itself."))
    above = next((other for other in known if other.slug == process.under), None)
    if above is None:
        raise contents.Unfit(_none_above(repr(process.under), _slugs(known)))
    if above.parent_id is not None:
        raise contents.Unfit(
            to_staff("under: {slug} stands under another process itself, and may have none under it.", slug=above.slug)
        )
    if before is not None and (below := [other for other in known if other.parent_id == before.id]):
        raise contents.Unfit(
            to_staff(
                "under: {slug} has processes under it ({slugs}), so it stands under none.",
                slug=slug,
                slugs=_slugs(below),
            )
        )
    return above.id


def _none_above(slug: str, known: str) -> str:
    if not known:
        return to_staff("under: there is no process {slug} here, nor any other.", slug=slug)
    return to_staff("under: there is no process {slug} here, only {slugs}.", slug=slug, slugs=known)


def _slug(title: flows.Renditions) -> str:
    """Of a process whose file names none."""
    written = title.get("en") or next(iter(title.values()))
    letters = normalize("NFKD", written).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", letters).strip("-")[:LONGEST_SLUG].rstrip("-") or UNNAMED


def _check_slug(slug: str) -> None:
    if slug and (not SLUG.fullmatch(slug) or len(slug) > LONGEST_SLUG):
        raise contents.Unfit(
            to_staff(
                "slug: {slug} must be 1 to {longest} of a-z and 0-9, with single hyphens between.",
                slug=repr(slug),
                longest=LONGEST_SLUG,
            )
        )


def _forgotten_after(safety: flows.Safety) -> timedelta | None:
    if not safety.forgotten_after:
        return None
    days = re.fullmatch(r"([1-9]\d{0,2}) days", safety.forgotten_after)
    if days is None or not 2 <= int(days[1]) <= 365:
        raise contents.Unfit(to_staff('safety.forgotten_after: write it like "7 days", from 2 to 365.'))
    return timedelta(days=int(days[1]))


def _check(process: flows.Process) -> None:
    _check_slug(process.slug)
    contents.check_line(process.title, to_staff("title"))
    contents.check_line(process.organizer, to_staff("organizer"))
    if process.short:
        contents.check_line(process.short, to_staff("short"), contents.LONGEST_TO_TAP)
    if process.contact is not None:
        contents.check_rendered(process.contact, to_staff("contact"), contents.LONGEST_TITLE)
    contents.check_choices(process.regions, to_staff("regions"), ours=(RATHER_NOT,))
    unknown = [code for code in process.languages if code not in languages()]
    if unknown or not process.languages:
        raise contents.Unfit(to_staff("languages: choose from {languages}.", languages=naming.languages(languages())))
    for region in process.regions:
        if region.zone:
            _check_zone(region.zone, to_staff("regions: {region}: zone", region=region.value))
    _check_safety(process.safety)
    _check_telling(process)
    if process.daytime is not None:
        _check_daytime(process.daytime)
    elif any(region.zone for region in process.regions):
        raise contents.Unfit(
            to_staff("regions: a zone says when it is day there; add [daytime], or leave the zone out.")
        )


async def _check_short(
    session: Session, process: flows.Process, before: StoredProcess | None, known: Sequence[StoredProcess]
) -> None:
    """Where a sender is shared people choose between processes by their short titles."""
    if not any(sender.process is None for sender in await senders.listed(session)):
        return
    short = flows.short_title(process)
    for other in known:
        is_beside = other.state is ProcessState.OPEN and (before is None or other.id != before.id)
        if is_beside and _share(short, flows.short_title(_opened(other).content)):
            raise contents.Unfit(
                to_staff("short: write a short title by which people can tell it from {slug}.", slug=other.slug)
            )


def _check_telling(process: flows.Process) -> None:
    if process.unreviewed not in tuple(flows.Unreviewed):
        raise contents.Unfit(to_staff("unreviewed is one of: {choices}.", choices=naming.listed(flows.Unreviewed)))
    if process.digest and process.digest not in DIGESTS:
        raise contents.Unfit(to_staff("digest is one of: {choices}.", choices=naming.listed(DIGESTS)))


def _check_safety(safety: flows.Safety) -> None:
    _forgotten_after(safety)
    if safety.emergency is not None:
        contents.check_rendered(safety.emergency, to_staff("safety.emergency"), contents.LONGEST_TITLE)
    unknown = [kind for kind in safety.second_step if kind not in channels.kinds()]
    if unknown:
        raise contents.Unfit(
            to_staff("safety.second_step: choose from {choices}.", choices=naming.listed(channels.kinds()))
        )


def _check_daytime(daytime: flows.Daytime) -> None:
    _check_zone(daytime.zone, to_staff("daytime.zone"))
    opens = _clock(daytime.opens, to_staff("daytime.opens"))
    closes = _clock(daytime.closes, to_staff("daytime.closes"))
    if opens >= closes:
        raise contents.Unfit(to_staff("daytime: it must open before it closes, on the same day."))
    for day in daytime.quiet:
        if day not in flows.WEEKDAYS:
            _check_date(day)
    if set(flows.WEEKDAYS) <= set(daytime.quiet):
        raise contents.Unfit(to_staff("daytime.quiet: every day of the week is quiet, so nothing would ever leave."))


def _check_zone(zone: str, what: str) -> None:
    try:
        ZoneInfo(zone)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise contents.Unfit(
            to_staff("{what}: there is no time zone {zone}; write it like Africa/Tunis.", what=what, zone=repr(zone))
        ) from None


def _clock(written: str, what: str) -> time:
    """A time of day to the minute: seconds, and an offset, would only look exact."""
    try:
        clock = time.fromisoformat(written)
    except ValueError:
        clock = None
    if clock is None or f"{clock:%H:%M}" != written:
        raise contents.Unfit(
            to_staff(
                "{what}: {written} is no time of day; write it like {example}.",
                what=what,
                written=repr(written),
                example="09:00",
            )
        )
    return clock


def _check_date(written: str) -> None:
    try:
        known = date.fromisoformat(written).isoformat() == written
    except ValueError:
        known = False
    if not known:
        raise contents.Unfit(
            to_staff(
                "daytime.quiet: {written} is no day; write a date like 2026-12-25, or one of {days}.",
                written=repr(written),
                days=naming.listed(flows.WEEKDAYS),
            )
        )
