"""Members of staff, what each may do, and the invitations by which they choose a password."""

import json
from collections.abc import Collection, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, and_, delete, exists, func, insert, or_, select, update

from storage._ground.database import Session, packed
from storage._ground.ids import fresh
from storage.roles import Role
from storage.tables import grant, sign_in, staff, staff_invitation


class Look(StrEnum):
    """How the console looks to a member of staff."""

    SYSTEM = "system"
    """As everything on their device does."""
    LIGHT = "light"
    """Dark on light."""
    DARK = "dark"
    """Light on dark."""


@dataclass(frozen=True, slots=True)
class Grant:
    """What somebody may do. None: in all of the deployment; no languages: in all of them."""

    process_id: str | None
    role: Role
    languages: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class NewStaff:
    """Somebody who is to work here; they choose a password by an invitation."""

    id: str
    login: str
    name: str
    language: str
    look: Look
    made: datetime


async def add(session: Session, new: NewStaff) -> None:
    """Raises `Conflict` where somebody has this login."""
    await session.execute(insert(staff).values(asdict(new)))


@dataclass(frozen=True, slots=True)
class StoredStaff:
    """A member of staff, with what they sign in by."""

    id: str
    login: str
    name: str
    password: str = field(repr=False)
    """A hash; "": they have none."""
    has_second: bool
    ended: datetime | None


async def called(session: Session, login: str) -> StoredStaff | None:
    """Also of somebody who has ended."""
    return await _the_only(session, staff.c.login == login)


async def get(session: Session, staff_id: str) -> StoredStaff | None:
    """The same, by id."""
    return await _the_only(session, staff.c.id == staff_id)


async def _the_only(session: Session, condition: ColumnElement[bool]) -> StoredStaff | None:
    row = (await session.execute(select(*_COLUMNS).where(condition))).one_or_none()
    return None if row is None else StoredStaff(*row)


_COLUMNS = (staff.c.id, staff.c.login, staff.c.name, staff.c.password, staff.c.totp.is_not(None), staff.c.ended)


@dataclass(frozen=True, slots=True)
class Listed:
    """A member of staff as their colleagues see them."""

    id: str
    login: str
    name: str
    has_password: bool
    has_second: bool
    ended: datetime | None
    seen: datetime | None
    """When they were last seen, where they are signed in."""
    grants: tuple[Grant, ...]


async def names(session: Session, ids: Collection[str]) -> dict[str, str]:
    """What these are called, or their logins where they have not said, by id. Nothing is asked about nobody."""
    if not ids:
        return {}
    found = await session.execute(select(staff.c.id, staff.c.name, staff.c.login).where(staff.c.id.in_(ids)))
    return {row.id: row.name or row.login for row in found}


async def every(session: Session) -> list[Listed]:
    """In the order of their logins; who has ended at the end."""
    last = select(func.max(sign_in.c.seen)).where(sign_in.c.staff_id == staff.c.id).scalar_subquery()
    columns = (
        staff.c.id,
        staff.c.login,
        staff.c.name,
        (staff.c.password != "").label("has_password"),
        staff.c.totp.is_not(None).label("has_second"),
        staff.c.ended,
        last.label("seen"),
    )
    rows = (await session.execute(select(*columns).order_by(staff.c.ended.is_not(None), staff.c.login))).all()
    found: dict[str, list[Grant]] = {}
    for row in await session.execute(select(grant).order_by(grant.c.role, grant.c.id)):
        found.setdefault(row.staff_id, []).append(grant_of(row))
    return [Listed(**row._mapping, grants=tuple(found.get(row.id, ()))) for row in rows]


def grant_of(row: Any) -> Grant:
    """What a row says that has the columns of a grant."""
    return Grant(row.process_id, Role(row.role), tuple(json.loads(row.languages)))


async def workers(session: Session, process_id: str, roles: Collection[Role]) -> dict[str, str]:
    """The names of those who have any of these roles in the process, by their ids, in the order of the names."""
    theirs = select(grant.c.staff_id).where(
        or_(grant.c.process_id == process_id, grant.c.process_id.is_(None)), grant.c.role.in_(roles)
    )
    query = select(staff.c.id, staff.c.name).where(staff.c.id.in_(theirs), staff.c.ended.is_(None))
    return {row.id: row.name for row in await session.execute(query.order_by(staff.c.name, staff.c.id))}


