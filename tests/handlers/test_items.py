"""An item is written by one, translated by others; nobody overwrites anybody, and what has changed is seen."""

import asyncio
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers import items, processes
from handlers.items import Cell, ItemDraft, Newer
from handlers.writing import contents
from handlers.writing.differences import Span, SpanKind, difference
from storage.broadcasts import Audience
from storage.states import RenditionState
from tests.handlers.house import PROCESS, House
from tests.handlers.items import (
    ARABIC,
    FRENCH,
    SECOND,
    TEXT,
    TRANSLATOR,
    WRITER,
    approves,
    drafted,
    item_of,
    translates,
    writes,
)
from tests.storage.rows import statements, until_somebody_waits

EMPTY, NEEDS_EDITING, TRANSLATED, APPROVED = map(Cell, RenditionState)


async def leaves(house: House, item_id: str) -> dict[str, str]:
    """The texts that would."""
    item = await item_of(house, item_id)
    return dict(await house.acts(lambda _session, process, _now: _text(process, item)))


async def _text(process: processes.OpenProcess, item: items.Item) -> dict[str, str]:
    return dict(items.bulletin(process, item).text)


async def policy(house: House, unreviewed: str) -> None:
    strict = replace(PROCESS, unreviewed=unreviewed)
    await house.does(lambda session, now: processes.begin(session, strict, now))


async def cells(house: House) -> dict[str, Cell]:
    [row] = await house.acts(lambda session, process, _now: items.matrix(session, process))
    return dict(row.cells)


async def test_an_item_is_written_translated_and_approved_and_goes_stale_with_its_source(house: House) -> None:
    name = await drafted(house)
    assert await cells(house) == {"fr": EMPTY, "es": EMPTY, "ar": EMPTY}
    await translates(house, name, state=RenditionState.NEEDS_EDITING)
    await translates(house, name, ARABIC, "ar")
    assert await cells(house) == {"fr": NEEDS_EDITING, "es": EMPTY, "ar": TRANSLATED}
    await translates(house, name)
    await approves(house, name)
    assert await cells(house) == {"fr": APPROVED, "es": EMPTY, "ar": TRANSLATED}
    assert await writes(house, name, "The hearing is on Monday.") == 2
    stale = {"fr": replace(APPROVED, is_stale=True), "es": EMPTY, "ar": replace(TRANSLATED, is_stale=True)}
    assert await cells(house) == stale
    editions = await house.acts(lambda session, process, _now: items.editions(session, process, name))
    assert [(edition.number, edition.text) for edition in editions] == [(2, "The hearing is on Monday."), (1, TEXT)]
    await translates(house, name)
    assert (await cells(house))["fr"] == TRANSLATED


async def test_the_matrix_takes_two_statements_and_no_text(house: House) -> None:
    for _number in range(3):
        await translates(house, await drafted(house))
    async with house.database.writing() as session:
        process = await processes.named(session)
        with statements(house.database) as seen:
            assert len(await items.matrix(session, process)) == 3
    assert len(seen) == 2
    assert not any("text" in statement for statement, _parameters in seen)


async def test_what_was_dropped_is_not_there(house: House) -> None:
    name = await drafted(house)
    await house.acts(lambda session, process, now: items.drop(session, process, name, now))
    assert await house.acts(lambda session, process, _now: items.matrix(session, process)) == []
    with pytest.raises(contents.Unfit, match="No item"):
        await writes(house, name, "Once more.", edited=1)


async def test_an_item_of_another_process_is_not_there(house: House) -> None:
    name = await drafted(house)
    another = replace(PROCESS, slug="national", title={"en": "National review"})
    national = await house.does(lambda session, now: processes.begin(session, another, now))
    for work in (
        lambda session, _now: items.get(session, national, name),
        lambda session, _now: items.editions(session, national, name),
        lambda session, now: items.write(session, national, name, "Ours.", 1, WRITER, now),
        lambda session, now: items.rename(session, national, name, "Ours", now),
        lambda session, now: items.drop(session, national, name, now),
    ):
        with pytest.raises(contents.Unfit, match="No item"):
            await house.does(work)


