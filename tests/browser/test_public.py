"""The public pages in a browser: in Arabic on a phone, without scripts, on paper, and whatever is written there."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import cycle

import pytest
from playwright.async_api import expect

import flows
from handlers import doors, matters, processes, public_counts, responses, results, rounds
from handlers.doors import NewDoor
from handlers.matters import Draft
from handlers.processes import OpenProcess
from handlers.writing import contents
from public._frame.source import HOLDS
from storage import Session
from storage.states import Roll
from tests.browser.axe import assert_accessible
from tests.browser.consoles import Console
from tests.browser.furniture import written_together
from tests.browser.hostility import assert_is_text
from tests.browser.test_console_hostility import lines, packed
from tests.browser.windows import PHONE, Look, assert_fits
from tests.hostile import TEXTS
from tests.review import PROCESS
from tests.storage.rows import meet
from tests.storage.votes import vote

LONGEST = 900
"""A reason that leaves as one message with all that is said around it."""
HOME = "/r/regional-review"
TITLES = (
    {"en": "Interpreters at clinics", "ar": "مترجمون في العيادات"},
    {"en": "Papers for children who were born on the way", "ar": "أوراق للأطفال الذين وُلدوا في الطريق"},
    {"en": "Wages that are paid"},
)


async def opened(console: Console, title: flows.Renditions) -> str:
    """A matter that everybody may read, for which the day that was promised has passed; gives its id."""
    draft = Draft(title, due=console.clock().date() - timedelta(days=3), is_public=True)
    return await console.town.acts(
        lambda session, process, now: matters.open_one(session, process, draft, (), "amina", now)
    )


async def responded(console: Console, answer: contents.Response) -> str:
    published = await console.town.acts(lambda session, process, now: responses.publish(session, process, answer, now))
    return published.id


async def voted(console: Console, *names: str) -> str:
    """Eight people have voted on these matters, and the vote is over; gives the id of the round."""
    keys = console.town.parts.keys

    async def act(session: Session, process: OpenProcess, now: datetime) -> str:
        people = [await meet(session, keys, f"7000555{number}", process=process.id) for number in range(8)]
        options = tuple(contents.Matter(f"o{place}", TITLES[place], {}, name) for place, name in enumerate(names))
        closes = now.date() + timedelta(days=3)
        round_ = contents.Round({"en": "What comes first"}, options, closes, roll=Roll.EVERYBODY, is_public=True)
        round_id = await rounds.open_(session, process, round_, now)
        for number, who in enumerate(people):
            await vote(session, keys, who, round_id, '["o0"]' if number else '["o0","o1"]')
        await rounds.close(session, process, keys, round_id, now)
        return round_id

    return await console.town.acts(act)


async def furnished(console: Console) -> Mapping[str, str]:
    """A wall with something of everything; gives the ids of a matter with a response and a result, a text, a round."""
    names = [await opened(console, title) for title in TITLES]
    reason = {"en": "Article 4 says so.", "ar": "تقول ذلك المادة 4."}
    answer = contents.Response("taken_up_in_part", reason, matters=(names[0],), link="https://forum.example/draft")
    response = await responded(console, answer)
    followed = contents.Result(response, "adopted", {"ar": "اعتُمدت المادة."}, console.clock().date())
    await console.town.acts(lambda session, process, now: results.publish(session, process, followed, now))
    door = NewDoor("sms", "market", "ar", "poster")
    await console.town.acts(lambda session, process, _now: doors.add(session, process, door))
    await console.town.organizer(public_counts.take_due)
    text = await console.town.acts(written_together(console.town))
    round_id = await voted(console, *names)
    console.clock.ahead += HOLDS
    return {"matter": names[0], "text": text["text"], "round": round_id}


def everything(ids: Mapping[str, str], language: str) -> list[str]:
    """Every page that there is."""
    text = f"/t/{ids['text']}"
    places = (
        "",
        "/matters/1",
        f"/m/{ids['matter']}",
        "/join",
        "/draws",
        "/votes",
        f"/v/{ids['round']}",
        text,
        f"{text}/1",
    )
    return [f"{HOME}/{language}{place}" for place in places] + ["/r/nowhere"]


@pytest.mark.parametrize("look", [Look(PHONE, "light", "ar"), Look(PHONE, "dark", "ar"), Look()], ids=str)
async def test_every_page_is_for_everybody(console: Console, look: Look) -> None:
    ids = await furnished(console)
    page = await console.visited(look)
    for path in everything(ids, look.language):
        answer = await page.goto(path)
        assert answer is not None
        assert answer.status == (404 if path == "/r/nowhere" else 200), path
        await assert_accessible(page)
        await assert_fits(page)
        assert await page.evaluate("document.documentElement.dir") == ("rtl" if look.language == "ar" else "ltr")
    assert await page.context.cookies() == []


async def test_somebody_reads_on_a_phone_in_arabic_and_finds_the_way_in(console: Console) -> None:
    await furnished(console)
    page = await console.visited(Look(PHONE, "light", "ar", runs_scripts=False))
    await page.goto(HOME)
    assert page.url == f"{console.site}{HOME}/ar"
    await expect(page.get_by_role("heading", level=1)).to_have_text("الاستعراض الإقليمي")
    await expect(page.get_by_text("تقول ذلك المادة 4.")).to_be_visible()
    await expect(page.get_by_text("تأخر الرد 3 أيام.").first).to_be_visible()
    await page.get_by_role("link", name="مترجمون في العيادات").first.click()
    await expect(page.get_by_text("اعتُمدت المادة.")).to_be_visible()
    await page.get_by_role("link", name="كيف تشاركون").click()
    await expect(page.get_by_text("MARKET", exact=True)).to_be_visible()
    await expect(page.get_by_role("link", name="sms:")).to_be_visible()
    await page.get_by_role("link", name="français").click()
    await expect(page.get_by_role("heading", level=1)).to_have_text("Comment participer")
    assert page.url == f"{console.site}{HOME}/fr/join"


async def test_codes_are_seen(console: Console) -> None:
    await furnished(console)
    page = await console.visited(Look(PHONE))
    await page.goto(f"{HOME}/en/join")
    for image in await page.locator("img.qr").all():
        await image.scroll_into_view_if_needed()
        await image.evaluate("(image) => image.decode()")
        assert await image.evaluate("(image) => image.naturalWidth") > 100
    assert await page.locator("img.qr").count() == 3


async def test_it_can_be_printed(console: Console) -> None:
    await furnished(console)
    page = await console.visited()
    await page.goto(f"{HOME}/en")
    await page.emulate_media(media="print")
    await expect(page.get_by_role("link", name="How to take part")).to_be_hidden()
    await expect(page.get_by_text("Article 4 says so.")).to_be_visible()


@pytest.mark.long
async def test_whatever_is_written_stays_text(console: Console) -> None:
    titles, texts = list(packed(lines(), contents.LONGEST_TITLE)), list(packed(TEXTS, LONGEST))
    named = replace(PROCESS, slug="regional-review", organizer={"en": titles[0]}, contact={"en": titles[1]})
    await console.town.organizer(lambda session, now: processes.begin(session, named, now))
    names = [await opened(console, {"en": title}) for title in titles]
    written = list(zip(names, titles, cycle(_sayable(texts)), strict=False))
    for name, title, text in written:
        await responded(console, contents.Response("taken_up", {"en": text}, matters=(name,), decided_by={"en": title}))
    console.clock.ahead += HOLDS
    page = await console.visited(Look(PHONE))
    for name, title, text in written:
        await page.goto(f"{HOME}/en/m/{name}")
        await assert_is_text(page, [title, text])
        await assert_fits(page)
    await page.goto(f"{HOME}/en")
    await assert_is_text(page, titles[:2])
    await assert_fits(page)
    await page.goto(f"{HOME}/en/matters/1")
    await assert_is_text(page, titles[-1:])
    await assert_fits(page)


def _sayable(texts: Sequence[str]) -> list[str]:
    """Those that an organizer can publish."""
    return [text for text in texts if _fits(text)]


def _fits(text: str) -> bool:
    try:
        contents.check_rendered({"en": text}, "reason", LONGEST)
    except contents.Unfit:
        return False
    return True
