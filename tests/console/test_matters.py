"""An organizer gathers what was said, responds once, and another approves exactly that before anybody hears it."""

from datetime import timedelta

import pytest

from handlers import journal, sendings
from handlers.journal import Act
from handlers.sendings import HOLD
from storage import matters as stored
from storage import senders
from storage.roles import Role
from tests.console.browser import Browser
from tests.console.conftest import Town
from tests.hostile import TEXTS
from tests.storage.rows import another, give, meet, statements

MATTERS = "/p/regional-review/matters"


@pytest.fixture
async def organizer(town: Town) -> Browser:
    async with town.office.database.writing() as session:
        await senders.keep(session, {"telegram": "telegram", "sms": "sms"})
    return await town.signed_in(login="amina")


async def says(town: Town, words: str, sender: str = "70001", language: str = "en") -> str:
    """Somebody who takes part says this; gives the id of the contribution."""
    async with town.office.database.writing() as session:
        who = await meet(session, town.office.keys, sender, language=language, process=town.process)
        return await give(session, who, words, process=town.process, language=language)


async def opens(browser: Browser, *names: str, title: str = "Interpreters at clinics", **more: str) -> str:
    """A matter with these in it; gives its address."""
    await browser.opens(f"{MATTERS}/new?" + "&".join(f"contribution={name}" for name in names))
    page = await browser.sends_form("/matters/new", {"title.en": title, **more})
    assert page.status == 200, page.text
    assert "Opened." in page.text
    return page.path.partition("?")[0]


async def test_what_was_said_is_gathered_answered_approved_and_told(town: Town, organizer: Browser) -> None:
    names = [await says(town, "An interpreter at the clinic."), await says(town, "Interpreters!", "70002")]
    matter = await opens(organizer, *names, topic="services")
    page = await organizer.opens(matter)
    assert "An interpreter at the clinic." in page.text
    assert "fewer than 8 people" in page.text
    await organizer.opens(page.link("Respond"))
    page = await organizer.sends_form("/matters/respond", {"state": "taken_up", "reason.en": "Point 4.", "show": "1"})
    assert "It was taken up. Point 4." in page.text
    page = await organizer.sends_form("/matters/respond", {"state": "taken_up", "reason.en": "Point 4."})
    assert "a colleague has to approve it" in page.text
    second = await town.signed_in(login="bilal")
    assert "Interpreters at clinics" in (await second.opens("/p/regional-review")).text
    await second.opens(page.path)
    assert "Held" in (await second.sends("/approve")).text
    town.clock.now += HOLD + timedelta(seconds=1)
    async with town.office.database.writing() as session:
        assert await sendings.leave_due(session, town.clock.now) == 1
    page = await organizer.opens(matter)
    assert "It was taken up." in page.text
    assert "Point 4." in page.text
    assert page.link("Tell what followed")
    assert "Answered" in (await organizer.opens(f"{MATTERS}?show=answered")).text
    async with town.office.database.reading() as session:
        acts = [entry.act for entry in await journal.page(session, town.process, 50)]
    assert acts == [Act.SENDING_APPROVE, Act.SENDING_REQUEST, Act.MATTER_OPEN]


async def test_what_followed_is_told_in_the_same_way(town: Town, organizer: Browser) -> None:
    await test_what_was_said_is_gathered_answered_approved_and_told(town, organizer)
    page = await organizer.opens(f"{MATTERS}?show=answered")
    page = await organizer.opens(page.link("Interpreters at clinics"))
    page = await organizer.opens(page.link("Tell what followed"))
    place = page.path.rpartition("/matters")[2]
    filled = {"state": "adopted", "day": "2026-11-20", "text.en": "Parliament adopted it."}
    page = await organizer.sends_form(place, filled | {"show": "1"})
    assert "There is news on: Interpreters at clinics" in page.text
    page = await organizer.sends_form(place, filled)
    assert "/matters/leaving/" in page.path


async def test_what_is_wrong_is_said_and_nothing_typed_is_lost(town: Town, organizer: Browser) -> None:
    matter = await opens(organizer, await says(town, "Schools."))
    await organizer.opens((await organizer.opens(matter)).link("Respond"))
    page = await organizer.sends_form("/matters/respond", {"state": "read", "reason.en": "Read.", "link": "http://x"})
    assert page.status == 422
    assert "https://" in page.text
    assert ("reason.en", "Read.") in page.form("/matters/respond").fields
    await organizer.opens(f"{MATTERS}/new")
    page = await organizer.sends_form("/matters/new", {"title.en": "", "due": "tomorrow", "note.en": "Late."})
    assert page.status == 422
    assert ("note.en", "Late.") in page.form("/matters/new").fields
    assert ("due", "tomorrow") in page.form("/matters/new").fields


async def test_what_was_gathered_wrongly_is_taken_out_again(town: Town, organizer: Browser) -> None:
    name = await says(town, "Schools.")
    matter = await opens(organizer, name)
    await organizer.opens(matter)
    page = await organizer.sends_form("/part", {"contribution": name})
    assert "Nothing is gathered here yet." in page.text
    page = await organizer.sends("/drop")
    assert "Given up." in page.text
    assert (await organizer.opens(matter)).status == 404


