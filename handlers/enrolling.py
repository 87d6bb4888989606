"""Members of staff choose a second factor: it is shown, and theirs once a code of it is given."""

from dataclasses import dataclass, field
from datetime import datetime

from handlers import second_factors, signing_in
from handlers.journal import Act
from handlers.second_factors import Offer
from handlers.signing_in import Refusal
from storage import Keyring, Session, attempts, sign_ins, staff
from storage import second_factors as stored_factors
from storage.second_factors import Secret
from storage.sign_ins import Colleague


@dataclass(frozen=True, slots=True)
class Standing:
    """How far somebody is with their second factor."""

    has_second: bool
    offer: Offer | None
    """What was offered in this browser and no code of was given yet."""
    codes_left: int
    """On paper, unused."""


async def standing(session: Session, keys: Keyring, who: Colleague) -> Standing:
    """Changes nothing."""
    stored = await staff.get(session, who.id)
    shown = await stored_factors.offered(session, keys, who.sign_in.id)
    return Standing(
        stored is not None and stored.has_second,
        None if shown is None else second_factors.offer(who.login, shown),
        await stored_factors.codes_left(session, who.id),
    )


async def offer_second(session: Session, keys: Keyring, who: Colleague, now: datetime) -> Offer | None:
    """A second factor to put into an app; it is theirs once a code of it is given in this same browser.

    The same one however often the page is opened. None where they have one and must give it first.
    Raises `Unconfirmed`.
    """
    await staff.lock(session, [who.id])
    if not await _may_choose(session, who, now):
        return None
    shown = await stored_factors.offered(session, keys, who.sign_in.id)
    offer = second_factors.offer(who.login, shown or "")
    if shown is None:
        await stored_factors.offer(session, keys, who.sign_in.id, offer.secret)
    return offer


async def _may_choose(session: Session, who: Colleague, now: datetime) -> bool:
    """Whoever knows a password alone chooses no second factor in place of another."""
    stored = await staff.get(session, who.id)
    if stored is None or not await sign_ins.is_there(session, who.sign_in.id):
        return False
    if who.needs_second:
        return not stored.has_second
    signing_in.need_confirmation(who, now)
    return True


@dataclass(frozen=True, slots=True)
class Enrolled:
    """They have a second factor. The codes on paper are shown once."""

    token: str = field(repr=False)
    codes: tuple[str, ...] = field(repr=False)


async def enrol(
    session: Session, keys: Keyring, who: Colleague, code: str, client: str, now: datetime
) -> Enrolled | Refusal:
    """The first code of what was offered here: from now on it is theirs, and they are signed in nowhere else.

    Commit it whatever comes of it. Raises `Unconfirmed`.
    """
    await staff.lock(session, [who.id])
    if not await _may_choose(session, who, now):
        return Refusal.WRONG
    counted = await signing_in.count_try(session, keys, f"second {who.id}", client, now)
    if counted is None:
        return Refusal.TOO_OFTEN
    secret = await stored_factors.offered(session, keys, who.sign_in.id)
    step = None if secret is None else second_factors.step_of(secret, second_factors.normal(code), now)
    if secret is None or step is None:
        return Refusal.WRONG
    await attempts.forgive(session, counted)
    await stored_factors.put(session, keys, who.id, Secret(secret, step))
    await sign_ins.end_all(session, who.id, but=who.sign_in.id)
    completed = await signing_in.complete(session, who, now, second=True)
    if isinstance(completed, Refusal):
        return completed
    codes = await _fresh_codes(session, keys, who.id)
    await signing_in.write_down(session, Act.STAFF_SECOND, who, now)
    return Enrolled(completed.token, codes)


async def renew_codes(session: Session, keys: Keyring, who: Colleague, now: datetime) -> tuple[str, ...]:
    """Other codes on paper in place of those that they had. Raises `Unconfirmed`."""
    signing_in.need_confirmation(who, now)
    await staff.lock(session, [who.id])
    if not await sign_ins.is_there(session, who.sign_in.id):
        return ()
    codes = await _fresh_codes(session, keys, who.id)
    await signing_in.write_down(session, Act.STAFF_CODES, who, now)
    return codes


async def _fresh_codes(session: Session, keys: Keyring, staff_id: str) -> tuple[str, ...]:
    codes = second_factors.codes()
    await stored_factors.put_codes(session, staff_id, [second_factors.hashed(keys, staff_id, code) for code in codes])
    return tuple(codes)
