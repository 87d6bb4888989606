"""Members of staff: who is behind a request, and what they may do."""

from datetime import datetime, timedelta
from hashlib import sha256

from storage import Session, sign_ins
from storage.sign_ins import Colleague, SignIn
from storage.staff import Grant

__all__ = ["Colleague", "Grant", "SignIn", "behind", "is_to_be_seen", "seen"]

IDLE = timedelta(minutes=60)
"""After so long without a request a sign-in is over."""
SEEN_EVERY = timedelta(minutes=1)
"""How exactly it is kept when somebody was last seen: looking at a page seldom writes."""


async def behind(session: Session, token: str, now: datetime) -> Colleague | None:
    """Whose token it is. None where it is unknown, over or idle for too long, or its holder is no member of staff."""
    return await sign_ins.behind(session, named(token), now - IDLE, now)


def named(token: str) -> str:
    """What a token is known by here: whoever reads the database can use none."""
    return sha256(token.encode(errors="replace")).hexdigest()


def is_to_be_seen(sign_in: SignIn, now: datetime) -> bool:
    """Whether `seen` would write something: where it would not, no transaction needs to begin."""
    return sign_in.seen <= now - SEEN_EVERY


async def seen(session: Session, token: str, now: datetime) -> None:
    """They are there still. It is written once a minute."""
    await sign_ins.see(session, named(token), now - IDLE, now - SEEN_EVERY, now)
