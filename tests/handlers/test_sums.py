"""A sum that a vote shares out: what stands on the ballot, what is told of it, and what is refused."""

import dataclasses
import json
from typing import Any

import pytest

import council
from exports import tally
from handlers import digests, rounds
from handlers.writing import contents, sums
from locales import speaking
from tests.handlers.house import House, Writer
from tests.handlers.test_rounds import closed, invited, opened, seated
from tests.handlers.written import matter, to_vote

PRICES = {"clinic": 12_000, "fees": 15_000, "school": 20_000}


def to_spend(**more: Any) -> contents.Round:
    """What a council of three or more gives 30,000 CHF for."""
    vote = to_vote(rule="equal_shares")
    matters = tuple(dataclasses.replace(it, cost=PRICES[it.value]) for it in vote.matters)
    return dataclasses.replace(vote, matters=matters, budget=30_000, currency="CHF", **more)


def to_part(**more: Any) -> contents.Round:
    return dataclasses.replace(to_vote(rule="points"), budget=1000, currency="EUR", **more)


async def members(house: House, number: int) -> list[Writer]:
    return [await seated(house, str(sender)) for sender in range(1, number + 1)]


async def told_of(house: House, vote: contents.Round, *ballots: str) -> str:
    everybody = await members(house, len(ballots))
    name = await opened(house, vote)
    for member, typed in zip(everybody, ballots, strict=True):
        await member.says("vote", typed)
        assert "We have your vote." in await member.says("1")
    await closed(house, name)
    return plain(await everybody[0].hears())


def plain(text: str) -> str:
    return text.replace("\N{NO-BREAK SPACE}", " ").replace("\N{NARROW NO-BREAK SPACE}", " ")


async def test_the_ballot_says_what_each_costs_and_which_sum_is_shared_out(house: House) -> None:
    alice = await seated(house, "1")
    await opened(house, to_spend())
    heard = plain(await alice.says("vote"))
    assert "30,000 CHF are to be shared out." in heard
    assert "Interpreters: 12,000 CHF\nLower fees: 15,000 CHF\nA place at school: 20,000 CHF" in heard
    assert "You approve 1 of them:\nLower fees: 15,000 CHF" in plain(await alice.says("2"))
    await alice.says("1")
    assert "Lower fees: 15,000 CHF" in plain(await alice.says("myvote"))


async def test_the_sum_stands_before_the_ballot_where_more_can_be_read(house: House) -> None:
    alice = await seated(house, "1")
    vote = to_spend()
    first = dataclasses.replace(vote.matters[0], about={"en": "24 people asked for it."})
    await opened(house, dataclasses.replace(vote, matters=(first, *vote.matters[1:])))
    heard = plain(await alice.says("vote"))
    assert "30,000 CHF are to be shared out." in heard
    assert "Vote now\nRead more" in heard


async def test_each_reads_it_in_their_language(house: House) -> None:
    alice = await house.meets("1").joins("Français")
    await alice.says(await invited(house))
    vote = to_spend()
    label = {"en": "Interpreters", "fr": "Des interprètes"}
    first = dataclasses.replace(vote.matters[0], label=label)
    await opened(house, dataclasses.replace(vote, matters=(first, *vote.matters[1:])))
    heard = await alice.says("voter")
    assert "30\N{NARROW NO-BREAK SPACE}000\N{NO-BREAK SPACE}CHF" in heard
    assert "Des interprètes\N{NO-BREAK SPACE}: 12\N{NARROW NO-BREAK SPACE}000\N{NO-BREAK SPACE}CHF" in heard
    assert "Lower fees: 15,000" in heard


async def test_the_result_says_for_what_the_sum_is_given_out(house: House) -> None:
    heard = await told_of(house, to_spend(), "1 2", "1 2", "1 2", "3")
    assert "27,000 of 30,000 CHF: Interpreters; Lower fees" in heard
    assert "A place at school" not in heard


async def test_what_is_equal_is_said_and_nothing_is_guessed(house: House) -> None:
    vote = to_spend()
    alike = tuple(dataclasses.replace(it, cost=20_000) for it in vote.matters)
    heard = await told_of(house, dataclasses.replace(vote, matters=alike), "1", "2", "1", "2")
    assert "Equal, with too little money for all of them: Interpreters; Lower fees" in heard
    assert "of 30,000 CHF" not in heard


async def test_where_nobody_approves_anything_nothing_is_given_out(house: House) -> None:
    heard = await told_of(house, to_spend(), "4", "4", "4")
    assert "Nothing of 30,000 CHF is given out." in heard


