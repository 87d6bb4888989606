"""Whatever platforms do to messages, each who may vote has one ballot, and the last before the close counts."""

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from random import Random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from channels.messages import Message
from exports import tally
from handlers import rounds
from handlers.conversations import hear
from storage.tables import address
from tests.handlers.house import House, Writer
from tests.handlers.test_rounds import closed, opened, seated
from tests.handlers.written import to_vote
from tests.storage.rows import Somebody, sit

OPTIONS = ("clinic", "fees", "school")
CHOICES = {"1": {"clinic"}, "2": {"fees"}, "1 3": {"clinic", "school"}, "4": set[str]()}
VOTERS = 4
members = st.integers(0, VOTERS - 1)
steps = st.lists(
    st.one_of(
        st.tuples(st.just("votes"), members, st.sampled_from(sorted(CHOICES))),
        st.tuples(st.just("crashes"), members, st.sampled_from(sorted(CHOICES))),
        st.tuples(st.just("comes again"), st.integers(0, 50), st.just("")),
    ),
    max_size=9,
)


class Crash(Exception):
    """The program ends before the transaction does."""


@dataclass
class Vote:
    """A round, what its voters have sent, and what should come of it."""

    house: House
    name: str
    voters: Sequence[Writer]
    sent: list[Message] = field(default_factory=list)
    valid: dict[int, set[str]] = field(default_factory=dict)

    async def votes(self, place: int, chosen: str) -> None:
        await self._sends(place, chosen)
        self.valid[place] = CHOICES[chosen]

    async def crashes(self, place: int, chosen: str) -> None:
        """In the middle of the ballot itself, after it was written; then the platform sends it again."""
        *before, ballot = self.messages(place, chosen)
        for message in before:
            await self._takes(message)
        with pytest.raises(Crash):
            await self._takes(ballot, crashes=True)
        assert await self.cast() == len(self.valid)
        await self._takes(ballot)
        self.valid[place] = CHOICES[chosen]

    async def comes_again(self, place: int, _chosen: str) -> None:
        """A message of before, of whomever, after all that has come since."""
        if self.sent:
            await self._takes(self.sent[place % len(self.sent)])

    async def cast(self) -> int:
        ids = await self.house.column(f"SELECT id FROM ballot WHERE round_id = '{self.name}'")  # noqa: S608
        return len(ids)

    async def _sends(self, place: int, chosen: str) -> None:
        for message in self.messages(place, chosen):
            await self._takes(message)

    def messages(self, place: int, chosen: str) -> list[Message]:
        texts = ["vote", *(["1"] if place in self.valid else []), chosen, "1"]
        return [self.voters[place].message(text) for text in texts]

    async def _takes(self, message: Message, crashes: bool = False) -> None:
        if not crashes:
            await self.house.takes(message)
            self.sent.append(message)
            return
        async with self.house.database.writing() as session:
            await hear(session, self.house.deployment, [message], self.house.now)
            raise Crash


@pytest.mark.long
@settings(max_examples=8, deadline=None, suppress_health_check=list(HealthCheck))
@given(taken=steps, chance=st.integers(0, 1000))
async def test_the_last_valid_ballot_of_each_counts(
    house: House, taken: list[tuple[str, int, str]], chance: int
) -> None:
    if not await house.column("SELECT id FROM membership"):
        for sender in range(VOTERS):
            await seated(house, str(sender))
    voters = [house.meets(str(sender)) for sender in range(VOTERS)]
    vote = Vote(house, await opened(house, to_vote(rule="approval")), voters)
    for step, place, chosen in taken:
        await {"votes": vote.votes, "crashes": vote.crashes, "comes again": vote.comes_again}[step](place, chosen)
        assert await vote.cast() == len(vote.valid)
    # One has the ballot before them when it closes.
    late = chance % VOTERS
    await house.takes(*vote.messages(late, "2")[:1])
    if late in vote.valid:
        await house.takes(voters[late].message("1"))
    await house.takes(voters[late].message("2"))
    result = await closed(house, vote.name)
    assert "This vote has closed." in await voters[late].says("1")
    for message in Random(chance).sample(vote.sent, len(vote.sent)):
        await house.takes(message)
    assert await vote.cast() == 0
    assert result.voters == len(vote.valid)
    if len(vote.valid) >= rounds.LEAST_TURNOUT:
        expected = Counter(option for ballot in vote.valid.values() for option in ballot)
        assert dict(result.counts) == {option: expected[option] for option in OPTIONS}
    file = await house.acts(lambda session, process, _now: rounds.published(session, process, vote.name))
    assert len(json.loads(file.text)["codes"]) == len(vote.valid)
    for voter in voters:
        await voter.says("menu")


NUMBER, TIMES, REPEATS, TOGETHER = 1000, 3, 10, 200


@pytest.mark.long
async def test_a_thousand_vote_three_times_and_everything_comes_ten_times(house: House) -> None:
    chance = Random(11)
    voters = [house.meets(f"8{sender:05}") for sender in range(NUMBER)]
    for text in ("hello", "1", "menu"):
        await _all_say(house, voters, [text] * NUMBER, 1)
    async with house.database.writing() as session:
        for who in (await session.execute(select(address.c.person_id))).scalars().all():
            key = house.keys.new(who)
            await sit(session, Somebody(who, "", "", "", key, b""), house.process, on="council")
    name = await opened(house, to_vote(rule="majority"))
    chosen: list[str] = []
    for time in range(TIMES):
        chosen = [chance.choice(sorted(CHOICES)) for _voter in voters]
        for texts in ([["vote"] * NUMBER], [["1"] * NUMBER] if time else [], [chosen], [["1"] * NUMBER]):
            for each in texts:
                await _all_say(house, voters, each, REPEATS)
    assert len(await house.column("SELECT id FROM ballot")) == NUMBER
    result = await closed(house, name)
    expected = Counter(option for choice in chosen for option in CHOICES[choice])
    assert dict(result.counts) == {option: expected[option] for option in OPTIONS}
    assert len(await house.column("SELECT person_id FROM roll WHERE voted")) == NUMBER
    file = await house.acts(lambda session, process, _now: rounds.published(session, process, name))
    assert tally.count(json.loads(file.text))["counts"] == result.counts


async def _all_say(house: House, voters: Sequence[Writer], texts: Sequence[str], times: int) -> None:
    """In batches, as a worker takes what waits together; the repeats of one message come between those of others."""
    messages = [voter.message(text) for voter, text in zip(voters, texts, strict=True)]
    for first in range(0, len(messages), TOGETHER):
        for _time in range(times):
            await house.takes(*messages[first : first + TOGETHER])
