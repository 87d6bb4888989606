"""What holds for every page of the console."""

import pytest

from console import site
from console._frame import pages, tokens
from console._frame.guard import own_path
from console._frame.routes import Anyone
from storage.roles import Role
from tests.console.conftest import Town
from tests.storage.rows import NOW


async def test_a_visitor_is_asked_to_sign_in_and_nothing_is_shown(town: Town) -> None:
    visitor = await town.visitor()
    async with visitor.client.get("/p/regional-review", allow_redirects=False) as answer:
        assert (answer.status, answer.headers["Location"]) == (303, "/sign-in?next=/p/regional-review")


async def test_a_process_is_only_there_for_who_works_in_it(town: Town) -> None:
    organizer = await town.signed_in()
    page = await organizer.opens("/p/regional-review")
    assert page.status == 200
    assert "Regional review" in page.text
    assert (await organizer.opens("/p/another")).status == 404


async def test_every_page_leaves_under_strict_headers(town: Town) -> None:
    page = await (await town.signed_in()).opens("/p/regional-review")
    assert "default-src 'none'" in page.headers["Content-Security-Policy"]
    assert "unsafe" not in page.headers["Content-Security-Policy"]
    assert page.headers["Cache-Control"] == "no-store"


async def test_a_page_is_in_the_readers_language_and_direction(town: Town) -> None:
    page = await (await town.signed_in(language="ar")).opens("/p/regional-review")
    assert '<html lang="ar" dir="rtl"' in page.html


def test_every_route_says_who_may_open_it() -> None:
    for route in site.routes():
        assert isinstance(route.may, Anyone) or set(route.may) <= set(Role)
        assert route.may


def test_a_token_of_a_form_holds_in_one_browser_and_looks_different_each_time() -> None:
    first, second = tokens.masked("key"), tokens.masked("key")
    assert first != second
    assert tokens.is_of("key", first)
    assert tokens.is_of("key", second)
    assert not tokens.is_of("another", first)
    assert not tokens.is_of("key", "é")
    assert not tokens.is_of("key", "")


@pytest.mark.parametrize("path", ["//evil.example", "https://evil.example", "/\\evil.example", "/a\nb", "", "evil"])
def test_nobody_is_led_elsewhere_from_here(path: str) -> None:
    assert own_path(path) == "/"
    assert own_path("/p/review?q=1") == "/p/review?q=1"


def test_what_happens_at_this_moment_is_not_ahead() -> None:
    assert "1 second ago" in pages.ago(NOW, NOW)


async def test_a_page_is_found_by_its_title(town: Town) -> None:
    organizer = await town.signed_in()
    await organizer.opens("/p/regional-review")
    page = await organizer.sends("/find", q="sETT")
    assert page.link("Settings") == "/p/regional-review/settings"
    page = await organizer.opens("/p/regional-review/find?q=journal")
    assert "No page that you may open" in page.text
