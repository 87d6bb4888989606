"""Our WhatsApp number is stopped for a while: whoever wrote meanwhile is answered after it, and no answer is lost."""

from datetime import timedelta

import pytest

from channels.verdicts import OUT_OF_ORDER
from demo.platforms.twilio import Fate
from storage import Keyring, circuits
from tests.stories.test_hours import Dial
from tests.stories.town import StoryTown, now, town
from tests.waiting import until


async def is_out_of_order(square: StoryTown) -> bool:
    async with square.parts.database.reading() as session:
        return [circuit.channel for circuit in await circuits.broken(session)] == ["whatsapp"]


async def works_again(square: StoryTown) -> bool:
    square.parts.hints.waker.wake_here()
    return not await is_out_of_order(square)


@pytest.mark.parametrize("code", ["63020", "30002"])
async def test_whoever_wrote_while_our_number_was_stopped_is_answered_after_it(
    database_url: str, keys: Keyring, code: str
) -> None:
    clock = Dial(now())
    async with town(database_url, keys, clock=clock) as square:
        alice, bob, carol = (square.on_whatsapp() for _person in range(3))
        square.twilio.outcomes = (Fate("failed", code),)
        alice.says("hello")
        await until(lambda: is_out_of_order(square))
        for person in (bob, carol):
            person.says("hello")
        await square.twilio.wire.settled()
        assert not any(person.chat.ours() for person in (alice, bob, carol))
        square.twilio.outcomes = (Fate("sent"), Fate("delivered"))
        clock.at += OUT_OF_ORDER + timedelta(seconds=1)
        await until(lambda: works_again(square))
        for person in (alice, bob, carol):
            await person.hears_choices("Do you want to take part?")
        await square.twilio.wire.settled()
        assert [len(person.chat.ours()) for person in (alice, bob, carol)] == [2, 2, 2]
