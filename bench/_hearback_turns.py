"""The real program, as it answers Telegram's webhook; with the port of a Telegram it also sends its replies there."""

import asyncio
import sys
from collections.abc import Mapping, Sequence
from datetime import timedelta

import uvloop

import storage
from bench import _forum
from bench._programs import serve
from bot import logs
from bot.serve import Parts, Setup, parts
from bot.web import app
from channels import Channel, Pace
from channels.telegram import Telegram
from demo.platforms.accounts import TELEGRAM_SECRET, TELEGRAM_TOKEN
from flows import Process
from tests.review import KEYS, PROCESS

KEPT = "SELECT count(*) FROM delivery"
SENT = "SELECT count(*) FROM delivery WHERE state = 'sent'"


class Unhurried(Telegram):
    """A Telegram that permits as much as anybody can send."""

    def __init__(self, port: str) -> None:
        super().__init__(TELEGRAM_TOKEN, TELEGRAM_SECRET, f"http://127.0.0.1:{port}/0", "")
        self.pace = Pace(rate=1_000_000, burst=100_000, gap=timedelta(0))
        self.limits = _forum.UNLIMITED


async def main(url: str, port: str = "") -> None:
    channel = Unhurried(port) if port else _forum.telegram()
    await take_turns(url, {"telegram": channel}, [PROCESS], sends=bool(port))


async def take_turns(
    url: str, channels: Mapping[str, Channel], processes: Sequence[Process], *, sends: bool = False
) -> None:
    """Answer the hooks of these channels, in these processes; `sends`: the replies leave, too."""
    async with parts(Setup(url, KEYS, channels, _forum.now, alone=True)) as made:
        for process in processes:
            await _forum.begin(made.database, process)
        closing = asyncio.Event()
        working = asyncio.create_task(made.worker.run(closing)) if sends else None
        await serve(app(made.endpoints), lambda: _counted(made, KEPT), sent=lambda: _counted(made, SENT))
        closing.set()
        if working is not None:
            await working


async def _counted(made: Parts, query: str) -> int:
    async with made.database.reading() as session:
        return int((await session.exec_driver_sql(query)).scalar_one())


if __name__ == "__main__":
    logs.configure(sys.stderr)
    storage.migrate(sys.argv[1])
    uvloop.run(main(*sys.argv[1:]))
