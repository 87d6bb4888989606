"""Votes: whose they are, when they end, and what is said of them."""

import dataclasses
import random

import pytest

import council
import flows
from handlers import people, rounds, telling
from handlers.processes import OpenProcess
from handlers.rounds.opening import longest_results
from handlers.writing import contents
from locales import languages
from storage import rounds as stored
from storage import turns
from storage.turns import Incoming
from tests.handlers.house import House, Writer
from tests.handlers.written import matter, option, to_vote


async def invited(house: House) -> str:
    return await house.acts(lambda session, process, now: people.invite(session, house.keys, process, now))


async def seated(house: House, sender: str, channel: str = "telegram") -> Writer:
    member = await house.meets(sender, channel).joins()
    await member.says(await invited(house))
    return member


async def opened(house: House, vote: contents.Round) -> str:
    return await house.acts(lambda session, process, now: rounds.open_(session, process, vote, now))


async def closed(house: House, name: str) -> council.Result:
    return await house.acts(lambda session, process, now: rounds.close(session, process, house.keys, name, now))


async def test_a_round_closes_once(house: House) -> None:
    await seated(house, "1")
    name = await opened(house, to_vote())
    await closed(house, name)
    for unknown in (name, "no such round"):
        with pytest.raises(contents.Unfit, match="No round that is open"):
            await closed(house, unknown)


async def test_a_round_without_votes_says_so(house: House) -> None:
    alice = await seated(house, "1")
    name = await opened(house, to_vote())
    await alice.hears()
    result = await closed(house, name)
    assert (result.voters, result.order, result.adopted) == (0, (), None)
    heard = await alice.hears()
    assert "0 members of 1 voted" in heard
    assert "there is no result" in heard


async def test_three_who_approve_nothing_adopt_nothing(house: House) -> None:
    council_of_three = [await seated(house, sender) for sender in ("1", "2", "3")]
    name = await opened(house, to_vote())
    for member in council_of_three:
        await member.says("vote", "4", "1")
    result = await closed(house, name)
    assert result.adopted == ()
    heard = await council_of_three[0].hears()
    assert "None of them has more than half" in heard
    assert "1. Equal: Interpreters; Lower fees; A place at school" in heard


async def test_after_a_tie_the_places_it_took_are_passed_over(house: House) -> None:
    alice, bob, cosma = [await seated(house, sender) for sender in ("1", "2", "3")]
    name = await opened(house, to_vote())
    await alice.says("vote", "1 2", "1")
    await bob.says("vote", "1 2 3", "1")
    await cosma.says("vote", "1 2", "1")
    await closed(house, name)
    heard = await alice.hears()
    assert "1. Equal: Interpreters; Lower fees" in heard
    assert "3. A place at school" in heard


async def test_who_is_forgotten_during_a_round_is_not_counted(house: House) -> None:
    alice, bob, *others = [await seated(house, sender) for sender in ("1", "2", "3", "4")]
    name = await opened(house, to_vote())
    await alice.says("vote", "1", "1")
    await bob.says("vote", "2", "1")
    for other in others:
        await other.says("vote", "1", "1")
    await bob.says("forget", "1")
    result = await closed(house, name)
    assert dict(result.counts) == {"clinic": 3, "fees": 0, "school": 0}
    assert "3 members of 3 voted" in await alice.hears()
    assert await bob.hears() == ""


async def test_who_is_forgotten_after_a_round_changes_neither_its_result_nor_its_turnout(house: House) -> None:
    council_of_four = [await seated(house, sender) for sender in ("1", "2", "3", "4")]
    name = await opened(house, to_vote())
    for member in council_of_four[:3]:
        await member.says("vote", "1", "1")
    result = await closed(house, name)
    for member in council_of_four[1:]:
        await member.says("forget", "1")
    async with house.database.reading() as session:
        assert await stored.turnout(session, name) == (4, 3)
        kept = await stored.get(session, name)
    assert kept is not None
    assert contents.unpack(kept.result or "", council.Result) == dataclasses.replace(result, counts={})


async def test_who_said_stop_stays_on_the_roll_and_is_not_written_to(house: House) -> None:
    alice, bob = await seated(house, "1"), await seated(house, "2")
    await bob.says("stop")
    name = await opened(house, to_vote())
    await closed(house, name)
    assert "0 members of 2 voted" in await alice.hears()
    assert await bob.hears() == ""


