"""What reviewers correct in our own texts is said by every program, seconds later."""

import asyncio
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta

import structlog

import locales
from handlers import corrections
from storage import Database
from storage import corrections as stored

EVERY = timedelta(seconds=2)

log = structlog.get_logger()


@dataclass(slots=True)
class Corrections:
    """What one program knows of them."""

    database: Database
    edition: int | None = None

    async def look(self) -> None:
        """Take up what has changed since."""
        async with self.database.reading() as session:
            edition = await stored.edition(session)
            if edition == self.edition:
                return
            locales.correct(await corrections.load(session))
        self.edition = edition

    async def follow(self, closing: asyncio.Event) -> None:
        """Look again and again, until `closing`; without the database what is known goes on being said."""
        while not closing.is_set():
            try:
                await self.look()
            except Exception as fault:
                log.warning("corrections not looked at", fault=type(fault).__name__)
            with suppress(TimeoutError):
                async with asyncio.timeout(EVERY.total_seconds()):
                    await closing.wait()
