"""The page with three phones shows every message at once and passes on what is typed and tapped."""

import asyncio
import json
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from html import unescape
from typing import Any

import pytest
from aiohttp import ClientSession, StreamReader, web
from aiohttp.test_utils import TestServer
from yarl import URL

from demo import phones
from demo.days import day_name, local
from demo.phones import Owner, Poster
from demo.platforms.both import Platforms
from demo.platforms.chats import Bubble, Button, Side
from demo.platforms.telegram import FakeTelegram
from demo.platforms.twilio import FakeTwilio
from tests.demo.conftest import Hands
from tests.waiting import PATIENCE

AMINA = Owner("telegram", "70010001", "Amina", "ar")
NOOR = Owner("telegram", "70010002", "Noor", "ar")
MOUSSA = Owner("whatsapp", "+12025550123", "Moussa", "fr")
SAMUEL = Owner("sms", "+447700900123", "Samuel", "en")
NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)


@asynccontextmanager
async def serving(
    telegram: FakeTelegram, twilio: FakeTwilio, patience: timedelta, **bots: FakeTelegram
) -> AsyncIterator[ClientSession]:
    """The page, and a browser that looks at it."""

    async def close(_: web.Application) -> None:
        telegram.chats.close()
        twilio.chats.close()

    application = web.Application()
    platforms = Platforms(telegram, twilio, bots=bots)
    application.add_routes(phones.routes(platforms, [AMINA, NOOR, MOUSSA, SAMUEL], lambda: NOW, patience))
    application.on_shutdown.append(close)
    async with TestServer(application) as server, ClientSession(server.make_url("")) as session:
        yield session


@pytest.fixture
async def site(telegram: FakeTelegram, twilio: FakeTwilio) -> AsyncIterator[ClientSession]:
    async with serving(telegram, twilio, timedelta(0)) as session:
        yield session


@pytest.fixture
async def national(hands: Hands) -> AsyncIterator[FakeTelegram]:
    """A second bot of ours."""
    bot = FakeTelegram("7001002:AAdemoToken", name="National Office", clock=hands.clock, sleep=hands.sleep)
    yield bot
    await bot.close()


@pytest.fixture
async def site_of_two(
    telegram: FakeTelegram, twilio: FakeTwilio, national: FakeTelegram
) -> AsyncIterator[ClientSession]:
    """The same with both bots on the phones of Telegram."""
    async with serving(telegram, twilio, timedelta(0), national=national) as session:
        yield session


def from_page(site: ClientSession, page: str = "/phones") -> dict[str, str]:
    """What a browser says with a form of this page."""
    origin = str(site._base_url).rstrip("/")
    return {"Origin": origin, "Referer": origin + page}


def talk_of(html: str, owner: Owner, sender: str = "") -> str:
    """What stands on this person's phone, its opening tag included, in the chat with this sender."""
    named = f'data-person="{owner.address}" data-sender="{sender or owner.platform}"'
    [talk] = [part for part in html.split('<div class="talk"')[1:] if named in part]
    return talk


def is_in_sight(html: str, owner: Owner, sender: str) -> bool:
    return " hidden>" not in talk_of(html, owner, sender).splitlines()[0]


async def events(stream: StreamReader) -> AsyncIterator[tuple[str, str]]:
    async with asyncio.timeout(PATIENCE):
        while name := (await stream.readline()).decode().removeprefix("event: ").strip():
            yield name, (await stream.readline()).decode().removeprefix("data: ").strip()
            await stream.readline()


async def bubbles(stream: StreamReader) -> AsyncIterator[dict[str, Any]]:
    async for name, data in events(stream):
        if name == "bubble":
            yield json.loads(data)


def ours(words: str, *buttons: Button, opens: str = "") -> Bubble:
    return Bubble("71", Side.US, NOW, words, buttons=buttons, opens=opens)


async def test_the_page_shows_each_phone_and_allows_nothing_from_elsewhere(site: ClientSession) -> None:
    async with site.get("/phones") as response:
        html = await response.text()
        assert response.headers["Content-Security-Policy"].startswith("default-src 'self';")
    assert "Amina · العربية" in html
    assert "Moussa · Français" in html
    assert "+447700900123" in html
    assert "style=" not in html
    assert "<script>" not in html


