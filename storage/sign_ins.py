"""Who is signed in, in which browser, since when."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import insert, select, update

from storage._ground.database import Session
from storage.roles import Role
from storage.staff import Grant, Look
from storage.tables import grant, sign_in, staff


@dataclass(frozen=True, slots=True)
class NewSignIn:
    """A sign-in that begins. It is known by the hash of the token that the browser keeps."""

    id: str
    staff_id: str
    began: datetime
    until: datetime
    confirmed: datetime | None
    second: bool
    pending: bool
    browser: str


@dataclass(frozen=True, slots=True)
class SignIn:
    """The sign-in that a request came by."""

    id: str
    """The hash of its token."""
    began: datetime
    seen: datetime
    confirmed: datetime | None
    """When all that they sign in by was last given."""
    second: bool
    """They gave their second factor."""


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
    await session.execute(insert(sign_in).values(seen=new.began, **asdict(new)))


async def behind(session: Session, sign_in_id: str, idle: datetime, now: datetime) -> Colleague | None:
    """Whose it is, with all that they may do, in one statement. None where it is over, or nobody was seen since `idle`.

    Looked up by a hash: how long that takes tells nothing of the tokens that there are.
    """
    columns = (staff, sign_in, grant.c.process_id, grant.c.role, grant.c.languages)
    joined = sign_in.join(staff, staff.c.id == sign_in.c.staff_id).outerjoin(grant, grant.c.staff_id == staff.c.id)
    goes_on = (sign_in.c.until > now, sign_in.c.seen > idle, staff.c.ended.is_(None))
    query = select(*columns).select_from(joined).where(sign_in.c.id == sign_in_id, *goes_on).order_by(grant.c.id)
    rows = (await session.execute(query)).mappings().all()
    return _colleague(rows) if rows else None


def _colleague(rows: Sequence[Any]) -> Colleague:
    row = rows[0]
    return Colleague(
        row[staff.c.id],
        row[staff.c.login],
        row[staff.c.name],
        row[staff.c.language],
        Look(row[staff.c.look]),
        row[sign_in.c.pending],
        tuple(_grant(each) for each in rows if each[grant.c.role] is not None),
        SignIn(*(row[column] for column in _OF_SIGN_IN)),
    )


_OF_SIGN_IN = (sign_in.c.id, sign_in.c.began, sign_in.c.seen, sign_in.c.confirmed, sign_in.c.second)


def _grant(row: Any) -> Grant:
    return Grant(row[grant.c.process_id], Role(row[grant.c.role]), tuple(json.loads(row[grant.c.languages])))


async def see(session: Session, sign_in_id: str, idle: datetime, before: datetime, now: datetime) -> None:
    """Somebody is there. What was idle for too long stays so, and what was seen since `before` is not written again."""
    due = (sign_in.c.seen > idle, sign_in.c.seen <= before)
    await session.execute(update(sign_in).where(sign_in.c.id == sign_in_id, *due).values(seen=now))
