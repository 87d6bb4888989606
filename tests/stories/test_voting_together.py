"""A council of nine on three channels in four languages, from the call for members to what follows from its vote."""

import asyncio
import re
import sys
from datetime import timedelta
from pathlib import Path

import pytest

import flows
from council.lots import Limits
from handlers import councils, matters, remarks, responses, rounds, today
from handlers.audiences import Crowds
from handlers.matters import Draft
from handlers.processes import OpenProcess
from handlers.remarks import Told
from handlers.today import Kind
from handlers.writing import contents
from locales import speaking
from storage import Session
from storage import remarks as stored_remarks
from storage import rounds as stored_rounds
from storage.states import SeatKind
from tests.stories import lots
from tests.stories.test_council import closes, opens
from tests.stories.test_linking import hears, link_chats
from tests.stories.test_matters import NAMES, gives
from tests.stories.town import Person, StoryTown, now

CODES = tuple(NAMES)
CHANNELS = ("telegram", "whatsapp", "sms")
CLINIC = {
    "en": "Interpreters at clinics",
    "fr": "Des interprètes",
    "es": "Intérpretes",
    "ar": "مترجمون في العيادات",
}
FEES = {"en": "Lower fees", "fr": "Des frais plus bas", "es": "Tasas menores", "ar": "رسوم أقل"}
# No sign in these is written otherwise by SMS.
SCHOOL = {"en": "A place at school", "fr": "Une place en classe", "es": "Plaza en la escuela", "ar": "مقعد في المدرسة"}
TITLE = {"en": "What comes first", "fr": "Ce qui vient en premier", "es": "Lo primero", "ar": "ما يأتي أولا"}
COST = {"en": "What does it cost?", "fr": "Combien?", "es": "¿Cuánto cuesta?", "ar": "كم يكلف؟"}
FORTY = {"en": "Forty a day.", "fr": "Quarante par jour.", "es": "Cuarenta.", "ar": "أربعون في اليوم."}
BECAUSE = dict.fromkeys(CODES, "The ministers have no money for interpreters before next year.")


async def test_a_council_of_nine_votes_and_is_answered(square: StoryTown, tmp_path: Path) -> None:
    giver = square.on_sms()
    await giver.joins()
    await gives(giver, "An interpreter.")
    await gives(giver, "Lower fees.")
    clinic, fees = await _matters(square)
    council = await _found_by_lot(square)
    round_id = await opens(square, _vote(clinic, fees))
    for member, language in council:
        await hears(member, TITLE[language], _sent("vote", language))

    await _asks_and_all_are_told(square, round_id, council)

    *voters, (resigning, its_language), (silent, its_own) = council
    for number, (member, language) in enumerate(voters):
        await _votes(member, language, "1" if number else "1 2 3")
    await _votes(resigning, its_language, "2")
    resigning.says(_sent("seat", its_language))
    await resigning.hears_choices()
    resigning.says("1")
    await resigning.hears()

    # Two chats turn out to be one member: of their two votes one counts.
    (first, language), (second, another) = voters[:2]
    assert language == another == "en"
    await link_chats(first, second)
    result = await closes(square, round_id)
    assert (result.voters, dict(result.counts)["clinic"]) == (6, 6)
    assert result.adopted == ("clinic",)
    assert result.ties == (("fees", "school"),)
    await _anybody_counts_again(square, round_id, tmp_path)

    for member, code in (*voters[2:], (silent, its_own)):
        await hears(member, f"1. {CLINIC[code]}", FEES[code], SCHOOL[code])
    await hears(giver, "You told us about, or follow, something that was voted on.", "1. Interpreters at clinics")
    giver.says("status")
    listed = await giver.hears_choices("About which one")
    giver.says(_number_of(CLINIC["en"], listed))
    await hears(giver, "The council adopted it.")

    assert clinic in await square.acts(_owed)
    refused = contents.Response("not_taken_up", {"en": "No."}, matters=(clinic,))
    with pytest.raises(contents.Unfit, match="departs from what was decided"):
        await square.acts(lambda session, process, now: responses.publish(session, process, refused, now))
    reasoned = contents.Response("not_taken_up", BECAUSE, matters=(clinic,), decided_by={"en": "The ministers"})
    await square.acts(lambda session, process, now: responses.publish(session, process, reasoned, now))
    await hears(giver, "This departs from what was decided by vote.", "Decided by: The ministers")
    async with square.parts.database.reading() as session:
        assert (await stored_rounds.turnout(session, round_id)).voted == 6


