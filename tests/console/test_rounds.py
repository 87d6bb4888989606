"""Organizers put matters to a vote, a second person approves exactly that, and the page says what came of it."""

from collections.abc import Sequence
from datetime import timedelta

import pytest

import council
from handlers import processes, rounds, sendings
from handlers.sendings import HOLD
from handlers.writing import contents
from storage import rounds as stored
from storage import senders, standings
from storage.roles import Role
from storage.standings import Verdict
from storage.states import Roll
from tests.console.browser import Browser
from tests.console.conftest import Town
from tests.console.test_matters import opens, says
from tests.console.test_texts import published
from tests.storage.rows import Somebody, meet, sit
from tests.storage.votes import vote

ROUNDS = "/p/regional-review/rounds"
NEW = "/rounds/new"


@pytest.fixture
async def organizer(town: Town) -> Browser:
    async with town.office.database.writing() as session:
        await senders.keep(session, {"telegram": "telegram", "sms": "sms"})
    return await town.signed_in(login="amina")


async def crowd(town: Town, number: int, language: str = "en") -> list[Somebody]:
    async with town.office.database.writing() as session:
        return [
            await meet(session, town.office.keys, f"{language}{sender}", language=language, process=town.process)
            for sender in range(number)
        ]


async def votes(town: Town, name: str, voters: Sequence[Somebody], *ballots: str) -> None:
    rule = council.every_rule()["majority"]
    async with town.office.database.writing() as session:
        for who, chosen in zip(voters, ballots, strict=False):
            packed = rule.packed(frozenset(chosen.split()))
            assert await vote(session, town.office.keys, who, name, packed, town.clock.now)


async def filled_in(town: Town, organizer: Browser, **more: str) -> dict[str, str]:
    """A form with two matters in it; what else stands in it."""
    first = await opens(organizer, await says(town, "An interpreter.", "80001"))
    second = await opens(organizer, await says(town, "Lower fees.", "80002"), title="Fees")
    matters = "&".join(f"matter={path.rpartition('/')[2]}" for path in (first, second))
    page = await organizer.opens(f"{ROUNDS}/new?{matters}")
    assert "Option 2, a matter" in page.text
    closes, answer = town.clock.now.date() + timedelta(days=7), town.clock.now.date() + timedelta(days=30)
    terms = {"title.en": "What comes first", "roll": "everybody", "rule": "majority"}
    return {**terms, "closes": closes.isoformat(), "answer_by": answer.isoformat(), **more}


async def opened(town: Town, organizer: Browser, typed: dict[str, str] | None = None) -> str:
    """A round that is approved and has opened; gives its id."""
    page = await organizer.sends_form(NEW, {**(typed or await filled_in(town, organizer)), "do": "ask"})
    assert "a colleague has to approve it" in page.text, page.text
    second = await town.signed_in(login="bilal")
    assert "What comes first" in (await second.opens("/p/regional-review")).text
    await second.opens(page.path)
    assert "Held" in (await second.sends("/approve")).text
    town.clock.now += HOLD + timedelta(seconds=1)
    async with town.office.database.writing() as session:
        assert await sendings.leave_due(session, town.clock.now) == 1
    page = await second.opens(page.path)
    return page.link("See the round").rpartition("/")[2]


async def test_matters_are_put_to_the_vote_of_everybody(town: Town, organizer: Browser) -> None:
    await crowd(town, 9)
    await crowd(town, 9, "fr")
    typed = await filled_in(town, organizer)
    page = await organizer.sends_form(NEW, {**typed, "do": "show"})
    assert page.status == 200
    assert "You can vote now: What comes first. To vote, send VOTE." in page.text
    assert "about 20" in page.text
    name = await opened(town, organizer, typed)
    page = await organizer.opens(f"{ROUNDS}/{name}")
    assert "Everybody who takes part" in page.text
    assert "have voted, of 20 who may." in page.text
    assert "fewer than 8" in page.text
    async with town.office.database.reading() as session:
        assert await stored.turnout(session, name) == (20, 0)
    assert "What comes first" in (await organizer.opens(ROUNDS)).text


async def test_a_form_takes_options_in_and_out_and_loses_nothing_that_was_typed(town: Town, organizer: Browser) -> None:
    typed = await filled_in(town, organizer)
    page = await organizer.sends_form(NEW, {**typed, "do": "add"})
    assert "Option 3" in page.text
    page = await organizer.sends_form(NEW, {"o3-label.en": "Nothing at all", "do": "up-o3"})
    assert [value for name, value in page.form(NEW).fields if name == "option"] == ["o1", "o3", "o2"]
    page = await organizer.sends_form(NEW, {"do": "remove-o1"})
    assert ("title.en", "What comes first") in page.form(NEW).fields
    assert ("o3-label.en", "Nothing at all") in page.form(NEW).fields
    page = await organizer.sends_form(NEW, {"do": "remove-o2"})
    page = await organizer.sends_form(NEW, {"do": "ask"})
    assert page.status == 422
    assert "between 2 and 12" in page.text


