"""Several processes at the command line: each organizer works in their own, and says which."""

from pathlib import Path

import pytest

from tests.bot.conftest import Hearback, file
from tests.bot.test_command import BULLETIN, CONSULTATION, PROCESS, RESPONSE, ROUND, named
from tests.storage.rows import Somebody

REGIONAL = f'slug = "main"\n{PROCESS}'
NATIONAL = f"""
slug = "national"
under = "main"
{PROCESS.replace("Regional review", "National review")}
"""
INPUT = """
title = { en = "What we found" }
text = { en = "More interpreters." }
"""
SCOPED = [
    ("process", "input", INPUT),
    ("process", "inputs"),
    ("bulletin", "publish", BULLETIN),
    ("bulletin", "schedules"),
    ("bulletin", "stop", "abcd"),
    ("consultation", "open", CONSULTATION),
    ("consultation", "list"),
    ("consultation", "close", "abcd"),
    ("contributions",),
    ("sort", "abcd", "services"),
    ("respond", RESPONSE),
    ("council", "invite"),
    ("council", "invitations"),
    ("council", "members"),
    ("council", "revoke", "abcd"),
    ("council", "remove", "abcd"),
    ("round", "open", ROUND),
    ("round", "list"),
    ("round", "close", "abcd"),
    ("broadcasts",),
    ("broadcast", "pause", "abcd"),
    ("broadcast", "resume", "abcd"),
    ("broadcast", "cancel", "abcd"),
]
"""Every verb of an organizer, with what has to stand behind it."""


@pytest.fixture
def two(alice: Somebody, hearback: Hearback, tmp_path: Path) -> None:
    """A regional process, in which Alice takes part, and a national one under it."""
    for process in (REGIONAL, NATIONAL):
        assert hearback("process", "open", file(tmp_path, process), "--yes").status == 0


@pytest.mark.usefixtures("two")
def test_where_there_are_several_every_verb_has_to_be_told_which(hearback: Hearback, tmp_path: Path) -> None:
    several = "There are several processes. Say which, with --process: main, national.\n"
    for verb in SCOPED:
        words = [file(tmp_path, word) if "\n" in word else word for word in verb]
        refused = hearback(*words)
        assert (refused.status, refused.out, refused.wrong) == (2, "", several), verb
        assert "no process 'nowhere' here, only main, national" in hearback(*words, "--process", "nowhere").wrong, verb


@pytest.mark.usefixtures("two")
def test_each_sees_what_is_its_own(hearback: Hearback, tmp_path: Path) -> None:
    national = ("--process", "national")
    assert hearback("bulletin", "publish", file(tmp_path, BULLETIN), "--yes", *national).status == 0
    consultation = named(hearback("consultation", "open", file(tmp_path, CONSULTATION), "--yes", "--process", "main"))
    assert hearback("contributions", *national).out == ""
    assert "More buses" in hearback("contributions", "--process", "main").out
    assert hearback("consultation", "list", *national).out == ""
    assert hearback("council", "members", *national).out == ""
    assert hearback("council", "members", "--process", "main").out.endswith("together  1 of 1\n")
    broadcast = named(hearback("broadcasts", *national))
    assert broadcast not in hearback("broadcasts", "--process", "main").out
    assert hearback("broadcast", "pause", broadcast, "--process", "main").wrong.startswith("There is no broadcast")
    assert hearback("broadcast", "pause", broadcast, *national).status == 0
    assert hearback("consultation", "close", consultation, *national).wrong.startswith("There is no consultation")
    assert hearback("consultation", "close", consultation, "--process", "main").status == 0


