"""Who is signed in, in which browser, since when."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import delete, insert, or_, select, update

from storage._ground.database import Session
from storage.staff import Grant, Look, grant_of
from storage.tables import grant, sign_in, staff


@dataclass(frozen=True, slots=True)
class NewSignIn:
    """A sign-in that begins. It is known by the hash of the token that the browser keeps."""

    id: str
    staff_id: str
    began: datetime
    seen: datetime
    until: datetime
    confirmed: datetime | None
    second: bool
    browser: str


@dataclass(frozen=True, slots=True)
class SignIn:
    """The sign-in that a request came by."""

    id: str
    """The hash of its token."""
    began: datetime
    seen: datetime
    until: datetime
    """When it is over, however busy they are."""
    confirmed: datetime | None
    """When all that they sign in by was last given; None: the second factor is to be given still, or chosen."""
    second: bool
    """They gave their second factor."""
    browser: str
    """Coarsely: "Firefox, Android"; "": nobody knows."""


@dataclass(frozen=True, slots=True)
class Colleague:
    """A member of staff who is signed in."""

    id: str
    login: str
    name: str
    language: str
    look: Look
    needs_second: bool
    """They have to give or to choose their second factor before anything else."""
    grants: tuple[Grant, ...]
    sign_in: SignIn


async def begin(session: Session, new: NewSignIn) -> None:
    await session.execute(insert(sign_in).values(asdict(new)))


async def behind(session: Session, sign_in_id: str, idle: datetime, now: datetime) -> Colleague | None:
    """Whose it is, with all that they may do, in one statement. None where it is over, or nobody was seen since `idle`.

    Looked up by a hash: how long that takes tells nothing of the tokens that there are.
    """
    columns = (staff, sign_in, grant.c.process_id, grant.c.role, grant.c.languages)
    joined = sign_in.join(staff, staff.c.id == sign_in.c.staff_id).outerjoin(grant, grant.c.staff_id == staff.c.id)
    goes_on = (sign_in.c.until > now, sign_in.c.seen > idle, staff.c.ended.is_(None))
    query = select(*columns).select_from(joined).where(sign_in.c.id == sign_in_id, *goes_on).order_by(grant.c.id)
    rows = (await session.execute(query)).all()
    return _colleague(rows) if rows else None


def _colleague(rows: Sequence[Any]) -> Colleague:
    row = rows[0]._mapping
    return Colleague(
        row[staff.c.id],
        row[staff.c.login],
        row[staff.c.name],
        row[staff.c.language],
        Look(row[staff.c.look]),
        row[sign_in.c.confirmed] is None,
        tuple(grant_of(each) for each in rows if each.role is not None),
        SignIn(*(row[column] for column in _OF_SIGN_IN)),
    )


_OF_SIGN_IN = (
    sign_in.c.id,
    sign_in.c.began,
    sign_in.c.seen,
    sign_in.c.until,
    sign_in.c.confirmed,
    sign_in.c.second,
    sign_in.c.browser,
)


async def see(session: Session, sign_in_id: str, idle: datetime, before: datetime, now: datetime) -> None:
    """Somebody is there. What was idle for too long stays so, and what was seen since `before` is not written again."""
    due = (sign_in.c.seen > idle, sign_in.c.seen <= before)
    await session.execute(update(sign_in).where(sign_in.c.id == sign_in_id, *due).values(seen=now))


async def of(session: Session, staff_id: str, idle: datetime, now: datetime) -> list[SignIn]:
    """All that go on of one member of staff, the last seen first."""
    goes_on = (sign_in.c.staff_id == staff_id, sign_in.c.until > now, sign_in.c.seen > idle)
    rows = await session.execute(select(*_OF_SIGN_IN).where(*goes_on).order_by(sign_in.c.seen.desc(), sign_in.c.id))
    return [SignIn(*row) for row in rows]


async def is_there(session: Session, sign_in_id: str) -> bool:
    """Whether nobody has ended it."""
    found = select(sign_in.c.id).where(sign_in.c.id == sign_in_id)
    return (await session.execute(found)).one_or_none() is not None


async def end(session: Session, staff_id: str, sign_in_id: str) -> bool:
    """False where they have none that is called so."""
    ended = delete(sign_in).where(sign_in.c.staff_id == staff_id, sign_in.c.id == sign_in_id)
    return bool((await session.execute(ended)).rowcount)


async def end_here(session: Session, sign_in_id: str) -> None:
    """Whoever's it is: their browser has said its token."""
    await session.execute(delete(sign_in).where(sign_in.c.id == sign_in_id))


async def end_all(session: Session, staff_id: str, but: str = "") -> int:
    """In every browser of theirs, but for this one."""
    return (await session.execute(delete(sign_in).where(sign_in.c.staff_id == staff_id, sign_in.c.id != but))).rowcount


async def prune(session: Session, idle: datetime, now: datetime) -> int:
    """Forget those that are over."""
    return (await session.execute(delete(sign_in).where(or_(sign_in.c.until <= now, sign_in.c.seen <= idle)))).rowcount
