"""A voice note in a real browser: what is left of it is sound that a browser knows, and the page may play it."""

from playwright.async_api import expect

from storage.roles import Role
from tests.browser.axe import assert_accessible
from tests.browser.consoles import HOME, Console
from tests.browser.furniture import spoken
from tests.browser.windows import PHONE, Look, assert_fits

PLAYED = """
async () => {
  const audio = document.querySelector("audio");
  const known = new Promise((knows, fails) => {
    audio.onloadedmetadata = knows;
    audio.onerror = () => fails(new Error(audio.error.message));
  });
  audio.muted = true;
  audio.load();
  audio.play();
  await known;
  audio.currentTime = 3;
  await new Promise((moved) => { audio.onseeked = moved; });
  return [audio.duration, audio.currentTime >= 3];
}
"""
"""How long it is, and whether one can go on from its middle."""
MOVED = """
new Promise((moved) => {
  const audio = document.querySelector("audio");
  const look = () => { if (audio.currentTime > 0) moved(); };
  audio.ontimeupdate = look;
  look();
})
"""
"""It plays."""


async def test_a_browser_plays_a_voice_note_and_its_words_are_written_down_by_the_keyboard(console: Console) -> None:
    name = await spoken(console.town)
    page = await console.signed_in(Role.MODERATOR, look=Look(PHONE, "light", "ar"))
    await page.goto(f"{HOME}/inbox/{name}/recording")
    await assert_accessible(page)
    await assert_fits(page)
    seconds, goes_on = await page.evaluate(PLAYED)
    assert (round(seconds), goes_on) == (7, True)
    await page.locator("textarea").focus()
    await page.keyboard.type("The bus never comes.")
    await page.keyboard.press("Tab")
    await page.keyboard.press("Enter")
    await page.wait_for_url("**done=written")
    assert await page.locator("textarea").input_value() == "The bus never comes."


async def test_it_is_played_and_written_down_in_the_inbox_by_keys(console: Console) -> None:
    await spoken(console.town)
    page = await console.signed_in(Role.MODERATOR)
    await page.goto(f"{HOME}/inbox")
    await assert_accessible(page)
    await assert_fits(page)
    await page.evaluate("document.querySelector('audio').muted = true")
    await page.keyboard.press("v")
    await page.evaluate(MOVED)
    await page.keyboard.press("v")
    assert await page.evaluate("document.querySelector('audio').paused")
    await page.keyboard.press("w")
    await page.keyboard.type("The bus never comes.")
    await page.keyboard.press("Tab")
    await page.keyboard.press("Enter")
    await page.wait_for_url("**done=written")
    await expect(page.get_by_role("status")).to_contain_text("Kept.")
    await expect(page.locator("#letter .words").first).to_have_text("The bus never comes.")
    await assert_accessible(page)
