"""What stands beside the phones: the console, and what the console has no page for yet."""

import re
from collections.abc import AsyncIterator
from html import unescape
from itertools import pairwise

import pytest
from aiohttp import ClientSession, CookieJar, web
from aiohttp.test_utils import make_mocked_request

from demo.panel import once_open
from demo.town.running import Town
from handlers.writing import contents
from storage import broadcasts, rounds
from tests.demo import towns

SECTIONS = ["", "/inputs"]
PAGES = [
    "/",
    *(f"/panel/{slug}{section}" for slug in ("regional", "national") for section in SECTIONS),
    *("/panel/regional/open", "/panel/national/input"),
]
FORMS = [
    *("/panel/regional/invite", "/panel/regional/open", "/panel/regional/close"),
    *("/panel/national/input", "/panel/national/input/ask", "/panel/national/input/write"),
]


@pytest.fixture
async def desk(opened: Town) -> AsyncIterator[ClientSession]:
    """A browser that looks at the panel."""
    async with ClientSession(opened.url, headers={"Origin": opened.url}) as session:
        yield session


async def get(desk: ClientSession, path: str, **query: str) -> str:
    async with desk.get(path, params=query) as response:
        assert response.status == 200
        return await response.text()


async def post(desk: ClientSession, path: str, *fields: tuple[str, str], status: int = 200) -> str:
    async with desk.post(path, data=list(fields)) as response:
        html = await response.text()
        assert response.status == status, html
        return html


async def open_round(opened: Town) -> str:
    [vote] = await opened.office().acts(lambda session, process, _now: rounds.newest(session, process.id, 10))
    return vote.id


async def test_closing_the_vote_tells_each_member_the_result(opened: Town, desk: ClientSession) -> None:
    vote = await open_round(opened)
    for words in ("vote", "1 3", "1"):
        await towns.says(opened, "Samuel", words)
    chats = {name: towns.chat(opened, name) for name in ("Amina", "Moussa", "Samuel")}
    assert "3 of 3 members have voted" in await get(desk, "/panel/regional")
    html = await post(desk, "/panel/regional/close", ("round", vote))
    assert "more than half" in html
    assert "عقود بلغة يفهمها العامل" in (await chats["Amina"].next()).text
    assert "Des contrats dans une langue que l’on lit" in (await chats["Moussa"].next()).text
    assert "Contracts in a language you read" in (await chats["Samuel"].next()).text
    again = await post(desk, "/panel/regional/close", ("round", vote), status=422)
    assert "No round that is open has this id." in again


async def test_closing_is_asked_about_first_and_closes_nothing_yet(opened: Town, desk: ClientSession) -> None:
    vote = await open_round(opened)
    assert '<form action="/panel/regional/close">' in await get(desk, "/panel/regional")
    html = await get(desk, "/panel/regional/close", round=vote)
    assert "2 of 3 members have voted" in html
    assert "All 3 members are told that too few voted for a result" in html
    for words in ("vote", "1 3", "1"):
        await towns.says(opened, "Samuel", words)
    assert "All 3 members are told the result" in await get(desk, "/panel/regional/close", round=vote)
    assert await open_round(opened) == vote
    assert re.search(r'<form method="post" action="/panel/regional/close">\s*<input type="hidden" name="round"', html)
    async with desk.get("/panel/regional/close", params={"round": "feedfeed"}) as response:
        assert response.status == 422
        assert "No round that is open has this id." in await response.text()


async def test_a_vote_of_too_few_shows_no_result(opened: Town, desk: ClientSession) -> None:
    samuel = towns.chat(opened, "Samuel")
    html = await post(desk, "/panel/regional/close", ("round", await open_round(opened)))
    assert "Too few voted" in html
    assert "more than half" not in html
    assert "there is no result" in (await samuel.next()).text


async def test_another_vote_can_be_opened_and_invites_the_members(opened: Town, desk: ClientSession) -> None:
    samuel = towns.chat(opened, "Samuel")
    await post(desk, "/panel/regional/open")
    assert opened.office().content.to_open["title"]["en"] in (await samuel.next()).text
    assert "/panel/regional/open" not in await get(desk, "/panel/regional")


async def test_opening_is_asked_about_first_and_happens_once(opened: Town, desk: ClientSession) -> None:
    assert '<form action="/panel/regional/open">' in await get(desk, "/panel/regional")
    html = await get(desk, "/panel/regional/open")
    assert "All 3 members who sit on the council now are invited" in html
    assert '<form method="post" action="/panel/regional/open">' in html
    assert await open_round(opened), "there is only the one that was open before"
    await post(desk, "/panel/regional/open")
    assert "There is no vote to open, or it has been opened already." in await post(
        desk, "/panel/regional/open", status=422
    )
    async with desk.get("/panel/regional/open") as response:
        assert response.status == 422
    assert len(await opened.office().acts(lambda session, process, _now: rounds.newest(session, process.id, 10))) == 2


