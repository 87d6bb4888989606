"""Signing in by the forms of the console, as staff and as whoever would like to be."""

from datetime import timedelta

import pytest
from aiohttp.test_utils import make_mocked_request

from broadcast.wake import Waker
from console._frame import entering, tokens
from console._frame.desks import Desk
from console.office import Office
from handlers.staff import Grant
from storage.roles import Role
from tests.console.browser import Browser
from tests.console.conftest import Town
from tests.console.entering import PASSWORD, invited, settled

OTHER = "eight quiet harbours"
HOME = "/p/regional-review"


def kept(browser: Browser) -> str:
    """The token that a browser has."""
    return next((cookie.value for cookie in browser.client.session.cookie_jar if cookie.key == tokens.SIGN_IN), "")


def plant(browser: Browser, name: str, token: str) -> None:
    """Give it one."""
    browser.client.session.cookie_jar.update_cookies({name: token}, browser.client.make_url("/"))


async def test_an_invitation_becomes_a_sign_in_by_two_steps_through_forms_alone(town: Town) -> None:
    amal, link = await invited(town, "amal", Grant(town.process, Role.ORGANIZER))
    page = await amal.accepts(link)
    assert (page.status, page.path) == (200, "/second")
    assert (await amal.browser.opens(HOME)).path == "/second"
    page = await amal.chooses()
    assert len(amal.codes) == 10
    assert 'class="qr"' not in page.html
    assert (await amal.browser.opens(page.link("I have kept them: go on"))).path == "/"
    again = await amal.elsewhere()
    page = await again.signs_in(ahead=HOME)
    assert page.path == "/second"
    assert "Regional review" not in page.text
    page = await again.browser.sends("/second", code=again.code())
    assert (page.status, page.path) == (200, HOME)


async def test_a_code_of_the_app_and_one_on_paper_each_open_once(sqlite_town: Town) -> None:
    amal = await settled(sqlite_town)
    code = amal.code()
    for digits, opens in ((code, True), (code, False), (amal.codes[0], True), (amal.codes[0], False)):
        again = await amal.elsewhere()
        await again.signs_in()
        page = await again.browser.sends("/second", code=digits)
        assert (page.status, page.path) == ((200, "/") if opens else (422, "/second"))


async def test_an_invitation_is_used_once_and_shows_no_login_afterwards(sqlite_town: Town) -> None:
    amal, link = await invited(sqlite_town, "amal")
    stranger = await amal.elsewhere()
    await stranger.browser.opens(link)
    assert (await amal.accepts(link)).status == 200
    page = await stranger.browser.sends(link, name="Eve", password=OTHER, again=OTHER)
    assert page.status == 404
    assert "This link is over" in page.text
    assert "amal" not in (await stranger.browser.opens(link)).text


@pytest.mark.parametrize(
    ("fields", "why"),
    [
        ({"password": "short", "again": "short"}, "at least 12 characters"),
        ({"again": OTHER}, "not the same"),
        ({"password": "amalamalamal", "again": "amalamalamal"}, "little more than the login"),
        ({"name": " "}, "A name has 1 to 80 characters"),
    ],
)
async def test_what_cannot_be_kept_of_an_invitation_is_explained_beside_its_field(
    sqlite_town: Town, fields: dict[str, str], why: str
) -> None:
    amal, link = await invited(sqlite_town, "amal")
    await amal.browser.opens(link)
    page = await amal.browser.sends(link, **{"name": "Amal", "password": PASSWORD, "again": PASSWORD} | fields)
    assert page.status == 422
    assert why in page.text
    assert 'aria-invalid="true"' in page.html
    assert PASSWORD not in page.html


async def test_whatever_was_wrong_the_answer_is_the_same_and_the_eleventh_try_is_not_looked_at(town: Town) -> None:
    amal = await settled(town)
    guesser = await amal.elsewhere()
    await guesser.browser.opens("/sign-in")
    unknown = await guesser.browser.sends("/sign-in", login="nobody", password=OTHER)
    for _time in range(10):
        wrong = await guesser.signs_in(OTHER)
        assert (wrong.status, wrong.text) == (422, unknown.text)
    page = await guesser.signs_in()
    assert page.status == 429
    assert "Come again in 15 minutes" in page.text
    assert 'value="amal"' in page.html
    town.clock.now += timedelta(minutes=15)
    assert (await guesser.signs_in()).path == "/second"


async def test_what_a_browser_was_given_before_opens_nothing_afterwards(sqlite_town: Town) -> None:
    amal = await settled(sqlite_town)
    victim = await amal.elsewhere()
    planted = "planted" * 6
    for name in (tokens.SIGN_IN, tokens.VISIT):
        plant(victim.browser, name, planted)
    await victim.signs_in()
    half = kept(victim.browser)
    await victim.browser.sends("/second", code=victim.code())
    whole = kept(victim.browser)
    assert len({planted, half, whole}) == 3
    for token in (planted, half):
        attacker = (await amal.elsewhere()).browser
        plant(attacker, tokens.SIGN_IN, token)
        assert (await attacker.opens("/me")).path == "/sign-in"
        forged = await victim.browser.posts("/me/sign-ins/end", [(tokens.FIELD, tokens.masked(token))])
        assert forged.status == 403


