"""A Hearback to measure: its processes and its bots."""

from dataclasses import replace
from datetime import UTC, datetime

from channels import Limits
from channels.telegram import Telegram
from demo.platforms.accounts import TELEGRAM_SECRET, TELEGRAM_TOKEN
from flows import Process
from handlers import processes
from storage import Database
from tests.review import PROCESS

NOWHERE = "http://127.0.0.1:9"

MANY = 50
BOTS_OF_EACH = 3

UNLIMITED = Limits(replies=10_000_000, newcomers=10_000_000)
"""A crowd of machines writes, and is to be answered as people would be."""


def telegram(api: str = NOWHERE, name: str = "telegram") -> Telegram:
    """The real channel; `api` is where its Telegram is."""
    return Telegram(TELEGRAM_TOKEN, TELEGRAM_SECRET, api, "", limits=UNLIMITED, name=name)


def many() -> tuple[Process, ...]:
    """Processes, each with bots of its own."""
    return tuple(
        replace(
            PROCESS, slug=f"review-{number}", senders=tuple(f"telegram-{number}x{bot}" for bot in range(BOTS_OF_EACH))
        )
        for number in range(MANY)
    )


def bots() -> tuple[str, ...]:
    """The names of all of them."""
    return tuple(name for process in many() for name in process.senders)


async def begin(database: Database, process: Process = PROCESS) -> str:
    """Open a process; gives its id."""
    async with database.writing() as session:
        return (await processes.begin(session, process, now())).id


def now() -> datetime:
    return datetime.now(UTC)
