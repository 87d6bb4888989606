"""What attackers write stands as text where it is shown, in a real browser."""

from datetime import UTC, datetime

import pytest
from aiohttp import web
from playwright.async_api import Browser

from demo.platforms.chats import Bubble, Side
from demo.serving import bound, serving
from tests import hostile
from tests.browser.hostility import assert_is_text
from tests.browser.test_phones import phones_of_three
from tests.browser.test_windows import STRICT
from tests.browser.windows import Windows, assert_fits

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)


def test_the_list_has_two_hundred_texts_and_each_once() -> None:
    assert len(set(hostile.TEXTS)) == len(hostile.TEXTS) == 200
    assert len(set(hostile.LONG)) == len(hostile.LONG)
    assert len(set(hostile.BROKEN)) == len(hostile.BROKEN)


async def test_a_field_takes_a_text_or_refuses_it() -> None:
    field: list[str] = []

    async def write(text: str) -> None:
        if "\0" in text:
            raise ValueError
        field.append(text)

    assert await hostile.put(write, ValueError) == field
    assert len(field) == 199


async def test_what_people_write_is_text_in_their_chats(windows: Windows) -> None:
    async with phones_of_three() as (site, chat):
        for number, text in enumerate([*hostile.TEXTS, *hostile.LONG]):
            chat.add(Bubble(str(number), Side.THEM, NOW, text))
        page = await windows.open(site)
        await page.goto("/phones")
        await assert_is_text(page, [*hostile.TEXTS, *hostile.LONG])
        await assert_fits(page)


async def test_what_is_more_than_text_is_found(browser: Browser) -> None:
    """Written into a page as it is: what would keep it out otherwise is the policy, and that tells."""
    elements = [text for text in hostile.TEXTS if text.startswith("<")][::9]

    async def serve(request: web.Request) -> web.Response:
        html = f"<!doctype html><html lang=en><title>Page</title><p>{elements[int(request.match_info['number'])]}"
        return web.Response(text=html, content_type="text/html", headers=STRICT)

    application = web.Application()
    application.router.add_get("/{number}", serve)
    windows = Windows(browser)
    async with serving(application, bound()) as site:
        page = await windows.open(site)
        for number, text in enumerate(elements):
            await page.goto(f"/{number}")
            with pytest.raises(AssertionError):
                await assert_is_text(page, [text])
        await windows.close()
    assert windows.faults
