"""A moderator's morning, by forms only: what is unread is done with, one after the other, and nothing goes astray."""

from datetime import timedelta

import pytest

from handlers import processes
from handlers.writing import contents
from storage import Keyring, consultations, gathering, inbox, matters, people, responses
from storage.inbox import Received
from storage.responses import NewResponse
from storage.roles import Role
from storage.states import ResponseState
from tests import hostile
from tests.console.browser import Browser, Form, Page
from tests.console.conftest import Town
from tests.console.items import acts
from tests.console.test_roles import another
from tests.handlers.written import consultation
from tests.storage.rows import NOW, TODAY, Somebody, give, meet, statements

HERE = "/p/regional-review/inbox"
BUSES, CLINIC, PAPERS = "Plus de bus le soir", "Un interprète à la clinique", "Karim Haddad a pris mes papiers"


async def came_in(town: Town, keys: Keyring, *texts: str, language: str = "fr", **more: object) -> list[str]:
    """Given one after the other by somebody new; gives the ids."""
    async with town.office.database.writing() as session:
        who = await meet(session, keys, f"7{texts[0]}{language}", language=language, process=town.process)
        return [
            await _given(town, session, who, words, number - len(texts), language, more)
            for number, words in enumerate(texts)
        ]


async def _given(
    town: Town, session: object, who: Somebody, words: str, ago: int, language: str, more: dict[str, object]
) -> str:
    moment = NOW + timedelta(days=ago)
    values = {"process": town.process, "language": language, "moment": moment, "spoken": False} | more
    return await give(session, who, words, **values)  # type: ignore[arg-type]


async def received(town: Town, name: str) -> Received | None:
    async with town.office.database.reading() as session:
        return await inbox.get(session, town.process, town.office.keys, name, None)


def is_open(page: Page, words: str) -> bool:
    """It stands in the pane, and not only in the list: as a whole, ready to be masked."""
    return words in dict(page.form("/mask").fields).get("copy", "") if _has_form(page, "/mask") else False


def _has_form(page: Page, action: str) -> bool:
    return any(form.action.partition("?")[0].endswith(action) for form in page.seen.forms)


async def opens(browser: Browser, query: str = "") -> Page:
    return await browser.opens(f"{HERE}?{query}" if query else HERE)


def sent_to_inbox(page: Page) -> list[Form]:
    """The form of the pane, then that of the list."""
    return [form for form in page.seen.forms if form.method == "POST" and "/inbox?" in form.action]


async def acts_on_open(browser: Browser, mark: str) -> Page:
    """With the form of the pane."""
    assert browser.page is not None
    form = sent_to_inbox(browser.page)[0]
    return await browser.posts(form.action, [*form.fields, ("mark", mark)])


async def posts(browser: Browser, mark: str, *chosen: str) -> Page:
    """With the form of the list."""
    assert browser.page is not None
    form = sent_to_inbox(browser.page)[-1]
    return await browser.posts(form.action, [*form.fields, *(("chosen", name) for name in chosen), ("mark", mark)])


async def test_a_moderators_morning(town: Town, keys: Keyring) -> None:
    buses, clinic, papers = await came_in(town, keys, BUSES, CLINIC, PAPERS)
    amina = await town.signed_in(Role.MODERATOR, ("fr",))
    page = await opens(amina)
    assert "Fewer than 8 are unread." in page.text
    assert is_open(page, BUSES), "the oldest is open"
    page = await acts_on_open(amina, "read")
    assert "1 is read." in page.text
    assert is_open(page, CLINIC)
    page = await acts_on_open(amina, "to_translate")
    assert "1 is to be translated." in page.text
    assert is_open(page, PAPERS)
    page = await amina.sends(f"{papers}/mask", copy="[[Karim Haddad]] a pris mes papiers")
    assert "Masked. Everybody sees it so from now on." in page.text
    assert "There is none like this." in page.text, "nothing is unread any more"

    page = await opens(amina, "pile=to_translate")
    page = await amina.sends(f"{clinic}/translate", language="en", translation="An interpreter at the clinic")
    assert "The translation is kept." in page.text
    page = await opens(amina, f"pile=all&open={clinic}")
    assert "An interpreter at the clinic Translated by" in page.text
    page = await opens(amina, f"pile=all&open={papers}")
    assert "▇▇▇ a pris mes papiers" in page.text
    assert "Karim" not in page.html
    page = await acts_on_open(amina, "hide")
    assert "1 is hidden." in page.text
    page = await opens(amina, "pile=hidden")
    assert "Show the hidden words" in page.text
    page = await acts_on_open(amina, "show")
    assert "1 is shown again." in page.text
    its = await received(town, buses)
    assert its is not None
    assert its.read == NOW
    done = ("read", "to_translate", "mask", "translate", "hide", "show")
    assert [act for act, _language in await acts(town)] == [f"contribution.{act}" for act in done]


