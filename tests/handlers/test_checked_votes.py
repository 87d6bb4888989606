"""A member checks a vote: what they chose while it is open, that it was counted when it is over, and the list."""

import json
import re
from collections.abc import Sequence
from typing import Any

from exports import tally
from handlers import rounds
from handlers.rounds import PublishedVote
from storage import ballots, unlinking
from storage import rounds as stored
from tests.handlers.house import House, Writer
from tests.handlers.test_rounds import closed, kept_talk, opened, seated
from tests.handlers.written import to_vote

CODE = re.compile(r"Your code: ([0-9A-HJKMNP-TV-Z]{10})(?![0-9A-Z])")


async def council(house: House, number: int) -> list[Writer]:
    return [await seated(house, str(sender)) for sender in range(1, number + 1)]


def code_in(heard: str) -> str:
    (code,) = CODE.findall(heard)
    return str(code)


async def published(house: House, name: str) -> PublishedVote:
    return await house.acts(lambda session, process, _now: rounds.published(session, process, name))


async def file_of(house: House, name: str) -> dict[str, Any]:
    file: dict[str, Any] = json.loads((await published(house, name)).text)
    return file


async def test_a_vote_is_read_back_with_a_code(house: House) -> None:
    (alice,) = await council(house, 1)
    await opened(house, to_vote())
    assert "You approve 2 of them:" in await alice.says("vote", "1 3")
    heard = await alice.says("1")
    assert "send MYVOTE" in heard
    assert len(code_in(heard)) == 10


async def test_the_own_vote_is_shown_with_its_code_while_it_is_open_and_never_after(house: House) -> None:
    alice, *others = await council(house, 4)
    name = await opened(house, to_vote())
    assert "There is no vote of yours to show." in await alice.says("myvote")
    code = code_in(await alice.says("vote", "1 3", "1"))
    for other in others:
        await other.says("vote", "2", "1")
    heard = await alice.says("myvote")
    assert "You approve 2 of them:\nInterpreters\nA place at school" in heard
    assert code_in(heard) == code
    await closed(house, name)
    await alice.hears()
    heard = await alice.says("myvote")
    assert "Our list says that you voted in it. Is that right?" in heard
    assert "Interpreters" not in heard
    assert code not in heard
    heard = await alice.says("3", f"{code[:5].lower()}-{code[5:]}")
    assert "The vote with this code was counted." in heard
    assert "Interpreters" not in heard
    assert "No vote with this code was counted." in await alice.says("myvote", "3", "ZZZZZZZZZZ")


async def test_who_votes_again_gets_another_code_and_only_that_is_counted(house: House) -> None:
    alice, *others = await council(house, 3)
    name = await opened(house, to_vote())
    codes = [code_in(await alice.says("vote", "1", "1")), code_in(await alice.says("vote", "1", "2", "1"))]
    codes += [code_in(await other.says("vote", "2", "1")) for other in others]
    await closed(house, name)
    file = await file_of(house, name)
    assert file["codes"] == sorted(codes[1:])


async def test_the_result_says_what_the_list_says_and_whoever_finds_it_wrong_is_counted_once(house: House) -> None:
    alice, bob, *others = await council(house, 5)
    name = await opened(house, to_vote())
    for member in (alice, *others):
        await member.says("vote", "1", "1")
    await bob.hears()
    await closed(house, name)
    assert "Our list says: you voted. Wrong? Send MYVOTE." in await alice.hears()
    assert "Our list says: you did not vote. Wrong? Send MYVOTE." in await bob.hears()
    heard = await bob.says("myvote")
    assert "Our list says that you did not vote in it." in heard
    assert "Check my code" not in heard
    assert "and not who" in await bob.says("2")
    await bob.says("myvote", "2")
    assert "Thank you." in await alice.says("myvote", "1")
    async with house.database.reading() as session:
        assert await stored.disputes(session, name) == 1


async def test_each_hears_of_a_result_once(house: House) -> None:
    alice, bob = await council(house, 2)
    name = await opened(house, to_vote())
    await alice.says("vote", "1", "1")
    await bob.hears()
    await closed(house, name)
    for member in (alice, bob):
        assert (await member.hears()).count("The vote is over") == 1


async def test_the_file_is_counted_again_and_comes_to_what_was_told(house: House) -> None:
    members = await council(house, 8)
    name = await opened(house, to_vote(rule="majority"))
    for member, chosen in zip(members, ("1 2", "1 2", "1 2", "1", "1", "1 3", "1", "2"), strict=True):
        await member.says("vote", chosen, "1")
    result = await closed(house, name)
    file = await file_of(house, name)
    assert tally.check(file) == []
    assert tally.count(file) == {
        "counts": result.counts,
        "against": {},
        "elected": None,
        "parts": None,
        "order": [list(together) for together in result.order],
        "adopted": list(result.adopted or ()),
    }
    assert file["turnout"] == {"roll": 8, "voted": 8, "chose": 8, "quorum": 0}


