"""Somebody speaks to us, a moderator hears it and writes it down, and nobody else keeps it."""

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
from aiohttp import ClientSession, CookieJar
from sqlalchemy import func, select

from channels._sound.reading import read
from channels.recordings import LARGEST
from console._frame import tokens
from demo.platforms.voices import VOICE, spoken
from demo.platforms.wire import Broken, Dropped
from storage.contributions import Contribution
from storage.roles import Role
from storage.states import RecordingState
from storage.tables import recording
from tests.colleagues import signed_in
from tests.console.browser import Reader
from tests.sounds import NONE
from tests.stories.town import Person, StoryTown
from tests.waiting import until

INBOX = "/p/regional-review/inbox"
SPEAKS = ["telegram", "whatsapp"]


@pytest.fixture
async def moderator(square: StoryTown) -> AsyncIterator[ClientSession]:
    """Somebody who reads what is given in English."""
    async with square.parts.database.writing() as session:
        token = await signed_in(session, Role.MODERATOR, None, ("en",), now=square.clock())
    jar = CookieJar(unsafe=True)
    async with ClientSession(f"http://127.0.0.1:{square.port}", cookie_jar=jar) as browser:
        jar.update_cookies({tokens.SIGN_IN: token}, browser._build_url("/"))
        yield browser


async def speaks(who: Person, sound: bytes | None = VOICE) -> None:
    await who.joins()
    who.says("share")
    await who.hears("send a voice note")
    who.sends_voice(sound)
    await who.hears_choices("Thank you")


async def come(square: StoryTown, *states: RecordingState) -> None:
    """Wait until the voice notes that there are, are in these states, and nothing is left to do with them."""

    async def settled() -> bool:
        async with square.parts.database.reading() as session:
            rows = (await session.execute(select(recording.c.state, recording.c.due))).all()
        return sorted(row.state for row in rows) == sorted(states) and all(row.due is None for row in rows)

    await until(settled)


async def number(square: StoryTown) -> int:
    async with square.parts.database.reading() as session:
        return int((await session.execute(select(func.count()).select_from(recording))).scalar_one())


async def heard(moderator: ClientSession, contribution: Contribution) -> tuple[int, str, bytes]:
    async with moderator.get(f"{INBOX}/{contribution.id}/voice") as answer:
        return answer.status, answer.headers["Content-Type"], await answer.read()


@pytest.mark.parametrize("channel", SPEAKS)
async def test_what_somebody_says_is_heard_and_written_down(
    square: StoryTown, moderator: ClientSession, channel: str
) -> None:
    alice = square.on(channel)
    await speaks(alice)
    await come(square, RecordingState.KEPT)
    [contribution] = await square.received()
    assert (contribution.spoken, contribution.words) == (True, "")
    assert await heard(moderator, contribution) == (200, "audio/ogg", read(VOICE).content)

    page = f"{INBOX}/{contribution.id}/recording"
    async with moderator.get(page) as answer:
        form = Reader(await answer.text()).forms[-1]
    fields = dict(form.fields) | {"words": "The bus never comes."}
    async with moderator.post(page, data=fields, headers={"Origin": str(answer.url.origin())}) as answer:
        assert (answer.status, "Kept." in await answer.text()) == (200, True)
    [contribution] = await square.received()
    assert (contribution.words, contribution.written_down) == ("The bus never comes.", True)


async def test_twilio_keeps_it_no_longer_than_we_need(square: StoryTown) -> None:
    alice = square.on_whatsapp()
    await speaks(alice)
    await come(square, RecordingState.KEPT)
    assert (len(square.twilio.downloads), square.twilio.voices) == (1, {})


@pytest.mark.parametrize("channel", SPEAKS)
async def test_words_that_follow_a_voice_note_lose_nothing_of_it(
    square: StoryTown, moderator: ClientSession, channel: str
) -> None:
    """It is at the platform no more, and given once more with them."""
    alice = square.on(channel)
    await speaks(alice)
    await come(square, RecordingState.KEPT)
    alice.says("And the clinic closes too early for us.")
    await alice.hears()
    await square.quiet()
    await come(square, RecordingState.KEPT)
    [contribution] = await square.received()
    assert contribution.words == "And the clinic closes too early for us."
    assert (await heard(moderator, contribution))[0] == 200