async def test_of_two_rounds_the_one_that_waits_for_a_vote_and_closes_first_is_voted_on(house: House) -> None:
    alice = await seated(house, "1")
    await opened(house, to_vote("The later one", days=9))
    await opened(house, to_vote("The sooner one", days=2))
    assert "The sooner one" in await alice.says("vote")
    await alice.says("1", "1")
    assert "The later one" in await alice.says("vote")
    await alice.says("1", "1")
    assert "The sooner one" in await alice.says("vote")


async def test_a_vote_needs_a_council(house: House) -> None:
    with pytest.raises(contents.Unfit, match="Nobody sits on the council"):
        await opened(house, to_vote())


@pytest.mark.parametrize(
    "wrong",
    [
        {"matters": (option("clinic", "Interpreters"), option("none_of_these", "Nothing"))},
        {"matters": (option("clinic", "Interpreters"),)},
        {"matters": (option("clinic", "Interpreters"), option("clinic", "Fees"))},
        {"matters": (option("clinic", "Two\nlines"), option("fees", "Fees"))},
        {"rule": "whoever shouts"},
        {"rule": "approval", "quorum": 50},
        {"quorum": 101},
        {"quorum": -1},
        {"rule": "majority", "elects": 1},
        {"rule": "phragmen"},
        {"rule": "phragmen", "elects": 3},
        {"rule": "points", "points": 1},
        {"rule": "points", "points": 101},
        {"rule": "score", "points": 10},
        {"rule": "schulze", "matters": tuple(matter(f"m{number}", f"{number} x") for number in range(11))},
        {"rule": "score", "matters": (matter("clinic", "Interpreters"),)},
        {"matters": (option("clinic", "Interpreters"), option("abstain", "Nothing"))},
        {"title": {"en": "word " * 50}},
        {"title": {}},
    ],
)
async def test_a_round_that_cannot_be_voted_on_is_refused(house: House, wrong: dict[str, object]) -> None:
    await seated(house, "1")
    with pytest.raises(contents.Unfit):
        await opened(house, dataclasses.replace(to_vote(), **wrong))  # type: ignore[arg-type]
    assert await house.column("SELECT id FROM round") == []


async def test_a_result_that_would_not_fit_is_refused_when_the_round_opens(house: House) -> None:
    await seated(house, "1")
    long = tuple(matter(f"m{number}", f"{number:02} " + "x" * 77) for number in range(12))
    with pytest.raises(contents.Unfit, match="title and matters: in"):
        await opened(house, dataclasses.replace(to_vote(), matters=long))


FUNDS = {"budget": 999_999_999_999, "currency": "CHF"}
TERMS = {
    "majority": {"quorum": 50},
    "yes_no": {"quorum": 50},
    "phragmen": {"elects": 3},
    "equal_shares": FUNDS,
    "points": FUNDS,
}


@pytest.mark.parametrize("rule", council.every_rule().values(), ids=council.every_rule())
def test_no_result_takes_more_words_than_those_that_were_checked(rule: council.Rule) -> None:
    cost = 99_999_999_900 if "costs" in rule.settles else 0
    matters = tuple(
        dataclasses.replace(matter(f"m{number}", f"{number:02} " + "x" * 16), cost=cost and cost + number)
        for number in range(rule.kind.most_matters)
    )
    vote = dataclasses.replace(to_vote(rule=rule.name), matters=matters, **TERMS.get(rule.name, {}))  # type: ignore[arg-type]
    values = tuple(choice.value for choice in matters)
    process = OpenProcess("review", "review", flows.Process({"en": "x"}, {"en": "x"}, languages(), ()))

    def told(result: council.Result) -> dict[str, int]:
        return {language: len(text) for language, text in rounds.announcement(process, vote, result, 9, 9).items()}

    checked = [told(result) for result in longest_results(vote, 9)]
    longest = {language: max(lengths[language] for lengths in checked) for language in languages()}
    assert max(longest.values()) <= telling.LONGEST
    examples = [None, *rule.kind.examples(values)]
    chance = random.Random(18)
    for _vote in range(60):
        cast = [examples[chance.randrange(len(examples))] for _voter in range(9)]
        result = rule.tally(cast, values, vote.terms, chance.choice((9, 30)))
        lengths = told(result)
        assert all(lengths[language] <= longest[language] for language in languages())


async def test_the_result_says_how_many_approve_each(house: House) -> None:
    council_of_eight = [await seated(house, str(sender)) for sender in range(1, 9)]
    name = await opened(house, to_vote())
    for member, chosen in zip(council_of_eight, ("1 2", "1 2", "1 2", "1", "1", "1 3", "1", "1"), strict=True):
        await member.says("vote", chosen, "1")
    await closed(house, name)
    heard = await council_of_eight[0].hears()
    assert (
        "8 members of 8 voted.\n1. Interpreters (6 or more)\n2. Lower fees (3)\n3. A place at school (2 or fewer)\n"
        in heard
    )
    assert "In brackets: how many approve each." in heard


