"""The demo's phones in a real browser: a message comes without a reload, an answer leaves, with scripts and without."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta

import pytest
from aiohttp import web
from playwright.async_api import expect

from demo import phones
from demo.phones import Owner
from demo.platforms.accounts import TELEGRAM_TOKEN, TWILIO_ACCOUNT, TWILIO_TOKEN
from demo.platforms.both import Platforms
from demo.platforms.chats import Bubble, Chat, Side
from demo.platforms.telegram import FakeTelegram
from demo.platforms.twilio import FakeTwilio
from demo.serving import bound, serving
from tests.browser.axe import assert_accessible
from tests.browser.windows import PHONE, Look, Windows, assert_fits

AMINA = Owner("telegram", "70010001", "Amina", "ar")
MOUSSA = Owner("whatsapp", "+12025550123", "Moussa", "fr")
SAMUEL = Owner("sms", "+447700900123", "Samuel", "en")
NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)


def clock() -> datetime:
    """The same for the page and the platforms: a message of a later day than the page's loads it anew."""
    return NOW


@asynccontextmanager
async def phones_of_three() -> AsyncIterator[tuple[str, Chat]]:
    """The page's site, and Amina's chat."""
    telegram = FakeTelegram(TELEGRAM_TOKEN, clock=clock)
    twilio = FakeTwilio(TWILIO_ACCOUNT, TWILIO_TOKEN, {}, clock=clock)

    async def close(_: web.Application) -> None:
        telegram.chats.close()
        twilio.chats.close()

    application = web.Application()
    application.add_routes(phones.routes(Platforms(telegram, twilio), [AMINA, MOUSSA, SAMUEL], clock, timedelta(0)))
    application.on_shutdown.append(close)
    async with serving(application, bound()) as site:
        yield site, telegram.chats.of(AMINA.person)
    await telegram.close()
    await twilio.close()


@pytest.mark.parametrize("look", [Look(), Look(PHONE, "dark", "ar"), Look(runs_scripts=False)], ids=str)
async def test_a_message_is_seen_and_answered(windows: Windows, look: Look) -> None:
    async with phones_of_three() as (site, chat):
        page = await windows.open(site, look)
        await page.goto("/phones")
        chat.add(Bubble("71", Side.US, NOW, "ما الذي ينبغي أن يتغيّر؟"))
        if not look.runs_scripts:
            await page.reload()
        amina = page.get_by_label("Telegram", exact=True)
        await expect(amina.get_by_text("ما الذي ينبغي أن يتغيّر؟")).to_be_visible()

        await amina.get_by_label("Message").fill("الطريق إلى المدرسة")
        await amina.get_by_role("button", name="Send", exact=True).click()
        await expect(amina.get_by_role("log").get_by_text("الطريق إلى المدرسة")).to_be_visible()

        assert chat.bubbles[-1].text == "الطريق إلى المدرسة"
        await assert_fits(page)
        if look.runs_scripts:
            await assert_accessible(page)