async def test_many_at_once_in_one_act_with_their_number(town: Town, keys: Keyring) -> None:
    names = await came_in(town, keys, *(f"{BUSES} {number}" for number in range(12)))
    amina = await town.signed_in(Role.MODERATOR)
    page = await opens(amina)
    assert "About 10 are unread." in page.text
    page = await posts(amina, "read", *names[2:9])
    assert "7 are read." in page.text
    assert is_open(page, f"{BUSES} 9"), "the next behind the last of them"
    page = await posts(amina, "hide", *names[:3], "0" * 32)
    assert "3 are hidden." in page.text
    assert "1 was left alone" in page.text
    assert len(await acts(town)) == 2
    page = await posts(amina, "hide")
    assert "Nothing was chosen." in page.text
    page = await posts(amina, "burn", *names)
    assert "Nothing was chosen." in page.text


async def test_what_is_promised_soonest_is_open_with_its_question(town: Town, keys: Keyring) -> None:
    asks = consultation()
    async with town.office.database.writing() as session:
        await consultations.add(session, "c", town.process, contents.pack(asks), NOW)
    await came_in(town, keys, BUSES)
    more = {"consultation": "c", "question": "why", "answer_by": TODAY + timedelta(days=20)}
    more |= {"topic": "", "moment": NOW}
    await came_in(town, keys, CLINIC, language="es", **more)
    amina = await town.signed_in(Role.MODERATOR)
    page = await opens(amina)
    assert is_open(page, CLINIC)
    assert "Asked in Seeing a doctor Question What would make it easier?" in page.text
    assert "Response promised by December 13, 2026" in page.text
    assert is_open(await opens(amina, "order=newest"), CLINIC)
    assert is_open(await opens(amina, "kind=recommendation"), BUSES)
    assert is_open(await opens(amina, "language=fr"), BUSES)
    assert is_open(await opens(amina, "topic=none"), CLINIC)
    assert "There is none like this." in (await opens(amina, "kind=voice")).text
    assert "There is none like this." in (await opens(amina, "region=south")).text


async def test_filters_stay_in_the_address_through_an_act(town: Town, keys: Keyring) -> None:
    await came_in(town, keys, BUSES, language="es")
    await came_in(town, keys, CLINIC, PAPERS)
    amina = await town.signed_in(Role.MODERATOR)
    await opens(amina, "language=fr&order=newest")
    page = await acts_on_open(amina, "read")
    assert is_open(page, CLINIC)
    page = await acts_on_open(amina, "read")
    assert "There is none like this." in page.text
    assert is_open(await opens(amina), BUSES)


async def test_pages_follow_each_other_and_the_next_one_is_on_the_page_that_is_shown(town: Town, keys: Keyring) -> None:
    names = await came_in(town, keys, *(f"{BUSES} {number}." for number in range(60)))
    amina = await town.signed_in(Role.MODERATOR)
    page = await opens(amina, "pile=all")
    assert (f"{BUSES} 49." in page.text, f"{BUSES} 50." in page.text) == (True, False)
    page = await posts(amina, "read", *names[:50])
    assert is_open(page, f"{BUSES} 50.")
    assert f"{BUSES} 59." in page.text
    page = await amina.opens(page.path + "?pile=all")
    page = await amina.opens(page.link("More"))
    assert (f"{BUSES} 49." in page.text, f"{BUSES} 50." in page.text) == (False, True)


