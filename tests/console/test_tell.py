"""An organizer writes, sees it on the phones, chooses whom it reaches, and another approves exactly that."""

from dataclasses import replace
from datetime import timedelta

import pytest

from handlers import items, journal, processes
from handlers.items import Translation
from handlers.journal import Act
from storage import senders, sendings
from storage.broadcasts import Audience
from storage.roles import Role
from storage.states import RenditionState, SendingState
from tests.console.browser import Browser
from tests.console.conftest import Town
from tests.hostile import TEXTS
from tests.review import PROCESS
from tests.storage.rows import statements

TELL = "/p/regional-review/tell"
TEXT = "The hearing is on Friday."


@pytest.fixture
async def organizer(town: Town) -> Browser:
    return await seated(town)


@pytest.fixture
async def writer(sqlite_town: Town) -> Browser:
    """The same, for what no database decides."""
    return await seated(sqlite_town)


async def seated(town: Town) -> Browser:
    """An organizer of a process that has a sender of each kind."""
    async with town.office.database.writing() as session:
        await senders.keep(session, {"telegram": "telegram", "sms": "sms", "whatsapp": "whatsapp"})
    return await town.signed_in(login="amina")


async def begins(browser: Browser, text: str = TEXT, title: str = "Hearing") -> str:
    """An item in English; gives its address."""
    await browser.opens(f"{TELL}/new")
    page = await browser.sends("/tell/new", title=title, language="en", text=text)
    assert page.status == 200, page.text
    return page.path


async def asks(browser: Browser, item: str) -> str:
    """For it to leave; gives the address of the sending."""
    await browser.opens(f"{item}/send")
    page = await browser.sends("/send")
    assert "/tell/sendings/" in page.path, page.text
    return page.path


async def acts(town: Town) -> list[str]:
    async with town.office.database.reading() as session:
        return [entry.act for entry in await journal.page(session, town.process, 50)]


async def test_one_writes_and_asks_another_approves_and_calls_it_back(town: Town, organizer: Browser) -> None:
    item = await begins(organizer)
    assert "We do not have this in your language yet" not in organizer.page.text.split("français")[0]  # type: ignore[union-attr]
    assert "From Harbour Migration Forum. To stop, send STOP." in organizer.page.text  # type: ignore[union-attr]
    sending = await asks(organizer, item)
    assert "a colleague has to approve it" in organizer.page.text  # type: ignore[union-attr]
    second = await town.signed_in(login="bilal")
    page = await second.opens(TELL)
    assert "Waits for approval" in page.text
    page = await second.opens(sending)
    assert "Asked for by Amina" in page.text
    page = await second.sends("/approve")
    assert "Held" in page.text
    assert "Until then it can be called back." in page.text
    assert "Held: it can be called back" in (await organizer.opens(TELL)).text
    await organizer.opens(sending)
    page = await organizer.sends("/call-back")
    assert "It never leaves, unless somebody asks for it anew." in page.text
    assert await acts(town) == [
        Act.SENDING_CALL_BACK, Act.SENDING_APPROVE, Act.SENDING_REQUEST, Act.ITEM_WRITE,
    ]  # fmt: skip


async def test_nobody_approves_what_they_asked_for_or_wrote(sqlite_town: Town, writer: Browser) -> None:
    item = await begins(writer)
    sending = await asks(writer, item)
    form = next(form for form in writer.page.seen.forms if form.action.endswith("/call-back"))  # type: ignore[union-attr]
    token = dict(form.fields)["form-token"]
    async with sqlite_town.office.database.reading() as session:
        [stored] = await sendings.on_their_way(session, sqlite_town.process)
    page = await writer.posts(f"{sending}/approve", [("form-token", token), ("hash", stored.hash)])
    assert page.status == 422
    assert "somebody else has to approve it" in page.text
    assert Act.SENDING_APPROVE not in await acts(sqlite_town)


async def test_one_person_alone_says_why_and_it_stays_to_be_seen(writer: Browser) -> None:
    sending = await asks(writer, await begins(writer))
    page = await writer.sends("/approve-alone", reason=" ")
    assert page.status == 422
    page = await writer.sends("/approve-alone", reason="The road is closed tonight.")
    assert "Emergency: approved by one person" in page.text
    assert "The road is closed tonight." in (await writer.opens(sending)).text


async def test_what_is_changed_in_between_is_void(town: Town, organizer: Browser) -> None:
    item = await begins(organizer)
    sending = await asks(organizer, item)
    second = await town.signed_in(login="bilal")
    await second.opens(sending)
    page = await organizer.opens(item)
    assert "This is on its way." in page.text
    await organizer.sends(item.rpartition("/")[2], text="The hearing is on Monday.")
    page = await second.sends("/approve")
    assert page.status == 422
    assert "no longer on its way" in page.text
    assert "Something of it has changed" in page.text
    async with town.office.database.reading() as session:
        assert (await sendings.latest(session, town.process, 1))[0].state is SendingState.VOID


