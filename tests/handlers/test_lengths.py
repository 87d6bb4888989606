"""Whoever has only the database learns nothing from how long what is sealed there is."""

import dataclasses
from collections.abc import Iterator
from itertools import combinations, cycle

import pytest

import channels
import council
import flows
from channels.messages import Kind, Message
from flows._papers import PAPERS
from handlers import processes
from handlers.talk.standing import KeptTalk, Standing, packed, room
from handlers.talk.visits import BALLOT_ROOM
from handlers.writing import contents
from locales import languages
from storage import Keyring, events, round_keys
from storage._ground.columns import Sealed
from storage.ballot_codes import new_code
from storage.keys import padded
from storage.tables import address, ballot, contribution, metadata, participation
from tests.council.scored import asked_for, scored
from tests.handlers.house import NOW, House
from tests.handlers.test_proofs import PROVEN
from tests.handlers.test_rounds import opened, seated
from tests.handlers.written import matter, to_vote

MATTERS = tuple(matter(f"{'m' * 36}_{number}", f"{number} {'x' * size}") for number, size in enumerate((1, 9, 40, 78)))
FOUR = dataclasses.replace(to_vote(), matters=MATTERS)
SIZES = {
    "ballot": "SELECT length(content) FROM ballot",
    "reply": "SELECT length(body) FROM delivery WHERE body IS NOT NULL",
    "talk": "SELECT length(talk) FROM address",
}


def ballots(number: int) -> Iterator[str]:
    """Every way to answer by numbers, from none of these to all of them."""
    yield str(number + 1)
    yield str(number + 2)
    for size in range(1, number + 1):
        for chosen in combinations(range(1, number + 1), size):
            yield " ".join(str(place) for place in chosen)


@pytest.mark.parametrize("channel", ["telegram", "sms"])
async def test_all_ballots_and_what_is_said_to_them_look_alike(house: House, channel: str) -> None:
    member = await seated(house, "1", channel)
    await opened(house, FOUR)
    await member.says("vote", "1")
    await member.says("1")
    seen: dict[tuple[str, int], set[tuple[int, ...]]] = {(what, step): set() for what in SIZES for step in (0, 1)}
    for chosen in ballots(len(MATTERS)):
        await member.says("vote", "1")
        for step, message in enumerate((chosen, "1")):
            await house.takes(member.message(message))
            for what, query in SIZES.items():
                seen[what, step].add(tuple(await house.column(query)))
            await member.hears()
    assert {place: len(sizes) for place, sizes in seen.items()} == dict.fromkeys(seen, 1)


async def test_the_longest_ballots_look_like_the_shortest(house: House) -> None:
    letters = "\N{ARABIC LETTER ALEF}" * 36
    many = tuple(matter(f"{'m' * 37}_{number:02}", f"{number}{letters}") for number in range(contents.MOST_OPTIONS))
    member = await seated(house, "1")
    await opened(house, dataclasses.replace(to_vote(), matters=many))
    await member.says("vote", "1", "1")
    seen: tuple[set[object], set[object]] = (set(), set())
    for chosen in ("1", " ".join(str(number + 1) for number in range(len(many)))):
        await member.says("vote", "1")
        for step, message in enumerate((chosen, "1")):
            await house.takes(member.message(message))
            seen[step].add(tuple([tuple(await house.column(query)) for query in SIZES.values()]))
            await member.hears()
    assert [len(sizes) for sizes in seen] == [1, 1]


async def test_what_is_said_of_an_own_ballot_does_not_show_it(house: House) -> None:
    """Whoever asks again for the vote reads what they chose: neither the reply nor the talk tells it by its length."""
    member = await seated(house, "1")
    await opened(house, FOUR)
    await member.says("vote", "1", "1")
    seen = set()
    for chosen in ballots(len(MATTERS)):
        await member.says("vote", "1", chosen, "1")
        await house.takes(member.message("vote"))
        seen.add(tuple([tuple(await house.column(SIZES[what])) for what in ("reply", "talk")]))
        heard = await member.hears()
        assert "You approve" in heard or "You abstain" in heard
    assert len(seen) == 1


async def test_a_talk_that_holds_a_ballot_does_not_show_it(house: House) -> None:
    """Whoever finds a ballot wrong that is read back is asked again: the talk keeps what they sent."""
    member = await seated(house, "1")
    await opened(house, FOUR)
    seen = set()
    for chosen in ballots(len(MATTERS)):
        await member.says("vote", chosen)
        assert "Which of these do you approve?" in await member.says("2")
        seen.add(tuple(await house.column(SIZES["talk"])))
        await member.says("menu")
    assert len(seen) == 1


async def test_a_talk_that_waits_for_the_second_step_does_not_show_the_ballot(house: House) -> None:
    await house.does(lambda session, now: processes.begin(session, PROVEN, now))
    member = await seated(house, "1", "sms")
    await opened(house, FOUR)
    seen = set()
    for chosen in ballots(len(MATTERS)):
        await member.says("vote", chosen)
        assert "Is it really you?" in await member.says("1")
        seen.add(tuple(await house.column(SIZES["talk"])))
        await member.says("menu")
    assert len(seen) == 1


@pytest.mark.parametrize("choice", ["1", "2", "3"])
async def test_where_a_newcomer_lives_cannot_be_told_from_the_talk(house: House, choice: str) -> None:
    writer = house.meets()
    await writer.says("hello", "1", "menu", "region", choice)
    assert await house.column(SIZES["talk"]) == [1024 + 29]


def test_every_sealed_column_has_a_step() -> None:
    steps = {
        f"{table.name}.{column.name}": column.type.step
        for table in metadata.tables.values()
        for column in table.columns
        if isinstance(column.type, Sealed)
    }
    assert steps
    assert all(step >= 64 for step in steps.values()), steps


