"""The command behind `./run pictures`: pages as they look in a browser, in a town that is built for them, for docs/."""

import argparse
import asyncio
import sys
import tempfile
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from playwright.async_api import Browser, Page

from servers import chromium
from tests.browser.windows import DESK, PHONE, Look, Windows
from tests.demo import towns
from tests.pictures import writings
from tests.pictures.palette import reduced

FOLDER = Path(__file__).parents[2] / "docs" / "pictures"
LARGEST = 150_000
"""Bytes: whoever reads a page on a phone loads them all."""


async def nothing(_page: Page) -> None:
    pass


async def unfolded(page: Page) -> None:
    await page.locator("details summary").first.click()
    await page.locator("details img").first.evaluate("(image) => image.decode()")


@dataclass(frozen=True, slots=True)
class Picture:
    """`before`: what is done in the page before it is taken."""

    name: str
    path: str
    """Parts in braces stand for what `writings` gives."""
    look: Look
    login: str = ""
    """Who of the town's staff is signed in; "": nobody."""
    before: Callable[[Page], Awaitable[None]] = nothing


PICTURES = (
    Picture("phones", "/phones", Look(DESK)),
    Picture("phone", "/phones", Look(PHONE)),
    Picture("today", "/p/regional", Look(DESK), "ines"),
    Picture("tell", "/p/regional/tell/{item}", Look(DESK), "ines"),
    Picture("going", "/p/regional/tell/going/{broadcast}", Look(DESK, "dark"), "kofi"),
    Picture("inbox", "/p/regional/inbox?pile=all", Look(DESK), "ines"),
    Picture("matter", "/p/regional/matters/{matter}", Look(DESK), "ines"),
    Picture("words", "/p/regional/words", Look(DESK), "ines"),
    Picture("translating", "/p/regional/words/{item}/ar", Look(PHONE, language="ar"), "salma"),
    Picture("doors", "/p/regional/settings/doors", Look(DESK), "ines", unfolded),
    Picture("settings", "/p/regional/settings", Look(DESK), "tomas"),
    Picture("wall", "/r/regional/ar", Look(PHONE, language="ar")),
    Picture("journal", "/p/regional/journal", Look(DESK), "wanda"),
)


def main() -> None:
    names = _arguments()
    asyncio.run(_take([picture for picture in PICTURES if not names or picture.name in names]))


async def _take(pictures: Sequence[Picture]) -> None:
    FOLDER.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        async with towns.running(Path(folder)) as town, chromium.running() as browser:
            parts = await writings.add(town)
            for picture in pictures:
                content = reduced(await _seen(browser, town.url, picture, parts))
                (FOLDER / f"{picture.name}.png").write_bytes(content)
                print(f"docs/pictures/{picture.name}.png {len(content):,} bytes", flush=True)
                if len(content) > LARGEST:
                    sys.exit(f"pictures: {picture.name} is larger than {LARGEST:,} bytes")


async def _seen(browser: Browser, site: str, picture: Picture, parts: Mapping[str, str]) -> bytes:
    windows = Windows(browser)
    page = await windows.open(site, picture.look)
    if picture.login:
        await page.request.post(f"/as/{picture.login}", headers={"Origin": site})
    answer = await page.goto(picture.path.format_map(parts))
    if answer is None or not answer.ok:
        sys.exit(f"pictures: {picture.path} is not shown")
    await picture.before(page)
    content = await page.screenshot()
    await windows.close()
    if windows.faults:
        sys.exit(f"pictures: {picture.name}: {'; '.join(windows.faults)}")
    return content


def _arguments() -> Sequence[str]:
    parser = argparse.ArgumentParser("./run pictures", description="Takes the pictures of docs/ anew; look at them.")
    known = [picture.name for picture in PICTURES]
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"any of {', '.join(known)}; all without one")
    names: list[str] = parser.parse_args().names
    if unknown := set(names) - set(known):
        parser.error(f"there is no picture {', '.join(unknown)}")
    return names


if __name__ == "__main__":
    main()
