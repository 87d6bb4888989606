"""Every address of the console, tried by everybody who may not open it."""

import re
from collections.abc import Iterator
from dataclasses import replace

import pytest

from console import site
from console._frame.routes import Anyone, Route
from flows import Process
from handlers import processes
from storage.roles import Role
from tests.console.browser import Browser
from tests.console.conftest import Town
from tests.console.foreign import FOREIGN
from tests.review import PROCESS

SLUG = "regional-review"
OF_ROLES = [route for route in site.routes() if not isinstance(route.may, Anyone)]
OF_STAFF = [route for route in site.routes() if route.may is Anyone.STAFF]
PARTS = re.compile(r"\{(\w+)\}")


def path_of(route: Route, slug: str = SLUG) -> str:
    """With ids in it that lead to nothing."""
    return PARTS.sub(lambda part: slug if part[1] == "slug" else FOREIGN.get(part[1], "0" * 32), route.path)


async def status(browser: Browser, route: Route, path: str) -> int:
    """What they get who try the address, with a form that is one of ours."""
    if route.method == "GET":
        return (await browser.opens(path)).status
    page = await browser.opens("/")
    token = next((value for form in page.seen.forms for name, value in form.fields if name == "form-token"), "")
    return (await browser.posts(path, [("form-token", token)])).status


def forbidden(role: Role) -> Iterator[Route]:
    return (route for route in OF_ROLES if role not in route.may)  # type: ignore[operator]


@pytest.mark.parametrize("role", Role)
async def test_a_role_opens_nothing_that_is_not_its(sqlite_town: Town, role: Role) -> None:
    colleague = await sqlite_town.signed_in(role)
    for route in forbidden(role):
        assert await status(colleague, route, path_of(route)) == 403, (route.method, route.path)


@pytest.mark.parametrize("role", Role)
async def test_no_role_opens_anything_of_a_process_that_it_is_not_for(sqlite_town: Town, role: Role) -> None:
    async with sqlite_town.office.database.writing() as session:
        await processes.begin(session, another(), sqlite_town.office.clock())
    colleague = await sqlite_town.signed_in(role)
    for route in (route for route in OF_ROLES if "{slug}" in route.path):
        assert await status(colleague, route, path_of(route, "national")) == 404, (route.method, route.path)


async def test_whoever_is_not_signed_in_opens_nothing_of_the_staffs(sqlite_town: Town) -> None:
    visitor = await sqlite_town.visitor()
    for route in (*OF_ROLES, *OF_STAFF):
        async with visitor.client.request(route.method, path_of(route), allow_redirects=False) as answer:
            assert answer.status == 303, (route.method, route.path)
            assert answer.headers["Location"].startswith("/sign-in")


@pytest.mark.parametrize("headers", [{"Sec-Fetch-Site": "cross-site"}, {"Origin": "https://evil.example"}, {}])
async def test_no_form_is_taken_that_is_not_ours(sqlite_town: Town, headers: dict[str, str]) -> None:
    owner = await sqlite_town.signed_in(Role.OWNER, everywhere=True, also=tuple(Role))
    for route in (route for route in site.routes() if route.method == "POST" and not route.confirmed):
        page = await owner.posts(path_of(route), [("form-token", "forged" if not headers else "")], **headers)
        assert page.status == 403, route.path


async def test_a_form_in_another_dress_is_not_taken(sqlite_town: Town) -> None:
    owner = await sqlite_town.signed_in(Role.OWNER, everywhere=True, also=tuple(Role))
    for route in (route for route in site.routes() if route.method == "POST"):
        for kind in ("text/plain", "application/json"):
            async with owner.client.post(path_of(route), data="{}", headers={"Content-Type": kind}) as answer:
                assert answer.status in (403, 404), route.path


def another() -> Process:
    return replace(PROCESS, slug="national", title={"en": "National consultation"})
