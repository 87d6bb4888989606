"""A roll is corrected while its round is open: two agree to exactly whom, and those are invited alone."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

import pytest

from handlers import rounds, sendings
from handlers.processes import OpenProcess
from handlers.writing import contents
from storage import Session
from storage import rounds as stored
from storage.sendings import StoredSending
from storage.states import Roll, SendingState
from tests.handlers.house import House
from tests.handlers.test_amendments import leaves
from tests.handlers.test_rounds import closed, opened, seated
from tests.handlers.written import to_vote
from tests.storage.rows import Somebody, sit

STAFF = "amina"
INVITED = "The council votes: What comes first."


async def missing(house: House, name: str) -> Sequence[str]:
    async def look(session: Session, process: OpenProcess, _now: object) -> Sequence[str]:
        found = await stored.get(session, name)
        assert found is not None
        return await rounds.missing(session, process, found, house.now)

    return await house.acts(look)


async def asks(house: House, name: str, seats: Sequence[str]) -> StoredSending:
    correction = contents.RollCorrection(name, tuple(seats))
    return await house.acts(
        lambda session, process, now: sendings.request_correction(session, process, correction, "First", STAFF, now)
    )


async def test_who_comes_later_is_put_on_the_roll_by_two_and_invited_alone(house: House) -> None:
    early = await seated(house, "1")
    name = await opened(house, to_vote())
    assert INVITED in await early.hears()
    assert await missing(house, name) == []
    late = await seated(house, "2")
    assert "no vote open" in await late.says("vote")
    seats = await missing(house, name)
    assert len(seats) == 1
    sending = await asks(house, name, seats)
    with pytest.raises(contents.Unfit, match="requested this already"):
        await asks(house, name, seats)
    assert await missing(house, name) == seats, "nobody has approved it"
    assert (await leaves(house, sending)).state is SendingState.LEFT
    assert INVITED in await late.hears()
    assert await early.hears() == ""
    await late.says("vote", "1", "1")
    assert await house.column("SELECT added FROM round") == [1]
    assert (await missing(house, name), await house.column("SELECT count(*) FROM roll")) == ([], [2])
    async with house.database.reading() as session:
        assert await stored.turnout(session, name) == (2, 1)


async def test_who_sits_on_two_councils_is_put_on_once_and_told_once(house: House) -> None:
    await seated(house, "1")
    name = await opened(house, to_vote())
    before = set(await house.column("SELECT person_id FROM membership"))
    late = await seated(house, "2")
    (who,) = set(await house.column("SELECT person_id FROM membership")) - before
    async with house.database.writing() as session:
        await sit(session, Somebody(who, "", "", "", house.keys.new(who), b""), house.process, on="another")
    (seat,) = await missing(house, name)
    await leaves(house, await asks(house, name, [seat]))
    assert (await late.hears()).count(INVITED) == 1
    assert (await missing(house, name), await house.column("SELECT added FROM round")) == ([], [1])


async def test_who_votes_in_nothing_but_this_council_is_named(house: House) -> None:
    await seated(house, "1")
    name = await opened(house, replace(to_vote(), roll=Roll.EVERYBODY))
    await seated(house, "2")
    assert await missing(house, name) == ()
    with pytest.raises(contents.Unfit, match="sits there no more"):
        await asks(house, name, ["0" * 32])
    with pytest.raises(contents.Unfit, match="at least one seat"):
        await asks(house, name, [])
    with pytest.raises(contents.Unfit, match="no vote of this id"):
        await asks(house, "0" * 32, ["0" * 32])


async def test_what_has_changed_since_corrects_nothing(house: House) -> None:
    await seated(house, "1")
    name = await opened(house, to_vote())
    late = await seated(house, "2")
    sending = await asks(house, name, await missing(house, name))
    await late.says("seat", "1")
    assert (await leaves(house, sending)).state is SendingState.VOID
    assert await house.column("SELECT count(*) FROM roll") == [1]


async def test_a_round_that_closes_during_the_hold_has_counted(house: House) -> None:
    await seated(house, "1")
    name = await opened(house, to_vote())
    late = await seated(house, "2")
    sending = await asks(house, name, await missing(house, name))
    await house.acts(
        lambda session, process, now: sendings.approve(session, process, sending.id, "b", sending.hash, now)
    )
    await closed(house, name)
    house.now += sendings.HOLD + timedelta(seconds=1)
    await house.does(sendings.leave_due)
    after = await house.acts(lambda session, process, _now: sendings.get(session, process, sending.id))
    assert after.state is SendingState.VOID
    assert await house.column("SELECT added FROM round") == [0]
    assert INVITED not in await late.hears()
