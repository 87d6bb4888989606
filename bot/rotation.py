"""The key of a deployment is changed by itself, so that what FORGET destroyed is soon unreadable in every old copy."""

import asyncio
import os
import secrets
import socket
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from errno import errorcode

import structlog

from handlers import processes
from storage import (
    Database,
    Keyring,
    Session,
    UnsafeKeys,
    events,
    keychecks,
    keys,
    marks,
    people,
    programs,
    round_keys,
    second_factors,
)
from storage.keys import Followed
from storage.programs import RunningProgram

SETTLED = timedelta(minutes=10)
"""How long a new key is there before an old one may go: until then a program may still wrap by the old one."""
BATCH = 2000
"""Keys a transaction. Small enough that nobody who writes meanwhile notices."""
IN_TIME = timedelta(days=1)
"""A key is changed so long before what it wraps has to be unreadable: workers may be away for some hours."""
EVERY = timedelta(minutes=1)
"""How often somebody looks whether a step is due."""
OFTEN = timedelta(seconds=10)
"""How often a program says that it runs, and by which key it wraps."""

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Rotation:
    """The three steps of `hearback keys`, each when it is due. Whatever two workers do at once is done once."""

    database: Database
    keys: Keyring
    warned: set[str] = field(default_factory=set)
    """What is wrong and was logged already."""

    async def go_on(self, now: datetime) -> None:
        """Take the next step, if a process says how soon the people it forgets have to be unreadable."""
        followed = self.keys.wrapping
        if not isinstance(followed, Followed):
            return
        async with self.database.writing() as session:
            soon = await processes.soonest_forgotten(session)
            if soon is None or not await marks.turn_comes(session, "keys", now - EVERY / 2, now):
                return
            running = await programs.running(session, now - SETTLED)
        here = place(self.keys, followed)
        if any(program.place != here for program in running):
            self._say_once("keys stay: programs read several key files")
        elif len(followed) == 1:
            self._begin(followed, now - soon + IN_TIME)
        elif all(program.epoch == self.keys.epoch for program in running):
            await rewrap(self.database, self.keys)
            await self._retire(followed, now)

    def _begin(self, followed: Followed, due: datetime) -> None:
        """Begin a new epoch, unless the key is newer than that."""
        if keys.changed(followed.path) > due or not self._did(lambda: keys.begin_epoch(followed.path, self.keys.epoch)):
            return
        followed.refresh()
        log.warning("key file changed, copy it to where you keep it", number=self.keys.epoch)

    async def _retire(self, followed: Followed, now: datetime) -> None:
        if keys.changed(followed.path) + SETTLED > now:
            return
        async with self.database.writing() as session:
            if left := await still_needed(session, self.keys):
                self._say_once("keys stay: no key that we know opens some", number=left)
                return
            if not self._did(lambda: keys.end_old_epochs(followed.path, self.keys.epoch)):
                return
        followed.refresh()
        log.warning("old key destroyed, make a backup", number=self.keys.epoch)

    def _did(self, change: Callable[[], object]) -> bool:
        """Whether we changed the file. Another worker may have, at this moment."""
        try:
            change()
        except UnsafeKeys:
            return False
        except OSError as fault:
            code = errorcode.get(fault.errno or 0, "")
            self._say_once("keys stay: the key file cannot be written", code=code)
            return False
        return True

    def _say_once(self, warning: str, number: int = 0, code: str = "") -> None:
        if warning not in self.warned:
            self.warned.add(warning)
            log.warning(warning, number=number, code=code)


def place(keyring: Keyring, followed: Followed) -> str:
    """The same for all programs that read this very file."""
    return keyring.index("key file", f"{socket.gethostname()}:{followed.path.resolve()}")[:32]


async def rewrap(
    database: Database, keyring: Keyring, progress: Callable[[int], None] = lambda _number: None
) -> tuple[int, int]:
    """Wrap every person's key by the current one, a batch at a time: how many were, and how many nothing opens.

    `progress` is told after each batch how many are done.

    Stopped at any moment, it goes on from there when it is called again.
    """
    async with database.writing() as session:
        await keychecks.note(session, keyring)
        await events.reseal(session, keyring)
        await second_factors.reseal(session, keyring)
        await round_keys.reseal(session, keyring)
    after, number, unreadable = "", 0, 0
    while True:
        async with database.writing() as session:
            done = await people.rewrap(session, keyring, after, BATCH)
        if done is None:
            return number, unreadable
        after, number, unreadable = done.last, number + done.number, unreadable + done.unreadable
        progress(number)


async def still_needed(session: Session, keyring: Keyring) -> int:
    """How many keys, messages and second factors only an old key opens."""
    subjects = (people, events, second_factors, round_keys)
    counts = [await subject.in_other_epochs(session, keyring) for subject in subjects]
    return sum(counts)


async def attend(database: Database, keyring: Keyring, clock: Callable[[], datetime], closing: asyncio.Event) -> None:
    """Say again and again that this program runs, until `closing`: no key that it needs is destroyed."""
    followed = keyring.wrapping
    if not isinstance(followed, Followed):
        return
    name = f"{socket.gethostname()}:{os.getpid()}:{secrets.token_hex(4)}"
    here = place(keyring, followed)
    while not closing.is_set():
        # A program that cannot reach the database wraps nothing either, and nobody has to know of it.
        with suppress(Exception):
            async with database.writing() as session:
                await programs.write_down(session, name, RunningProgram(here, keyring.epoch), clock())
        with suppress(TimeoutError):
            async with asyncio.timeout(OFTEN.total_seconds()):
                await closing.wait()
    with suppress(Exception):
        async with database.writing() as session:
            await programs.remove(session, name)
