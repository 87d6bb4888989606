"""Organizers write a text part by part; what people propose is shown, taken up or not, approved by a second person."""

from datetime import timedelta

import pytest

from handlers import sendings
from handlers.sendings import HOLD
from storage import amendments, contributions, senders
from storage.amendments import NewAmendment
from storage.roles import Role
from storage.together import Writes, write
from tests.console.browser import Browser, Page
from tests.console.conftest import Town
from tests.hostile import TEXTS as HOSTILE
from tests.storage.rows import give, meet

TEXTS = "/p/regional-review/texts"
WHOLE = "# Meetings\nMeetings are in the capital.\n\n# Languages\nEverything is said in English."
PROMISE = {
    "title.en": "Participation plan",
    "becomes.en": "The rules of the review",
    "decides.en": "The organizers",
    "language": "en",
}


@pytest.fixture
async def organizer(town: Town) -> Browser:
    async with town.office.database.writing() as session:
        await senders.keep(session, {"telegram": "telegram", "sms": "sms"})
    return await town.signed_in(login="amina")


async def published(browser: Browser) -> Page:
    """A text that people read, with two parts: its page."""
    await browser.opens(f"{TEXTS}/new")
    page = await browser.sends_form("/texts/new", PROMISE)
    assert page.status == 200, page.text
    path = page.path.partition("?")[0]
    await browser.sends_form(path, {"whole": WHOLE, "write": "1"})
    await browser.sends_form(path, {"publish": "1"})
    return await browser.opens(path)


async def proposes(
    town: Town, text: Page, words: str, *, proposes: bool = True, quotable: bool = True, sender: str = "70001"
) -> str:
    """Somebody who takes part proposes this for the first part; gives the amendment's id."""
    part = text.link("Meetings").rpartition("/")[2]
    async with town.office.database.writing() as session:
        who = await meet(session, town.office.keys, sender, process=town.process)
        name = await give(session, who, words, process=town.process)
        writes = Writes()
        amendments.add(writes, NewAmendment(name, text.path.rpartition("/")[2], part, 1, proposes))
        await write(session, writes)
        await contributions.allow(session, town.process, who.key.person, name, quotable=quotable)
    return name


async def test_a_text_is_pasted_published_amended_decided_and_approved(town: Town, organizer: Browser) -> None:
    text = await published(organizer)
    assert "Published" in text.text
    assert "Languages" in text.text
    amendment = await proposes(town, text, "Meetings are in every region.")
    assert "fewer than 8 wait" in (await organizer.opens(text.path)).text
    part = await organizer.opens(text.link("Meetings"))
    assert "Meetings are in every region." in part.text
    assert "fewer than 8 support it" in part.text
    shown = await organizer.sends_form(part.path, {"show": amendment})
    assert "Others read it" in shown.text
    page = await organizer.opens(shown.link("Decide"))
    filled = {
        "state": "taken_up",
        "decider": "council",
        "words": "Meetings\nMeetings are in every region.",
        "reason.en": "Many live far away.",
    }
    place = page.path
    page = await organizer.sends_form(place, filled | {"look": "1"})
    assert "What changes in the part" in page.text
    assert "Many live far away. Decided by: the council" in " ".join(page.text.split())
    page = await organizer.sends_form(place, filled)
    assert "a colleague has to approve it" in page.text
    second = await town.signed_in(login="bilal")
    assert "/texts/leaving/" in (await second.opens("/p/regional-review")).link("Meetings")
    await second.opens(page.path)
    assert "Held" in (await second.sends("/approve")).text
    town.clock.now += HOLD + timedelta(seconds=1)
    async with town.office.database.writing() as session:
        assert await sendings.leave_due(session, town.clock.now) == 1
    part = await organizer.opens(part.path)
    assert "Edition 2" in part.text
    assert "It was taken up." in part.text
    assert "Many live far away." in part.text
    assert "[put in:" in part.text


async def test_what_nobody_agreed_to_have_read_is_not_let_out(town: Town, organizer: Browser) -> None:
    text = await published(organizer)
    amendment = await proposes(town, text, "Meetings are online.", quotable=False)
    part = await organizer.opens(text.link("Meetings"))
    assert "Only for staff" in part.text
    refused = await organizer.sends_form(part.path, {"show": amendment})
    assert refused.status == 422
    assert "did not agree" in refused.text


async def test_who_wrote_meanwhile_is_not_overwritten(town: Town, organizer: Browser) -> None:
    text = await published(organizer)
    part = await organizer.opens(text.link("Meetings"))
    await organizer.sends_form(part.path, {"words": "Meetings\nOnline.", "edited": "1", "keep": "1"})
    late = await organizer.sends_form(part.path, {"words": "Meetings\nBy letter.", "edited": "1", "keep": "1"})
    assert late.status == 422
    assert "Somebody else has changed this text meanwhile." in late.text
    assert "By letter." in late.html
    assert "Online." in late.text


async def test_what_is_wrong_is_said_and_nothing_typed_is_lost(town: Town, organizer: Browser) -> None:
    await organizer.opens(f"{TEXTS}/new")
    page = await organizer.sends_form("/texts/new", PROMISE | {"until": "soon"})
    assert page.status == 422
    assert "Participation plan" in page.html
    text = await published(organizer)
    page = await organizer.sends_form(text.path, {"whole": "x" * 4001, "write": "1"})
    assert page.status == 422
    assert "x" * 4001 in page.html


async def test_a_bulletin_about_it_waits_to_be_asked_for(town: Town, organizer: Browser) -> None:
    text = await published(organizer)
    page = await organizer.sends_form(text.path, {"announce": "1"})
    assert "/tell/" in page.path
    assert "Participation plan" in page.text
    assert "READ" in page.html


async def test_a_moderator_reads_only_their_languages_and_decides_nothing(town: Town, organizer: Browser) -> None:
    text = await published(organizer)
    await proposes(town, text, "Meetings are online.")
    moderator = await town.signed_in(Role.MODERATOR, ("fr",), login="bilal")
    part = await moderator.opens(text.link("Meetings"))
    assert part.status == 200
    assert "Meetings are online." not in part.text
    assert "Decide" not in part.text


async def test_hostile_words_do_nothing(town: Town, organizer: Browser) -> None:
    text = await published(organizer)
    for number, words in enumerate(HOSTILE[:20]):
        await proposes(town, text, words, sender=f"7100{number}")
    part = await organizer.opens(text.link("Meetings"))
    assert part.status == 200
    assert "<script" not in part.html.partition("<main")[2].partition("</main>")[0]
