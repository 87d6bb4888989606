"""Telegram's webhooks, messages, errors and polling."""

import asyncio
import json
import logging
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from channels import Channel, Misconfigured
from channels import telegram as telegram_
from channels.messages import (
    Backlog,
    Choice,
    Gone,
    Kind,
    Later,
    Message,
    Never,
    NotSent,
    Outgoing,
    Stopped,
    TooFast,
    Unknown,
)
from channels.telegram import MOST_COURTESIES, Telegram, from_settings
from channels.verdicts import Reach
from tests.channels.conftest import BOT_TOKEN, HANG_UP, PAYLOADS, SECRET, Door, Platform
from tests.channels.published import flaws_of, flaws_of_update
from tests.waiting import PATIENCE

GRANTED = 200, {"ok": True, "result": True}
ASKS = Outgoing("Shall we pass it on?", choices=(Choice("yes", "Yes"), Choice("no", "No")), token="q7")


@pytest.fixture
def telegram(channels: dict[str, Any]) -> Telegram:
    found = channels["telegram"]
    assert isinstance(found, Telegram)
    return found


# What comes


async def test_a_text_gives_the_language_of_the_app(door: Door) -> None:
    message = await door.captured("telegram_text")
    assert message == Message("telegram", "500100001", "700000001", Kind.TEXT, text="مرحبا 🙂", language="fr")


@pytest.mark.parametrize(
    ("name", "kind", "text"),
    [
        ("telegram_start", Kind.TEXT, "/start region-west"),
        ("telegram_sticker", Kind.OTHER, ""),
        ("telegram_edited", Kind.EDITED, "Bonjour à vous"),
        ("telegram_blocked", Kind.BLOCKED, ""),
        ("telegram_unblocked", Kind.UNBLOCKED, ""),
        ("telegram_voice", Kind.VOICE, ""),
        ("telegram_tap", Kind.CHOICE, ""),
    ],
)
async def test_each_kind_of_update_is_told_apart(name: str, kind: Kind, text: str, door: Door) -> None:
    message = await door.captured(name)
    assert (message.kind, message.text, message.external) == (kind, text, "700000001")


async def test_a_voice_note_says_where_it_lies(door: Door) -> None:
    assert (await door.captured("telegram_voice")).voice == "AwACAgQAAxkBAAIBexample"


async def test_a_tap_says_which_question_and_which_choice(door: Door) -> None:
    tapped = await door.captured("telegram_tap")
    assert (tapped.token, tapped.choice, tapped.tap) == ("q7", "yes", "3006477107429000001")


@pytest.mark.parametrize(
    "data", ["", "yes", "2|q7|yes", "1|q7|yes|no", "1|q7|" + "x" * 41, "1|ق|yes", "1|q7|YES", "\0"]
)
async def test_forged_or_ancient_data_are_a_tap_on_no_question(data: str, door: Door) -> None:
    update = json.loads((PAYLOADS / "telegram_tap.json").read_text())
    update["callback_query"]["data"] = data
    assert await door.telegram(json.dumps(update).encode()) == 200
    [tapped] = door.got
    assert isinstance(tapped, Message)
    assert (tapped.kind, tapped.token, tapped.choice) == (Kind.CHOICE, "", "")


@pytest.mark.parametrize("name", ["telegram_group", "telegram_pinned", "telegram_poll"])
async def test_what_is_not_said_to_us_is_nothing(name: str, door: Door) -> None:
    assert await door.captured(name) is None


async def test_an_unknown_kind_of_update_is_nothing(door: Door) -> None:
    assert await door.telegram(b'{"update_id": 1, "telepathy": {"from": 5}}') == 200
    assert door.got == []


