"""The platforms around a Hearback that runs in processes of its own: the fakes and the three phones, nothing else."""

import argparse
import asyncio
import sys
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from bot import serve
from demo import phones
from demo.platforms.both import Platforms, connected, platforms, settings
from demo.platforms.wire import utc_now
from demo.serving import bound, serving
from demo.town.scenery import TownContent, scenery

BOT = "telegram-"
"""How the name of a further bot begins."""
QUICK_SMS = {"SMS_RATE": "10"}
"""As from a number that is faster than the usual one."""


def main() -> None:
    parser = argparse.ArgumentParser("python -m demo.around", description=__doc__)
    parser.add_argument("public", help="where the Hearback listens")
    parser.add_argument("port", type=int)
    parser.add_argument("folder", type=Path, help="what keeps the chats")
    arguments = parser.parse_args()
    asyncio.run(_run(arguments.public, arguments.port, arguments.folder))


def platforms_of(scene: TownContent, public: str, folder: Path, clock: Callable[[], datetime] = utc_now) -> Platforms:
    """The platforms that this scene's people use. What was said there is kept in the folder."""
    named = {sender: process.organizer["en"] for process in scene.contents for sender in process.senders}
    bots = {sender.removeprefix(BOT): name for sender, name in named.items() if sender.startswith(BOT)}
    around = platforms(public, name=scene.contents[0].organizer["en"], folder=folder, clock=clock, bots=bots)
    for bot in (around.telegram, *around.bots.values()):
        bot.names |= {resident.address: resident.name for resident in scene.people}
        bot.languages |= {resident.address: resident.language for resident in scene.people}
    return around


async def _run(public: str, port: int, folder: Path) -> None:
    """Until a signal ends it, or the program that started it ends. Prints first the settings that Hearback needs."""
    closing = serve.until_told()
    asyncio.get_running_loop().add_reader(sys.stdin.fileno(), closing.set)
    scene = scenery("regional")
    around = platforms_of(scene, public, folder)
    site = around.application()
    site.add_routes(phones.routes(around, scene.phones))
    async with serving(site, bound(port)) as address:
        for name, value in (await connected(settings(public, address) | QUICK_SMS)).items():
            print(f"{name}={value}")
        print(flush=True)
        await closing.wait()


if __name__ == "__main__":
    main()