@pytest.mark.usefixtures("two")
def test_what_another_process_was_given_is_not_answered_sorted_or_voted_on(hearback: Hearback, tmp_path: Path) -> None:
    contribution = hearback("contributions", "--process", "main").out.split()[0]
    national = ("--process", "national")
    assert (
        "No single contribution"
        in hearback("respond", file(tmp_path, RESPONSE), contribution, "--yes", *national).wrong
    )
    assert "No single contribution" in hearback("sort", contribution, "services", *national).wrong
    assert "Nobody sits on the council" in hearback("round", "open", file(tmp_path, ROUND), "--yes", *national).wrong
    assert "0 people are told" in hearback("bulletin", "publish", file(tmp_path, MEMBERS), "--yes", *national).out


MEMBERS = f"{BULLETIN}\n[audience]\nmembers = true\n"


@pytest.mark.usefixtures("two")
def test_a_file_without_a_slug_is_refused_where_there_are_several(hearback: Hearback, tmp_path: Path) -> None:
    refused = hearback("process", "open", file(tmp_path, PROCESS))
    assert (refused.status, refused.out) == (2, "")
    assert "slug: there are several processes" in refused.wrong


@pytest.mark.usefixtures("two")
@pytest.mark.parametrize("other", [("National review", "A national review"), ("Harbour Forum", "A ministry")])
def test_a_slug_that_is_taken_is_asked_about(hearback: Hearback, tmp_path: Path, other: tuple[str, str]) -> None:
    """It is probably a slip: somebody copied a file and left the slug."""
    written = file(tmp_path, NATIONAL.replace(*other))
    refused = hearback("process", "open", written)
    assert (refused.status, refused.out) == (2, "")
    assert 'national is taken by "National review" of Harbour Forum: change it? Nothing was changed' in refused.wrong
    assert "is changed" in hearback("process", "open", written, "--yes").out
    assert "is changed" in hearback("process", "open", written).out


@pytest.mark.usefixtures("two")
def test_a_second_process_of_the_same_name_is_asked_about(hearback: Hearback, tmp_path: Path) -> None:
    """Somebody gave a file a slug, and means the process that it was of before."""
    written = file(tmp_path, NATIONAL.replace('"national"', '"country"'))
    refused = hearback("process", "open", written)
    assert (refused.status, refused.out) == (2, "")
    assert '"National review" is open already, as national: open another process of this name?' in refused.wrong
    assert "is open" in hearback("process", "open", written, "--yes").out


@pytest.mark.usefixtures("two")
def test_to_take_a_sender_that_people_of_another_process_write_to_is_asked_about(
    hearback: Hearback, tmp_path: Path
) -> None:
    """They would find themselves in this one, and nothing of theirs would reach them there any more."""
    written = file(tmp_path, NATIONAL.replace("under =", 'senders = ["telegram", "sms-emea"]\nunder ='))
    refused = hearback("process", "open", written)
    assert (refused.status, refused.out) == (2, "")
    assert "fewer than 8 people of other processes write to its senders: lead them to it?" in refused.wrong
    assert "is changed" in hearback("process", "open", written, "--yes").out
    assert "is changed" in hearback("process", "open", written).out


@pytest.mark.usefixtures("two")
def test_one_more_language_is_not_asked_about(hearback: Hearback, tmp_path: Path) -> None:
    written = NATIONAL.replace('en = "National review"', 'en = "National review", fr = "Examen national"')
    assert "is changed" in hearback("process", "open", file(tmp_path, written)).out