@pytest.mark.parametrize("channel", SPEAKS)
async def test_a_platform_in_trouble_is_asked_again(
    square: StoryTown, moderator: ClientSession, channel: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for pause in ("bot.fetching.FIRST_PAUSE", "channels._wire.NOT_REACHED", "channels.telegram._files.A_WHILE",
                  "channels._twilio.media.A_WHILE"):  # fmt: skip
        monkeypatch.setattr(pause, timedelta(0))
    square.platforms.of(channel).download_faults.extend([Dropped(), Broken(503)])
    alice = square.on(channel)
    await speaks(alice)
    await come(square, RecordingState.KEPT)
    assert len(square.platforms.of(channel).downloads) == 3
    [contribution] = await square.received()
    assert (await heard(moderator, contribution))[0] == 200


@pytest.mark.parametrize("channel", SPEAKS)
@pytest.mark.parametrize("sound", [NONE["a page"], NONE["a film"], VOICE + bytes(LARGEST), spoken(601)],
                         ids=["a page", "a film", "too large", "too long"])  # fmt: skip
async def test_what_is_no_voice_note_that_we_take_is_never_served(
    square: StoryTown, moderator: ClientSession, channel: str, sound: bytes
) -> None:
    alice = square.on(channel)
    await speaks(alice, sound)
    await come(square, RecordingState.REFUSED)
    [contribution] = await square.received()
    assert contribution.spoken
    status, _kind, body = await heard(moderator, contribution)
    assert (status, sound[:64] in body) == (404, False)


@pytest.mark.parametrize("channel", SPEAKS)
async def test_what_its_platform_has_lost_is_said_to_be_gone(
    square: StoryTown, moderator: ClientSession, channel: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.fetching.FIRST_PAUSE", timedelta(0))
    await speaks(square.on(channel), None)
    await come(square, RecordingState.GONE)
    [contribution] = await square.received()
    assert contribution.spoken
    async with moderator.get(f"{INBOX}/{contribution.id}/recording") as answer:
        assert "The platform has it no more" in await answer.text()


async def test_twilio_leads_us_nowhere_else(square: StoryTown) -> None:
    square.twilio.redirects.append("http://169.254.169.254/latest/meta-data")
    alice = square.on_whatsapp()
    await speaks(alice)
    await come(square, RecordingState.REFUSED)
    assert square.twilio.downloads == []


@pytest.mark.parametrize("channel", SPEAKS)
async def test_forget_destroys_it(square: StoryTown, moderator: ClientSession, channel: str) -> None:
    alice = square.on(channel)
    await speaks(alice)
    await come(square, RecordingState.KEPT)
    [contribution] = await square.received()
    alice.says("FORGET")
    await alice.hears()
    alice.says("1")
    await alice.hears("It is done. Goodbye.")
    assert await number(square) == 0
    assert (await heard(moderator, contribution))[0] == 404


@pytest.mark.parametrize("channel", SPEAKS)
async def test_what_is_taken_back_is_destroyed(square: StoryTown, moderator: ClientSession, channel: str) -> None:
    alice = square.on(channel)
    await speaks(alice)
    await come(square, RecordingState.KEPT)
    [contribution] = await square.received()
    alice.taps("Take it back")
    await alice.hears("We took it back")
    assert await number(square) == 0
    assert (await heard(moderator, contribution))[0] == 404


async def test_after_stop_what_was_said_before_is_heard_and_nothing_is_sent(
    square: StoryTown, moderator: ClientSession
) -> None:
    alice = square.on_telegram()
    await speaks(alice)
    alice.says("STOP")
    await alice.hears("START")
    await come(square, RecordingState.KEPT)
    [contribution] = await square.received()
    assert (await heard(moderator, contribution))[0] == 200
    await alice.hears_nothing(square)


async def test_by_sms_nobody_is_asked_to_speak(square: StoryTown) -> None:
    alice = square.on_sms()
    await alice.joins()
    alice.says("share")
    assert "voice" not in await alice.hears()