async def grants(session: Session, staff_id: str) -> tuple[Grant, ...]:
    rows = await session.execute(select(grant).where(grant.c.staff_id == staff_id).order_by(grant.c.role, grant.c.id))
    return tuple(grant_of(row) for row in rows)


async def give(session: Session, staff_id: str, to_do: Grant) -> None:
    """Let them do this; where they have this role there already, in these languages from now on."""
    await take(session, staff_id, to_do.process_id, to_do.role)
    row = {
        "id": fresh(),
        "staff_id": staff_id,
        "process_id": to_do.process_id,
        "role": to_do.role,
        "languages": packed(to_do.languages),
    }
    await session.execute(insert(grant).values(row))


async def take(session: Session, staff_id: str, process_id: str | None, role: Role) -> bool:
    """False where they do not have this role there."""
    there = grant.c.process_id.is_(None) if process_id is None else grant.c.process_id == process_id
    taken = delete(grant).where(grant.c.staff_id == staff_id, grant.c.role == role, there)
    return bool((await session.execute(taken)).rowcount)


async def lock(session: Session, staff_ids: Sequence[str], owners_too: bool = False) -> None:
    """Whoever changes how these sign in, or what they may do, waits until this transaction ends.

    Before anything else of theirs is changed, and always in the same order, so that nobody waits for ever.
    `owners_too`: whoever could stop being one of the last owners, too.
    """
    meant: ColumnElement[bool] = staff.c.id.in_(staff_ids)
    if owners_too:
        meant = or_(meant, staff.c.id.in_(select(grant.c.staff_id).where(_OWNS_ALL)))
    await session.execute(select(staff.c.id).where(meant).order_by(staff.c.id).with_for_update())


_OWNS_ALL = and_(grant.c.role == Role.OWNER, grant.c.process_id.is_(None))


async def owners(session: Session) -> set[str]:
    """The owners of the whole deployment who can sign in."""
    can = (staff.c.ended.is_(None), staff.c.password != "")
    owns = exists().where(grant.c.staff_id == staff.c.id, _OWNS_ALL)
    return set((await session.execute(select(staff.c.id).where(owns, *can))).scalars())


@dataclass(frozen=True, slots=True)
class Profile:
    """What members of staff say of themselves."""

    name: str
    language: str
    look: Look


async def set_profile(session: Session, staff_id: str, profile: Profile) -> None:
    await session.execute(update(staff).where(staff.c.id == staff_id).values(asdict(profile)))


async def set_password(session: Session, staff_id: str, password: str) -> None:
    """A hash; "": they have none from now on."""
    await session.execute(update(staff).where(staff.c.id == staff_id).values(password=password))


async def end(session: Session, staff_id: str, now: datetime) -> None:
    """They are no member of staff any more, and may do nothing. Their name stays beside what they did."""
    await session.execute(update(staff).where(staff.c.id == staff_id).values(ended=now, password=""))
    await session.execute(delete(grant).where(grant.c.staff_id == staff_id))
    await session.execute(delete(staff_invitation).where(staff_invitation.c.staff_id == staff_id))


async def invite(session: Session, invitation_id: str, staff_id: str, until: datetime) -> None:
    """Keep an invitation by the hash of its token; those that they had before lead nowhere from now on."""
    await session.execute(delete(staff_invitation).where(staff_invitation.c.staff_id == staff_id))
    await session.execute(insert(staff_invitation).values(id=invitation_id, staff_id=staff_id, until=until))


async def invited(session: Session, invitation_id: str, now: datetime) -> str | None:
    """Whom it is for. None where it is unknown, over or used."""
    found = select(staff_invitation.c.staff_id).where(*_holds(invitation_id, now))
    return (await session.execute(found)).scalar_one_or_none()


async def use_invitation(session: Session, invitation_id: str, now: datetime) -> str | None:
    """The same, and nobody else uses it."""
    used = update(staff_invitation).where(*_holds(invitation_id, now)).values(used=now)
    staff_id: str | None = (await session.execute(used.returning(staff_invitation.c.staff_id))).scalar_one_or_none()
    return staff_id


def _holds(invitation_id: str, now: datetime) -> tuple[ColumnElement[bool], ...]:
    is_new = (staff_invitation.c.used.is_(None), staff_invitation.c.until > now)
    return (staff_invitation.c.id == invitation_id, *is_new)


async def prune_invitations(session: Session, before: datetime) -> int:
    """Forget those that were over by then."""
    return (await session.execute(delete(staff_invitation).where(staff_invitation.c.until <= before))).rowcount
