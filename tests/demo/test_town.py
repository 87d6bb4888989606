"""The demo opens on a living process, in which a visitor can do what people do, and keeps it through a crash."""

import os
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from aiohttp import ClientSession

from demo.platforms.chats import Side
from demo.serving import bound
from demo.stage import DATABASE, FINISHED, Outdated, town
from demo.town import story
from demo.town.running import Town
from demo.town.scenery import scenery
from handlers import bulletins
from handlers.writing import contents
from storage import events, inputs, processes, rounds, senders
from storage.broadcasts import Audience
from storage.outbox import expansion
from tests.demo import towns

ROOT = Path(__file__).resolve().parents[2]
FICTION = re.compile(r"\+1\d{3}55501\d\d|\+447700900\d{3}|70001\d\d")
LANGUAGES = {"en", "fr", "es", "ar"}


async def test_people_of_four_languages_are_here_on_three_channels(opened: Town) -> None:
    async def reached(audience: Audience) -> int:
        return await opened.office().acts(
            lambda session, process, _now: expansion.reachable(session, process.id, audience)
        )

    assert all([await reached(Audience(languages=(language,))) for language in LANGUAGES])
    assert all([await reached(Audience(channels=(channel,))) for channel in ("telegram", "whatsapp", "sms")])
    assert 10 <= await reached(Audience()) <= 14


async def test_some_of_what_was_given_has_been_answered(opened: Town) -> None:
    listed = await towns.received(opened)
    assert len(listed) >= 15
    assert {contribution.language for contribution in listed} == LANGUAGES
    assert {contribution.state for contribution in listed} == {
        "received",
        "taken_up",
        "taken_up_in_part",
        "not_taken_up",
    }
    assert len({contribution.given for contribution in listed}) > 1
    assert all(contribution.words or contribution.option or contribution.spoken for contribution in listed)


async def test_a_consultation_and_a_round_stand_open(opened: Town) -> None:
    board = await opened.office().acts(
        lambda session, process, _now: processes.board(session, process.id, opened.clock())
    )
    assert board is not None
    assert board.questions is not None
    [vote] = await opened.office().acts(lambda session, process, _now: rounds.newest(session, process.id, 10))
    assert vote.closed is None
    assert await opened.looks(lambda session: rounds.turnout(session, vote.id)) == (3, 2)


async def test_a_national_process_stands_under_the_regional_one(opened: Town) -> None:
    regional, national = await opened.looks(processes.every)
    assert (regional.slug, national.slug, national.parent_id) == ("regional", "national", regional.id)
    board = await opened.looks(lambda session: processes.board(session, national.id, opened.clock()))
    assert board is not None
    assert board.questions is not None
    listed = await towns.received(opened, "national")
    assert {contribution.language for contribution in listed} == {"fr", "ar", "en"}
    assert {contribution.state for contribution in listed} == {"received", "taken_up"}
    assert not {contribution.id for contribution in listed} & {other.id for other in await towns.received(opened)}
    [handed_up] = await opened.looks(lambda session: inputs.published_under(session, regional.id))
    assert handed_up.slug == "national"


async def test_each_process_has_a_bot_of_its_own(opened: Town) -> None:
    owners = {sender.name: sender.content for sender in await opened.looks(senders.all_of)}
    assert '"slug":"national"' in (owners["telegram-national"] or "")
    assert '"slug":"regional"' in (owners["telegram"] or "")


async def test_nothing_went_wrong_on_the_way(opened: Town) -> None:
    assert await opened.looks(events.waiting) == []
    bubbles = [bubble for chat in opened.platforms.twilio.chats for bubble in chat.ours()]
    assert {bubble.status for bubble in bubbles} == {"delivered"}


async def test_each_phone_has_somebody_who_is_new(opened: Town) -> None:
    for platform in ("telegram", "whatsapp", "sms"):
        here = [resident for resident in opened.office().content.people if resident.platform == platform]
        assert 4 <= len(here) <= 6
        assert sorted(bool(towns.chat(opened, resident.name).bubbles) for resident in here)[:2] == [False, True]


