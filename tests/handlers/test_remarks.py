"""Who may vote asks the organizers, and says why: all of them read it, and nobody says whose it was."""

import pytest

from handlers import remarks
from handlers.audiences import Crowds
from handlers.processes import OpenProcess
from handlers.remarks import Told
from handlers.today import Kind, needs
from handlers.writing import contents
from storage import Session
from storage import remarks as stored
from storage.remarks import Remark
from tests.handlers.house import House, Writer
from tests.handlers.test_rounds import closed, opened, seated
from tests.handlers.written import to_vote

HOW_MUCH = "How much would an interpreter cost?"


async def voting(house: House) -> tuple[str, list[Writer]]:
    three = [await seated(house, sender) for sender in ("1", "2", "3")]
    name = await opened(house, to_vote())
    for member in three:
        await member.hears()
    return name, three


async def asks(member: Writer, words: str = HOW_MUCH, quotable: str = "1") -> str:
    return await member.says("ask", "1", words, quotable)


async def waiting(house: House, name: str) -> list[Remark]:
    async with house.database.reading() as session:
        return list(await stored.waiting(session, house.keys, name))


async def answers(house: House, name: str, question: Remark, **more: dict[str, str]) -> None:
    answer = Told(more.get("question", {"en": question.words}), more.get("answer", {"en": "About 40 a day."}))

    async def act(session: Session, process: OpenProcess, _now: object) -> str:
        return await remarks.answer(session, process, house.keys, name, question.id, answer, house.now)

    await house.acts(act)


async def test_a_question_is_answered_to_everybody_who_may_vote(house: House) -> None:
    name, three = await voting(house)
    assert "The answer comes to everybody who may vote" in await asks(three[0])
    (question,) = await waiting(house, name)
    assert (question.option, question.words, question.quotable) == ("clinic", HOW_MUCH, True)
    await answers(house, name, question)
    for member in three:
        heard = await member.hears()
        assert f"Somebody who may vote asks about: Interpreters\n\n{HOW_MUCH}" in heard
        assert "The organizers answer: About 40 a day." in heard
    assert await waiting(house, name) == []


async def test_who_reads_later_reads_the_answer_and_the_reasons(house: House) -> None:
    name, three = await voting(house)
    await asks(three[0])
    await three[1].says("reasons", "1", "My mother could not speak to her doctor.")
    question, reason = await waiting(house, name)
    await answers(house, name, question)

    async def let_read(session: Session, process: OpenProcess, _now: object) -> str:
        words = {"en": "Somebody's mother could not speak to her doctor."}
        return await remarks.show(session, process, house.keys, name, reason.id, words, house.now)

    await house.acts(let_read)
    await three[2].hears()
    assert "Read more" in await three[2].says("vote")
    heard = await three[2].says("2")
    assert f"Question: {HOW_MUCH}\nAnswer: About 40 a day." in heard
    assert "Somebody says: Somebody's mother could not speak to her doctor." in heard


async def test_who_has_voted_asks_from_there(house: House) -> None:
    name, (member, *_others) = await voting(house)
    assert "send ASK" in await member.says("vote", "1", "1")
    assert "Ask a question" in await member.says("vote")
    await member.says("3", "2", HOW_MUCH, "2")
    (question,) = await waiting(house, name)
    assert (question.option, question.quotable) == ("fees", False)


async def test_an_open_question_stands_on_today(house: House) -> None:
    name, (member, *_others) = await voting(house)
    await asks(member)

    async def look(session: Session, process: OpenProcess, now: object) -> list[str]:
        found = await needs(session, Crowds(), process, house.now)
        return [need.where for need in found if need.kind is Kind.ASKED]

    assert await house.acts(look) == [name]


async def test_two_cannot_answer_the_same_question(house: House) -> None:
    name, (member, *_others) = await voting(house)
    await asks(member)
    (question,) = await waiting(house, name)
    await answers(house, name, question)
    with pytest.raises(contents.Unfit, match="Somebody else"):
        await answers(house, name, question)


async def test_of_two_reasons_for_one_option_the_later_stays(house: House) -> None:
    name, (member, *_others) = await voting(house)
    await member.says("reasons", "1", "First thought.")
    await member.says("reasons", "1", "Second thought.")
    assert [it.words for it in await waiting(house, name)] == ["Second thought."]


async def test_nobody_fills_the_list_alone_nor_writes_a_book(house: House) -> None:
    name, (member, *_others) = await voting(house)
    for number in range(remarks.MOST_AT_ONCE):
        await asks(member, f"{HOW_MUCH} {number}")
    assert "waits for its answer" in await asks(member)
    assert len(await waiting(house, name)) == remarks.MOST_AT_ONCE
    assert "too long" in await member.says("reasons", "1", "x" * 500)


async def test_who_is_forgotten_leaves_or_resigns_takes_what_they_asked_with_them(house: House) -> None:
    name, three = await voting(house)
    for member in three:
        await asks(member)
    await three[0].says("forget", "1")
    await three[1].says("leave", "1")
    await three[2].says("seat", "1")
    assert await waiting(house, name) == []


async def test_when_the_vote_closes_nobody_can_say_whose_it_was(house: House) -> None:
    name, three = await voting(house)
    for number, member in enumerate(three):
        await member.says("vote", "1", "1")
        await asks(member, f"Question {number}", "1")
    before = {it.id for it in await waiting(house, name)}
    await closed(house, name)
    after = await waiting(house, name)
    assert {it.words for it in after} == {"Question 0", "Question 1", "Question 2"}
    assert not before & {it.id for it in after}
    assert await house.column("SELECT count(*) FROM remark WHERE person_id IS NOT NULL OR day IS NOT NULL") == [0]
    for member in three:
        await member.hears()
    await answers(house, name, after[0])
    assert "About 40 a day." in await three[0].hears()


async def test_too_late_is_said(house: House) -> None:
    name, (member, *_others) = await voting(house)
    await member.says("ask", "1", HOW_MUCH)
    await closed(house, name)
    assert "This vote has closed" in await member.says("1")
    assert await waiting(house, name) == []
