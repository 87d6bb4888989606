"""Beside what was done with a matter stand what was chosen in words, whom it was told, and why not the others."""

import pytest
from sqlalchemy import select, update

from handlers import matters, processes, responses, results
from handlers.matters import Draft
from handlers.writing import contents
from storage import consultations, senders
from storage.roles import Role
from storage.tables import broadcast, contribution, delivery
from tests.console.browser import Browser
from tests.console.conftest import Town
from tests.handlers.asking import ALL_KINDS
from tests.storage.rows import NOW, give, meet, statements

MATTERS = "/p/regional-review/matters"
MANY = 30


async def answered(town: Town, number: int = MANY) -> str:
    """A matter that so many people gave, with a response and a result; gives its id."""
    office = town.office
    async with office.database.writing() as session:
        await senders.keep(session, {"telegram": "telegram"})
        process = await processes.named(session, "regional-review")
        names = []
        for place in range(number):
            who = await meet(session, office.keys, f"7{place:04}", process=town.process)
            names.append(await give(session, who, process=town.process))
        name = await matters.open_one(session, process, Draft({"en": "Night buses"}), names, "amina", NOW)
        answer = contents.Response("taken_up", {"en": "Point 4."}, matters=(name,))
        published = await responses.publish(session, process, answer, NOW)
        followed = contents.Result(published.id, "adopted", {"en": "Adopted."}, NOW.date())
        await results.publish(session, process, followed, NOW)
    return name


async def become(town: Town, kind: str, number: int, state: str, code: str | None) -> None:
    """So many of the deliveries of this kind that wait have come so far."""
    async with town.office.database.writing() as session:
        about = select(broadcast.c.id).where(broadcast.c.subject.startswith(f"{kind}:"))
        chosen = select(delivery.c.id).where(delivery.c.state == "queued", delivery.c.broadcast_id.in_(about))
        ids = (await session.execute(chosen.order_by(delivery.c.id).limit(number))).scalars().all()
        assert len(ids) == number
        await session.execute(update(delivery).where(delivery.c.id.in_(ids)).values(state=state, code=code))


async def test_who_was_told_and_who_was_not_stands_beside_the_response_and_beside_what_followed(town: Town) -> None:
    name = await answered(town)
    await become(town, "response", 11, "delivered", None)
    await become(town, "response", 8, "cancelled", "left")
    await become(town, "response", 9, "failed", "131026")
    await become(town, "response", 1, "failed", "gone")
    amina = await town.signed_in()
    page = await amina.opens(f"{MATTERS}/{name}")
    response, _what, result = page.text.partition("What followed")
    assert "Who was told about 10 people Who was not told, and why about 20 people" in response
    assert "the platform did not take it: about 10 they left, or asked to be forgotten: about 10" in response
    assert "gone" not in response
    assert "their chat" not in response, "fewer than eight would point at people"
    assert "Who was told fewer than 8 people Who was not told, and why about 30 people" in result
    assert "it is still to leave: about 30" in result


async def test_of_few_nothing_is_told(sqlite_town: Town) -> None:
    name = await answered(sqlite_town, 7)
    page = await (await sqlite_town.signed_in(Role.MODERATOR)).opens(f"{MATTERS}/{name}")
    assert page.text.count("Who was not told, and why fewer than 8 people") == 2
    assert "still to leave" not in page.text


async def test_it_takes_few_statements(town: Town) -> None:
    name = await answered(town, 12)
    amina = await town.signed_in()
    with statements(town.office.database, reading=True) as seen:
        await amina.opens(f"{MATTERS}/{name}")
    assert len(seen) <= 11


@pytest.fixture
async def answers(town: Town) -> str:
    """A matter in which answers to every kind of question are gathered; gives its id."""
    async with town.office.database.writing() as session:
        await consultations.add(session, "c", town.process, contents.pack(ALL_KINDS), NOW)
        names = []
        chosen = {"been": "no", "kept": "waiting,fear", "hard": "4", "gone": "x"}
        for question, option in chosen.items():
            who = await meet(session, town.office.keys, f"7{question}", process=town.process)
            name = await give(session, who, process=town.process, consultation="c", question=question, spoken=False)
            picked = update(contribution).where(contribution.c.id == name)
            await session.execute(picked.values(option=option, words=None))
            names.append(name)
        process = await processes.named(session, "regional-review")
        return await matters.open_one(session, process, Draft({"en": "Doctors"}), names, "amina", NOW)


async def test_what_was_chosen_is_read_in_the_words_of_its_question(town: Town, answers: str) -> None:
    amina: Browser = await town.signed_in(Role.MODERATOR)
    page = await amina.opens(f"{MATTERS}/{answers}")
    assert "Have you been? I have not" in page.text
    assert "What kept you? Waiting ; Fear" in page.text
    assert "How hard was it? 4 of 5" in page.text
    assert "Chosen: x" in page.text, "its question is there no more"
    assert "waiting,fear" not in page.text
