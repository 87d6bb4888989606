"""From the first word of a bulletin to its arrival on people's phones, in the windows of those who work on it."""

import asyncio
from datetime import timedelta

import pytest
from playwright.async_api import Page, expect

from handlers import sendings
from storage.roles import Role
from tests.browser.axe import assert_accessible
from tests.browser.consoles import HOME, Console
from tests.browser.furniture import FRENCH, TEXT
from tests.browser.windows import assert_fits
from tests.stories.town import Person, StoryTown

PEOPLE = (("telegram", "English"), ("telegram", "français"), ("whatsapp", "français"), ("sms", "English")) * 2
"""Eight: of fewer no numbers are shown."""


@pytest.mark.long
async def test_two_write_and_approve_and_it_arrives_and_is_seen_to(console: Console) -> None:
    people = await _neighbours(console.town)
    amina = await console.signed_in(Role.ORGANIZER, login="amina")
    lucie = await console.signed_in(Role.TRANSLATOR, login="lucie")
    bilal = await console.signed_in(Role.ORGANIZER, login="bilal")
    await _writes(amina)
    await _translates(lucie)
    await _approves_french(bilal)
    await _requests(amina)
    await _approves(bilal)

    console.clock.ahead += sendings.HOLD + timedelta(seconds=1)
    await console.town.organizer(sendings.leave_due)
    await asyncio.gather(*(person.hears(FRENCH if language == "français" else TEXT) for person, language in people))
    await console.town.quiet()
    await amina.reload()
    await expect(amina.get_by_text("Has left")).to_be_visible()
    await amina.get_by_role("link", name="See it going out").click()
    await expect(amina.get_by_text("8 of 8")).to_be_visible()
    await expect(amina.get_by_text("Nobody twice: 0")).to_be_visible()
    await expect(amina.locator("#live").get_by_text("over", exact=True)).to_be_visible()
    await assert_accessible(amina)
    await assert_fits(amina)


async def _neighbours(town: StoryTown) -> list[tuple[Person, str]]:
    people = [(town.on(sender), language) for sender, language in PEOPLE]
    await asyncio.gather(*(person.joins(language) for person, language in people))
    return people


async def _writes(page: Page) -> None:
    await page.goto(f"{HOME}/tell")
    await page.get_by_role("link", name="New bulletin").click()
    await page.get_by_label("Title, which only staff read").fill("Hearing")
    await page.get_by_label("Text", exact=True).fill(TEXT)
    await expect(page.locator("#phones").get_by_text(TEXT).first).to_be_visible()
    await page.get_by_role("button", name="Keep", exact=True).click()
    await expect(page.get_by_role("status")).to_contain_text("Kept")


async def _translates(page: Page) -> None:
    await page.goto(f"{HOME}/words?language=fr")
    await page.get_by_role("row", name="Hearing").get_by_role("link", name="Empty").first.click()
    await page.locator("#text").fill(FRENCH)
    await page.get_by_label("Translated: somebody else can read and approve it").check()
    await page.get_by_role("button", name="Keep", exact=True).click()
    await expect(page.get_by_role("status")).to_contain_text("Kept")


async def _approves_french(page: Page) -> None:
    await page.goto(f"{HOME}/words?language=fr")
    await page.get_by_role("row", name="Hearing").get_by_role("link", name="Translated").click()
    await page.get_by_role("button", name="Approve it as it stands").click()
    await expect(page.get_by_role("status")).to_contain_text("Approved")


async def _requests(page: Page) -> None:
    await page.goto(f"{HOME}/tell")
    await page.get_by_role("link", name="Hearing").click()
    await page.goto(f"{page.url.partition('?')[0]}/audience")
    await expect(page.locator("#reach")).to_contain_text("10")
    await page.get_by_role("button", name="Keep, and see everything that will leave").click()
    await page.get_by_role("button", name="Ask a colleague to approve").click()
    await expect(page.get_by_text("a colleague has to approve it")).to_be_visible()


async def _approves(page: Page) -> None:
    await page.goto(f"{HOME}/tell")
    await page.get_by_role("link", name="Hearing").first.click()
    await page.get_by_role("button", name="Approve exactly this").click()
    await expect(page.get_by_text("Until then it can be called back.")).to_be_visible()
