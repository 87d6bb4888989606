"""What a round decides on matters: kept with each, told to whoever said or follows it, owed a response."""

from datetime import timedelta

import pytest

from handlers import matters, promises, responses, rounds, today
from handlers.audiences import Crowds
from handlers.matters import Draft
from handlers.processes import OpenProcess
from handlers.today import Kind
from handlers.writing import contents
from storage import Session
from storage import matters as stored_matters
from storage import rounds as stored_rounds
from storage.states import Roll
from tests.handlers.house import House, Writer
from tests.handlers.test_rounds import closed, opened, seated

LONG = "The ministers decided otherwise, because the money is not there this year."


async def matter_of(house: House, contribution: str, title: str) -> str:
    async def act(session: Session, process: OpenProcess, _now: object) -> str:
        return await matters.open_one(session, process, Draft({"en": title}), [contribution], "amina", house.now)

    return await house.acts(act)


def vote_on(house: House, matter_ids: tuple[str, ...], **more: object) -> contents.Round:
    options = tuple(
        contents.Matter(f"o{place}", {"en": f"Matter {place}"}, {}, name) for place, name in enumerate(matter_ids, 1)
    )
    today_ = house.now.date()
    terms = {"rule": "majority", "answer_by": today_ + timedelta(days=20)} | more
    return contents.Round({"en": "What comes first"}, options, today_ + timedelta(days=3), **terms)  # type: ignore[arg-type]


async def decided(house: House) -> tuple[Writer, list[Writer], str, str]:
    """A contributor, a council of three that has adopted the first of two matters, and the two."""
    giver = await house.meets("70009").joins()
    house.now -= timedelta(days=1)
    second = await matter_of(house, await giver.gives("Lower fees."), "Fees")
    house.now += timedelta(days=1)
    first = await matter_of(house, await giver.gives("An interpreter."), "Interpreters")
    members = [await seated(house, sender) for sender in ("1", "2", "3")]
    name = await opened(house, vote_on(house, (first, second)))
    for member in members:
        await member.says("vote", "1", "1")
    await giver.hears()
    await closed(house, name)
    return giver, members, first, second


async def test_members_and_who_said_it_are_told_once(house: House) -> None:
    giver, members, _first, _second = await decided(house)
    heard = await giver.hears()
    assert heard.count("The vote is over: What comes first.") == 1
    assert "You told us about, or follow, something that was voted on." in heard
    assert "More than half of those who voted approve: Matter 1" in heard
    assert "Until December 13, 2026 we say what is done with it." in heard
    for member in members:
        heard = await member.hears()
        assert "3 members of 3 voted." in heard
        assert "Until December 13, 2026" in heard


async def test_a_member_who_said_it_is_told_as_a_member_only(house: House) -> None:
    member, *others = [await seated(house, sender) for sender in ("1", "2", "3")]
    first = await matter_of(house, await member.gives("An interpreter."), "Interpreters")
    second = await matter_of(house, await member.gives("Lower fees."), "Fees")
    name = await opened(house, vote_on(house, (first, second)))
    for voter in (member, *others):
        await voter.says("vote", "1", "1")
    await closed(house, name)
    heard = await member.hears()
    assert heard.count("The vote is over") == 1
    assert "You told us about" not in heard


async def test_the_matter_shows_it_in_the_chat_and_it_is_owed_a_response(house: House) -> None:
    giver, _members, first, _second = await decided(house)
    await giver.hears()
    heard = await giver.says("status", "1")
    assert "The council adopted it." in heard
    async with house.database.reading() as session:
        stored = await stored_matters.get(session, house.process, first)
    assert stored is not None
    assert (stored.owed, stored.due) == (True, house.now.date() + timedelta(days=20))

    async def look(session: Session, process: OpenProcess, _now: object) -> list[str]:
        later = house.now + timedelta(days=15)
        return [
            need.where for need in await today.needs(session, Crowds(), process, later) if need.kind is Kind.MATTER_NEAR
        ]

    assert first in await house.acts(look)


async def test_what_was_answered_before_is_owed_another_response(house: House) -> None:
    giver = await house.meets("70009").joins()
    first = await matter_of(house, await giver.gives("An interpreter."), "Interpreters")
    second = await matter_of(house, await giver.gives("Lower fees."), "Fees")
    considered = contents.Response("considered", {"en": "We look."}, matters=(first,))
    await house.acts(lambda session, process, now: responses.publish(session, process, considered, now))
    members = [await seated(house, sender) for sender in ("1", "2", "3")]
    name = await opened(house, vote_on(house, (first, second)))
    for member in members:
        await member.says("vote", "1", "1")
    await closed(house, name)
    async with house.database.reading() as session:
        late = await stored_matters.pressing(session, house.process, house.now.date() + timedelta(days=30), 10)
    assert {matter.id for matter in late} == {first, second}
    house.now += timedelta(days=22)
    await giver.hears()
    await house.does(promises.tell_late)
    assert "there is none yet" in await giver.hears()
    taken_up = contents.Response("taken_up", {"en": "Point 4."}, matters=(first, second))
    with pytest.raises(contents.Unfit, match="departs"):
        await house.acts(lambda session, process, now: responses.publish(session, process, taken_up, now))
    only_first = contents.Response("taken_up", {"en": "Point 4."}, matters=(first,))
    await house.acts(lambda session, process, now: responses.publish(session, process, only_first, now))
    async with house.database.reading() as session:
        stored = await stored_matters.get(session, house.process, first)
    assert stored is not None
    assert not stored.owed


