"""How far a broadcast is, while it leaves and afterwards."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256

import channels
import flows
from handlers import counts
from handlers.processes import OpenProcess
from handlers.writing import contents
from locales import to_staff
from storage import Session, broadcasts
from storage.broadcasts import Broadcast, Standing
from storage.states import BroadcastState, State

TO_COME = (State.QUEUED, State.SENDING)


@dataclass(frozen=True, slots=True)
class Cell:
    """The deliveries by one sender to people of one language: about how many are in which state.

    None: too few to be told, or none.
    """

    channel: str
    language: str
    """"" where it was not written down."""
    number: int | None
    states: Mapping[State, int | None]


@dataclass(frozen=True, slots=True)
class Progress:
    """A broadcast at this moment."""

    broadcast: Broadcast
    number: int | None
    """How many deliveries there are; None: fewer than eight."""
    states: Mapping[State, int | None]
    """How many are in which state, of all, exactly; None where they are fewer than eight together."""
    cells: Sequence[Cell]
    again: int | None
    """How many left a second time: to another address, or because nobody knew whether they had arrived."""
    twice: int | None
    """How many people are known to have it twice. Their deliveries are looked at: no number is taken for granted."""
    ends: datetime | None
    """When the last of it will have left, about; None: that is not to be said now."""
    is_being_made: bool
    """There are people left for whom there is no delivery yet."""
    is_over: bool
    """Nothing of it is to leave any more."""
    version: str
    """Changes whenever anything of this may have, but for the time."""


@dataclass(frozen=True, slots=True)
class Outlook:
    """How quickly something can leave from now on."""

    rates: Mapping[str, float]
    """By sender, how many messages leave in a second, of text messages how many segments (`channels.Pace`)."""
    opens: datetime | None = None
    """From when on people may be written to again; None: now."""


async def of(
    session: Session, process: OpenProcess, broadcast_id: str, now: datetime, outlook: Outlook | None = None
) -> Progress:
    """Three statements, which take as long for ten people as for a million. Raises `contents.Unfit`."""
    broadcast = await _known(session, process, broadcast_id)
    standings = await broadcasts.standings(session, broadcast.id)
    again = await broadcasts.sent_again(session, broadcast.id)
    states, number = _by_state(standings), sum(standing.number for standing in standings)
    is_being_made = _is_being_made(broadcast)
    return Progress(
        broadcast=broadcast,
        number=counts.among_many(number, number),
        states={state: counts.among_many(states[state], number) for state in State},
        cells=_cells(standings),
        again=counts.among_many(again.number, number),
        twice=counts.among_many(again.twice, number),
        ends=None if outlook is None else _ends(broadcast, standings, outlook, now),
        is_being_made=is_being_made,
        is_over=not is_being_made and not any(states[state] for state in TO_COME),
        version=_version(broadcast, standings, again),
    )


@dataclass(frozen=True, slots=True)
class Going:
    """A broadcast in a list: no more than how much of it is still to leave."""

    broadcast: Broadcast
    number: int | None
    """How many deliveries there are; None: fewer than eight."""
    to_come: int | None
    """How many of them are still to leave; None: as above."""
    is_over: bool


async def newest(session: Session, process: OpenProcess, most: int) -> Sequence[Going]:
    """The newest broadcasts of the process first. Two statements."""
    found = await broadcasts.latest(session, process.id, most)
    numbers = await broadcasts.numbers(session, process.id, [broadcast.id for broadcast in found])
    return [_going(broadcast, numbers.get(broadcast.id, {})) for broadcast in found]


def _going(broadcast: Broadcast, numbers: Mapping[State, int]) -> Going:
    number, to_come = sum(numbers.values()), sum(numbers.get(state, 0) for state in TO_COME)
    return Going(
        broadcast,
        counts.among_many(number, number),
        counts.among_many(to_come, number),
        not _is_being_made(broadcast) and not to_come,
    )


def _is_being_made(broadcast: Broadcast) -> bool:
    return not broadcast.expanded and broadcast.state in broadcasts.GOES_ON


async def pause(session: Session, process: OpenProcess, broadcast_id: str) -> bool:
    """Nothing of it leaves until it is resumed. False when it does not run. Raises `contents.Unfit`."""
    return await broadcasts.pause(session, (await _known(session, process, broadcast_id)).id)


async def resume(session: Session, process: OpenProcess, broadcast_id: str) -> bool:
    """It goes on. False when it was not paused. Raises `contents.Unfit`."""
    return await broadcasts.resume(session, (await _known(session, process, broadcast_id)).id)


async def stop(session: Session, process: OpenProcess, broadcast_id: str) -> bool:
    """Nothing more of it ever leaves. False when it was stopped before. Raises `contents.Unfit`."""
    return await broadcasts.cancel(session, (await _known(session, process, broadcast_id)).id)


async def _known(session: Session, process: OpenProcess, broadcast_id: str) -> Broadcast:
    broadcast = await broadcasts.of(session, process.id, broadcast_id)
    if broadcast is None:
        raise contents.Unfit(to_staff("No broadcast has this id."))
    return broadcast


def _by_state(standings: Sequence[Standing]) -> Counter[State]:
    states = Counter[State]()
    for standing in standings:
        states[standing.state] += standing.number
    return states


def _cells(standings: Sequence[Standing]) -> Sequence[Cell]:
    places = dict.fromkeys((standing.channel, standing.language) for standing in standings)
    return [_cell([it for it in standings if (it.channel, it.language) == place]) for place in places]


def _cell(standings: Sequence[Standing]) -> Cell:
    states = _by_state(standings)
    return Cell(
        standings[0].channel,
        standings[0].language,
        counts.rounded(states.total()),
        {state: counts.rounded(states[state]) for state in State},
    )


def _ends(broadcast: Broadcast, standings: Sequence[Standing], outlook: Outlook, now: datetime) -> datetime | None:
    """Each sender works off its own line; the longest is over last."""
    if broadcast.state is not BroadcastState.RUNNING or not broadcast.expanded:
        return None
    announcement, places = flows.told(broadcast.renditions), Counter[str]()
    for standing in standings:
        if standing.state in TO_COME:
            places[standing.channel] += standing.number * _places(announcement, standing)
    if not places.total() or any(not outlook.rates.get(name) for name, number in places.items() if number):
        return None
    longest = max(number / outlook.rates[name] for name, number in places.items() if number)
    return max(now, outlook.opens or now) + timedelta(seconds=longest)


def _places(announcement: flows.Told, standing: Standing) -> int:
    """So many places of the pace one message takes."""
    kind = channels.kind_of(standing.channel)
    if kind is None or not standing.language:
        return 1
    return max(1, channels.segments_of(kind, announcement.outgoing(standing.language)))


def _version(broadcast: Broadcast, standings: Sequence[Standing], again: broadcasts.SentAgain) -> str:
    seen = (broadcast.state, broadcast.expanded, again, *standings)
    return sha256(repr(seen).encode()).hexdigest()[:16]