async def test_a_moderator_reads_the_languages_of_the_grant_and_no_other(town: Town, keys: Keyring) -> None:
    [buses] = await came_in(town, keys, BUSES)
    [arabic] = await came_in(town, keys, "لا يوجد مترجم في العيادة.", language="ar")
    bilal = await town.signed_in(Role.MODERATOR, ("ar",))
    page = await opens(bilal, f"pile=all&open={buses}")
    assert "This is no longer there." in page.text
    assert BUSES not in page.html
    assert "French" not in page.text.partition("Recognised as")[0].partition("Language")[2]
    await opens(bilal, f"open={arabic}")
    page = await posts(bilal, "hide", buses)
    assert "1 was left alone" in page.text
    for way in ("mask", "translate"):
        page = await bilal.posts(f"{HERE}/{buses}/{way}", [("form-token", await token(bilal))])
        assert page.status == 404
    its = await received(town, buses)
    assert its is not None
    assert its.hidden is None


async def token(browser: Browser) -> str:
    page = await opens(browser)
    return next(value for form in page.seen.forms for name, value in form.fields if name == "form-token")


async def test_what_is_of_another_process_is_not_there(town: Town, keys: Keyring) -> None:
    async with town.office.database.writing() as session:
        elsewhere = await processes.begin(session, another(), NOW)
        stranger = await meet(session, keys, process=elsewhere.id)
        name = await give(session, stranger, BUSES, process=elsewhere.id)
    amina = await town.signed_in(also=(Role.MODERATOR,))
    page = await opens(amina, f"pile=all&open={name}")
    assert BUSES not in page.html
    for way in ("mask", "translate", "unmask", "original"):
        page = await amina.posts(f"{HERE}/{name}/{way}", [("form-token", await token(amina))])
        assert page.status == 404


async def test_somebody_is_forgotten_while_their_words_are_open(town: Town, keys: Keyring) -> None:
    [buses] = await came_in(town, keys, BUSES)
    amina = await town.signed_in(Role.MODERATOR)
    await opens(amina)
    async with town.office.database.writing() as session:
        row = (await session.exec_driver_sql("SELECT person_id FROM contribution")).scalar_one()
        await people.erase(session, row)
    page = await acts_on_open(amina, "read")
    assert "1 was left alone" in page.text
    page = await amina.posts(f"{HERE}/{buses}/mask", [("form-token", await token(amina)), ("copy", "***")])
    assert page.status == 404
    assert await acts(town) == []


async def test_who_masks_beside_another_sees_theirs_and_loses_nothing(town: Town, keys: Keyring) -> None:
    [papers] = await came_in(town, keys, PAPERS)
    amina, bilal = await town.signed_in(Role.MODERATOR), await town.signed_in(Role.MODERATOR)
    await opens(amina)
    await opens(bilal)
    await amina.sends(f"{papers}/mask", copy="*** a pris mes papiers")
    page = await bilal.sends(f"{papers}/mask", copy="Karim Haddad a pris mes ***")
    assert (page.status, "Somebody else has changed this meanwhile" in page.text) == (422, True)
    assert is_open(page, "▇▇▇ a pris mes papiers")
    page = await bilal.sends(f"{papers}/mask", copy="▇▇▇ a pris mes ***")
    its = await received(town, papers)
    assert its is not None
    assert its.words == "▇▇▇ a pris mes ▇▇▇"


async def test_what_cannot_be_kept_comes_back_as_it_was_written(town: Town, keys: Keyring) -> None:
    [papers] = await came_in(town, keys, PAPERS)
    amina = await town.signed_in(Role.MODERATOR)
    await opens(amina)
    page = await amina.sends(f"{papers}/mask", copy="Nobody took *** anything")
    assert (page.status, "More was changed than is masked." in page.text) == (422, True)
    assert is_open(page, "Nobody took *** anything")
    page = await amina.sends(f"{papers}/translate", language="en", translation="x" * 10_001)
    assert (page.status, "Write a translation in another language" in page.text) == (422, True)
    assert dict(page.form("/translate").fields)["translation"] == "x" * 10_001
    assert await acts(town) == []


async def test_an_organizer_sees_what_was_written_for_an_appeal_and_the_journal_says_so(
    town: Town, keys: Keyring
) -> None:
    [papers] = await came_in(town, keys, PAPERS)
    amina, moderator = await town.signed_in(), await town.signed_in(Role.MODERATOR)
    await opens(moderator)
    await moderator.sends(f"{papers}/mask", copy="*** a pris mes papiers")
    page = await opens(moderator, f"pile=all&open={papers}")
    assert not _has_form(page, "/original")
    page = await opens(amina, f"pile=all&open={papers}")
    assert "Karim" not in page.html
    page = await amina.sends(f"{papers}/original")
    assert "As it was written Karim Haddad a pris mes papiers" in page.text
    page = await amina.sends(f"{papers}/unmask")
    assert "The mask is off." in page.text
    assert is_open(page, PAPERS)
    made = [f"contribution.{act}" for act in ("mask", "original", "unmask")]
    assert [act for act, _language in await acts(town)] == made


