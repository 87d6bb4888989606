"""Staff open statements and decide what is proposed, and everybody of them sees what came of it in numbers."""

from datetime import timedelta
from itertools import count

import pytest

from bot.counting import AGAIN, Counting
from storage import Session, opinions, proposals, soundings
from storage import statements as stored
from storage.opinions import Held
from storage.proposals import NewProposal
from storage.soundings import StoredSounding
from storage.states import Opinion
from storage.together import Writes, write
from tests.console.browser import Browser
from tests.console.conftest import Town
from tests.hostile import TEXTS
from tests.storage.rows import Somebody, meet

NUMBERS = count()
STATEMENTS = "/p/regional-review/statements"
PROPOSALS = "/p/regional-review/proposals"
WRITTEN = {
    "title.en": "Life in the region",
    "purpose.en": "We want to know what you agree on.",
    "who_decides.en": "The ministers.",
    "what_can_change.en": "The list of priorities.",
    "level": "consultation",
    "answer_by": "2027-01-31",
    "statement0.en": "Clinics need interpreters.",
    "statement0.fr": "Les cliniques ont besoin d’interprètes.",
    "statement1.en": "Buses should be free.",
}


async def opens(browser: Browser, **more: str) -> str:
    """Statements with two of them; gives their address."""
    await browser.opens(f"{STATEMENTS}/new")
    page = await browser.sends_form("/statements/new", WRITTEN | more)
    assert page.status == 200, page.text
    assert "Open. Everybody who takes part can answer now." in page.text
    return page.path.partition("?")[0]


async def sounding_of(session: Session, town: Town) -> StoredSounding:
    (sounding,) = await soundings.newest(session, town.process, 1)
    return sounding


async def answers(town: Town, *minds: str) -> list[Somebody]:
    """A person for each: "yn-" agrees with the first, rejects the second, says nothing of the third."""
    who = []
    async with town.office.database.writing() as session:
        sounding = await sounding_of(session, town)
        for mind in minds:
            person = await meet(session, town.office.keys, f"81{next(NUMBERS):04}", process=town.process)
            letters = {"y": Opinion.AGREES, "n": Opinion.DISAGREES, "p": Opinion.PASSES}
            held = tuple(Held(place + 1, letters[it], 1) for place, it in enumerate(mind) if it != "-")
            writes = Writes()
            opinions.put(writes, person.key, town.process, sounding.id, opinions.Mine(held, len(held)))
            await write(session, writes)
            who.append(person)
    await counts(town)
    return who


async def counts(town: Town, *, groups: bool = True) -> None:
    town.clock.now += AGAIN + timedelta(seconds=1)
    await Counting(town.office.database, town.office.keys, "worker", town.clock, lambda: groups).go_on()


async def proposes(town: Town, words: str, language: str = "en", sender: str = "70001") -> str:
    async with town.office.database.writing() as session:
        who = await meet(session, town.office.keys, sender, process=town.process, language=language)
        sounding = await sounding_of(session, town)
        name = f"{hash(words) & (2**63 - 1):032x}"
        new = NewProposal(name, town.process, sounding.id, who.address, language, words, town.clock.now.date())
        writes = Writes()
        proposals.add(writes, who.key, new)
        await write(session, writes)
    return name


async def test_statements_are_opened_added_to_and_closed(town: Town) -> None:
    amina = await town.signed_in(login="amina")
    path = await opens(amina)
    page = await amina.opens(path)
    assert "Clinics need interpreters." in page.text
    assert "fewer than 8" in page.text
    await amina.sends_form("/add", {"statement.en": "Schools for all."})
    assert "Schools for all." in (await amina.opens(path)).text
    await amina.opens(path)
    assert "Closed. Nobody can answer it any more." in (await amina.sends("/close")).text
    assert "Running" not in (await amina.opens(STATEMENTS)).text


@pytest.mark.parametrize(
    ("field", "wrong"),
    [
        ("title.en", "write it in at least one language"),
        ("answer_by", "until when"),
        ("level", "promise.level"),
        ("statement0.en", ""),
    ],
)
async def test_a_form_that_is_wrong_comes_back_with_what_was_typed(town: Town, field: str, wrong: str) -> None:
    amina = await town.signed_in(login="amina")
    await amina.opens(f"{STATEMENTS}/new")
    lacking = {name: text for name, text in WRITTEN.items() if not (field == "statement0.en" and "statement" in name)}
    page = await amina.sends_form("/statements/new", lacking | {field: ""})
    assert page.status == 422
    assert wrong in page.text
    assert ("purpose.en", "We want to know what you agree on.") in page.form("/statements/new").fields


async def test_few_answers_are_hidden_and_many_rounded(town: Town) -> None:
    amina = await town.signed_in(login="amina")
    path = await opens(amina)
    await answers(town, *["yn"] * 7)
    page = await amina.opens(path)
    assert "about" not in page.text.lower()
    await answers(town, *["yn"] * 6)
    page = await amina.opens(path)
    assert "about 15" in page.text
    assert "13" not in page.text.replace(town.clock.now.strftime("%H:%M"), "")
    assert "On this most people agree" not in page.text, "below fifty there are only tallies"


