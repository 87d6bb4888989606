"""A council is given a power and loses it, and approves what leaves; nothing of it leaves in any other way."""

import asyncio
from datetime import datetime, timedelta

import pytest

from handlers import councils, rounds, rulings, sendings
from handlers.sendings import EMERGENCY_HOLD, HOLD
from handlers.writing import contents
from storage import Session
from storage import rounds as stored_rounds
from storage.sendings import StoredSending
from storage.states import Power, SendingState
from tests.handlers.deciding import ABSTAIN, NO, THREE, YES, deciding, keeps, seated, settles, votes
from tests.handlers.house import House, Writer
from tests.handlers.items import FRENCH, SECOND, TEXT, drafted, translates, writes
from tests.handlers.test_sendings import calls_back, held, lets, now_, number_of, requests
from tests.storage.rows import until_somebody_waits

CALLED = "The council votes: News that we want to send."
UNNEEDED = "Your vote is not needed any more"


async def changes(house: House, council: str, *powers: Power, days: int = 3) -> None:
    new = contents.Council({"en": "Youth council"}, powers=powers, answers_within=days)
    await house.acts(lambda session, process, now: councils.change(session, process, council, new, now))


async def put(house: House, **plan: object) -> tuple[StoredSending, str, list[Writer]]:
    """Something that two approved and three now vote on; with the council."""
    council = await deciding(house, Power.BULLETINS)
    members = await seated(house, council, *THREE)
    sending = await held(house, **plan)
    await keeps(house, HOLD)
    sending = await now_(house, sending)
    assert sending.state is SendingState.WITH_COUNCIL
    for member in members:
        assert CALLED in await member.hears()
    return sending, council, members


async def alone(house: House, sending: StoredSending, reason: str = "The bridge is closed.") -> StoredSending:
    return await house.acts(
        lambda session, process, now: sendings.approve_alone(
            session, process, sending.id, SECOND, sending.hash, reason, now
        )
    )


async def test_what_most_say_yes_to_leaves_once_everybody_has_voted(house: House) -> None:
    outsider = await house.meets("70001").joins()
    sending, _council, members = await put(house)
    for member, answer in zip(members, (YES, YES, NO), strict=True):
        assert await number_of(house, "bulletin") == 0
        assert "We have your vote." in await votes(member, answer)
        assert TEXT not in await outsider.hears()
    await keeps(house)
    assert (await now_(house, sending)).state is SendingState.LEFT
    assert TEXT in await outsider.hears()
    heard = await members[0].hears()
    assert "More said yes than no to: The hearing is on Friday." in heard
    assert TEXT in heard.partition("More said yes")[2]
    assert await settles(house) == 0
    assert await number_of(house, "bulletin") == 1


@pytest.mark.parametrize("answers", [(YES, NO, NO), (YES, NO, ABSTAIN), (YES, YES), ()])
async def test_what_fewer_approve_never_leaves(house: House, answers: tuple[str, ...]) -> None:
    """With fewer than three who chose there is no result: it would show who chose what."""
    sending, _council, members = await put(house)
    for member, answer in zip(members, answers, strict=False):
        await votes(member, answer)
    await keeps(house, timedelta(days=4))
    assert (await now_(house, sending)).state is SendingState.REFUSED
    assert await number_of(house, "bulletin") == 0
    with pytest.raises(contents.Unfit, match="no longer on its way"):
        await lets(house, sending)
    assert (await requests(house, sending.item_id or "")).state is SendingState.REQUESTED


async def test_members_read_every_word_in_their_language_before_they_vote(house: House) -> None:
    council = await deciding(house, Power.BULLETINS)
    (member,) = await seated(house, council, THREE[0])
    await member.says("language", "2")
    await seated(house, council, *THREE[1:])
    long = " ".join(f"Demain numéro {number}." for number in range(70))
    name = await drafted(house)
    await translates(house, name, long)
    await lets(house, await requests(house, name))
    await keeps(house, HOLD)
    await member.says("voter")
    heard = await member.says("2")
    assert "Demain numéro 69." in heard
    assert "Demain numéro 0." in heard


async def test_it_is_said_that_the_vote_may_end_sooner_and_it_goes_on_until_its_day_where_somebody_is_missing(
    house: House,
) -> None:
    sending, _council, members = await put(house)
    assert "ends sooner when everybody has voted" in await members[0].says("vote")
    assert "ends sooner when everybody has voted" in await members[0].says("1")
    assert "ends sooner when everybody has voted" in await members[0].says("1", "1")
    await votes(members[1], YES)
    await keeps(house, timedelta(days=2))
    assert (await now_(house, sending)).state is SendingState.WITH_COUNCIL