async def test_what_is_settled_is_shown_again_and_stands_before_who_approves(town: Town, organizer: Browser) -> None:
    await crowd(town, 9)
    typed = await filled_in(town, organizer, quorum="30")
    page = await organizer.sends_form(NEW, {**typed, "points": "12", "do": "ask"})
    assert page.status == 422
    assert "How many points each voter shares out: under the rule “Majority” this has no use" in page.text
    assert {("quorum", "30"), ("points", "12"), ("rule", "majority")} <= set(page.form(NEW).fields)
    page = await organizer.sends_form(NEW, {"points": "", "quorum": "thirty", "do": "ask"})
    assert page.status == 422
    assert "have to take part: write a whole number" in page.text
    assert ("quorum", "thirty") in page.form(NEW).fields
    page = await organizer.sends_form(NEW, {"quorum": "30", "do": "ask"})
    assert "Of 100 who may vote, how many have to take part 30" in page.text
    assert "What more than half of those who voted approve is adopted." in page.text
    assert "On the ballot people choose all that they approve." in page.text


async def test_what_stays_empty_is_what_is_usual(town: Town, organizer: Browser) -> None:
    await crowd(town, 9)
    typed = await filled_in(town, organizer, rule="points")
    name = await opened(town, organizer, typed)
    assert "How many points each voter shares out 10" in (await organizer.opens(f"{ROUNDS}/{name}")).text


async def test_how_many_are_chosen_is_asked_for(town: Town, organizer: Browser) -> None:
    await crowd(town, 9)
    typed = await filled_in(town, organizer, rule="phragmen")
    page = await organizer.sends_form(NEW, {**typed, "do": "ask"})
    assert page.status == 422
    assert "how many are chosen, at least 1 and not all of them" in page.text
    page = await organizer.sends_form(NEW, {"elects": "1", "do": "ask"})
    assert page.status == 200
    assert "How many are chosen 1" in page.text


async def test_parts_of_a_text_are_put_to_the_vote_and_what_is_decided_stands_with_them(
    town: Town, organizer: Browser
) -> None:
    voters = await crowd(town, 9)
    text = await published(organizer)
    part = text.link("Meetings").rpartition("/")[2]
    page = await organizer.opens(f"{ROUNDS}/new")
    assert "Choose parts of a text" in page.text
    typed = await filled_in(town, organizer)
    page = await organizer.sends_form(NEW, {**typed, "part": part, "do": "parts"})
    fields = page.form(NEW).fields
    assert {("o3-label.en", "Meetings"), ("o3-part", part), ("o3-edition", "1")} <= set(fields)
    assert "o3-about.en" not in dict(fields)
    assert ("part", part) not in fields
    name = await opened(town, organizer, {"rule": "majority"})
    page = await organizer.opens(f"{ROUNDS}/{name}")
    assert "Meetings are in the capital." in page.text
    assert page.link("The part as it stands now").endswith(f"/parts/{part}")
    await votes(town, name, voters, "o3", "o3", "o3", "o1")
    async with town.office.database.writing() as session:
        process = await processes.get(session, town.process)
        await rounds.close(session, process, town.office.keys, name, town.clock.now)
    for path in (text.path, f"{text.path}/parts/{part}"):
        page = await organizer.opens(path)
        assert "Those who voted adopted it." in page.text
        assert page.link("See the round").endswith(f"/rounds/{name}")


async def test_a_part_that_has_another_edition_by_now_is_to_be_chosen_again(town: Town, organizer: Browser) -> None:
    await crowd(town, 9)
    text = await published(organizer)
    part = text.link("Meetings").rpartition("/")[2]
    typed = await filled_in(town, organizer)
    page = await organizer.sends_form(NEW, {**typed, "part": part, "do": "parts"})
    await organizer.opens(f"{text.path}/parts/{part}")
    await organizer.sends_form(f"/parts/{part}", {"words": "Meetings\nOnline.", "keep": "1"})
    organizer.page = page
    page = await organizer.sends_form(NEW, {"do": "ask"})
    assert page.status == 422
    assert "has another edition by now" in page.text


