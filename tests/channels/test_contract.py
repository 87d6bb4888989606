"""What every channel does, walked over the files of the folder: a new one is tested by being there.

It is put to one more that only tests have, and that differs from the others where channels can differ.
"""

import ast
import re
from contextlib import suppress
from datetime import UTC, datetime

import pytest

from channels import Channel, from_settings, kinds, texts_of
from channels.carriers import Reserved
from channels.messages import Choice, Kind, Later, Message, Never, Outgoing, Shut, Unknown
from flows._engine.folding import fold
from locales import ENGLISH, _, languages, speaking
from tests.channels.conftest import ACCOUNT, HANG_UP, PAYLOADS, Door, Platform, environment
from tests.parsing import parsed
from tests.rooms import ROOT, sources

ADDRESSES = {"telegram": "700000001", "sms": "+447700900123", "whatsapp": "+447700900123", "pager": "4711"}
VOICES = {"whatsapp": f"https://api.twilio.com/2010-04-01/Accounts/{ACCOUNT}/Messages/MM{'0' * 32}/Media/ME{'0' * 32}"}
"""Where a voice note is kept that could be fetched."""
NEWS = {"bulletin": {"en": "News:\n{{1}}\nSend STOP to stop."}}
NOON = datetime(2026, 5, 1, 12, tzinfo=UTC)
YES_OR_NO = (Choice("yes", "Yes"), Choice("no", "No"))


@pytest.fixture(params=[*kinds(), "pager"])
def channel(request: pytest.FixtureRequest, channels: dict[str, Channel]) -> Channel:
    return channels[request.param]


def test_the_channels_are_the_files_of_the_folder() -> None:
    assert kinds() == ("sms", "telegram", "whatsapp")


def test_no_room_above_knows_a_channel_by_its_name() -> None:
    """The demo does: it plays the platforms."""
    above = [path for path in sources() if path.relative_to(ROOT).parts[0] not in ("channels", "demo")]
    assert [f"{path.name}: {name}" for path in above for name in named_in(parsed(path))] == []


def named_in(tree: ast.Module) -> list[str]:
    """The channels that a file imports, or writes as a value."""
    found: set[str] = set()
    for node in ast.walk(tree):
        match node:
            case ast.Constant(value=str(text)):
                found.add(text)
            case ast.Import(names=imported):
                found.update(alias.name.removeprefix("channels.").partition(".")[0] for alias in imported)
            case ast.ImportFrom(module="channels", names=imported):
                found.update(alias.name for alias in imported)
            case ast.ImportFrom(module=str(module)):
                found.add(module.removeprefix("channels.").partition(".")[0])
    return [name for name in kinds() if name in found]


@pytest.mark.parametrize("kind", kinds())
def test_what_leaves_is_shown_as_it_is_read_there(kind: str) -> None:
    assert texts_of(kind, Outgoing("Hello")) == ("Hello",)
    assert len(texts_of(kind, Outgoing("A long sentence. " * 400))) > 1


async def test_a_captured_text_is_a_message_from_its_sender(channel: Channel, door: Door) -> None:
    message = await door.captured(f"{channel.name}_text")
    assert isinstance(message, Message)
    assert (message.channel, message.kind, message.external) == (channel.name, Kind.TEXT, ADDRESSES[channel.name])
    assert message.event
    assert message.text


async def test_a_repeat_carries_the_same_event(channel: Channel, door: Door) -> None:
    first, again = [await door.captured(f"{channel.name}_text") for _ in range(2)]
    assert first == again


async def test_what_was_sent_is_accepted_with_the_platforms_id(channel: Channel, platform: Platform) -> None:
    accepted = await channel.send(ADDRESSES[channel.name], Outgoing("Hello"), "d1")
    assert accepted.provider_id
    assert accepted.segments == 1
    assert len(platform.requests) == 1


async def test_a_question_shows_its_choices(channel: Channel, platform: Platform) -> None:
    await channel.send(ADDRESSES[channel.name], Outgoing("Ready?", choices=YES_OR_NO, token="q1"), "d1")
    sent = " ".join(platform.form().values())
    assert all(word in sent for word in ("Ready?", "Yes", "No"))
    assert bool(re.search(r"1\.? Yes", sent)) == channel.shows_numbers