async def test_a_hold_is_ten_minutes_and_says_when_it_leaves(sqlite_town: Town, writer: Browser) -> None:
    sending = await asks(writer, await begins(writer))
    second = await sqlite_town.signed_in(login="bilal")
    await second.opens(sending)
    page = await second.sends("/approve")
    leaves = sqlite_town.office.clock() + timedelta(minutes=10)
    assert f"{leaves:%H:%M}" in page.text


async def test_two_who_write_at_once_see_both_texts(town: Town, organizer: Browser) -> None:
    item = await begins(organizer)
    name = item.rpartition("/")[2]
    second = await town.signed_in(login="bilal")
    await second.opens(item)
    await organizer.sends(name, text="The hearing is on Monday.")
    page = await second.sends(name, text="The hearing is on Tuesday.")
    assert page.status == 422
    assert "Nothing was overwritten" in page.text
    assert "The hearing is on Monday." in page.text
    assert '<del class="removed">Monday.</del>' in page.html
    assert ("text", "The hearing is on Tuesday.") in page.form(name).fields
    page = await second.sends(name)
    assert page.status == 200
    assert ("text", "The hearing is on Tuesday.") in page.form(name).fields


async def test_what_is_too_long_or_empty_is_not_kept_and_not_lost(writer: Browser) -> None:
    await writer.opens(f"{TELL}/new")
    long = "A long sentence. " * 100
    page = await writer.sends("/tell/new", title="Hearing", language="en", text=long)
    assert page.status == 422
    assert "at most 1400 fit" in page.text
    assert "This is too long for one message." in page.text
    assert ("text", long.strip()) in page.form("/tell/new").fields
    page = await writer.sends("/tell/new", title="", text="")
    assert page.status == 422
    page = await writer.sends("/tell/new", title="Hearing", text=TEXT, show="1")
    assert page.status == 200
    assert "From Harbour Migration Forum" in page.text


async def test_while_it_is_written_only_the_phones_come_again(writer: Browser) -> None:
    item = await begins(writer)
    token = dict(writer.page.form("/drop").fields)["form-token"]  # type: ignore[union-attr]
    page = await writer.posts(f"{item}/preview", [("form-token", token), ("text", "Come on <b>Friday</b>.")])
    assert "<html" not in page.html
    assert "Come on &lt;b&gt;Friday&lt;/b&gt;." in page.html
    page = await writer.posts(f"{TELL}/new/preview", [("form-token", token), ("text", ""), ("language", "xx")])
    assert "What you write is shown here" in page.text


async def test_a_translation_is_seen_by_its_readers_until_the_text_changes(sqlite_town: Town, writer: Browser) -> None:
    item = await begins(writer)
    name = item.rpartition("/")[2]
    async with sqlite_town.office.database.writing() as session:
        process = await processes.named(session, "regional-review")
        french = Translation("L’audition a lieu vendredi.", RenditionState.TRANSLATED, 0, 1)
        await items.translate(session, process, name, "fr", french, "translator", sqlite_town.office.clock())
    assert "L’audition a lieu vendredi." in (await writer.opens(f"{item}/send")).text
    assert "Translated" in (await writer.opens(TELL)).text
    await writer.opens(item)
    page = await writer.sends(name, text="The hearing is on Monday.", show="1")
    assert "leave no more until they are brought up to date" in page.text
    assert "L’audition" not in page.text
    await writer.sends(name, text="The hearing is on Monday.")
    assert "Older than the text" in (await writer.opens(TELL)).text


async def test_whom_and_when_is_kept_and_described(town: Town, organizer: Browser) -> None:
    item = await begins(organizer)
    await organizer.opens(f"{item}/audience")
    chosen = {"languages": ["en", "fr"], "regions": "north", "channels": "telegram", "members": "yes"}
    page = await organizer.sends("/audience", **chosen, when="later", not_before="", repeat="weekly", count="1")
    assert page.status == 422
    assert ("languages", "fr") in page.form("/audience").fields
    page = await organizer.sends(
        "/audience", when="later", not_before="2026-06-01T09:30", not_after="2026-07-01", outside=["wait"], then="send"
    )
    assert "Everything that will leave" in page.text
    assert "Regions: The north" in page.text
    assert "Weekly" in page.text
    async with town.office.database.reading() as session:
        process = await processes.named(session, "regional-review")
        plan = (await items.get(session, process, item.rpartition("/")[2])).plan
    assert plan.audience == Audience(languages=("en", "fr"), regions=("north",), channels=("telegram",), members=True)
    assert (plan.not_before, plan.repeat, plan.outside) == ("2026-06-01T09:30", "weekly", ("wait",))
    assert (await acts(town))[0] == Act.ITEM_PLAN