async def _found_by_lot(square: StoryTown) -> list[tuple[Person, str]]:
    """Eleven put themselves forward for nine seats, one withdraws, one who is drawn declines. A tenth stays vacant."""
    people = [(square.on(CHANNELS[number % 3]), CODES[number % 4]) for number in range(11)]
    for person, language in people:
        await person.joins(NAMES[language])
    called = await lots.calls_for(square, 9)
    for number, (person, language) in enumerate(people):
        await lots.stands(person, language, ("woman", "man")[number % 2])
    *others, (leaving, language) = people
    await lots.withdraws(leaving, language)
    await lots.drawn(square, called, 9, {"woman": Limits(4, 5), "man": Limits(4, 5)})
    council = await lots.takes_seats(square, others)
    seats = await square.acts(lambda session, process, _now: councils.seats_of(session, process, called.council))
    assert [seat.kind for seat in seats if seat.since is None] == [SeatKind.ORGANIZATION]
    assert sum(seat.since is not None for seat in seats) == 9
    return sorted(council, key=lambda its: CODES.index(its[1]))


async def _matters(square: StoryTown) -> tuple[str, str]:
    newest, before = await square.received()

    async def open_both(session: Session, process: OpenProcess, now: object) -> tuple[str, str]:
        moment = square.clock()
        first = await matters.open_one(session, process, Draft(CLINIC), [before.id], "staff-1", moment)
        return first, await matters.open_one(session, process, Draft(FEES), [newest.id], "staff-1", moment)

    return await square.acts(open_both)


def _vote(clinic: str, fees: str) -> contents.Round:
    options = (
        contents.Matter("clinic", CLINIC, {"en": "24 people asked for it."}, clinic),
        contents.Matter("fees", FEES, {}, fees),
        contents.Matter("school", SCHOOL),
    )
    today_ = now().date()
    return contents.Round(TITLE, options, today_ + timedelta(days=3), "majority", answer_by=today_ + timedelta(days=6))


async def _asks_and_all_are_told(square: StoryTown, round_id: str, council: list[tuple[Person, str]]) -> None:
    member, language = council[0]
    for words in (_sent("ask", language), "1", COST[language], "1"):
        member.says(words)
        await member.hears()
    async with square.parts.database.reading() as session:
        (question,) = await stored_remarks.waiting(session, square.parts.keys, round_id)
    keys, answer = square.parts.keys, Told(COST, FORTY)
    await square.acts(
        lambda session, process, now: remarks.answer(session, process, keys, round_id, question.id, answer, now)
    )
    for other, code in council:
        await hears(other, CLINIC[code], FORTY[code])


async def _anybody_counts_again(square: StoryTown, round_id: str, folder: Path) -> None:
    """With the two files that are handed out, and nothing of ours."""
    published = await square.acts(lambda session, process, _now: rounds.published(session, process, round_id))
    (folder / "tally.py").write_bytes(rounds.script())
    (folder / published.name).write_text(published.text)
    counting = (sys.executable, "-I", "tally.py", published.name, "--sha256", published.sha256)
    process = await asyncio.create_subprocess_exec(*counting, cwd=folder, stdout=asyncio.subprocess.PIPE)
    out, _none = await process.communicate()
    assert process.returncode == 0, out.decode()
    assert "Everything in this file fits together." in out.decode()
    assert "6" in out.decode()


async def _votes(member: Person, language: str, choice: str) -> None:
    member.says(_sent("vote", language))
    await member.hears()
    member.says("1")
    await member.hears()
    member.says(choice)
    await member.hears()
    member.says("1")
    await hears(member, _sent("ask", language))


async def _owed(session: Session, process: OpenProcess, _now: object) -> list[str]:
    found = await today.needs(session, Crowds(), process, _now)  # type: ignore[arg-type]
    return [need.where for need in found if need.kind is Kind.MATTER_NEAR]


def _number_of(title: str, listed: str) -> str:
    """What is sent to choose it: what was given on one day stands in any order."""
    found = re.search(rf"^(\d)\W.*{title}", listed, re.MULTILINE)
    assert found, listed
    return found[1]


def _sent(word: str, language: str) -> str:
    with speaking(language):
        return flows.to_send(word)