@pytest.mark.parametrize("secret", ["", "wrong", SECRET + "x", SECRET[:-1], "s\u00e9cret"])
async def test_without_the_secret_nothing_is_read(secret: str, door: Door) -> None:
    assert await door.telegram((PAYLOADS / "telegram_text.json").read_bytes(), secret=secret) == 403
    assert door.got == []


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"", 400),
        (b"{", 400),
        (b"[]", 400),
        (b"null", 400),
        (b'"text"', 400),
        (b"{}", 400),
        (b'{"update_id": "x"}', 400),
        (b'{"update_id": 1, "message": 5}', 400),
        (b'{"update_id": 1, "message": {"chat": {"id": 1, "type": "private"}, "text": "\xff\xfe"}}', 400),
        ('{"update_id": 1}'.encode("utf-16"), 400),
        (b'{"update_id":1,"x":' + b"[" * 30_000 + b"]" * 30_000 + b"}", 400),
        (b"[" * 60_000, 400),
        (b"x" * (64 * 1024 + 1), 413),
    ],
)
async def test_a_broken_body_is_refused(body: bytes, status: int, door: Door) -> None:
    assert await door.telegram(body) == status
    assert door.got == []


async def test_a_body_in_chunks_is_refused_when_it_grows_too_large(door: Door) -> None:
    async def chunks() -> AsyncIterator[bytes]:
        for _ in range(80):
            yield b"x" * 1024

    headers = {"X-Telegram-Bot-Api-Secret-Token": SECRET}
    async with door.client.post("/hooks/telegram", data=chunks(), headers=headers) as response:
        assert response.status == 413


async def test_a_packed_body_is_refused(door: Door) -> None:
    headers = {"Content-Encoding": "gzip"}
    headers["X-Telegram-Bot-Api-Secret-Token"] = SECRET
    assert await door.post("/hooks/telegram", b"\x1f\x8b", headers) == 415


@pytest.mark.parametrize(
    ("sent", "text"),
    [
        (r"a\ud83d", "a\ufffd"),
        (r"\ude42b", "\ufffdb"),
        (r"\ud83d\ude42", "🙂"),
        (r"a\u0000b", "ab"),
        (r"\u0000\udfff", "\ufffd"),
    ],
)
async def test_lone_surrogates_and_nul_are_made_safe(sent: str, text: str, door: Door) -> None:
    body = '{"update_id":1,"message":{"chat":{"id":1,"type":"private"},"text":"' + sent + '"}}'
    assert await door.telegram(body.encode()) == 200
    [message] = door.got
    assert isinstance(message, Message)
    assert message.text == text


async def test_ten_thousand_characters_are_kept(door: Door) -> None:
    body = {"update_id": 1, "message": {"chat": {"id": 1, "type": "private"}, "text": "x" * 10_000}}
    assert await door.telegram(json.dumps(body).encode()) == 200
    assert isinstance(door.got[0], Message)
    assert len(door.got[0].text) == 10_000


# What goes


async def test_a_question_has_one_numbered_button_a_row(telegram: Telegram, platform: Platform) -> None:
    accepted = await telegram.send("700000001", ASKS, "d1")
    sent = platform.form()
    assert accepted.provider_id == "77"
    assert platform.requests[-1][1] == f"/bot{BOT_TOKEN}/sendMessage"
    assert (sent["chat_id"], sent["text"]) == ("700000001", "Shall we pass it on?")
    assert json.loads(sent["link_preview_options"]) == {"is_disabled": True}
    assert json.loads(sent["reply_markup"]) == {
        "inline_keyboard": [
            [{"text": "1. Yes", "callback_data": "1|q7|yes"}],
            [{"text": "2. No", "callback_data": "1|q7|no"}],
        ]
    }


async def test_a_tap_on_what_was_sent_comes_back_as_the_same_choice(
    telegram: Telegram, platform: Platform, door: Door
) -> None:
    await telegram.send("700000001", ASKS, "d1")
    buttons = json.loads(platform.form()["reply_markup"])["inline_keyboard"]
    update = json.loads((PAYLOADS / "telegram_tap.json").read_text())
    update["callback_query"]["data"] = buttons[1][0]["callback_data"]
    await door.telegram(json.dumps(update).encode())
    [tapped] = door.got
    assert isinstance(tapped, Message)
    assert (tapped.token, tapped.choice) == ("q7", "no")


async def test_the_longest_token_and_value_fit_a_button(telegram: Telegram, platform: Platform) -> None:
    await telegram.send("1", Outgoing("?", choices=(Choice("v" * 40, "V"),), token="t" * 12), "d1")
    [[button]] = json.loads(platform.form()["reply_markup"])["inline_keyboard"]
    assert len(button["callback_data"].encode()) <= 64


