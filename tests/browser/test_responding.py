"""From what people say to what followed, in the windows of those who respond and on the phones of those who said it."""

import asyncio
from collections.abc import Sequence
from datetime import date, timedelta

import pytest
from playwright.async_api import Page, expect

from handlers import matters, promises, public_counts, responses, sendings
from handlers.matters import Draft
from handlers.writing import contents
from public._frame.source import HOLDS
from storage.roles import Role
from tests.browser.axe import assert_accessible
from tests.browser.consoles import HOME, Console
from tests.browser.windows import PHONE, Look, assert_fits
from tests.stories.town import Person

TITLE, REASON, FRENCH = "Interpreters at clinics", "The draft says so.", "Le projet le dit."
PEOPLE = ("telegram", "whatsapp", "sms", "telegram", "telegram", "whatsapp", "sms", "telegram")
"""Eight: of fewer no numbers are shown."""


@pytest.mark.long
async def test_what_eight_say_is_gathered_and_answered_and_they_say_whether_it_helps(console: Console) -> None:
    people = await _neighbours(console, PEOPLE)
    await asyncio.gather(*(_gives(person) for person in people))
    amina = await console.signed_in(Role.ORGANIZER, login="amina")
    await _gathers(amina)
    await _responds(amina)
    await _approves(await console.signed_in(Role.ORGANIZER, login="bilal"))
    await _leaves(console)

    await asyncio.gather(*(person.hears("It was taken up.", REASON) for person in people))
    await asyncio.gather(*(_says_that_it_helps(person) for person in people))

    await amina.goto(f"{HOME}/matters?show=answered")
    await amina.get_by_role("link", name=TITLE).click()
    await expect(amina.get_by_text("about 10 people: It does about 10 · In part fewer than 8")).to_be_visible()
    await assert_accessible(amina)
    await assert_fits(amina)


async def test_what_followed_three_weeks_later_is_told_and_stands_on_the_page_and_on_the_wall(console: Console) -> None:
    [alice] = await _neighbours(console, ["telegram"])
    await _gives(alice)
    matter = await _opened(console)
    answer = contents.Response("taken_up", {"en": REASON, "fr": FRENCH}, matters=(matter,))
    await console.town.acts(lambda session, process, now: responses.publish(session, process, answer, now))
    await alice.hears("It was taken up.", REASON)

    console.clock.ahead += timedelta(weeks=3)
    amina = await console.signed_in(Role.ORGANIZER, login="amina")
    await _tells_what_followed(amina, matter, console.clock().date())
    await _approves(await console.signed_in(Role.ORGANIZER, login="bilal"))
    await _leaves(console)

    await alice.hears(f"There is news on: {TITLE}", "It was adopted.", "Article 4 has it.")
    await amina.goto(f"{HOME}/matters/{matter}")
    await expect(amina.get_by_role("heading", name="What followed")).to_be_visible()
    await expect(amina.get_by_text("Article 4 has it.")).to_be_visible()
    await assert_accessible(amina)
    console.clock.ahead += HOLDS
    anybody = await console.visited(Look(PHONE))
    await anybody.goto(f"/r/regional-review/en/m/{matter}")
    await expect(anybody.get_by_text("Article 4 has it.")).to_be_visible()
    await assert_fits(anybody)


async def test_a_promise_that_is_not_kept_is_red_and_its_people_are_told_so_and_again_a_month_later(
    console: Console,
) -> None:
    [alice] = await _neighbours(console, ["sms"])
    await _gives(alice)
    due = console.clock().date() + timedelta(days=10)
    matter = await _opened(console, due)

    console.clock.ahead += timedelta(days=12)
    await console.town.organizer(promises.tell_late)
    await alice.hears(TITLE, "We promised a response by", "We are sorry: there is none yet.")
    amina = await console.signed_in(Role.ORGANIZER, login="amina")
    await amina.goto(HOME)
    await expect(amina.locator("li", has_text=TITLE).locator(".state.bad")).to_have_text("promise overdue")
    await assert_accessible(amina)
    await amina.get_by_role("link", name=TITLE).click()
    await expect(amina.locator("dd .state.bad")).to_have_text("promise overdue")

    console.clock.ahead += timedelta(days=29)
    await console.town.organizer(promises.tell_late)
    await alice.hears_nothing(console.town)
    console.clock.ahead += timedelta(days=2)
    await console.town.organizer(promises.tell_late)
    await alice.hears(TITLE, "We are sorry: there is none yet.")
    anybody = await console.visited(Look(PHONE))
    await console.town.organizer(public_counts.take_due)
    await anybody.goto(f"/r/regional-review/en/m/{matter}")
    await expect(anybody.get_by_text("days late")).to_be_visible()


