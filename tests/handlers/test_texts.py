"""Texts of several processes: a part is shared until a process makes it its own, and then the two differ."""

from dataclasses import replace

import pytest

from handlers import items, processes, texts
from handlers.processes import OpenProcess
from handlers.writing import contents
from handlers.writing.parting import cut_at_headings
from storage import texts as stored
from storage.texts import PlacedPart
from tests.handlers.house import House
from tests.handlers.items import WRITER
from tests.handlers.test_amendments import PLAN, published
from tests.handlers.test_inputs import below


async def shared(house: House) -> tuple[OpenProcess, str, str, list[str]]:
    """A national process whose text shares the parts of the regional one: it, its text, the one above, its parts."""
    above, parts = await published(house)
    national = await below(house)
    draft = replace(PLAN, origin=above)
    text = await house.does(lambda session, now: texts.begin(session, national, draft, now))
    return national, text, above, parts


async def parts(house: House, process: OpenProcess, text: str) -> list[PlacedPart]:
    return list(await house.does(lambda session, _now: stored.parts(session, process.id, text)))


async def regional(house: House) -> OpenProcess:
    return await house.does(lambda session, _now: processes.named(session, "regional-review"))


async def test_shared_parts_show_the_newest_edition_of_the_text_above(house: House) -> None:
    national, text, _above, [meetings, _languages] = await shared(house)
    above = await regional(house)
    await house.does(lambda session, now: items.write(session, above, meetings, "Meetings\nOnline.", 1, WRITER, now))
    placed = await parts(house, national, text)
    assert [(part.number, part.is_shared, part.edition) for part in placed] == [(1, True, 2), (2, True, 1)]
    found = await house.does(lambda session, _now: texts.part(session, national, text, meetings))
    assert found.text == "Meetings\nOnline."


async def test_a_part_that_is_made_ones_own_stands_in_its_place_and_is_changed_alone(house: House) -> None:
    national, text, _above, [meetings, languages] = await shared(house)
    own = await house.does(lambda session, now: texts.adopt(session, national, text, meetings, WRITER, now))
    await house.does(lambda session, now: items.write(session, national, own, "Meetings\nHere.", 1, WRITER, now))
    assert [part.id for part in await parts(house, national, text)] == [own, languages]
    above = await regional(house)
    assert "capital" in (await house.does(lambda session, _now: items.get(session, above, meetings))).text
    with pytest.raises(contents.Unfit, match="your own already"):
        await house.does(lambda session, now: texts.adopt(session, national, text, own, WRITER, now))
    await house.does(lambda session, now: texts.drop(session, national, text, own, now))
    assert [part.id for part in await parts(house, national, text)] == [meetings, languages]


async def test_what_is_added_stands_behind_what_is_shared(house: House) -> None:
    national, text, _above, both = await shared(house)
    [added] = await house.does(
        lambda session, now: texts.write(session, national, text, "# Travel\nWe pay for it.", WRITER, now)
    )
    assert [part.id for part in await parts(house, national, text)] == [*both, added]
    with pytest.raises(contents.Unfit, match="order is that of the text above"):
        await house.does(lambda session, _now: texts.move(session, national, text, added, up=True))


async def test_what_stands_above_is_not_changed_from_below(house: House) -> None:
    national, _text, above, [meetings, _languages] = await shared(house)
    with pytest.raises(contents.Unfit):
        await house.does(lambda session, now: items.write(session, national, meetings, "Ours.", 1, WRITER, now))
    with pytest.raises(contents.Unfit):
        await house.does(lambda session, _now: texts.get(session, national, above))


async def test_only_what_people_read_above_can_be_shared(house: House) -> None:
    draft = await house.acts(lambda session, process, now: texts.begin(session, process, PLAN, now))
    national = await below(house)
    with pytest.raises(contents.Unfit, match="no text of this id"):
        await house.does(lambda session, now: texts.begin(session, national, replace(PLAN, origin=draft), now))


async def test_the_order_of_its_own_parts_is_changed(house: House) -> None:
    text, both = await published(house)
    process = await regional(house)
    await house.does(lambda session, _now: texts.move(session, process, text, both[1], up=True))
    assert [part.id for part in await parts(house, process, text)] == [both[1], both[0]]


@pytest.mark.parametrize(
    ("whole", "found"),
    [
        ("One part only.", ("One part only.",)),
        ("Before\n\n# A\nText.\n\n## B\nMore.", ("Before", "A\nText.", "B\nMore.")),
        ("1. Work\nText.\n\n2. Data\nMore.", ("1. Work\nText.", "2. Data\nMore.")),
        ("Article 1\nText.\r\n\r\nArticle 2\r\nMore.", ("Article 1\nText.", "Article 2\nMore.")),
        ("المادة 1\nنص.\n\nالمادة 2\nنص.", ("المادة 1\nنص.", "المادة 2\nنص.")),
        ("\n\n", ()),
    ],
)
def test_a_whole_text_is_cut_at_its_headings(whole: str, found: tuple[str, ...]) -> None:
    assert cut_at_headings(whole) == found