@pytest.mark.usefixtures("two")
def test_who_says_no_changes_nothing(hearback: Hearback, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    written = file(tmp_path, NATIONAL.replace("Harbour Forum", "A ministry"))
    monkeypatch.setattr("sys.stdin.isatty", lambda: True)
    monkeypatch.setattr("typer.confirm", lambda question: "is taken by" not in question)
    refused = hearback("process", "open", written)
    assert (refused.status, refused.out, refused.wrong) == (2, "", "Nothing was changed.\n")


@pytest.mark.usefixtures("two")
@pytest.mark.parametrize("line", [r'"\u001bcslug" = "x"', r'under = "\u001bcmain"', r'senders = ["\u001bcsms"]'])
def test_what_a_file_is_refused_for_gives_the_terminal_no_orders(hearback: Hearback, tmp_path: Path, line: str) -> None:
    refused = hearback("process", "open", file(tmp_path, f"{line}\n{PROCESS}"), "--yes")
    assert refused.status == 2
    assert "\x1b" not in refused.wrong


def test_a_deployment_of_before_goes_on_with_its_file(alice: Somebody, hearback: Hearback, tmp_path: Path) -> None:
    assert "is changed" in hearback("process", "open", file(tmp_path, PROCESS)).out
    assert "More buses" in hearback("contributions").out
    assert "More buses" in hearback("contributions", "--process", "main").out


@pytest.mark.usefixtures("two")
def test_a_process_is_closed_after_a_yes_and_then_archived(hearback: Hearback, tmp_path: Path) -> None:
    assert hearback("process", "list").out.splitlines() == [
        "main  open  fewer than 8 people  Regional review",
        "national  open  under main  fewer than 8 people  National review",
    ]
    assert "Only a process that is closed" in hearback("process", "archive", "main").wrong
    assert "Nothing was sent" in hearback("process", "close", "main").wrong
    assert "main  open" in hearback("process", "list").out
    ended = hearback("process", "close", "main", "--yes")
    assert "To 1 person:" in ended.out
    assert ended.out.endswith("Closed: main. 1 person is told.\n")
    assert "main  closed  fewer" in hearback("process", "list").out
    assert "This review is over" in hearback("broadcasts", "--process", "main").out
    assert "More buses" in hearback("contributions", "--process", "main").out
    assert hearback("process", "close", "main", "--yes").status == 2
    assert hearback("process", "archive", "main").out == "Archived: main.\n"
    assert hearback("process", "list").out.startswith("national")
    assert "main  archived" in hearback("process", "list", "--all").out
    assert hearback("process", "close", "nowhere").wrong.startswith("There is no process 'nowhere'")


PUBLISHES = [("bulletin", "publish", BULLETIN), ("consultation", "open", CONSULTATION), ("round", "open", ROUND)]


@pytest.mark.usefixtures("two")
def test_nothing_is_published_in_a_process_that_is_closed(hearback: Hearback, tmp_path: Path) -> None:
    contribution = hearback("contributions", "--process", "main").out.split()[0]
    hearback("process", "close", "main", "--yes")
    for *verb, text in [*PUBLISHES, ("respond", RESPONSE)]:
        words = [
            *verb,
            file(tmp_path, text),
            *([contribution] if verb == ["respond"] else []),
            "--process",
            "main",
            "--yes",
        ]
        assert "The process main is closed" in hearback(*words).wrong, verb
    assert "The process main is closed" in hearback("council", "invite", "--process", "main").wrong
    assert "The process main is closed" in hearback("process", "open", file(tmp_path, REGIONAL)).wrong


@pytest.mark.usefixtures("two")
def test_of_two_the_one_that_is_open_is_meant(hearback: Hearback, tmp_path: Path) -> None:
    hearback("process", "close", "main", "--yes")
    assert hearback("bulletin", "publish", file(tmp_path, BULLETIN), "--yes").status == 0
    written = file(tmp_path, PROCESS.replace("Regional review", "National review"))
    assert "is changed" in hearback("process", "open", written).out


@pytest.mark.usefixtures("two")
def test_the_input_of_a_national_process_is_seen_by_the_regional_one(hearback: Hearback, tmp_path: Path) -> None:
    published = hearback("process", "input", file(tmp_path, INPUT), "--process", "national")
    assert published.out == 'Published: "What we found", with fewer than 8 recommendations.\n'
    lines = hearback("process", "inputs", "--process", "main").out.splitlines()
    assert lines[0].startswith("national  ")
    assert lines[0].endswith("  fewer than 8 recommendations  What we found")
    assert lines[1] == "  [en] More interpreters."
    assert hearback("process", "inputs", "--process", "national").out == ""
    assert "nobody would see" in hearback("process", "input", file(tmp_path, INPUT), "--process", "main").wrong
