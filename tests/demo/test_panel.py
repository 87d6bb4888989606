"""What an organizer does in the panel reaches people; what does not come from the panel does nothing."""

import asyncio
import re
from collections.abc import AsyncIterator, Callable, Iterable
from dataclasses import replace
from datetime import date
from html import unescape
from itertools import pairwise

import pytest
from aiohttp import ClientSession, web
from aiohttp.test_utils import make_mocked_request

from demo.panel import once_open
from demo.phones import templates
from demo.platforms.wire import Dropped
from demo.town.running import Town
from handlers.counts import rounded
from handlers.writing import contents
from storage import broadcasts, rounds
from storage.contributions import Contribution
from storage.states import ResponseState
from tests.demo import towns
from tests.waiting import PATIENCE

GIVEN = Contribution(
    id="c1",
    pseudonym="abc123",
    language="en",
    topic="else",
    consultation=None,
    question=None,
    option=None,
    words="",
    spoken=False,
    given=date(2026, 11, 23),
    response=None,
    state=ResponseState.RECEIVED,
)
SECTIONS = ["", "/hear", "/answer", "/decide", "/done"]
PAGES = [
    "/",
    *(f"/panel/{slug}{section}" for slug in ("regional", "national") for section in SECTIONS),
    *("/panel/regional/open", "/panel/national/input"),
]
FORMS = [
    *("/panel/regional", "/panel/regional/publish", "/panel/regional/write"),
    *("/panel/regional/answer", "/panel/regional/answer/ask", "/panel/regional/answer/write"),
    *("/panel/regional/invite", "/panel/regional/open", "/panel/regional/close"),
    *("/panel/national", "/panel/national/input", "/panel/national/input/ask", "/panel/national/input/write"),
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


async def until(desk: ClientSession, path: str, shows: Callable[[str], bool]) -> str:
    """The page, as soon as it shows this."""
    async with asyncio.timeout(PATIENCE):
        while not shows(html := await get(desk, path)):  # noqa: ASYNC110 a page has no event to wait for
            await asyncio.sleep(0.01)
    return html


def written(texts: dict[str, str]) -> Iterable[tuple[str, str]]:
    return [(f"text-{code}", text) for code, text in texts.items()]


async def given_by(opened: Town, name: str) -> str:
    """The id of what somebody recommended."""
    [words] = [what.words for what in towns.neighbour(opened, name).recommends]
    recommendations = await towns.received(opened)
    return next(recommendation.id for recommendation in recommendations if recommendation.words == words)


async def open_round(opened: Town) -> str:
    [vote] = await opened.office().acts(lambda session, process, _now: rounds.newest(session, process.id, 10))
    return vote.id


async def test_a_published_bulletin_reaches_each_phone_in_its_language(opened: Town, desk: ClientSession) -> None:
    draft = opened.office().content.bulletins[2]
    assert draft.name in await get(desk, "/panel/regional")
    chats = {name: towns.chat(opened, name) for name in ("Amina", "Moussa", "Samuel", "Diego")}
    await post(desk, "/panel/regional", *written(dict(draft.text)))
    heard = {name: (await chat.next()).text for name, chat in chats.items()}
    assert "سبعة" in heard["Amina"]
    assert "Quel est le poids" in heard["Moussa"], "by a template: he has been silent for more than a day"
    assert heard["Samuel"].startswith("Regional review\nHow much weight"), "others use the number, too"
    assert "How much weight" in heard["Diego"]
    assert not heard["Diego"].startswith("How much weight"), "who gets another language is told so"
    shown = await until(desk, "/panel/regional/leaving", lambda html: "It is leaving" not in html)
    assert "To about 10 people." in shown
    assert draft.name not in await get(desk, "/panel/regional")


async def test_an_audience_gets_it_and_nobody_else(opened: Town, desk: ClientSession) -> None:
    yusuf, others = towns.chat(opened, "Yusuf"), [towns.chat(opened, name) for name in ("Samuel", "Amina", "Layla")]
    before = [len(chat.bubbles) for chat in others]
    await post(desk, "/panel/regional", ("text-ar", "إلى الهواتف العادية"), ("language", "ar"), ("channel", "sms"))
    assert (await yusuf.next()).text == "الاستعراض الإقليمي\nإلى الهواتف العادية\nلإيقاف الرسائل أرسلوا «إيقاف»."
    shown = await until(desk, "/panel/regional/leaving", lambda html: "It is leaving" not in html)
    assert [len(chat.bubbles) for chat in others] == before
    assert "To fewer than 8 people." in shown


async def test_an_audience_is_offered_only_what_the_process_has(desk: ClientSession) -> None:
    assert 'value="whatsapp"' in await get(desk, "/panel/regional")
    assert 'value="sms"' in await get(desk, "/panel/national")
    for nothing_of_theirs in ('value="whatsapp"', 'value="es"', 'value="coast"'):
        assert nothing_of_theirs not in await get(desk, "/panel/national")


async def test_few_people_are_not_counted_by_state(opened: Town, desk: ClientSession) -> None:
    await post(desk, "/panel/regional", ("text-en", "Only to one"), ("language", "ar"), ("channel", "sms"))
    shown = await until(desk, "/panel/regional/leaving", lambda html: "It is leaving" not in html)
    newest = shown.partition("<strong>Vote opened")[0]
    assert "Only to one" in newest
    assert "states" not in newest
    assert not re.search(r"\b1\b", re.sub(r"<time.*?</time>", "", newest))


async def test_what_may_have_arrived_is_shown_as_unknown(opened: Town, desk: ClientSession) -> None:
    opened.platforms.telegram.faults.append(Dropped(taken=True))
    await post(desk, "/panel/regional", ("text-en", "Where the line breaks"))
    shown = await until(desk, "/panel/regional/leaving", lambda html: "unknown, may have arrived" in html)
    assert "Whether some of it arrived is unknown." in shown


@pytest.mark.parametrize(
    ("audience", "sentence"),
    [
        ({}, "Reaches about 10 people."),
        ({"language": "ar"}, "Reaches fewer than 8 people."),
        ({"language": "ar", "channel": "sms", "region": "north"}, "Reaches fewer than 8 people."),
    ],
)
async def test_an_audience_is_counted_so_that_nobody_is_pointed_at(
    desk: ClientSession, audience: dict[str, str], sentence: str
) -> None:
    assert (await get(desk, "/panel/regional/reach", **audience)).strip() == sentence


async def test_a_bulletin_that_cannot_be_sent_says_why_and_loses_nothing(opened: Town, desk: ClientSession) -> None:
    long = "Long. " * 300
    html = await post(
        desk, "/panel/regional", ("text-en", long), ("text-fr", "Bonjour"), ("region", "north"), status=422
    )
    assert "at most 1400 fit" in html
    assert long.strip() in html
    assert "Bonjour" in html
    assert re.search(r'value="north" checked', html)
    assert "write it in at least one language" in await post(desk, "/panel/regional", ("text-en", "  "), status=422)
    assert "there is no such language" in await post(
        desk, "/panel/regional", ("text-en", "x"), ("language", "xx"), status=422
    )
    async with desk.get("/panel/regional/reach", params={"channel": "pigeon"}) as response:
        assert response.status == 422


async def test_publishing_is_asked_about_first_and_sends_nothing_yet(opened: Town, desk: ClientSession) -> None:
    samuel = towns.chat(opened, "Samuel")
    before = await opened.office().acts(lambda session, process, _now: broadcasts.latest(session, process.id, 100))
    assert 'action="/panel/regional/publish"' in await get(desk, "/panel/regional")
    fields = [*written({"en": "One & all", "fr": "Tous"}), ("language", "en"), ("language", "ar"), ("channel", "sms")]
    html = await post(desk, "/panel/regional/publish", *fields)
    assert "It goes to fewer than 8 people, only to: English, Arabic; SMS." in html
    assert "There is no text in Arabic: whoever reads that gets another language, and is told so." in html
    assert "One &amp; all" in html
    assert (
        await opened.office().acts(lambda session, process, _now: broadcasts.latest(session, process.id, 100)) == before
    )
    shown = re.findall(r'<input type="hidden" name="([^"]*)" value="([^"]*)">', html)
    yes = [(name, unescape(value)) for name, value in shown]
    assert yes == fields
    await post(desk, "/panel/regional", *yes)
    assert (await samuel.next()).text.startswith("Regional review\nOne & all")


async def test_everybody_is_counted_before_a_bulletin_is_published(desk: ClientSession) -> None:
    html = await post(desk, "/panel/regional/publish", *written(dict.fromkeys(("en", "fr", "es", "ar"), "x")))
    assert "It goes to about 10 people. It leaves at once" in html
    assert "Everybody gets it in their language." in html


async def test_who_does_not_publish_yet_finds_the_text_as_it_was(desk: ClientSession) -> None:
    fields = [*written({"en": "Not yet\r\n", "ar": "ليس بعد"}), ("region", "north")]
    assert 'formaction="/panel/regional/write"' in await post(desk, "/panel/regional/publish", *fields)
    html = await post(desk, "/panel/regional/write", *fields)
    assert re.search(r">Not yet\s*</textarea>", html)
    assert ">ليس بعد</textarea>" in html
    assert re.search(r'value="north" checked', html)


@pytest.mark.parametrize(
    "field", [("text-en", "Long. " * 300), ("text-en", " "), ("language", "xx")], ids=["long", "empty", "nowhere"]
)
async def test_what_cannot_be_published_is_not_asked_about(desk: ClientSession, field: tuple[str, str]) -> None:
    html = await post(desk, "/panel/regional/publish", field, status=422)
    assert 'role="alert"' in html
    assert "Yes, publish it" not in html


async def test_a_contributor_hears_in_their_language_what_was_done(opened: Town, desk: ClientSession) -> None:
    name, amina = await given_by(opened, "Amina"), towns.chat(opened, "Amina")
    assert f'value="{name}"' in await get(desk, "/panel/regional/hear")
    reason = dict(opened.office().content.prepared[0].reason)
    html = await post(desk, "/panel/regional/answer", ("id", name), ("state", "taken_up"), *written(reason))
    assert reason["ar"] in (await amina.next()).text
    assert "Who is told" in html
    assert "in Arabic" in html
    assert f'value="{name}"' not in await get(desk, "/panel/regional/hear")


async def test_one_response_answers_several(opened: Town, desk: ClientSession) -> None:
    names = [await given_by(opened, "Diego"), await given_by(opened, "Layla")]
    chats = [towns.chat(opened, "Diego"), towns.chat(opened, "Layla")]
    reason = dict(opened.office().content.prepared[2].reason)
    await post(
        desk,
        "/panel/regional/answer",
        *(("id", name) for name in names),
        ("state", "considered"),
        *written(reason),
    )
    assert reason["es"] in (await chats[0].next()).text
    assert reason["ar"] in (await chats[1].next()).text


async def test_a_response_that_cannot_be_given_says_why_and_loses_nothing(opened: Town, desk: ClientSession) -> None:
    name = await given_by(opened, "Amina")
    unknown = await post(
        desk,
        "/panel/regional/answer",
        ("id", "feedfeed"),
        ("state", "read"),
        ("text-en", "My words"),
        status=422,
    )
    assert "No single contribution is called" in unknown
    no_state = await post(
        desk, "/panel/regional/answer", ("id", name), ("state", "lost"), ("text-en", "My words"), status=422
    )
    assert "state is one of" in no_state
    assert "My words" in no_state
    async with desk.get("/panel/regional/answered/feedfeed") as response:
        assert response.status == 404


async def test_answering_is_asked_about_first_and_tells_nobody_yet(opened: Town, desk: ClientSession) -> None:
    name, amina = await given_by(opened, "Amina"), towns.chat(opened, "Amina")
    before = await opened.office().acts(lambda session, process, _now: broadcasts.latest(session, process.id, 100))
    assert 'action="/panel/regional/answer/ask"' in await get(desk, "/panel/regional/answer", id=name)
    fields = [("id", name), ("state", "taken_up"), *written({"en": "It is & stays in", "fr": "", "es": "", "ar": ""})]
    html = await post(desk, "/panel/regional/answer/ask", *fields)
    assert "in Arabic: in the chat where they last wrote to us." in html
    assert "There is no text in Arabic: whoever reads that gets another language, and is told so." in html
    assert "It is &amp; stays in" in html
    assert (
        await opened.office().acts(lambda session, process, _now: broadcasts.latest(session, process.id, 100)) == before
    )
    assert f'value="{name}"' in await get(desk, "/panel/regional/hear"), "it still waits for an answer"
    yes = [(name, unescape(value)) for name, value in re.findall(r'name="([^"]*)" value="([^"]*)">', html)]
    assert yes == fields
    await post(desk, "/panel/regional/answer", *yes)
    assert "It is & stays in" in (await amina.next()).text


async def test_who_does_not_answer_yet_finds_the_answer_as_it_was(opened: Town, desk: ClientSession) -> None:
    fields = [("id", await given_by(opened, "Amina")), ("state", "read"), *written({"en": "Not yet", "ar": "ليس بعد"})]
    assert 'formaction="/panel/regional/answer/write"' in await post(desk, "/panel/regional/answer/ask", *fields)
    html = await post(desk, "/panel/regional/answer/write", *fields)
    assert ">Not yet</textarea>" in html
    assert ">ليس بعد</textarea>" in html
    assert '<option value="read" selected>' in html


async def test_what_cannot_be_answered_is_not_asked_about(opened: Town, desk: ClientSession) -> None:
    name = await given_by(opened, "Amina")
    for state, text in (("lost", "My words"), ("read", "  "), ("read", "Long. " * 300)):
        html = await post(
            desk, "/panel/regional/answer/ask", ("id", name), ("state", state), ("text-en", text), status=422
        )
        assert 'role="alert"' in html
        assert "Yes, tell them" not in html


async def test_closing_the_vote_tells_each_member_the_result(opened: Town, desk: ClientSession) -> None:
    vote = await open_round(opened)
    for words in ("vote", "1 3"):
        await towns.says(opened, "Samuel", words)
    chats = {name: towns.chat(opened, name) for name in ("Amina", "Moussa", "Samuel")}
    assert "3 of 3 members have voted" in await get(desk, "/panel/regional/decide")
    html = await post(desk, "/panel/regional/close", ("round", vote))
    assert "more than half" in html
    assert "عقود بلغة يفهمها العامل" in (await chats["Amina"].next()).text
    assert "Des contrats dans une langue que l’on lit" in (await chats["Moussa"].next()).text
    assert "Contracts in a language you read" in (await chats["Samuel"].next()).text
    again = await post(desk, "/panel/regional/close", ("round", vote), status=422)
    assert "No round that is open has this id." in again


async def test_closing_is_asked_about_first_and_closes_nothing_yet(opened: Town, desk: ClientSession) -> None:
    vote = await open_round(opened)
    assert '<form action="/panel/regional/close">' in await get(desk, "/panel/regional/decide")
    html = await get(desk, "/panel/regional/close", round=vote)
    assert "2 of 3 members have voted" in html
    assert "All 3 members are told that too few voted for a result" in html
    for words in ("vote", "1 3"):
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
    assert "/panel/regional/open" not in await get(desk, "/panel/regional/decide")


async def test_opening_is_asked_about_first_and_happens_once(opened: Town, desk: ClientSession) -> None:
    assert '<form action="/panel/regional/open">' in await get(desk, "/panel/regional/decide")
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
    assert "4 members." in await get(desk, "/panel/regional/decide")


async def test_something_new_is_announced_on_the_list(opened: Town, desk: ClientSession) -> None:
    shown = re.search(r'data-live="(/panel/regional/newer[^"]*)"', await get(desk, "/panel/regional/hear"))
    assert shown is not None
    assert "Something new" not in await get(desk, shown[1])
    for words in ("share", "A bus that comes on Sundays."):
        await towns.says(opened, "Joy", words)
    assert "Something new" in await get(desk, shown[1])
    assert "A bus that comes on Sundays." in await get(desk, "/panel/regional/hear")


async def test_what_was_done_is_listed(desk: ClientSession) -> None:
    html = await get(desk, "/panel/regional/done")
    for kind in ("Bulletin", "Consultation opened", "Response", "Vote opened"):
        assert f"<strong>{kind}</strong>" in html


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


@pytest.mark.parametrize(("slug", "name"), [("regional", "Regional review"), ("national", "National consultation")])
async def test_the_panel_shows_which_process_it_is_in_and_leads_to_the_other(
    opened: Town, desk: ClientSession, slug: str, name: str
) -> None:
    for html in (await get(desk, f"/panel/{slug}/hear"), await get(desk, "/", process=slug)):
        assert f'<a href="/panel/{slug}" aria-current="true">{name}</a>' in html
        assert opened.office(slug).content.process.title["en"] in html
        assert len(re.findall(r'<a href="/panel/(?:regional|national)"[ >]', html)) >= 2
    assert f'href="/?process={slug}"' in await get(desk, f"/panel/{slug}/hear"), "back to the phones, and to it again"


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
    html = "".join([await get(desk, f"/panel/{here}{page}") for page in ("", "/hear", "/decide", "/done", "/leaving")])
    other = opened.office(elsewhere).content
    theirs = [recommendation.words for who in other.people for recommendation in who.recommends]
    theirs += [line for bulletin in other.bulletins for line in bulletin.text.values()]
    theirs += [bulletin.name for bulletin in other.bulletins] + [other.consultation["title"]["en"]]
    assert not [words for words in filter(None, theirs) if words.splitlines()[0] in html.splitlines() or words in html]
    [contribution, *_others] = await towns.received(opened, elsewhere)
    assert "There is no such contribution" in await get(desk, f"/panel/{here}/answer", id=contribution.id)
    response = next(filter(None, (what.response for what in await towns.received(opened, elsewhere))))
    async with desk.get(f"/panel/{here}/answered/{response}") as answer:
        assert answer.status == 404
    fields = [("id", contribution.id), ("state", "read"), ("text-en", "Not yours")]
    assert "No single contribution is called" in await post(desk, f"/panel/{here}/answer", *fields, status=422)


async def test_a_bulletin_goes_to_the_people_of_its_process_by_its_own_bot(opened: Town, desk: ClientSession) -> None:
    here, there = towns.chat(opened, "Karim", "national"), towns.chat(opened, "Karim")
    before = list(there.bubbles)
    await post(desk, "/panel/national", ("text-fr", "Pour la consultation"))
    assert "Pour la consultation" in (await here.next()).text
    await until(desk, "/panel/national/leaving", lambda html: "It is leaving" not in html)
    assert there.bubbles == before
    assert "Pour la consultation" not in await get(desk, "/panel/regional/leaving")


async def test_an_input_that_was_handed_up_is_read_in_the_process_above(opened: Town, desk: ClientSession) -> None:
    handed_up = opened.office("national").content.handed_up
    assert handed_up is not None
    html = await get(desk, "/panel/regional/hear")
    assert "From: National consultation on migration" in html
    assert handed_up.title["en"] in html
    assert handed_up.text["ar"].strip() in html
    assert "About 10 recommendations were given there" in html
    assert "Handed up to this process" not in await get(desk, "/panel/national/hear")


async def test_handing_up_is_asked_about_first_and_happens_then(opened: Town, desk: ClientSession) -> None:
    ready = opened.office("national").content.to_hand_up
    assert ready is not None
    assert 'action="/panel/national/input"' in await get(desk, "/panel/national/hear")
    assert ready.title["en"] in await get(desk, "/panel/national/input")
    fields = [("title-fr", "Encore & encore"), ("title-ar", ""), ("title-en", "More"), ("text-en", "It goes on")]
    html = await post(desk, "/panel/national/input/ask", *fields)
    assert "About 10 recommendations were given there" in html
    assert "It goes on" not in await get(desk, "/panel/regional/hear")
    yes = [(name, unescape(value)) for name, value in re.findall(r'name="([^"]*)" value="([^"]*)">', html)]
    assert yes == fields
    assert "Encore &amp; encore" in await post(desk, "/panel/national/input/write", *yes)
    await post(desk, "/panel/national/input", *yes)
    for slug in ("regional", "national"):
        assert "It goes on" in await get(desk, f"/panel/{slug}/hear")
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


async def test_the_doors_of_a_process_stand_with_their_codes_and_about_how_many_came(
    opened: Town, desk: ClientSession
) -> None:
    html = await get(desk, "/panel/national")
    assert "Send COUNTRY to +15005550006" in html
    assert "https://t.me/hearback_national_bot?start=town-hall" in html
    assert html.count("Fewer than 8 people came by it.") == 3
    assert "HARBOUR" not in html
    pictures = re.findall(r'<img src="(/panel/national/doors/[^"]*)" alt="QR code of ([^"]*)"', html)
    assert [word for _address, word in pictures] == ["country", "pays", "town-hall"]
    for address, _word in pictures:
        async with desk.get(address) as response:
            assert response.content_type == "image/svg+xml"
            assert "<svg" in await response.text()
        async with desk.get(address.replace("national/", "regional/", 1)) as response:
            assert response.status == 404


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
    page = {"Referer": f"{opened.url}/panel/regional/decide"}
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
    async with desk.post("/panel/regional", data=body, headers={"Content-Type": kind}) as response:
        assert response.status == 400


@pytest.mark.parametrize(
    ("number", "shown"), [(0, None), (7, None), (8, 10), (12, 10), (13, 15), (1_003, 1_005)], ids=str
)
def test_a_count_is_rounded_to_five_and_small_ones_are_not_shown(number: int, shown: int | None) -> None:
    assert rounded(number) == shown


def test_a_voice_note_stands_with_its_caption_in_which_no_sign_hides() -> None:
    shown = templates.get_template("panel/head.html").module.contribution  # type: ignore[attr-defined]
    contribution = replace(GIVEN, words="a\u202eb\x07c", spoken=True)
    both = shown(contribution, {}, {})
    assert "Voice note: <bdi" in both
    assert "a␦b␦c" in both
    assert "<bdi" not in shown(replace(contribution, words=""), {}, {})
    assert "Voice note" not in shown(replace(contribution, spoken=False), {}, {})
    assert "Erased" in shown(replace(contribution, words="", spoken=False), {}, {})


async def test_a_page_of_a_process_that_is_not_open_yet_comes_again_by_itself() -> None:
    async def not_open(_request: web.Request) -> web.StreamResponse:
        raise contents.Unfit("There is no process national.")

    answer = await once_open(not_open)(make_mocked_request("GET", "/panel/national"))
    assert (answer.status, answer.headers["Refresh"]) == (503, "2")
