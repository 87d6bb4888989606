"""An organizer opens a council, adds its seats, hands codes out, and calls for members when a colleague agrees."""

import re

from sqlalchemy import select

from storage import senders
from storage.roles import Role
from storage.tables import broadcast
from tests.console.browser import Browser
from tests.console.conftest import Town
from tests.storage.rows import meet

COUNCILS = "/p/regional-review/councils"


async def opened(town: Town, **more: str) -> tuple[Browser, str]:
    """A council; gives its address."""
    organizer = await town.signed_in(Role.ORGANIZER, login="amina")
    await organizer.opens(COUNCILS)
    page = await organizer.sends_form("/councils", {"name.en": "Youth council", "term": "100", "rest": "1", **more})
    assert page.status == 200, page.text
    return organizer, page.path.partition("?")[0]


async def test_a_council_is_opened_with_its_rules_and_shows_its_vacant_seats(town: Town) -> None:
    organizer, council = await opened(town, rest_in="terms")
    page = await organizer.sends_form("/seats", {"number": "2", "kind": "drawn", "organization": ""})
    assert page.text.count("vacant") == 2
    assert "Drawn by lot" in page.text
    page = await organizer.sends_form("/seats", {"number": "1", "kind": "organization", "organization": "Nurses"})
    assert "Named by an organization: Nurses" in page.text
    page = await organizer.sends_form("/seats", {"number": "1", "kind": "organization", "organization": ""})
    assert page.status == 422
    assert "0 of 3 seats are taken" in (await organizer.opens(COUNCILS)).text
    page = await organizer.opens(council)
    page = await organizer.sends_form(council, {"name.en": "Elders", "term": "", "rest": "2", "rest_in": "terms"})
    assert "Say how long a term is" in page.text


async def test_a_code_is_shown_once(town: Town) -> None:
    organizer, council = await opened(town)
    page = await organizer.sends_form("/invitations", {})
    assert re.search(r"\b[A-Z2-9]{5}-[A-Z2-9]{5}\b", page.text)
    assert not re.search(r"\b[A-Z2-9]{5}-[A-Z2-9]{5}\b", (await organizer.opens(council)).text)


async def test_everybody_is_told_of_a_call_when_a_colleague_approves_it(town: Town) -> None:
    async with town.office.database.writing() as session:
        await senders.keep(session, {"telegram": "telegram"})
        await meet(session, town.office.keys, "70001", process=town.process)
    organizer, council = await opened(town)
    closes = town.clock.now.date().replace(year=town.clock.now.year + 1).isoformat()
    filled = {
        "seats": "2",
        "closes": closes,
        "asks.en": "Two hours a month",
        "gives.en": "20 euros an hour",
        "fact1.en": "How old are you?",
        "why1.en": "So that young and old are drawn.",
        "options1.en": "Under 30\n30 or more",
    }
    page = await organizer.sends_form("/calls", filled | {"closes": "2020-01-01"})
    assert page.status == 422
    assert ("asks.en", "Two hours a month") in [field for form in page.seen.forms for field in form.fields]
    page = await organizer.sends_form("/calls", filled)
    assert "Somebody else has to approve it" in page.text
    assert "What we ask of you: Two hours a month" in page.text
    page = await organizer.sends_form("/approve", {})
    assert "somebody else has to approve it" in page.text
    second = await town.signed_in(Role.ORGANIZER, login="bilal")
    await second.opens(council)
    page = await second.sends_form("/approve", {})
    assert "Approved. Everybody is told." in page.text
    assert "Put themselves forward: fewer than 8" in page.text
    assert "Under 30" in page.text
    async with town.office.database.reading() as session:
        subjects = (await session.execute(select(broadcast.c.subject))).scalars()
    assert [subject.partition(":")[0] for subject in subjects] == ["call"]


async def test_a_call_can_be_called_back_before_it_is_approved(town: Town) -> None:
    organizer, _council = await opened(town)
    closes = town.clock.now.date().replace(year=town.clock.now.year + 1).isoformat()
    filled = {"seats": "1", "closes": closes, "asks.en": "Two hours", "gives.en": "Thanks"}
    await organizer.sends_form("/calls", filled)
    page = await organizer.sends_form("/back", {})
    assert "Called back. Nobody is told." in page.text
    assert "It was never opened." in page.text
