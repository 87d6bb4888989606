"""Members of staff who are signed in, for tests of any room."""

from datetime import datetime

from handlers.signing_in import HOLDS, named
from storage import Session, fresh, sign_ins, staff
from storage.roles import Role
from storage.sign_ins import NewSignIn
from storage.staff import Grant, Look, NewStaff
from tests.storage.rows import NOW, PROCESS

EVERYWHERE = None
"""The process of a grant that is for all of the deployment."""


async def colleague(session: Session, login: str, *grants: Grant, language: str = "en", now: datetime = NOW) -> str:
    """A member of staff without a password; gives their id."""
    name = fresh()
    await staff.add(session, NewStaff(name, login, login.title(), language, Look.SYSTEM, now))
    for grant in grants:
        await staff.give(session, name, grant)
    return name


async def signed_in(
    session: Session,
    role: Role = Role.ORGANIZER,
    process: str | None = PROCESS,
    languages: tuple[str, ...] = (),
    *,
    login: str | None = None,
    language: str = "en",
    pending: bool = False,
    also: tuple[Role, ...] = (),
    now: datetime = NOW,
) -> str:
    """Somebody new with this role, and those `also`, who is signed in by both factors; gives their token."""
    grants = [Grant(process, each, languages) for each in dict.fromkeys((role, *also))]
    who = await colleague(session, login or f"{role}-{fresh()[:8]}", *grants, language=language)
    return await sign_in(session, who, pending=pending, now=now)


async def sign_in(session: Session, staff_id: str, *, pending: bool = False, now: datetime = NOW) -> str:
    """One more browser of theirs; gives its token."""
    token = fresh()
    confirmed = None if pending else now
    new = NewSignIn(named(token), staff_id, now, now, now + HOLDS, confirmed, not pending, "Firefox, Linux")
    await sign_ins.begin(session, new)
    return token