async def test_an_invitation_seats_whoever_sends_it_first(opened: Town, desk: ClientSession) -> None:
    html = await post(desk, "/panel/regional/invite")
    code = re.search(r"<strong>(\w{5}-\w{5})</strong>", html)
    assert code is not None
    heard = await towns.says(opened, "Grace", code[1])
    assert heard.text.startswith("Welcome to the council.")
    assert "We did not understand" not in heard.text
    assert "4 members." in await get(desk, "/panel/regional")


@pytest.mark.parametrize("path", PAGES[1:])
async def test_the_panel_shows_no_number_and_no_name(opened: Town, desk: ClientSession, path: str) -> None:
    html = await get(desk, path)
    for resident in opened.scenery.people:
        assert resident.address not in html
        assert resident.name not in html


@pytest.mark.parametrize("path", PAGES)
async def test_a_page_allows_nothing_from_elsewhere_and_nothing_inside(desk: ClientSession, path: str) -> None:
    async with desk.get(path) as response:
        html = await response.text()
        assert response.headers["Content-Security-Policy"].startswith("default-src 'self';")
    assert " style=" not in html
    assert not re.search(r"<script>| on\w+=", html)


@pytest.mark.parametrize("path", FORMS)
@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://elsewhere.example"},
        {"Origin": "null"},
        {"Origin": "null", "Referer": "http://127.0.0.1/panel"},
        {"Referer": "https://elsewhere.example/panel"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {},
        {"Origin": "http://rebound.example", "Host": "rebound.example"},
    ],
    ids=str,
)
async def test_what_comes_from_elsewhere_is_refused(opened: Town, path: str, headers: dict[str, str]) -> None:
    before = await opened.office().acts(lambda session, process, _now: broadcasts.latest(session, process.id, 100))
    async with ClientSession(opened.url, headers=headers) as session, session.post(path, data={"a": "b"}) as response:
        assert response.status == 403
    assert (
        await opened.office().acts(lambda session, process, _now: broadcasts.latest(session, process.id, 100)) == before
    )


async def test_the_panel_opens_in_the_first_process(desk: ClientSession) -> None:
    shown = "Regional review of the Global Compact for Migration"
    assert shown in await get(desk, "/panel")
    assert shown in await get(desk, "/", process="elsewhere")
    async with desk.get("/panel/elsewhere") as response:
        assert response.status == 404


async def test_without_script_a_phone_is_chosen_and_the_process_stays(desk: ClientSession) -> None:
    assert (await get(desk, "/", process="national")).count('name="process" value="national"') == 3


@pytest.mark.parametrize(("here", "elsewhere"), [("regional", "national"), ("national", "regional")])
async def test_a_process_sees_nothing_of_the_other(
    opened: Town, desk: ClientSession, here: str, elsewhere: str
) -> None:
    html = "".join([await get(desk, f"/panel/{here}{page}") for page in ("", "/inputs")])
    other = opened.office(elsewhere).content
    theirs = [recommendation.words for who in other.people for recommendation in who.recommends]
    theirs += [line for bulletin in other.bulletins for line in bulletin.text.values()]
    theirs += [bulletin.name for bulletin in other.bulletins] + [other.consultation["title"]["en"]]
    assert not [words for words in filter(None, theirs) if words.splitlines()[0] in html.splitlines() or words in html]


async def test_an_input_that_was_handed_up_is_read_in_the_process_above(opened: Town, desk: ClientSession) -> None:
    handed_up = opened.office("national").content.handed_up
    assert handed_up is not None
    html = await get(desk, "/panel/regional/inputs")
    assert "From: National consultation on migration" in html
    assert handed_up.title["en"] in html
    assert handed_up.text["ar"].strip() in html
    assert "About 10 recommendations were given there" in html
    assert "Nothing yet." in await get(desk, "/panel/national/inputs")


