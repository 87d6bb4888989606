"""Today says what needs somebody, to whoever may do it, and counts nobody who could be pointed at."""

from datetime import date, timedelta

import flows
from handlers import drafts, items, openings, processes, sendings
from handlers.items import ItemDraft
from handlers.processes import OpenProcess
from handlers.writing import contents
from locales import in_words
from storage import Keyring, circuits, consultations, responses, senders
from storage.responses import NewResponse
from storage.roles import Role
from storage.states import ResponseState
from tests.console.conftest import Town
from tests.handlers.asking import DRAFT, SECOND, WRITER
from tests.storage.rows import NOW, TODAY, give, meet, statements

HERE = "/p/regional-review"
QUIET = "Nothing needs anybody now."


def asks(answer_by: date) -> str:
    promise = flows.Promise({"en": "Plan"}, {"en": "The council"}, {"en": "All"}, "consult", answer_by)
    return contents.pack(contents.Consultation({"en": "The school bus"}, promise, ()))


async def process(town: Town) -> OpenProcess:
    async with town.office.database.reading() as session:
        return await processes.named(session, "regional-review")


async def people(town: Town, keys: Keyring, number: int = 40) -> None:
    """A quarter read each language; all but four live in the north."""
    async with town.office.database.writing() as session:
        for place in range(number):
            language, region = ("en", "fr", "es", "ar")[place % 4], "south" if place < 4 else "north"
            await meet(session, keys, f"7{place}", language=language, region=region, process=town.process)


