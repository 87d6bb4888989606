"""Councils of a process: made, changed, dissolved, with their seats."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

import flows
from handlers import powers, processes, quota_facts
from handlers.processes import OpenProcess
from handlers.writing import contents
from locales import N_, _, in_words, languages, speaking, to_staff
from storage import Session, councils, fresh, seats
from storage.councils import NewCouncil, StoredCouncil
from storage.seats import NewSeat, StoredSeat
from storage.states import SeatKind

NAME = N_("Council")
"""What a council is called of which nothing was said."""
SHORTEST_ID = 4
LONGEST_NAME = 80
LONGEST_ABOUT = 700
LONGEST_ORGANIZATION = 120
MOST_COUNCILS = 20
MOST_SEATS = 500
LONGEST_TERM = 3650
"""Days."""


@dataclass(frozen=True, slots=True)
class OpenCouncil:
    """A council, and what is said of it."""

    id: str
    content: contents.Council = field(repr=False)
    made: datetime


async def of_process(session: Session, process: OpenProcess) -> Sequence[OpenCouncil]:
    """Those that are not dissolved, the oldest first."""
    return [_read(stored) for stored in await councils.of_process(session, process.id)]


async def get(session: Session, process: OpenProcess, council_id: str, lock: bool = False) -> OpenCouncil:
    """Raises `contents.Unfit` when the process has none of this id, or it is dissolved."""
    stored = await councils.get(session, process.id, council_id, lock)
    if stored is None or stored.dissolved is not None:
        raise contents.Unfit(to_staff("This process has no council of this id."))
    return _read(stored)


async def named(session: Session, process: OpenProcess, beginning: str) -> str:
    """The id of the council that begins like this. Raises `contents.Unfit`."""
    found = [council.id for council in await of_process(session, process) if council.id.startswith(beginning)]
    if len(beginning) < SHORTEST_ID or len(found) != 1:
        raise contents.Unfit(to_staff("This process has no council of this id."))
    return found[0]


async def only(session: Session, process: OpenProcess, now: datetime) -> OpenCouncil:
    """The one council of a process that has said nothing of any. Raises `contents.Unfit` when there are several."""
    found = await of_process(session, process)
    if len(found) > 1:
        raise contents.Unfit(to_staff("There are several councils: say which one. hearback council list"))
    if found:
        return found[0]
    # Two who come at the same moment wait for each other here, and the second finds the first's.
    processes.check_open(process)
    await processes.touch(session, process)
    return (await of_process(session, process) or [await _add(session, process, _unnamed(process), now)])[0]


async def open_(session: Session, process: OpenProcess, council: contents.Council, now: datetime) -> OpenCouncil:
    """Make a council, without seats. Raises `contents.Unfit`."""
    processes.check_open(process)
    await processes.touch(session, process)
    await check(session, process, council)
    if len(await councils.of_process(session, process.id)) >= MOST_COUNCILS:
        raise contents.Unfit(to_staff("A process has at most {most} councils.", most=MOST_COUNCILS))
    return await _add(session, process, council, now)


async def change(
    session: Session, process: OpenProcess, council_id: str, council: contents.Council, now: datetime
) -> bool:
    """Say something else of it; terms that are running stay as they are. Its members are told which powers it was given
    or lost: gives whether there were any. Raises `contents.Unfit`.
    """
    # First: two who give one power to two councils wait for each other, and everybody reads of it.
    await processes.touch(session, process)
    await check(session, process, council, council_id)
    before = (await get(session, process, council_id, lock=True)).content
    await councils.change(session, process.id, council_id, contents.pack(council))
    if not powers.changed(before, council):
        return False
    await powers.tell(session, process, council_id, before, council, now)
    return True


async def check(session: Session, process: OpenProcess, council: contents.Council, council_id: str = "") -> None:
    """Raises `contents.Unfit`. `council_id`: "" for one that is made."""
    await powers.check(session, process, council, council_id)
    contents.check_line(council.name, to_staff("name"), LONGEST_NAME)
    if council.about:
        contents.check_rendered(council.about, to_staff("what it does"), LONGEST_ABOUT)
    if council.term is not None and not 1 <= council.term <= LONGEST_TERM:
        raise contents.Unfit(to_staff("term: from 1 to {most} days.", most=LONGEST_TERM))
    if council.rest < 0 or council.rest_in_days > LONGEST_TERM:
        raise contents.Unfit(to_staff("Who sat sits out for at most {most} days.", most=LONGEST_TERM))
    if council.rest_in == "terms" and council.rest and council.term is None:
        raise contents.Unfit(to_staff("Say how long a term is, or count in days how long who sat sits out."))


@dataclass(frozen=True, slots=True)
class Places:
    """Seats of one kind that are to be added."""

    number: int
    kind: SeatKind
    organization: str = ""
    """The organization that names who sits there; "" for none."""
    requires: Mapping[str, str] = field(default_factory=dict)
    """What they ask of who sits there: by fact, which of its values."""


async def add_seats(
    session: Session, process: OpenProcess, council_id: str, places: Places, now: datetime
) -> Sequence[str]:
    """Add vacant seats; gives their names. Raises `contents.Unfit`."""
    processes.check_open(process)
    await get(session, process, council_id, lock=True)
    if (places.kind is SeatKind.ORGANIZATION) != bool(places.organization):
        raise contents.Unfit(to_staff("Say which organization names who sits there, and only where one does."))
    if places.organization:
        contents.check_note(places.organization, to_staff("organization"), LONGEST_ORGANIZATION)
    there = len(await seats.of_council(session, process.id, council_id))
    if not 1 <= places.number <= MOST_SEATS - there:
        raise contents.Unfit(to_staff("A council has at most {most} seats.", most=MOST_SEATS))
    if places.requires and places.kind is not SeatKind.DRAWN:
        raise contents.Unfit(to_staff("Only a seat that is drawn by lot can require something: who is drawn told it."))
    await quota_facts.check_required(session, process.id, council_id, places.requires)
    requires = contents.pack(dict(places.requires)) if places.requires else None
    names = [fresh() for _place in range(places.number)]
    for name in names:
        organization = places.organization.strip() or None
        new = NewSeat(name, process.id, council_id, places.kind, organization, requires, now.date())
        await seats.add(session, new)
    return names


async def seats_of(session: Session, process: OpenProcess, council_id: str) -> Sequence[StoredSeat]:
    """Those of a council that were not abolished, in an order that tells nothing."""
    return await seats.of_council(session, process.id, council_id)


async def members_of(session: Session, process: OpenProcess, council_id: str) -> Sequence[str]:
    """Everybody who sits on it."""
    return await councils.members(session, process.id, council_id)


def _unnamed(process: OpenProcess) -> contents.Council:
    name = {}
    for language in process.content.languages or languages():
        with speaking(language):
            name[language] = _(NAME)
    return contents.Council(name)


async def _add(session: Session, process: OpenProcess, council: contents.Council, now: datetime) -> OpenCouncil:
    name = fresh()
    await councils.add(session, NewCouncil(name, process.id, contents.pack(council), now))
    return OpenCouncil(name, council, now)


def _read(stored: StoredCouncil) -> OpenCouncil:
    return OpenCouncil(stored.id, contents.unpack(stored.content, contents.Council), stored.made)


async def to_sit_on(session: Session, process_id: str, council_id: str, who: str) -> contents.Council | None:
    """The council, locked, where somebody can sit down; None: it is dissolved, or they sit there already."""
    stored = await councils.get(session, process_id, council_id, lock=True)
    if stored is None or stored.dissolved is not None or who in await councils.members(session, process_id, council_id):
        return None
    return contents.unpack(stored.content, contents.Council)


async def number(session: Session, process_id: str) -> int:
    """How many councils a process has."""
    return len(await councils.of_process(session, process_id))


def which(council: contents.Council, language: str, process: flows.Process, councils_there: int) -> list[str]:
    """The name of a council, where the process has several."""
    if councils_there < 2:
        return []
    return [_("The name of this council: {name}", name=flows.rendition(council.name, language, process.languages).text)]


def until(last_day: date | None) -> list[str]:
    """The last day of a term, where it has one."""
    return [] if last_day is None else [_("Your term ends on {day}.", day=in_words(last_day))]


def option(council: StoredCouncil) -> flows.Option:
    """A council, as people choose one."""
    return flows.Option(council.id, contents.unpack(council.content, contents.Council).name)
