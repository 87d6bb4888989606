"""Our Telegram speaks the Bot API as the real one does."""

import asyncio
import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from aiohttp import ClientSession
from telegram import Bot, InlineKeyboardButton, InlineKeyboardMarkup, Update
from telegram.error import BadRequest, Conflict, Forbidden, InvalidToken, NetworkError, RetryAfter, TimedOut

from demo.platforms.telegram import FakeTelegram, Webhook
from demo.platforms.wire import Broken, Dropped, RefusedRequest, Silent, TooManyRequests
from tests.demo.conftest import PUBLIC, TOKEN, DemoTown, Hands

AMINA = "70010001"
YUSUF = "70010002"
ORACLE = Path(__file__).parents[3] / "shared" / "oracles" / "telegram-bot-api.json"


@pytest.fixture
async def bot(telegram_url: str) -> AsyncIterator[Bot]:
    async with Bot(TOKEN, base_url=f"{telegram_url}/bot") as bot:
        yield bot


@pytest.fixture
def met(telegram: FakeTelegram) -> FakeTelegram:
    """A Telegram where Amina has started the bot."""
    telegram.chats.of(AMINA)
    return telegram


def keyboard(*data: str) -> InlineKeyboardMarkup:
    return InlineKeyboardMarkup([[InlineKeyboardButton(f"Choice {value}", callback_data=value)] for value in data])


async def test_the_bot_knows_itself(bot: Bot) -> None:
    me = await bot.get_me()
    assert (me.id, me.is_bot, me.username) == (7001001, True, "hearback_demo_bot")


async def test_a_message_arrives_with_its_keyboard(bot: Bot, met: FakeTelegram) -> None:
    sent = await bot.send_message(int(AMINA), "ما رأيك؟", reply_markup=keyboard("a", "b"))
    bubble = await met.chats.of(AMINA).next()
    assert (bubble.id, bubble.text) == (str(sent.message_id), "ما رأيك؟")
    assert [(b.label, b.value) for b in bubble.buttons] == [("Choice a", "a"), ("Choice b", "b")]
    assert sent.reply_markup == keyboard("a", "b")


async def test_a_wrong_token_is_refused(telegram_url: str) -> None:
    bot = Bot("7001001:other", base_url=f"{telegram_url}/bot")
    with pytest.raises(InvalidToken):
        await bot.initialize()
    await bot.shutdown()


async def test_an_unknown_method_is_not_found(telegram_url: str) -> None:
    async with ClientSession() as session, session.post(f"{telegram_url}/bot{TOKEN}/sendPigeon") as response:
        assert response.status == 404
        assert await response.json() == {"ok": False, "error_code": 404, "description": "Not Found"}


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("🙂" * 2049, "message is too long"),
        ("a" * 4097, "message is too long"),
        (" ", "message text is empty"),
    ],
)
async def test_a_text_that_does_not_fit_is_refused(telegram_url: str, met: FakeTelegram, text: str, says: str) -> None:
    body = {"chat_id": int(AMINA), "text": text}
    async with ClientSession() as session, session.post(f"{telegram_url}/bot{TOKEN}/sendMessage", json=body) as answer:
        assert (answer.status, (await answer.json())["description"]) == (400, f"Bad Request: {says}")
    assert met.chats.of(AMINA).ours() == []


async def test_the_longest_text_fits(bot: Bot, met: FakeTelegram) -> None:
    await bot.send_message(int(AMINA), "🙂" * 2048)
    assert len((await met.chats.of(AMINA).next()).text) == 2048


async def test_a_button_holds_64_bytes(bot: Bot, met: FakeTelegram) -> None:
    await bot.send_message(int(AMINA), "?", reply_markup=keyboard("x" * 64))
    with pytest.raises(BadRequest, match="Button_data_invalid"):
        await bot.send_message(int(AMINA), "?", reply_markup=keyboard("ل" * 33))


async def test_who_never_came_has_no_chat(bot: Bot) -> None:
    with pytest.raises(BadRequest, match="Chat not found"):
        await bot.send_message(int(YUSUF), "Hello")


async def test_who_blocked_us_is_forbidden_until_they_come_back(bot: Bot, met: FakeTelegram) -> None:
    met.blocks(AMINA)
    with pytest.raises(Forbidden, match="bot was blocked by the user"):
        await bot.send_message(int(AMINA), "Hello")
    met.joins_again(AMINA)
    await bot.send_message(int(AMINA), "Hello again")
    assert (await met.chats.of(AMINA).next()).text == "Hello again"


