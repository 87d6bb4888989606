"""Following and supporting what others raised: nothing of it tells who said what, and it ends when its person wants."""

from datetime import timedelta
from typing import Any

import pytest

from channels.messages import Kind
from handlers import closing, matters
from handlers.matters import Draft
from storage import gathering
from tests.handlers.house import House, Writer
from tests.handlers.test_matters import ASKS, TITLE, opens, publishes

SHOWN = Draft(TITLE, "services", is_public=True)
PHONE = ("+12025550123", "sms")


async def rows(house: House) -> list[tuple[bool, str]]:
    async with house.database.reading() as session:
        query = "SELECT supports, channel FROM follow JOIN address ON address.id = follow.address_id"
        return [(bool(row.supports), row.channel) for row in await session.exec_driver_sql(query)]


async def supports(who: Writer) -> str:
    return await who.says("others", "1", "I want this too")


async def test_what_is_not_public_is_shown_to_nobody(house: House) -> None:
    alice, bob = await house.meets().joins(), await house.meets(*PHONE).joins()
    matter = await opens(house, await alice.gives())
    assert "There is nothing to see from others yet." in await bob.says("others")
    assert "OTHERS" not in await bob.says("help")
    await house.acts(lambda session, process, now: matters.change(session, process, matter, SHOWN, now))
    assert "OTHERS: See what others said" in await bob.says("help")
    assert "Interpreters at clinics" in await bob.says("others")
    hidden = Draft(TITLE, "services")
    await house.acts(lambda session, process, now: matters.change(session, process, matter, hidden, now))
    assert "This is no longer there." in await bob.says("1"), "the list was shown before"
    assert "There is nothing to see" in await bob.says("others")


async def test_what_few_said_is_shown_without_how_many(house: House) -> None:
    alice, bob = await house.meets().joins(), await house.meets(*PHONE).joins()
    await opens(house, await alice.gives("At the Hill Street clinic."), draft=SHOWN)
    shown = await bob.says("others", "1")
    assert "There is no response yet." in shown
    assert "people said this" not in shown
    assert "Hill Street" not in shown


async def test_from_eight_people_on_about_how_many_said_it_is_shown(house: House) -> None:
    names = [await (await house.meets(f"7100{number}").joins()).gives() for number in range(8)]
    await opens(house, *names, draft=SHOWN)
    bob = await house.meets(*PHONE).joins()
    assert "About 10 people said this." in await bob.says("others", "1")
    assert "About 10 people said this." in await house.meets("71003").says("status")


async def test_who_supports_it_is_counted_and_can_take_it_back(house: House) -> None:
    alice, bob = await house.meets().joins(), await house.meets(*PHONE).joins()
    matter = await opens(house, await alice.gives(), draft=SHOWN)
    assert "We count you with those who want this" in await supports(bob)
    assert await rows(house) == [(True, "sms")]
    async with house.database.reading() as session:
        assert (await gathering.crowds(session, [matter]))[matter].everybody == 2
    assert "You still follow it." in await bob.says("others", "What I follow", "1", "I do not want this")
    assert await rows(house) == [(False, "sms")]
    assert "You do not follow this any more." in await bob.says("others", "What I follow", "1", "Do not follow it")
    assert await rows(house) == []
    await publishes(house, matter)
    assert await bob.hears() == ""


async def test_who_said_it_and_supports_it_too_is_one_person(house: House) -> None:
    alice = await house.meets().joins()
    matter = await opens(house, await alice.gives(), draft=SHOWN)
    await supports(alice)
    async with house.database.reading() as session:
        assert (await gathering.crowds(session, [matter]))[matter].everybody == 1


@pytest.mark.parametrize("words", [("stop",), ("leave", "1")])
async def test_who_stopped_or_left_hears_nothing_of_what_they_follow(house: House, words: tuple[str, ...]) -> None:
    alice, bob = await house.meets().joins(), await house.meets(*PHONE).joins()
    matter = await opens(house, await alice.gives(), draft=SHOWN)
    await supports(bob)
    await bob.says(*words)
    await publishes(house, matter)
    assert "It was taken up." in await alice.hears()
    assert await bob.hears() == ""


async def test_of_who_was_forgotten_nothing_is_followed_any_more(house: House) -> None:
    alice, bob = await house.meets().joins(), await house.meets(*PHONE).joins()
    await opens(house, await alice.gives(), draft=SHOWN)
    await supports(bob)
    await bob.says("forget", "1")
    assert await house.column("SELECT count(*) FROM follow") == [0]


async def test_who_has_not_agreed_sees_nothing_of_others(house: House) -> None:
    alice, bob = await house.meets().joins(), house.meets(*PHONE)
    await opens(house, await alice.gives(), draft=SHOWN)
    assert "Interpreters" not in await bob.says("hello", "others")


async def test_in_a_process_that_is_over_nothing_is_followed(house: House) -> None:
    alice, bob = await house.meets().joins(), await house.meets(*PHONE).joins()
    await opens(house, await alice.gives(), draft=SHOWN)
    await house.acts(lambda session, process, now: closing.close(session, process, house.keys, now))
    await bob.says("others", "1", "Follow it")
    assert await rows(house) == []


async def test_an_old_button_follows_nothing(house: House) -> None:
    alice, bob = await house.meets().joins(), await house.meets("70002").joins()
    await opens(house, await alice.gives(), draft=SHOWN)
    await bob.says("others", "1")
    tap: dict[str, Any] = {"token": "1", "choice": "support"}
    await bob.does(bob.message(kind=Kind.CHOICE, **tap))
    assert await rows(house) == []


async def test_there_are_topics_to_choose_from_where_there_are_several(house: House) -> None:
    alice, bob = await house.meets().joins(), await house.meets(*PHONE).joins()
    await opens(house, await alice.gives(), draft=SHOWN)
    await opens(house, draft=Draft({"en": "Fair wages"}, "work", is_public=True))
    await opens(house, draft=Draft({"en": "Something new"}, "", is_public=True))
    topics = await bob.says("others")
    assert "Work, skills and money\nDaily life and respect\nSomething else" in topics
    assert "Fair wages: There is no response yet." in await bob.says("1")
    assert "Something new" in await bob.says("others", "3")


async def test_what_people_wrote_longer_ago_is_still_gathered(house: House) -> None:
    """The timeline begins with the day on which it was given."""
    alice = await house.meets().joins()
    name = await alice.gives()
    due = house.now.date() + timedelta(days=20)
    await house.acts(
        lambda session, process, now: matters.open_one(session, process, Draft(TITLE, due=due), [name], ASKS, now)
    )
    timeline = await alice.says("status")
    assert "On November 23, 2026 you told us what should change." in timeline
    assert "We gathered it with what others said: Interpreters at clinics" in timeline
    assert "There is no response yet. We promised one by December 13, 2026." in timeline
