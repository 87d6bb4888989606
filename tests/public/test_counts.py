"""How many there are is said about, of many only, and so that nobody sees one person come."""

import asyncio
from collections.abc import Sequence
from datetime import timedelta

from handlers import matters, public_counts
from handlers.matters import Draft
from storage import feedback
from storage.states import Helped
from storage.together import Writes, write
from tests.public.conftest import STAFF, TITLE, Front
from tests.public.test_wall import HOME
from tests.storage import rows

DAY = timedelta(days=1, seconds=1)
HEARD_FEW = "Fewer than 8 people told us something so far."
BEHIND_FEW = "Fewer than 8 people said or support this so far."


async def give(front: Front, number: int) -> list[str]:
    """So many more people, of each a contribution; gives their ids."""
    names = []
    async with front.house.database.writing() as session:
        first = len(await _people(front))
        for place in range(first, first + number):
            who = await rows.meet(session, front.house.keys, f"{80_000 + place}", process=front.house.process)
            names.append(await rows.give(session, who, process=front.house.process))
    return names


async def _people(front: Front) -> Sequence[str]:
    return await front.house.column("SELECT id FROM person")


async def rates(front: Front, response: str, helped: Helped, number: int) -> None:
    """So many more people say so of a response."""
    writes = Writes()
    async with front.house.database.writing() as session:
        first = len(await _people(front))
        for place in range(first, first + number):
            who = await rows.meet(session, front.house.keys, f"{80_000 + place}", process=front.house.process)
            feedback.put(writes, who.key, response, helped, front.house.now.date())
        await write(session, writes)


async def gathers(front: Front, matter: str, names: Sequence[str]) -> None:
    await front.house.acts(lambda session, process, now: matters.gather(session, process, matter, names, STAFF, now))


async def test_small_numbers_are_not_told_apart(front: Front) -> None:
    matter = await front.opened(*await give(front, 7))
    for path in ("", f"/m/{matter}", "/matters/1"):
        assert BEHIND_FEW in (await front.opens(f"{HOME}/en{path}")).text
    await front.later(DAY)
    assert HEARD_FEW in (await front.opens(f"{HOME}/en")).text


async def test_many_are_told_about(front: Front) -> None:
    matter = await front.opened(*await give(front, 12))
    wall = await front.opens(f"{HOME}/en")
    assert "About 10 people said or support this." in wall.text
    await front.later(DAY)
    await front.later(DAY)
    assert "About 10 people told us something." in (await front.opens(f"{HOME}/en")).text
    assert "قال ذلك" in (await front.opens(f"{HOME}/ar/m/{matter}")).text


async def test_nobody_is_seen_to_come(front: Front) -> None:
    """Twelve are about ten and thirteen about fifteen: yet the thirteenth changes nothing, today or tomorrow."""
    matter = await front.opened(*await give(front, 12))
    before = (await front.opens(f"{HOME}/en")).text
    assert "About 10 people said" in before
    await gathers(front, matter, await give(front, 1))
    await front.later()
    assert (await front.opens(f"{HOME}/en")).text == before
    await front.later(DAY)
    assert "About 10 people said" in (await front.opens(f"{HOME}/en")).text
    await gathers(front, matter, await give(front, 7))
    await front.later()
    assert "About 10 people said" in (await front.opens(f"{HOME}/en")).text
    await front.later(DAY)
    assert "About 20 people said" in (await front.opens(f"{HOME}/en")).text


async def test_what_is_hidden_and_shown_again_is_not_counted_anew(front: Front) -> None:
    matter = await front.opened(*await give(front, 12))
    await gathers(front, matter, await give(front, 8))
    await front.changes(matter, Draft(TITLE))
    await front.changes(matter, Draft(TITLE, is_public=True))
    assert "About 10 people said" in (await front.opens(f"{HOME}/en")).text


async def test_who_was_told_is_counted_too(front: Front) -> None:
    matter = await front.opened(*await give(front, 9))
    await front.later(DAY)
    assert "Fewer than 8 of them were told so far" in (await front.opens(f"{HOME}/en")).text
    await front.responds(matter)
    await front.house.sends()
    await front.later(DAY)
    assert "About 10 of them were told what was done with it." in (await front.opens(f"{HOME}/en")).text


async def test_whether_a_response_answers_people_is_told_from_eight_on(front: Front) -> None:
    matter = await front.opened(*await give(front, 9))
    response = await front.responds(matter)
    await rates(front, response, Helped.YES, 5)
    await rates(front, response, Helped.NO, 2)
    await front.later(DAY)
    for path in ("", f"/m/{matter}"):
        assert "said whether this answers them" not in (await front.opens(f"{HOME}/en{path}")).text
    await rates(front, response, Helped.YES, 8)
    await front.later(DAY)
    for path in ("", f"/m/{matter}"):
        page = await front.opens(f"{HOME}/en{path}")
        assert "About 15 people said whether this answers them." in page.text
        assert "Yes: about 15. Partly: fewer than 8. No: fewer than 8." in page.text
    await rates(front, response, Helped.PARTLY, 7)
    before = (await front.opens(f"{HOME}/en/m/{matter}")).text
    await front.later(DAY)
    assert (await front.opens(f"{HOME}/en/m/{matter}")).text == before, "no day shows who came since the day before"
    await front.changes(matter, Draft(TITLE))
    assert "answers them" not in (await front.opens(f"{HOME}/en")).text


async def test_an_order_does_not_tell_what_is_hidden(sqlite_front: Front) -> None:
    """Three and five are both fewer than eight: what was opened last stands first, however many there are."""
    few = await sqlite_front.opened(*await give(sqlite_front, 5), draft=Draft({"en": "Five"}, is_public=True))
    await sqlite_front.opened(*await give(sqlite_front, 3), draft=Draft({"en": "Three"}, is_public=True))
    wall = await sqlite_front.opens(f"{HOME}/en")
    assert wall.text.index("Three") < wall.text.index("Five")
    await gathers(sqlite_front, few, await give(sqlite_front, 12))
    await sqlite_front.later(DAY)
    wall = await sqlite_front.opens(f"{HOME}/en")
    assert wall.text.index("Five") < wall.text.index("Three")


async def test_two_who_count_at_once_agree(front: Front) -> None:
    await front.opened(*await give(front, 12))
    front.house.now += DAY
    await asyncio.gather(*(front.counts() for _worker in range(3)))
    assert await front.house.column("SELECT number FROM public_count WHERE counted = 'heard'") == [12]


async def test_what_was_put_away_is_not_counted(sqlite_front: Front) -> None:
    await sqlite_front.opened(*await give(sqlite_front, 9))
    await sqlite_front.house.column("SELECT 1")
    async with sqlite_front.house.database.writing() as session:
        await session.exec_driver_sql("UPDATE process SET state = 'archived'")
    sqlite_front.house.now += DAY
    before = await sqlite_front.house.column("SELECT looked FROM public_count")
    await sqlite_front.counts()
    assert await sqlite_front.house.column("SELECT looked FROM public_count") == before


async def test_what_nobody_has_counted_yet_is_not_said_to_be_few(sqlite_front: Front) -> None:
    draft = Draft(TITLE, is_public=True)
    house = sqlite_front.house
    matter = await house.acts(lambda session, process, now: matters.open_one(session, process, draft, (), STAFF, now))
    for path in ("", f"/m/{matter}"):
        page = await sqlite_front.opens(f"{HOME}/en{path}")
        assert TITLE["en"] in page.text
        assert "Fewer than 8" not in page.text
    async with sqlite_front.house.database.reading() as session:
        assert await public_counts.figures(session, sqlite_front.house.process) is None