async def test_a_sign_in_ended_elsewhere_is_over_at_once(sqlite_town: Town) -> None:
    amal = await settled(sqlite_town)
    again = await amal.elsewhere()
    await again.signs_in()
    await again.browser.sends("/second", code=again.code())
    page = await again.browser.opens("/me")
    other = next(form.action for form in page.seen.forms if form.action.count("/") == 4)
    page = await again.browser.sends(other)
    assert "Signed out there" in page.text
    assert (await amal.browser.opens(HOME)).path == "/sign-in"
    assert (await again.browser.opens(HOME)).path == HOME


async def test_whoever_signs_out_is_out_and_their_token_opens_nothing(sqlite_town: Town) -> None:
    amal = await settled(sqlite_town)
    token = kept(amal.browser)
    await amal.browser.opens("/")
    assert (await amal.browser.sends("/sign-out")).path == "/sign-in"
    plant(amal.browser, tokens.SIGN_IN, token)
    assert (await amal.browser.opens("/me")).path == "/sign-in"


@pytest.mark.parametrize("ahead", ["//evil.example", "https://evil.example", "/\\evil.example"])
async def test_nobody_is_led_away_by_signing_in(sqlite_town: Town, ahead: str) -> None:
    linda, link = await invited(sqlite_town, "linda", Grant(sqlite_town.process, Role.TRANSLATOR, ("fr",)))
    await linda.accepts(link)
    again = await linda.elsewhere()
    page = await again.signs_in(ahead=ahead)
    assert (page.status, page.path) == (200, "/")
    assert (await again.browser.opens(f"/sign-in?next={ahead}")).path == "/"


async def test_a_password_is_changed_after_giving_everything_again_and_ends_all_other_sign_ins(
    sqlite_town: Town,
) -> None:
    amal = await settled(sqlite_town)
    again = await amal.elsewhere()
    await again.signs_in()
    await again.browser.sends("/second", code=again.code())
    sqlite_town.clock.now += timedelta(minutes=11)
    page = await amal.browser.opens("/me")
    assert 'action="/me/password"' not in page.html
    await amal.browser.opens(page.link("It is me"))
    assert (await amal.browser.sends("/confirm", password=OTHER, code=amal.code())).status == 422
    assert (await amal.confirms()).path == "/me"
    page = await amal.browser.sends("/password", password="amal", again="amal")
    assert page.status == 422
    page = await amal.browser.sends("/password", password=OTHER, again=OTHER)
    assert "You have a new password" in page.text
    assert (await again.browser.opens(HOME)).path == "/sign-in"
    assert (await again.signs_in()).status == 422
    assert (await again.signs_in(OTHER)).path == "/second"


async def test_another_app_and_other_codes_take_the_place_of_the_first(sqlite_town: Town) -> None:
    amal = await settled(sqlite_town)
    before = (amal.secret, amal.codes)
    await amal.browser.opens("/me")
    page = await amal.browser.sends("/me/second")
    assert page.path == "/second"
    assert 'class="qr"' in page.html
    amal.secret = page.text.partition("Or type this into it: ")[2].split()[0]
    page = await amal.browser.sends("/second/choose", code="000000")
    assert page.status == 422
    page = await amal.browser.sends("/second/choose", code=amal.code())
    assert page.status == 200
    assert amal.secret != before[0]
    page = await amal.browser.opens(page.link("I have kept them: go on"))
    assert "10 are left" in page.text
    page = await amal.browser.sends("/me/codes")
    assert "They are shown only now" in page.text
    assert not set(before[1]) & set(page.text.split())


async def test_what_they_say_of_themselves_is_kept(sqlite_town: Town) -> None:
    amal = await settled(sqlite_town)
    await amal.browser.opens("/me")
    page = await amal.browser.sends("/me", name="", language="fr")
    assert page.status == 422
    page = await amal.browser.sends("/me", name="Amal <b>", language="ar", look="dark")
    assert '<html lang="ar" dir="rtl" data-look="dark"' in page.html
    assert "Amal <b>" in page.text


@pytest.mark.parametrize(
    ("remote", "public_url", "expected"),
    [
        ("127.0.0.1", "https://hearback.example", "192.0.2.9"),
        ("127.0.0.1", "", "127.0.0.1"),
        ("198.51.100.4", "https://hearback.example", "198.51.100.4"),
    ],
)
async def test_a_proxy_on_this_computer_alone_says_where_a_request_comes_from(
    sqlite_town: Town, remote: str, public_url: str, expected: str
) -> None:
    office = Office(sqlite_town.office.database, sqlite_town.office.keys, {}, sqlite_town.clock, Waker(), public_url)
    request = make_mocked_request("GET", "/", {"X-Forwarded-For": "203.0.113.5, 192.0.2.9"})
    assert entering.client(Desk(office, request.clone(remote=remote), sqlite_town.clock(), "")) == expected
