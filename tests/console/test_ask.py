"""An organizer writes the promise and the questions, another approves exactly that, and both see what came of it."""

from dataclasses import replace
from datetime import timedelta

import pytest

from handlers import consultations, drafts, journal, openings, processes
from handlers.drafts import Draft
from handlers.journal import Act
from handlers.sendings import HOLD
from storage import fresh, people
from storage.consultations import BY_HAND, Dates
from storage.contributions import NewContribution, add
from storage.roles import Role
from storage.together import Writes, write
from tests.console.browser import Browser, Page
from tests.console.conftest import Town
from tests.console.items import process_of
from tests.handlers.asking import ALL_KINDS, DRAFT, TITLE
from tests.hostile import TEXTS
from tests.storage.rows import NOW, statements

ASK = "/p/regional-review/ask"
AT_ONCE = 25
"""Hostile texts that are written into one field."""
PROMISE = {
    "title-en": TITLE,
    "purpose-en": "To know what keeps people away.",
    "who_decides-en": "The ministers.",
    "what_can_change-en": "The plan.",
    "level": "consultation",
    "answer_by": (NOW + timedelta(days=20)).date().isoformat(),
    "respond_by": (NOW + timedelta(days=50)).date().isoformat(),
}


@pytest.fixture
async def organizer(town: Town) -> Browser:
    return await town.signed_in(login="amina")


@pytest.fixture
async def writer(sqlite_town: Town) -> Browser:
    """The same, for what no database decides."""
    return await sqlite_town.signed_in(login="amina")


async def begins(browser: Browser) -> str:
    """A draft; gives its address."""
    await browser.opens(ASK)
    page = await browser.sends("/ask/new")
    assert "/ask/drafts/" in page.path
    return page.path


async def fills(browser: Browser, draft: str, **fields: str) -> Page:
    return await browser.sends_form(draft, fields)


async def promises(browser: Browser, draft: str, do: str = "") -> Page:
    return await browser.sends_form(draft, PROMISE | {"do": do})


async def written(town: Town, draft: str) -> Draft:
    process = await process_of(town)
    async with town.office.database.reading() as session:
        return (await drafts.get(session, process, draft.rpartition("/")[2])).content


async def finished(browser: Browser) -> str:
    """A draft with one open question; gives its address."""
    draft = await begins(browser)
    await promises(browser, draft, "add-open")
    await browser.sends_form(draft, {"q1-text-en": "What would make it easier?"})
    return draft


async def requests(browser: Browser, draft: str) -> str:
    await browser.opens(f"{draft}/send")
    page = await browser.sends("/send")
    assert "/ask/openings/" in page.path, page.text
    return page.path


async def acts(town: Town) -> list[str]:
    async with town.office.database.reading() as session:
        return [entry.act for entry in reversed(await journal.page(session, None, 20))]


async def test_two_write_and_approve_and_it_opens(town: Town, organizer: Browser) -> None:
    opening = await requests(organizer, await finished(organizer))
    assert organizer.page is not None
    assert "a colleague has to approve it" in organizer.page.text
    assert not any(form.action.endswith("/approve") for form in organizer.page.seen.forms)
    bilal = await town.signed_in(login="bilal")
    await bilal.opens(opening)
    page = await bilal.sends("/approve")
    assert "Until then it can be called back." in page.text
    assert "Held" in (await organizer.opens(ASK)).text
    town.clock.now += HOLD
    async with town.office.database.writing() as session:
        assert await openings.leave_due(session, town.clock.now) == 1
    assert "Has opened" in (await organizer.opens(opening)).text
    page = await organizer.opens(organizer.page.link("See what is answered"))
    assert "Answered by: fewer than 8" in page.text
    assert await acts(town) == [
        Act.DRAFT_WRITE, Act.DRAFT_WRITE, Act.DRAFT_WRITE, Act.OPENING_REQUEST, Act.OPENING_APPROVE,
    ]  # fmt: skip