async def test_who_edits_what_somebody_else_has_changed_meanwhile_is_shown_both(house: House) -> None:
    name = await drafted(house)
    await writes(house, name, "The hearing is on Monday.", edited=1)
    with pytest.raises(Newer) as refused:
        await writes(house, name, "The hearing is on Tuesday.", SECOND, edited=1)
    assert (refused.value.text, refused.value.edition) == ("The hearing is on Monday.", 2)
    assert (await item_of(house, name)).text == "The hearing is on Monday."
    await translates(house, name)
    with pytest.raises(Newer) as refused:
        await translates(house, name, "L’audition aura lieu.", staff_id=SECOND, edited=0)
    assert (refused.value.text, refused.value.edition) == (FRENCH, 1)


async def test_of_two_who_write_at_once_one_is_refused(postgresql_house: House) -> None:
    house = postgresql_house
    name = await drafted(house)
    async with house.database.writing() as session:
        process = await processes.named(session)
        await items.write(session, process, name, "The hearing is on Monday.", 1, WRITER, house.now)
        other = asyncio.create_task(writes(house, name, "The hearing is on Tuesday.", SECOND, edited=1))
        await until_somebody_waits(session)
    with pytest.raises(Newer):
        await other
    assert (await item_of(house, name)).text == "The hearing is on Monday."


async def test_of_two_who_begin_a_translation_at_once_one_is_refused(postgresql_house: House) -> None:
    house = postgresql_house
    name = await drafted(house)
    new = items.Translation(FRENCH, RenditionState.TRANSLATED, 0, 1)
    async with house.database.writing() as session:
        process = await processes.named(session)
        await items.translate(session, process, name, "fr", new, TRANSLATOR, house.now)
        other = asyncio.create_task(translates(house, name, "Ce vendredi.", staff_id=SECOND, edited=0))
        await until_somebody_waits(session)
    with pytest.raises(Newer):
        await other
    assert (await item_of(house, name)).renditions["fr"].text == FRENCH


async def test_who_translated_it_does_not_approve_it(house: House) -> None:
    name = await drafted(house)
    await translates(house, name, state=RenditionState.NEEDS_EDITING)
    with pytest.raises(contents.Unfit, match="only what its translator has finished"):
        await approves(house, name)
    # To say that somebody's text is whole makes nobody its translator.
    await translates(house, name, staff_id=SECOND)
    with pytest.raises(contents.Unfit, match="you translated this yourself"):
        await approves(house, name, staff_id=TRANSLATOR)
    with pytest.raises(contents.Unfit, match="for another than its translator"):
        await translates(house, name, state=RenditionState.APPROVED)
    with pytest.raises(Newer):
        await approves(house, name, edited=1)
    await approves(house, name)
    rendition = (await item_of(house, name)).renditions["fr"]
    assert (rendition.staff_id, rendition.approved_by) == (TRANSLATOR, SECOND)
    assert await translates(house, name) == rendition.edition, "saved as it is, it stays approved"
    await translates(house, name, "L’audition est vendredi.")
    assert (await item_of(house, name)).renditions["fr"].approved_by is None


async def test_what_is_stale_is_not_approved_and_a_translation_of_an_old_edition_is_stale_at_once(house: House) -> None:
    name = await drafted(house)
    await writes(house, name, "The hearing is on Monday.")
    await translates(house, name, source_edition=1)
    assert (await item_of(house, name)).is_stale("fr")
    with pytest.raises(contents.Unfit, match="the source has changed"):
        await approves(house, name)
    with pytest.raises(contents.Unfit, match="no edition 3"):
        await translates(house, name, source_edition=3)


async def test_what_changes_nothing_makes_no_edition_and_nobody_its_author(house: House) -> None:
    name = await drafted(house)
    assert await writes(house, name, TEXT, SECOND) == 1
    assert (await item_of(house, name)).author == WRITER


