"""A council sets the questions of a consultation: it opens with exactly those that were adopted, or not at all."""

from dataclasses import replace
from datetime import timedelta

import pytest

import flows
from flows import QuestionKind
from handlers import openings, rulings, telling
from handlers.drafts import QuestionDraft
from handlers.powers import Holder
from handlers.processes import OpenProcess
from handlers.rounds import announcement
from handlers.rounds.opening import longest_results
from handlers.rulings.deciding import LOST, NOT_AWAITED
from handlers.sendings import HOLD
from handlers.writing import contents
from locales import _
from storage.openings import StoredOpening
from storage.states import Power, SendingState
from tests.handlers.asking import DRAFT, TITLE, approves, drafted, how_it_is, requests, writes
from tests.handlers.deciding import THREE, deciding, keeps, seated, settles, votes
from tests.handlers.house import NOW, PROCESS, House, Writer
from tests.handlers.test_openings import INVITED, later, number_of
from tests.handlers.written import consultation

CALLED = f"The council votes: Questions that we want to ask ({TITLE})"
DAY = timedelta(days=1)


async def put(house: House, **changes: object) -> tuple[StoredOpening, list[Writer]]:
    members = await seated(house, await deciding(house, Power.QUESTIONS), *THREE)
    opening = await approves(house, await requests(house, await drafted(house, **changes)))
    assert opening.leaves == house.now + HOLD
    await keeps(house, HOLD)
    opening = await how_it_is(house, opening)
    assert opening.state is SendingState.WITH_COUNCIL
    for member in members:
        assert CALLED in await member.hears()
    return opening, members


async def asked(house: House) -> list[str]:
    (content,) = await house.column("SELECT content FROM consultation")
    return [question.key for question in contents.unpack(content, contents.Consultation).questions]


async def test_it_opens_with_the_questions_that_were_adopted_in_their_order(house: House) -> None:
    outsider = await house.meets("70001").joins()
    opening, members = await put(house)
    for member, chosen in zip(members, ("1 4", "4 2 1", "4"), strict=True):
        assert INVITED not in await outsider.hears()
        await votes(member, chosen)
    await keeps(house)
    assert (await how_it_is(house, opening)).state is SendingState.LEFT
    assert INVITED in await outsider.hears()
    assert await asked(house) == ["q1", "q4"]
    assert await settles(house) == 0
    assert await number_of(house) == 1


async def test_where_none_is_adopted_it_never_opens(house: House) -> None:
    opening, members = await put(house)
    for member, chosen in zip(members, ("1", "2", "3"), strict=True):
        await votes(member, chosen)
    await keeps(house)
    assert (await how_it_is(house, opening)).state is SendingState.REFUSED
    assert await number_of(house) == 0
    again = await requests(house, opening.draft_id)
    assert again.state is SendingState.REQUESTED


async def test_of_a_single_question_the_council_says_yes_or_no(house: House) -> None:
    opening, members = await put(house, questions=DRAFT.questions[3:])
    for member in members:
        assert "We have your vote." in await votes(member, "1")
    await keeps(house)
    assert (await how_it_is(house, opening)).state is SendingState.LEFT
    assert await asked(house) == ["q4"]


async def test_what_was_adopted_waits_for_its_day_and_can_be_called_back(house: House) -> None:
    opening, members = await put(house, opens=later(6))
    for member in members:
        await votes(member, "1")
    await keeps(house)
    held = await how_it_is(house, opening)
    assert (held.state, held.leaves) == (SendingState.HELD, held.leaves)
    assert held.leaves is not None
    assert held.leaves.date() == (NOW + 6 * DAY).date()
    await keeps(house, 4 * DAY)
    assert await number_of(house) == 0
    await keeps(house, 2 * DAY)
    assert await asked(house) == ["q1"]


async def test_members_read_each_question_with_its_choices(house: House) -> None:
    _opening, members = await put(house)
    heard = await members[0].says("vote", "2", "2")
    assert "What kept you?\n1. Waiting\n2. Cost\n3. Language\n4. Fear" in heard
    heard = await members[0].says("2", "2")
    assert "How hard was it?\n1. Easy\n5. Very hard" in heard


async def test_a_change_while_the_council_votes_voids_it(house: House) -> None:
    opening, members = await put(house)
    for member in members:
        await votes(member, "1")
    await writes(house, opening.draft_id, replace(DRAFT, who_decides={"en": "Nobody."}), edited=2)
    await keeps(house)
    assert (await how_it_is(house, opening)).state is SendingState.VOID
    assert await number_of(house) == 0
    assert "Your vote is not needed any more" in await members[0].hears()


async def test_what_is_called_back_while_the_council_votes_never_opens(house: House) -> None:
    opening, members = await put(house)
    await votes(members[0], "1")
    await house.acts(lambda session, process, _now: openings.call_back(session, process, opening.id))
    for member in members[1:]:
        await votes(member, "1")
    await keeps(house)
    assert await number_of(house) == 0


async def test_it_is_not_requested_where_the_council_could_not_vote_in_time(house: House) -> None:
    council = await deciding(house, Power.QUESTIONS, days=30)
    name = await drafted(house)
    with pytest.raises(contents.Unfit, match="fewer than 3 members"):
        await requests(house, name)
    await seated(house, council, *THREE)
    with pytest.raises(contents.Unfit, match="nobody could answer"):
        await requests(house, name)


@pytest.mark.parametrize("words", ["é" * 700, "🙂" * 600, "W" * 1300])
async def test_however_long_ten_questions_are_they_are_put_to_the_vote_and_its_end_is_told(
    sqlite_house: House, words: str
) -> None:
    questions = tuple(
        QuestionDraft(f"q{number}", QuestionKind.OPEN, {"en": f"{number} {words}", "fr": f"{number} {words}"})
        for number in range(1, 11)
    )
    title = {"en": "A" * 200}
    house = sqlite_house
    members = await seated(house, await deciding(house, Power.QUESTIONS), *THREE)
    opening = await approves(house, await requests(house, await drafted(house, questions=questions, title=title)))
    await keeps(house, HOLD)
    assert (await how_it_is(house, opening)).state is SendingState.WITH_COUNCIL
    for member in members:
        await votes(member, "1 2 3 4 5 6 7 8 9 10")
    await house.acts(lambda session, process, _now: openings.call_back(session, process, opening.id))
    await keeps(house)
    assert await house.column("SELECT count(*) FROM round WHERE closed IS NULL") == [0]


def test_why_a_vote_on_ten_long_questions_was_closed_early_fits_into_the_message_about_it() -> None:
    process = OpenProcess("p", "review", PROCESS)
    text = dict.fromkeys(PROCESS.languages, "🙂" * 700)
    asked_ = replace(consultation(), title=text, questions=tuple(flows.Question(f"q{n}", text) for n in range(10)))
    held = Holder("c", contents.Council({"en": "Youth council"}))
    paper = rulings.about_questions(process, held, asked_, NOW)
    for why in (NOT_AWAITED, LOST):
        reasons = telling.in_every_language(process, lambda _render, why=why: _(why))  # type: ignore[misc]
        for result in longest_results(paper, 500):
            texts = announcement(process, paper, result, 500, 500, reasons, has_voted=True)
            telling.check_fits(texts, "result")