async def test_how_many_it_reaches_is_counted_without_scripts(writer: Browser) -> None:
    item = await begins(writer)
    await writer.opens(f"{item}/audience")
    page = await writer.sends("/audience", count="1")
    assert page.status == 200
    assert "People who would get it now: fewer than 8" in page.text


async def test_two_who_plan_at_once_overwrite_nothing(sqlite_town: Town, writer: Browser) -> None:
    item = await begins(writer)
    second = await sqlite_town.signed_in(login="bilal")
    await second.opens(f"{item}/audience")
    await writer.opens(f"{item}/audience")
    await writer.sends("/audience", urgent="yes")
    page = await second.sends("/audience", members="yes")
    assert page.status == 422
    assert "Somebody else has changed whom or when" in page.text
    assert ("members", "yes") in page.form("/audience").fields


async def test_nothing_of_another_process_is_there(sqlite_town: Town, writer: Browser) -> None:
    item = await begins(writer)
    sending = await asks(writer, item)
    async with sqlite_town.office.database.writing() as session:
        another = replace(PROCESS, slug="national", title={"en": "National review"})
        await processes.begin(session, another, sqlite_town.office.clock())
    everywhere = await sqlite_town.signed_in(everywhere=True, login="chidi")
    token = dict((await everywhere.opens("/")).seen.forms[0].fields)["form-token"]
    for path in (item, f"{item}/audience", f"{item}/send", sending):
        elsewhere = path.replace("regional-review", "national")
        assert (await everywhere.opens(path)).status == 200
        assert (await everywhere.opens(elsewhere)).status == 404
    for path in (
        item,
        f"{item}/drop",
        f"{item}/audience",
        f"{item}/send",
        f"{sending}/call-back",
        f"{sending}/approve",
    ):
        elsewhere = path.replace("regional-review", "national")
        assert (await everywhere.posts(elsewhere, [("form-token", token)])).status == 404


async def test_what_attackers_write_stays_text(sqlite_town: Town, writer: Browser) -> None:
    item = await begins(writer)
    name, taken = item.rpartition("/")[2], 0
    for text in TEXTS[::12]:
        page = await writer.sends(name, text=text, title=text[:200])
        assert page.status in (200, 422)
        assert page.form(name).action
        assert "<script>alert" not in page.html
        taken += page.status == 200
    assert taken
    assert (await writer.opens(TELL)).status == 200


async def test_an_e_bulletin_is_put_together_only_of_what_is_new(writer: Browser) -> None:
    await writer.opens(TELL)
    assert "Nothing is new since the last e-bulletin." in (await writer.sends("/tell/digest")).text


async def test_what_was_given_up_is_not_there(sqlite_town: Town, writer: Browser) -> None:
    item = await begins(writer)
    page = await writer.sends("/drop")
    assert "Given up." in page.text
    assert (await writer.opens(item)).status == 404
    assert (await acts(sqlite_town))[0] == Act.ITEM_DROP


async def test_no_page_asks_the_database_more_than_eight_times(town: Town, organizer: Browser) -> None:
    """Once more where it has to say which council decides on what leaves."""
    item = await begins(organizer)
    sending = await asks(organizer, item)
    leaving = (f"{item}/send", sending)
    for path in (TELL, f"{TELL}/new", item, f"{item}/audience", *leaving):
        with statements(town.office.database, reading=True) as seen:
            assert (await organizer.opens(path)).status == 200
        of_councils = [statement for statement, _values in seen if "FROM council" in statement]
        assert len(of_councils) == (path in leaving)
        assert len(seen) - len(of_councils) <= 8, (path, [statement for statement, _values in seen])


async def test_a_policy_that_lets_nothing_leave_unreviewed_is_said(sqlite_town: Town, writer: Browser) -> None:
    item = await begins(writer)
    async with sqlite_town.office.database.writing() as session:
        process = await processes.begin(session, replace(PROCESS, unreviewed="refuse"), sqlite_town.office.clock())
        french = Translation("L’audition a lieu vendredi.", RenditionState.TRANSLATED, 0, 1)
        await items.translate(
            session, process, item.rpartition("/")[2], "fr", french, "translator", sqlite_town.office.clock()
        )
    page = await writer.opens(f"{item}/send")
    assert "These translations have to be approved or emptied" in page.text
    assert (await writer.sends("/send")).status == 422


async def test_what_was_written_is_found_by_its_title(sqlite_town: Town, writer: Browser) -> None:
    item = await begins(writer)
    page = await writer.opens("/p/regional-review/find?q=hear")
    assert item in [path for path, _title in page.seen.links]
    auditor = await sqlite_town.signed_in(Role.AUDITOR)
    page = await auditor.opens("/p/regional-review/find?q=hear")
    assert item not in [path for path, _title in page.seen.links]