async def test_who_departs_from_a_vote_says_why_in_every_language_and_who_decided(house: House) -> None:
    giver, _members, first, _second = await decided(house)
    await giver.hears()

    async def publish(response: contents.Response) -> None:
        await house.acts(lambda session, process, now: responses.publish(session, process, response, now))

    whole = dict.fromkeys(("en", "fr", "es", "ar"), LONG)
    for reason, who in (({"en": LONG}, {"en": "The ministers."}), (whole, {}), (dict.fromkeys(whole, "No."), whole)):
        with pytest.raises(contents.Unfit, match="departs from what was decided"):
            await publish(contents.Response("not_taken_up", reason, matters=(first,), decided_by=who))
    await publish(contents.Response("not_taken_up", whole, matters=(first,), decided_by={"en": "The ministers."}))
    heard = await giver.hears()
    assert "It was not taken up." in heard
    assert "This departs from what was decided by vote." in heard
    assert "This departs from" in await giver.says("status", "1") + await giver.says("status", "2")


async def test_who_reads_it_or_considers_it_departs_from_nothing(house: House) -> None:
    giver, _members, first, _second = await decided(house)
    await giver.hears()
    considered = contents.Response("considered", {"en": "We look at it."}, matters=(first,))
    await house.acts(lambda session, process, now: responses.publish(session, process, considered, now))
    assert "departs" not in await giver.hears()


async def test_a_round_without_a_result_decides_nothing(house: House) -> None:
    giver = await house.meets("70009").joins()
    first = await matter_of(house, await giver.gives("An interpreter."), "Interpreters")
    second = await matter_of(house, await giver.gives("Lower fees."), "Fees")
    await seated(house, "1")
    name = await opened(house, vote_on(house, (first, second)))
    await giver.hears()
    await closed(house, name)
    assert await giver.hears() == ""
    async with house.database.reading() as session:
        stored = await stored_matters.get(session, house.process, first)
    assert stored is not None
    assert not stored.owed


async def test_everybody_who_gave_something_may_vote_and_nobody_who_comes_later(house: House) -> None:
    givers = [await house.meets(f"7{number}").joins() for number in range(3)]
    silent = await house.meets("70009").joins()
    first = await matter_of(house, await givers[0].gives("An interpreter."), "Interpreters")
    second = await matter_of(house, await givers[1].gives("Lower fees."), "Fees")
    await givers[2].gives("Schools.")
    name = await opened(house, vote_on(house, (first, second), roll=Roll.GAVE))
    await silent.gives("Buses.")
    assert "no vote open" in await silent.says("vote")
    for giver in givers:
        assert "You can vote now: What comes first." in await giver.hears()
        await giver.says("vote", "1 2", "1")
    await closed(house, name)
    heard = await givers[0].hears()
    assert "3 people of 3 voted." in heard
    assert heard.count("The vote is over") == 1


async def test_what_waits_to_call_somebody_is_taken_back_when_they_have_voted(house: House) -> None:
    voters = [await house.meets(f"7{number}").joins() for number in range(3)]
    first = await matter_of(house, await voters[0].gives("An interpreter."), "Interpreters")
    second = await matter_of(house, await voters[1].gives("Lower fees."), "Fees")
    await house.acts(
        lambda session, process, now: rounds.open_(
            session, process, vote_on(house, (first, second), roll=Roll.EVERYBODY), now
        )
    )
    for words in ("vote", "1", "1"):
        await house.takes(voters[0].message(words))
    heard = await voters[0].hears()
    assert "We have your vote" in heard
    assert "You can vote now" not in heard


async def test_a_round_on_a_matter_that_is_given_up_does_not_open(house: House) -> None:
    giver = await seated(house, "1")
    first = await matter_of(house, await giver.gives("An interpreter."), "Interpreters")
    second = await matter_of(house, await giver.gives("Lower fees."), "Fees")
    await house.acts(lambda session, process, now: matters.drop(session, process, second, now))
    with pytest.raises(contents.Unfit, match="not any more"):
        await opened(house, vote_on(house, (first, second)))
    with pytest.raises(contents.Unfit, match="twice"):
        await opened(house, vote_on(house, (first, first)))


async def test_who_has_no_seat_any_more_still_votes_where_everybody_does(house: House) -> None:
    member, *_others = [await seated(house, sender) for sender in ("1", "2", "3")]
    first = await matter_of(house, await member.gives("An interpreter."), "Interpreters")
    second = await matter_of(house, await member.gives("Lower fees."), "Fees")
    of_all = await opened(house, vote_on(house, (first, second), roll=Roll.EVERYBODY))
    of_council = await opened(house, vote_on(house, (first, second)))
    await member.says("seat", "1")
    async with house.database.reading() as session:
        assert (await stored_rounds.turnout(session, of_all)).voters == 3
        assert (await stored_rounds.turnout(session, of_council)).voters == 2
    await member.says("leave", "1")
    async with house.database.reading() as session:
        assert (await stored_rounds.turnout(session, of_all)).voters == 2
