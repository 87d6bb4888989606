"""Nothing goes out to many by a slip: an organizer sees to whom, in what and when, and says yes."""

import asyncio
import re
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

import storage
from bot.commands import preview
from bot.commands.preview import lines
from handlers.previews import Preview, Share
from storage import Keyring, Session, keys
from storage.broadcasts import EVERYBODY, Broadcast, Hours, Subject
from storage.lanes import Lane
from storage.states import BroadcastState
from tests.bot.conftest import Hearback, Said, file
from tests.storage.rows import Somebody, meet

NIGHT = datetime(2026, 11, 23, 23, tzinfo=UTC)
PROCESS = """
languages = ["en", "fr"]
title = { en = "Regional review" }
organizer = { en = "Harbour Forum" }
regions = []
"""
NEWS = 'text = { en = "The hearing is on Friday.", fr = "L\'audience est vendredi." }\n'
NOBODY = NEWS + '[audience]\nlanguages = ["es"]\n'
RESPONSE = 'state = "taken_up"\nreason = { en = "It is point 4." }\n'
CONSULTATION = """
title = { en = "Buses" }
[promise]
purpose = { en = "To plan." }
who_decides = { en = "The council." }
what_can_change = { en = "The lines." }
level = "consultation"
answer_by = 2999-01-01
[[questions]]
key = "which"
text = { en = "Which line?" }
"""
ROUND = """
title = { en = "What comes first?" }
matters = [
    { value = "buses", label = { en = "Buses" } },
    { value = "clinic", label = { en = "A clinic" } },
]
closes = 2999-01-01
"""
TEXTS = {"bulletin": NEWS, "consultation": CONSULTATION, "respond": RESPONSE, "round": ROUND}
Does = Callable[[Session, Keyring], Awaitable[Any]]


@pytest.fixture
def does(database_url: str, tmp_path: Path, alice: Somebody) -> Callable[[Does], Any]:
    async def once(work: Does) -> Any:
        database = storage.open(database_url)
        try:
            async with database.writing() as session:
                return await work(session, keys.load(tmp_path / "safe" / "keys.json"))
        finally:
            await database.close()

    return lambda work: asyncio.run(once(work))


@pytest.fixture
def town(alice: Somebody, hearback: Hearback, does: Callable[[Does], Any], tmp_path: Path) -> None:
    """Alice on Telegram in English, somebody on SMS in Arabic and one in French; nobody reads Spanish."""

    async def come(session: Session, keyring: Keyring) -> None:
        await meet(session, keyring, "+12025550101", channel="sms", language="ar")
        await meet(session, keyring, "+12025550102", channel="sms", language="fr")

    does(come)
    assert hearback("process", "open", file(tmp_path, PROCESS)).status == 0


@pytest.fixture
def answers(monkeypatch: pytest.MonkeyPatch) -> list[bool]:
    """What somebody at the terminal answers, one after the other."""
    replies: list[bool] = []
    monkeypatch.setattr("sys.stdin.isatty", lambda: True)

    def confirm(question: str) -> bool:
        print(question)
        return replies.pop(0)

    monkeypatch.setattr("typer.confirm", confirm)
    return replies


def broadcasts(hearback: Hearback) -> int:
    return len(hearback("broadcasts").out.splitlines())


@pytest.mark.usefixtures("town")
def test_who_says_no_has_sent_nothing_and_who_says_yes_has(
    hearback: Hearback, tmp_path: Path, answers: list[bool]
) -> None:
    answers += [False]
    result = hearback("bulletin", "publish", file(tmp_path, NEWS))
    assert (result.status, result.wrong) == (2, "Nothing was sent.\n")
    assert broadcasts(hearback) == 0
    answers += [True]
    result = hearback("bulletin", "publish", file(tmp_path, NEWS))
    assert (result.status, broadcasts(hearback)) == (0, 1)
    assert "Shall it leave?" in result.out
    assert "3 people are told" in result.out


