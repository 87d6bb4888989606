"""What comes twice, broken, or makes no sense."""

import asyncio
import json

import aiohttp
import pytest

from demo.platforms.accounts import TELEGRAM_SECRET
from handlers import conversations
from storage import events
from tests.stories.town import Person, StoryTown


async def test_the_same_webhook_ten_times_has_one_effect(square: StoryTown) -> None:
    alice = square.on_telegram()
    update = square.telegram.says(alice.address, "hello")
    await alice.hears("Do you want to take part?")
    assert await asyncio.gather(*(square.telegram.post(update) for _time in range(10))) == [200] * 10
    await alice.hears_nothing(square)


async def test_the_same_sms_ten_times_at_once_has_one_effect(square: StoryTown) -> None:
    bob = square.on_sms()
    form = square.twilio.says(bob.address, "hello")
    await asyncio.gather(*(square.twilio.post(form) for _time in range(10)))
    await bob.hears("Do you want to take part?")
    await bob.hears_nothing(square)


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"{", 400),
        (b"\xff\xfe", 400),
        (b"[" * 100_000, 413),
        (b"[" * 30_000, 400),
        (b'{"update_id": 1, "message": ' + b"9" * 70_000 + b"}", 413),
        (b'{"update_id": 77, "some_day": {"new": true}}', 200),
        (b'{"update_id": "x"}', 400),
    ],
)
async def test_what_is_broken_is_refused_and_what_is_new_is_taken(square: StoryTown, body: bytes, status: int) -> None:
    assert await _post(square, body) == status


async def test_a_wrong_or_missing_secret_is_refused(square: StoryTown) -> None:
    assert await _post(square, b"{}", {}) == 403
    assert await _post(square, b"{}", {"X-Telegram-Bot-Api-Secret-Token": "guess-guess-guess"}) == 403


async def test_an_unsigned_sms_is_refused(square: StoryTown) -> None:
    async with aiohttp.ClientSession() as client:
        for headers in ({}, {"X-Twilio-Signature": "guess"}):
            async with client.post(
                f"http://127.0.0.1:{square.port}/hooks/sms", data={"Body": "x"}, headers=headers
            ) as response:
                assert response.status == 403


@pytest.mark.parametrize("text", ["\ud800 half a letter", "nul \0 inside", "🙂🙂🙂"])
async def test_odd_text_is_answered_and_the_talk_goes_on(square: StoryTown, text: str) -> None:
    alice = square.on_telegram()
    await alice.joins()
    body = json.dumps(_update(alice, text)).encode()
    assert await _post(square, body) == 200
    await alice.hears("We did not understand.")
    alice.says("1")
    await alice.hears("What should change?")


async def test_ten_thousand_characters_are_not_lost_silently(square: StoryTown) -> None:
    alice = await _at_her_words(square)
    assert await _post(square, json.dumps(_update(alice, "word " * 2000)).encode()) == 200
    await alice.hears("too long")
    alice.says("Short then.")
    await alice.hears("Thank you.")


async def test_only_an_emoji_is_asked_for_in_words(square: StoryTown) -> None:
    alice = await _at_her_words(square)
    alice.says("👍🏽")
    await alice.hears("say it in words")


async def test_a_sticker_is_answered_kindly(square: StoryTown) -> None:
    alice = await _at_her_words(square)
    square.telegram.sends_sticker(alice.address)
    await alice.hears("We cannot open pictures")


async def test_a_voice_note_is_taken_for_words(square: StoryTown) -> None:
    alice = await _at_her_words(square)
    alice.sends_voice()
    await alice.hears("Thank you.")


async def test_an_edited_message_changes_nothing(square: StoryTown) -> None:
    alice = await _at_her_words(square)
    alice.says("First thought.")
    await alice.hears("Thank you.")
    mine = next(bubble for bubble in reversed(alice.chat.bubbles) if bubble.text == "First thought.")
    square.telegram.edits(alice.address, mine.id, "Second thought.")
    await alice.hears("send it again as a new one")


async def test_a_button_of_an_older_question_is_recognised(square: StoryTown) -> None:
    alice = square.on_telegram()
    await alice.joins()
    old = alice.chat.ours()[-1]
    alice.says("share")
    await alice.hears()
    square.telegram.taps(alice.address, old.id, 0)
    await alice.hears("earlier question")


async def test_a_choice_never_offered_is_refused(square: StoryTown) -> None:
    alice = square.on_sms()
    await alice.joins()
    alice.says("99")
    await alice.hears("Please choose again", "What would you like to do?")


async def test_what_our_code_fails_on_is_parked_and_the_chat_goes_on(
    square: StoryTown, monkeypatch: pytest.MonkeyPatch
) -> None:
    alice, bob = square.on_telegram(), square.on_telegram()
    await alice.joins()
    taking = conversations._take

    async def failing(session: object, deployment: object, visit: object) -> None:
        if visit.message.text == "poison":  # type: ignore[attr-defined]
            raise RuntimeError("a fault of ours about +12025550123")
        await taking(session, deployment, visit)  # type: ignore[arg-type]

    monkeypatch.setattr(conversations, "_take", failing)
    alice.says("poison")
    bob.says("hello")
    await bob.hears("Do you want to take part?")
    await square.quiet()
    async with square.parts.database.reading() as session:
        [parked] = await events.waiting(session)
        kept = await events.read_parked(session, square.parts.keys, parked.id)
    assert kept is not None
    assert "poison" in kept
    assert parked.fault == "RuntimeError"
    alice.says("menu")
    await alice.hears()


async def _at_her_words(square: StoryTown) -> Person:
    alice = square.on_telegram()
    await alice.joins()
    alice.says("share")
    await alice.hears()
    return alice


def _update(person: Person, text: str) -> dict[str, object]:
    chat = {"id": int(person.address), "type": "private", "first_name": "A"}
    sender = {"id": int(person.address), "is_bot": False, "first_name": "A"}
    return {
        "update_id": 990_000_001,
        "message": {"message_id": 5, "date": 1, "chat": chat, "from": sender, "text": text},
    }


async def _post(square: StoryTown, body: bytes, headers: dict[str, str] | None = None) -> int:
    all_headers = {"X-Telegram-Bot-Api-Secret-Token": TELEGRAM_SECRET} if headers is None else headers
    async with (
        aiohttp.ClientSession() as client,
        client.post(f"http://127.0.0.1:{square.port}/hooks/telegram", data=body, headers=all_headers) as response,
    ):
        return response.status
