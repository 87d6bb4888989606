"""A seat requires an answer to a question: the same name never stands for two."""

import dataclasses
from datetime import timedelta

import pytest

import flows
from handlers import councils, member_calls, quota_facts
from handlers.councils import Places
from handlers.member_calls import Calling
from handlers.writing import contents
from storage.states import SeatKind
from tests.handlers.house import House
from tests.handlers.test_candidates import AGE, called, council_of, to_call

GENDER = flows.QuotaFact(
    "gender", {"en": "What are you?"}, {"en": "So that women are heard."},
    (flows.Option("woman", {"en": "A woman"}), flows.Option("man", {"en": "A man"})),
)  # fmt: skip


async def opens(house: House, council_id: str, *facts: flows.QuotaFact) -> str:
    calling = Calling(council_id, dataclasses.replace(to_call(), facts=facts))
    return await house.acts(lambda session, process, now: member_calls.open_(session, process, calling, now))


async def ends(house: House, call_id: str) -> None:
    await house.acts(lambda session, process, now: member_calls.close(session, process, call_id, now))


async def added(house: House, council_id: str, **requires: str) -> None:
    places = Places(1, SeatKind.DRAWN, requires=requires)
    await house.acts(lambda session, process, now: councils.add_seats(session, process, council_id, places, now))


async def test_a_seat_requires_only_what_a_call_of_its_council_asks(house: House) -> None:
    council = await council_of(house, 0)
    with pytest.raises(contents.Unfit, match="only require what a call"):
        await added(house, council, age="young")
    await called(house, council)
    await added(house, council, age="young")
    for requires in ({"age": "a hundred"}, {"gender": "woman"}):
        with pytest.raises(contents.Unfit, match="only require what a call"):
            await added(house, council, **requires)
    elsewhere = await council_of(house, 0)
    with pytest.raises(contents.Unfit, match="only require what a call"):
        await added(house, elsewhere, age="young")
    invited = Places(1, SeatKind.INVITATION, requires={"age": "young"})
    with pytest.raises(contents.Unfit, match="drawn by lot"):
        await house.acts(lambda session, process, now: councils.add_seats(session, process, council, invited, now))


async def test_a_later_call_asks_nothing_else_by_the_same_name(house: House) -> None:
    council = await council_of(house, 0)
    await ends(house, await opens(house, council, AGE))
    other = dataclasses.replace(AGE, label={"en": "How old is your passport?"})
    swapped = dataclasses.replace(AGE, options=(flows.Option("young", {"en": "30 or more"}), AGE.options[1]))
    for fact in (other, swapped):
        with pytest.raises(contents.Unfit, match="asks something else"):
            await opens(house, council, fact)
    in_french = {"en": "How old are you?", "fr": "Quel âge avez-vous ?"}
    more = (*AGE.options, flows.Option("child", {"en": "Under 12"}))
    house.now += timedelta(minutes=1)
    await opens(house, council, dataclasses.replace(AGE, label=in_french, options=more), GENDER)
    facts = await house.acts(lambda session, process, _now: quota_facts.of_council(session, process.id, council))
    assert [fact.value for fact in facts] == ["age", "gender"]
    assert len(facts[0].options) == 3


def test_in_a_form_the_same_question_gets_the_name_that_it_had() -> None:
    first = quota_facts.named([AGE, GENDER], ())
    assert [(fact.value, [option.value for option in fact.options]) for fact in first] == [
        ("f1", ["o1", "o2"]), ("f2", ["o1", "o2"]),
    ]  # fmt: skip
    turned = dataclasses.replace(AGE, options=(flows.Option("x", {"en": "Under 12"}), *reversed(AGE.options)))
    new = dataclasses.replace(GENDER, label={"en": "Where do you live?"})
    again = quota_facts.named([new, turned], first)
    assert [fact.value for fact in again] == ["f3", "f1"]
    assert [option.value for option in again[1].options] == ["o3", "o2", "o1"]