@pytest.mark.parametrize("name", ["phones.js", "phones.css", "icon.svg"])
async def test_what_the_page_needs_is_there(site: ClientSession, name: str) -> None:
    async with site.get(f"/phones/static/{name}") as response:
        assert response.status == 200


async def test_a_phone_with_one_contact_has_nothing_to_choose_between(site: ClientSession) -> None:
    async with site.get("/phones") as response:
        assert "<nav" not in await response.text()


async def test_a_phone_has_a_chat_with_each_bot_and_shows_one(
    site_of_two: ClientSession, telegram: FakeTelegram, national: FakeTelegram
) -> None:
    national.chats.of(NOOR.person).add(ours("من المكتب"))
    async with site_of_two.get("/phones") as response:
        html = await response.text()
    assert html.count("<nav") == 1, "the other phones have one contact"
    assert is_in_sight(html, AMINA, "telegram")
    assert not is_in_sight(html, AMINA, "telegram-national")
    assert "من المكتب" in talk_of(html, NOOR, "telegram-national")
    assert "من المكتب" not in talk_of(html, NOOR, "telegram")
    assert telegram.name in html
    assert html.count(national.name) == 2 + 2, "for each owner, above the chat and to choose it"


async def test_a_phone_opens_on_the_chat_in_which_something_was_said(
    site_of_two: ClientSession, telegram: FakeTelegram, national: FakeTelegram
) -> None:
    national.chats.of(AMINA.person).add(ours("من المكتب"))
    async with site_of_two.get("/phones") as response:
        assert is_in_sight(await response.text(), AMINA, "telegram-national")
    telegram.chats.of(AMINA.person).add(ours("من المنتدى"))
    async with site_of_two.get("/phones") as response:
        assert is_in_sight(await response.text(), AMINA, "telegram"), "the first, where there are two"


async def test_without_script_a_chat_is_chosen_by_a_link_that_keeps_the_other_phones(
    site_of_two: ClientSession,
) -> None:
    async with site_of_two.get("/phones", params={"telegram": NOOR.address, "whatsapp": MOUSSA.address}) as response:
        links = re.findall(r'<a href="([^"]*)" data-sender="telegram-national">', await response.text())
    [link] = [URL(unescape(link), encoded=True) for link in links]
    assert dict(link.query) == {
        "telegram": NOOR.address,
        "telegram-chat": "telegram-national",
        "whatsapp": MOUSSA.address,
        "sms": SAMUEL.address,
    }
    async with site_of_two.get(link) as response:
        html = await response.text()
    assert is_in_sight(html, NOOR, "telegram-national")
    assert 'data-sender="telegram-national" aria-current="true"' in html


async def test_what_is_said_to_one_bot_the_other_does_not_hear(
    site_of_two: ClientSession, telegram: FakeTelegram, national: FakeTelegram
) -> None:
    async with site_of_two.get("/phones/events") as response:
        path = "/phones/telegram-national/70010001"
        async with site_of_two.post(f"{path}/say", json={"text": "hello"}) as posted:
            assert posted.status == 204
        event = await anext(bubbles(response.content))
    assert (event["platform"], event["sender"], event["person"]) == ("telegram", "telegram-national", "70010001")
    assert [bubble.text for bubble in national.chats.of(AMINA.person).bubbles] == ["hello"]
    assert telegram.chats.of(AMINA.person).bubbles == []
    fields = {"text": "again"}
    headers = from_page(site_of_two)
    async with site_of_two.post(f"{path}/say", data=fields, headers=headers, allow_redirects=False) as response:
        assert response.headers["Location"] == "/phones?telegram=70010001&telegram-chat=telegram-national#telegram"


