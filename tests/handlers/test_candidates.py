"""People put themselves forward for a council, are drawn, take a seat for a term, and others follow them."""

from collections.abc import Sequence
from datetime import timedelta

import pytest

import flows
from handlers import candidates, closing, councils, member_calls, members, people, terms
from handlers.councils import Places
from handlers.writing import contents
from storage import councils as stored_councils
from storage import member_calls as stored_calls
from storage.candidates import PoolCandidate
from storage.states import SeatKind, SendingState
from tests.handlers.house import NOW, House, Writer

YOUTH = contents.Council({"en": "Youth council", "fr": "Conseil des jeunes"}, term=100, rest=1, rest_in="terms")
AGE = flows.QuotaFact(
    "age",
    {"en": "How old are you?"},
    {"en": "So that young and old people are drawn."},
    (flows.Option("young", {"en": "Under 30"}), flows.Option("old", {"en": "30 or more"})),
)


def to_call(seats: int = 1) -> contents.MemberCall:
    return contents.MemberCall(
        seats=seats,
        asks={"en": "Two hours a month, by phone", "fr": "Deux heures par mois"},
        gives={"en": "20 euros an hour", "fr": "20 euros par heure"},
        closes=(NOW + timedelta(days=10)).date(),
        facts=(AGE,),
    )


async def council_of(house: House, seats: int = 1, content: contents.Council = YOUTH) -> str:
    council = await house.acts(lambda session, process, now: councils.open_(session, process, content, now))
    if seats:
        places = Places(seats, SeatKind.DRAWN)
        await house.acts(lambda session, process, now: councils.add_seats(session, process, council.id, places, now))
    return council.id


async def called(house: House, council_id: str, seats: int = 1) -> str:
    call = to_call(seats)
    return await house.acts(
        lambda session, process, now: member_calls.open_now(session, process, council_id, call, "terminal", now)
    )


async def pool(house: House, council_id: str) -> Sequence[PoolCandidate]:
    return await house.acts(
        lambda session, process, now: candidates.pool(session, house.keys, process, council_id, now)
    )


async def id_of(house: House, writer: Writer) -> str:
    """As only the database knows it."""
    index = house.keys.index(writer.channel, writer.sender)
    query = (
        "SELECT candidate.id FROM candidate JOIN address USING (person_id) "  # noqa: S608
        f"WHERE address.\"index\" = '{index}'"
    )
    [name] = await house.column(query)
    return str(name)


async def drawn(house: House, call: str, first: Sequence[Writer], others: Sequence[Writer] = ()) -> None:
    names = [await id_of(house, writer) for writer in first]
    following = [await id_of(house, writer) for writer in others]
    await house.acts(lambda session, process, now: candidates.seat_drawn(session, process, call, names, following, now))


async def standing(house: House, *senders: str) -> list[Writer]:
    writers = [await house.meets(sender).joins() for sender in senders]
    for writer in writers:
        assert "You have put yourself forward." in await writer.says("candidate", "1", "1")
    return writers


async def sitting(house: House, council_id: str) -> int:
    return len(
        await house.acts(lambda session, process, _now: stored_councils.members(session, process.id, council_id))
    )


async def test_a_call_says_what_it_asks_and_gives_and_who_answers_it_stands(house: House) -> None:
    alice = await house.meets("1").joins()
    council = await council_of(house)
    assert "No council looks for members now." in await alice.says("candidate")
    await called(house, council)
    heard = await alice.hears()
    assert "A council looks for members: Youth council." in heard
    assert "What we ask of you: Two hours a month, by phone" in heard
    assert "What you get: 20 euros an hour" in heard
    assert "CANDIDATE: Join a council" in await alice.says("help")
    assert "You can withdraw at any time." in await alice.says("candidate")
    question = await alice.says("1")
    assert "How old are you?\nSo that young and old people are drawn." in question
    assert "I'd rather not say" in question
    assert "You have put yourself forward." in await alice.says("2")
    [candidate] = await pool(house, council)
    assert candidate.facts == {"age": "old"}


async def test_a_fact_need_not_be_said_and_who_thinks_again_does_not_stand(house: House) -> None:
    council = await council_of(house)
    await called(house, council)
    alice, bob = await house.meets("1").joins(), await house.meets("2").joins()
    await alice.says("candidate", "1", "3")
    assert "You do not stand." in await bob.says("candidate", "2")
    [candidate] = await pool(house, council)
    assert candidate.facts == {}


