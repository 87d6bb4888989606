"""Members of staff: who is behind a request, who is let work here, and what each may do."""

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from handlers import journal, signing_in
from handlers.journal import TERMINAL, Act, Entry
from handlers.second_factors import SecondFactor
from handlers.signing_in import IDLE, SignedIn, folded, fresh_token, named
from storage import Session, fresh, second_factors, sign_ins, staff_phones
from storage import staff as stored
from storage.roles import Role
from storage.sign_ins import Colleague, SignIn
from storage.staff import Grant, Listed, Look, NewStaff, Profile

__all__ = ["Colleague", "Grant", "Listed", "Look", "Profile", "SignIn"]

SEEN_EVERY = timedelta(minutes=1)
"""How exactly it is kept when somebody was last seen: looking at a page seldom writes."""
INVITED_FOR = timedelta(days=7)
LOGIN = re.compile(r"[a-z0-9][a-z0-9._@+-]{1,63}")
LONGEST_NAME = 80
"""Characters."""


async def behind(session: Session, token: str, now: datetime) -> Colleague | None:
    """Whose token it is. None where it is unknown, over or idle for too long, or its holder is no member of staff."""
    return await sign_ins.behind(session, named(token), now - IDLE, now)


def is_to_be_seen(sign_in: SignIn, now: datetime) -> bool:
    """Whether `seen` would write something: where it would not, no transaction needs to begin."""
    return sign_in.seen <= now - SEEN_EVERY


async def seen(session: Session, token: str, now: datetime) -> None:
    """They are there still. It is written once a minute."""
    await sign_ins.see(session, named(token), now - IDLE, now - SEEN_EVERY, now)


class Why(StrEnum):
    """Why something is not done with a member of staff."""

    LOGIN = "login"
    """A login has 2 to 64 small letters without accents, digits and . _ @ + -."""
    NAME = "name"
    """A name has 1 to 80 characters."""
    TAKEN = "taken"
    """Somebody has this login, or had it."""
    NOBODY = "nobody"
    """No member of staff has this login, or they have ended."""
    LAST_OWNER = "last owner"
    """Nobody else owns the whole deployment and can sign in."""
    NOT_YOURS = "not yours"
    """Whoever wants it done does not own that process, or the deployment, or has signed out meanwhile."""
    NO_LANGUAGE = "no language"
    """Only moderators and translators work in some languages and not in others."""


class Refused(Exception):
    """Nothing of it was done: take the transaction back."""

    def __init__(self, why: Why) -> None:
        super().__init__(why.value)
        self.why = why


By = Colleague | None
"""Who does it; None: whoever operates the deployment, at its command line."""
BY_LANGUAGE = (Role.MODERATOR, Role.TRANSLATOR)


async def invite(session: Session, by: By, login: str, grant: Grant, language: str, now: datetime) -> str:
    """Let somebody work here; gives the token of the link by which they choose a password. Raises `Refused`."""
    _check(by, grant)
    await _lock(session, by, [], now)
    name = folded(login)
    if not LOGIN.fullmatch(name):
        raise Refused(Why.LOGIN)
    if await stored.called(session, name) is not None:
        raise Refused(Why.TAKEN)
    new = NewStaff(fresh(), name, "", language, Look.SYSTEM, now)
    await stored.add(session, new)
    await stored.give(session, new.id, grant)
    token = await _invite(session, new.id, now)
    await _write_down(session, by, Act.STAFF_INVITE, new.id, now, grant)
    return token


def _check(by: By, grant: Grant) -> None:
    """Raises `Refused`."""
    if grant.languages and grant.role not in BY_LANGUAGE:
        raise Refused(Why.NO_LANGUAGE)
    if by is not None and not owns(by, grant.process_id):
        raise Refused(Why.NOT_YOURS)


def owns(who: Colleague, process_id: str | None) -> bool:
    """Whether they own this process; None: the whole deployment."""
    return any(grant.role is Role.OWNER and grant.process_id in (None, process_id) for grant in who.grants)


async def _lock(session: Session, by: By, staff_ids: Sequence[str], now: datetime, owners_too: bool = False) -> None:
    """From here on nobody changes what these may do, nor whoever does it: they may still do it. Raises `Refused`."""
    ours = [] if by is None else [by.id]
    await stored.lock(session, [*ours, *staff_ids], owners_too)
    if by is not None:
        signing_in.need_confirmation(by, now)
        if by.needs_second or not await sign_ins.is_there(session, by.sign_in.id):
            raise Refused(Why.NOT_YOURS)


async def _invite(session: Session, staff_id: str, now: datetime) -> str:
    token = fresh_token()
    await stored.invite(session, named(token), staff_id, now + INVITED_FOR)
    return token


async def reset(session: Session, by: By, login: str, now: datetime, with_second: bool = False) -> str:
    """Their password is gone, and they are signed in nowhere; gives the token of a link by which they choose another.

    Their second factor stays, unless it is lost, too. Raises `Refused`.
    """
    who = await _held(session, by, login, now)
    await stored.set_password(session, who.id, "")
    await sign_ins.end_all(session, who.id)
    if with_second:
        await second_factors.forget(session, who.id)
    token = await _invite(session, who.id, now)
    await _write_down(session, by, Act.STAFF_RESET, who.id, now)
    return token


