"""A Hearback to measure: its keys, its process, its bot."""

from datetime import UTC, datetime

import flows
from bench import _bot
from channels import Limits
from channels.telegram import Telegram
from handlers import processes
from storage import Database, Keyring

KEYS = Keyring({1: bytes(range(32))}, bytes(range(32, 64)))
NOWHERE = "http://127.0.0.1:9"

PROCESS = flows.Process(
    title={"en": "Regional review", "fr": "Examen régional", "es": "Examen regional", "ar": "الاستعراض الإقليمي"},
    organizer={"en": "Harbour Migration Forum"},
    languages=("en", "fr", "es", "ar"),
    regions=(
        flows.Region("north", {"en": "The north", "fr": "Le nord", "es": "El norte", "ar": "الشمال"}),
        flows.Region("south", {"en": "The south", "fr": "Le sud", "es": "El sur", "ar": "الجنوب"}),
    ),
    contact={"en": "help@forum.example"},
)


UNLIMITED = Limits(replies=10_000_000, newcomers=10_000_000)
"""A crowd of machines writes, and is to be answered as people would be."""


def telegram(api: str = NOWHERE) -> Telegram:
    """The real channel; `api` is where its Telegram is."""
    return Telegram(_bot.TOKEN, _bot.SECRET, api, "", limits=UNLIMITED)


async def begin(database: Database) -> str:
    """Open the process; gives its id."""
    async with database.writing() as session:
        return await processes.begin(session, PROCESS, now())


def now() -> datetime:
    return datetime.now(UTC)
