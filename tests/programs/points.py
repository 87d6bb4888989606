"""The points at which a program may be stopped: each named by what has just happened or is about to."""

import os
import signal
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from enum import Enum, auto
from functools import wraps
from importlib import import_module
from itertools import count
from typing import Any

from storage import Database, Session

Work = Callable[..., Awaitable[Any]]


class When(Enum):
    """Relative to a call, or to the end of the transaction in which the call was made."""

    CALLED = auto()
    RETURNED = auto()
    TO_BE_COMMITTED = auto()
    COMMITTED = auto()


def _always(_arguments: tuple[Any, ...], _result: Any) -> bool:
    return True


def _gives(_arguments: tuple[Any, ...], result: Any) -> bool:
    return bool(result)


def _second(arguments: tuple[Any, ...], _result: Any) -> bool:
    return bool(arguments[1])


def _third(arguments: tuple[Any, ...], _result: Any) -> bool:
    return bool(arguments[2])


@dataclass(frozen=True, slots=True)
class Point:
    """`counts`: whether a call, by what it is given and gives, is one of those that are meant."""

    where: str
    when: When
    counts: Callable[[tuple[Any, ...], Any], bool] = _always


WEB: Mapping[str, Point] = {
    "in a turn, before its commit": Point("storage.turns.find", When.TO_BE_COMMITTED, _second),
    "after a turn's commit, before its 200": Point("storage.turns.find", When.COMMITTED, _second),
    "in reports, before their commit": Point("storage.outbox.reports.take", When.TO_BE_COMMITTED, _second),
    "after the commit of reports": Point("storage.outbox.reports.take", When.COMMITTED, _second),
}
WORKER: Mapping[str, Point] = {
    "in a claim, before its commit": Point("storage.outbox.claims.claim", When.TO_BE_COMMITTED, _gives),
    "after the commit of a claim": Point("storage.outbox.claims.claim", When.COMMITTED, _gives),
    "before Telegram is asked": Point("channels.telegram.Telegram.send", When.CALLED),
    "after Telegram accepted": Point("channels.telegram.Telegram.send", When.RETURNED),
    "before Twilio is asked": Point("channels.sms.Sms.send", When.CALLED),
    "after Twilio accepted": Point("channels.sms.Sms.send", When.RETURNED),
    "between settle and claim": Point("storage.outbox.deliveries.settle", When.RETURNED, _third),
    "after the commit of a settle": Point("storage.outbox.deliveries.settle", When.COMMITTED, _third),
    "in a broadcast's batch, before its commit": Point("storage.outbox.expansion.expand", When.TO_BE_COMMITTED),
    "after the commit of a broadcast's batch": Point("storage.outbox.expansion.expand", When.COMMITTED),
    "in the walk of a pause or cancel": Point("storage.outbox.expansion.turn", When.TO_BE_COMMITTED),
    "after the commit of such a walk": Point("storage.outbox.expansion.turn", When.COMMITTED),
    "in reconcile, between list and write": Point("broadcast.reconcile._traces", When.RETURNED),
    "in reconcile, before its commit": Point("storage.outbox.unknowns.claimed", When.TO_BE_COMMITTED),
    "after the commit of reconcile": Point("storage.outbox.unknowns.claimed", When.COMMITTED),
    "when what a crash left is counted unknown": Point("storage.outbox.unknowns.abandon", When.TO_BE_COMMITTED, _gives),
    "after that": Point("storage.outbox.unknowns.abandon", When.COMMITTED, _gives),
    "in house keeping, before its commit": Point("storage.addresses.recover", When.TO_BE_COMMITTED),
    "after the commit of house keeping": Point("storage.addresses.recover", When.COMMITTED),
    "in the ageing, before its commit": Point("storage.outbox.ageing.age", When.TO_BE_COMMITTED, _gives),
    "after the commit of the ageing": Point("storage.outbox.ageing.age", When.COMMITTED, _gives),
}
POINTS: Mapping[str, Point] = {**WEB, **WORKER}
"""Those that a program comes to again and again."""
SENDINGS: Mapping[str, Point] = {
    "while a sending leaves, before its commit": Point("storage.sendings.take_due", When.TO_BE_COMMITTED, _gives),
    "after the commit of a sending that left": Point("storage.sendings.take_due", When.COMMITTED, _gives),
}
VOICES: Mapping[str, Point] = {
    "while a voice note is kept, before its commit": Point("storage.recordings.keep", When.TO_BE_COMMITTED, _gives),
    "after the commit of a voice note": Point("storage.recordings.keep", When.COMMITTED, _gives),
}


def arm(name: str, nth: int) -> None:
    """Let this process stop there, in the middle of everything, when it comes there for the `nth` time.

    Whoever is to die there is killed from outside, once it was seen what it had in flight.
    """
    point, passes = {**POINTS, **SENDINGS, **VOICES}[name], count(1)

    def stops() -> None:
        if next(passes) == nth:
            os.kill(os.getpid(), signal.SIGSTOP)

    if point.when in (When.CALLED, When.RETURNED):
        _replace(point.where, lambda work: _call(work, point, stops))
        return
    marked: set[int] = set()
    _replace(point.where, lambda work: _marked(work, point, marked))
    _watch_commits(marked, point.when is When.COMMITTED, stops)


def _call(work: Work, point: Point, stops: Callable[[], None]) -> Work:
    @wraps(work)
    async def watched(*arguments: Any, **more: Any) -> Any:
        if point.when is When.CALLED and point.counts(arguments, None):
            stops()
        result = await work(*arguments, **more)
        if point.when is When.RETURNED and point.counts(arguments, result):
            stops()
        return result

    return watched


def _marked(work: Work, point: Point, marked: set[int]) -> Work:
    @wraps(work)
    async def watched(session: Session, *arguments: Any, **more: Any) -> Any:
        result = await work(session, *arguments, **more)
        if point.counts((session, *arguments), result):
            marked.add(id(session))
        return result

    return watched


def _watch_commits(marked: set[int], after: bool, stops: Callable[[], None]) -> None:
    writing = Database.writing

    @asynccontextmanager
    async def watched(database: Database) -> AsyncIterator[Session]:
        async with writing(database) as session:
            yield session
            ends = id(session) in marked
            marked.discard(id(session))
            if ends and not after:
                stops()
        if ends:
            stops()

    setattr(Database, "writing", watched)  # noqa: B010 mypy would take it for a slip


def _replace(where: str, made: Callable[[Work], Work]) -> None:
    home, name = home_of(where)
    setattr(home, name, made(getattr(home, name)))


def home_of(where: str) -> tuple[Any, str]:
    """The module or class that "a.b.C.d" is in, and its name there."""
    path, _, name = where.rpartition(".")
    try:
        return import_module(path), name
    except ModuleNotFoundError:
        home, _, kind = path.rpartition(".")
        return getattr(import_module(home), kind), name
