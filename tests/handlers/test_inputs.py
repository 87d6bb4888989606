"""What a process hands to the one that it stands under, with numbers that point at nobody."""

from dataclasses import replace

import pytest

from handlers import inputs, processes
from handlers.processes import OpenProcess
from handlers.writing import contents
from storage import fresh
from storage.tables import contribution
from tests.handlers.house import PROCESS, House

FOUND = contents.Input({"en": "What we found", "fr": "Ce que nous avons trouvé"}, {"en": "More interpreters."})


async def below(house: House) -> OpenProcess:
    """A national process under the one of the house."""
    national = replace(PROCESS, slug="national", title={"en": "National"}, under="regional-review")
    return await house.does(lambda session, now: processes.begin(session, national, now))


async def give(house: House, process: str, topic: str, number: int) -> None:
    row = {"process_id": process, "topic": topic, "language": "en", "given": house.now.date()}
    async with house.database.writing() as session:
        await session.execute(contribution.insert(), [{"id": fresh(), **row} for _ in range(number)])


async def test_the_process_above_sees_it_with_what_it_is_about(house: House) -> None:
    national = await below(house)
    regional = await house.does(lambda session, _now: processes.named(session, "regional-review"))
    for topic, number in (("services", 12), ("identity", 7), ("", 4)):
        await give(house, national.id, topic, number)
    await give(house, regional.id, "services", 40)
    await house.does(lambda session, now: inputs.publish(session, national, FOUND, now))
    [received] = await house.does(lambda session, _now: inputs.received(session, regional))
    assert (received.slug, received.published) == ("national", house.now)
    assert received.content == inputs.PublishedInput(FOUND.title, FOUND.text, 25, {"services": 10})
    assert await house.does(lambda session, _now: inputs.received(session, national)) == []


async def test_what_was_handed_up_stays_as_it_was(house: House) -> None:
    national = await below(house)
    await house.does(lambda session, now: inputs.publish(session, national, FOUND, now))
    await give(house, national.id, "services", 12)
    regional = await house.does(lambda session, _now: processes.named(session, "regional-review"))
    [received] = await house.does(lambda session, _now: inputs.received(session, regional))
    assert (received.content.contributions, received.content.topics) == (None, {})


async def test_a_process_that_stands_under_none_hands_nothing_up(house: House) -> None:
    with pytest.raises(contents.Unfit, match="nobody would see its input"):
        await house.acts(lambda session, process, now: inputs.publish(session, process, FOUND, now))


@pytest.mark.parametrize("wrong", [replace(FOUND, title={}), replace(FOUND, text={"xx": "?"}), replace(FOUND, text={})])
async def test_an_input_that_says_nothing_is_refused(house: House, wrong: contents.Input) -> None:
    national = await below(house)
    with pytest.raises(contents.Unfit):
        await house.does(lambda session, now: inputs.publish(session, national, wrong, now))
