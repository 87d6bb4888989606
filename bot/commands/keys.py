"""What is done with the keys of a deployment: made once, changed from time to time without anybody's noticing."""

import asyncio
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import datetime, timedelta
from errno import errorcode
from pathlib import Path

import structlog
import uvloop

import storage
from bot import clock, rotation
from bot.commands.terminal import load_keys, load_variables, progress, say, stop, writing
from bot.rotation import SETTLED
from handlers import journal
from handlers.journal import TERMINAL, Act, Entry
from storage import Keyring, Session, keys
from storage.keys import Followed

EVERY = timedelta(seconds=10)
"""How often a running program looks whether its key file was changed."""

log = structlog.get_logger()


def new(file: Path) -> None:
    """Make the keys of a new deployment. Keep a copy where the database's backups are not."""
    try:
        keys.create(file)
    except OSError as fault:
        stop(f"{file}: {fault.strerror}")
    say(f"Made: {file}. Keep a copy where the database's backups are not, and set HEARBACK_KEYS={file}")


def rotate() -> None:
    """First of three: add a new key to the file. Programs that run take it up by themselves; copy the file anew."""
    if len(load_keys().wrapping) > 1:
        stop("The last change of keys is not finished: hearback keys rewrap, then hearback keys retire.")

    async def begin(session: Session, now: datetime) -> int:
        await _write_down(session, Act.KEYS_ROTATE, now)
        return keys.begin_epoch(_file())

    say(f"Key {writing(begin)} is the current one. Copy the key file to where you keep it, then:")
    say("hearback keys rewrap")


def rewrap() -> None:
    """Second of three: wrap every person's key by the new key, a batch at a time. Stopped, it can be run again."""
    keyring = load_keys()
    writing(lambda session, now: _write_down(session, Act.KEYS_REWRAP, now))

    async def work() -> tuple[int, int]:
        database = storage.open(load_variables().database_url)
        try:
            return await rotation.rewrap(database, keyring, progress())
        finally:
            await database.close()

    number, unreadable = uvloop.run(work())
    say(f"{number} keys were wrapped anew.")
    if unreadable:
        stop(
            f"{unreadable} keys cannot be opened by any key in the file. Is it an old copy? Nothing was changed there."
        )
    if len(keyring.wrapping) > 1:
        say(f"After {SETTLED.seconds // 60} minutes the old key can go:\nhearback keys retire")


def retire() -> None:
    """Last of three: destroy the old key. Backups from before can be opened by no key that is left."""
    keyring = load_keys()
    if len(keyring.wrapping) == 1:
        stop("There is no old key.")
    ready = keys.changed(_file()) + SETTLED
    if clock.now() < ready:
        stop(f"Wait until {ready.astimezone():%H:%M}: a program may not have taken up the new key yet.")

    async def destroy(session: Session, now: datetime) -> None:
        if left := await rotation.still_needed(session, keyring):
            stop(f"{left} are still wrapped by an old key: hearback keys rewrap")
        await _write_down(session, Act.KEYS_RETIRE, now)
        keys.end_old_epochs(_file(), keyring.epoch)

    writing(destroy)
    say("The old key is gone. Destroy the copies of the key file that still hold it.")


async def _write_down(session: Session, act: Act, now: datetime) -> None:
    """Before the key file is touched: of that nothing is taken back."""
    await journal.write(session, TERMINAL, None, Entry(act), now)


def _file() -> Path:
    return Path(load_variables().hearback_keys)


async def follow(keyring: Keyring, closing: asyncio.Event) -> None:
    """Take up what is done to the key file, until `closing`."""
    fits = True
    while not closing.is_set():
        with suppress(TimeoutError):
            async with asyncio.timeout(EVERY.total_seconds()):
                await closing.wait()
        fits = look(keyring, fits)


def look(keyring: Keyring, did_fit: bool) -> bool:
    """Whether the key file goes on from what we know; as before, when we cannot look at it."""
    try:
        fits = _is_current(keyring)
    except OSError as fault:
        log.warning("key file not looked at", fault=type(fault).__name__, code=errorcode.get(fault.errno or 0, ""))
        return did_fit
    if did_fit and not fits:
        log.critical("key file is not ours")
    return fits


def _is_current(keyring: Keyring) -> bool:
    return not isinstance(keyring.wrapping, Followed) or keyring.wrapping.refresh()


GROUPS = {"keys": "The keys of this deployment."}
COMMANDS: Mapping[str, Callable[..., None]] = {
    "keys new": new,
    "keys rotate": rotate,
    "keys rewrap": rewrap,
    "keys retire": retire,
}
