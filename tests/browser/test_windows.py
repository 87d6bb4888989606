"""The browser itself, and that it notices whatever goes wrong in a page."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from aiohttp import web
from playwright.async_api import Browser

from demo.serving import bound, serving
from tests.browser.axe import grave_findings
from tests.browser.windows import PHONE, Look, Windows, assert_fits

STRICT = {"Content-Security-Policy": "default-src 'self'"}
PAGES = {
    "/good": ("<h1>Good</h1>", STRICT),
    "/inline": ("<script>alert(1)</script>", STRICT),
    "/styled": ("<p style='color: red'>Red</p>", STRICT),
    "/loud": ("<script>console.error('a cry')</script>", {}),
    "/broken": ("<script>nothing.here()</script>", {}),
    "/open": ("<script>alert('open')</script>", {}),
    "/foreign": ("<img src='http://hostile.example/a.png' alt=''>", {}),
    "/kept-out": ("<img src='http://hostile.example/a.png' alt=''>", STRICT),
    "/lost": ("<script src='/nowhere.js'></script>", {}),
    "/failing": ("", {}),
    "/unlabelled": ("<h1>Form</h1><form><input name=name></form>", STRICT),
    "/wide": ("<p>" + "wide" * 100, STRICT),
}
FAULTS = {
    "/inline": ["script-src-elem"],
    "/styled": ["style-src-attr"],
    "/loud": ["a cry"],
    "/broken": ["nothing is not defined"],
    "/open": ["alert: open"],
    "/foreign": ["asks somebody else"],
    "/kept-out": ["img-src"],
    "/lost": ["answered 404: script"],
    "/failing": ["answered 500: document"],
}
WITHOUT_SCRIPTS = {"/styled": "inline style", "/foreign": "asks somebody else", "/kept-out": "img-src"}


async def serve(request: web.Request) -> web.Response:
    if request.path not in PAGES:
        raise web.HTTPNotFound
    body, headers = PAGES[request.path]
    html = f"<!doctype html><html lang=en><title>Page</title><meta name=viewport content=width=device-width>{body}"
    return web.Response(text=html, content_type="text/html", headers=headers, status=200 if body else 500)


@pytest_asyncio.fixture(loop_scope="session")
async def site() -> AsyncIterator[str]:
    application = web.Application()
    application.router.add_get("/{tail:.*}", serve)
    async with serving(application, bound()) as url:
        yield url


async def faults(browser: Browser, site: str, path: str, look: Look) -> str:
    windows = Windows(browser)
    page = await windows.open(site, look)
    await page.goto(path)
    await windows.close()
    return "\n".join(windows.faults)


async def test_what_goes_wrong_in_a_page_is_noticed(browser: Browser, site: str) -> None:
    noticed = {path: await faults(browser, site, path, Look()) for path in ("/good", *FAULTS)}
    assert noticed.pop("/good") == ""
    assert {path: words for path, words in noticed.items() if not all(word in words for word in FAULTS[path])} == {}


async def test_also_where_no_script_runs(browser: Browser, site: str) -> None:
    look = Look(runs_scripts=False)
    noticed = {path: await faults(browser, site, path, look) for path in ("/good", *WITHOUT_SCRIPTS)}
    assert noticed.pop("/good") == ""
    assert {path: words for path, words in noticed.items() if WITHOUT_SCRIPTS[path] not in words} == {}


async def test_what_keeps_people_out_is_found(windows: Windows, site: str) -> None:
    page = await windows.open(site, Look(PHONE))
    await page.goto("/good")
    assert await grave_findings(page) == []
    await assert_fits(page)
    await page.goto("/unlabelled")
    assert [finding.partition(":")[0] for finding in await grave_findings(page)] == ["label"]
    await page.goto("/wide")
    with pytest.raises(AssertionError, match="in a window of 390"):
        await assert_fits(page)


async def test_a_page_is_asked_for_as_somebody_looks_at_it(windows: Windows, site: str) -> None:
    page = await windows.open(site, Look(PHONE, "dark", "ar"))
    await page.goto("/good")
    seen = "[innerWidth, matchMedia('(prefers-color-scheme: dark)').matches, navigator.language]"
    assert await page.evaluate(seen) == [390, True, "ar"]