async def test_without_its_promise_nothing_can_be_asked_for(writer: Browser) -> None:
    draft = await begins(writer)
    page = await fills(writer, draft, **{"title-en": TITLE, "do": "send"})
    links = {href for href, _label in page.seen.links}
    assert {"#purpose-en", "#who_decides-en", "#what_can_change-en", "#level", "#questions"} <= links
    assert {"#answer_by", "#respond_by"} <= links
    assert "The promise lacks who decides." in page.text
    assert 'aria-describedby="why-purpose-en"' in page.html
    page = await writer.opens(f"{draft}/send")
    assert "Before it can open:" in page.text
    assert not any(form.action.endswith("/send") for form in page.seen.forms)
    token = next(value for form in page.seen.forms for name, value in form.fields if name == "form-token")
    page = await writer.posts(f"{draft}/send", [("form-token", token), ("edited", "2")])
    assert page.status == 422


async def test_questions_are_added_moved_and_taken_out_without_a_script(sqlite_town: Town, writer: Browser) -> None:
    draft = await begins(writer)
    for kind in ("open", "choice", "scale"):
        await fills(writer, draft, do=f"add-{kind}")
    await fills(writer, draft, **{"q1-text-en": "Why?", "q2-several": "yes", "do": "down-q1"})
    content = await written(sqlite_town, draft)
    assert [(question.key, question.kind) for question in content.questions] == [
        ("q2", "several"), ("q1", "open"), ("q3", "scale"),
    ]  # fmt: skip
    assert content.questions[1].text == {"en": "Why?"}
    await fills(writer, draft, do="up-q3")
    await fills(writer, draft, do="remove-q2")
    assert [question.key for question in (await written(sqlite_town, draft)).questions] == ["q3", "q1"]
    await fills(writer, draft, do="add-open")
    assert [question.key for question in (await written(sqlite_town, draft)).questions] == ["q3", "q1", "q4"]


async def test_all_that_was_typed_is_kept_though_it_is_not_finished(sqlite_town: Town, writer: Browser) -> None:
    draft = await begins(writer)
    await fills(writer, draft, do="add-choice")
    long = "x" * 3000
    fields = {"purpose-fr": long, "q1-choices-en": "One\nTwo", "q1-choices-ar": "واحد", "reminds": "2020-01-01"}
    page = await fills(writer, draft, **fields)
    assert "Kept." in page.text
    content = await written(sqlite_town, draft)
    assert content.purpose == {"fr": long}
    assert content.questions[0].choices == {"en": "One\nTwo", "ar": "واحد"}
    assert content.reminds == "2020-01-01"
    assert ("purpose-fr", long) in page.form(draft).fields


async def test_a_language_that_is_filled_in_or_wrong_is_not_folded_away(writer: Browser) -> None:
    draft = await begins(writer)
    page = await writer.opens(draft)
    assert "<details open>" not in page.html
    page = await fills(writer, draft, **{"who_decides-ar": "The ministers.", "do": "send"})
    assert page.html.count("<details open>") == 1
    assert "#who_decides-ar" in {href for href, _label in page.seen.links}


async def test_the_later_of_two_writers_is_told_and_loses_nothing(sqlite_town: Town, writer: Browser) -> None:
    draft = await begins(writer)
    bilal = await sqlite_town.signed_in(login="bilal")
    await bilal.opens(draft)
    await fills(bilal, draft, **{"title-en": "Theirs"})
    page = await fills(writer, draft, **{"title-en": "Ours"})
    assert page.status == 422
    assert "Nothing was overwritten" in page.text
    assert ("title-en", "Ours") in page.form(draft).fields
    assert (await written(sqlite_town, draft)).title == {"en": "Theirs"}
    assert (await fills(writer, draft)).status == 200
    assert (await written(sqlite_town, draft)).title == {"en": "Ours"}