async def test_the_file_of_a_closed_round_and_the_program_are_given_away(town: Town, organizer: Browser) -> None:
    voters = await crowd(town, 9)
    name = await opened(town, organizer)
    assert (await organizer.client.get(f"{ROUNDS}/{name}/vote.json")).status == 404
    assert "tally.py" not in (await organizer.opens(f"{ROUNDS}/{name}")).html
    await votes(town, name, voters, *["o1"] * 9)
    async with town.office.database.writing() as session:
        process = await processes.get(session, town.process)
        await rounds.close(session, process, town.office.keys, name, town.clock.now)
    async with town.office.database.reading() as session:
        vote = await rounds.published(session, process, name)
    page = await organizer.opens(f"{ROUNDS}/{name}")
    assert vote.sha256 in page.text
    assert f"python3 tally.py {vote.name}" in page.text
    auditor = await town.signed_in(Role.AUDITOR)
    answer = await auditor.client.get(page.link("The file of the vote"))
    assert (answer.status, await answer.text()) == (200, vote.text)
    assert answer.headers["Content-Type"] == "application/json"
    assert answer.headers["Content-Disposition"] == f'attachment; filename="{vote.name}"'
    answer = await auditor.client.get(page.link("The program that counts it"))
    assert (answer.status, await answer.read()) == (200, rounds.script())
    assert answer.headers["Content-Disposition"] == 'attachment; filename="tally.py"'


async def test_the_turnout_is_fetched_again_only_when_it_has_changed(town: Town, organizer: Browser) -> None:
    await crowd(town, 9)
    name = await opened(town, organizer)
    live = f"{ROUNDS}/{name}/live"
    tag = (await organizer.client.get(live)).headers["ETag"]
    again = await organizer.client.get(live, headers={"If-None-Match": tag})
    assert again.status == 304
    async with town.office.database.writing() as session:
        process = await processes.get(session, town.process)
        await rounds.close(session, process, town.office.keys, name, town.clock.now)
    assert (await organizer.client.get(live)).headers["HX-Refresh"] == "true"


async def test_a_round_is_closed_before_its_day_with_a_reason_only(town: Town, organizer: Browser) -> None:
    await crowd(town, 9)
    three = tuple(contents.Matter(value, {"en": value}) for value in ("clinic", "fees", "school"))
    closes = town.clock.now.date() + timedelta(days=7)
    vote = contents.Round({"en": "What comes first"}, three, closes, roll=Roll.EVERYBODY)
    async with town.office.database.writing() as session:
        name = await rounds.open_(session, await processes.get(session, town.process), vote, town.clock.now)
    await organizer.opens(f"{ROUNDS}/{name}")
    page = await organizer.sends_form("/close", {})
    assert page.status == 422
    page = await organizer.sends_form("/close", {"why.en": "The ministers meet sooner."})
    assert "Closed. Everybody concerned is told" in page.text
    assert "The ministers meet sooner." in page.text
    assert "Too few voted" in page.text


async def test_the_page_of_a_closed_round_shows_its_order_as_a_picture_and_as_a_table(
    town: Town, organizer: Browser
) -> None:
    voters = await crowd(town, 9)
    name = await opened(town, organizer)
    await votes(town, name, voters, "o1", "o1", "o1", "o1", "o1 o2")
    async with town.office.database.writing() as session:
        process = await processes.get(session, town.process)
        await rounds.close(session, process, town.office.keys, name, town.clock.now)
    page = await organizer.opens(f"{ROUNDS}/{name}")
    assert page.text.index("Interpreters at clinics") < page.text.index("Fees")
    assert "Adopted" in page.text
    async with town.office.database.reading() as session:
        found = await stored.get(session, name)
        assert found is not None
        matters = [it.matter for it in contents.unpack(found.content, contents.Round).matters]
        decided = await standings.of(session, town.process, matters)
    assert {it.about: it.verdict for it in decided} == {
        matters[0]: Verdict(1, tied=False, adopted=True),
        matters[1]: Verdict(2, tied=False, adopted=False),
    }
    page = await organizer.opens(f"/p/regional-review/matters/{matters[0]}")
    assert "Those who voted adopted it." in page.text


async def test_a_moderator_looks_and_does_not_open_or_close(town: Town, organizer: Browser) -> None:
    await crowd(town, 9)
    name = await opened(town, organizer)
    moderator = await town.signed_in(Role.MODERATOR)
    assert (await moderator.opens(f"{ROUNDS}/{name}")).status == 200
    assert (await moderator.opens(f"{ROUNDS}/new")).status == 403


