"""Members of staff sign in: a password, then a second factor; how long it holds, and how it ends.

A password is hashed while no transaction is open. So whoever signs in goes through three steps, of which the program
opens the first and the last a transaction each: `attempt`, `Passwords.match`, and `begin` or `confirm`.
"""

import secrets
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import Enum
from hashlib import sha256
from ipaddress import ip_address, ip_network

import structlog

from handlers import journal, second_factors
from handlers.journal import Act, Entry
from handlers.second_factors import SecondFactor
from storage import Keyring, Session, Unreadable, attempts, fresh, sign_ins, staff
from storage import second_factors as stored_factors
from storage.sign_ins import Colleague, NewSignIn, SignIn

TRIED_WITHIN = timedelta(minutes=15)
MOST_OF_ACCOUNT = 10
"""Tries within that: of one account's password, and of its second factor."""
MOST_OF_CLIENT = 100
"""From one place on the net: a whole office may be there."""
NETWORK = 64
"""Bits of an IPv6 address that are one place: whoever has it has all addresses in it."""
LONGEST_LOGIN = 200
HOLDS = timedelta(hours=12)
"""How long one is signed in, however busy."""
PENDING_HOLDS = timedelta(minutes=30)
"""How long after the password a second factor may be given, or chosen."""
IDLE = timedelta(minutes=60)
"""After so long without a request a sign-in is over."""
CONFIRMED_HOLDS = timedelta(minutes=10)
"""How long after somebody gave all that they sign in by they may do what cannot be undone."""

log = structlog.get_logger()


class Refusal(Enum):
    """Why somebody is not let in. It is the same whatever was wrong: nobody learns which logins there are."""

    WRONG = "wrong"
    """Login, password or code are wrong, or this was used already, or is over."""
    TOO_OFTEN = "too often"
    """There were too many tries: of this account, or from this place. None is looked at before 15 minutes are over."""


class Unconfirmed(Exception):
    """They have to give their password and second factor once more before this."""


@dataclass(frozen=True, slots=True)
class Attempt:
    """A try that was counted, with what the password has to match."""

    id: str
    staff_id: str
    """"": nobody has this login."""
    password: str = field(repr=False)
    """A hash; "": nobody can sign in here."""
    client: str = field(repr=False)
    """The address on the net that it came from."""


@dataclass(frozen=True, slots=True)
class SignedIn:
    """A sign-in has begun, or goes on by another token; whatever the browser had before opens nothing."""

    token: str = field(repr=False)
    needs_second: bool


async def attempt(session: Session, keys: Keyring, login: str, client: str, now: datetime) -> Attempt | Refusal:
    """First step: count the try. Commit it whatever comes of it: who goes away in the middle has tried."""
    name = folded(login)
    counted = await count_try(session, keys, f"account {name}", client, now)
    if counted is None:
        return Refusal.TOO_OFTEN
    who = await staff.called(session, name)
    if who is None or who.ended is not None:
        return Attempt(counted, "", "", client)
    return Attempt(counted, who.id, who.password, client)


def folded(login: str) -> str:
    """As logins are kept."""
    return login.strip().lower()[:LONGEST_LOGIN]


async def count_try(session: Session, keys: Keyring, target: str, client: str, now: datetime) -> str | None:
    """The name of the try; None: there were too many."""
    name = fresh()
    most = {keys.index("attempt", target): MOST_OF_ACCOUNT, keys.index("attempt", _place(client)): MOST_OF_CLIENT}
    return name if await attempts.count_in(session, name, most, now - TRIED_WITHIN, now) else None


def _place(client: str) -> str:
    """The address on the net, or the network that one household has."""
    try:
        address = ip_address(client)
    except ValueError:
        return f"client {client}"
    is_short = address.version == 4
    return f"client {address if is_short else ip_network((address, NETWORK), strict=False)}"


@dataclass(frozen=True, slots=True)
class Browser:
    """Where somebody signs in."""

    name: str
    """Coarsely: `browsers.named`."""
    token: str = field(default="", repr=False)
    """Of the sign-in that it had before, which ends."""


async def begin(
    session: Session, rule: SecondFactor, tried: Attempt, matches: bool, browser: Browser, now: datetime
) -> SignedIn | Refusal:
    """Last step: `matches` says whether the password was this one's."""
    who = await _still(session, tried) if matches else None
    if who is None:
        return Refusal.WRONG
    await attempts.forgive(session, tried.id)
    await sign_ins.end_here(session, named(browser.token))
    return await let_in(session, rule, who, browser.name, now)


async def _still(session: Session, tried: Attempt) -> staff.StoredStaff | None:
    """Whose password it is still: they may have changed it, or ended, while it was hashed."""
    if not tried.staff_id:
        return None
    await staff.lock(session, [tried.staff_id])
    who = await staff.get(session, tried.staff_id)
    is_still = who is not None and who.ended is None and who.password == tried.password
    return who if is_still else None


async def let_in(session: Session, rule: SecondFactor, who: staff.StoredStaff, browser: str, now: datetime) -> SignedIn:
    """Their password is theirs, and whoever else changes something of theirs waits."""
    is_pending = who.has_second or second_factors.is_enforced(rule, await staff.grants(session, who.id))
    token, until = fresh_token(), now + (PENDING_HOLDS if is_pending else HOLDS)
    new = NewSignIn(named(token), who.id, now, now, until, None if is_pending else now, False, browser)
    await sign_ins.begin(session, new)
    return SignedIn(token, is_pending)


