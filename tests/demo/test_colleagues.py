"""From the page with the phones one goes into the real console."""

from aiohttp import ClientSession, CookieJar

from demo.colleagues import WORKERS
from demo.town.running import Town


async def test_each_of_the_staff_comes_into_the_console(opened: Town) -> None:
    for worker in WORKERS:
        async with ClientSession(cookie_jar=CookieJar(unsafe=True)) as visitor:
            origin = {"Origin": opened.url}
            async with visitor.post(f"{opened.url}/as/{worker.login}?process=regional", headers=origin) as page:
                assert (page.status, page.url.path) == (200, "/p/regional")
                assert worker.name in await page.text()


async def test_no_page_of_another_site_signs_anybody_in(opened: Town) -> None:
    async with (
        ClientSession() as visitor,
        visitor.post(f"{opened.url}/as/ines", headers={"Origin": "https://evil.example"}) as answer,
    ):
        assert answer.status == 403
