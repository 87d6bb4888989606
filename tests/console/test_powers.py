"""An organizer gives a council a power; pages say which council decides first, that it votes, and what came of it."""

from datetime import timedelta

import council
from handlers import councils, processes, rulings, sendings
from handlers.rulings.papers import BULLETIN
from handlers.sendings import HOLD
from storage.roles import Role
from storage.states import Power
from tests.console.browser import Browser
from tests.console.conftest import Town
from tests.console.test_ask import finished
from tests.console.test_tell import TELL, acts, asks, begins, seated
from tests.storage.rows import Somebody, meet, sit
from tests.storage.votes import vote

COUNCILS = "/p/regional-review/councils"
YOUTH = {"name.en": "Youth council", "term": "", "rest": "0", "answers_within": "5"}
PARTS = "It approves bulletins before they leave"


async def opened(organizer: Browser, *powers: str) -> str:
    """A council with these powers; gives its address."""
    await organizer.opens(COUNCILS)
    page = await organizer.sends_form("/councils", YOUTH | dict.fromkeys(["power"] if powers else [], "".join(powers)))
    assert page.status == 200, page.text
    return page.path.partition("?")[0]


async def members(town: Town, address: str, number: int = 3) -> list[Somebody]:
    on = address.rpartition("/")[2]
    async with town.office.database.writing() as session:
        found = [await meet(session, town.office.keys, f"9{sender}", process=town.process) for sender in range(number)]
        for who in found:
            await sit(session, who, town.process, on=on)
    return found


async def leaves_due(town: Town, after: timedelta = HOLD) -> None:
    town.clock.now += after
    async with town.office.database.writing() as session:
        await sendings.leave_due(session, town.clock.now)


async def all_vote(town: Town, who: list[Somebody], answer: bool) -> None:
    rule = council.every_rule()["yes_no"]
    async with town.office.database.writing() as session:
        (name,) = await _rounds(town)
        for member in who:
            packed = rule.packed({BULLETIN: answer})
            assert await vote(session, town.office.keys, member, name, packed, town.clock.now)
    async with town.office.database.writing() as session:
        assert await rulings.end(session, town.office.keys, name, town.clock.now)
    await leaves_due(town, timedelta())


async def _rounds(town: Town) -> list[str]:
    async with town.office.database.reading() as session:
        return list((await session.exec_driver_sql("SELECT id FROM round WHERE closed IS NULL")).scalars())


async def test_a_power_is_given_and_taken_and_the_members_are_told(town: Town) -> None:
    organizer = await seated(town)
    address = await opened(organizer)
    await members(town, address)
    page = await organizer.opens(address)
    assert PARTS not in page.text.partition("Seats")[0]
    page = await organizer.sends_form(address, YOUTH | {"power": "bulletins", "answers_within": "31"})
    assert page.status == 422
    assert "from 1 to 30 days" in page.text
    assert ("power", "bulletins") in [field for form in page.seen.forms for field in form.fields]
    page = await organizer.sends_form(address, YOUTH | {"power": "bulletins"})
    assert "The members are told what this council decides now." in page.text
    assert PARTS in page.text.partition("Seats")[0]
    assert "Days that it has for such a vote: 5" in page.text
    page = await organizer.sends_form(address, YOUTH | {"power": "bulletins", "answers_within": "4"})
    assert "Terms that are running stay as they are." in page.text
    assert (await acts(town)).count("council.powers") == 1
    async with town.office.database.reading() as session:
        process = await processes.named(session, "regional-review")
        (held,) = await councils.of_process(session, process)
        assert (held.content.powers, held.content.answers_within) == ((Power.BULLETINS,), 4)
        queued = (await session.exec_driver_sql("SELECT count(*) FROM delivery")).scalar_one()
    assert queued == 3


async def test_only_one_council_is_given_a_power(sqlite_town: Town) -> None:
    organizer = await seated(sqlite_town)
    await opened(organizer, "bulletins")
    await organizer.opens(COUNCILS)
    page = await organizer.sends_form("/councils", YOUTH | {"power": "bulletins"})
    assert page.status == 422
    assert "Another council holds this power: Youth council." in page.text


async def test_pages_say_what_waits_for_the_council_and_what_came_of_it(town: Town) -> None:
    organizer = await seated(town)
    address = await opened(organizer, "bulletins")
    who = await members(town, address)
    item = await begins(organizer)
    page = await organizer.opens(f"{item}/send")
    assert "After that a council votes on it, and only what it approves leaves: Youth council" in page.text
    sending = await asks(organizer, item)
    second = await town.signed_in(Role.ORGANIZER, login="bilal")
    await second.opens(sending)
    page = await second.sends("/approve")
    assert "The vote begins" in page.text
    await leaves_due(town)
    page = await second.opens(sending)
    assert "The council votes on it until" in page.text
    assert "Emergency, and there is no time for the vote" in page.text
    assert "The council votes on this." in (await second.opens("/p/regional-review")).text
    assert "With the council: it can be called back" in (await second.opens(TELL)).text
    assert "This is on its way." in (await second.opens(item)).text
    await all_vote(town, who, answer=False)
    page = await second.opens(sending)
    assert "Not approved by the council" in page.text
    assert "Voted: 3 of 3" in page.text
    await second.opens(page.link("See the vote"))
    await asks(organizer, item)


async def test_what_the_council_approved_says_so(town: Town) -> None:
    organizer = await seated(town)
    who = await members(town, await opened(organizer, "bulletins"))
    sending = await asks(organizer, await begins(organizer))
    second = await town.signed_in(Role.ORGANIZER, login="bilal")
    await second.opens(sending)
    await second.sends("/approve")
    await leaves_due(town)
    await all_vote(town, who, answer=True)
    page = await second.opens(sending)
    assert "Has left" in page.text
    assert "The council approved it. Voted: 3 of 3" in page.text


async def test_one_goes_round_the_council_in_an_emergency(town: Town) -> None:
    organizer = await seated(town)
    await members(town, await opened(organizer, "bulletins"), 2)
    item = await begins(organizer)
    assert "fewer than 3 members" in (await organizer.opens(f"{item}/send")).text
    sending = await asks(organizer, item)
    page = await organizer.opens(sending)
    assert "It does not wait for the council." in page.text
    second = await town.signed_in(Role.ORGANIZER, login="bilal")
    await second.opens(sending)
    page = await second.sends("/approve")
    assert page.status == 422
    assert "fewer than 3 members" in page.text
    page = await second.sends("/approve-alone", reason="The bridge is closed.")
    assert "Emergency: approved by one person" in page.text
    await leaves_due(town)
    assert "Has left" in (await second.opens(sending)).text


async def test_a_consultation_says_that_a_council_sets_its_questions(town: Town) -> None:
    organizer = await seated(town)
    address = await opened(organizer, "questions")
    draft = await finished(organizer)
    page = await organizer.opens(f"{draft}/send")
    assert "only those that it adopts are asked: Youth council" in page.text
    page = await organizer.sends("/send")
    assert page.status == 422
    assert "fewer than 3 members" in page.text
    await members(town, address)
    page = await organizer.sends("/send")
    assert "After that a council votes on the questions" in page.text