async def test_a_phone_on_which_nothing_was_said_offers_what_posters_say(
    telegram: FakeTelegram, twilio: FakeTwilio
) -> None:
    posters = [Poster("sms", "harbour"), Poster("sms", "country"), Poster("telegram", "town-hall")]
    application = web.Application()
    application.add_routes(phones.routes(Platforms(telegram, twilio), [NOOR, MOUSSA, SAMUEL], posters=posters))
    async with TestServer(application) as server, ClientSession(server.make_url("")) as session:
        html = await (await session.get("/phones")).text()
    offered = re.compile(r'<button name="text" value="([^"]*)">([^<]*)</button>')
    assert offered.findall(talk_of(html, NOOR)) == [("hello", "hello"), ("/start town-hall", "town-hall")]
    assert offered.findall(talk_of(html, MOUSSA)) == [("hello", "hello")]
    assert offered.findall(talk_of(html, SAMUEL))[1:] == [("HARBOUR", "HARBOUR"), ("COUNTRY", "COUNTRY")]


async def test_a_new_message_is_told_at_once(site: ClientSession, telegram: FakeTelegram) -> None:
    telegram.chats.of(AMINA.person).add(ours("قبل"))
    async with site.get("/phones/events") as response:
        assert response.content_type == "text/event-stream"
        coming = bubbles(response.content)
        assert "قبل" in (await anext(coming))["html"]
        telegram.says(AMINA.person, "بعد <b>")
        event = await anext(coming)
        assert (event["platform"], event["person"]) == ("telegram", "70010001")
        assert "بعد &lt;b&gt;" in event["html"]


async def test_the_stream_ends_when_the_platforms_close(site: ClientSession, telegram: FakeTelegram) -> None:
    async with site.get("/phones/events") as response:
        coming = events(response.content)
        assert (await anext(coming))[0] == "run"
        telegram.chats.close()
        assert [name async for name, _ in coming] == []


async def test_an_sms_says_what_it_costs(site: ClientSession, twilio: FakeTwilio) -> None:
    bubble = Bubble("71", Side.US, NOW, "Hello", encoding="GSM-7", segments=2)
    twilio.chats.of(SAMUEL.person).add(bubble)
    async with site.get("/phones") as response:
        assert "GSM-7 · 2 segments" in await response.text()


async def test_what_is_typed_is_said(site: ClientSession, twilio: FakeTwilio) -> None:
    async with site.post("/phones/whatsapp/+12025550123/say", json={"text": "bonjour"}) as response:
        assert response.status == 204
    assert [bubble.text for bubble in twilio.chats.of(MOUSSA.person).bubbles] == ["bonjour"]


async def test_a_voice_note_is_sent(site: ClientSession, telegram: FakeTelegram) -> None:
    async with site.post("/phones/telegram/70010001/voice", json={}) as response:
        assert response.status == 204
    assert [bubble.look for bubble in telegram.chats.of(AMINA.person).bubbles] == ["voice"]


async def test_a_tap_marks_the_button(site: ClientSession, telegram: FakeTelegram) -> None:
    telegram.chats.of(AMINA.person).add(ours("?", Button("نعم", "yes"), Button("لا", "no")))
    async with site.post("/phones/telegram/70010001/tap", json={"message": "71", "index": 1}) as response:
        assert response.status == 204
    assert telegram.chats.of(AMINA.person).bubbles[0].chosen == 1


@pytest.mark.parametrize(
    ("path", "body", "status"),
    [
        ("telegram/70010009/say", {"text": "hello"}, 404),
        ("pigeon/70010001/say", {"text": "hello"}, 404),
        ("telegram/70010001/sing", {}, 404),
        ("telegram-national/70010001/say", {"text": "hello"}, 404),
        ("telegram/70010001/say", {"text": " "}, 400),
        ("telegram/70010001/say", {"text": "x" * 20_001}, 400),
        ("telegram/70010001/say", {}, 400),
        ("telegram/70010001/say", ["hello"], 400),
        ("telegram/70010001/tap", {"message": "71", "index": 0}, 400),
    ],
)
async def test_what_makes_no_sense_is_refused(
    site: ClientSession, telegram: FakeTelegram, path: str, body: object, status: int
) -> None:
    async with site.post(f"/phones/{path}", json=body) as response:
        assert response.status == status
    assert telegram.chats.of(AMINA.person).bubbles == []


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Origin": "https://elsewhere.example"},
        {"Origin": "null"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Origin": "http://rebound.example", "Host": "rebound.example"},
    ],
    ids=str,
)
async def test_a_form_of_a_foreign_page_is_refused(
    site: ClientSession, telegram: FakeTelegram, headers: dict[str, str]
) -> None:
    async with site.post("/phones/telegram/70010001/say", data={"text": "hello"}, headers=headers) as response:
        assert response.status == 403
    assert telegram.chats.of(AMINA.person).bubbles == []


