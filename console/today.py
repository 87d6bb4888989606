"""What needs somebody today in a process."""

from aiohttp import web

from console._frame.desks import Desk
from console._frame.routes import get
from console._frame.sections import ANY


async def show(desk: Desk) -> web.StreamResponse:
    return desk.page("today.html")


routes = [get("/p/{slug}", show, ANY)]
