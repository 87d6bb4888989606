"""A Hearback to measure: its process and its bot."""

from datetime import UTC, datetime

from channels import Limits
from channels.telegram import Telegram
from demo.platforms.accounts import TELEGRAM_SECRET, TELEGRAM_TOKEN
from handlers import processes
from storage import Database
from tests.review import PROCESS

NOWHERE = "http://127.0.0.1:9"

UNLIMITED = Limits(replies=10_000_000, newcomers=10_000_000)
"""A crowd of machines writes, and is to be answered as people would be."""


def telegram(api: str = NOWHERE) -> Telegram:
    """The real channel; `api` is where its Telegram is."""
    return Telegram(TELEGRAM_TOKEN, TELEGRAM_SECRET, api, "", limits=UNLIMITED)


async def begin(database: Database) -> str:
    """Open the process; gives its id."""
    async with database.writing() as session:
        return (await processes.begin(session, PROCESS, now())).id


def now() -> datetime:
    return datetime.now(UTC)