@pytest.mark.usefixtures("town")
def test_to_whom_in_what_and_for_how_much_is_seen_before(
    hearback: Hearback, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SMS_PRICE", "0.05 EUR")
    result = hearback("bulletin", "publish", file(tmp_path, NEWS), "--yes")
    rows = [line.split() for line in result.out.splitlines()]
    assert rows[0] == ["To", "3", "people:"]
    assert rows[1] == ["sms", "ar", "1", "in", "en,", "for", "want", "of", "ar", "2", "segments", "each"]
    assert rows[2] == ["sms", "fr", "1"]
    assert rows[3] == ["telegram", "en", "1"]
    assert "In another language than their own, after a sentence that says so: 1 person." in result.out
    assert "SMS: 3 segments at 0.05 EUR, 0.15 EUR." in result.out
    assert "At once to 3 people." in result.out


@pytest.mark.usefixtures("town")
@pytest.mark.parametrize(
    "words",
    [("bulletin", "publish"), ("consultation", "open"), ("respond",), ("round", "open")],
)
def test_without_a_terminal_and_without_a_yes_nothing_leaves(
    hearback: Hearback, tmp_path: Path, words: tuple[str, ...]
) -> None:
    ids = [hearback("contributions").out.split()[0]] if words == ("respond",) else []
    result = hearback(*words, file(tmp_path, TEXTS[words[0]]), *ids)
    assert result.status == 2
    assert "Nothing was sent" in result.wrong
    assert "--yes" in result.wrong
    assert broadcasts(hearback) == 0
    assert "received" in hearback("contributions").out


@pytest.mark.usefixtures("town")
@pytest.mark.parametrize(
    "words",
    [("bulletin", "publish"), ("consultation", "open"), ("respond",), ("round", "open")],
)
def test_the_same_goes_out_again_only_by_intent(hearback: Hearback, tmp_path: Path, words: tuple[str, ...]) -> None:
    ids = [hearback("contributions").out.split()[0]] if words == ("respond",) else []

    def publish(*options: str) -> Said:
        return hearback(*words, file(tmp_path, TEXTS[words[0]]), *ids, *options)

    assert publish("--yes").status == 0
    again = publish("--yes")
    assert again.status == 2
    assert re.search(r"went out before, on \d{4}-\d\d-\d\d \d\d:\d\d UTC", again.wrong)
    assert "--once-more" in again.wrong
    assert broadcasts(hearback) == 1
    assert publish("--yes", "--once-more").status == 0
    assert broadcasts(hearback) == 2


@pytest.mark.usefixtures("town")
def test_somebody_at_a_terminal_is_asked_twice_where_it_went_out_before(
    hearback: Hearback, tmp_path: Path, answers: list[bool]
) -> None:
    answers += [True, False]
    assert hearback("bulletin", "publish", file(tmp_path, NEWS)).status == 0
    assert hearback("bulletin", "publish", file(tmp_path, NEWS)).status == 2
    assert broadcasts(hearback) == 1


@pytest.mark.usefixtures("town")
def test_what_repeats_is_put_on_schedule_once(hearback: Hearback, tmp_path: Path) -> None:
    weekly = 'repeat = "weekly"\n' + NEWS
    result = hearback("bulletin", "publish", file(tmp_path, weekly), "--yes")
    assert "To 3 people:" in result.out
    assert "On schedule: " in result.out
    assert broadcasts(hearback) == 0
    assert "went out before" in hearback("bulletin", "publish", file(tmp_path, weekly), "--yes").wrong
    assert len(hearback("bulletin", "schedules").out.splitlines()) == 1


@pytest.mark.usefixtures("town")
def test_what_reaches_nobody_is_said_to(hearback: Hearback, tmp_path: Path) -> None:
    result = hearback("bulletin", "publish", file(tmp_path, NOBODY), "--yes")
    assert result.out.startswith("It reaches nobody")
    assert "0 people are told" in result.out


@pytest.mark.usefixtures("town")
def test_what_went_out_from_elsewhere_while_we_asked_does_not_go_out_twice(
    hearback: Hearback, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    elsewhere: list[bool] = []

    def meanwhile(*_arguments: object) -> None:
        if not elsewhere:
            elsewhere.append(True)
            hearback("bulletin", "publish", file(tmp_path, NEWS), "--yes")

    monkeypatch.setattr(preview, "_ask", meanwhile)
    result = hearback("bulletin", "publish", file(tmp_path, NEWS))
    assert result.status == 2
    assert "gone out just now" in result.wrong
    assert broadcasts(hearback) == 1


MADE = Broadcast(
    id="b",
    process_id="review",
    subject=Subject("bulletin", "b"),
    renditions="",
    audience=EVERYBODY,
    lane=Lane.BULLETIN,
    made=NIGHT,
    not_before=None,
    not_after=None,
    hours=Hours(zone="UTC", zones={"east": "Asia/Tokyo"}),
    state=BroadcastState.RUNNING,
    walked="",
    reached="",
    expanded=False,
)
SEEN = Preview(MADE, [Share("telegram", "en", "en", 5, 0)], {"": 3, "east": 2})


def test_quiet_hours_are_said() -> None:
    assert list(lines(replace(SEEN, regions={"": 3, "east": 2}), NIGHT + timedelta(hours=1), ""))[-2:] == [
        "At once to 2 people.",
        "From 2026-11-24 09:00 UTC on to 3 people: it is night, or a quiet day, where they live.",
    ]


def test_what_begins_later_says_when() -> None:
    noon = NIGHT.replace(day=25, hour=10)
    later = replace(SEEN, broadcast=replace(MADE, not_before=noon, hours=None))
    assert list(lines(later, NIGHT, ""))[-1] == "From 2026-11-25 10:00 UTC on to 5 people."


def test_what_is_over_before_somebodys_day_says_so() -> None:
    over = replace(SEEN, broadcast=replace(MADE, not_after=NIGHT + timedelta(hours=2)))
    assert list(lines(over, NIGHT + timedelta(hours=1), ""))[-2:] == [
        "Never to 3 people: it is over before their day begins.",
        "Nothing of it leaves after 2026-11-24 01:00 UTC.",
    ]
