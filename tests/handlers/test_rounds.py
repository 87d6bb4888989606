"""Votes: whose they are, when they end, and what is said of them."""

import dataclasses

import pytest

import council
import flows
from handlers import people, rounds, telling
from handlers.processes import OpenProcess
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
        await member.says("vote", "4")
    result = await closed(house, name)
    assert result.adopted == ()
    heard = await council_of_three[0].hears()
    assert "None of them has more than half" in heard
    assert "1. Equal: Interpreters; Lower fees; A place at school" in heard


async def test_after_a_tie_the_places_it_took_are_passed_over(house: House) -> None:
    alice, bob, cosma = [await seated(house, sender) for sender in ("1", "2", "3")]
    name = await opened(house, to_vote())
    await alice.says("vote", "1 2")
    await bob.says("vote", "1 2 3")
    await cosma.says("vote", "1 2")
    await closed(house, name)
    heard = await alice.hears()
    assert "1. Equal: Interpreters; Lower fees" in heard
    assert "3. A place at school" in heard


async def test_who_is_forgotten_during_a_round_is_not_counted(house: House) -> None:
    alice, bob, *others = [await seated(house, sender) for sender in ("1", "2", "3", "4")]
    name = await opened(house, to_vote())
    await alice.says("vote", "1")
    await bob.says("vote", "2")
    for other in others:
        await other.says("vote", "1")
    await bob.says("forget", "1")
    result = await closed(house, name)
    assert dict(result.counts) == {"clinic": 3, "fees": 0, "school": 0}
    assert "3 members of 3 voted" in await alice.hears()
    assert await bob.hears() == ""


async def test_who_is_forgotten_after_a_round_changes_neither_its_result_nor_its_turnout(house: House) -> None:
    council_of_four = [await seated(house, sender) for sender in ("1", "2", "3", "4")]
    name = await opened(house, to_vote())
    for member in council_of_four[:3]:
        await member.says("vote", "1")
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
    await alice.says("1")
    assert "The later one" in await alice.says("vote")
    await alice.says("1")
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


@pytest.mark.parametrize("together", [1, 2, 3, 4, 12])
def test_no_result_takes_more_words_than_the_one_that_was_checked(together: int) -> None:
    matters = tuple(matter(f"m{number}", f"{number:02} " + "x" * 34) for number in range(12))
    vote = dataclasses.replace(to_vote(), matters=matters)
    values = tuple(choice.value for choice in matters)

    def result(size: int, count: int) -> council.Result:
        order = tuple(values[place : place + size] for place in range(0, 12, size))
        return council.Result(9, dict.fromkeys(values, count), order, values)

    process = OpenProcess("review", "review", flows.Process({"en": "x"}, {"en": "x"}, languages(), ()))
    for count in range(10):
        ends = [rounds.announcement(process, vote, result(size, end), 9, 9) for size in (1, 2) for end in (0, 9)]
        this = rounds.announcement(process, vote, result(together, count), 9, 9)
        longest = {language: max(len(end[language]) for end in ends) for language in languages()}
        assert all(len(this[language]) <= longest[language] <= telling.LONGEST for language in languages())


async def test_the_result_says_how_many_approve_each(house: House) -> None:
    council_of_eight = [await seated(house, str(sender)) for sender in range(1, 9)]
    name = await opened(house, to_vote())
    for member, chosen in zip(council_of_eight, ("1 2", "1 2", "1 2", "1", "1", "1 3", "1", "1"), strict=True):
        await member.says("vote", chosen)
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
        await member.says("vote", "1")
    await closed(house, name)
    heard = await few[0].hears()
    assert "1. Interpreters\n" in heard
    assert "In brackets" not in heard


async def test_the_exact_counts_are_kept_nowhere(house: House) -> None:
    council_of_three = [await seated(house, sender) for sender in ("1", "2", "3")]
    name = await opened(house, to_vote())
    for member in council_of_three:
        await member.says("vote", "2")
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
    assert "We have your vote." in await alice.says("1 2")


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
    await alice.says("vote", "1 3")
    heard = await alice.says("vote")
    assert heard.startswith("You approve 2 of them:\nInterpreters\nA place at school\n\n")
    assert "You have voted. You can still change it" in heard
    assert "Your vote stays as it is." in await alice.says("2")
    assert "You approve 2 of them:\nInterpreters\nA place at school" in await alice.says("vote")
    assert "You approve none of them." in await alice.says("1", "4")
    assert "You approve none of them." in await alice.says("vote")


async def test_no_talk_keeps_what_somebody_chose(house: House) -> None:
    alice = await seated(house, "1")
    name = await opened(house, to_vote())
    await alice.says("vote", "3")
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