@pytest.mark.parametrize(
    ("unreviewed", "left"), [("leave", {"en", "es", "ar"}), ("fall back", {"en", "ar"}), ("refuse", {"en", "ar"})]
)
async def test_the_process_says_what_leaves_unreviewed(house: House, unreviewed: str, left: set[str]) -> None:
    name = await drafted(house)
    await translates(house, name, state=RenditionState.NEEDS_EDITING)
    await translates(house, name, "La audiencia es el viernes.", "es")
    await translates(house, name, ARABIC, "ar")
    await approves(house, name, "ar")
    await policy(house, unreviewed)
    assert set(await leaves(house, name)) == left
    process = await house.acts(lambda _session, process, _now: _itself(process))
    assert set(items.unapproved(process, await item_of(house, name))) == (
        {"fr", "es"} if unreviewed == "refuse" else set()
    )
    await writes(house, name, "The hearing is on Monday.")
    assert set(await leaves(house, name)) == {"en"}, "what is stale never does"


async def _itself(process: processes.OpenProcess) -> processes.OpenProcess:
    return process


UNFIT = [
    ("x" * (contents.LONGEST + 1), "characters, at most"),
    ("\u202egnihtyna", "invisible control character"),
    ("bell \a", "invisible control character"),
    ("جلسة الاستماع", "not written in the letters of"),
    ("", "is empty"),
]


@pytest.mark.parametrize(("text", "explanation"), UNFIT)
async def test_what_cannot_be_sent_is_not_kept(house: House, text: str, explanation: str) -> None:
    name = await drafted(house)
    with pytest.raises(contents.Unfit, match=explanation):
        await drafted(house, text)
    with pytest.raises(contents.Unfit, match=explanation):
        await writes(house, name, text)
    if text:
        with pytest.raises(contents.Unfit, match=explanation):
            await translates(house, name, text)
    with pytest.raises(contents.Unfit, match="not written in the letters of العربية"):
        await translates(house, name, FRENCH, "ar")


@pytest.mark.parametrize("language", ["en", "xx", ""])
async def test_it_is_translated_into_the_other_languages_of_the_process(house: House, language: str) -> None:
    name = await drafted(house)
    with pytest.raises(contents.Unfit, match="language"):
        await translates(house, name, language=language)


@pytest.mark.parametrize("title", ["", "two\nlines", "\u202eeltit", "x" * 201])
async def test_a_title_is_one_line(house: House, title: str) -> None:
    with pytest.raises(contents.Unfit, match="title: this"):
        await house.acts(
            lambda session, process, now: items.draft(session, process, ItemDraft(title, "en", TEXT), WRITER, now)
        )


async def test_a_plan_is_changed_by_one_at_a_time_and_has_to_be_possible(house: House) -> None:
    name = await drafted(house)
    before = contents.Bulletin({})
    south = contents.Bulletin({}, audience=Audience(regions=("south",)))

    async def replans(plan: contents.Bulletin) -> None:
        await house.acts(lambda session, process, now: items.replan(session, process, name, plan, before, SECOND, now))

    with pytest.raises(contents.Unfit, match=r"audience\.regions"):
        await replans(contents.Bulletin({}, audience=Audience(regions=("moon",))))
    await replans(before)
    assert (await item_of(house, name)).planned_by == WRITER
    await replans(south)
    assert ((await item_of(house, name)).plan, (await item_of(house, name)).planned_by) == (south, SECOND)
    with pytest.raises(contents.Unfit, match="Somebody else has changed"):
        await replans(before)


def test_what_was_kept_removed_and_added_is_told_apart() -> None:
    assert difference("It is on Friday at ten.", "It is on Monday at ten.") == (
        Span(SpanKind.KEPT, "It is on "),
        Span(SpanKind.REMOVED, "Friday"),
        Span(SpanKind.ADDED, "Monday"),
        Span(SpanKind.KEPT, " at ten."),
    )
    assert difference("", "New.") == (Span(SpanKind.ADDED, "New."),)
    assert difference("Same.", "Same.") == (Span(SpanKind.KEPT, "Same."),)


@given(st.text(alphabet="ab \n", max_size=60), st.text(alphabet="ab \n", max_size=60))
def test_both_texts_can_be_read_out_of_their_difference(old: str, new: str) -> None:
    spans = difference(old, new)
    assert "".join(span.text for span in spans if span.kind is not SpanKind.ADDED) == old
    assert "".join(span.text for span in spans if span.kind is not SpanKind.REMOVED) == new