def test_a_longer_text_takes_more_places_where_it_costs_more(channel: Channel) -> None:
    assert (channel.places(Outgoing("word " * 100)) > 1) == channel.costs_by_length


async def test_several_answers_are_asked_for_by_number(channel: Channel, platform: Platform) -> None:
    await channel.send(ADDRESSES[channel.name], Outgoing("Which?", choices=YES_OR_NO, token="q1", several=True), "d1")
    sent = platform.form()
    assert "Which?\n1" in (sent.get("text") or sent.get("Body", ""))
    assert "reply_markup" not in sent
    assert "ContentSid" not in sent


@pytest.mark.parametrize("text", ["word " * 3000, "سؤال؟ " * 3000, "नि👩‍👩‍👧‍👦" * 900, "x" * 10_000])
async def test_a_long_text_leaves_in_parts_and_only_the_last_one_asks(
    channel: Channel, text: str, platform: Platform
) -> None:
    parts = channel.parts(Outgoing(text, language="ar", choices=YES_OR_NO, token="q1"))
    assert len(parts) > 1
    assert [bool(part.choices) for part in parts] == [False] * (len(parts) - 1) + [True]
    assert "".join(part.text for part in parts).replace(" ", "") == text.replace(" ", "")
    longest = 4096 if channel.name == "telegram" else 1600
    for part in parts:
        await channel.send(ADDRESSES[channel.name], part, "d1")
        sent = platform.form()
        assert len((sent.get("text") or sent.get("Body") or "").encode("utf-16-le")) // 2 <= longest


async def test_choices_that_no_message_holds_are_still_all_said(channel: Channel) -> None:
    many = tuple(Choice(f"v{n}", f"Choice number {n} " + "x" * 60) for n in range(60))
    parts = channel.parts(Outgoing("Which of these?", choices=many, token="q1", several=True))
    whole = "\n".join(part.text for part in parts)
    assert all(choice.label.strip() in whole or choice in parts[-1].choices for choice in many)


async def test_acknowledging_never_raises(channel: Channel, platform: Platform) -> None:
    platform.answers = [(400, {"ok": False, "error_code": 400, "description": "Bad Request: query is too old"})]
    await channel.acknowledge(Message(channel.name, "1", "1", Kind.CHOICE, tap="300642"))


async def test_an_empty_message_is_never_sent(channel: Channel, platform: Platform) -> None:
    with pytest.raises(Never) as caught:
        await channel.send(ADDRESSES[channel.name], Outgoing("  "), "d1")
    assert caught.value.verdict == channel.verdicts[caught.value.code]
    assert not platform.requests


def test_every_payload_belongs_to_a_channel() -> None:
    assert {path.name.split("_")[0] for path in PAYLOADS.iterdir()} == set(kinds())


async def test_what_was_not_sent_says_why_in_the_channels_own_words(channel: Channel, platform: Platform) -> None:
    platform.answers = [(200, HANG_UP)]
    with pytest.raises(Unknown) as caught:
        await channel.send(ADDRESSES[channel.name], Outgoing("Hello"), "d1")
    assert caught.value.verdict == channel.verdicts[caught.value.code]


async def test_before_it_is_open_everything_is_for_later(channel: Channel, platform: Platform) -> None:
    await channel.close()
    with pytest.raises(Later) as caught:
        await channel.send(ADDRESSES[channel.name], Outgoing("Hello"), "d1")
    assert caught.value.verdict == channel.verdicts[caught.value.code]
    assert not platform.requests


async def test_after_a_silence_free_text_leaves_only_where_there_is_no_window(
    channel: Channel, platform: Platform
) -> None:
    outgoing = Outgoing("Hello", purpose="bulletin")
    if channel.window is None:
        accepted = await channel.send(ADDRESSES[channel.name], outgoing, "d1", in_session=False)
        assert accepted.provider_id
        return
    with pytest.raises(Later) as waits:
        await channel.send(ADDRESSES[channel.name], outgoing, "d1", in_session=False)
    assert waits.value.verdict == channel.verdicts[waits.value.code]
    channel.use([])
    with pytest.raises(Shut) as caught:
        await channel.send(ADDRESSES[channel.name], outgoing, "d1", in_session=False)
    assert caught.value.verdict == channel.verdicts[caught.value.code]
    assert not platform.requests