def test_the_record_of_every_consent_is_equally_long() -> None:
    records = (f"{version} {language} {channel} 2026-11-23" for version in ("1", "100") for language in languages()
               for channel in channels.kinds())  # fmt: skip
    assert len({len(padded(record.encode(), participation.c.consent)) for record in records}) == 1


def test_every_usual_address_is_equally_long() -> None:
    senders = ("7", "70001", "-1001234567890123", "+12025550123", "+442079460000", "whatsapp:+999123456789012")
    assert len({len(padded(sender.encode(), address.c.external)) for sender in senders}) == 1


LONGEST = tuple(matter(f"{'m' * 37}_{number:02}", f"{number:02}{'x' * 78}") for number in range(contents.MOST_OPTIONS))
"""The longest list that an organizer can put to the vote."""
VALUES = tuple(choice.value for choice in LONGEST)
every_rule = pytest.mark.parametrize("rule", council.every_rule().values(), ids=council.every_rule())


def values(rule: council.Rule) -> tuple[str, ...]:
    return VALUES[: rule.kind.most_matters]


def held(rule: council.Rule, vote: object) -> Iterator[tuple[KeptTalk, flows.Turn]]:
    """A vote on the longest list, turn by turn, by somebody who reads everything, and finds the first ballot wrong."""
    matters = LONGEST[: rule.kind.most_matters]
    opened = flows.OpenRound(
        "r" * 26, {"en": "What comes first"}, matters, NOW.date(), voted=True, rule=rule.name, explained=values(rule)
    )
    surroundings = flows.Surroundings(flows.Process({"en": "Review"}, {"en": "Forum"}, ("en",), ()))
    talk = KeptTalk("vote", flows.flows()["vote"].edition, flows.Kept("en", "sms", consented=True, round=opened))
    turn = talk.opened(surroundings)
    typed = cycle(PAPERS[council.every_rule()[rule.name].kind].typed(values(rule), vote))
    while turn.question is not None:
        yield talk, turn
        answer = answered(turn.question, talk, typed)
        turn, talk = talk.played(surroundings).go_on(answer), talk.answered(answer)
    yield talk, turn


def answered(question: flows.Ask, talk: KeptTalk, typed: Iterator[str]) -> flows.Answer:
    if question.offered == ("yes", "no"):
        return "yes" if "no" in talk.answers else "no"
    if set(question.offered) <= {"vote", "read", "ask", "keep"}:
        return "read" if "read" in question.offered else "vote"
    if set(question.offered) <= set(VALUES):
        return question.offered[0]
    answer = flows.read(question, Message("sms", "event", "sender", Kind.TEXT, next(typed)), "")
    assert not isinstance(answer, flows.Unread)
    return answer


def kept(talk: KeptTalk, turn: flows.Turn) -> int:
    standing = Standing((talk,)).asking("1", turn.question)
    return len(padded(packed(standing).encode(), address.c.talk, room(standing)))


def sealed_as(filled_in: str) -> int:
    text = round_keys.packed(round_keys.Ballot(filled_in, new_code(), NOW.isoformat()))
    return len(padded(text.encode(), ballot.c.content))


@every_rule
def test_no_vote_can_be_told_from_its_length(rule: council.Rule) -> None:
    """Where this fails, the step of the column `ballot.matters`, or `VOTE` of the talk, is too small for a ballot."""
    talks: dict[int, set[int]] = {}
    votes = sorted((None, *rule.kind.examples(values(rule))), key=lambda vote: len(rule.packed(vote)))
    cast = {sealed_as(rule.packed(vote)) for vote in votes}
    for vote in (votes[0], votes[1], votes[-1]):
        *open_, (_talk, over) = held(rule, vote)
        for talk, turn in open_:
            talks.setdefault(len(talk.answers), set()).add(kept(talk, turn))
            # What is offered follows in the same message.
            assert turn.question
            assert len("\n\n".join((*turn.texts, turn.question.text)).encode()) < BALLOT_ROOM / 2
        # The menu follows in the same message.
        assert len("\n\n".join(over.texts).encode()) < BALLOT_ROOM / 2
    assert {len(sizes) for sizes in (*talks.values(), cast)} == {1}


def test_a_rule_whose_ballots_take_more_than_their_place_is_found() -> None:
    with scored() as rule, asked_for(rule):
        long = dataclasses.replace(
            rule.kind, examples=lambda matters: [dict.fromkeys(matters, number) for number in (0, 10**99)]
        )
        with pytest.raises(AssertionError):
            test_no_vote_can_be_told_from_its_length(dataclasses.replace(rule, kind=long))


def test_a_rule_that_fits_is_not_told_from_its_length() -> None:
    with scored() as rule, asked_for(rule):
        test_no_vote_can_be_told_from_its_length(rule)


def test_every_usual_reference_to_a_voice_note_is_equally_long() -> None:
    twilio = f"https://api.twilio.com/2010-04-01/Accounts/AC{'0' * 32}/Messages/MM{'0' * 32}/Media/ME{'0' * 32}"
    references = ("AwACAgQ" + "A" * 60, "AwACAgQ" + "A" * 80, twilio)
    assert len({len(padded(reference.encode(), contribution.c.voice)) for reference in references}) == 1


async def test_what_was_parked_does_not_show_what_was_chosen(house: House, keys: Keyring) -> None:
    for number, text in enumerate(("1", "1 2 3 4", "stop", "Yes, I agree")):
        body = contents.pack(Message("sms", f"e{number}", "+12025550123", Kind.TEXT, text))
        async with house.database.writing() as session:
            await events.park(session, keys, events.NewParked(f"e{number}", "sms", "i", body, "KeyError", house.now))
    assert len(set(await house.column("SELECT length(body) FROM parked"))) == 1
