"""How to take part: for each of our senders a link, a code to scan, the word to send, and who can read along."""

from dataclasses import dataclass

from aiohttp import web

import flows
from channels.messages import Entrance
from handlers import doors
from handlers.walls import Way
from public._frame import pages
from public._frame.copies import SVG, Copy, copied
from public._frame.routes import Route
from public._frame.visits import Visit


@dataclass(frozen=True, slots=True)
class ShownWay:
    """How somebody comes in from one platform."""

    way: Way
    entrance: Entrance
    platform: str
    """The kind of the sender."""
    sees: str
    """What the company that carries the messages can see."""


async def ways(visit: Visit) -> tuple[ShownWay, ...]:
    """One for each sender that can be written to now."""
    chosen: dict[str, Way] = {}
    for way in await visit.source.ways(visit.version, visit.wall, visit.now):
        before = chosen.get(way.sender)
        if before is None or _fit(visit, way) > _fit(visit, before):
            chosen[way.sender] = way
    shown = [await _shown(visit, way) for way in chosen.values()]
    return tuple(way for way in shown if way is not None)


def _fit(visit: Visit, way: Way) -> int:
    """A door in the reader's language is better than one in any, and that is better than one in another."""
    return 2 if way.language == visit.language else 1 if way.language is None else 0


async def _shown(visit: Visit, way: Way) -> ShownWay | None:
    entrance = await visit.source.entrance(way, visit.now)
    if entrance is None:
        return None
    channel = visit.source.channels[way.sender]
    return ShownWay(way, entrance, channel.kind, channel.carrier.sees)


async def show(visit: Visit) -> Copy:
    words = {"stop": flows.to_send("stop"), "forget": flows.to_send("forget")}
    return pages.page(visit, "join.html", ways=await ways(visit), words=words)


async def is_way(visit: Visit) -> Entrance:
    return (await _way(visit)).entrance


async def code(visit: Visit) -> Copy:
    """The code that leads there."""
    return copied(SVG, doors.picture((await _way(visit)).entrance.link, "svg"))


async def _way(visit: Visit) -> ShownWay:
    found = [shown for shown in await ways(visit) if shown.way.sender == visit.parts["sender"]]
    if not found:
        raise web.HTTPNotFound
    return found[0]


routes = [Route("/join", show, ways), Route(r"/join/{sender:[a-z0-9-]+}.svg", code, is_way)]