async def test_points_share_a_sum_out_in_parts(house: House) -> None:
    heard = await told_of(house, to_part(), *["1:5 2:5"] * 4, *["1:10"] * 4)
    assert "1. Interpreters: 750 EUR\n2. Lower fees: 250 EUR\n3. A place at school: 0 EUR\n" in heard
    assert "1,000 EUR are shared out in proportion to the points." in heard
    assert "In brackets" not in heard


async def test_a_unit_that_nobody_gets_by_points_alone_is_said(house: House) -> None:
    heard = await told_of(house, to_part(), *["1:3 2:3 3:3"] * 8)
    assert "1. Equal: Interpreters: 333 EUR; Lower fees: 333 EUR; A place at school: 333 EUR" in heard
    assert "1 EUR more are for one or some of these, which are equal" in heard


async def test_parts_are_told_only_where_eight_chose_something(house: House) -> None:
    """They are the points, exactly: of fewer they would show who chose what."""
    heard = await told_of(house, to_part(), *["1:5 2:5"] * 7, "4")
    assert "Fewer than 8 chose something, so the sum is not shared out" in heard
    assert "1. Equal: Interpreters; Lower fees\n" in heard
    (kept,) = await house.column("SELECT result FROM round")
    assert json.loads(kept)["parts"] is None


@pytest.mark.parametrize(
    ("wrong", "because"),
    [
        ({"budget": 0, "currency": ""}, "budget: the rule equal_shares needs the sum"),
        ({"budget": -5}, "budget: write a whole number"),
        ({"budget": 10**12}, "budget: write a whole number"),
        ({"currency": ""}, "currency: write the three letters"),
        ({"currency": "EURO"}, "currency: write the three letters"),
        ({"currency": "chf"}, "currency: write the three letters"),
        ({"budget": 19_999}, "A place at school: cost: write a whole number, from 1 to all of the sum: 19,999"),
        ({"matters": to_vote().matters}, "Interpreters: cost: write a whole number"),
        ({"rule": "approval"}, "budget: the rule approval does not know this"),
        ({"rule": "approval", "budget": 0, "currency": ""}, "cost: the rule approval does not know this"),
        ({"rule": "points"}, "cost: the rule points does not know this"),
        ({"rule": "approval", "budget": 0, "matters": to_vote().matters}, "currency: there is no budget"),
        ({"rule": "points", "matters": to_vote().matters}, "budget: fewer than 8 may vote"),
        ({"quorum": 30}, "quorum: the rule equal_shares does not know this"),
    ],
)
async def test_a_sum_that_cannot_be_shared_out_is_refused(
    sqlite_house: House, wrong: dict[str, Any], because: str
) -> None:
    await seated(sqlite_house, "1")
    with pytest.raises(contents.Unfit, match=because):
        await opened(sqlite_house, dataclasses.replace(to_spend(), **wrong))
    assert await sqlite_house.column("SELECT id FROM round") == []


async def test_the_file_of_a_vote_says_what_each_costs(house: House) -> None:
    everybody = await members(house, 8)
    name = await opened(house, to_spend())
    for member in everybody:
        await member.says("vote", "1 3", "1")
    await closed(house, name)
    published = await house.acts(lambda session, process, _now: rounds.published(session, process, name))
    file = json.loads(published.text)
    assert file["funds"] == {"budget": 30_000, "currency": "CHF", "costs": PRICES}
    assert tally.check(file) == []


def test_a_digest_says_for_what_a_sum_is_given_out() -> None:
    vote, cast = to_spend(), [frozenset({"clinic"})] * 3
    result = council.every_rule()["equal_shares"].tally(cast, [it.value for it in vote.matters], vote.terms)
    with speaking("en"):
        line = plain(digests._outcome(vote, result, lambda text: text["en"]))
    assert line == "What comes first. 12,000 of 30,000 CHF: Interpreters"


@pytest.mark.parametrize(
    ("written", "number"), [("", 0), ("12000", 12_000), ("12 000", 12_000), ("12\N{NO-BREAK SPACE}000", 12_000),
                            ("12’000", 12_000), ("١٢٠٠٠", 12_000)]
)  # fmt: skip
def test_a_number_is_read_as_people_write_it(written: str, number: int) -> None:
    assert sums.read(written, "the sum") == number


@pytest.mark.parametrize("written", ["-5", "12.5", "12,000", "many", "9" * 13, "²"])
def test_what_could_be_read_in_two_ways_is_asked_again(written: str) -> None:
    with pytest.raises(contents.Unfit, match="is no whole number"):
        sums.read(written, "the sum")


def test_an_option_without_a_price_stands_as_it_is_called() -> None:
    assert sums.options(to_vote())[0].label == matter("clinic", "Interpreters").label
