"""An organizer opens a council, adds its seats, hands codes out, and calls for members when a colleague agrees."""

import re
from datetime import timedelta

from sqlalchemy import select

from handlers import journal, sendings
from handlers.journal import Act
from handlers.sendings import HOLD
from storage import seats, senders
from storage.roles import Role
from storage.seats import NewTerm
from storage.tables import broadcast
from tests.console.browser import Browser, Page
from tests.console.conftest import Town
from tests.console.test_draws import acts, sits_down
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


CALL = {
    "seats": "2",
    "asks.en": "Two hours a month",
    "gives.en": "20 euros an hour",
    "fact1.en": "How old are you?",
    "why1.en": "So that young and old are drawn.",
    "options1.en": "Under 30\n30 or more",
}


async def requests(town: Town, organizer: Browser, **more: str) -> Page:
    """Of a call for members; gives the page that comes."""
    closes = (town.clock.now.date() + timedelta(days=30)).isoformat()
    return await organizer.sends_form("/calls", CALL | {"closes": closes} | more)


async def lets_leave(town: Town) -> int:
    """What a worker does when the hold is over."""
    town.clock.now += HOLD
    async with town.office.database.writing() as session:
        return await sendings.leave_due(session, town.clock.now)


async def test_everybody_is_told_of_a_call_when_a_colleague_approves_it(town: Town) -> None:
    async with town.office.database.writing() as session:
        await senders.keep(session, {"telegram": "telegram"})
        await meet(session, town.office.keys, "70001", process=town.process)
    organizer, council = await opened(town)
    page = await requests(town, organizer, closes="2020-01-01")
    assert page.status == 422
    assert ("asks.en", "Two hours a month") in [field for form in page.seen.forms for field in form.fields]
    page = await requests(town, organizer)
    assert "a colleague has to approve it" in page.text
    assert "What we ask of you: Two hours a month" in page.text
    assert "How old are you?" in page.text
    place = page.path
    second = await town.signed_in(Role.ORGANIZER, login="bilal")
    assert (await second.opens("/p/regional-review")).link("Youth council") == place
    assert (await second.opens(council)).link("A call waits to be approved, or to leave.") == place
    await second.opens(place)
    page = await second.sends("/approve")
    assert "Held" in page.text
    assert "Held A call waits to be approved, or to leave." in (await second.opens(council)).text
    assert await lets_leave(town) == 1
    page = await second.opens(council)
    assert "It is open. Put themselves forward: fewer than 8" in page.text
    assert "Under 30" in page.text
    assert "Has left" in (await second.opens(place)).text
    async with town.office.database.reading() as session:
        subjects = (await session.execute(select(broadcast.c.subject))).scalars()
        acts = [entry.act for entry in await journal.page(session, town.process, 3)]
    assert [subject.partition(":")[0] for subject in subjects] == ["call"]
    assert acts == [Act.SENDING_APPROVE, Act.SENDING_REQUEST, Act.COUNCIL_OPEN]


async def test_a_call_can_be_called_back_during_its_hold(town: Town) -> None:
    organizer, council = await opened(town)
    place = (await requests(town, organizer)).path
    second = await town.signed_in(Role.ORGANIZER, login="bilal")
    await second.opens(place)
    await second.sends("/approve")
    await organizer.opens(place)
    assert "Called back" in (await organizer.sends("/call-back")).text
    assert await lets_leave(town) == 0
    assert "There is none yet." in (await organizer.opens(council)).text


async def test_a_call_is_ended_before_its_day(town: Town) -> None:
    organizer, council = await opened(town)
    await requests(town, organizer)
    await organizer.sends("/approve-alone", reason="The hearing is tomorrow.")
    assert await lets_leave(town) == 1
    chen = await sits_down(town, "chen")
    await chen.opens(council)
    page = await chen.sends("/close")
    assert "Nobody else can put themselves forward" in page.text
    assert "It is over." in page.text
    assert "End the call" not in page.text
    assert Act.COUNCIL_CALL_CLOSE in await acts(town)


