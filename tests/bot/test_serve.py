"""The program as it is started, alone with its file, and ended when it is told to."""

import asyncio
import signal
import stat
import sys
from asyncio.subprocess import PIPE
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from bot import serve
from bot.inbox import ComeAgain
from channels.messages import Message
from channels.telegram import Telegram as Channel
from demo.platforms.accounts import TELEGRAM_TOKEN
from demo.platforms.telegram import FakeTelegram
from demo.serving import bound, free_port, serving
from servers import ROOT
from servers.program import is_ready, program
from storage import Database, keys
from tests.promises.talking import begin, inbox_of
from tests.storage.rows import opened
from tests.waiting import PATIENCE, until


def test_only_one_program_serves_from_a_file(tmp_path: Path) -> None:
    file = tmp_path / "hearback.db"
    with serve.alone_with(file), pytest.raises(serve.InUse), serve.alone_with(file):
        pass
    with serve.alone_with(file):
        pass


def test_several_workers_serve_from_a_file_and_nobody_who_has_to_be_alone(tmp_path: Path) -> None:
    file = tmp_path / "hearback.db"
    with serve.beside_others(file), serve.beside_others(file), pytest.raises(serve.InUse), serve.alone_with(file):
        pass
    with serve.alone_with(file), pytest.raises(serve.InUse, match="hearback run"), serve.beside_others(file):
        pass
    with serve.beside_others(file):
        pass


async def test_a_lock_dies_with_its_process(tmp_path: Path) -> None:
    file = tmp_path / "hearback.db"
    holds = "import sys, time; from pathlib import Path; from bot import serve\n"
    holds += "with serve.alone_with(Path(sys.argv[1])): print(flush=True); time.sleep(600)"
    running = await asyncio.create_subprocess_exec(sys.executable, "-c", holds, str(file), cwd=ROOT, stdout=PIPE)
    assert running.stdout
    await running.stdout.readline()
    with pytest.raises(serve.InUse), serve.beside_others(file):
        pass
    running.kill()
    await running.communicate()
    with serve.alone_with(file):
        pass


def test_nobody_else_may_open_the_lock(tmp_path: Path) -> None:
    lock = tmp_path / "hearback.db.lock"
    lock.touch(0o644)
    with serve.alone_with(tmp_path / "hearback.db"):
        assert stat.S_IMODE(lock.stat().st_mode) == 0o600


@asynccontextmanager
async def fake_telegram() -> AsyncIterator[tuple[FakeTelegram, str]]:
    telegram = FakeTelegram(TELEGRAM_TOKEN)
    async with serving(telegram.application(), bound()) as url:
        try:
            yield telegram, url
        finally:
            await telegram.close()


async def test_polling_takes_messages_without_a_webhook(sqlite: Database) -> None:
    async with fake_telegram() as (telegram, there):
        channel = Channel(TELEGRAM_TOKEN, "", there, "")
        await channel.start()
        closing, inbox = asyncio.Event(), inbox_of(sqlite)
        polling = asyncio.create_task(serve.poll(channel, inbox, closing))
        telegram.says("70001", "hello")

        async def all_taken() -> bool:
            return not telegram._pending

        await until(all_taken)
        closing.set()
        await polling
        await channel.close()
        async with sqlite.reading() as session:
            assert (await session.exec_driver_sql("SELECT count(*) FROM event")).scalar_one() == 1


async def test_polling_waits_for_a_database_that_is_away(monkeypatch: pytest.MonkeyPatch) -> None:
    class Line:
        tries = 0

        async def take(self, _messages: list[Message]) -> None:
            self.tries += 1
            if self.tries < 3:
                raise ComeAgain

    async def at_once(_seconds: float) -> None:
        return None

    monkeypatch.setattr("bot.serve.asyncio.sleep", at_once)
    line = Line()
    await serve._keep(line, [])  # type: ignore[arg-type]
    assert line.tries == 3


async def test_hearback_run_serves_polls_and_ends_when_told(tmp_path: Path) -> None:
    (tmp_path / "safe").mkdir()
    keys.create(tmp_path / "safe" / "keys.json")
    file = tmp_path / "hearback.db"
    async with fake_telegram() as (telegram, there):
        port = free_port()
        environment = {
            "DATABASE_URL": f"sqlite:///{file}",
            "HEARBACK_KEYS": str(tmp_path / "safe" / "keys.json"),
            "TELEGRAM_TOKEN": TELEGRAM_TOKEN,
            "TELEGRAM_API": there,
            "HOST": "127.0.0.1",
            "PORT": str(port),
        }
        async with program("run", "--poll", environment=environment, errors=PIPE) as running:
            await is_ready(running, port)
            async with opened(f"sqlite:///{file}") as database:
                await begin(database)
            telegram.says("70001", "hello")
            assert (await telegram.chats.of("70001").next(PATIENCE)).text
            with pytest.raises(serve.InUse), serve.alone_with(file):
                pass
            running.send_signal(signal.SIGTERM)
            async with asyncio.timeout(PATIENCE):
                errors = (await running.communicate())[1].decode()
            assert running.returncode == 0
    assert "70001" not in errors
    assert "Traceback" not in errors
