"""The platforms around a Hearback that runs in processes of its own: the fakes and the three phones, nothing else."""

import argparse
import asyncio
import sys
from collections.abc import Mapping
from pathlib import Path

from aiohttp import web

import channels
import flows
from bot import serve
from channels import whatsapp
from channels.telegram import Telegram as TelegramChannel
from demo import phones
from demo.phones import Platforms
from demo.platforms.telegram import Telegram
from demo.platforms.twilio import Twilio
from demo.serving import bound, serving
from demo.town.scenery import Scenery, scenery

TOKEN = "7001001:AAdemo-only-nobody-else-takes-this-one"  # noqa: S105 opens nothing but the fake platform
SECRET = "demo-only-nobody-else-takes-this-one"  # noqa: S105 the same
ACCOUNT = "AC" + "0" * 32
SMS, WHATSAPP = "+15005550006", "whatsapp:+15005550009"


def settings(public: str, around: str) -> dict[str, str]:
    """What a Hearback at `public` has to be told, so that it takes the fakes at `around` for the platforms."""
    return {
        "PUBLIC_URL": public,
        "TELEGRAM_TOKEN": TOKEN,
        "TELEGRAM_SECRET": SECRET,
        "TELEGRAM_API": f"{around}/telegram",
        "TWILIO_ACCOUNT": ACCOUNT,
        "TWILIO_TOKEN": SECRET,
        "TWILIO_API": f"{around}/twilio",
        "TWILIO_CONTENT_API": f"{around}/twilio",
        "SMS_FROM": SMS,
        "SMS_RATE": "10",
        "WHATSAPP_FROM": WHATSAPP,
    }


def main() -> None:
    parser = argparse.ArgumentParser("python -m demo.around", description=__doc__)
    parser.add_argument("public", help="where the Hearback listens")
    parser.add_argument("port", type=int)
    parser.add_argument("folder", type=Path, help="what keeps the chats")
    told = parser.parse_args()
    asyncio.run(_run(told.public, told.port, told.folder))


async def _run(public: str, port: int, folder: Path) -> None:
    """Until it is told to end, or whoever started it is no more. Says first what Hearback has to be told."""
    closing = serve.until_told()
    asyncio.get_running_loop().add_reader(sys.stdin.fileno(), closing.set)
    scene = scenery()
    platforms = _platforms(public, folder, scene)
    async with serving(_site(platforms, scene), bound(port)) as address:
        try:
            for name, value in (await _connected(settings(public, address))).items():
                print(f"{name}={value}")
            print(flush=True)
            await closing.wait()
        finally:
            await platforms.telegram.close()
            await platforms.twilio.close()


async def _connected(environment: Mapping[str, str]) -> Mapping[str, str]:
    """What an operator does once: tell Telegram where we listen, make Twilio's templates. Gives all settings."""
    telegram = channels.from_settings(environment)["telegram"]
    assert isinstance(telegram, TelegramChannel)  # noqa: S101 for mypy: the protocol knows no webhook
    await telegram.start()
    await telegram.set_webhook()
    await telegram.close()
    made = await whatsapp.setup(environment, flows.templates())
    return {**environment, "WHATSAPP_TEMPLATES": ",".join(f"{name}={sid}" for name, sid in made.items())}


def _platforms(public: str, folder: Path, scene: Scenery) -> Platforms:
    telegram = Telegram(TOKEN, name=scene.process.organizer["en"], keep=folder / "telegram.chats")
    telegram.names |= {one.address: one.name for one in scene.people}
    telegram.languages |= {one.address: one.language for one in scene.people}
    hooks = {SMS: f"{public}/hooks/sms", WHATSAPP: f"{public}/hooks/whatsapp"}
    return Platforms(telegram, Twilio(ACCOUNT, SECRET, hooks, keep=folder / "twilio.chats"))


def _site(platforms: Platforms, scene: Scenery) -> web.Application:
    made = web.Application()
    made.add_subapp("/telegram", platforms.telegram.application())
    made.add_subapp("/twilio", platforms.twilio.application())
    made.add_routes(phones.routes(platforms, scene.phones))
    return made


if __name__ == "__main__":
    main()
