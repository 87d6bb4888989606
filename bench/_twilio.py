"""How a Twilio signs what it says of messages, and the messages that are under way."""

from base64 import b64encode
from collections.abc import Iterable
from hmac import digest

from demo.platforms.accounts import TWILIO_TOKEN

PUBLIC = "https://hearback.example"
PATH = "/hooks/sms/status?delivery="
SENT = 60_000
"""Messages that Twilio has taken and will say more of: d0, d1, ..."""


def signature(url: str, fields: Iterable[tuple[str, str]]) -> bytes:
    """By hand: HMAC-SHA1 over the address and the fields in order."""
    signed = url + "".join([name + value for name, value in sorted(fields)])
    return b64encode(digest(TWILIO_TOKEN.encode(), signed.encode(), "sha1"))


def numbers(columns: str) -> str:
    """SQL for one row a message; `i` is its number."""
    return (
        f"WITH RECURSIVE numbers(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM numbers WHERE i < {SENT - 1}) "  # noqa: S608
        f"SELECT {columns} FROM numbers"
    )
