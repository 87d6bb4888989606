"""Somebody who enters the console by its forms alone: invited, with an app on their phone and codes on paper."""

import re
from dataclasses import dataclass, field
from datetime import timedelta

import pyotp

from handlers import staff
from handlers.staff import Grant
from storage.roles import Role
from tests.console.browser import Browser, Page
from tests.console.conftest import Town

PASSWORD = "seven green lanterns"
STEP = timedelta(seconds=30)
CODE = re.compile(r"[a-z2-9]{6}-[a-z2-9]{6}")
SECRET = re.compile(r"[A-Z2-7]{32}")


@dataclass
class Guest:
    """Somebody in front of a browser, who knows their password."""

    town: Town
    browser: Browser
    login: str
    secret: str = ""
    codes: list[str] = field(default_factory=list)

    def code(self) -> str:
        """What the app shows; the next one, so that none is used twice."""
        self.town.clock.now += STEP
        return pyotp.TOTP(self.secret).at(self.town.clock.now)

    async def accepts(self, link: str, password: str = PASSWORD) -> Page:
        """Open an invitation and fill it in."""
        await self.browser.opens(link)
        return await self.browser.sends(link, name="Amal", password=password, again=password)

    async def chooses(self) -> Page:
        """A second factor, from the page that offers one; sees the codes on paper."""
        page = await self.browser.sends("/second/offer")
        self.secret = SECRET.findall(page.text)[0]
        page = await self.browser.sends("/second/choose", code=self.code())
        self.codes = CODE.findall(page.text)
        return page

    async def signs_in(self, password: str = PASSWORD, ahead: str = "/") -> Page:
        await self.browser.opens(f"/sign-in?next={ahead}")
        return await self.browser.sends("/sign-in", login=self.login, password=password)

    async def confirms(self) -> Page:
        """On the page that asks for everything again."""
        return await self.browser.sends("/confirm", password=PASSWORD, code=self.code())

    async def elsewhere(self) -> "Guest":
        """The same at another computer."""
        return Guest(self.town, await self.town.visitor(), self.login, self.secret, self.codes)


async def invited(town: Town, login: str, grant: Grant | None = None) -> tuple[Guest, str]:
    """Somebody new, an organizer unless a grant says otherwise, and the address of their invitation."""
    first = grant or Grant(town.process, Role.ORGANIZER)
    async with town.office.database.writing() as session:
        token = await staff.invite(session, None, login, first, "en", town.clock())
    return Guest(town, await town.visitor(), login), f"/invited/{token}"


async def settled(town: Town, login: str = "amal", role: Role = Role.ORGANIZER, everywhere: bool = False) -> Guest:
    """Somebody who is signed in by both factors."""
    guest, link = await invited(town, login, Grant(None if everywhere else town.process, role))
    await guest.accepts(link)
    await guest.chooses()
    return guest
