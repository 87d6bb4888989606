"""Members of staff, and what each may do."""

from dataclasses import asdict, dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import insert

from storage._ground.database import Session, packed
from storage._ground.ids import fresh
from storage.roles import Role
from storage.tables import grant, staff


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


async def give(session: Session, staff_id: str, to_do: Grant) -> None:
    """Raises `Conflict` where they have this role there already."""
    row = {
        "id": fresh(),
        "staff_id": staff_id,
        "process_id": to_do.process_id,
        "role": to_do.role,
        "languages": packed(to_do.languages),
    }
    await session.execute(insert(grant).values(row))
