"""An organizer puts up doors: words, links and QR codes by which people come into a process."""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

import storage
from storage import Session, doors, senders
from storage.doors import Place
from tests.bot.conftest import Hearback, file
from tests.bot.test_command import PROCESS
from tests.bot.test_processes import NATIONAL, REGIONAL
from tests.storage.rows import Somebody

OURS = {"sms": "sms", "telegram": "telegram", "telegram-emea": "telegram", "whatsapp": "whatsapp"}


async def written(url: str, write: Callable[[Session], Awaitable[None]]) -> None:
    database = storage.open(url)
    try:
        async with database.writing() as session:
            await write(session)
    finally:
        await database.close()


@pytest.fixture
def open_one(database_url: str, hearback: Hearback, tmp_path: Path) -> None:
    asyncio.run(written(database_url, lambda session: senders.keep(session, OURS)))
    assert hearback("process", "open", file(tmp_path, REGIONAL)).status == 0


@pytest.mark.usefixtures("open_one")
def test_a_door_is_put_up_listed_and_taken_away(hearback: Hearback) -> None:
    made = hearback("doors", "add", "Harbour", "--sender", "sms", "--language", "fr", "--source", "poster")
    assert made.status == 0, made.wrong
    assert "harbour leads in on sms" in made.out
    hearback("doors", "add", "harbour", "--sender", "telegram")
    listed = hearback("doors", "list").out.splitlines()
    assert [line.split() for line in listed] == [
        ["sms", "harbour", "fr", "poster", "fewer", "than", "8", "came"],
        ["telegram", "harbour", "-", "-", "fewer", "than", "8", "came"],
    ]
    assert (
        hearback("doors", "remove", "HARBOUR", "--sender", "sms").out == "Removed: harbour leads in on sms no more.\n"
    )
    assert len(hearback("doors", "list").out.splitlines()) == 1
    assert "has no door 'harbour' on sms" in hearback("doors", "remove", "harbour", "--sender", "sms").wrong
    hearback("doors", "remove", "harbour")
    assert "has no door 'harbour'" in hearback("doors", "remove", "harbour").wrong


@pytest.mark.usefixtures("open_one")
def test_how_many_came_is_told_roughly_and_only_when_they_are_many(hearback: Hearback, database_url: str) -> None:
    hearback("doors", "add", "harbour", "--sender", "sms")

    def come(number: int) -> None:
        asyncio.run(written(database_url, lambda session: doors.count(session, [Place("sms", "harbour")] * number)))

    come(7)
    assert "fewer than 8 came" in hearback("doors", "list").out
    come(6)
    assert "about 15 came" in hearback("doors", "list").out


@pytest.mark.usefixtures("open_one")
@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        (("add", "har bour", "--sender", "sms"), "1 to 64 letters a to z"),
        (("add", "häfen", "--sender", "sms"), "1 to 64 letters a to z"),
        (("add", "x" * 65, "--sender", "sms"), "1 to 64 letters a to z"),
        (("add", "abcde-fghjk", "--sender", "sms"), "looks like an invitation"),
        (("add", "stop", "--sender", "sms"), "means something else"),
        (("add", "PARTAGER", "--sender", "telegram"), "means something else"),
        (("add", "unsubscribe", "--sender", "telegram"), "means something else"),
        (("add", "yes", "--sender", "sms"), "means something else"),
        (("add", "Francais", "--sender", "sms"), "means something else"),
        (("add", "2026", "--sender", "sms"), "means something else"),
        (("add", "--sender", "sms", "--", "---"), "means something else"),
        (("add", "harbour", "--sender", "signal"), "no sender 'signal' here, only sms, telegram"),
        (("add", "harbour", "--sender", "sms", "--language", "de"), "no language 'de', only en, fr"),
        (("add", "harbour", "--sender", "sms", "--source", "a\nb"), "A source has 1 to 40"),
        (("show", "harbour"), "has no door 'harbour'"),
    ],
)
def test_what_cannot_be_a_door_is_refused_with_the_reason(
    hearback: Hearback, arguments: tuple[str, ...], why: str
) -> None:
    refused = hearback("doors", *arguments)
    assert (refused.status, refused.out) == (2, "")
    assert why in refused.wrong
    assert hearback("doors", "list").out == ""


@pytest.mark.usefixtures("open_one")
def test_a_word_that_is_taken_is_refused(hearback: Hearback, tmp_path: Path) -> None:
    assert hearback("process", "open", file(tmp_path, NATIONAL)).status == 0
    hearback("doors", "add", "harbour", "--sender", "sms", "--process", "main")
    for slug in ("main", "national"):
        refused = hearback("doors", "add", "harbour", "--sender", "sms", "--process", slug)
        assert (refused.status, refused.wrong[:29]) == (2, "The word harbour is taken on ")


