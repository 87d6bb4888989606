"""A text that is written together: what it is to become, its parts, and of each part what changed and why."""

from aiohttp import web

import flows
from handlers import public_texts
from handlers.public_texts import ShownPart, ShownText
from public._frame import pages
from public._frame.copies import Copy
from public._frame.routes import Route
from public._frame.visits import Visit


async def is_there(visit: Visit) -> None:
    """A draft is as unknown as one that there never was."""
    _text(visit)


async def show(visit: Visit) -> Copy:
    return pages.page(visit, "text.html", text=_text(visit), word=flows.to_send("read"))


async def part_is_there(visit: Visit) -> None:
    _part(visit, _text(visit))


async def show_part(visit: Visit) -> Copy:
    text = _text(visit)
    part = _part(visit, text)
    async with visit.source.database.reading() as session:
        passage = await public_texts.passage(session, visit.wall.process, text, part.id)
    if passage is None:
        raise web.HTTPNotFound
    return pages.page(visit, "part.html", text=text, part=part, passage=passage, word=flows.to_send("read"))


def _text(visit: Visit) -> ShownText:
    found = next((text for text in visit.wall.texts if text.id == visit.parts["text"]), None)
    if found is None:
        raise web.HTTPNotFound
    return found


def _part(visit: Visit, text: ShownText) -> ShownPart:
    number = int(visit.parts["part"])
    if number > len(text.parts):
        raise web.HTTPNotFound
    return text.parts[number - 1]


routes = [
    Route("/t/{text:[0-9a-f]+}", show, is_there),
    Route("/t/{text:[0-9a-f]+}/{part:[1-9][0-9]?}", show_part, part_is_there),
]
