"""What people agree on stands on the wall for everybody, in numbers that point at nobody."""

from datetime import timedelta

from bot.counting import AGAIN, Counting
from handlers import closing
from handlers.writing import contents
from storage import opinions, statements
from storage.opinions import Held
from storage.statements import NewStatement
from storage.states import Opinion
from storage.together import Writes, write
from tests.handlers.test_opinions import BUSES, CLINICS, opens
from tests.public.conftest import Front
from tests.public.test_copies import MOST_STATEMENTS, WHOLE, _bytes
from tests.storage import rows
from tests.storage.rows import meet

HOME = "/r/regional-review"
LETTERS = {"y": Opinion.AGREES, "n": Opinion.DISAGREES, "p": Opinion.PASSES}


async def answers(front: Front, sounding: str, *minds: str, since: int = 0) -> None:
    """A person for each, who says this of the statements in their order; some minutes later it is counted."""
    house = front.house
    async with house.database.writing() as session:
        for number, mind in enumerate(minds, start=since):
            who = await meet(session, house.keys, f"82{number:04}", process=house.process)
            held = tuple(Held(place + 1, LETTERS[it], 1) for place, it in enumerate(mind))
            writes = Writes()
            opinions.put(writes, who.key, house.process, sounding, opinions.Mine(held, len(held)))
            await write(session, writes)
    house.now += AGAIN + timedelta(seconds=1)
    await Counting(house.database, house.keys, "worker", lambda: house.now).go_on()
    await front.later()


async def test_few_answers_stand_there_without_a_number(front: Front) -> None:
    sounding = await opens(front.house)
    await answers(front, sounding, *["yn"] * 7)
    wall = await front.opens(f"{HOME}/en")
    assert "Life in the region Fewer than 8 people answered so far. You can still answer." in wall.text
    assert "Buses" not in wall.text


async def test_many_answers_stand_there_in_each_language_also_when_it_is_over(front: Front) -> None:
    sounding = await opens(front.house)
    await answers(front, sounding, *["yn"] * 43)
    wall = await front.opens(f"{HOME}/en")
    assert "About 45 people answered." in wall.text
    assert "Most people agree" not in wall.text
    assert "Agree: about 45" in wall.text
    assert "Disagree: fewer than 8" in wall.text
    assert CLINICS["ar"] in (await front.opens(f"{HOME}/ar")).text
    await answers(front, sounding, *["yn"] * 12, since=43)
    wall = await front.opens(f"{HOME}/en")
    assert "Fewer than 100 people answered. Take this as an indication." in wall.text
    assert "Most people agree with this Clinics need interpreters." in wall.text
    assert "Most people do not agree with this Buses should be free." in wall.text
    await front.house.acts(lambda session, process, now: closing.close(session, process, front.house.keys, now))
    await front.later()
    wall = await front.opens(f"{HOME}/en")
    assert "Most people agree with this Clinics need interpreters." in wall.text
    assert "You can still answer." not in wall.text


async def test_all_of_it_is_small(sqlite_front: Front) -> None:
    house = sqlite_front.house
    sounding = await opens(house, BUSES)
    async with house.database.writing() as session:
        for number in range(40):
            words = " ".join(f"{(number * 7919 + place) * 104729:x}"[:8] for place in range(15))[:140]
            texts = contents.pack({"ar": words})
            await statements.add(session, NewStatement(f"st{number}", house.process, sounding, "ar", texts, house.now))
    await answers(sqlite_front, sounding, *["y" * 41] * 30, *["n" * 41] * 30)
    with rows.statements(house.database, reading=True) as executed:
        size = await _bytes(sqlite_front, f"{HOME}/ar")
        assert len(executed) <= MOST_STATEMENTS + 2, "the sounding, and what people are asked in it"
    assert size < WHOLE
