"""Reads what a platform posts: bounded, unpacked, clean."""

from asyncio import IncompleteReadError

from aiohttp import web

from channels import Refused

LIMIT = 64 * 1024
"""Bytes. Telegram's and Twilio's largest updates are a tenth of this."""


async def body(request: web.Request) -> bytes:
    if "Content-Encoding" in request.headers:
        raise Refused(415, "packed body")
    if (request.content_length or 0) > LIMIT:
        raise Refused(413, "body too large")
    try:
        await request.content.readexactly(LIMIT + 1)
    except IncompleteReadError as whole:
        return whole.partial
    except (OSError, web.RequestPayloadError):
        refusal = Refused(400, "broken body")
    else:
        refusal = Refused(413, "body too large")
    raise refusal


def clean(text: str) -> str:
    """The text without what no database takes: NUL goes, a lone surrogate becomes U+FFFD."""
    text = text.replace("\0", "")
    try:
        text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    return text
