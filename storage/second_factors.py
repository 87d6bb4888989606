"""What members of staff sign in by besides a password: the secret of their app, and codes for the day it is lost."""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import delete, func, insert, or_, select, update

from storage._ground.database import Session
from storage.keys import Box, Keyring, Unreadable
from storage.tables import recovery_code, sign_in, staff


@dataclass(frozen=True, slots=True)
class Secret:
    """The secret of somebody's second factor, and the last step of time whose code they used."""

    text: str = field(repr=False)
    step: int | None


async def of(session: Session, keys: Keyring, staff_id: str) -> Secret | None:
    """None: they have none. Raises `Unreadable` where no key opens it any more."""
    found = select(staff.c.totp, staff.c.totp_step).where(staff.c.id == staff_id, staff.c.totp.is_not(None))
    row = (await session.execute(found)).one_or_none()
    return None if row is None else Secret(keys.open(row.totp, staff.c.totp, staff_id), row.totp_step)


async def use_step(session: Session, staff_id: str, step: int) -> bool:
    """The code of a step of time is used once, and none of before it afterwards. False when somebody was quicker."""
    is_new = or_(staff.c.totp_step.is_(None), staff.c.totp_step < step)
    used = update(staff).where(staff.c.id == staff_id, staff.c.totp.is_not(None), is_new).values(totp_step=step)
    return bool((await session.execute(used)).rowcount)


async def put(session: Session, keys: Keyring, staff_id: str, secret: Secret) -> None:
    """From now on this is their second factor."""
    box = keys.seal(secret.text, staff.c.totp, staff_id)
    await session.execute(update(staff).where(staff.c.id == staff_id).values(totp=box, totp_step=secret.step))


async def forget(session: Session, staff_id: str) -> None:
    """They have no second factor any more, and no codes instead of it."""
    await session.execute(update(staff).where(staff.c.id == staff_id).values(totp=None, totp_step=None))
    await session.execute(delete(recovery_code).where(recovery_code.c.staff_id == staff_id))


async def put_codes(session: Session, staff_id: str, hashes: Sequence[str]) -> None:
    """These can be used instead of the second factor, each once, and none of before."""
    await session.execute(delete(recovery_code).where(recovery_code.c.staff_id == staff_id))
    await session.execute(insert(recovery_code), [{"id": each, "staff_id": staff_id} for each in hashes])


async def use_code(session: Session, staff_id: str, code_hash: str, now: datetime) -> bool:
    """False where they have no such code, or have used it."""
    unused = (recovery_code.c.id == code_hash, recovery_code.c.staff_id == staff_id, recovery_code.c.used.is_(None))
    return bool((await session.execute(update(recovery_code).where(*unused).values(used=now))).rowcount)


async def codes_left(session: Session, staff_id: str) -> int:
    unused = (recovery_code.c.staff_id == staff_id, recovery_code.c.used.is_(None))
    return (await session.execute(select(func.count()).select_from(recovery_code).where(*unused))).scalar_one()


async def offer(session: Session, keys: Keyring, sign_in_id: str, text: str) -> None:
    """Keep a secret that is shown in one browser, and is nobody's yet."""
    box = keys.seal(text, sign_in.c.offered, sign_in_id)
    await session.execute(update(sign_in).where(sign_in.c.id == sign_in_id).values(offered=box))


async def offered(session: Session, keys: Keyring, sign_in_id: str) -> str | None:
    """What was shown there last. None where nothing was, or no key opens it any more."""
    found = select(sign_in.c.offered).where(sign_in.c.id == sign_in_id)
    box = (await session.execute(found)).scalar_one_or_none()
    with suppress(Unreadable):
        return None if box is None else keys.open(box, sign_in.c.offered, sign_in_id)
    return None


async def reseal(session: Session, keys: Keyring) -> int:
    """Seal anew, by the current epoch's key, every secret that another one sealed; gives how many those are.

    What is only offered is not: the sign-in that it belongs to is over in hours, and another one is offered.
    """
    others = await _in_other_epochs(session, keys)
    for staff_id, box in others.items():
        with suppress(Unreadable):  # what no key opens is left as it is
            again = keys.seal(keys.open(box, staff.c.totp, staff_id), staff.c.totp, staff_id)
            # Whoever has chosen another one meanwhile keeps that.
            await session.execute(update(staff).where(staff.c.id == staff_id, staff.c.totp == box).values(totp=again))
    return len(others)


async def in_other_epochs(session: Session, keys: Keyring) -> int:
    """How many secrets are not sealed by the current epoch's key."""
    return len(await _in_other_epochs(session, keys))


async def _in_other_epochs(session: Session, keys: Keyring) -> dict[str, Box]:
    """A box does not tell its epoch: the current key is tried. There are as many as there are members of staff."""
    current = Keyring({keys.epoch: keys.wrapping[keys.epoch]}, keys.index_key)
    others: dict[str, Box] = {}
    for row in await session.execute(select(staff.c.id, staff.c.totp).where(staff.c.totp.is_not(None))):
        try:
            current.open(row.totp, staff.c.totp, row.id)
        except Unreadable:
            others[row.id] = row.totp
    return others