async def test_its_templates_are_those_that_the_platform_has(channel: Channel, platform: Platform) -> None:
    platform.answers = [(200, {"contents": [], "meta": {"key": "contents", "next_page_url": None}})]
    assert list(await channel.templates()) == []


async def test_where_nothing_happened_the_history_is_empty(channel: Channel, platform: Platform) -> None:
    platform.answers = [(200, {"messages": [], "next_page_uri": None})] * 3
    if channel.history is not None:
        people = {ADDRESSES[channel.name]}
        assert [trace async for trace in channel.history.sent(NOON, NOON, people)] == []
        assert list(await channel.history.received(NOON)) == []


def test_only_numbers_are_given_to_somebody_else(channel: Channel) -> None:
    assert (channel.recycled is not None) == (channel.name == "sms")


def test_it_says_in_every_language_what_can_be_seen_and_stays(channel: Channel) -> None:
    for sentence in (channel.carrier.sees, channel.carrier.sees_votes, channel.carrier.keeps):
        assert sentence.endswith(".")
        for language in languages():
            with speaking(language):
                assert (_(sentence) == sentence) == (language == ENGLISH)


def test_the_words_that_its_carrier_keeps_are_written_as_they_are_compared(channel: Channel) -> None:
    assert all(fold(word) == word for word in channel.reserved_words)
    meanings = set(channel.reserved_words.values())
    assert (Reserved.STOP in meanings) == (Reserved.START in meanings)


async def test_a_voice_note_is_received_where_it_is_said_to_be(channel: Channel, door: Door) -> None:
    captured = [path for path in PAYLOADS.iterdir() if path.stem == f"{channel.name}_voice"]
    assert bool(captured) == channel.takes_voice
    if captured:
        assert (await door.captured(f"{channel.name}_voice")).kind is Kind.VOICE


async def test_it_is_connected_once_and_again(channel: Channel, platform: Platform) -> None:
    for _time in range(2):
        settings = await channel.connect(NEWS)
        assert all(setting.startswith(f"{channel.name.upper()}_") for setting in settings)
        assert channel.name in from_settings({**environment(platform.address), **settings})


async def test_before_it_is_open_it_is_connected_later(channel: Channel, platform: Platform) -> None:
    await channel.close()
    with suppress(Later):
        await channel.connect(NEWS)
    assert not platform.requests


def test_what_is_fetched_comes_batch_by_batch(channel: Channel) -> None:
    batches = channel.poll()
    assert batches is None or hasattr(batches, "__anext__")


async def test_a_link_brings_a_word_to_us(channel: Channel, platform: Platform) -> None:
    bot = {"id": 4242, "is_bot": True, "first_name": "Harbour", "username": "harbour_bot"}
    platform.answers = [(200, {"ok": True, "result": bot})]
    entrance = await channel.entrance("harbour-2")
    assert entrance.link.partition("harbour-2")[2] == ""
    assert "harbour-2" in entrance.link
    assert re.fullmatch(r"(https?://|sms:)\S+", entrance.link)
    assert re.fullmatch(r"(\+\d+)?", entrance.number)


async def test_whoever_takes_no_voice_notes_has_none_to_give(channel: Channel, platform: Platform) -> None:
    if channel.takes_voice:
        return
    with pytest.raises(Never) as never:
        await channel.fetch("note-1")
    assert never.value.code == "no_voice"
    await channel.discard("note-1")
    assert not platform.requests


async def test_before_it_is_open_a_voice_note_is_for_later(channel: Channel, platform: Platform) -> None:
    await channel.close()
    with pytest.raises(Later if channel.takes_voice else Never):
        await channel.fetch(VOICES.get(channel.name, "note-1"))
    assert not platform.requests