async def test_the_same_word_withdraws_and_nothing_is_left(house: House) -> None:
    council = await council_of(house)
    await called(house, council)
    [alice] = await standing(house, "1")
    assert "Nothing has changed." in await alice.says("candidate", "2")
    assert "You have withdrawn." in await alice.says("candidate", "1")
    assert await house.column("SELECT id FROM candidate") == []
    assert "You have put yourself forward." in await alice.says("candidate", "1", "1")


@pytest.mark.parametrize("words", [("leave", "1"), ("forget", "1")])
async def test_who_leaves_or_is_forgotten_stands_no_more(house: House, words: tuple[str, ...]) -> None:
    council = await council_of(house)
    await called(house, council)
    [alice] = await standing(house, "1")
    await alice.says(*words)
    assert await house.column("SELECT id FROM candidate") == []


async def test_nothing_is_left_of_candidates_when_the_process_is_over(house: House) -> None:
    council = await council_of(house)
    await called(house, council)
    await standing(house, "1")
    await house.acts(lambda session, process, now: closing.close(session, process, house.keys, now))
    assert await house.column("SELECT id FROM candidate") == []


async def test_who_is_drawn_takes_the_seat_for_a_term_and_the_others_are_told(house: House) -> None:
    council = await council_of(house)
    call = await called(house, council)
    alice, bob, cosma = await standing(house, "1", "2", "3")
    await drawn(house, call, [alice], [bob])
    assert "You were drawn by lot for a seat on this council: Youth council." in await alice.hears()
    assert "You follow when a seat becomes free" in await bob.hears()
    assert "You were not drawn." in await cosma.hears()
    assert "Do you take the seat?" in await alice.says("candidate")
    heard = await alice.says("1")
    assert "Your term ends on March 2, 2027." in heard
    assert "Welcome to the council." in heard
    assert await sitting(house, council) == 1
    assert await pool(house, council) == []


async def test_who_declines_or_says_nothing_makes_room_for_who_follows_once(house: House) -> None:
    council = await council_of(house, seats=2)
    call = await called(house, council, seats=2)
    alice, bob, cosma, dora = await standing(house, "1", "2", "3", "4")
    await drawn(house, call, [alice, bob], [cosma, dora])
    for writer in (alice, bob, cosma, dora):
        await writer.hears()
    assert "somebody else gets the seat" in await alice.says("candidate", "2")
    for number in (1, 0):
        assert await house.does(candidates.follow_due) == number
    assert "A seat is free on this council, and you are the next" in await cosma.hears()
    house.now += timedelta(days=6)
    await cosma.says("candidate", "1")
    assert await house.does(candidates.follow_due) == 0
    house.now += timedelta(days=1)
    for number in (2, 0):
        assert await house.does(candidates.follow_due) == number
    assert "You did not say in time" in await bob.hears()
    assert "you are the next" in await dora.hears()
    assert "This seat is not kept for you any more." not in await dora.says("candidate", "1")
    assert await sitting(house, council) == 2


async def test_an_answer_that_comes_too_late_gives_no_seat(house: House) -> None:
    council = await council_of(house)
    call = await called(house, council)
    [alice] = await standing(house, "1")
    await drawn(house, call, [alice])
    await alice.says("candidate")
    house.now += timedelta(days=8)
    assert "This seat is not kept for you any more." in await alice.says("1")
    assert await sitting(house, council) == 0


async def test_more_than_are_vacant_are_never_drawn_and_who_withdrew_is_passed_over(house: House) -> None:
    council = await council_of(house)
    call = await called(house, council)
    alice, bob = await standing(house, "1", "2")
    with pytest.raises(contents.Unfit, match="More were drawn"):
        await drawn(house, call, [alice, bob])
    names = [await id_of(house, writer) for writer in (alice, bob)]
    await alice.says("candidate", "1")
    await house.acts(lambda session, process, now: candidates.seat_drawn(session, process, call, names, (), now))
    assert "You were drawn by lot" in await bob.hears()
    with pytest.raises(contents.Unfit, match="drawn already"):
        await drawn(house, call, [bob])