async def test_an_arabic_text_keeps_latin_words_in_order(telegram: Telegram, platform: Platform) -> None:
    await telegram.send("1", Outgoing("IOM تقول: اتصل بالرقم 112", language="ar"), "d1")
    assert platform.form()["text"] == "\u200f\u2068IOM\u2069 تقول: اتصل بالرقم \u2068112\u2069"


async def test_who_has_no_number_is_written_to_by_name(telegram: Telegram, platform: Platform) -> None:
    await telegram.send("@example_channel", ASKS, "d1")
    assert platform.form()["chat_id"] == "@example_channel"


async def test_only_a_paid_sender_asks_for_paid_sending(telegram: Telegram, platform: Platform, oracles: Path) -> None:
    await telegram.send("1", ASKS, "d1")
    assert "allow_paid_broadcast" not in platform.form()
    paid = Telegram(BOT_TOKEN, SECRET, platform.address, "", rate=1000, paid=True)
    await paid.start()
    await paid.send("1", ASKS, "d1")
    await paid.close()
    assert platform.form()["allow_paid_broadcast"] == "true"
    assert flaws_of(oracles, "sendMessage", platform.form()) == []


async def test_a_tap_is_acknowledged_beside_the_work(telegram: Telegram, platform: Platform) -> None:
    await telegram.acknowledge(Message("telegram", "1", "1", Kind.CHOICE, tap="300642"))
    assert platform.requests == []
    await asyncio.gather(*telegram._acknowledging)
    assert platform.requests[0][1].endswith("/answerCallbackQuery")
    assert platform.form()["callback_query_id"] == "300642"


async def test_a_platform_that_stalls_gets_no_more_than_a_few_taps_at_once(
    telegram: Telegram, platform: Platform, monkeypatch: pytest.MonkeyPatch
) -> None:
    goes_on = asyncio.Event()
    monkeypatch.setattr(platform, "before", goes_on.wait)
    for number in range(500):
        await telegram.acknowledge(Message("telegram", "1", "1", Kind.CHOICE, tap=f"{number}"))
    assert len(telegram._acknowledging) == MOST_COURTESIES
    goes_on.set()
    await asyncio.gather(*telegram._acknowledging)
    assert len(platform.requests) == MOST_COURTESIES
    await telegram.acknowledge(Message("telegram", "1", "1", Kind.CHOICE, tap="500"))
    await asyncio.gather(*telegram._acknowledging)
    assert platform.form()["callback_query_id"] == "500"


