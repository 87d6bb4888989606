"""The console as far as signing in goes, for tests: the transactions that it opens, and who has which secret."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

import pyotp
from argon2 import PasswordHasher

from handlers import enrolling, signing_in, staff
from handlers.enrolling import Enrolled
from handlers.passwords import Passwords
from handlers.second_factors import SecondFactor
from handlers.signing_in import Browser, Refusal, SignedIn
from handlers.staff import Acceptance, Colleague, Grant, Look, Profile
from storage import Database, Keyring
from storage.roles import Role
from tests.storage.rows import NOW, PROCESS

PASSWORD, OTHER = "seven green lanterns", "eight quiet harbours"
HERE, ELSEWHERE = "192.0.2.7", "198.51.100.9"
RULE = SecondFactor.ALL_BUT_TRANSLATORS
ORGANIZER, TRANSLATOR = Grant(PROCESS, Role.ORGANIZER), Grant(PROCESS, Role.TRANSLATOR, ("fr",))
OWNER = Grant(None, Role.OWNER)
SOON = timedelta(seconds=30)


@dataclass(frozen=True)
class Quick(Passwords):
    """Weak hashes, and how many were made or compared."""

    hasher: PasswordHasher = field(default_factory=lambda: PasswordHasher(1, 8, 1))
    hashes: list[str] = field(default_factory=list)

    async def match(self, password_hash: str, password: str) -> bool:
        self.hashes.append(password_hash)
        return await super().match(password_hash, password)


@dataclass
class Office:
    """The console as far as signing in goes: the transactions that it opens, the clock, who has which secret."""

    database: Database
    keys: Keyring
    now: datetime = NOW
    passwords: Quick = field(default_factory=Quick)
    secrets: dict[str, str] = field(default_factory=dict)
    codes: dict[str, tuple[str, ...]] = field(default_factory=dict)

    async def add(self, login: str, *grants: Grant, password: str = PASSWORD) -> None:
        """Somebody who has accepted an invitation."""
        async with self.database.writing() as session:
            first, *more = grants
            token = await staff.invite(session, None, login, first, "en", self.now)
            for grant in more:
                await staff.give(session, None, login, grant, self.now)
        assert await self.accept(token, password)

    async def accept(self, token: str, password: str = PASSWORD) -> SignedIn | None:
        chosen = Acceptance(Profile("Amal", "en", Look.SYSTEM), await self.passwords.hashed(password))
        async with self.database.writing() as session:
            return await staff.accept(session, RULE, token, chosen, self.now)

    async def enter(
        self, login: str, password: str = PASSWORD, client: str = HERE, browser: str = ""
    ) -> SignedIn | Refusal:
        async with self.database.writing() as session:
            tried = await signing_in.attempt(session, self.keys, login, client, self.now)
        if isinstance(tried, Refusal):
            return tried
        matches = await self.passwords.match(tried.password, password)
        async with self.database.writing() as session:
            return await signing_in.begin(session, RULE, tried, matches, Browser("", browser), self.now)

    async def who(self, token: str) -> Colleague:
        colleague = await self.behind(token)
        assert colleague
        return colleague

    async def behind(self, token: str) -> Colleague | None:
        async with self.database.reading() as session:
            return await staff.behind(session, token, self.now)

    async def second(self, token: str, code: str, client: str = HERE) -> SignedIn | Refusal:
        return await self.second_of(await self.who(token), code, client)

    async def second_of(self, who: Colleague, code: str, client: str = HERE) -> SignedIn | Refusal:
        async with self.database.writing() as session:
            return await signing_in.give_second(session, self.keys, who, code, client, self.now)

    async def enrol(self, token: str) -> str:
        """Choose a second factor; gives the token by which they go on."""
        who = await self.who(token)
        async with self.database.writing() as session:
            offer = await enrolling.offer_second(session, self.keys, who, self.now)
        assert offer
        self.secrets[who.login] = offer.secret
        async with self.database.writing() as session:
            enrolled = await enrolling.enrol(session, self.keys, who, self.code(who.login), HERE, self.now)
        assert isinstance(enrolled, Enrolled)
        self.codes[who.login] = enrolled.codes
        self.now += SOON
        return enrolled.token

    def code(self, login: str, off: int = 0) -> str:
        return pyotp.TOTP(self.secrets[login]).at(self.now + off * SOON)

    async def settle(self, login: str, *grants: Grant) -> str:
        """Somebody new who is signed in by both factors; gives their token."""
        await self.add(login, *grants)
        entered = await self.enter(login)
        assert isinstance(entered, SignedIn)
        return await self.enrol(entered.token) if entered.needs_second else entered.token

    async def confirm(self, token: str, password: str = PASSWORD, code: str = "") -> SignedIn | Refusal:
        who = await self.who(token)
        async with self.database.writing() as session:
            tried = await signing_in.attempt(session, self.keys, who.login, HERE, self.now)
        if isinstance(tried, Refusal):
            return tried
        matches = await self.passwords.match(tried.password, password)
        async with self.database.writing() as session:
            return await signing_in.confirm(session, self.keys, who, tried, matches, code, self.now)


def entered(outcome: SignedIn | Refusal) -> str:
    assert isinstance(outcome, SignedIn)
    return outcome.token