async def test_too_many_questions_are_refused(sqlite_town: Town, writer: Browser) -> None:
    draft = await begins(writer)
    page = await writer.sends_form(draft, {"question": [f"q{number}" for number in range(1, 12)]})
    assert page.status == 422
    assert "at most 10" in page.text
    assert (await written(sqlite_town, draft)).questions == ()
    page = await writer.sends_form(draft, {"question": ["../x", "q0", "q1", "q1", "q99999"]})
    assert [question.key for question in (await written(sqlite_town, draft)).questions] == ["q1"]


async def test_what_is_hostile_stays_text(writer: Browser) -> None:
    draft = await begins(writer)
    await promises(writer, draft, "add-open")
    for place in range(0, len(TEXTS), AT_ONCE):
        text = "\n".join(TEXTS[place : place + AT_ONCE])
        page = await fills(writer, draft, **{"title-en": " ".join(text.split()), "q1-text-en": text})
        assert page.status in (200, 422)
        assert "<script>alert" not in page.html
        assert (await writer.opens(f"{draft}/send")).status == 200
        assert (await writer.opens(ASK)).status == 200
        await writer.opens(draft)


async def test_the_phones_beside_it_show_the_promise_as_soon_as_it_is_whole(writer: Browser) -> None:
    draft = await begins(writer)
    assert writer.page is not None
    assert "The promise comes first" in writer.page.text
    fields = [pair for pair in writer.page.form(draft).fields if pair[0] not in PROMISE]
    page = await writer.posts(f"{draft}/preview", [*fields, *PROMISE.items()], **{"HX-Request": "true"})
    assert page.status == 200
    assert "Who decides: The ministers." in page.text
    assert "<html" not in page.html


async def test_a_draft_is_given_up(sqlite_town: Town, writer: Browser) -> None:
    draft = await finished(writer)
    await writer.opens(draft)
    page = await writer.sends("/drop")
    assert "Given up." in page.text
    assert (await writer.opens(draft)).status == 404
    assert (await acts(sqlite_town))[-1] == Act.DRAFT_DROP


async def test_a_moderator_sees_what_came_of_it_and_writes_nothing(sqlite_town: Town) -> None:
    name = await opened(sqlite_town)
    moderator = await sqlite_town.signed_in(Role.MODERATOR, ("fr",))
    page = await moderator.opens(ASK)
    assert TITLE in page.text
    assert "New consultation" not in page.text
    page = await moderator.opens(f"{ASK}/{name}/results")
    assert page.status == 200
    assert "Close it now" not in page.text
    assert (await moderator.opens(f"{ASK}/{name}/close")).status == 403


async def opened(town: Town, dates: Dates | None = None) -> str:
    process = await process_of(town)
    async with town.office.database.writing() as session:
        name, _broadcast = await consultations.open_(session, process, ALL_KINDS, town.clock.now, dates or BY_HAND)
    return name


async def answered(town: Town, name: str, language: str, number: int, option: str = "yes") -> None:
    """So many people choose, and say why."""
    process, keys = await process_of(town), town.office.keys
    async with town.office.database.writing() as session:
        for count in range(number):
            key, writes = keys.new(fresh()), Writes()
            people.add(writes, keys, key, people.Newcomer(language=language, met=NOW.date()))
            for question, chosen, text in (("been", option, ""), ("kept", "waiting,fear", ""), ("why", None, "Why")):
                new = NewContribution(
                    process=process.id,
                    language=language,
                    day=NOW.date(),
                    consultation=name,
                    question=question,
                    option=chosen,
                    text=f"{text} {language} {count}" if text else "",
                    address="",
                )
                add(writes, key, new)
            await write(session, writes)


async def test_results_hide_small_numbers_and_show_pictures_with_their_table(town: Town, organizer: Browser) -> None:
    name = await opened(town)
    await answered(town, name, "en", 30)
    await answered(town, name, "fr", 3, "no")
    page = await organizer.opens(f"{ASK}/{name}/results")
    assert "Answered by: about 35" in page.text
    assert "I have about 30 86" in page.text
    assert "I have not fewer than 8" in page.text
    assert "Waiting about 35 100" in page.text
    assert 'width="86"' in page.html
    assert "about 33" not in page.text
    assert "about 35" in (await organizer.opens(ASK)).text


