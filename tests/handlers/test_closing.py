"""Who writes to a process that is over is told so, and nothing more is taken from anybody."""

from dataclasses import replace
from datetime import timedelta

import pytest

from handlers import bulletins, closing, people
from handlers.writing import contents
from storage import outbox
from storage.outbox import claims, deliveries
from storage.outbox.deliveries import Outcome
from storage.states import State
from tests.handlers.house import NOW, House

OVER = "This review is over: Regional review. You can no longer take part in it."


async def closes(house: House) -> None:
    await house.acts(lambda session, process, now: closing.close(session, process, house.keys, now))
    await house.sends()
    house.left.clear()


async def test_who_is_new_is_told_that_it_is_over_and_asked_nothing(house: House) -> None:
    await closes(house)
    bob = house.meets()
    assert await bob.says("hello") == OVER
    assert await bob.says("1") == OVER
    assert "Regional review" in await bob.says("help")
    assert await house.column("SELECT consented FROM participation") == [False]


async def test_a_machine_that_answers_is_not_told_for_ever(house: House) -> None:
    await closes(house)
    machine = house.meets()
    heard = [await machine.says("I am away until Monday.") for _time in range(40)]
    assert sum(map(bool, heard)) < 10


@pytest.mark.parametrize("words", ["share", "People wait for their papers for two years here."])
async def test_who_takes_part_gives_nothing_more_and_reads_on_what_they_gave(house: House, words: str) -> None:
    alice = await house.meets().joins()
    await alice.gives()
    await alice.says("menu")
    await closes(house)
    heard = await alice.says(words)
    assert OVER in heard
    assert "Say what should change" not in heard
    assert "See what was done" in heard
    assert "There is no response yet" in await alice.says("status")
    assert await house.column("SELECT count(*) FROM contribution") == [1]


async def test_what_was_asked_for_before_it_closed_is_not_taken_after(house: House) -> None:
    alice = await house.meets().joins()
    await alice.says("/share")
    await closes(house)
    heard = await alice.says("Interpreters at the clinic.")
    assert OVER in heard
    assert "will read it" not in heard
    assert await house.column("SELECT count(*) FROM contribution") == [0]


@pytest.mark.parametrize("words", ["1", "perhaps"])
async def test_who_was_asked_to_take_part_before_it_closed_does_not_agree_to_what_is_over(
    house: House, words: str
) -> None:
    bob = house.meets()
    await bob.says("hello")
    await closes(house)
    assert await bob.says(words) == OVER
    assert await house.column("SELECT consented FROM participation") == [False]


async def test_who_does_not_take_part_is_erased_all_the_same_and_spoken_to_in_their_language(house: House) -> None:
    bob = house.meets()
    await bob.says("hello")
    await closes(house)
    await bob.says("language", "2")
    assert "Cet examen est terminé" in await bob.says("bonjour")
    assert "effacer" in await bob.says("oublier")
    await bob.says("1")
    assert await house.column("SELECT count(*) FROM participation") == [0]


async def test_who_left_reads_on_what_they_gave_when_it_is_over(house: House) -> None:
    """They can no longer agree again to see it."""
    alice = await house.meets().joins()
    await alice.gives()
    await alice.says("menu", "leave", "1")
    assert "There is no response yet" not in await alice.says("status")
    await closes(house)
    heard = await alice.says("status")
    assert "There is no response yet" in heard
    assert "What would you like to do?" not in heard
    assert await alice.says("hello") == OVER


async def test_nobody_takes_a_seat_in_its_council(house: House) -> None:
    alice = await house.meets().joins()
    code = await house.acts(lambda session, process, now: people.invite(session, house.keys, process, now))
    await closes(house)
    assert "Welcome to the council" not in await alice.says(code)
    assert await house.column("SELECT count(*) FROM membership") == [0]


NEWS = contents.Bulletin({"en": "There is news."})


async def is_sent(house: House, outcome: State) -> None:
    """All that waits on Telegram, and this becomes of it."""
    async with house.database.writing() as session:
        claim = claims.Claim("telegram", "us", NOW, NOW + timedelta(minutes=1), 100)
        claimed = await claims.claim(session, house.keys, claim)
    assert claimed
    await closes(house)
    async with house.database.writing() as session:
        due = NOW if outcome is State.QUEUED else None
        outcomes = [Outcome(delivery.id, outcome, code="429", due=due) for delivery in claimed]
        await deliveries.settle(session, "us", outcomes, NOW)


async def test_what_was_being_sent_when_it_closed_does_not_leave_later(house: House) -> None:
    alice = await house.meets().joins()
    await house.acts(lambda session, process, now: bulletins.publish(session, process, NEWS, now))
    await is_sent(house, State.QUEUED)
    assert await alice.hears() == ""
    assert await house.column("SELECT state FROM delivery WHERE code = 'cancelled'") == ["cancelled"]


async def test_what_failed_is_not_tried_again_after_it_closed(house: House) -> None:
    alice = await house.meets().joins()
    await house.acts(lambda session, process, now: bulletins.publish(session, process, NEWS, now))
    await is_sent(house, State.FAILED)
    assert await house.does(lambda session, now: outbox.retry(session, now, code="429")) == 1
    assert await alice.hears() == ""


async def test_what_was_to_be_told_later_is_not_read_later_either(house: House) -> None:
    alice = await house.meets().joins()
    await alice.says("menu")
    later = replace(NEWS, not_before=f"{NOW + timedelta(days=1):%Y-%m-%d}")
    await house.acts(lambda session, process, now: bulletins.publish(session, process, later, now))
    await closes(house)
    house.now = NOW + timedelta(days=2)
    heard = await alice.says("news")
    assert "There is news." not in heard
    assert "This review is over" in heard