async def test_with_few_votes_their_order_is_told_and_not_how_many(house: House) -> None:
    few = [await seated(house, str(sender)) for sender in range(1, 8)]
    name = await opened(house, to_vote())
    for member in few:
        await member.says("vote", "1", "1")
    await closed(house, name)
    heard = await few[0].hears()
    assert "1. Interpreters\n" in heard
    assert "In brackets" not in heard


async def test_where_few_chose_something_no_counts_are_told_however_many_abstained(house: House) -> None:
    members = [await seated(house, str(sender)) for sender in range(1, 9)]
    name = await opened(house, to_vote())
    for member in members[:7]:
        await member.says("vote", "1", "1")
    await members[7].says("vote", "5", "1")
    await closed(house, name)
    heard = await members[0].hears()
    assert "8 members of 8 voted.\n1. Interpreters\n" in heard
    assert "In brackets" not in heard


async def test_the_exact_counts_are_kept_nowhere(house: House) -> None:
    council_of_three = [await seated(house, sender) for sender in ("1", "2", "3")]
    name = await opened(house, to_vote())
    for member in council_of_three:
        await member.says("vote", "2", "1")
    assert (await closed(house, name)).counts == {"clinic": 0, "fees": 3, "school": 0}
    (kept,) = await house.column("SELECT result FROM round")
    assert contents.unpack(kept, council.Result).counts == {}


BEHIND = {"clinic": "24 people asked for it.", "fees": "Sending 100 costs 9."}


def explained() -> contents.Round:
    return dataclasses.replace(
        to_vote(),
        matters=(
            matter("clinic", "Interpreters", BEHIND["clinic"]),
            matter("fees", "Lower fees", BEHIND["fees"]),
            matter("school", "A place at school"),
        ),
    )


async def test_who_has_not_voted_can_read_each_matter_first(house: House) -> None:
    alice = await seated(house, "1")
    await opened(house, explained())
    heard = await alice.says("vote")
    assert "Do you want to read more first?\nVote now\nRead more" in heard
    assert "A place at school" not in await alice.says("2")
    heard = await alice.says("1")
    assert heard.startswith(BEHIND["clinic"])
    assert "Vote now\nRead more" in heard
    heard = await alice.says("2")
    assert heard.startswith(BEHIND["fees"])
    assert "Which of these do you approve?" in heard
    assert "We have your vote." in await alice.says("1 2", "1")


async def kept_talk(house: House) -> str:
    async with house.database.writing() as session:
        (found,) = await turns.find(
            session, house.keys, [Incoming("e", house.keys.index("telegram", "1"), "telegram")], house.now
        )
    assert found.known is not None
    return found.known.talk or ""


async def test_what_stands_behind_a_matter_is_not_kept_with_the_talk(house: House) -> None:
    alice = await seated(house, "1")
    await opened(house, explained())
    await alice.says("vote")
    talk = await kept_talk(house)
    assert not any(text in talk for text in BEHIND.values())


async def test_who_has_voted_reads_their_vote_and_can_keep_it(house: House) -> None:
    alice = await seated(house, "1")
    await opened(house, to_vote())
    await alice.says("vote", "1 3", "1")
    heard = await alice.says("vote")
    assert heard.startswith("You approve 2 of them:\nInterpreters\nA place at school\n\n")
    assert "You have voted. You can still change it" in heard
    assert "Your vote stays as it is." in await alice.says("2")
    assert "You approve 2 of them:\nInterpreters\nA place at school" in await alice.says("vote")
    assert "You approve none of them." in await alice.says("1", "4")
    assert "We have your vote." in await alice.says("1")
    assert "You approve none of them." in await alice.says("vote")


async def test_no_talk_keeps_what_somebody_chose(house: House) -> None:
    alice = await seated(house, "1")
    name = await opened(house, to_vote())
    await alice.says("vote", "3", "1")
    await alice.says("vote")
    assert '"ballot":""' in await kept_talk(house)
    await closed(house, name)
    assert "You approve" not in await alice.says("vote")


async def test_what_stands_behind_a_matter_comes_in_the_language_of_its_reader(house: House) -> None:
    alice = await house.meets("1").joins("Français")
    await alice.says(await invited(house))
    await opened(house, explained())
    heard = await alice.says("voter", "2", "1")
    assert "anglais" in heard.partition(BEHIND["clinic"])[0]