async def test_with_few_votes_the_file_holds_their_order_alone_and_with_fewer_nothing(house: House) -> None:
    for number, order in ((7, True), (2, False)):
        members = [await seated(house, f"{number}{sender}") for sender in range(number)]
        name = await opened(house, to_vote(f"Of {number}"))
        for member in members:
            await member.says("vote", "1", "1")
        await closed(house, name)
        file = await file_of(house, name)
        assert (file["ballots"], file["result"]["counts"], bool(file["result"]["order"])) == (None, {}, order)
        assert len(file["codes"]) == number
        for member in members:
            await member.says("seat", "1")


async def test_of_a_reply_with_a_ballot_nothing_stays_when_the_round_closes(house: House) -> None:
    """Not what was told, nor the platform's name of it; what has not left does not leave."""
    alice, bob, cosma = await council(house, 3)
    name = await opened(house, to_vote())
    await alice.says("vote", "1", "1")
    await bob.says("vote", "2", "1")
    await cosma.says("vote", "3")
    await house.takes(cosma.message("1"))
    replies = await house.column("SELECT delivery_id FROM read_back")
    await closed(house, name)
    kept = await _rows(house, replies)
    assert {(row.body, row.provider_id) for row in kept} == {(None, None)}
    # To each: the ballot to fill in, what it says, and that it is kept.
    assert sorted(row.state for row in kept) == ["cancelled", *["sent"] * 8]
    await house.does(unlinking.erase_read_back)
    assert await house.column("SELECT delivery_id FROM read_back") == []
    heard = await cosma.hears()
    assert "A place at school." not in heard
    assert "Our list says: you voted." in heard


async def _rows(house: House, names: Sequence[str]) -> list[Any]:
    listed = ", ".join(f"'{name}'" for name in names)
    query = f"SELECT state, body, provider_id FROM delivery WHERE id IN ({listed})"  # noqa: S608
    async with house.database.reading() as session:
        return list((await session.exec_driver_sql(query)).all())


async def test_what_is_leaving_while_the_round_closes_is_erased_afterwards(house: House) -> None:
    (alice,) = await council(house, 1)
    name = await opened(house, to_vote())
    await alice.says("vote", "1")
    await house.takes(alice.message("1"))
    (reply,) = await house.column("SELECT id FROM delivery WHERE state = 'queued' AND broadcast_id IS NULL")
    await _put(house, reply, "sending")
    await closed(house, name)
    assert await house.column("SELECT delivery_id FROM read_back") == [reply]
    await _put(house, reply, "sent")
    assert await house.does(unlinking.erase_read_back) == 1
    (row,) = await _rows(house, [reply])
    assert row.body is None


async def test_a_ballot_that_was_not_confirmed_stays_in_no_talk_when_the_round_has_closed(house: House) -> None:
    alice, bob = await council(house, 2)
    name = await opened(house, to_vote())
    await alice.says("vote", "1")
    await bob.says("vote", "2", "1", "language")
    await closed(house, name)
    await house.does(unlinking.erase_read_back)
    talks = await house.column("SELECT talk FROM address")
    assert sorted(talk is None for talk in talks) == [False, True], "who does something else by now goes on with it"
    assert await house.column("SELECT delivery_id FROM read_back") == []
    assert "What would you like to do?" in await alice.says("1")


async def _put(house: House, name: str, state: str) -> None:
    async with house.database.writing() as session:
        await session.exec_driver_sql(f"UPDATE delivery SET state = '{state}' WHERE id = '{name}'")  # noqa: S608


async def test_the_ballot_of_who_was_forgotten_is_thrown_away_before_the_close(house: House) -> None:
    alice, bob = await council(house, 2)
    await opened(house, to_vote())
    for member in (alice, bob):
        await member.says("vote", "1", "1")
    await alice.says("forget", "1")
    assert len(await house.column("SELECT id FROM ballot")) == 2
    assert await house.does(lambda session, _now: ballots.drop_unlinked(session, house.keys)) == 1
    assert await house.does(lambda session, _now: ballots.drop_unlinked(session, house.keys)) == 0
    assert len(await house.column("SELECT id FROM ballot")) == 1
    assert "You approve 1 of them" in await bob.says("myvote")


async def test_no_talk_keeps_what_the_own_vote_was(house: House) -> None:
    alice, *others = await council(house, 3)
    first = await opened(house, to_vote("The first"))
    for member in (alice, *others):
        await member.says("vote", "3", "1")
    await closed(house, first)
    await opened(house, to_vote("The second"))
    code = code_in(await alice.says("vote", "3", "1"))
    heard = await alice.says("myvote")
    assert "A place at school" in heard
    assert "This vote is over: The first." in heard
    talk = await kept_talk(house)
    assert code not in talk
    assert "school" not in talk