async def test_words_are_for_who_may_read_them_one_language_at_a_time(sqlite_town: Town) -> None:
    name = await opened(sqlite_town)
    await answered(sqlite_town, name, "en", 52)
    await answered(sqlite_town, name, "fr", 1)
    path = f"{ASK}/{name}/results"
    moderator = await sqlite_town.signed_in(Role.MODERATOR, ("fr",))
    page = await moderator.opens(path)
    assert "Why fr 0" in page.text
    assert "Why en" not in page.text
    assert (await moderator.opens(f"{path}?question=why&language=en")).status == 403
    assert (await moderator.opens(f"{path}?question=why&language=xx")).status == 200
    organizer = await sqlite_town.signed_in(login="amina")
    page = await organizer.opens(f"{path}?question=why&language=en")
    assert page.text.count("Why en") == 50
    assert "Why fr" not in page.text
    page = await organizer.opens(page.link("Older"))
    assert page.text.count("Why en") == 2
    for wrong in ("page=0", "page=x", "page=99999999", "question=been", "question=%00"):
        assert (await organizer.opens(f"{path}?{wrong}")).status == 200


async def test_it_is_closed_by_hand_after_a_second_look(sqlite_town: Town, writer: Browser) -> None:
    name = await opened(sqlite_town)
    page = await writer.opens(f"{ASK}/{name}/results")
    page = await writer.opens(page.link("Close it now"))
    assert "It cannot be opened again." in page.text
    page = await writer.sends("/close")
    assert "Closed. Nobody can answer it any more." in page.text
    assert "Close it now" not in page.text
    await writer.opens(f"{ASK}/{name}/close")
    assert (await writer.sends("/close")).status == 422
    assert (await acts(sqlite_town))[-1] == Act.CONSULTATION_CLOSE


async def test_a_day_that_is_over_is_said_though_nobody_has_closed_it_yet(sqlite_town: Town, writer: Browser) -> None:
    name = await opened(sqlite_town, Dates(closes=NOW + timedelta(minutes=10)))
    assert "Running Opened" in (await writer.opens(f"{ASK}/{name}/results")).text
    sqlite_town.clock.now += timedelta(minutes=10)
    page = await writer.opens(f"{ASK}/{name}/results")
    assert "Closed Opened" in page.text
    assert "Close it now" not in page.text
    assert "Nothing can be answered now." in (await writer.opens(ASK)).text


async def test_no_page_asks_the_database_for_much(sqlite_town: Town, writer: Browser) -> None:
    name = await opened(sqlite_town)
    draft = await finished(writer)
    opening = await requests(writer, draft)
    for path in (ASK, draft, f"{draft}/send", opening, f"{ASK}/{name}/results", f"{ASK}/{name}/close"):
        with statements(sqlite_town.office.database, reading=True) as seen:
            assert (await writer.opens(path)).status == 200
        assert len(seen) <= 8, path


async def test_what_belongs_to_another_process_is_not_there(sqlite_town: Town, writer: Browser) -> None:
    async with sqlite_town.office.database.writing() as session:
        content = replace((await process_of(sqlite_town)).content, slug="national", title={"en": "National"})
        other = await processes.begin(session, content, NOW)
        draft = await drafts.begin(session, other, "bilal", NOW)
        await drafts.write(session, other, draft, DRAFT, 1, "bilal", NOW)
        opening = await openings.request(session, other, draft, 2, "bilal", NOW)
        name, _broadcast = await consultations.open_(session, other, ALL_KINDS, NOW)
    drafted = (f"drafts/{draft}", f"drafts/{draft}/send")
    for path in (*drafted, f"openings/{opening.id}", f"{name}/results", f"{name}/close"):
        assert (await writer.opens(f"{ASK}/{path}")).status == 404