async def test_a_text_behind_a_matter_that_does_not_fit_is_refused(house: House) -> None:
    await seated(house, "1")
    long = (matter("clinic", "Interpreters", "x" * 701), matter("fees", "Lower fees"))
    with pytest.raises(contents.Unfit, match="clinic: about"):
        await opened(house, dataclasses.replace(to_vote(), matters=long))


async def told_of(house: House, rule: str, ballots: list[str], **terms: int) -> str:
    """What a council is told of a vote under this rule, in which each of them typed one of these."""
    members = [await seated(house, str(sender)) for sender in range(1, len(ballots) + 1)]
    name = await opened(house, dataclasses.replace(to_vote(rule=rule), **terms))  # type: ignore[arg-type]
    for member, typed in zip(members, ballots, strict=True):
        await member.says("vote", typed)
        assert "We have your vote." in await member.says("1")
    await closed(house, name)
    return await members[0].hears()


async def test_yes_and_no_are_told_with_how_many_said_so(house: House) -> None:
    heard = await told_of(house, "yes_no", ["1 2 yes 3 no"] * 5 + ["1 yes, 2 no"] * 3, quorum=50)
    assert "1. Interpreters (yes: 6 or more, no: 2 or fewer)\n2. Lower fees (yes: 5, no: 3)\n" in heard
    assert "More said yes than no to: Interpreters; Lower fees" in heard


async def test_without_a_quorum_nothing_is_adopted_and_that_is_said(house: House) -> None:
    members = [await seated(house, str(sender)) for sender in range(1, 6)]
    name = await opened(house, dataclasses.replace(to_vote(), quorum=80))
    for member in members[:3]:
        await member.says("vote", "1", "1")
    assert (await closed(house, name)).quorum_met is False
    heard = await members[4].hears()
    assert "This is not enough to adopt anything: 80 of 100 have to vote." in heard
    assert "More than half" not in heard


async def test_points_are_told_as_sums_that_hide_two_ballots(house: House) -> None:
    heard = await told_of(house, "score", ["1:5 2:2"] * 4 + ["1:4, 3:1"] * 4)
    assert "1. Interpreters (30 or more)\n2. Lower fees (10 or fewer)\n3. A place at school (10 or fewer)" in heard
    assert "In brackets: all points together." in heard


async def test_of_a_ranking_only_the_order_is_told(house: House) -> None:
    heard = await told_of(house, "schulze", ["2 1", "2 1=3", "1 2", "2", "3 2"])
    assert "1. Lower fees\n2. Interpreters\n3. A place at school" in heard
    assert "(" not in heard


async def test_who_is_chosen_is_told_and_a_tie_is(house: House) -> None:
    heard = await told_of(house, "phragmen", ["1", "1", "1", "2", "3"], elects=2)
    assert "Chosen: Interpreters\nEqual, with too few places for all of them: Lower fees; A place at school" in heard


async def test_a_ballot_is_corrected_before_it_counts(house: House) -> None:
    alice = await seated(house, "1")
    await opened(house, to_vote(rule="borda"))
    heard = await alice.says("vote", "3 1=2")
    assert "1. A place at school\n2. Equal: Interpreters; Lower fees\nIs this right?" in heard
    assert "Send the numbers in your order" in await alice.says("2")
    assert "1. Interpreters\nBelow all others: Lower fees; A place at school" in await alice.says("1")
    assert await house.column("SELECT id FROM ballot") == []
    assert "We have your vote." in await alice.says("1")


async def test_what_was_not_understood_is_said_and_asked_again_with_an_example(house: House) -> None:
    alice = await seated(house, "1", "sms")
    await opened(house, to_vote(rule="borda"))
    await alice.says("vote")
    for wrong, why in (("3 3", "You named one of them twice."), ("school first", "We did not understand your answer.")):
        heard = await alice.says(wrong)
        assert why in heard
        assert "For example: 3 1=2" in heard


async def test_who_abstains_is_counted_in_the_turnout_alone(house: House) -> None:
    heard = await told_of(house, "majority", ["1", "1 2", "1", "5", "5"])
    assert "5 members of 5 voted." in heard
    assert "More than half of those who voted approve: Interpreters" in heard


async def test_where_nearly_all_abstain_there_is_no_result(house: House) -> None:
    heard = await told_of(house, "majority", ["1", "1", "5", "5"])
    assert "4 members of 4 voted.\nSome of them abstained" in heard
    assert "Interpreters" not in heard