async def test_too_many_requests_say_how_long_to_wait(
    bot: Bot, met: FakeTelegram, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PTB_TIMEDELTA", "1")
    met.faults.append(TooManyRequests(retry_after=7))
    with pytest.raises(RetryAfter) as error:
        await bot.send_message(int(AMINA), "Hello")
    assert error.value._retry_after.total_seconds() == 7
    assert met.chats.of(AMINA).ours() == []
    await bot.send_message(int(AMINA), "Hello")


@pytest.mark.parametrize(
    ("fault", "raised", "arrived"),
    [
        (Broken(502), NetworkError, 0),
        (Broken(500, taken=True), NetworkError, 1),
        (Dropped(), NetworkError, 0),
        (Dropped(taken=True), NetworkError, 1),
        (RefusedRequest(403, 403, "Forbidden: user is deactivated"), Forbidden, 0),
    ],
)
async def test_a_fault_is_met_once(
    bot: Bot, met: FakeTelegram, fault: Broken | Dropped | RefusedRequest, raised: type[Exception], arrived: int
) -> None:
    met.faults.append(fault)
    with pytest.raises(raised):
        await bot.send_message(int(AMINA), "Hello")
    assert len(met.chats.of(AMINA).ours()) == arrived
    await bot.send_message(int(AMINA), "Hello")
    assert len(met.chats.of(AMINA).ours()) == arrived + 1


async def test_a_silent_platform_takes_the_message_and_lets_go_when_it_closes(bot: Bot, met: FakeTelegram) -> None:
    met.faults.append(Silent())
    with pytest.raises(TimedOut):
        await bot.send_message(int(AMINA), "Hello", read_timeout=0.05)
    assert (await met.chats.of(AMINA).next()).text == "Hello"


async def test_a_keyboard_can_be_taken_away_once(bot: Bot, met: FakeTelegram) -> None:
    sent = await bot.send_message(int(AMINA), "?", reply_markup=keyboard("a"))
    await bot.edit_message_reply_markup(int(AMINA), sent.message_id)
    bubble = met.chats.of(AMINA).find(str(sent.message_id))
    assert bubble is not None
    assert bubble.buttons == ()
    with pytest.raises(BadRequest, match="not modified"):
        await bot.edit_message_reply_markup(int(AMINA), sent.message_id)


async def test_a_tap_is_answered_once(bot: Bot, met: FakeTelegram) -> None:
    sent = await bot.send_message(int(AMINA), "?", reply_markup=keyboard("a", "b"))
    query = met.taps(AMINA, str(sent.message_id), 1)["callback_query"]
    assert query["data"] == "b"
    assert await bot.answer_callback_query(query["id"])
    with pytest.raises(BadRequest, match="Query is too old"):
        await bot.answer_callback_query(query["id"])


async def test_updates_carry_the_secret(bot: Bot, met: FakeTelegram, house: DemoTown) -> None:
    await bot.set_webhook(f"{PUBLIC}/channels/telegram", secret_token="a-secret")
    met.says(AMINA, "hello")
    await met.settled()
    (post,) = house.posts
    assert post.path == "/channels/telegram"
    assert post.headers["X-Telegram-Bot-Api-Secret-Token"] == "a-secret"
    assert json.loads(post.body)["message"]["text"] == "hello"


async def test_what_waited_is_delivered_when_the_webhook_is_set(bot: Bot, met: FakeTelegram, house: DemoTown) -> None:
    met.says(AMINA, "first")
    await bot.set_webhook(f"{PUBLIC}/t")
    met.says(AMINA, "second")
    await met.settled()
    assert [json.loads(post.body)["message"]["text"] for post in house.posts] == ["first", "second"]
    assert (await bot.get_webhook_info()).pending_update_count == 0


async def test_the_next_message_of_a_chat_waits_for_the_one_before(
    met: FakeTelegram, house: DemoTown, hands: Hands
) -> None:
    met.webhook = Webhook(f"{PUBLIC}/t")
    house.statuses.extend([500, 500, 500])
    met.says(AMINA, "first")
    met.says(AMINA, "second")
    await met.settled()
    texts = [json.loads(post.body)["message"]["text"] for post in house.posts]
    assert texts == ["first", "first", "first", "first", "second"]
    assert hands.slept == [0, 2, 4]


async def test_our_retry_after_is_kept(met: FakeTelegram, house: DemoTown, hands: Hands) -> None:
    met.webhook, house.after = Webhook(f"{PUBLIC}/t"), "30"
    house.statuses.append(503)
    met.says(AMINA, "hello")
    await met.settled()
    assert hands.slept == [30]


async def test_a_tap_is_offered_for_150_seconds(met: FakeTelegram, house: DemoTown, hands: Hands, bot: Bot) -> None:
    sent = await bot.send_message(int(AMINA), "?", reply_markup=keyboard("a"))
    met.webhook = Webhook(f"{PUBLIC}/t")
    house.statuses.extend([500] * 99)
    met.taps(AMINA, str(sent.message_id), 0)
    await met.settled()
    assert 150 <= sum(hands.slept) <= 150 + 60
    assert (await bot.get_webhook_info()).pending_update_count == 0


async def test_one_update_can_be_posted_again_and_again(met: FakeTelegram, house: DemoTown) -> None:
    met.webhook = Webhook(f"{PUBLIC}/t")
    update = met.says(AMINA, "hello")
    await met.settled()
    house.statuses.append(503)
    assert [await met.post(update), await met.post(update)] == [503, 200]
    assert len({post.body for post in house.posts}) == 1


async def test_polling_waits_for_an_update(bot: Bot, met: FakeTelegram) -> None:
    poll = asyncio.create_task(bot.get_updates(timeout=5))
    met.says(AMINA, "hello")
    (update,) = await poll
    assert update.message is not None
    assert update.message.text == "hello"
    assert await bot.get_updates(offset=update.update_id + 1, timeout=0) == ()


async def test_polling_beside_a_webhook_is_a_conflict(bot: Bot, met: FakeTelegram) -> None:
    await bot.set_webhook(f"{PUBLIC}/t")
    with pytest.raises(Conflict):
        await bot.get_updates()
    await bot.delete_webhook()
    assert await bot.get_updates() == ()


async def test_only_what_was_asked_for_is_announced(bot: Bot, met: FakeTelegram, house: DemoTown) -> None:
    await bot.set_webhook(f"{PUBLIC}/t", allowed_updates=["message"])
    met.blocks(AMINA)
    met.joins_again(AMINA)
    met.says(AMINA, "hello")
    await met.settled()
    assert ["message" in json.loads(post.body) for post in house.posts] == [True]


def everything(telegram: FakeTelegram, message: str) -> list[dict[str, Any]]:
    telegram.languages[AMINA] = "ar"
    update = telegram.says(AMINA, "/start now")
    return [
        update,
        telegram.edits(AMINA, str(update["message"]["message_id"]), "later"),
        telegram.sends_voice(AMINA),
        telegram.sends_sticker(AMINA),
        telegram.taps(AMINA, message, 0),
        telegram.blocks(AMINA),
        telegram.joins_again(AMINA),
    ]


async def test_updates_are_what_the_library_reads(bot: Bot, met: FakeTelegram) -> None:
    sent = await bot.send_message(int(AMINA), "?", reply_markup=keyboard("a"))
    read = [Update.de_json(update, bot) for update in everything(met, str(sent.message_id))]
    text, edited, voice, sticker, tap, left, back = read
    assert text.message is not None
    assert text.message.from_user is not None
    assert text.message.from_user.language_code == "ar"
    assert edited.edited_message is not None
    assert edited.edited_message.text == "later"
    assert voice.message is not None
    assert voice.message.voice is not None
    assert sticker.message is not None
    assert sticker.message.sticker is not None
    assert tap.callback_query is not None
    assert tap.callback_query.data == "a"
    assert left.my_chat_member is not None
    assert left.my_chat_member.new_chat_member.status == "kicked"
    assert back.my_chat_member is not None
    assert back.my_chat_member.new_chat_member.status == "member"


async def test_what_is_said_is_what_the_published_schema_says(telegram_url: str, met: FakeTelegram) -> None:
    if not ORACLE.exists():
        pytest.skip("the published schema is not at hand: ../shared/oracles/telegram-bot-api.json")
    types = json.loads(ORACLE.read_text())["types"]
    markup = keyboard("a").to_json()
    async with ClientSession(f"{telegram_url}/bot{TOKEN}/") as session:
        async with session.post("sendMessage", data={"chat_id": AMINA, "text": "?", "reply_markup": markup}) as answer:
            sent = (await answer.json())["result"]
        async with session.get("getMe") as answer:
            me = (await answer.json())["result"]
        async with session.get("getWebhookInfo") as answer:
            info = (await answer.json())["result"]
    faults = wrong(sent, "Message", types) + wrong(me, "User", types) + wrong(info, "WebhookInfo", types)
    for update in everything(met, str(sent["message_id"])):
        faults += wrong(update, "Update", types)
    assert faults == []
    assert wrong({"id": "1", "extra": 2}, "User", types) != []


PLAIN: dict[str, type] = {"Integer": int, "String": str, "Boolean": bool, "True": bool, "Float": float}


def wrong(value: Any, kind: str, types: dict[str, Any]) -> list[str]:
    """What about `value` is not as the schema describes that type."""
    if kind.startswith("Array of "):
        return [fault for item in value for fault in wrong(item, kind.removeprefix("Array of "), types)]
    if kind in PLAIN:
        return [] if type(value) is PLAIN[kind] else [f"{value!r} is no {kind}"]
    children = types[kind].get("subtypes")
    if children:
        found = [wrong(value, child, types) for child in children]
        return [] if [] in found else [f"{value!r} is none of {children}"]
    fields = {field["name"]: field for field in types[kind].get("fields", ())}
    faults = [f"{kind} has no {name}" for name in value if name not in fields]
    faults += [f"{kind} needs {name}" for name, field in fields.items() if field["required"] and name not in value]
    for name in value.keys() & fields.keys():
        choices = [wrong(value[name], choice, types) for choice in fields[name]["types"]]
        faults += [] if [] in choices else choices[0]
    return faults
