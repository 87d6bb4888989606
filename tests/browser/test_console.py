"""The console in a real browser: for everybody, by the keyboard alone, and where no script runs."""

import pyotp
import pytest
from playwright.async_api import Page, expect

from console import site
from storage.roles import Role
from tests.browser import consoles
from tests.browser.axe import assert_accessible, grave_findings
from tests.browser.consoles import HOME, UNSEEN, Console
from tests.browser.furniture import furnish
from tests.browser.windows import PHONE, Look, assert_fits
from tests.console.entering import PASSWORD, STEP

UNFOLD = "for (const folded of document.querySelectorAll('details')) folded.open = true"
FOCUSED = "document.activeElement.id || document.activeElement.outerHTML.slice(0, 120)"
SHOWN = """
() => {
  const element = document.activeElement, style = getComputedStyle(element), place = element.getBoundingClientRect();
  const outlined = style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2;
  return outlined && place.bottom > 0 && place.top < innerHeight && place.right > 0 && place.left < innerWidth;
}
"""
"""Whether what has the focus can be seen to have it."""
MOST_STEPS = 60


def test_what_is_fetched_and_is_no_page_is_there() -> None:
    assert set(UNSEEN) <= {route.path for route in site.routes() if route.method == "GET"}


@pytest.mark.long
@pytest.mark.parametrize("look", [Look(), Look(PHONE, "dark", "ar")], ids=str)
async def test_every_page_is_for_everybody(console: Console, look: Look) -> None:
    parts = await furnish(console.town)
    windows = await console.at_every_kind(look)
    wrong = []
    for route in consoles.pages():
        page, path = windows[consoles.whose(route)], consoles.path_of(route, parts)
        answer = await page.goto(path)
        if answer is None or not answer.ok or page.url != console.site + path:
            wrong.append(f"{path}: led to {page.url}")
        await page.evaluate(UNFOLD)
        wrong += [f"{path}: {finding}" for finding in [*await grave_findings(page), *await _too_wide(page)]]
    assert wrong == []


async def _too_wide(page: Page) -> list[str]:
    try:
        await assert_fits(page)
    except AssertionError as wide:
        return [str(wide)]
    return []


async def test_somebody_is_invited_and_signs_in_by_two_steps_on_a_phone_in_arabic(console: Console) -> None:
    link = await console.invited("amal", language="ar")
    page = await console.visited(Look(PHONE, "light", "ar"))
    await page.goto(link)
    await page.locator("#name").fill("أمل")
    await page.locator("#password").fill(PASSWORD)
    await page.locator("#again").fill(PASSWORD)
    await _sends(page, link)
    await _sends(page, "/second/offer")
    await _is_fine(page)
    app = pyotp.TOTP(await page.locator("code").inner_text())
    await page.locator("#code").fill(app.at(console.clock()))
    await _sends(page, "/second/choose")
    await expect(page.locator("main li code")).to_have_count(10)
    await _is_fine(page)
    await page.locator("main a.main").click()
    await expect(page.locator(f'main a[href="{HOME}"]')).to_be_visible()
    await page.locator('form[action="/sign-out"] button').click()

    await page.goto(HOME)
    await page.locator("#login").fill("amal")
    await page.locator("#password").fill("another password")
    await _sends(page, "/sign-in")
    await expect(page.get_by_role("alert")).to_be_visible()
    await _is_fine(page)
    await page.locator("#password").fill(PASSWORD)
    await _sends(page, "/sign-in")
    console.clock.ahead += STEP
    await page.locator("#code").fill(app.at(console.clock()))
    await _sends(page, "/second")
    await page.wait_for_url(console.site + HOME)
    assert await page.locator("html").get_attribute("dir") == "rtl"
    await expect(page.get_by_role("link", name="أمل")).to_be_visible()


async def _sends(page: Page, action: str) -> None:
    await page.locator(f'form[action="{action}"] button.main').click()


async def _is_fine(page: Page) -> None:
    await assert_accessible(page)
    await assert_fits(page)


