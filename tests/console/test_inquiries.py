"""An organizer asks one contributor back, and sees whether responses help, without learning who anybody is."""

import pytest

from handlers import journal, matters, processes, responses
from handlers.matters import Draft
from handlers.writing import contents
from storage import Keyring, contributions, feedback
from storage.roles import Role
from storage.states import Helped
from storage.tables import delivery
from storage.together import Writes, write
from tests.console.conftest import Town
from tests.storage.rows import NOW, Somebody, give, meet, statements

MATTERS = "/p/regional-review/matters"


async def gathered(town: Town, keys: Keyring, number: int = 1) -> tuple[str, list[str], list[Somebody]]:
    """A matter that so many people said; gives its id, and theirs."""
    async with town.office.database.writing() as session:
        people = [await meet(session, keys, f"7090000{place}", process=town.process) for place in range(number)]
        names = [await give(session, who, "Interpreters.", process=town.process) for who in people]
        process = await processes.named(session)
        draft = Draft({"en": "Clinics"}, "services")
        return await matters.open_one(session, process, draft, names, "staff-1", NOW), names, people


async def responds(town: Town, matter: str) -> str:
    async with town.office.database.writing() as session:
        response = contents.Response("read", {"en": "Yes."}, matters=(matter,))
        return (await responses.publish(session, await processes.named(session), response, NOW)).id


async def rates(town: Town, response: str, people: list[Somebody], helped: Helped, why: str = "") -> None:
    async with town.office.database.writing() as session:
        writes = Writes()
        for who in people:
            feedback.put(writes, who.key, response, helped, NOW.date(), why)
        await write(session, writes)


async def test_an_organizer_asks_and_sees_that_it_waits(town: Town, keys: Keyring) -> None:
    matter, [name], [alice] = await gathered(town, keys)
    organizer = await town.signed_in()
    page = await organizer.opens(f"{MATTERS}/{matter}")
    assert alice.id[:6] in page.text
    assert alice.sender not in page.html
    page = await organizer.opens(f"{MATTERS}/{matter}/ask?contribution={name}")
    page = await organizer.sends_form("/ask", {"text.en": "In which town?"})
    assert "Asked. The answer comes into this matter." in page.text
    assert "asked, no answer yet" in page.text
    assert f"/ask?contribution={name}" not in page.html, "one question at a time"
    async with town.office.database.reading() as session:
        assert [entry.act for entry in await journal.page(session, town.process, 9)] == ["matter.ask"]
        assert len((await session.execute(delivery.select())).all()) == 1


async def test_a_question_that_is_not_sent_comes_back_as_it_was_written(town: Town, keys: Keyring) -> None:
    matter, [name], _people = await gathered(town, keys)
    organizer = await town.signed_in()
    page = await organizer.opens(f"{MATTERS}/{matter}/ask?contribution=nothing")
    page = await organizer.sends_form("/ask", {"text.en": "In which <town>?"})
    assert page.status == 422
    assert "Nobody can be asked about this any more." in page.text
    assert dict(page.form("/ask").fields)["text.en"] == "In which <town>?"
    page = await organizer.sends_form("/ask", {"contribution": name, "text.en": ""})
    assert page.status == 422
    async with town.office.database.reading() as session:
        assert await journal.page(session, town.process, 9) == []


@pytest.mark.parametrize("number", [7, 8])
async def test_whether_it_helps_is_shown_from_eight_on(town: Town, keys: Keyring, number: int) -> None:
    matter, _names, people = await gathered(town, keys, number)
    response = await responds(town, matter)
    await rates(town, response, people, Helped.YES)
    page = await (await town.signed_in()).opens(f"{MATTERS}/{matter}")
    assert ("Fewer than 8 have said so." in page.text) == (number < 8)
    assert ("It does about 10 · In part fewer than 8" in page.text) == (number == 8)


async def test_why_not_is_read_by_who_reads_the_language(town: Town, keys: Keyring) -> None:
    matter, _names, people = await gathered(town, keys)
    await rates(town, await responds(town, matter), people, Helped.NO, "<b>And schools?</b>")
    page = await (await town.signed_in()).opens(f"{MATTERS}/{matter}/feedback")
    assert "<b>And schools?</b>" in page.text
    assert people[0].id[:6] not in page.text
    moderator = await town.signed_in(Role.MODERATOR, languages=("fr",))
    page = await moderator.opens(f"{MATTERS}/{matter}/feedback")
    assert "And schools?" not in page.text
    assert "In a language that is not yours to read" in page.text


async def test_the_page_of_a_matter_takes_few_statements(town: Town, keys: Keyring) -> None:
    matter, names, people = await gathered(town, keys, 9)
    for _time in range(2):
        await rates(town, await responds(town, matter), people, Helped.YES)
    organizer = await town.signed_in()
    with statements(town.office.database, reading=True) as seen:
        await organizer.opens(f"{MATTERS}/{matter}")
    # The ninth: what rounds decided on it.
    assert len(seen) <= 9, [statement for statement, _values in seen]
    assert names


async def test_what_was_taken_back_is_not_offered_to_be_asked(town: Town, keys: Keyring) -> None:
    matter, [name], [alice] = await gathered(town, keys)
    async with town.office.database.writing() as session:
        await contributions.take_back(session, alice.id, name)
    page = await (await town.signed_in()).opens(f"{MATTERS}/{matter}")
    assert "Nothing is gathered here yet." in page.text
