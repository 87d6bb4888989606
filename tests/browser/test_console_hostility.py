"""Whatever is written in the console stays text there: where it is refused, and wherever it is shown."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime

import pytest
from playwright.async_api import Page, Response

from flows import Region
from handlers import items, processes, staff
from handlers.items import ItemDraft
from handlers.staff import Acceptance, Grant, Profile, Refused
from handlers.writing import contents
from storage import Session, fresh
from storage import staff as stored
from storage.roles import Role
from tests.browser import consoles
from tests.browser.consoles import HOME, Console
from tests.browser.furniture import furnish
from tests.browser.hostility import assert_is_text
from tests.browser.windows import PHONE, Look, assert_fits
from tests.handlers.office import RULE
from tests.hostile import TEXTS, put
from tests.review import PROCESS

FORMS = "form[method=post]:has(input:not([type]), textarea)"
"""Those in which something is written."""
WRITE = """
([forms, number, texts]) => {
  const form = document.querySelectorAll(forms)[number];
  const fields = [...form.querySelectorAll("input:not([type]), textarea")];
  fields.forEach((field, place) => {
    field.value = texts.filter((text, at) => at % fields.length === place).join(" ");
  });
  for (const box of form.querySelectorAll("input[type=checkbox]")) box.checked = true;
  form.noValidate = true;
  form.requestSubmit();
}
"""
"""As somebody writes who need not heed how long a field is."""
NOT_KEPT = {
    "/settings/languages": "in its fields are numbers, and languages are put in their order again",
}
"""The forms that do not show again what was written into them, by the end of their address."""


@pytest.mark.long
async def test_what_a_form_refuses_is_shown_again_as_text(console: Console) -> None:
    parts = await furnish(console.town)
    windows = await console.at_every_kind(Look())
    for route in consoles.pages():
        page, path = windows[consoles.whose(route)], consoles.path_of(route, parts)
        await page.goto(path)
        for number in range(await page.locator(FORMS).count()):
            await page.goto(path)
            answer = await _writes(page, number)
            is_kept = answer.status == 422 and not path.endswith(tuple(NOT_KEPT))
            await assert_is_text(page, TEXTS if is_kept else ())


async def _writes(page: Page, number: int) -> Response:
    """All of them into one form, some into each of its fields."""
    async with page.expect_navigation() as led:
        await page.evaluate(WRITE, [FORMS, number, list(TEXTS)])
    return await led.value


async def test_names_of_a_process_stay_text(console: Console) -> None:
    page = await console.signed_in(*Role, look=Look(PHONE))
    fields = [f"{name}-{code}" for name in ("organizer", "contact") for code in PROCESS.languages]
    packs = list(packed(TEXTS, contents.LONGEST_TITLE))
    for start in range(0, len(packs), len(fields)):
        written = packs[start : start + len(fields)]
        await page.goto(f"{HOME}/settings/names")
        for field, text in zip(fields, written, strict=False):
            await page.locator(f"#{field}").evaluate("(field, text) => { field.value = text }", text)
        await page.locator("#title-en").evaluate("(field, text) => { field.value = text }", written[0])
        await page.get_by_role("button", name="Keep").click()
        await assert_is_text(page, written)
        await assert_fits(page)


async def test_titles_of_processes_stay_text_where_they_are_listed(console: Console) -> None:
    titles = list(packed(lines(), contents.LONGEST_TITLE))
    async with console.town.parts.database.writing() as session:
        for number, title in enumerate(titles):
            named = replace(PROCESS, slug=f"process-{number}", title={"en": title}, short={"en": f"Process {number}"})
            await processes.begin(session, named, console.clock())
    page = await console.signed_in(*Role, look=Look(PHONE))
    for path in ("/", "/staff"):
        await page.goto(path)
        await assert_is_text(page, titles)
        await assert_fits(page)


async def test_labels_of_regions_stay_text(console: Console) -> None:
    labels = lines(contents.LONGEST_TO_TAP)
    regions = tuple(
        Region(f"region-{number}", dict(zip(PROCESS.languages, labels[start : start + 4], strict=False)))
        for number, start in enumerate(range(0, min(len(labels), 4 * contents.MOST_OPTIONS), 4))
    )
    changed = replace(PROCESS, slug="regional-review", regions=regions)
    await console.town.organizer(lambda session, now: processes.begin(session, changed, now))
    page = await console.signed_in(*Role, look=Look(PHONE))
    await page.goto(f"{HOME}/settings/regions")
    await assert_is_text(page, [label for region in regions for label in region.label.values()])
    item = await _drafted(console, "Hearing", "The hearing is on Friday.")
    for path in (f"{HOME}/settings", f"{HOME}/tell/{item}/audience"):
        await page.goto(path)
        await assert_is_text(page, [region.label["en"] for region in regions])
        await assert_fits(page)


async def test_names_of_staff_stay_text_where_they_are_listed(console: Console) -> None:
    async with console.town.parts.database.writing() as session:
        names = await put(lambda name: _joins(session, name, console.clock()), Refused)
    assert len(names) > 150
    page = await console.signed_in(*Role, look=Look(PHONE))
    await page.goto("/staff")
    await assert_is_text(page, names)
    await assert_fits(page)


async def _joins(session: Session, name: str, now: datetime) -> None:
    token = await staff.invite(session, None, fresh(), Grant(None, Role.CLERK), "en", now)
    await staff.accept(session, RULE, token, Acceptance(Profile(name, "en", stored.Look.SYSTEM), "no hash"), now)


async def test_items_stay_text_where_they_are_written_and_listed(console: Console) -> None:
    page = await console.signed_in(*Role, look=Look(PHONE))
    titles, texts = list(packed(lines(), contents.LONGEST_TITLE)), list(packed(lines(), contents.LONGEST))
    for number, title in enumerate(titles):
        text = texts[number % len(texts)]
        item = await _drafted(console, title, text)
        if number < len(texts):
            await page.goto(f"{HOME}/tell/{item}/send")
            await assert_is_text(page, [title, text])
            await assert_fits(page)
    for path in (f"{HOME}/tell", f"{HOME}/words"):
        await page.goto(path)
        await assert_is_text(page, titles)
        await assert_fits(page)


async def _drafted(console: Console, title: str, text: str) -> str:
    new = ItemDraft(title, "en", text)
    return await console.town.acts(lambda session, process, now: items.draft(session, process, new, "amina", now))


def packed(texts: Sequence[str], room: int) -> Iterator[str]:
    """The same in fewer texts, each as long as a field takes."""
    pack: list[str] = []
    for text in texts:
        if pack and contents.length(" ".join([*pack, text])) > room:
            yield " ".join(pack)
            pack = []
        pack.append(text)
    yield " ".join(pack)


def lines(longest: int = contents.LONGEST_TITLE) -> list[str]:
    """Those that a field takes, each as one line."""
    return [line for line in (" ".join(text.split()) for text in TEXTS) if _fits(line, longest)]


def _fits(line: str, longest: int) -> bool:
    try:
        contents.check_note(line, "title", longest)
    except contents.Unfit:
        return False
    return True