async def test_the_keyboard_alone_is_enough(console: Console) -> None:
    link = await console.invited("linda", Role.TRANSLATOR)
    page = await console.visited()
    await page.goto(link)
    await page.keyboard.press("Tab")
    await expect(page.get_by_text("Go to the content")).to_be_in_viewport()
    await page.keyboard.press("Enter")
    assert await page.evaluate(FOCUSED) == "main"
    await _types(page, {"name": "Linda", "password": PASSWORD, "again": PASSWORD})
    await page.keyboard.press("Enter")
    await page.wait_for_url(console.site)
    await page.goto("/me")
    await _types(page, {"name": "Linda L."})
    await _goes_to(page, "look")
    await page.keyboard.press("ArrowDown")
    await page.keyboard.press("Tab")
    await page.keyboard.press("Space")
    await expect(page.get_by_role("status")).to_be_visible()
    await expect(page.locator("html")).to_have_attribute("data-look", "light")
    await _goes_to(page, "Sign out")
    await page.keyboard.press("Enter")
    await page.wait_for_url("**/sign-in")
    await _types(page, {"login": "linda", "password": PASSWORD})
    await page.keyboard.press("Enter")
    await page.wait_for_url(console.site)


async def _types(page: Page, fields: dict[str, str]) -> None:
    for field, text in fields.items():
        await _goes_to(page, field)
        await page.keyboard.press("Control+A")
        await page.keyboard.type(text)


async def _goes_to(page: Page, what: str) -> None:
    """Step by step, to what has this id or is called so; at each step it is seen where they are."""
    for _step in range(MOST_STEPS):
        await page.keyboard.press("Tab")
        here = await page.evaluate(FOCUSED)
        assert await page.evaluate(SHOWN), here
        if here == what or f">{what}<" in here:
            return
    raise AssertionError(f"no way leads to {what}")


async def test_forms_are_sent_where_no_script_runs(console: Console) -> None:
    page = await console.signed_in(Role.OWNER, Role.ORGANIZER, look=Look(runs_scripts=False))
    await page.goto(f"{HOME}/settings/doors")
    await page.get_by_label("Word that people send").fill("market")
    await page.get_by_role("button", name="Add the door").click()
    await expect(page.get_by_role("status")).to_contain_text("Added")
    await page.get_by_role("button", name="Remove market").click()
    await expect(page.get_by_role("status")).to_contain_text("Removed")
    await page.goto(f"{HOME}/tell/new")
    await page.get_by_label("Title, which only staff read").fill("Hearing")
    await page.get_by_label("Text", exact=True).fill("The hearing is on Friday.")
    await page.get_by_role("button", name="Show it on the phones").click()
    await expect(page.get_by_text("From Harbour Migration Forum").first).to_be_visible()
    await page.get_by_role("button", name="Keep", exact=True).click()
    await expect(page.get_by_role("status")).to_contain_text("Kept")
    await page.get_by_label("Find a page by its title").fill("sett")
    await page.keyboard.press("Enter")
    await page.get_by_role("main").get_by_role("link", name="Settings").click()
    await page.get_by_role("link", name="Change hours").click()
    await page.get_by_role("button", name="Keep", exact=True).click()
    await expect(page.get_by_role("status")).to_contain_text("Kept")
    await page.goto(f"{HOME}/settings/staff")
    invite = page.locator(f'form[action="{HOME}/settings/staff/invite"]')
    await invite.get_by_label("Login that they will have").fill("linda")
    await invite.get_by_label("Role", exact=True).select_option("translator")
    await invite.get_by_role("button").click()
    await expect(page.get_by_text("/invited/")).to_be_visible()


async def test_who_may_not_is_told_so(console: Console) -> None:
    page = await console.signed_in(Role.TRANSLATOR)
    answer = await page.goto(f"{HOME}/settings")
    assert answer is not None
    assert answer.status == 403
    await expect(page.get_by_role("heading", name="You may not open this")).to_be_visible()
    await _is_fine(page)
    await page.get_by_role("link", name="To the beginning").click()
    await expect(page.get_by_role("link", name="Regional review")).to_be_visible()
