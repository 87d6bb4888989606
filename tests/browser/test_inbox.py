"""Fifty contributions, worked through by the keyboard alone."""

import pytest
from playwright.async_api import Page, expect

from storage import inbox
from storage.inbox import Pile, Received, Selection
from storage.roles import Role
from tests.browser.axe import assert_accessible
from tests.browser.consoles import HOME, Console
from tests.browser.furniture import came_in
from tests.browser.windows import PHONE, Look, assert_fits

FIFTY = tuple(f"Interpreters at clinic {number:02}, and Karim Haddad said no." for number in range(50))


class Keyboard:
    """Counts what is pressed."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.pressed = 0

    async def presses(self, *keys: str) -> None:
        for key in keys:
            await self.page.keyboard.press(key)
            self.pressed += 1

    async def leads_on(self, *keys: str) -> None:
        """To another page, which has come when this returns."""
        await self.presses(*keys[:-1])
        async with self.page.expect_navigation():
            await self.presses(keys[-1])

    async def opens(self, words: str) -> None:
        await expect(self.page.locator("#letter .words").first).to_contain_text(words)


async def received(console: Console, pile: Pile) -> list[Received]:
    async with console.town.parts.database.reading() as session:
        process = (await session.exec_driver_sql("SELECT id FROM process")).scalar_one()
        return await inbox.page(session, process, console.town.parts.keys, Selection(pile=pile), None, 99)


@pytest.mark.long
async def test_fifty_are_worked_through_by_keys(console: Console) -> None:
    await came_in(console.town, *FIFTY)
    page = await console.signed_in(Role.MODERATOR)
    await page.goto(f"{HOME}/inbox")
    keys = Keyboard(page)
    for number in range(30):
        await keys.opens(f"clinic {number:02}")
        await keys.leads_on("r")
    await expect(page.get_by_role("status")).to_contain_text("1 is read.")
    for _number in range(4):
        await keys.leads_on("t")
    await keys.opens("clinic 34")
    await keys.leads_on("a")
    await _masks(keys)
    await keys.opens("clinic 36")
    await keys.presses("x", "j", "x", "j", "j", "x")
    await expect(page.locator("[data-row] input:checked")).to_have_count(3)
    await keys.leads_on("r")
    await expect(page.get_by_role("status")).to_contain_text("3 are read.")
    for _number in range(11):
        await keys.leads_on("r")
    await expect(page.get_by_text("There is none like this.")).to_be_visible()
    piles = {pile: len(await received(console, pile)) for pile in Pile}
    assert piles == {Pile.UNREAD: 0, Pile.WAITING: 49, Pile.TO_TRANSLATE: 4, Pile.HIDDEN: 1, Pile.ALL: 49}
    masked = [its.words for its in await received(console, Pile.ALL) if its.is_masked]
    assert masked == ["Interpreters at clinic 35, and ▇▇▇ said no."]
    assert keys.pressed <= 120, "fifty in a quarter of an hour are eighteen seconds for each, most of them to read"
    print(f"{keys.pressed} keys for fifty")


async def _masks(keys: Keyboard) -> None:
    """Without the mouse: the name is selected word by word, and the button behind the field pressed."""
    await keys.opens("clinic 35")
    await keys.presses("p")
    await expect(keys.page.locator("#copy")).to_be_focused()
    await keys.presses("Control+Home", *["Control+ArrowRight"] * 6, "ArrowRight")
    await keys.presses("Control+Shift+ArrowRight", "Control+Shift+ArrowRight")
    await keys.presses("Tab", "Space")
    await expect(keys.page.locator("#copy")).to_have_value("Interpreters at clinic 35, and [[Karim Haddad]] said no.")
    await keys.presses("Tab", "Tab")
    await keys.leads_on("Enter")
    await expect(keys.page.get_by_role("status")).to_contain_text("Masked.")


async def test_keys_go_through_the_list_and_stay_out_of_fields(console: Console) -> None:
    names = await came_in(console.town, *FIFTY[:4])
    page = await console.signed_in(Role.MODERATOR)
    await page.goto(f"{HOME}/inbox")
    await page.keyboard.press("j")
    await page.keyboard.press("j")
    await page.keyboard.press("k")
    async with page.expect_navigation():
        await page.keyboard.press("o")
    assert f"open={names[1]}" in page.url
    await page.keyboard.press("?")
    await expect(page.get_by_text("next and previous in the list")).to_be_visible()
    await page.keyboard.press("/")
    await page.keyboard.type("clinic 03 krta")
    await expect(page.locator("#q")).to_have_value("clinic 03 krta")
    await page.keyboard.press("Control+A")
    await page.keyboard.type("CLINIC 03")
    async with page.expect_navigation():
        await page.keyboard.press("Enter")
    await expect(page.locator("[data-row]")).to_have_count(1)
    assert [its.is_unread for its in await received(console, Pile.ALL)] == [True] * 4


async def test_the_keys_can_be_turned_off_and_stay_so(console: Console) -> None:
    await came_in(console.town, *FIFTY[:2])
    page = await console.signed_in(Role.MODERATOR)
    await page.goto(f"{HOME}/inbox")
    await page.get_by_text("Keys ?").click()
    await page.get_by_role("button", name="Turn the keys off in this browser").click()
    await page.reload()
    await page.keyboard.press("r")
    await page.keyboard.press("?")
    await page.get_by_text("Keys ?").click()
    await page.get_by_role("button", name="Turn the keys on in this browser").click()
    assert len(await received(console, Pile.UNREAD)) == 2
    await page.locator("h1").click()
    async with page.expect_navigation():
        await page.keyboard.press("r")
    assert len(await received(console, Pile.UNREAD)) == 1


@pytest.mark.parametrize("look", [Look(PHONE, "dark", "ar"), Look(runs_scripts=False)], ids=str)
async def test_it_works_on_a_phone_in_arabic_and_where_no_script_runs(console: Console, look: Look) -> None:
    await came_in(console.town, *FIFTY[:3])
    page = await console.signed_in(Role.MODERATOR, look=look)
    await page.goto(f"{HOME}/inbox")
    for number in range(3):
        await expect(page.locator("#letter .words").first).to_contain_text(FIFTY[number])
        await page.locator("#acts button.main").click()
    await expect(page.get_by_role("status")).to_be_visible()
    await assert_fits(page)
    if look.runs_scripts:
        await assert_accessible(page)
    assert await received(console, Pile.UNREAD) == []