async def test_what_may_say_the_same_is_suggested_and_gathered_by_who_has_read_it(
    town: Town, organizer: Browser
) -> None:
    matter = await opens(organizer, await says(town, "There should be an interpreter in each clinic."))
    same = await says(town, "We need an interpreter at every clinic.", "70002")
    await says(town, "The bus does not come on Sundays.", "70003")
    page = await organizer.opens((await organizer.opens(matter)).link("Look for others that say the same"))
    assert "We need an interpreter at every clinic." in page.text
    assert "The bus" not in page.text
    page = await organizer.sends_form("/alike", {"contribution": same})
    assert "Gathered." in page.text
    assert "We need an interpreter at every clinic." in page.text
    assert "Nothing that waits" in (await organizer.opens(f"{matter}/alike")).text


async def test_a_moderator_reads_the_words_of_their_languages_only(town: Town, organizer: Browser) -> None:
    matter = await opens(organizer, await says(town, "Schools."), await says(town, "Des écoles.", "70002", "fr"))
    moderator = await town.signed_in(Role.MODERATOR, languages=("fr",))
    page = await moderator.opens(matter)
    assert "Des écoles." in page.text
    assert "Schools." not in page.text
    assert (await moderator.opens(f"{MATTERS}/respond?matter=x")).status == 403


async def test_only_an_organizer_lets_everybody_read_a_matter(town: Town, organizer: Browser) -> None:
    matter = await opens(organizer, await says(town, "Schools."), public="yes")
    hidden = await opens(organizer, await says(town, "Buses.", "70002"), title="Buses")
    moderator = await town.signed_in(Role.MODERATOR)
    for path, is_public in ((matter, True), (hidden, False)):
        await moderator.opens(f"{path}/edit")
        await moderator.sends_form("/edit", {"title.en": "Changed", "public": "" if is_public else "yes"})
        async with town.office.database.reading() as session:
            kept = await stored.get(session, town.process, path.rpartition("/")[2])
        assert kept is not None
        assert "Changed" in kept.title
        assert (kept.public is not None) is is_public


async def test_a_matter_or_response_of_another_process_is_not_there(town: Town, organizer: Browser) -> None:
    matter = await opens(organizer, await says(town, "Schools."))
    name = matter.rpartition("/")[2]
    async with town.office.database.writing() as session:
        await another(session, "another")
    owner = await town.signed_in(Role.ORGANIZER, everywhere=True)
    assert (await owner.opens(f"/p/another/matters/{name}")).status == 404
    assert (await owner.opens(f"/p/another/matters/respond?matter={name}")).status == 404
    assert (await owner.opens(f"{MATTERS}/respond?matter={name}&matter=x")).status == 404


@pytest.mark.parametrize("text", TEXTS[::20])
async def test_what_people_and_staff_write_is_text(sqlite_town: Town, text: str) -> None:
    browser = await sqlite_town.signed_in(login="amina")
    name = await says(sqlite_town, text)
    page = await browser.opens(f"{MATTERS}/new?contribution={name}")
    page = await browser.sends_form("/matters/new", {"title.en": text[:200]})
    assert "<script" not in page.html.replace('<script src="/', "").lower() or page.status == 422


async def test_what_was_translated_is_suggested_across_languages_with_its_translation(
    town: Town, organizer: Browser
) -> None:
    matter = await opens(organizer, await says(town, "There should be an interpreter in each clinic."))
    same = await says(town, "نحتاج إلى مترجم", "70002", "ar")
    link = (await organizer.opens(matter)).link("Look for others that say the same")
    assert "مترجم" not in (await organizer.opens(link)).text
    await organizer.opens(f"/p/regional-review/inbox?pile=all&open={same}")
    await organizer.sends(f"{same}/translate", language="en", translation="We need an interpreter at every clinic.")
    page = await organizer.opens(link)
    assert "مترجم" in page.text
    assert "We need an interpreter at every clinic." in page.text
    await organizer.opens(f"/p/regional-review/inbox?pile=all&open={same}")
    form = next(form for form in organizer.page.seen.forms if "/inbox?" in form.action)  # type: ignore[union-attr]
    await organizer.posts(form.action, [*form.fields, ("mark", "hide")])
    assert "interpreter at every" not in (await organizer.opens(link)).text


async def test_a_list_of_many_asks_few_questions(town: Town, organizer: Browser) -> None:
    names = [await says(town, f"Words {number}.", f"7{number:04}") for number in range(12)]
    for name in names:
        await opens(organizer, name)
    matter = await opens(organizer, *names)
    with statements(town.office.database, reading=True) as asked_for:
        await organizer.opens(MATTERS)
    assert len(asked_for) <= 8
    with statements(town.office.database, reading=True) as asked_for:
        page = await organizer.opens(matter)
    assert len(asked_for) <= 8
    assert "about 10 people" in page.text