def fresh_token() -> str:
    """256 random bits."""
    return secrets.token_urlsafe(32)


def named(token: str) -> str:
    """What a token is known by here: whoever reads the database can use none."""
    return sha256(token.encode(errors="replace")).hexdigest()


async def give_second(
    session: Session, keys: Keyring, who: Colleague, code: str, client: str, now: datetime
) -> SignedIn | Refusal:
    """A code of their app, or one on paper, after the password. Commit it whatever comes of it."""
    if not who.needs_second:
        return Refusal.WRONG
    refusal = await _second(session, keys, who, code, client, now)
    return refusal or await complete(session, who, now, second=True)


async def _second(
    session: Session, keys: Keyring, who: Colleague, code: str, client: str, now: datetime
) -> Refusal | None:
    """None where it is theirs and was not used before."""
    await staff.lock(session, [who.id])
    counted = await count_try(session, keys, f"second {who.id}", client, now)
    if counted is None:
        return Refusal.TOO_OFTEN
    if not await sign_ins.is_there(session, who.sign_in.id) or not await _uses(session, keys, who.id, code, now):
        return Refusal.WRONG
    await attempts.forgive(session, counted)
    return None


async def _uses(session: Session, keys: Keyring, staff_id: str, code: str, now: datetime) -> bool:
    try:
        secret = await stored_factors.of(session, keys, staff_id)
    except Unreadable:
        log.error("a second factor is not readable")
        return False
    plain = second_factors.normal(code)
    step = None if secret is None else second_factors.step_of(secret.text, plain, now)
    if step is not None:
        return await stored_factors.use_step(session, staff_id, step)
    return await stored_factors.use_code(session, staff_id, second_factors.hashed(keys, staff_id, plain), now)


async def complete(session: Session, who: Colleague, now: datetime, *, second: bool) -> SignedIn | Refusal:
    """All that they sign in by was given."""
    since = replace(who.sign_in, began=now, until=now + HOLDS) if who.needs_second else who.sign_in
    token = await _renewed(session, who, replace(since, confirmed=now, second=second), now)
    return Refusal.WRONG if token is None else SignedIn(token, False)


async def renew(session: Session, who: Colleague, now: datetime) -> str:
    """Another token for the same sign-in, because they may do something else from now on. "": it has ended."""
    return await _renewed(session, who, who.sign_in, now) or ""


async def _renewed(session: Session, who: Colleague, after: SignIn, now: datetime) -> str | None:
    if not await sign_ins.end(session, who.id, who.sign_in.id):
        return None
    token = fresh_token()
    new = NewSignIn(named(token), who.id, after.began, now, after.until, after.confirmed, after.second, after.browser)
    await sign_ins.begin(session, new)
    return token


async def confirm(
    session: Session, keys: Keyring, who: Colleague, tried: Attempt, matches: bool, code: str, now: datetime
) -> SignedIn | Refusal:
    """They give again all that they sign in by, before what cannot be undone. Commit it whatever comes of it.

    `tried` and `matches` are of their own login; `code` counts where they have a second factor.
    """
    holder = await _still(session, tried) if matches else None
    if who.needs_second or holder is None or holder.id != who.id:
        return Refusal.WRONG
    if holder.has_second and (refusal := await _second(session, keys, who, code, tried.client, now)):
        return refusal
    await attempts.forgive(session, tried.id)
    return await complete(session, who, now, second=holder.has_second)


def is_confirmed(sign_in: SignIn, now: datetime) -> bool:
    """Whether they may do now what cannot be undone."""
    return sign_in.confirmed is not None and now - sign_in.confirmed < CONFIRMED_HOLDS


def need_confirmation(who: Colleague, now: datetime) -> None:
    """Raises `Unconfirmed`."""
    if not is_confirmed(who.sign_in, now):
        raise Unconfirmed


async def write_down(session: Session, act: Act, who: Colleague, now: datetime) -> None:
    await journal.write(session, who.id, None, Entry(act, who.id), now)


async def change_password(session: Session, who: Colleague, password_hash: str, now: datetime) -> str:
    """They are signed in nowhere but here, by another token, which this gives. "": it has ended meanwhile.

    Raises `Unconfirmed`.
    """
    need_confirmation(who, now)
    await staff.lock(session, [who.id])
    token = await renew(session, who, now)
    if token:
        await staff.set_password(session, who.id, password_hash)
        await sign_ins.end_all(session, who.id, but=named(token))
        await write_down(session, Act.STAFF_PASSWORD, who, now)
    return token


async def own(session: Session, who: Colleague, now: datetime) -> list[SignIn]:
    """Where they are signed in, this browser among them."""
    return await sign_ins.of(session, who.id, now - IDLE, now)


async def sign_out(session: Session, who: Colleague) -> None:
    """Here."""
    await sign_ins.end(session, who.id, who.sign_in.id)


async def end(session: Session, who: Colleague, sign_in_id: str) -> bool:
    """There. False where it has ended, or is not theirs."""
    return await sign_ins.end(session, who.id, sign_in_id)


async def end_others(session: Session, who: Colleague) -> int:
    """Everywhere but here; gives in how many browsers."""
    return await sign_ins.end_all(session, who.id, but=who.sign_in.id)


async def tidy(session: Session, now: datetime) -> None:
    """Forget what is over: sign-ins, and tries that count no more."""
    await sign_ins.prune(session, now - IDLE, now)
    await attempts.prune(session, now - TRIED_WITHIN)
    await staff.prune_invitations(session, now)