async def test_the_past_is_in_the_past(opened: Town) -> None:
    days = {bubble.at.date() for bubble in towns.chat(opened, "Amina").bubbles}
    assert len(days) >= 4
    assert max(days) < opened.clock().date()


def test_numbers_are_from_ranges_for_fiction() -> None:
    assert all(FICTION.fullmatch(resident.address) for resident in scenery().people)


def test_one_bulletin_lacks_one_language_and_all_fit() -> None:
    regional, national = scenery().processes
    assert [len(LANGUAGES - set(bulletin.text)) for bulletin in regional.bulletins] == [0, 0, 1]
    assert [set(bulletin.text) for bulletin in national.bulletins] == [set(national.process.languages)] * 2
    for bulletin in (*regional.bulletins, *national.bulletins):
        contents.check_rendered(bulletin.text, bulletin.name)


async def test_a_visitor_who_is_new_is_welcomed_by_the_bot_that_they_write_to(opened: Town) -> None:
    bot, noor = opened.platforms.of("telegram-national"), towns.neighbour(opened, "Noor").phone.person
    bot.says(noor, "hello")
    welcome = await bot.chats.of(noor).next()
    assert "National Office" in welcome.text
    assert not towns.chat(opened, "Noor").bubbles


async def test_whoever_comes_by_a_door_of_the_shared_number_is_in_its_process(opened: Town) -> None:
    assert "National Office" in (await towns.says(opened, "Hana", "COUNTRY")).text
    assert "What should change?" in (await towns.says(opened, "Hana", "yes")).text
    await towns.says(opened, "Hana", "A night bus for those who clean.")
    assert "A night bus for those who clean." in {what.words for what in await towns.received(opened, "national")}
    assert "A night bus for those who clean." not in {what.words for what in await towns.received(opened)}


async def test_who_is_new_on_the_shared_number_is_asked_which_process_and_can_go_to_the_other(opened: Town) -> None:
    lobby = await towns.says(opened, "Hana", "hello")
    assert "1 Regional review" in lobby.text
    assert "2 National consultation" in lobby.text
    assert "Blue Harbour Forum" in (await towns.says(opened, "Hana", "1")).text
    assert "National consultation" in (await towns.says(opened, "Hana", "switch")).text


async def test_what_is_told_on_the_shared_number_says_which_process_it_is_from(opened: Town) -> None:
    for name, slug, title in (("Grace", "", "Regional review"), ("Mercy", "national", "National consultation")):
        heard = [bubble.text for bubble in towns.chat(opened, name, slug).ours()]
        assert [text for text in heard if text.startswith(f"{title}\n")]


async def test_the_number_is_shared_and_each_writes_to_the_process_that_they_came_to(opened: Town) -> None:
    owners = {sender.name: sender.content for sender in await opened.looks(senders.all_of)}
    assert owners["sms"] is None
    for slug, name in (("regional", "Grace"), ("national", "Mercy"), ("national", "Ousmane")):
        words = {recommendation.words for recommendation in towns.neighbour(opened, name, slug).recommends}
        assert words <= {contribution.words for contribution in await towns.received(opened, slug)}


async def test_somebody_is_one_person_on_two_phones(opened: Town) -> None:
    phones = [resident for resident in opened.office().content.people if resident.name == "Grace"]
    assert [resident.platform for resident in phones] == ["sms", "telegram"]
    words = {recommendation.words for resident in phones for recommendation in resident.recommends}
    givers = {what.pseudonym for what in await towns.received(opened) if what.words in words}
    assert len(givers) == 1


async def test_whoever_is_linked_hears_a_bulletin_once(opened: Town) -> None:
    phones = [resident for resident in opened.office().content.people if resident.name == "Grace"]
    bulletin = contents.Bulletin({"en": "Only once"})
    await opened.office().acts(lambda session, process, now: bulletins.publish(session, process, bulletin, now))
    await opened.parts.worker.expand()
    await story.quiet(opened)
    bubbles = [bubble for resident in phones for bubble in towns.chat_with(opened, resident).ours()]
    assert len([bubble for bubble in bubbles if "Only once" in bubble.text]) == 1