async def test_a_tap_whose_acknowledging_stalls_is_given_up_soon(
    telegram: Telegram, platform: Platform, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(telegram_, "COURTESY", timedelta(0))
    monkeypatch.setattr(platform, "before", asyncio.Event().wait)
    await telegram.acknowledge(Message("telegram", "1", "1", Kind.CHOICE, tap="300642"))
    async with asyncio.timeout(PATIENCE):
        await asyncio.gather(*telegram._acknowledging)


async def test_the_webhook_asks_for_what_we_read(telegram: Telegram, platform: Platform) -> None:
    assert await telegram.connect({}) == {}
    sent = platform.form()
    assert sent["url"] == "https://hearback.example/in/hooks/telegram"
    assert sent["secret_token"] == SECRET
    assert json.loads(sent["allowed_updates"]) == ["message", "edited_message", "callback_query", "my_chat_member"]


# Against the published schema


async def test_our_requests_are_as_the_bot_api_says(telegram: Telegram, platform: Platform, oracles: Path) -> None:
    await telegram.send("700000001", ASKS, "d1")
    await telegram._acknowledge("300642")
    await telegram.connect({})
    flaws = [
        flaw
        for index, (_, path, *_) in enumerate(platform.requests)
        for flaw in flaws_of(oracles, path.rsplit("/", 1)[1], platform.form(index))
    ]
    assert flaws == []


async def test_a_poll_is_as_the_bot_api_says(telegram: Telegram, platform: Platform, oracles: Path) -> None:
    platform.answers = [GRANTED, (409, refusal(409, "Conflict: terminated by other getUpdates request"))]
    with pytest.raises(Stopped):
        await anext(telegram.poll())
    assert [path.rsplit("/", 1)[1] for _method, path, *_ in platform.requests] == ["deleteWebhook", "getUpdates"]
    assert flaws_of(oracles, "deleteWebhook", platform.form(0)) == []
    assert flaws_of(oracles, "getUpdates", platform.requests[1][3]) == []


def test_a_wrong_request_is_found_out(oracles: Path) -> None:
    assert flaws_of(oracles, "sendMessage", {"text": "x", "chat_id": "1", "reply_markup": '{"inline_keyboard": [[5]]}'})
    assert flaws_of(oracles, "sendMessage", {"text": "x"})
    assert flaws_of(oracles, "sendMessage", {"text": "x", "chat_id": "1", "colour": "red"})


@pytest.mark.parametrize("path", sorted(PAYLOADS.glob("telegram_*.json")), ids=lambda path: path.stem)
def test_our_captured_updates_are_as_the_bot_api_says(path: Path, oracles: Path) -> None:
    assert flaws_of_update(oracles, json.loads(path.read_text())) == []


# What goes wrong


def refusal(status: int, description: str, **parameters: int) -> dict[str, Any]:
    return {"ok": False, "error_code": status, "description": description, "parameters": parameters}


@pytest.mark.parametrize(
    ("status", "description", "kind", "code"),
    [
        (403, "Forbidden: bot was blocked by the user", Reach.BLOCKED, "403_blocked"),
        (403, "Forbidden: user is deactivated", Reach.INVALID, "403_deactivated"),
        (403, "Forbidden: bot can't initiate conversation with a user", Reach.NOT_ON_CHANNEL, "403_never_started"),
        (403, "Forbidden: bot was kicked from the group chat", Reach.INVALID, "403_kicked"),
        (403, "Forbidden: bots can't send messages to bots", Never, "403"),
        (400, "Bad Request: chat not found", Reach.INVALID, "400_not_found"),
        (400, "Bad Request: PEER_ID_INVALID", Reach.INVALID, "400_not_found"),
        (400, "Bad Request: message is too long", Never, "400_too_long"),
        (400, "Bad Request: message text is empty", Never, "400_empty"),
        (400, "Bad Request: BUTTON_DATA_INVALID", Never, "400_button"),
        (400, "Bad Request: something new", Never, "400"),
        (401, "Unauthorized", Stopped, "401"),
        (404, "Not Found", Stopped, "401"),
        (409, "Conflict: terminated by other getUpdates request", Stopped, "409"),
        (413, "Request Entity Too Large", Never, "refused"),
        (500, "Internal Server Error", Unknown, "500"),
        (504, "Gateway Timeout", Unknown, "504"),
        (502, "Bad Gateway", Later, "502"),
        (503, "Service Unavailable", Later, "503"),
    ],
)
async def test_each_error_says_what_to_do(
    status: int, description: str, kind: type[NotSent] | Reach, code: str, telegram: Telegram, platform: Platform
) -> None:
    platform.answers = [(status, refusal(status, description))]
    with pytest.raises(NotSent) as caught:
        await telegram.send("700000001", ASKS, "d1")
    if isinstance(kind, Reach):
        assert isinstance(caught.value, Gone)
        assert caught.value.verdict.reach is kind
    else:
        assert type(caught.value) is kind
    assert caught.value.code == code
    assert len(platform.requests) == 1


@pytest.mark.parametrize(
    ("answer", "wait"),
    [
        (refusal(429, "Too Many Requests: retry after 3", retry_after=3), 3),
        (refusal(429, "Too Many Requests: retry after 31", retry_after=31), 31),
        ("<html>429</html>", 7),
        ({"ok": False, "parameters": {"retry_after": "soon"}}, 7),
    ],
)
async def test_too_many_waits_as_long_as_told(answer: Any, wait: int, telegram: Telegram, platform: Platform) -> None:
    """Whom it concerns, the pace finds out: Telegram does not say."""
    platform.answers = [(429, answer)]
    with pytest.raises(TooFast) as caught:
        await telegram.send("700000001", ASKS, "d1")
    assert (caught.value.after, caught.value.everyone) == (timedelta(seconds=wait), False)


RESULTS: list[object] = [{}, True, None, {"message_id": "first"}]
TAKEN_SOMEHOW = [(200, {"ok": True}), *((200, {"ok": True, "result": result}) for result in RESULTS)]


@pytest.mark.parametrize("answer", [(200, HANG_UP), (200, "<html>"), (200, "[]"), *TAKEN_SOMEHOW])
async def test_what_may_have_arrived_is_unknown(answer: Any, telegram: Telegram, platform: Platform) -> None:
    platform.answers = [answer]
    with pytest.raises(Unknown):
        await telegram.send("700000001", ASKS, "d1")
    assert len(platform.requests) == 1


async def test_what_was_never_written_is_for_later(unused_tcp_port: int) -> None:
    telegram = Telegram(BOT_TOKEN, SECRET, f"http://127.0.0.1:{unused_tcp_port}", "")
    await telegram.start()
    with pytest.raises(Later) as caught:
        await telegram.send("700000001", ASKS, "d1")
    assert caught.value.code == "not_reached"
    await telegram.close()


async def test_a_sender_that_is_closed_keeps_its_message(telegram: Telegram) -> None:
    await telegram.close()
    with pytest.raises(Later):
        await telegram.send("700000001", ASKS, "d1")


@pytest.mark.parametrize(
    "answer",
    [
        (200, HANG_UP),
        (200, "words of 700000001"),
        (400, "words of 700000001"),
        (400, refusal(400, "Bad Request: words of 700000001")),
        (403, refusal(403, "Forbidden: bot was blocked by the user")),
    ],
)
async def test_no_error_and_no_log_holds_the_token_the_person_or_the_words(
    answer: Any, telegram: Telegram, platform: Platform, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    logging.getLogger("telegram").setLevel(logging.WARNING)
    platform.answers = [answer]
    with pytest.raises(NotSent) as caught:
        await telegram.send("700000001", Outgoing("words"), "d1")
    shown = repr(caught.value) + str(caught.value) + repr(caught.value.__cause__) + repr(caught.value.__context__)
    ours = "".join(record.getMessage() for record in caplog.records if not record.name.startswith("aiohttp.access"))
    for secret in (BOT_TOKEN, "700000001", "words"):
        assert secret not in shown
        assert secret not in ours


# Polling


async def test_polling_moves_on_only_when_the_consumer_comes_back(telegram: Telegram, platform: Platform) -> None:
    first, second = (json.loads((PAYLOADS / f"telegram_{name}.json").read_text()) for name in ("text", "start"))
    broken = {"update_id": 500100003, "message": "?"}
    platform.answers = [
        GRANTED,
        (200, {"ok": True, "result": []}),
        (200, {"ok": True, "result": [first]}),
        (200, {"ok": True, "result": [second, broken]}),
        (409, refusal(409, "Conflict: terminated by other getUpdates request")),
    ]
    batches = telegram.poll()
    assert [message.event for message in await anext(batches)] == ["500100001"]
    assert len(platform.requests) == 3
    assert [message.event for message in await anext(batches)] == ["500100002"]
    with pytest.raises(Stopped):
        await anext(batches)
    assert [request[3]["offset"] for request in platform.requests[1:]] == ["0", "0", "500100002", "500100004"]


async def test_polling_waits_out_trouble(telegram: Telegram, platform: Platform) -> None:
    pauses: list[float] = []

    async def pause(seconds: float) -> None:
        pauses.append(seconds)

    platform.answers = [
        GRANTED,
        (429, refusal(429, "Too Many Requests: retry after 9", retry_after=9)),
        (500, "oops"),
        (401, refusal(401, "Unauthorized")),
    ]
    with pytest.raises(Stopped):
        await anext(telegram.poll(pause))
    assert pauses == [9, 1]


# Settings


def test_without_its_settings_there_is_no_telegram() -> None:
    assert from_settings({"PUBLIC_URL": "https://hearback.example"}) == []


@pytest.mark.parametrize(
    ("settings", "explanation"),
    [
        ({"TELEGRAM_SECRET": SECRET}, "TELEGRAM_TOKEN"),
        ({"TELEGRAM_TOKEN": BOT_TOKEN, "PUBLIC_URL": "https://hearback.example"}, "TELEGRAM_SECRET"),
        ({"TELEGRAM_TOKEN": "nonsense"}, "TELEGRAM_TOKEN"),
        ({"TELEGRAM_TOKEN": BOT_TOKEN, "TELEGRAM_SECRET": "short"}, "TELEGRAM_SECRET"),
        ({"TELEGRAM_TOKEN": BOT_TOKEN, "TELEGRAM_API": "http://telegram.example"}, "TELEGRAM_API"),
        ({"TELEGRAM_TOKEN": BOT_TOKEN, "TELEGRAM_SECRET": SECRET, "PUBLIC_URL": "http://[broken"}, "PUBLIC_URL"),
    ],
)
def test_an_unsafe_setting_is_named_and_not_repeated(settings: dict[str, str], explanation: str) -> None:
    with pytest.raises(Misconfigured, match=explanation) as caught:
        from_settings(settings)
    assert not any(value in str(caught.value) for value in settings.values())


@pytest.mark.parametrize(
    ("settings", "rate", "most"),
    [
        ({}, 25, 30),
        ({"TELEGRAM_RATE": "5"}, 5, 30),
        ({"TELEGRAM_RATE": "30"}, 30, 30),
        ({"TELEGRAM_PAID": "1", "TELEGRAM_RATE": "1000"}, 1000, 1000),
        ({"TELEGRAM_PAID": "1"}, 25, 1000),
    ],
)
def test_a_burst_counts_into_the_second_that_telegram_permits(settings: dict[str, str], rate: float, most: int) -> None:
    [telegram] = from_settings({"TELEGRAM_TOKEN": BOT_TOKEN, **settings})
    assert telegram.pace.rate == rate
    assert rate + telegram.pace.burst - 1 <= most


@pytest.mark.parametrize(
    ("settings", "explanation"),
    [
        ({"TELEGRAM_RATE": "31"}, "TELEGRAM_PAID=1"),
        ({"TELEGRAM_RATE": "31", "TELEGRAM_PAID": "0"}, "TELEGRAM_PAID=1"),
        ({"TELEGRAM_RATE": "1001", "TELEGRAM_PAID": "1"}, "at most 1000"),
        ({"TELEGRAM_RATE": "fast"}, "TELEGRAM_RATE"),
        ({"TELEGRAM_RATE": "0"}, "TELEGRAM_RATE"),
        ({"TELEGRAM_PAID": "yes"}, "TELEGRAM_PAID"),
    ],
)
def test_a_pace_that_telegram_does_not_permit_is_refused(settings: dict[str, str], explanation: str) -> None:
    with pytest.raises(Misconfigured, match=explanation):
        from_settings({"TELEGRAM_TOKEN": BOT_TOKEN, **settings})


async def test_a_bot_without_a_secret_only_polls() -> None:
    [telegram] = from_settings({"TELEGRAM_TOKEN": BOT_TOKEN})
    with pytest.raises(Misconfigured):
        await telegram.connect({})


@pytest.mark.parametrize(
    ("info", "backlog"),
    [
        ({"url": "", "pending_update_count": 0}, Backlog(0)),
        (
            {"url": "x", "pending_update_count": 7, "last_error_date": 1_760_000_000, "last_error_message": "no"},
            Backlog(7, datetime(2025, 10, 9, 8, 53, 20, tzinfo=UTC)),
        ),
    ],
)
async def test_what_waits_for_us_is_asked_for(
    info: dict[str, Any], backlog: Backlog, channels: dict[str, Channel], platform: Platform
) -> None:
    platform.answers = [(200, {"ok": True, "result": info})]
    assert await channels["telegram"].backlog() == backlog
    assert platform.requests[0][1].endswith("/getWebhookInfo")


async def test_an_answer_that_nobody_can_read_says_nothing_of_what_waits(
    channels: dict[str, Channel], platform: Platform
) -> None:
    platform.answers = [(200, {"ok": True, "result": True})]
    with pytest.raises(Unknown):
        await channels["telegram"].backlog()
