"""People who write without a platform: their messages go straight into the line of turns."""

from collections.abc import Callable
from datetime import datetime

from bot.inbox import Inbox
from broadcast.wake import Waker
from channels.messages import Kind, Message
from channels.telegram import Telegram
from handlers.conversations import Deployment
from handlers.talk.boards import Boards
from handlers.writing import contents
from storage import Database, processes
from tests.review import KEYS
from tests.review import PROCESS as REVIEW
from tests.storage.rows import NOW, PROCESS

TELEGRAM = Telegram("4242:canary-token", "", "http://127.0.0.1:1", "")


def deployment() -> Deployment:
    return Deployment(KEYS, {"telegram": TELEGRAM}, Boards())


def inbox_of(database: Database, clock: Callable[[], datetime] = lambda: NOW) -> Inbox:
    return Inbox(database, deployment(), Waker(), clock)


def says(sender: str, text: str, event: str) -> Message:
    return Message("telegram", event, sender, Kind.TEXT, text)


async def begin(database: Database) -> None:
    """Let there be something to talk about."""
    async with database.writing() as session:
        await processes.edit(session, PROCESS, contents.pack(REVIEW))
