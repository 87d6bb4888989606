"""People who write without a platform: their messages go straight into the line of turns."""

from collections.abc import Callable
from datetime import datetime

from bot.inbox import Turns
from broadcast.wake import Bell
from channels.messages import Kind, Message
from channels.telegram import Telegram
from handlers.conversations import Ears
from handlers.talk.boards import Boards
from handlers.writing import contents
from storage import Database, processes
from tests.review import KEYS
from tests.review import PROCESS as REVIEW
from tests.storage.rows import NOW, PROCESS

TELEGRAM = Telegram("4242:canary-token", "", "http://127.0.0.1:1", "")


def ears() -> Ears:
    return Ears(KEYS, {"telegram": TELEGRAM}, Boards())


def turns(database: Database, clock: Callable[[], datetime] = lambda: NOW) -> Turns:
    return Turns(database, ears(), Bell(), clock)


def says(sender: str, text: str, event: str) -> Message:
    return Message("telegram", event, sender, Kind.TEXT, text)


async def begin(database: Database) -> None:
    """Let there be something to talk about."""
    async with database.writing() as session:
        await processes.edit(session, PROCESS, contents.pack(REVIEW))
