"""From the promise to the results, in the windows of two who ask and on the phones of those who answer."""

import asyncio
from datetime import timedelta

import pytest
from playwright.async_api import Page, expect

from handlers import consultations, openings
from handlers.sendings import HOLD
from storage.roles import Role
from tests.browser.axe import assert_accessible
from tests.browser.consoles import HOME, Console
from tests.browser.windows import assert_fits
from tests.stories.town import Person, StoryTown

TITLE, FRENCH = "Seeing a doctor", "Voir un médecin"
PEOPLE = ("telegram", "sms") * 5
"""Ten: of fewer than eight no numbers are shown."""


@pytest.mark.long
async def test_two_ask_people_answer_one_is_reminded_and_both_see_what_came_of_it(console: Console) -> None:
    people = await _neighbours(console.town)
    amina = await console.signed_in(Role.ORGANIZER, login="amina")
    bilal = await console.signed_in(Role.ORGANIZER, login="bilal")
    await _writes(amina, console)
    await _approves(bilal)
    console.clock.ahead += HOLD + timedelta(seconds=1)
    await console.town.organizer(openings.leave_due)
    await asyncio.gather(*(person.hears(TITLE, "ANSWER") for person in people))

    await asyncio.gather(*(_answers(person) for person in people[:-1]))
    await _begins(people[-1])
    console.clock.ahead += timedelta(days=8)
    await console.town.organizer(consultations.remind)
    await people[-1].hears("You have begun to answer our questions", TITLE)
    await people[0].hears_nothing(console.town)
    people[-1].says("answer")
    await people[-1].hears_choices("We go on where you stopped", "How hard was it?")

    console.clock.ahead += timedelta(days=3)
    await console.town.organizer(consultations.close_due)
    people[-1].says("4")
    await people[-1].hears("These questions have closed")
    await _sees(await console.signed_in(Role.ORGANIZER, login="chloe"))


async def _neighbours(town: StoryTown) -> list[Person]:
    people = [town.on(sender) for sender in PEOPLE]
    await asyncio.gather(*(person.joins() for person in people))
    return people


async def _writes(page: Page, console: Console) -> None:
    await page.goto(f"{HOME}/ask")
    await page.get_by_role("button", name="New consultation").click()
    await page.get_by_role("button", name="Keep, and see everything that will be asked").click()
    await expect(page.get_by_role("alert")).to_contain_text("The promise lacks why you ask.")
    await page.get_by_role("alert").get_by_role("link", name="The promise lacks who decides.").click()
    await expect(page.locator("#who_decides-en")).to_be_in_viewport()
    today = console.clock().date()
    for field, text in {
        "title-en": TITLE,
        "purpose-en": "To know what keeps people away.",
        "who_decides-en": "The ministers.",
        "what_can_change-en": "The plan.",
        "answer_by": (today + timedelta(days=10)).isoformat(),
        "respond_by": (today + timedelta(days=30)).isoformat(),
        "reminds": (today + timedelta(days=7)).isoformat(),
    }.items():
        await page.locator(f"#{field}").fill(text)
    await page.locator("input[name=level][value=consultation]").check()
    await expect(page.locator("#phones").get_by_text("Who decides: The ministers.").first).to_be_visible()
    await page.get_by_role("button", name="Add a question to choose").click()
    await page.locator("#q1-text-en").fill("What kept you?")
    await page.locator("#q1-choices-en").fill("Waiting\nCost\nThe language\nFear")
    await page.get_by_label("Several may be chosen").check()
    await page.get_by_role("button", name="Add a scale").click()
    await page.locator("#q2-text-en").fill("How hard was it?")
    await page.locator("#q2-lowest-en").fill("Easy")
    await page.locator("#q2-highest-en").fill("Very hard")
    await page.get_by_role("button", name="Add a question in their own words").click()
    await page.locator("#q3-text-en").fill("What would make it easier?")
    await page.locator("#title-fr").evaluate("field => { field.closest('details').open = true }")
    await page.locator("#title-fr").fill(FRENCH)
    await assert_fits(page)
    await page.get_by_role("button", name="Keep, and see everything that will be asked").click()
    await assert_accessible(page)
    await page.get_by_role("button", name="Ask a colleague to approve").click()
    await expect(page.get_by_text("a colleague has to approve it")).to_be_visible()


async def _approves(page: Page) -> None:
    await page.goto(f"{HOME}/ask")
    await page.get_by_role("link", name=TITLE).first.click()
    await page.get_by_role("button", name="Approve exactly this").click()
    await expect(page.get_by_text("Until then it can be called back.")).to_be_visible()


async def _begins(person: Person) -> None:
    person.says("answer")
    await person.hears_choices("Who decides: The ministers.", "You can choose several")
    person.says("1 4")
    await person.hears_choices("You chose: Waiting; Fear.", "How hard was it?", "Very hard")


async def _answers(person: Person) -> None:
    await _begins(person)
    person.says("4")
    await person.hears("What would make it easier?")
    person.says("Longer hours.")
    await person.hears("Thank you")


async def _sees(page: Page) -> None:
    await page.goto(f"{HOME}/ask")
    await page.get_by_role("link", name=TITLE).first.click()
    await expect(page.get_by_text("Answered by: about 10").first).to_be_visible()
    await expect(page.get_by_role("row", name="Waiting")).to_contain_text("about 10")
    await expect(page.get_by_role("row", name="4 of 5")).to_contain_text("about 10")
    await expect(page.get_by_role("row", name="Easy")).to_contain_text("fewer than 8")
    await expect(page.get_by_text("Longer hours.").first).to_be_visible()
    await assert_accessible(page)
    await assert_fits(page)