async def test_a_seat_requires_what_a_call_asks(town: Town) -> None:
    organizer, council = await opened(town)
    assert "Call for members first." in (await organizer.opens(council)).text
    await requests(town, organizer)
    await organizer.sends("/approve-alone", reason="The hearing is tomorrow.")
    assert await lets_leave(town) == 1
    await organizer.opens(council)
    seats_ = {"number": "2", "organization": "", "requires-f1": "o1"}
    page = await organizer.sends_form("/seats", seats_ | {"kind": "invitation"})
    assert page.status == 422
    assert "drawn by lot can require something" in page.text
    assert {("requires-f1", "o1"), ("kind", "invitation")} <= set(page.form("/seats").fields)
    page = await organizer.sends_form("/seats", seats_ | {"kind": "drawn"})
    assert page.text.count("Drawn by lot How old are you? Under 30") == 2
    page = await organizer.sends_form("/seats", seats_ | {"kind": "drawn", "requires-f1": ""})
    assert page.text.count("Drawn by lot How old are you? Under 30") == 2
    assert page.text.count("vacant") == 4


async def test_a_page_of_a_call_whose_council_is_another_is_not_there(town: Town) -> None:
    organizer, _council = await opened(town)
    place = (await requests(town, organizer)).path
    assert (await organizer.opens(place.replace("/councils/", "/rounds/"))).status == 404


async def test_a_vacant_seat_is_abolished_and_the_end_of_a_term_moved(town: Town) -> None:
    async with town.office.database.writing() as session:
        await senders.keep(session, {"telegram": "telegram"})
        who = await meet(session, town.office.keys, "70001", process=town.process)
    organizer, council = await opened(town)
    page = await organizer.sends_form("/seats", {"number": "2", "kind": "drawn", "organization": ""})
    first, second = [form.action.split("/")[-2] for form in page.seen.forms if form.action.endswith("/abolish")]
    async with town.office.database.writing() as session:
        today = town.clock.now.date()
        await seats.take(session, NewTerm(town.process, second, who.id, today, today + timedelta(days=99)))
    page = await organizer.sends(f"{first}/abolish")
    assert "This seat is no more." in page.text
    assert page.text.count("vacant") == 0
    page = await organizer.sends(f"{second}/term", until="2020-01-01")
    assert page.status == 422
    assert "today or later" in page.text
    assert ("until", "2020-01-01") in page.form(f"{second}/term").fields
    until = today + timedelta(days=30)
    page = await organizer.sends(f"{second}/term", until=until.isoformat())
    assert "Who sits there is told." in page.text
    assert ("until", until.isoformat()) in page.form(f"{second}/term").fields
    assert (await organizer.sends(f"{second}/end")).text.count("vacant") == 2, "in the message, and in the table"
    await organizer.opens(council)
    assert await acts(town) == [
        Act.COUNCIL_REMOVE, Act.COUNCIL_TERM, Act.COUNCIL_ABOLISH, Act.COUNCIL_SEATS, Act.COUNCIL_OPEN,
    ]  # fmt: skip


async def test_a_council_is_dissolved_by_who_is_sure(town: Town) -> None:
    organizer, council = await opened(town)
    place = (await requests(town, organizer)).path
    await organizer.opens(council)
    page = await organizer.sends("/dissolve")
    assert page.status == 422
    assert "Say that you are sure" in page.text
    page = await organizer.sends("/dissolve", sure="yes")
    assert "The council is dissolved." in page.text
    assert "Youth council" not in page.text
    assert (await organizer.opens(council)).status == 404
    page = await organizer.opens(place)
    assert "This council is dissolved." in page.text
    second = await town.signed_in(Role.ORGANIZER, login="bilal")
    await second.opens(place)
    assert "Void" in (await second.sends("/approve")).text
    assert (await acts(town))[:2] == [Act.SENDING_APPROVE, Act.COUNCIL_DISSOLVE]
