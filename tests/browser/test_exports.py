"""A page that shows by itself when a file is ready, on a phone, in Arabic."""

from bot.exporting import Exporting
from storage.roles import Role
from tests.browser.axe import assert_accessible
from tests.browser.consoles import HOME, Console
from tests.browser.windows import PHONE, Look, assert_fits


async def test_a_file_is_asked_for_shown_when_it_is_ready_and_kept_by_the_browser(console: Console) -> None:
    page = await console.signed_in(Role.ORGANIZER, look=Look(PHONE, "dark", "ar"))
    await page.goto(f"{console.site}{HOME}/exports")
    await page.check("input[value='paper.docx']")
    await page.click("form[action$='/exports'] button")
    await page.wait_for_selector(".done")
    parts = console.town.parts
    await Exporting(parts.database, parts.worker.keys, "worker", console.clock).go_on()
    await page.wait_for_selector("form[action$='/fetch']")
    await assert_accessible(page)
    await assert_fits(page)
    async with page.expect_download() as download:
        await page.click("form[action$='/fetch'] button")
    assert (await download.value).suggested_filename.startswith("regional-review-paper-ar-")
    await page.wait_for_selector("form[action$='/fetch']", state="detached")