async def _neighbours(console: Console, senders: Sequence[str]) -> list[Person]:
    people = [console.town.on(sender) for sender in senders]
    await asyncio.gather(*(person.joins() for person in people))
    return people


async def _gives(person: Person) -> None:
    person.says("share")
    await person.hears("What should change?")
    person.says("Interpreters at the clinic.")
    await person.hears_choices("Add the topic")


async def _opened(console: Console, due: date | None = None) -> str:
    """A matter that everybody may read, with all that was given in it; gives its id."""
    names = [contribution.id for contribution in await console.town.received()]
    draft = Draft({"en": TITLE}, "services", due=due, is_public=True)
    return await console.town.acts(
        lambda session, process, now: matters.open_one(session, process, draft, names, "amina", now)
    )


async def _gathers(page: Page) -> None:
    """By keys: all that came in, into a new matter."""
    await page.goto(f"{HOME}/inbox")
    for _number in PEOPLE:
        await page.keyboard.press("x")
        await page.keyboard.press("j")
    await expect(page.locator("[data-row] input:checked")).to_have_count(len(PEOPLE))
    await page.keyboard.press("m")
    await expect(page.locator("#matter")).to_be_focused()
    await page.locator("#title").fill(TITLE)
    await page.locator("#many").get_by_role("button", name="Put it there").click()
    await expect(page.get_by_role("status")).to_contain_text("8 were put into the matter.")


async def _responds(page: Page) -> None:
    await page.goto(f"{HOME}/matters")
    await page.get_by_role("link", name=TITLE).click()
    await page.get_by_role("link", name="Respond", exact=True).click()
    await page.get_by_label("It was taken up.", exact=True).check()
    await page.locator("#reason-en").fill(REASON)
    await page.locator("#reason-fr").fill(FRENCH)
    await page.get_by_role("button", name="Show it on the phones").click()
    await expect(page.get_by_text(REASON).nth(1)).to_be_visible()
    await expect(page.get_by_role("listitem").filter(has_text="English")).to_contain_text("about 10")
    await page.get_by_role("button", name="Ask a colleague to approve").click()
    await expect(page.get_by_text("a colleague has to approve it")).to_be_visible()


async def _tells_what_followed(page: Page, matter: str, day: date) -> None:
    await page.goto(f"{HOME}/matters/{matter}")
    await page.get_by_role("link", name="Tell what followed").click()
    await page.get_by_label("It was adopted.").check()
    await page.get_by_label("On which day it happened").fill(day.isoformat())
    await page.locator("#text-en").fill("Article 4 has it.")
    await page.get_by_role("button", name="Ask a colleague to approve").click()
    await expect(page.get_by_text("a colleague has to approve it")).to_be_visible()


async def _approves(page: Page) -> None:
    await page.goto(HOME)
    await page.get_by_role("link", name=TITLE).click()
    await page.get_by_role("button", name="Approve exactly this").click()
    await expect(page.get_by_text("Until then it can be called back.")).to_be_visible()


async def _leaves(console: Console) -> None:
    console.clock.ahead += sendings.HOLD + timedelta(seconds=1)
    await console.town.organizer(sendings.leave_due)


async def _says_that_it_helps(person: Person) -> None:
    """By one tap; by text message, where nothing can be tapped, by a word and a number."""
    if person.platform.chats.of(person.address).ours()[-1].buttons:
        person.taps("Yes, it does")
    else:
        person.says("rate")
        await person.hears("Yes, it does")
        person.says("1")
    await person.hears("Thank you for telling us.")
