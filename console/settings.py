"""How a process is set up: its names, languages, regions, hours and senders."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from zoneinfo import available_timezones

from aiohttp import web

import flows
from console._frame.desks import Desk, see
from console._frame.routes import get, post
from flows import Daytime, Process, Region
from handlers import journal, processes, senders
from handlers.journal import Act
from handlers.writing import contents
from locales import languages
from storage import circuits
from storage.circuits import OpenCircuit
from storage.roles import Role

MORE_REGIONS = 2
"""Empty rows for new ones."""
READERS, OWNERS = (Role.OWNER, Role.ORGANIZER), (Role.OWNER,)


@dataclass(frozen=True, slots=True)
class ShownSender:
    """A bot or number that people of the process write to."""

    name: str
    kind: str
    is_own: bool
    """No other process has it."""
    trouble: OpenCircuit | None
    """Since when and why nothing leaves by it; None: it works."""


async def show(desk: Desk) -> web.StreamResponse:
    async with desk.reading() as session:
        known = await senders.listed(session)
        broken = {circuit.channel: circuit for circuit in await circuits.broken(session)}
    theirs = [
        ShownSender(sender.name, sender.kind, sender.slug is not None, broken.get(sender.name))
        for sender in known
        if sender.slug in (None, desk.process.slug)
    ]
    return desk.page("settings.html", process=desk.process.content, senders=theirs)


async def names(desk: Desk) -> web.StreamResponse:
    return _edit(desk, "names", desk.process.content)


async def hours(desk: Desk) -> web.StreamResponse:
    return _edit(desk, "hours", desk.process.content)


async def regions(desk: Desk) -> web.StreamResponse:
    return _edit(desk, "regions", desk.process.content)


async def chosen_languages(desk: Desk) -> web.StreamResponse:
    return _edit(desk, "languages", desk.process.content)


async def keep_names(desk: Desk) -> web.StreamResponse:
    content = desk.process.content
    contact = _renditions(desk, "contact")
    return await _keep(
        desk,
        "names",
        replace(
            content,
            title=_renditions(desk, "title"),
            short=_renditions(desk, "short"),
            organizer=_renditions(desk, "organizer"),
            contact=contact or None,
        ),
    )


async def keep_hours(desk: Desk) -> web.StreamResponse:
    if not desk.text("daytime"):
        return await _keep(desk, "hours", replace(desk.process.content, daytime=None))
    quiet = (*desk.many("weekday"), *desk.text("days").split())
    daytime = Daytime(desk.line("zone"), desk.line("opens"), desk.line("closes"), quiet)
    return await _keep(desk, "hours", replace(desk.process.content, daytime=daytime))


async def keep_regions(desk: Desk) -> web.StreamResponse:
    rows = range(sum(name.startswith("value-") for name in desk.form))
    written = [
        Region(desk.line(f"value-{row}"), _renditions(desk, f"label-{row}"), desk.line(f"zone-{row}")) for row in rows
    ]
    kept = tuple(region for region in written if region.value or region.label)
    return await _keep(desk, "regions", replace(desk.process.content, regions=kept))


async def keep_languages(desk: Desk) -> web.StreamResponse:
    """In the order of their numbers; one without a number is not offered."""
    numbered = {code: desk.line(f"place-{code}") for code in languages()}
    order = sorted((int(place), code) for code, place in numbered.items() if place.isdecimal() and len(place) < 4)
    return await _keep(desk, "languages", replace(desk.process.content, languages=tuple(code for _at, code in order)))


async def _keep(desk: Desk, part: str, content: Process) -> web.StreamResponse:
    """Change what is said of the process, or show what was written with what is wrong with it."""
    try:
        async with desk.writing(journal.Entry(Act.PROCESS_EDIT, desk.process.id)) as session:
            await processes.begin(session, replace(content, slug=desk.process.slug), desk.now)
    except contents.Unfit as unfit:
        return _edit(desk, part, content, str(unfit))
    await desk.office.waker.wake()
    raise see(f"{desk.home}/settings", done=part)


def _edit(desk: Desk, part: str, content: Process, wrong: str = "") -> web.StreamResponse:
    return desk.page(
        f"settings_{part}.html",
        422 if wrong else 200,
        process=content,
        wrong=wrong,
        every=languages(),
        weekdays=flows.WEEKDAYS,
        zones=sorted(available_timezones()) if part in ("hours", "regions") else (),
        rows=_rows(content),
    )


def _rows(content: Process) -> Sequence[Region]:
    return (*content.regions, *[Region("", {})] * MORE_REGIONS)


def _renditions(desk: Desk, field: str) -> Mapping[str, str]:
    written = {code: desk.line(f"{field}-{code}") for code in desk.process.content.languages}
    return {code: text for code, text in written.items() if text}


routes = [
    get("/p/{slug}/settings", show, READERS),
    get("/p/{slug}/settings/names", names, OWNERS),
    post("/p/{slug}/settings/names", keep_names, OWNERS),
    get("/p/{slug}/settings/languages", chosen_languages, OWNERS),
    post("/p/{slug}/settings/languages", keep_languages, OWNERS),
    get("/p/{slug}/settings/regions", regions, OWNERS),
    post("/p/{slug}/settings/regions", keep_regions, OWNERS),
    get("/p/{slug}/settings/hours", hours, OWNERS),
    post("/p/{slug}/settings/hours", keep_hours, OWNERS),
]