async def test_what_is_chosen_is_put_into_a_matter(town: Town, keys: Keyring) -> None:
    names = await came_in(town, keys, BUSES, CLINIC, PAPERS)
    [arabic] = await came_in(town, keys, "لا يوجد مترجم في العيادة.", language="ar")
    amina = await town.signed_in(Role.MODERATOR, ("fr",))
    await opens(amina)
    page = await gathers(amina, names[0], names[1], title="Bus et interprètes")
    assert "2 were put into the matter." in page.text
    assert is_open(page, PAPERS)
    matter = next(value for value, label in await offered(town) if label == "Bus et interprètes")
    page = await gathers(amina, arabic, names[1], matter=matter)
    assert "0 were put into the matter." in page.text, "one is there already, the other is not theirs to read"
    assert "1 was left alone" in page.text
    page = await gathers(amina, matter=matter)
    assert "1 was put into the matter." in page.text, "where none is chosen it is the open one"
    page = await opens(amina, "pile=all")
    page = await gathers(amina, names[0], matter="0" * 32)
    assert (page.status, "No matter of this process has this id." in page.text) == (422, True)
    page = await gathers(amina, names[0])
    assert "Nothing was chosen." in page.text
    made = [act for act, _language in await acts(town)]
    assert [act for act in made if act.startswith("matter")] == ["matter.open", "matter.gather"]
    async with town.office.database.reading() as session:
        assert sorted(await gathering.of_contributions(session, [*names, arabic])) == sorted(names)


async def test_what_is_open_says_which_matters_hold_it_and_is_put_into_another_from_there(
    town: Town, keys: Keyring
) -> None:
    names = await came_in(town, keys, BUSES, CLINIC)
    amina = await town.signed_in(Role.MODERATOR, ("fr",))
    page = await opens(amina)
    assert "Gathered in" not in page.text
    page = await amina.sends("/inbox/matter", matter="", title="Night buses")
    assert "1 was put into the matter." in page.text
    assert is_open(page, CLINIC), "the next one"
    page = await opens(amina, f"pile=all&open={names[0]}")
    [matter] = [value for value, _label in await offered(town)]
    assert page.link("Night buses") == f"/p/regional-review/matters/{matter}"
    town.clock.now += timedelta(seconds=1)
    page = await amina.sends("/inbox/matter", matter="", title="Streets at night")
    page = await opens(amina, f"pile=unread&open={names[0]}")
    assert "Gathered in Night buses Streets at night" in page.text
    async with town.office.database.writing() as session:
        await matters.drop(session, matter, NOW)
    page = await opens(amina, f"pile=all&open={names[0]}")
    assert "Gathered in Streets at night" in page.text


async def test_where_nothing_is_listed_the_open_one_can_be_gathered_all_the_same(town: Town, keys: Keyring) -> None:
    [name] = await came_in(town, keys, BUSES)
    amina = await town.signed_in(Role.MODERATOR)
    page = await opens(amina, f"pile=to_translate&open={name}")
    assert "There is none like this." in page.text
    page = await amina.sends("/inbox/matter", matter="0" * 32, title="")
    assert (page.status, "No matter of this process has this id." in page.text) == (422, True)
    page = await amina.sends("/inbox/matter", matter="", title="Night buses")
    assert "1 was put into the matter." in page.text


async def offered(town: Town) -> list[tuple[str, str]]:
    async with town.office.database.reading() as session:
        rows = await session.exec_driver_sql("SELECT id, title FROM matter")
        return [(row.id, contents.unpack(row.title, dict[str, str])["en"]) for row in rows]


async def gathers(browser: Browser, *chosen: str, matter: str = "", title: str = "") -> Page:
    """With the button of the list's form that goes to a matter."""
    assert browser.page is not None
    form = sent_to_inbox(browser.page)[-1]
    fields = [(name, value) for name, value in form.fields if name not in ("matter", "title")]
    pairs = [*fields, *(("chosen", name) for name in chosen), ("matter", matter), ("title", title)]
    return await browser.posts(form.action.replace("/inbox?", "/inbox/matter?"), pairs)


