"""Takes what a form on one of our own pages posts, and nothing that another page makes a browser post."""

from collections.abc import Awaitable, Callable
from urllib.parse import urlsplit

from aiohttp import web
from multidict import MultiMapping

OURS = {"127.0.0.1", "localhost", "[::1]"}

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


def guarded(handler: Handler) -> Handler:
    """Only our own pages may make a visitor's browser do something."""

    async def guarded_handler(request: web.Request) -> web.StreamResponse:
        if not is_ours(request):
            raise web.HTTPForbidden(text="This did not come from a page of the demo.")
        return await handler(request)

    return guarded_handler


def is_ours(request: web.Request) -> bool:
    """By what the browser says of where a form stood. The name must be this computer's: others can be pointed here."""
    if request.host.rpartition(":")[0] not in OURS:
        return False
    source = request.headers.get("Origin", request.headers.get("Referer"))
    if source is not None and urlsplit(source).netloc != request.host:
        return False
    site = request.headers.get("Sec-Fetch-Site", "same-origin" if source else "")
    return site in ("same-origin", "none")


async def posted(request: web.Request) -> MultiMapping[str]:
    try:
        fields = await request.post()
    except (ValueError, LookupError) as wrong:
        raise web.HTTPBadRequest(text="This form cannot be read.") from wrong
    if not all(isinstance(value, str) and "\ufffd" not in value for value in fields.values()):
        raise web.HTTPBadRequest(text="Only texts in UTF-8 are taken here.")
    return fields  # type: ignore[return-value]  # every value is a text, see above
