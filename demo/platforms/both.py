"""Both fake platforms side by side, and the settings with which a Hearback takes them for the real ones."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any
from zlib import crc32

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
from demo.platforms.twilio import BETWEEN, FakeTwilio
from demo.platforms.wire import utc_now

NUMBERS = {"sms": "+44", "whatsapp": "whatsapp:+44"}
"""How the further numbers of ours begin, which all are from the range kept for fiction."""


@dataclass(slots=True)
class Platforms:
    """`bots`: those beside the first, each on a Telegram of its own, by the end of its sender's name."""

    telegram: FakeTelegram
    twilio: FakeTwilio
    bots: Mapping[str, FakeTelegram] = field(default_factory=dict, kw_only=True)

    def senders(self, kind: str) -> tuple[str, ...]:
        """Those of this kind with whom people have chats of their own: of the numbers the first."""
        return (kind, *(f"telegram-{suffix}" for suffix in self.bots)) if kind == "telegram" else (kind,)

    def of(self, sender: str) -> FakeTelegram | FakeTwilio:
        """The platform that carries telegram, telegram-emea, whatsapp or sms."""
        kind, _bar, suffix = sender.partition("-")
        if kind != "telegram":
            return self.twilio
        return self.bots[suffix] if suffix else self.telegram

    def chat_of(self, sender: str, person: str) -> str:
        """By which the platform knows a person's chat with this sender of ours."""
        kind, _bar, suffix = sender.partition("-")
        return f"{person}{BETWEEN}{other_number(kind, suffix)}" if suffix and kind != "telegram" else person

    def application(self, middlewares: Sequence[Any] = ()) -> web.Application:
        """Their APIs. They close with it."""
        application = web.Application(middlewares=middlewares)
        application.add_subapp("/telegram", self.telegram.application())
        for suffix, bot in self.bots.items():
            application.add_subapp(f"/telegram-{suffix}", bot.application())
        application.add_subapp("/twilio", self.twilio.application())
        return application

    async def settled(self) -> None:
        """Wait until none has anything left to tell us."""
        for bot in (self.telegram, *self.bots.values()):
            await bot.settled()
        await self.twilio.settled()

    async def close(self) -> None:
        """Give up what is on its way and let every open request end."""
        for bot in (self.telegram, *self.bots.values()):
            await bot.close()
        await self.twilio.close()


def platforms(
    public: str,
    *,
    name: str = "Hearback",
    folder: Path | None = None,
    clock: Callable[[], datetime] = utc_now,
    suffixes: Sequence[str] = (),
    bots: Mapping[str, str] | None = None,
) -> Platforms:
    """Those around a Hearback at `public`, which goes by this name there. What was said is kept in the folder.

    `suffixes`: how the names of further senders end, one of each kind for each. `bots`: how those of further bots
    alone end, and what each goes by.
    """
    bots = dict.fromkeys(suffixes, name) | dict(bots or {})

    def keep(file: str) -> Path | None:
        return folder and folder / file

    telegram = FakeTelegram(TELEGRAM_TOKEN, name=name, keep=keep("telegram.chats"), clock=clock)
    twilio = FakeTwilio(TWILIO_ACCOUNT, TWILIO_TOKEN, hooks(public, suffixes), keep=keep("twilio.chats"), clock=clock)
    others = {
        suffix: FakeTelegram(
            other_token(suffix),
            name=bot,
            username=f"hearback_{suffix.replace('-', '_')}_bot",
            keep=keep(f"telegram-{suffix}.chats"),
            clock=clock,
        )
        for suffix, bot in bots.items()
    }
    return Platforms(telegram, twilio, bots=others)


def hooks(public: str, suffixes: Sequence[str] = ()) -> Mapping[str, str]:
    """Where Twilio announces messages to the numbers of a Hearback at `public`."""
    first = {SMS: f"{public}/hooks/sms", WHATSAPP: f"{public}/hooks/whatsapp"}
    return first | {
        other_number(kind, suffix): f"{public}/hooks/{kind}-{suffix}" for suffix in suffixes for kind in NUMBERS
    }


def settings(
    public: str,
    address: str,
    *,
    sms: bool = True,
    whatsapp: bool = True,
    suffixes: Sequence[str] = (),
    bots: Iterable[str] = (),
) -> dict[str, str]:
    """The settings with which a Hearback at `public` takes the fakes at `address` for the platforms.

    `suffixes` and `bots`: of the further senders, see `platforms`.
    """
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
    further = [_settings_of_bot(suffix, address) for suffix in {*suffixes, *bots}]
    further += [_settings_of_numbers(suffix) for suffix in suffixes]
    every = [telegram, twilio | numbers if numbers else {}, *further]
    return {name: value for part in every for name, value in part.items()}


def _settings_of_bot(suffix: str, address: str) -> dict[str, str]:
    name = suffix.upper()
    return {
        f"TELEGRAM_TOKEN_{name}": other_token(suffix),
        f"TELEGRAM_SECRET_{name}": f"{TELEGRAM_SECRET}-{suffix}",
        f"TELEGRAM_API_{name}": f"{address}/telegram-{suffix}",
    }


def _settings_of_numbers(suffix: str) -> dict[str, str]:
    name = suffix.upper()
    return {
        f"SMS_FROM_{name}": other_number("sms", suffix),
        f"WHATSAPP_FROM_{name}": other_number("whatsapp", suffix),
    }


def other_token(suffix: str) -> str:
    """The token of a further bot."""
    return f"{7_001_001 + _number(suffix)}:AAdemo-only-nobody-else-takes-this-one"


def other_number(kind: str, suffix: str) -> str:
    """A further number of ours."""
    return f"{NUMBERS[kind]}{7_700_900_000 + _number(suffix)}"


def _number(suffix: str) -> int:
    """Above 0, and as good as never the same for two names."""
    return 1 + crc32(suffix.encode()) % 997


async def connected(environment: Mapping[str, str]) -> Mapping[str, str]:
    """What an operator does once, on every channel. Gives all settings."""
    settings = dict(environment)
    for channel in channels.from_settings(environment).values():
        await channel.start()
        settings |= await channel.connect(flows.templates())
        await channel.close()
    return settings
