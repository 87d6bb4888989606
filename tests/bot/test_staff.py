"""Whoever operates the deployment lets the first member of staff in, and whoever lost everything again."""

import re
from pathlib import Path

import pytest

from handlers import staff
from storage import Database
from tests.bot.conftest import Hearback, file
from tests.bot.test_command import PROCESS
from tests.storage.rows import NOW

LINK = re.compile(r"https://hearback\.example/invited/(\S{43})\n")


@pytest.fixture
def link(hearback: Hearback, monkeypatch: pytest.MonkeyPatch) -> str:
    """Of the owner who was let in first."""
    monkeypatch.setenv("PUBLIC_URL", "https://hearback.example/")
    found = LINK.fullmatch(hearback("staff", "add", "Omar", "--role", "owner").out)
    assert found
    return found[1]


@pytest.fixture
def process(hearback: Hearback, tmp_path: Path) -> None:
    assert hearback("process", "open", file(tmp_path, f'slug = "main"\n{PROCESS}'), "--yes").status == 0


async def test_the_link_that_is_printed_is_an_invitation(link: str, database: Database) -> None:
    async with database.reading() as session:
        assert await staff.invited(session, link, NOW) == staff.Guest("omar", "")


@pytest.mark.usefixtures("process", "link")
def test_staff_are_listed_with_what_they_may_do(hearback: Hearback) -> None:
    translator = ("--role", "translator", "--process", "main", "--language", "fr", "--language", "en")
    assert hearback("staff", "add", "tariq", *translator).status == 0
    assert hearback("staff", "end", "tariq").out == "tariq has ended, and is signed out everywhere.\n"
    assert hearback("staff", "add", "tania", *translator).status == 0
    rows = [re.split(r" {2,}", line.strip()) for line in hearback("staff", "list").out.splitlines()]
    assert [row[:1] + row[2:] for row in rows] == [
        ["omar", "owner everywhere"], ["tania", "translator main (fr en)"], ["tariq"],
    ]  # fmt: skip
    assert rows[0][1] == "invited, without second factor"
    assert rows[2][1].startswith("ended ")


@pytest.mark.usefixtures("process", "link")
def test_what_is_refused_is_said_and_nothing_is_done(hearback: Hearback) -> None:
    for words, why in (
        (("add", "omar", "--role", "auditor"), "Somebody has this login"),
        (("add", "O mar", "--role", "auditor"), "A login has"),
        (("add", "amal", "--role", "auditor", "--language", "fr"), "Only moderators and translators"),
        (("add", "amal", "--role", "translator", "--language", "French"), "French: no code of a language."),
        (("add", "amal", "--role", "translator", "--process", "main", "--language", "xx"), "xx: not among"),
        (("add", "amal", "--role", "auditor", "--process", "nowhere"), "There is no process 'nowhere'"),
        (("end", "amal"), "No member of staff has this login"),
        (("reset", "amal", "--second"), "No member of staff has this login"),
    ):
        refused = hearback("staff", *words)
        assert (refused.status, refused.out) == (2, ""), words
        assert why in refused.wrong, words
    assert len(hearback("staff", "list").out.splitlines()) == 1


@pytest.fixture
def another_link(link: str, hearback: Hearback) -> str:
    """Of a reset after the first."""
    found = LINK.fullmatch(hearback("staff", "reset", "omar").out)
    assert found
    return found[1]


async def test_a_reset_prints_another_link_and_the_first_leads_nowhere(
    link: str, another_link: str, database: Database
) -> None:
    async with database.reading() as session:
        assert await staff.invited(session, link, NOW) is None
        assert await staff.invited(session, another_link, NOW)