async def test_without_script_each_phone_shows_its_first_chat(site: ClientSession, telegram: FakeTelegram) -> None:
    telegram.chats.of(AMINA.person).add(ours("قبل"))
    async with site.get("/phones") as response:
        html = await response.text()
    assert "قبل" in talk_of(html, AMINA)
    assert [" hidden>" in talk_of(html, owner).splitlines()[0] for owner in (AMINA, NOOR, MOUSSA)] == [
        False,
        True,
        False,
    ]


async def test_without_script_another_phone_is_chosen_in_the_address(site: ClientSession) -> None:
    async with site.get("/phones", params={"telegram": NOOR.address, "sms": "nobody"}) as response:
        html = await response.text()
    assert [" hidden>" in talk_of(html, owner).splitlines()[0] for owner in (AMINA, NOOR, SAMUEL)] == [
        True,
        False,
        False,
    ]
    assert html.count(f'<input type="hidden" name="telegram" value="{NOOR.address}">') == 2, "the other phones keep it"


async def test_without_script_what_is_typed_is_said(site: ClientSession, twilio: FakeTwilio) -> None:
    headers = from_page(site, f"/phones?telegram={NOOR.address}&whatsapp=nobody")
    fields = {"text": "deux\r\nlignes"}
    async with site.post(
        "/phones/whatsapp/+12025550123/say", data=fields, headers=headers, allow_redirects=False
    ) as response:
        assert response.status == 303
        there = URL(response.headers["Location"])
    assert there == URL("/phones?telegram=70010002&whatsapp=%2B12025550123#whatsapp")
    assert [bubble.text for bubble in twilio.chats.of(MOUSSA.person).bubbles] == ["deux\nlignes"]


async def test_without_script_a_choice_is_tapped_in_a_list_and_below_a_message(
    site: ClientSession, telegram: FakeTelegram, twilio: FakeTwilio
) -> None:
    telegram.chats.of(AMINA.person).add(ours("?", Button("نعم", "yes"), Button("لا", "no")))
    twilio.chats.of(MOUSSA.person).add(ours("?", Button("Oui", "yes"), Button("Non", "no"), opens="Choisir"))
    for owner in (AMINA, MOUSSA):
        async with site.get("/phones") as response:
            talk = talk_of(await response.text(), owner)
        address = re.search(r'<form[^>]* action="(/phones/[^"]*/tap)">', talk)
        assert address is not None
        assert '<input type="hidden" name="message" value="71">' in talk
        assert '<button name="index" value="1"' in talk
        assert ("<summary>" in talk) == (owner is MOUSSA)
        fields = {"message": "71", "index": "1"}
        async with site.post(URL(address[1], encoded=True), data=fields, headers=from_page(site)) as response:
            assert response.status == 200
            assert 'class="chosen"' in talk_of(await response.text(), owner)


async def test_without_script_the_page_comes_with_the_answer(telegram: FakeTelegram, twilio: FakeTwilio) -> None:
    chat = telegram.chats.of(AMINA.person)

    async def post(site: ClientSession) -> str:
        path, fields = "/phones/telegram/70010001/say", {"text": "hello"}
        async with site.post(path, data=fields, headers=from_page(site)) as response:
            return await response.text()

    async with serving(telegram, twilio, timedelta(seconds=PATIENCE)) as site, asyncio.TaskGroup() as both:
        loading = both.create_task(post(site))
        async with asyncio.timeout(PATIENCE):
            while not chat.bubbles:  # noqa: ASYNC110 a chat has no event for what the person writes
                await asyncio.sleep(0.01)
        chat.add(ours("أهلا"))
        assert "أهلا" in talk_of(await loading, AMINA)