@pytest.mark.usefixtures("open_one")
def test_a_sender_of_another_process_has_no_door_to_this_one(hearback: Hearback, tmp_path: Path) -> None:
    assert hearback("process", "open", file(tmp_path, f'senders = ["sms"]\n{NATIONAL}')).status == 0
    refused = hearback("doors", "add", "harbour", "--sender", "sms", "--process", "main")
    assert (refused.status, refused.wrong) == (
        2,
        "The sender sms belongs to another process: no door on it leads to main.\n",
    )
    assert hearback("doors", "add", "harbour", "--sender", "sms", "--process", "national").status == 0


@pytest.mark.usefixtures("open_one")
def test_no_door_leads_to_a_process_that_is_closed(hearback: Hearback) -> None:
    hearback("doors", "add", "harbour", "--sender", "sms")
    assert hearback("process", "close", "main", "--yes").status == 0
    refused = hearback("doors", "add", "port", "--sender", "sms")
    assert (refused.status, "The process main is closed" in refused.wrong) == (2, True)
    assert "harbour" in hearback("doors", "list").out
    assert hearback("doors", "remove", "harbour").status == 0


def test_without_a_process_there_is_no_door(hearback: Hearback, tmp_path: Path) -> None:
    hearback("migrate")
    assert "Open a process first" in hearback("doors", "add", "harbour", "--sender", "sms").wrong
    assert hearback("process", "open", file(tmp_path, PROCESS)).status == 0
    assert "no sender 'sms' here, only none: start" in hearback("doors", "add", "harbour", "--sender", "sms").wrong


@pytest.mark.usefixtures("open_one")
def test_the_link_and_its_codes_are_shown(hearback: Hearback, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, setting in {
        "SMS_FROM": "MG" + "0" * 32,
        "SMS_NUMBER": "+15005550006",
        "WHATSAPP_FROM": "whatsapp:+447700900999",
        "TWILIO_ACCOUNT": "AC" + "0" * 32,
        "TWILIO_TOKEN": "x",
        "PUBLIC_URL": "https://hearback.example",
    }.items():
        monkeypatch.setenv(name, setting)
    for sender in ("sms", "whatsapp"):
        hearback("doors", "add", "harbour", "--sender", sender)
    shown = hearback("doors", "show", "harbour", "--folder", tmp_path / "codes")
    assert shown.status == 0, shown.wrong
    assert "sms:+15005550006?body=harbour  send HARBOUR to +15005550006" in shown.out
    assert "https://wa.me/447700900999?text=harbour  send HARBOUR to +447700900999" in shown.out
    drawn = {path.name: path.read_bytes() for path in (tmp_path / "codes").iterdir()}
    assert sorted(drawn) == ["harbour-sms.png", "harbour-sms.svg", "harbour-whatsapp.png", "harbour-whatsapp.svg"]
    assert all(picture.startswith(b"\x89PNG") for name, picture in drawn.items() if name.endswith("png"))
    assert all(b"<svg" in picture for name, picture in drawn.items() if name.endswith("svg"))
    assert len(set(drawn.values())) == len(drawn)


@pytest.mark.usefixtures("open_one")
def test_what_is_missing_for_a_link_is_said(hearback: Hearback, monkeypatch: pytest.MonkeyPatch) -> None:
    hearback("doors", "add", "harbour", "--sender", "sms")
    monkeypatch.setenv("TELEGRAM_TOKEN", "4242:canary-token")
    assert "The sender sms is not set up here" in hearback("doors", "show", "harbour").wrong
    for name, setting in {
        "SMS_FROM": "MG" + "0" * 32,
        "TWILIO_ACCOUNT": "AC" + "0" * 32,
        "TWILIO_TOKEN": "x",
        "PUBLIC_URL": "https://hearback.example",
        "TELEGRAM_SECRET": "a-secret-of-24-signs-abc",
    }.items():
        monkeypatch.setenv(name, setting)
    assert "Set SMS_NUMBER: we write from a messaging service" in hearback("doors", "show", "harbour").wrong


def test_whose_doors_they_are_has_to_be_said_where_there_are_several(
    alice: Somebody, hearback: Hearback, tmp_path: Path
) -> None:
    for process in (REGIONAL, NATIONAL):
        hearback("process", "open", file(tmp_path, process), "--yes")
    for verb in (("add", "harbour", "--sender", "sms"), ("list",), ("remove", "harbour"), ("show", "harbour")):
        assert "Say which, with --process: main, national." in hearback("doors", *verb).wrong