async def test_people_are_spoken_to_in_their_language(opened: Town) -> None:
    for content in opened.scenery.processes:
        language_of = {what.words: what.language for what in await towns.received(opened, content.slug)}
        for resident in content.people:
            assert {language_of[what.words] for what in resident.recommends if what.words} <= {resident.language}


async def test_a_town_of_an_earlier_version_is_not_opened_and_not_lost(built: Path, tmp_path: Path) -> None:
    folder = towns.copy(built, tmp_path)
    (folder / FINISHED).write_text("")
    with bound() as listening, pytest.raises(Outdated, match="--fresh"):
        async with town(folder, listening):
            pass
    assert (folder / DATABASE).exists()


async def test_a_visitor_votes_as_a_member(opened: Town) -> None:
    assert "1 Contracts in a language you read" in (await towns.says(opened, "Samuel", "vote")).text
    assert "You approve 2 of them" in (await towns.says(opened, "Samuel", "1 3")).text
    assert "We have your vote" in (await towns.says(opened, "Samuel", "1")).text
    [vote] = await opened.office().acts(lambda session, process, _now: rounds.newest(session, process.id, 10))
    assert await opened.looks(lambda session: rounds.turnout(session, vote.id)) == (3, 3)


async def test_a_visitor_who_is_new_is_welcomed(opened: Town) -> None:
    welcome = await towns.says(opened, "Noor", "/start")
    assert "Blue Harbour Forum" in welcome.text
    assert [button.label for button in welcome.buttons][-1].endswith("العربية")


async def test_a_restart_keeps_everything_and_goes_on(built: Path, tmp_path: Path) -> None:
    folder = towns.copy(built, tmp_path)
    async with towns.running(folder) as before:
        await towns.says(before, "Grace", "share")
        question = await towns.says(before, "Grace", "Buses on Sundays.")
        shown = list(towns.chat(before, "Grace").bubbles)
        listed = await towns.received(before)
    async with towns.running(folder) as after:
        again = towns.chat(after, "Grace").bubbles
        assert [(bubble.id, bubble.text) for bubble in again] == [(bubble.id, bubble.text) for bubble in shown]
        assert await towns.received(after) == listed
        topic = await towns.says(after, "Grace", "1")
        assert topic.text != question.text
        assert "What is it about?" in topic.text


async def test_a_town_that_was_killed_opens_again_with_what_was_said(built: Path, tmp_path: Path) -> None:
    folder = towns.copy(built, tmp_path)
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        with started(folder, taken.getsockname()[1]) as (killed, url):
            assert not url.endswith(f":{taken.getsockname()[1]}")
            async with ClientSession(url) as session:
                request = {"json": {"text": "Hello from before the crash"}}
                async with session.post("/phones/telegram/7000105/say", **request) as response:  # type: ignore[arg-type]
                    assert response.status == 204
            killed.send_signal(signal.SIGKILL)
    with started(folder, 0) as (_, url):
        async with ClientSession(url) as session, session.get("/") as response:
            assert "Hello from before the crash" in await response.text()


@contextmanager
def started(folder: Path, port: int) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """The real command, from when it says where it serves."""
    command = [sys.executable, "-m", "demo", "--folder", str(folder), "--port", str(port)]
    with subprocess.Popen(
        command, cwd=ROOT, env=dict(os.environ), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        try:
            assert process.stdout is not None
            yield process, next(line.strip() for line in process.stdout if "http://" in line)
        finally:
            process.kill()
            process.communicate()


async def test_what_is_typed_stands_on_the_right_side(opened: Town) -> None:
    await towns.says(opened, "Joy", "hello")
    assert [bubble.side for bubble in towns.chat(opened, "Joy").bubbles][-2:] == [Side.THEM, Side.US]