async def test_a_term_ends_once_and_its_member_is_told_before_and_then(house: House) -> None:
    council = await council_of(house)
    call = await called(house, council)
    [alice] = await standing(house, "1")
    await drawn(house, call, [alice])
    await alice.says("candidate", "1")
    assert await house.does(terms.warn) == await house.does(terms.end_due) == 0
    house.now += timedelta(days=80)
    for number in (1, 0):
        assert await house.does(terms.warn) == number
    assert "Your term on this council ends on March 2, 2027: Youth council." in await alice.hears()
    house.now += timedelta(days=19)
    assert await house.does(terms.end_due) == 0
    house.now += timedelta(days=1)
    for number in (1, 0):
        assert await house.does(terms.end_due) == number
    assert "Your term on this council has ended: Youth council." in await alice.hears()
    assert await sitting(house, council) == 0
    assert "You do not sit on the council." in await alice.says("seat")


async def test_who_sat_sits_out_for_as_long_as_the_rules_say(house: House) -> None:
    council = await council_of(house)
    call = await called(house, council)
    [alice] = await standing(house, "1")
    await drawn(house, call, [alice])
    await alice.says("candidate", "1")
    await alice.says("seat", "1")
    call = await called(house, council)
    await alice.says("candidate", "1", "1")
    assert await pool(house, council) == []
    house.now += timedelta(days=100)
    assert len(await pool(house, council)) == 1


async def code_for(house: House, council_id: str, seat_id: str | None = None) -> str:
    return await house.acts(
        lambda session, process, now: people.invite(
            session, house.keys, process, now, council_id=council_id, seat_id=seat_id
        )
    )


async def test_somebody_on_two_councils_says_which_seat_they_give_up(house: House) -> None:
    alice = await house.meets("1").joins()
    first = await council_of(house, 0)
    house.now += timedelta(minutes=1)
    both = [first, await council_of(house, 0, contents.Council({"en": "Health council"}))]
    for name in both:
        code = await code_for(house, name)
        assert "The name of this council" in await alice.says(code)
        assert "The name of this council" not in await alice.says(code)
    question = await alice.says("seat")
    assert "Which seat do you want to give up?\nYouth council\nHealth council" in question
    await alice.says("1", "1")
    assert [await sitting(house, name) for name in both] == [0, 1]
    await alice.says("seat", "1")
    assert [await sitting(house, name) for name in both] == [0, 0]


async def test_a_seat_of_an_organization_is_taken_by_its_own_code_alone(house: House) -> None:
    council = await council_of(house, 0)
    places = Places(1, SeatKind.ORGANIZATION, "Harbour Nurses")
    [seat] = await house.acts(lambda session, process, now: councils.add_seats(session, process, council, places, now))
    alice, bob = await house.meets("1").joins(), await house.meets("2").joins()
    codes = [await code_for(house, council, seat) for _time in range(2)]
    assert "Welcome to the council." in await alice.says(codes[0])
    assert "Welcome to the council." not in await bob.says(codes[1])
    [shown] = await house.acts(lambda session, process, _now: councils.seats_of(session, process, council))
    assert (shown.organization, shown.since) == ("Harbour Nurses", NOW.date())
    await house.acts(lambda session, process, now: members.remove(session, process, seat, now))
    assert "Welcome to the council." in await bob.says(codes[1])


async def test_a_second_person_approves_exactly_what_was_requested(house: House) -> None:
    council, call = await council_of(house), to_call()
    name = await house.acts(
        lambda session, process, now: member_calls.request(session, process, council, call, "olga", now)
    )
    found = await house.acts(lambda session, process, _now: member_calls.get(session, process, name))

    async def approved(staff: str, shown: str) -> SendingState:
        return await house.acts(
            lambda session, process, now: member_calls.approve(session, process, name, staff, shown, now)
        )

    with pytest.raises(contents.Unfit, match="somebody else"):
        await approved("olga", found.hash)
    with pytest.raises(contents.Unfit, match="not what you had before you"):
        await approved("pavel", "another")
    changed = contents.Council({"en": "Elders' council"})
    await house.acts(lambda session, process, now: councils.change(session, process, council, changed, now))
    assert await approved("pavel", found.hash) is SendingState.VOID
    [shown] = await house.acts(lambda session, process, _now: stored_calls.of_council(session, process.id, council))
    assert shown.opened is None