async def test_words_are_searched_and_the_limit_is_said(town: Town, keys: Keyring) -> None:
    await came_in(town, keys, BUSES, "Une école près d’ici", CLINIC)
    amina = await town.signed_in(Role.MODERATOR)
    page = await opens(amina, "pile=all&q=ECOLE")
    assert is_open(page, "Une école près d’ici")
    assert "3 were looked through." in page.text
    assert "at most 10,000 at once" in page.text
    assert BUSES not in page.text
    page = await opens(amina, "pile=all&q=avion")
    assert "There is none like this." in page.text
    page = await opens(amina, "pile=all&q=%00...")
    assert is_open(page, BUSES), "nothing that stands for a word was sought"


async def test_the_language_of_the_words_is_said_where_it_is_another(town: Town, keys: Keyring) -> None:
    await came_in(town, keys, "لا يوجد مترجم في العيادة.")
    amina = await town.signed_in(Role.MODERATOR)
    page = await opens(amina)
    assert "Language French · the words seem to be in Arabic: " in page.text
    assert 'lang="ar" dir="auto"' in page.html


async def test_a_voice_note_is_said_to_be_one(town: Town, keys: Keyring) -> None:
    async with town.office.database.writing() as session:
        who = await meet(session, keys, process=town.process)
        await give(session, who, "", process=town.process)
    page = await opens(await town.signed_in(Role.MODERATOR), "kind=voice")
    assert "Kind Voice note" in page.text


async def test_what_has_a_response_is_not_unread(town: Town, keys: Keyring) -> None:
    names = await came_in(town, keys, BUSES)
    async with town.office.database.writing() as session:
        await responses.respond(session, NewResponse("r", town.process, ResponseState.READ, "{}", NOW), names)
    amina = await town.signed_in(Role.MODERATOR)
    assert "There is none like this." in (await opens(amina)).text
    assert "answered" in (await opens(amina, "pile=all")).text


async def test_hostile_words_stay_text_on_every_page(town: Town, keys: Keyring) -> None:
    texts = [text for text in hostile.TEXTS if text.strip()][:60]
    await came_in(town, keys, *texts)
    amina = await town.signed_in(Role.MODERATOR)
    for query in ("", "pile=all&order=newest", "pile=all&q=a"):
        page = await opens(amina, query)
        assert page.status == 200
        assert "<script>alert" not in page.html
        assert "\u202e" not in page.html.replace(dict(page.form("/mask").fields)["copy"], "")


async def test_very_long_words_are_shown_cut_in_the_list_and_whole_in_the_pane(town: Town, keys: Keyring) -> None:
    long = "Wir brauchen Wasser. " * 500
    await came_in(town, keys, long)
    page = await opens(await town.signed_in(Role.MODERATOR))
    assert is_open(page, long.strip())
    assert len(page.html) < 4 * len(long)


@pytest.mark.parametrize(
    "query",
    [
        "pile=x&order=y&kind=z",
        "begin=2026-01-01.2026-01-01.a%00b",
        "begin=.....&open=..%2F..%2Fme",
        "language=%00&topic=%0A&region=%27%3B--&written=" + "x" * 5000,
        "number=%D9%A1&missing=-1&done=<b>",
        "begin=9999-12-31.2026-11-23.ffff",
        "open=" + "a" * 400,
    ],
)
async def test_an_address_that_means_nothing_asks_for_nothing(town: Town, keys: Keyring, query: str) -> None:
    await came_in(town, keys, BUSES)
    page = await opens(await town.signed_in(Role.MODERATOR), query)
    assert page.status == 200
    assert "<b>" not in page.html


async def test_it_takes_few_statements(town: Town, keys: Keyring) -> None:
    names = await came_in(town, keys, *(f"{BUSES} {number}" for number in range(9)))
    amina = await town.signed_in(Role.MODERATOR)
    await opens(amina)
    await amina.sends(f"{names[0]}/translate", language="en", translation="More buses")
    for query in ("", f"open={names[0]}", "q=bus"):
        with statements(town.office.database, reading=True) as seen:
            await opens(amina, query)
        assert len(seen) <= 8, query