async def test_from_fifty_people_on_it_is_told_on_what_they_agree_and_which_groups_there_are(town: Town) -> None:
    amina = await town.signed_in(login="amina")
    path = await opens(amina, **{f"statement{number}.en": f"Thought number {number}." for number in (2, 3, 4)})
    await answers(town, *["yyynn"] * 30, *["ynnyy"] * 25)
    page = await amina.opens(path)
    assert "Fewer than 100 people have answered: take this as an indication." in page.text
    assert "Groups of one mind" in page.text
    assert '<svg class="map"' in page.html
    agreed = page.text.partition("On this most people agree")[2].partition("This most people reject")[0]
    assert "Clinics need interpreters." in agreed
    shared = page.text.partition("What all groups agree on")[2].partition("All statements")[0]
    assert "Clinics need interpreters." in shared
    assert "Buses" not in shared


async def test_without_what_finds_groups_there_are_tallies_and_it_is_said_what_to_install(town: Town) -> None:
    amina = await town.signed_in(login="amina")
    path = await opens(amina)
    await answers(town, *["yn"] * 55)
    assert "hearback[opinions]" not in (await amina.opens(path)).text
    await counts(town, groups=False)
    page = await amina.opens(path)
    assert "hearback[opinions]" in page.text
    assert "about 55" in page.text
    assert "On this most people agree" in page.text


async def test_what_is_proposed_is_accepted_refused_or_laid_to_another(town: Town) -> None:
    amina = await town.signed_in(login="amina")
    await opens(amina)
    parks = await proposes(town, "Parks need lights.")
    rude = await proposes(town, "Mr. So-and-so is bad.", sender="70002")
    fares = await proposes(town, "No bus fares.", sender="70003")
    page = await amina.opens(PROPOSALS)
    assert all(words in page.text for words in ("Parks need lights.", "No bus fares."))
    page = await amina.sends_form(
        f"/{parks}/accept", {"statement.en": "Parks need lights.", "statement.fr": "Des lampes."}
    )
    assert "Accepted. Its person is told." in page.text
    page = await amina.sends_form(f"/{rude}/refuse", {})
    assert page.status == 422
    page = await amina.sends_form(f"/{rude}/refuse", {"reason.en": "It names a person."})
    assert "Refused. Its person is told why." in page.text
    async with town.office.database.reading() as session:
        buses = (await stored.of_sounding(session, town.process, (await sounding_of(session, town)).id))[1]
    await amina.sends_form(f"/{fares}/same", {"same_as": buses.id})
    assert "Nothing waits." in (await amina.opens(PROPOSALS)).text


async def test_a_moderator_sees_what_they_can_read(town: Town) -> None:
    from storage.roles import Role

    await opens(await town.signed_in(login="amina"))
    await proposes(town, "Parks need lights.")
    french = await proposes(town, "Des lampes dans les parcs.", "fr", "70002")
    chantal = await town.signed_in(Role.MODERATOR, ("fr",), login="chantal")
    page = await chantal.opens(PROPOSALS)
    assert "Des lampes" in page.text
    assert "Parks need lights." not in page.text
    assert "Accepted." in (await chantal.sends_form(f"/{french}/accept", {"statement.fr": "Des lampes."})).text


async def test_a_statement_is_translated_withdrawn_and_laid_to_another_and_all_of_it_undone(town: Town) -> None:
    amina = await town.signed_in(login="amina")
    path = await opens(amina)
    async with town.office.database.reading() as session:
        clinics, buses = await stored.of_sounding(session, town.process, (await sounding_of(session, town)).id)
    its = f"/p/regional-review/statement/{buses.id}"
    await amina.opens(its)
    await amina.sends_form(
        f"/statement/{buses.id}", {"statement.en": "Buses should be free.", "statement.ar": "حافلات مجانية."}
    )
    assert "حافلات مجانية." in (await amina.opens(its)).html
    await amina.sends("/withdraw")
    assert "Withdrawn" in (await amina.opens(path)).text
    await amina.opens(its)
    await amina.sends("/bring-back")
    await amina.opens(its)
    await amina.sends_form("/same", {"same_as": clinics.id})
    assert "Laid to another one" in (await amina.opens(path)).text
    await amina.opens(its)
    await amina.sends("/same")
    assert "Laid to another one" not in (await amina.opens(path)).text


@pytest.mark.parametrize("text", TEXTS[::20])
async def test_what_is_proposed_can_do_nothing_to_the_page(sqlite_town: Town, text: str) -> None:
    amina = await sqlite_town.signed_in(login="amina")
    await opens(amina)
    await proposes(sqlite_town, text)
    assert (await amina.opens(PROPOSALS)).status == 200
