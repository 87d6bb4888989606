"""A reply waits no longer because somebody else writes much, and leaves only while it is one to what was written."""

from datetime import datetime, timedelta

import pytest

from handlers.talk.replies import APART, FURTHEST, MAKES_SENSE, waits_since
from storage.outbox import claims, deliveries
from storage.outbox.deliveries import Outcome
from storage.states import State
from tests.handlers.house import NOW, House

SECOND = timedelta(seconds=1)
FEW = 4


@pytest.mark.parametrize(
    ("replied", "since"),
    [
        (None, NOW),
        (NOW - timedelta(days=9), NOW),
        (NOW - APART, NOW),
        (NOW - SECOND, NOW + APART - SECOND),
        (NOW, NOW + APART),
        (NOW + 10 * APART, NOW + 11 * APART),
        (NOW + FURTHEST, NOW + FURTHEST),
    ],
)
def test_replies_to_one_person_count_as_waiting_since_later_and_later(
    replied: datetime | None, since: datetime
) -> None:
    assert waits_since(replied, NOW) == since


async def test_one_phone_keeps_nobody_else_waiting(house: House) -> None:
    """On a channel that takes one message a second."""
    flooder, *others = [house.meets(sender, "sms") for sender in ("+1", "+2", "+3", "+4")]
    for _message in range(60):
        await house.takes(flooder.message("help"))
    for other in others:
        house.now += SECOND
        await house.takes(other.message("hello"))
    answered = [await _leaves(house) for _second in range(len(others) + FEW)]
    assert [sender for sender in answered if sender != "+1"] == ["+2", "+3", "+4"]


async def test_who_writes_much_is_answered_as_quickly_where_nobody_else_waits(house: House) -> None:
    flooder = house.meets("+1", "sms")
    for _message in range(FEW):
        await house.takes(flooder.message("help"))
    assert [await _leaves(house) for _second in range(FEW)] == ["+1"] * FEW


async def _leaves(house: House) -> str | None:
    """To whom the next message leaves on SMS."""
    async with house.database.writing() as session:
        lease = house.now + timedelta(minutes=1)
        claimed = await claims.claim(session, house.keys, claims.Claim("sms", "us", house.now, lease, 1))
        await deliveries.settle(session, "us", [Outcome(delivery.id, State.SENT) for delivery in claimed], house.now)
    house.now += SECOND
    return claimed[0].to if claimed else None


async def test_a_reply_that_could_not_leave_for_a_day_never_does(house: House) -> None:
    alice, bob = house.meets("70001"), house.meets("70002")
    await house.takes(alice.message("hello"))
    house.now += SECOND
    await house.takes(bob.message("hello"))
    house.now += MAKES_SENSE - SECOND
    assert await alice.hears() == ""
    assert await bob.hears() != ""
    assert await house.column("SELECT state FROM delivery ORDER BY state") == ["expired", "sent"]