async def test_a_roll_is_corrected_by_two_and_everybody_sees_that_it_was(town: Town, organizer: Browser) -> None:
    async with town.office.database.writing() as session:
        for sender in ("1", "2"):
            await sit(session, await meet(session, town.office.keys, sender, process=town.process), town.process)
        process = await processes.get(session, town.process)
        closes = town.clock.now.date() + timedelta(days=3)
        options = tuple(contents.Matter(value, {"en": value}) for value in ("clinic", "fees"))
        round_ = contents.Round({"en": "What comes first"}, options, closes)
        name = await rounds.open_(session, process, round_, town.clock.now)
    assert "Correct the roll" not in (await organizer.opens(f"{ROUNDS}/{name}")).text
    async with town.office.database.writing() as session:
        third = await meet(session, town.office.keys, "3", process=town.process)
        await sit(session, third, town.process, name="third")
    await organizer.opens(f"{ROUNDS}/{name}")
    assert "Choose at least one seat." in (await organizer.sends("/roll")).text
    page = await organizer.sends("/roll", seat="third")
    assert "a colleague has to approve it" in page.text
    second = await town.signed_in(login="bilal")
    today = await second.opens("/p/regional-review")
    assert today.link("What comes first") == page.path
    await second.opens(page.path)
    assert "Held" in (await second.sends("/approve")).text
    town.clock.now += HOLD + timedelta(seconds=1)
    async with town.office.database.writing() as session:
        assert await sendings.leave_due(session, town.clock.now) == 1
    page = await second.opens(f"{ROUNDS}/{name}")
    assert "1 was put on the roll after the vote had opened." in page.text
    assert "Correct the roll" not in page.text


FUNDS = {"rule": "equal_shares", "budget": "30 000", "currency": "chf", "o1-cost": "12000", "o2-cost": "15 000"}


async def test_a_sum_is_put_to_the_vote_and_the_page_says_for_what_it_is_given_out(
    town: Town, organizer: Browser
) -> None:
    voters = await crowd(town, 9)
    typed = await filled_in(town, organizer, **FUNDS)
    name = await opened(town, organizer, typed)
    page = await organizer.opens(f"{ROUNDS}/{name}")
    text = plain(page.text)
    assert "The sum that is shared out 30,000 CHF" in text
    assert "Interpreters at clinics 12,000 CHF" in text
    await votes(town, name, voters, "o1", "o1", "o1", "o1 o2", "")
    async with town.office.database.writing() as session:
        await rounds.close(session, await processes.get(session, town.process), town.office.keys, name, town.clock.now)
    text = plain((await organizer.opens(f"{ROUNDS}/{name}")).text)
    assert "27,000 of 30,000 CHF: Interpreters at clinics; Fees" in text
    assert "Gets of the sum" in text


async def test_what_is_approved_of_a_sum_is_what_was_asked_for(town: Town, organizer: Browser) -> None:
    await crowd(town, 9)
    page = await organizer.sends_form(NEW, {**await filled_in(town, organizer, **FUNDS), "do": "ask"})
    text = plain(page.text)
    assert "The sum that is shared out 30,000 CHF" in text
    assert "Fees 15,000 CHF" in text


@pytest.mark.parametrize(
    ("wrong", "because"),
    [
        ({"budget": ""}, "needs the sum that is shared out"),
        ({"budget": "many"}, "the sum: many is no whole number"),
        ({"o2-cost": "12.50"}, "what it costs: 12.50 is no whole number"),
        ({"o2-cost": "30001"}, "Fees: cost: write a whole number, from 1 to all of the sum"),
        ({"o2-cost": ""}, "Fees: cost: write a whole number"),
        ({"currency": "francs"}, "currency: write the three letters"),
        ({"rule": "majority"}, "the rule majority does not know this"),
    ],
)
async def test_a_sum_that_is_refused_stands_in_the_form_again(
    sqlite_town: Town, wrong: dict[str, str], because: str
) -> None:
    async with sqlite_town.office.database.writing() as session:
        await senders.keep(session, {"telegram": "telegram", "sms": "sms"})
    amina = await sqlite_town.signed_in(login="amina")
    await crowd(sqlite_town, 9)
    typed = {**await filled_in(sqlite_town, amina, **FUNDS), **wrong}
    page = await amina.sends_form(NEW, {**typed, "do": "ask"})
    assert page.status == 422
    assert because in page.text
    fields = dict(page.form(NEW).fields)
    for name in ("budget", "currency", "o1-cost", "o2-cost"):
        assert fields[name] == typed[name]


def plain(text: str) -> str:
    return " ".join(text.split())
