"""What axe-core finds that keeps people out of a page."""

import asyncio

from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Page

from tests.waiting import PATIENCE

GRAVE = {"serious", "critical"}


async def assert_accessible(page: Page) -> None:
    """Neither a serious nor a critical finding, in the state in which the page is now."""
    findings = await grave_findings(page)
    assert not findings, f"{page.url}:\n" + "\n".join(findings)


async def grave_findings(page: Page) -> list[str]:
    """One line for each element, with the rule that it breaks and where it stands. The page must run scripts."""
    async with asyncio.timeout(PATIENCE):
        results = await Axe().run(page)
    return [
        f"{rule['id']}: {rule['help']}: {node['html']}"
        for rule in results.response["violations"]
        if rule["impact"] in GRAVE
        for node in rule["nodes"]
    ]
