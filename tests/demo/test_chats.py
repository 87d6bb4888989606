"""A chat is what a phone shows, and it outlives a restart."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from demo.platforms.chats import Bubble, Button, ChatChange, Chats, Feed, Look, Side

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
ASKED = Bubble("1", Side.US, NOW, "سؤال\n1 نعم", buttons=(Button("نعم", "q.yes"),))
SAID = Bubble("2", Side.THEM, NOW, "yes")


async def test_next_gives_each_message_of_ours_once() -> None:
    chat = Chats().of("7001")
    for bubble in (
        SAID,
        ASKED,
        Bubble("3", Side.US, NOW, "Blocked.", Look.NOTICE),
        Bubble("4", Side.US, NOW, "Thanks."),
    ):
        chat.add(bubble)
    assert [(await chat.next()).id, (await chat.next()).id] == ["1", "4"]
    with pytest.raises(TimeoutError):
        await chat.next(within=0)


def test_a_change_has_a_newer_edition() -> None:
    chat = Chats().of("7001")
    chat.add(ASKED)
    chat.change("1", chosen=0)
    assert [(bubble.edition, bubble.chosen) for bubble in chat.bubbles] == [(1, 0)]
    with pytest.raises(LookupError):
        chat.change("2", chosen=0)


async def test_who_watches_sees_every_change_and_the_end() -> None:
    chats, feed = Chats(), Feed()
    with chats.watched_by(feed.put_nowait):
        chats.of("7001").add(ASKED)
        chats.close()
    chats.of("7001").add(SAID)
    assert [feed.get_nowait(), feed.get_nowait(), feed.empty()] == [ChatChange("7001", ASKED), None, True]


def test_chats_are_there_again_after_a_restart(tmp_path: Path) -> None:
    file = tmp_path / "chats"
    chat = Chats(file).of("7001")
    chat.add(ASKED)
    chat.add(SAID)
    answered = chat.change("1", chosen=0)
    with file.open("ab") as open_file:
        open_file.write(b'{"person":"70')
    assert Chats(file).of("7001").bubbles == [answered, SAID]


async def test_what_was_there_before_a_restart_is_not_news(tmp_path: Path) -> None:
    file = tmp_path / "chats"
    Chats(file).of("7001").add(ASKED)
    with pytest.raises(TimeoutError):
        await Chats(file).of("7001").next(within=0)


def test_a_bubble_keeps_its_words_out_of_a_log() -> None:
    assert "سؤال" not in repr(ChatChange("7001", ASKED))
    assert "نعم" not in repr(ASKED)
    assert "7001" not in repr(ChatChange("7001", ASKED))
