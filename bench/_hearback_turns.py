"""The real program, as it answers Telegram's webhook; nothing is sent."""

import sys

import uvloop

import storage
from bench import _forum
from bench._programs import serve
from bot import logs
from bot.serve import parts
from bot.web import app


async def main(url: str) -> None:
    async with parts(url, "", _forum.KEYS, {"telegram": _forum.telegram()}, _forum.now) as made:
        await _forum.begin(made.database)

        async def kept() -> int:
            async with made.database.reading() as session:
                found = await session.exec_driver_sql("SELECT count(*) FROM delivery WHERE body IS NOT NULL")
                return int(found.scalar_one())

        await serve(app(made.door), kept)


if __name__ == "__main__":
    logs.configure(sys.stderr)
    storage.migrate(sys.argv[1])
    uvloop.run(main(sys.argv[1]))
