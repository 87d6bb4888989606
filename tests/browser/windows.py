"""Windows onto our pages, each as somebody looks at them."""

import asyncio
from dataclasses import dataclass
from typing import Literal

from playwright.async_api import Browser, BrowserContext, Page, ViewportSize

from tests.browser import faults
from tests.waiting import PATIENCE

PHONE, DESK = 390, 1280
"""Widths, in CSS pixels."""
HEIGHTS = {PHONE: 844, DESK: 800}


@dataclass(frozen=True, slots=True)
class Look:
    """How somebody looks at our pages. `language` is what their browser asks for, a BCP 47 tag."""

    width: int = DESK
    scheme: Literal["light", "dark"] = "light"
    language: str = "en"
    runs_scripts: bool = True

    @property
    def is_phone(self) -> bool:
        return self.width <= PHONE

    def __str__(self) -> str:
        return f"{self.width} {self.scheme} {self.language}" + ("" if self.runs_scripts else " without scripts")


class Windows:
    """Those of one test. Each is somebody else's: no cookie of one is in another."""

    def __init__(self, browser: Browser) -> None:
        self._browser = browser
        self._contexts: list[BrowserContext] = []
        self.faults: list[str] = []
        """What went wrong in any of them, in words."""

    async def open(self, site: str, look: Look | None = None) -> Page:
        """An empty page; paths that it goes to are the site's. `site`: "http://127.0.0.1:PORT"."""
        look = look or Look()
        context = await self._browser.new_context(
            base_url=site,
            viewport=ViewportSize(width=look.width, height=HEIGHTS.get(look.width, HEIGHTS[DESK])),
            is_mobile=look.is_phone,
            has_touch=look.is_phone,
            color_scheme=look.scheme,
            locale=look.language,
            java_script_enabled=look.runs_scripts,
            reduced_motion="reduce",
        )
        self._contexts.append(context)
        context.set_default_timeout(PATIENCE * 1000)
        await faults.watch(context, site, self.faults)
        return await context.new_page()

    async def close(self) -> None:
        """All of them, when what their pages still had to tell has been heard."""
        async with asyncio.timeout(PATIENCE):
            for context in self._contexts:
                for page in context.pages:
                    await page.evaluate("0")
                await context.close()
        self._contexts.clear()


async def assert_fits(page: Page) -> None:
    """Nobody has to push the page sideways to read it."""
    content, window = await page.evaluate(
        "[document.documentElement.scrollWidth, document.documentElement.clientWidth]"
    )
    assert content <= window, f"{page.url} is {content} wide, in a window of {window}"
