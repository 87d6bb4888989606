"""What is corrected in our own texts is said by programs that run, and leaves as a file."""

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest
from structlog.testing import capture_logs

import locales
from bot.corrections import Corrections
from handlers import corrections
from handlers.corrections import Place
from handlers.writing.wordings import id_of
from locales import FOLDER, _, speaking
from storage import Database
from tests.bot.conftest import Hearback
from tests.storage.rows import NOW, REVIEWER, opened, reviewing
from tests.waiting import until

TEXT = "Nothing was erased."


@pytest.fixture(autouse=True)
def _as_before() -> Iterator[None]:
    yield
    locales.correct({})


def in_french() -> str:
    with speaking("fr"):
        return _(TEXT)


async def correct(database: Database, wording: str, edition: int) -> None:
    async with database.writing() as session:
        await reviewing(session)
        await corrections.correct(session, Place("fr", id_of(TEXT)), wording, REVIEWER, edition, NOW)


async def test_a_program_says_what_was_corrected_before_and_while_it_runs(database: Database) -> None:
    ours = in_french()
    await correct(database, "Rien n’a disparu.", 0)
    running = Corrections(database)
    await running.look()
    assert in_french() == "Rien n’a disparu."
    await correct(database, "Rien n’a été perdu.", 1)
    await running.look()
    assert in_french() == "Rien n’a été perdu."
    await correct(database, ours, 2)
    await running.look()
    assert in_french() == ours


async def test_without_the_database_it_goes_on_saying_what_it_knew(sqlite: Database) -> None:
    await correct(sqlite, "Rien n’a disparu.", 0)
    running, closing = Corrections(sqlite), asyncio.Event()
    await running.look()
    async with sqlite.writing() as session:
        await session.exec_driver_sql("DROP TABLE correction")
    with capture_logs() as log:

        async def noted() -> bool:
            return bool(log)

        following = asyncio.create_task(running.follow(closing))
        await until(noted)
        closing.set()
        await following
    assert (in_french(), log[0]["event"]) == ("Rien n’a disparu.", "corrections not looked at")


def test_a_catalog_leaves_with_what_was_corrected_and_as_ours_is_written(
    hearback: Hearback, database_url: str, tmp_path: Path
) -> None:
    async def corrected() -> None:
        async with opened(database_url) as database:
            await correct(database, "Rien n’a disparu.", 0)

    asyncio.run(corrected())
    file = tmp_path / "fr.po"
    result = hearback("words", "export", "fr", str(file))
    assert (result.status, result.out) == (0, f"Written: {file}. Texts in it that were corrected here: 1.\n")
    ours = (FOLDER / "fr.po").read_text(encoding="utf-8")
    assert file.read_text(encoding="utf-8") == ours.replace(f'"{in_french()}"', '"Rien n’a disparu."')
    assert hearback("words", "export", "fr", str(file), "--staff").out.endswith(": 0.\n")


def test_what_has_no_catalog_leaves_no_file(hearback: Hearback, tmp_path: Path) -> None:
    for language in ("en", "xx", "../fr"):
        assert hearback("words", "export", language, str(tmp_path / "x.po")).status == 2
    assert list(tmp_path.glob("*.po")) == []
