"""The feed of a process: its responses and results as Atom (RFC 4287), in each of its languages."""

from uuid import UUID, uuid5

from handlers import walls
from handlers.walls import News
from public._frame import pages
from public._frame.copies import Copy
from public._frame.routes import Route
from public._frame.visits import Visit
from storage import processes


async def show(visit: Visit) -> Copy:
    async with visit.source.database.reading() as session:
        news = await walls.news(session, visit.wall)
        # When something was last added; before anything was, when the process was opened.
        updated = news[0].published if news else await processes.opened(session, visit.wall.process.id)
    return pages.feed(visit, "feed.xml", news=news, updated=updated, name=name)


def name(visit: Visit, news: News | None = None) -> str:
    """What it is known by for ever, in this language: of one piece of news, or of the feed itself."""
    random = UUID(hex=visit.wall.process.id if news is None else news.id)
    return uuid5(random, visit.language).urn


routes = [Route("/feed.atom", show)]