async def test_an_edit_takes_it_from_the_council_which_is_told(house: House) -> None:
    sending, _council, members = await put(house)
    await votes(members[0], YES)
    await writes(house, sending.item_id or "", "Come to the old bridge.")
    for member in members[1:]:
        await votes(member, YES)
    await keeps(house)
    assert (await now_(house, sending)).state is SendingState.VOID
    assert UNNEEDED in await members[0].hears()
    assert await number_of(house, "bulletin") == 0


async def test_what_is_called_back_while_the_council_votes_never_leaves(house: House) -> None:
    sending, _council, members = await put(house)
    for member in members:
        await votes(member, YES)
    assert (await calls_back(house, sending)).state is SendingState.CALLED_BACK
    await keeps(house)
    assert await number_of(house, "bulletin") == 0
    assert UNNEEDED in await members[0].hears()
    assert await house.column("SELECT count(*) FROM round WHERE closed IS NULL") == [0]


async def test_a_power_that_is_taken_while_the_council_votes_lets_nothing_leave(house: House) -> None:
    """Else whoever wants to go round the council takes its power for a minute."""
    sending, council, members = await put(house)
    for member in members:
        await votes(member, YES)
    await changes(house, council)
    assert "does not approve our news any more: Youth council" in await members[0].hears()
    await keeps(house)
    assert (await now_(house, sending)).state is SendingState.VOID
    assert "does not decide this any more" in await members[0].hears()
    again = await lets(house, await requests(house, sending.item_id or ""))
    await keeps(house, HOLD)
    assert (await now_(house, again)).state is SendingState.LEFT


async def test_the_vote_is_void_where_another_council_has_the_power_by_now(house: House) -> None:
    sending, council, members = await put(house)
    for member in members:
        await votes(member, YES)
    await changes(house, council)
    await deciding(house, Power.BULLETINS)
    await keeps(house)
    assert (await now_(house, sending)).state is SendingState.VOID


async def test_a_vote_that_somebody_closed_before_its_day_decides_nothing(house: House) -> None:
    """Else whoever watches could close it while it goes their way."""
    sending, _council, members = await put(house)
    for member in members[:2]:
        await votes(member, YES)
    (name,) = await house.column("SELECT id FROM round")
    await house.acts(lambda session, process, now: rounds.close(session, process, house.keys, name, now))
    await keeps(house)
    assert (await now_(house, sending)).state is SendingState.VOID


@pytest.mark.parametrize("meanwhile", [False, True])
async def test_an_emergency_goes_round_the_council_which_reads_why(house: House, meanwhile: bool) -> None:
    if meanwhile:
        sending, _council, members = await put(house)
        await votes(members[0], NO)
    else:
        members = await seated(house, await deciding(house, Power.BULLETINS), *THREE)
        sending = await requests(house, await drafted(house))
    assert (await alone(house, sending)).state is SendingState.HELD
    await keeps(house, EMERGENCY_HOLD)
    assert (await now_(house, sending)).state is SendingState.LEFT
    heard = await members[0].hears()
    assert TEXT in heard
    assert "without the vote of your council. It begins: The hearing is on Friday." in heard
    assert "The bridge is closed." in heard
    assert (UNNEEDED in heard) is meanwhile
    assert await number_of(house, "bulletin") == 1


async def test_what_two_approved_before_the_council_had_the_power_waits_for_it(house: House) -> None:
    council = await deciding(house)
    members = await seated(house, council, *THREE)
    sending = await held(house)
    await changes(house, council, Power.BULLETINS)
    assert "From now on this council approves our news before it is sent: Youth council" in await members[0].hears()
    await keeps(house, HOLD)
    assert (await now_(house, sending)).state is SendingState.WITH_COUNCIL


async def test_a_council_of_two_can_approve_nothing_and_that_is_said_to_who_approves(house: House) -> None:
    await seated(house, await deciding(house, Power.BULLETINS), *THREE[:2])
    sending = await requests(house, await drafted(house))
    with pytest.raises(contents.Unfit, match="fewer than 3 members"):
        await lets(house, sending)
    assert (await alone(house, sending)).state is SendingState.HELD


async def test_what_ends_before_the_council_has_voted_is_not_approved(house: House) -> None:
    await seated(house, await deciding(house, Power.BULLETINS), *THREE)
    sending = await requests(house, await drafted(house, not_after=house.now.date() + timedelta(days=2)))
    with pytest.raises(contents.Unfit, match="can vote until"):
        await lets(house, sending)


