"""The doors of a process: the words by which people come in, with posters to print."""

from dataclasses import dataclass

from aiohttp import web

from channels import Channel
from channels.messages import Entrance, NotSent
from console._frame import pages
from console._frame.desks import Desk, see
from console._frame.routes import get, post
from handlers import doors, journal, senders
from handlers.doors import ListedDoor, NewDoor
from handlers.journal import Act
from handlers.writing import contents
from locales import speaking
from storage.roles import Role

ORGANIZERS = (Role.OWNER, Role.ORGANIZER)


@dataclass(frozen=True, slots=True)
class ShownDoor:
    """A door, and where its word is sent."""

    door: ListedDoor
    entrance: Entrance | None
    """None: its sender is not set up in this program, or its platform does not answer."""


async def show(desk: Desk) -> web.StreamResponse:
    return await _listed(desk)


async def add(desk: Desk) -> web.StreamResponse:
    new = NewDoor(desk.line("sender"), desk.line("word"), desk.line("language") or None, desk.line("source") or None)
    try:
        async with desk.writing(journal.Entry(Act.DOOR_ADD, f"{new.sender}:{new.word.lower()}")) as session:
            await doors.add(session, desk.process, new)
    except contents.Unfit as unfit:
        return await _listed(desk, str(unfit), new)
    raise see(f"{desk.home}/settings/doors", done="added")


async def remove(desk: Desk) -> web.StreamResponse:
    sender, word = desk.at("sender"), desk.at("word")
    try:
        async with desk.writing(journal.Entry(Act.DOOR_REMOVE, f"{sender}:{word}")) as session:
            await doors.remove(session, desk.process, word, sender)
    except contents.Unfit:
        raise web.HTTPNotFound from None
    raise see(f"{desk.home}/settings/doors", done="removed")


async def picture(desk: Desk) -> web.StreamResponse:
    """Its QR code."""
    shown = await _shown(desk, await _door(desk))
    if shown.entrance is None:
        raise web.HTTPNotFound
    headers = {**pages.HEADERS, "Content-Type": "image/svg+xml", "Cache-Control": pages.AGAIN}
    return web.Response(body=doors.picture(shown.entrance.link, "svg"), headers=headers)


async def poster(desk: Desk) -> web.StreamResponse:
    """A page to print, in one language of the process."""
    language = desk.at("language")
    if language not in desk.process.content.languages:
        raise web.HTTPNotFound
    shown = await _shown(desk, await _door(desk))
    with speaking(language):
        return desk.page("poster.html", shown=shown, title=desk.title)


async def _door(desk: Desk) -> ListedDoor:
    async with desk.reading() as session:
        for door in await doors.of(session, desk.process):
            if (door.sender, door.word) == (desk.at("sender"), desk.at("word")):
                return door
    raise web.HTTPNotFound


async def _listed(desk: Desk, wrong: str = "", new: NewDoor | None = None) -> web.StreamResponse:
    async with desk.reading() as session:
        listed = await doors.of(session, desk.process)
        known = await senders.listed(session)
    offered = [sender.name for sender in known if sender.slug in (None, desk.process.slug)]
    shown = [await _shown(desk, door) for door in listed]
    return desk.page("doors.html", 422 if wrong else 200, doors=shown, senders=offered, wrong=wrong, new=new)


async def _shown(desk: Desk, door: ListedDoor) -> ShownDoor:
    channel: Channel | None = desk.office.channels.get(door.sender)
    try:
        return ShownDoor(door, None if channel is None else await channel.entrance(door.word))
    except NotSent:
        return ShownDoor(door, None)


routes = [
    get("/p/{slug}/settings/doors", show, ORGANIZERS),
    post("/p/{slug}/settings/doors", add, ORGANIZERS),
    post("/p/{slug}/settings/doors/{sender}/{word}/remove", remove, ORGANIZERS),
    get("/p/{slug}/settings/doors/{sender}/{word}.svg", picture, ORGANIZERS),
    get("/p/{slug}/settings/doors/{sender}/{word}/poster/{language}", poster, ORGANIZERS),
]