async def _write_down(
    session: Session, by: By, act: Act, staff_id: str, now: datetime, grant: Grant | None = None
) -> None:
    facts = {} if grant is None else {"role": grant.role.value, "language": grant.languages}
    process_id = None if grant is None else grant.process_id
    await journal.write(session, TERMINAL if by is None else by.id, process_id, Entry(act, staff_id, facts), now)


async def _held(session: Session, by: By, login: str, now: datetime) -> stored.StoredStaff:
    """Whose login it is, for an owner of the whole deployment, while nobody else changes them. Raises `Refused`."""
    if by is not None and not owns(by, None):
        raise Refused(Why.NOT_YOURS)
    who = await _named(session, login)
    await _lock(session, by, [who.id], now, owners_too=True)
    return await _named(session, login)


async def _named(session: Session, login: str) -> stored.StoredStaff:
    who = await stored.called(session, folded(login))
    if who is None or who.ended is not None:
        raise Refused(Why.NOBODY)
    return who


async def end(session: Session, by: By, login: str, now: datetime) -> None:
    """They are no member of staff any more, from this moment on. Raises `Refused`."""
    who = await _held(session, by, login, now)
    await _leave_an_owner(session, who.id)
    await stored.end(session, who.id, now)
    await second_factors.forget(session, who.id)
    await sign_ins.end_all(session, who.id)
    await staff_phones.end_all(session, who.id)
    await _write_down(session, by, Act.STAFF_END, who.id, now)


async def _leave_an_owner(session: Session, without: str) -> None:
    owners = await stored.owners(session)
    if owners == {without}:
        raise Refused(Why.LAST_OWNER)


async def give(session: Session, by: By, login: str, grant: Grant, now: datetime) -> str:
    """Let them do this, in these languages, from now on. They have to sign in again; whoever changes their own may do,
    too, goes on by another token, which this gives. Raises `Refused`.
    """
    _check(by, grant)
    who = await _named(session, login)
    await _lock(session, by, [who.id], now)
    await _named(session, login)
    await stored.give(session, who.id, grant)
    token = await _end_sign_ins(session, by, who.id, now)
    await _write_down(session, by, Act.GRANT_GIVE, who.id, now, grant)
    return token


async def take(session: Session, by: By, login: str, grant: Grant, now: datetime) -> str:
    """They may do this no more, whatever its languages. The last owner keeps the deployment. As `give` in the rest."""
    _check(by, Grant(grant.process_id, grant.role))
    who = await _named(session, login)
    await _lock(session, by, [who.id], now, owners_too=True)
    if grant.role is Role.OWNER and grant.process_id is None:
        await _leave_an_owner(session, who.id)
    await stored.take(session, who.id, grant.process_id, grant.role)
    token = await _end_sign_ins(session, by, who.id, now)
    await _write_down(session, by, Act.GRANT_TAKE, who.id, now, Grant(grant.process_id, grant.role))
    return token


async def _end_sign_ins(session: Session, by: By, staff_id: str, now: datetime) -> str:
    token = await signing_in.renew(session, by, now) if by is not None and by.id == staff_id else ""
    await sign_ins.end_all(session, staff_id, but=named(token))
    return token


@dataclass(frozen=True, slots=True)
class Guest:
    """Somebody who opened the link of an invitation."""

    login: str
    name: str
    """"": they have not said it yet."""


async def invited(session: Session, token: str, now: datetime) -> Guest | None:
    """None where the link is unknown, over or used."""
    staff_id = await stored.invited(session, named(token), now)
    who = None if staff_id is None else await stored.get(session, staff_id)
    return None if who is None or who.ended is not None else Guest(who.login, who.name)


@dataclass(frozen=True, slots=True)
class Acceptance:
    """What somebody chooses who was invited. The password was hashed while no transaction was open."""

    profile: Profile
    password: str = field(repr=False)
    browser: str = ""
    """Coarsely: `browsers.named`."""


async def accept(
    session: Session, rule: SecondFactor, token: str, acceptance: Acceptance, now: datetime
) -> SignedIn | None:
    """Use an invitation, once: they have a password, and have to give or choose a second factor next.

    None where the link is unknown, over or used. Raises `Refused`.
    """
    _check_name(acceptance.profile.name)
    expected = await stored.invited(session, named(token), now)
    await stored.lock(session, [expected or ""])
    staff_id = await stored.use_invitation(session, named(token), now)
    who = None if staff_id is None else await stored.get(session, staff_id)
    if who is None or who.ended is not None:
        return None
    await stored.set_password(session, who.id, acceptance.password)
    await stored.set_profile(session, who.id, acceptance.profile)
    await sign_ins.end_all(session, who.id)
    signed_in = await signing_in.let_in(session, rule, who, acceptance.browser, now)
    await journal.write(session, who.id, None, Entry(Act.STAFF_ACCEPT, who.id), now)
    return signed_in


async def change_profile(session: Session, who: Colleague, profile: Profile) -> None:
    """What they say of themselves. Raises `Refused`."""
    _check_name(profile.name)
    await stored.set_profile(session, who.id, profile)


def _check_name(name: str) -> None:
    if not 0 < len(name.strip()) <= LONGEST_NAME:
        raise Refused(Why.NAME)


async def names(session: Session, ids: Collection[str]) -> Mapping[str, str]:
    """What colleagues call these members of staff, by their ids, those who have ended among them."""
    return await stored.names(session, ids)


async def everybody(session: Session) -> list[Listed]:
    """Who works here and who has, with what each may do."""
    return await stored.every(session)
