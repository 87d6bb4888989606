"""Both fake platforms side by side, and the settings with which a Hearback takes them for the real ones."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from aiohttp import web

import channels
import flows
from demo.platforms.accounts import (
    SMS,
    TELEGRAM_SECRET,
    TELEGRAM_TOKEN,
    TWILIO_ACCOUNT,
    TWILIO_TOKEN,
    WHATSAPP,
)
from demo.platforms.telegram import FakeTelegram
from demo.platforms.twilio import FakeTwilio
from demo.platforms.wire import utc_now


@dataclass(slots=True)
class Platforms:
    telegram: FakeTelegram
    twilio: FakeTwilio

    def of(self, channel: str) -> FakeTelegram | FakeTwilio:
        """The platform that carries telegram, whatsapp or sms."""
        return self.telegram if channel == "telegram" else self.twilio

    def application(self, middlewares: Sequence[Any] = ()) -> web.Application:
        """Their APIs. They close with it."""
        application = web.Application(middlewares=middlewares)
        application.add_subapp("/telegram", self.telegram.application())
        application.add_subapp("/twilio", self.twilio.application())
        return application

    async def settled(self) -> None:
        """Wait until neither has anything left to tell us."""
        await self.telegram.settled()
        await self.twilio.settled()

    async def close(self) -> None:
        """Give up what is on its way and let every open request end."""
        await self.telegram.close()
        await self.twilio.close()


def platforms(
    public: str, *, name: str = "Hearback", folder: Path | None = None, clock: Callable[[], datetime] = utc_now
) -> Platforms:
    """Those around a Hearback at `public`, which goes by this name there. What was said is kept in the folder."""

    def keep(file: str) -> Path | None:
        return folder and folder / file

    telegram = FakeTelegram(TELEGRAM_TOKEN, name=name, keep=keep("telegram.chats"), clock=clock)
    twilio = FakeTwilio(TWILIO_ACCOUNT, TWILIO_TOKEN, hooks(public), keep=keep("twilio.chats"), clock=clock)
    return Platforms(telegram, twilio)


def hooks(public: str) -> Mapping[str, str]:
    """Where Twilio announces messages to the numbers of a Hearback at `public`."""
    return {SMS: f"{public}/hooks/sms", WHATSAPP: f"{public}/hooks/whatsapp"}


def settings(public: str, address: str, *, sms: bool = True, whatsapp: bool = True) -> dict[str, str]:
    """The settings with which a Hearback at `public` takes the fakes at `address` for the platforms."""
    telegram = {
        "PUBLIC_URL": public,
        "TELEGRAM_TOKEN": TELEGRAM_TOKEN,
        "TELEGRAM_SECRET": TELEGRAM_SECRET,
        "TELEGRAM_API": f"{address}/telegram",
    }
    twilio = {
        "TWILIO_ACCOUNT": TWILIO_ACCOUNT,
        "TWILIO_TOKEN": TWILIO_TOKEN,
        "TWILIO_API": f"{address}/twilio",
        "TWILIO_CONTENT_API": f"{address}/twilio",
    }
    numbers = ({"SMS_FROM": SMS} if sms else {}) | ({"WHATSAPP_FROM": WHATSAPP} if whatsapp else {})
    return telegram | (twilio | numbers if numbers else {})


async def connected(environment: Mapping[str, str]) -> Mapping[str, str]:
    """What an operator does once, on every channel. Gives all settings."""
    settings = dict(environment)
    for channel in channels.from_settings(environment).values():
        await channel.start()
        settings |= await channel.connect(flows.templates())
        await channel.close()
    return settings