@pytest.mark.parametrize("page", ["//elsewhere.example/", "/elsewhere", "/phones/static"])
async def test_a_form_leads_to_no_other_page_than_the_phones(site: ClientSession, page: str) -> None:
    path = "/phones/telegram/70010001/sticker"
    async with site.post(path, data={}, headers=from_page(site, page), allow_redirects=False) as response:
        assert response.headers["Location"] == "/phones?telegram=70010001#telegram"


async def test_a_form_that_says_nothing_is_refused(site: ClientSession, telegram: FakeTelegram) -> None:
    for fields in ({"text": " "}, {"words": "hello"}):
        async with site.post("/phones/telegram/70010001/say", data=fields, headers=from_page(site)) as response:
            assert response.status == 400
    assert telegram.chats.of(AMINA.person).bubbles == []


async def test_a_chat_is_a_list_in_a_log(site: ClientSession, telegram: FakeTelegram) -> None:
    telegram.chats.of(AMINA.person).add(ours("قبل"))
    async with site.get("/phones") as response:
        html = await response.text()
    log = re.search(r'<div class="chat" role="log" aria-live="polite"[^>]*>\s*<ol>\s*<li', html)
    assert log is not None
    assert not re.search(r"<(ol|ul|li)[^>]* role=", html)


async def test_a_chat_says_from_which_day_messages_are(site: ClientSession, telegram: FakeTelegram) -> None:
    sent = [NOW - timedelta(days=ago, minutes=minutes) for ago in (3, 1, 0) for minutes in (2, 1)]
    for number, at in enumerate(sent):
        telegram.chats.of(AMINA.person).add(Bubble(str(number), Side.US, at, "قبل"))
    async with site.get("/phones") as response:
        talk = talk_of(await response.text(), AMINA)
    shown = re.findall(
        r'<time datetime="[^"]{10}" lang="ar" dir="auto">([^<]*)</time>', talk.partition("<template>")[0]
    )
    assert shown == ["20 نوفمبر 2026", "أمس", "اليوم"]


async def test_a_page_has_what_to_put_above_the_first_message_of_today(site: ClientSession) -> None:
    async with site.get("/phones") as response:
        talk = talk_of(await response.text(), MOUSSA)
    ready = re.search(r'<template><li class="day" data-day="([^"]*)"><time[^>]*>([^<]*)</time></li></template>', talk)
    assert ready is not None
    assert ready[1] == local(NOW).date().isoformat()
    assert ready[2] == "Aujourd’hui"


async def test_a_message_that_comes_says_its_day(site: ClientSession, telegram: FakeTelegram) -> None:
    async with site.get("/phones/events") as response:
        telegram.says(AMINA.person, "اليوم")
        event = await anext(bubbles(response.content))
    assert f'data-day="{local(NOW).date()}"' in event["html"]


@pytest.mark.parametrize(
    ("ago", "language", "name"),
    [
        (0, "en", "Today"),
        (1, "es", "Ayer"),
        (2, "fr", "21 novembre 2026"),
        (-1, "en", "November 24, 2026"),
        (0, "ar-EG", "اليوم"),
        (2, "ar-EG", "21 نوفمبر 2026"),
        (0, "sw", "23 Novemba 2026"),
    ],
)
def test_a_day_is_named_as_a_phone_names_it(ago: int, language: str, name: str) -> None:
    assert day_name(NOW.date() - timedelta(days=ago), NOW.date(), language) == name


@pytest.mark.parametrize(
    ("text", "owner", "spoken"),
    [
        ("1. نعم", AMINA, ' lang="ar" dir="auto"'),
        ("2026", AMINA, ' lang="ar" dir="auto"'),
        ("1. English", AMINA, ' dir="auto"'),
        ("Bonjour", MOUSSA, ' lang="fr" dir="auto"'),
        ("مرحبا", MOUSSA, ' dir="auto"'),
    ],
)
def test_a_text_says_which_language_it_is_in_and_finds_its_direction(text: str, owner: Owner, spoken: str) -> None:
    bubble = ours(text, Button(text, "x"), opens=text if owner is MOUSSA else "")
    html = phones.templates.get_template("bubble.html").render(bubble=bubble, owner=owner, act="/phones")
    assert f"<p{spoken}>{text}</p>" in html
    assert html.count(f"<span{spoken}>{text}</span>") == (2 if owner is MOUSSA else 1)