async def test_handing_up_is_asked_about_first_and_happens_then(opened: Town, desk: ClientSession) -> None:
    ready = opened.office("national").content.to_hand_up
    assert ready is not None
    assert 'action="/panel/national/input"' in await get(desk, "/panel/national/inputs")
    assert ready.title["en"] in await get(desk, "/panel/national/input")
    fields = [("title-fr", "Encore & encore"), ("title-ar", ""), ("title-en", "More"), ("text-en", "It goes on")]
    html = await post(desk, "/panel/national/input/ask", *fields)
    assert "About 10 recommendations were given there" in html
    assert "It goes on" not in await get(desk, "/panel/regional/inputs")
    yes = [(name, unescape(value)) for name, value in re.findall(r'name="([^"]*)" value="([^"]*)">', html)]
    assert yes == fields
    assert "Encore &amp; encore" in await post(desk, "/panel/national/input/write", *yes)
    await post(desk, "/panel/national/input", *yes)
    for slug in ("regional", "national"):
        assert "It goes on" in await get(desk, f"/panel/{slug}/inputs")
    assert ready.title["en"] in await get(desk, "/panel/national/input"), "it is ready until it has been handed up"
    await post(desk, "/panel/national/input", ("title-en", ready.title["en"]), ("text-en", ready.text["en"]))
    assert ready.title["en"] not in await get(desk, "/panel/national/input")


async def test_what_cannot_be_handed_up_says_why_and_loses_nothing(desk: ClientSession) -> None:
    for path in ("/panel/national/input/ask", "/panel/national/input"):
        html = await post(desk, path, ("title-en", ""), ("text-en", "My words"), status=422)
        assert 'role="alert"' in html
        assert "My words" in html
    for request in (desk.get("/panel/regional/input"), desk.post("/panel/regional/input")):
        async with request as response:
            assert response.status == 404, "it stands under none"


@pytest.mark.parametrize("path", PAGES)
async def test_a_page_lets_browsers_say_where_a_form_stood(desk: ClientSession, path: str) -> None:
    async with desk.get(path) as response:
        assert response.headers["Referrer-Policy"] == "same-origin"


@pytest.mark.parametrize("path", PAGES)
async def test_a_page_has_one_first_heading_and_leaves_no_level_out(desk: ClientSession, path: str) -> None:
    levels = [int(level) for level in re.findall(r"<h([1-6])\b", await get(desk, path))]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(below <= above + 1 for above, below in pairwise(levels))


async def test_a_browser_that_names_no_origin_is_known_by_the_page_that_its_form_stood_on(opened: Town) -> None:
    page = {"Referer": f"{opened.url}/panel/regional"}
    async with (
        ClientSession(opened.url, headers=page) as session,
        session.post("/panel/regional/invite") as response,
    ):
        assert response.status == 200


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b"text-en=%ff%fe", "application/x-www-form-urlencoded"),
        (b"--b\r\nContent-Disposition: form-data; name=\"text-en\"; filename=\"f\"\r\n\r\nx\r\n--b--\r\n",
         "multipart/form-data; boundary=b"),
    ],
    ids=["not UTF-8", "a file"],
)  # fmt: skip
async def test_a_form_that_makes_no_sense_is_refused(desk: ClientSession, body: bytes, kind: str) -> None:
    async with desk.post("/panel/national/input", data=body, headers={"Content-Type": kind}) as response:
        assert response.status == 400


async def test_a_page_of_a_process_that_is_not_open_yet_comes_again_by_itself() -> None:
    async def not_open(_request: web.Request) -> web.StreamResponse:
        raise contents.Unfit("There is no process national.")

    answer = await once_open(not_open)(make_mocked_request("GET", "/panel/national"))
    assert (answer.status, answer.headers["Refresh"]) == (503, "2")


@pytest.mark.parametrize(("slug", "name"), [("regional", "Regional review"), ("national", "National consultation")])
async def test_the_console_of_the_process_stands_beside_the_phones_with_an_organizer_in_it(
    opened: Town, slug: str, name: str
) -> None:
    async with ClientSession(opened.url, cookie_jar=CookieJar(unsafe=True)) as visitor:
        html = await get(visitor, "/", process=slug)
        assert f'<iframe name="console" title="The console" src="/p/{slug}">' in html
        assert f'<a href="/?process={slug}" aria-current="true">{name}</a>' in html
        async with visitor.get(f"/p/{slug}") as page:
            assert "frame-ancestors 'self'" in page.headers["Content-Security-Policy"]
            assert page.headers["X-Frame-Options"] == "SAMEORIGIN"
            assert "Inês" in await page.text()


async def test_a_page_of_another_site_signs_nobody_in_by_opening_it(opened: Town) -> None:
    elsewhere = {"Sec-Fetch-Site": "cross-site"}
    async with ClientSession(opened.url, headers=elsewhere) as visitor, visitor.get("/") as page:
        assert "Set-Cookie" not in page.headers


async def test_the_console_shows_what_was_said_as_matters_and_what_is_written(opened: Town) -> None:
    async with ClientSession(opened.url, cookie_jar=CookieJar(unsafe=True)) as visitor:
        await get(visitor, "/")
        html = await get(visitor, "/p/regional/matters", show="answered")
        assert "An interpreter at the clinic" in html
        assert "What the advisory council does" in await get(visitor, "/p/regional/words")