async def test_where_nothing_waits_that_is_said(town: Town, keys: Keyring) -> None:
    async with town.office.database.writing() as session:
        for place in range(64):
            language, region = ("en", "fr", "es", "ar")[place % 4], ("south", "north")[place // 4 % 2]
            await meet(session, keys, f"7{place}", language=language, region=region, process=town.process)
    organizer = await town.signed_in(also=(Role.OWNER,))
    page = await organizer.opens(HERE)
    assert QUIET in page.text


async def test_who_gave_and_who_was_told_is_counted_roughly(town: Town, keys: Keyring) -> None:
    async with town.office.database.writing() as session:
        for place in range(12):
            who = await meet(session, keys, f"7{place}", process=town.process)
            await give(session, who, process=town.process)
            await give(session, who, process=town.process)
    auditor = await town.signed_in(Role.AUDITOR)
    page = await auditor.opens(HERE)
    assert "about 10 People who gave us something" in page.text
    assert "fewer than 8 Of these" in page.text
    assert "Needs somebody" not in page.text


async def test_promises_and_what_is_unread_are_the_organizers(town: Town, keys: Keyring) -> None:
    async with town.office.database.writing() as session:
        for name, day in (("late", -1), ("soon", 7), ("far", 8)):
            await consultations.add(session, name, town.process, asks(TODAY + timedelta(days=day)), NOW)
        crowd = [await meet(session, keys, f"7{place}", process=town.process) for place in range(9)]
        for who in crowd:
            await give(session, who, process=town.process, language="fr", consultation="late", question="q")
        for name in ("soon", "far"):
            await give(session, crowd[0], process=town.process, consultation=name, question="q")
        await give(session, crowd[0], process=town.process)
    organizer = await town.signed_in()
    page = await organizer.opens(HERE)
    assert page.text.count("The school bus") == 2
    past, soon = in_words(TODAY - timedelta(days=1)), in_words(TODAY + timedelta(days=7))
    assert f"promise overdue The school bus A response was promised by {past}. About 10 answers" in page.text
    assert f"promise due The school bus A response was promised by {soon}. Fewer than 8" in page.text
    assert "Recommendations Fewer than 8 have no response." in page.text
    assert "unread Inbox About 10 are unread." in page.text
    for languages in ((), ("fr",)):
        moderator = await town.signed_in(Role.MODERATOR, languages=languages)
        page = await moderator.opens(HERE)
        assert "unread Inbox About 10 are unread." in page.text
        assert "promise" not in page.text
    moderator = await town.signed_in(Role.MODERATOR, languages=("en",))
    assert "unread Inbox Fewer than 8 are unread." in (await moderator.opens(HERE)).text
    moderator = await town.signed_in(Role.MODERATOR, languages=("ar",))
    assert QUIET in (await moderator.opens(HERE)).text


async def test_what_has_its_response_needs_nobody(town: Town, keys: Keyring) -> None:
    async with town.office.database.writing() as session:
        who = await meet(session, keys, process=town.process)
        name = await give(session, who, process=town.process)
        await responses.respond(session, NewResponse("r", town.process, ResponseState.READ, "{}", NOW), [name])
    moderator = await town.signed_in(Role.MODERATOR)
    assert QUIET in (await moderator.opens(HERE)).text


async def test_a_translator_sees_what_lacks_in_their_language_and_no_more(town: Town, keys: Keyring) -> None:
    await people(town, keys)
    async with town.office.database.writing() as session:
        await items.draft(session, await process(town), ItemDraft("Hearing", "en", "It is on Friday."), "w", NOW)
    translator = await town.signed_in(Role.TRANSLATOR, languages=("fr",))
    page = await translator.opens(HERE)
    assert "Translations into French One is missing." in page.text
    assert "Spanish" not in page.text
    assert "Heard" not in page.text
    english = await town.signed_in(Role.TRANSLATOR, languages=("en",))
    assert QUIET in (await english.opens(HERE)).text


async def test_what_waits_for_a_second_person_is_shown_to_organizers(town: Town, keys: Keyring) -> None:
    async with town.office.database.writing() as session:
        its = await process(town)
        item = await items.draft(session, its, ItemDraft("Hearing", "en", "It is on Friday."), "writer", NOW)
        sending = await sendings.request(session, its, item, "writer", NOW)
    organizer = await town.signed_in()
    page = await organizer.opens(HERE)
    assert "A second person has to approve this." in page.text
    assert page.link("Hearing") == f"{HERE}/tell/sendings/{sending.id}"
    owner = await town.signed_in(Role.OWNER)
    assert "Hearing" not in (await owner.opens(HERE)).text


async def test_a_consultation_waits_for_a_second_person_beside_what_else_does(town: Town, keys: Keyring) -> None:
    async with town.office.database.writing() as session:
        its = await process(town)
        draft = await drafts.begin(session, its, WRITER, NOW)
        await drafts.write(session, its, draft, DRAFT, 1, WRITER, NOW)
        opening = await openings.request(session, its, draft, 2, WRITER, NOW - timedelta(hours=1))
        item = await items.draft(session, its, ItemDraft("Hearing", "en", "It is on Friday."), "writer", NOW)
        await sendings.request(session, its, item, "writer", NOW)
    organizer = await town.signed_in()
    page = await organizer.opens(HERE)
    assert page.text.index("Seeing a doctor A second person") < page.text.index("Hearing A second person")
    assert page.link("Seeing a doctor") == f"{HERE}/ask/openings/{opening.id}"
    french = await town.signed_in(language="fr")
    assert "Voir un médecin" in (await french.opens(HERE)).text
    async with town.office.database.writing() as session:
        await openings.approve(session, its, opening.id, SECOND, opening.hash, NOW)
    page = await organizer.opens(HERE)
    assert "held Seeing a doctor Until it opens it can be called back." in page.text
    assert "Seeing a doctor" not in (await (await town.signed_in(Role.OWNER)).opens(HERE)).text


async def test_a_sender_out_of_order_and_who_is_hardly_reached_need_the_owner(town: Town, keys: Keyring) -> None:
    await people(town, keys)
    async with town.office.database.writing() as session:
        await senders.keep(session, {"telegram": "telegram"})
        await circuits.break_(session, "telegram", "401", NOW, NOW)
    owner = await town.signed_in(Role.OWNER)
    page = await owner.opens(HERE)
    assert "out of order telegram Nothing leaves by it" in page.text
    assert "not reached The south In each, fewer than 8 people can be written to." in page.text
    assert page.text.count("not reached") == 2, "and the sentence that says what that is"


async def test_it_takes_few_statements(town: Town, keys: Keyring) -> None:
    await people(town, keys, 8)
    organizer = await town.signed_in(also=tuple(Role))
    for most in (11, 9):  # the first counts what is remembered then; one asks for what people want to know of a round
        with statements(town.office.database) as seen:
            await organizer.opens(HERE)
        assert len(seen) <= most