async def test_members_who_leave_leave_nothing_to_wait_for(house: House) -> None:
    sending, _council, members = await put(house)
    for member in members:
        await member.says("seat", "1")
    await keeps(house)
    assert (await now_(house, sending)).state is SendingState.REFUSED


async def test_killed_between_the_vote_and_the_leaving_it_leaves_once(house: House) -> None:
    sending, _council, members = await put(house)
    for member in members:
        await votes(member, YES)
    async with house.database.reading() as session:
        (name,) = await rulings.to_end(session)
    async with house.database.writing() as session:
        assert await rulings.end(session, house.keys, name, house.now)
    async with house.database.writing() as session:
        assert not await rulings.end(session, house.keys, name, house.now)
    with pytest.raises(KeyError):
        await house.does(_leaves_and_is_killed)
    assert (await now_(house, sending)).state is SendingState.WITH_COUNCIL
    assert await number_of(house, "bulletin") == 0
    assert await house.does(sendings.leave_due) == 1
    assert await house.does(sendings.leave_due) == 0
    assert await number_of(house, "bulletin") == 1


async def _leaves_and_is_killed(session: Session, now: datetime) -> None:
    assert await sendings.leave_due(session, now) == 1
    raise KeyError


async def test_two_workers_open_one_vote_and_let_it_leave_once(postgresql_house: House) -> None:
    house = postgresql_house
    members = await seated(house, await deciding(house, Power.BULLETINS), *THREE)
    await held(house)
    house.now += HOLD
    await asyncio.gather(*(house.does(sendings.leave_due) for _worker in range(3)))
    assert await number_of(house, "round") == 1
    for member in members:
        await votes(member, YES)
    await asyncio.gather(*(settles(house) for _worker in range(3)))
    await keeps(house)
    assert await number_of(house, "bulletin") == 1


async def test_who_votes_while_it_ends_is_counted_or_told_that_it_is_too_late(postgresql_house: House) -> None:
    house = postgresql_house
    _sending, _council, members = await put(house)
    for member in members:
        await votes(member, YES)
    (name,) = await house.column("SELECT id FROM round")
    await members[0].says("vote", "1", "2")
    async with house.database.writing() as session:
        assert await rulings.end(session, house.keys, name, house.now)
        late = asyncio.create_task(members[0].says("1"))
        await until_somebody_waits(session)
    assert "This vote has closed" in await late


async def test_only_one_council_holds_a_power(house: House) -> None:
    await deciding(house, Power.BULLETINS)
    await deciding(house, Power.QUESTIONS)
    with pytest.raises(contents.Unfit, match="Another council holds this power: Youth council"):
        await deciding(house, Power.BULLETINS)


@pytest.mark.parametrize("days", [0, 31])
async def test_a_council_has_from_one_to_thirty_days(house: House, days: int) -> None:
    with pytest.raises(contents.Unfit, match="from 1 to 30 days"):
        await deciding(house, Power.BULLETINS, days=days)


async def test_what_a_council_decided_by_a_power_is_no_news_of_its_own(house: House) -> None:
    _sending, _council, members = await put(house)
    for member in members:
        await votes(member, YES)
    await keeps(house)
    async with house.database.reading() as session:
        day = timedelta(days=1)
        assert not await stored_rounds.closed_between(session, house.process, house.now - day, house.now + day)
    assert await number_of(house, "round_matter") == 0


async def test_what_is_published_at_the_terminal_cannot_go_round_the_council(house: House) -> None:
    await house.acts(lambda session, process, _now: rulings.check_unheld(session, process, Power.BULLETINS))
    await deciding(house, Power.BULLETINS)
    with pytest.raises(contents.Unfit, match="A council decides on this"):
        await house.acts(lambda session, process, _now: rulings.check_unheld(session, process, Power.BULLETINS))
    await house.acts(lambda session, process, _now: rulings.check_unheld(session, process, Power.QUESTIONS))


async def test_the_french_words_are_those_that_were_approved(house: House) -> None:
    reader = await house.meets("70002").joins("français")
    council = await deciding(house, Power.BULLETINS)
    members = await seated(house, council, *THREE)
    name = await drafted(house)
    await translates(house, name)
    await lets(house, await requests(house, name))
    await keeps(house, HOLD)
    for member in members:
        await votes(member, YES)
    await keeps(house)
    assert FRENCH in await reader.hears()
