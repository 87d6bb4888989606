"""A platform's later word on what we sent: it is kept, and changes the delivery if it ranks high enough."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import (
    ARRAY,
    ColumnElement,
    Executable,
    Integer,
    Select,
    Text,
    and_,
    any_,
    bindparam,
    case,
    column,
    delete,
    func,
    literal,
    or_,
    select,
    update,
)
from sqlalchemy.dialects import postgresql, sqlite

from storage import circuits
from storage._ground.columns import Moment
from storage._ground.database import Session
from storage.addresses import has_an_address
from storage.states import State
from storage.tables import delivery, has_left_with_its_words, report

RANK: Mapping[State, int] = {
    State.UNKNOWN: 0,
    State.SENDING: 0,
    State.SENT: 1,
    State.FAILED: 2,
    State.QUEUED: 2,
    State.DELIVERED: 3,
}
"""A word changes only a state that ranks lower. A delivery was queued again because it was said to have failed."""
FINAL = 9


@dataclass(frozen=True, slots=True)
class Word:
    """What a platform says of one delivery. `state`: what that makes of it; None: nothing that we did not know."""

    delivery: str
    provider_id: str
    status: str
    code: str
    state: State | None


@dataclass(frozen=True, slots=True)
class Failed:
    """A delivery that has failed by a word just taken. `address` is None when the person was forgotten."""

    delivery: str
    address: str | None
    attempts: int
    began: datetime | None
    not_after: datetime | None
    broadcast: str | None
    """None when it is a reply."""


async def take(session: Session, words: Sequence[Word], now: datetime) -> list[Failed]:
    """Keep these words and let them count; gives the deliveries that have failed by them.

    The same word again changes nothing, and no word on people who were forgotten is kept. One statement on PostgreSQL.
    """
    if not words:
        return []
    if session.dialect.name == "sqlite":
        return await _take_each(session, words, now)
    best = _best(words)
    values = {
        "now": now,
        "today": now.date(),
        "ids": sorted({word.delivery for word in words}),
        "deliveries": [word.delivery for word in words],
        "providers": [word.provider_id for word in words],
        "statuses": [word.status for word in words],
        "codes": [word.code for word in words],
        "best_ids": [word.delivery for word in best],
        "best_providers": [word.provider_id for word in best],
        "best_codes": [word.code or None for word in best],
        "best_states": [word.state for word in best],
        "best_ranks": [_rank(word) for word in best],
    }
    rows = await session.execute(_together(), values)
    return [Failed(*row[1:]) for row in rows if row.state == State.FAILED]


def _best(words: Iterable[Word]) -> list[Word]:
    """The word of the highest rank on each delivery: in one statement a row is changed only once."""
    best: dict[str, Word] = {}
    for word in words:
        if word.state is None:
            continue
        known = best.get(word.delivery)
        if known is None or _rank(word) > _rank(known):
            best[word.delivery] = word
    return list(best.values())


def _rank(word: Word) -> int:
    """What says nothing that we did not know ranks lowest."""
    return 0 if word.state is None else RANK[word.state]


@cache
def _together() -> Executable:
    words = _table("said", delivery="deliveries", provider="providers", status="statuses", code="codes")
    best = (
        func.unnest(
            bindparam("best_ids", type_=ARRAY(Text)),
            bindparam("best_providers", type_=ARRAY(Text)),
            bindparam("best_codes", type_=ARRAY(Text)),
            bindparam("best_states", type_=ARRAY(Text)),
            bindparam("best_ranks", type_=ARRAY(Integer)),
        )
        .table_valued(
            column("id", Text),
            column("provider", Text),
            column("code", Text),
            column("state", Text),
            column("rank", Integer),
            name="best",
        )
        .render_derived()
    )
    # Locked in one order: two processes that hear of the same deliveries never wait for each other.
    known = (
        select(delivery.c.id, delivery.c.person_id)
        .where(delivery.c.id == any_(bindparam("ids", type_=ARRAY(Text))))
        .order_by(delivery.c.id)
        .with_for_update(key_share=True)
        .cte("known")
    )
    kept = (
        postgresql.insert(report)
        .from_select(
            ["delivery_id", "provider_id", "status", "code", "at"],
            select(words.c.delivery, words.c.provider, words.c.status, words.c.code, bindparam("now", type_=Moment()))
            .join(known, known.c.id == words.c.delivery)
            .where(known.c.person_id.is_not(None)),
        )
        .on_conflict_do_nothing()
        .returning(literal(1))
        .cte("kept")
    )
    left = select(best.c.id).where(best.c.state.in_([State.SENT, State.DELIVERED]))
    proved = circuits.proved(left).returning(literal(1)).cte("proved")
    return (
        update(delivery)
        .where(delivery.c.id == known.c.id, known.c.id == best.c.id, _counts(best.c.rank, best.c.provider))
        .values(**_counted(best.c.state, best.c.provider, best.c.code))
        .returning(delivery.c.state, *_failed())
        .add_cte(kept, proved)
    )


def _table(alias: str, **arrays: str) -> Any:
    return (
        func.unnest(*(bindparam(array, type_=ARRAY(Text)) for array in arrays.values()))
        .table_valued(*(column(name, Text) for name in arrays), name=alias)
        .render_derived()
    )


def _counts(rank: ColumnElement[int], provider: ColumnElement[str]) -> ColumnElement[bool]:
    return and_(
        case({state.value: rank for state, rank in RANK.items()}, value=delivery.c.state, else_=FINAL) < rank,
        or_(rank == RANK[State.DELIVERED], _is_of_this_attempt(provider)),
    )


def _is_of_this_attempt(provider: ColumnElement[str]) -> ColumnElement[bool]:
    """Until this attempt has an id of the platform's, the row holds that of the attempt before: a word on it is old."""
    known = delivery.c.provider_id
    is_of_the_one_before = or_(*(delivery.c.state == state for state in (State.QUEUED, State.SENDING, State.UNKNOWN)))
    return or_(known.is_(None), case((is_of_the_one_before, known != provider), else_=known == provider))


def _counted(state: Any, provider: Any, code: Any) -> dict[str, Any]:
    """A failed delivery keeps its text until it is decided whether it leaves again."""
    return {
        "state": state,
        "provider_id": case((delivery.c.person_id.is_not(None), provider)),
        "code": code,
        "body": case((state == State.FAILED, delivery.c.body)),
        "owner": None,
        "lease": None,
        "ended": bindparam("today"),
    }


def _failed() -> tuple[ColumnElement[Any], ...]:
    """The columns of `Failed`."""
    return (
        delivery.c.id,
        delivery.c.address_id,
        delivery.c.attempts,
        delivery.c.began,
        delivery.c.not_after,
        delivery.c.broadcast_id,
    )


async def _take_each(session: Session, words: Sequence[Word], now: datetime) -> list[Failed]:
    await session.execute(_appended(), [_as_appended(word, now) for word in words])
    best = _best(words)
    if good := [word for word in best if word.state != State.FAILED]:
        await session.execute(_reduced(), [_as_reduced(word, now) for word in good])
        await circuits.prove(session, [word.delivery for word in good], now)
    failed: list[Failed] = []
    for word in best:
        if word.state == State.FAILED:
            rows = await session.execute(_reduced().returning(*_failed()), _as_reduced(word, now))
            failed += [Failed(*row) for row in rows]
    return failed


def _as_appended(word: Word, now: datetime) -> dict[str, Any]:
    return {
        "its_delivery": word.delivery,
        "its_provider": word.provider_id,
        "its_status": word.status,
        "its_code": word.code,
        "now": now,
    }


def _as_reduced(word: Word, now: datetime) -> dict[str, Any]:
    return {
        "its_delivery": word.delivery,
        "its_provider": word.provider_id,
        "its_code": word.code or None,
        "its_state": word.state,
        "its_rank": _rank(word),
        "today": now.date(),
    }


@cache
def _appended() -> Executable:
    word: Select[Any] = select(
        delivery.c.id,
        bindparam("its_provider", type_=Text),
        bindparam("its_status", type_=Text),
        bindparam("its_code", type_=Text),
        bindparam("now", type_=Moment()),
    ).where(delivery.c.id == bindparam("its_delivery"), delivery.c.person_id.is_not(None))
    columns = ["delivery_id", "provider_id", "status", "code", "at"]
    return sqlite.insert(report).from_select(columns, word).on_conflict_do_nothing()


@cache
def _reduced() -> Any:
    state, provider, code = (bindparam(f"its_{name}", type_=Text) for name in ("state", "provider", "code"))
    counts = _counts(bindparam("its_rank", type_=Integer), provider)
    return (
        update(delivery)
        .where(delivery.c.id == bindparam("its_delivery"), counts)
        .values(**_counted(state, provider, code))
    )


async def again(session: Session, failed: Failed, due: datetime, code: str) -> None:
    """Queue once more a delivery that the platform took and dropped later, if its text is still there.

    The platform's id stays until there is another: later words on the old attempt are recognised by it.
    """
    await session.execute(
        update(delivery)
        .where(
            delivery.c.id == failed.delivery,
            delivery.c.state == State.FAILED,
            has_an_address(),
            or_(delivery.c.broadcast_id.is_not(None), delivery.c.body.is_not(None)),
        )
        .values(
            state=State.QUEUED, due=due, code=code, attempts=failed.attempts + 1, segments=None, ended=None,
        )
    )  # fmt: skip


async def expire(session: Session, failed: Failed) -> None:
    """Write down that a failed delivery has expired: it came too late."""
    late = update(delivery).where(delivery.c.id == failed.delivery, delivery.c.state == State.FAILED)
    await session.execute(late.values(state=State.EXPIRED, body=None))


async def end(session: Session, failed: Sequence[Failed]) -> None:
    """Erase the texts of replies that have failed for good."""
    replies = [delivery.delivery for delivery in failed if delivery.broadcast is None]
    if replies:
        ended = update(delivery).where(delivery.c.id.in_(replies), delivery.c.state == State.FAILED)
        await session.execute(ended.values(body=None))


async def erase(session: Session, before: datetime, most: int) -> int:
    """Erase the texts of deliveries that left so long ago that none will be reported as failed; a batch at a time."""
    old = (
        select(delivery.c.id)
        .where(has_left_with_its_words(delivery), delivery.c.began < before)
        .order_by(delivery.c.began)
        .limit(most)
        .with_for_update(skip_locked=True, key_share=True)
        .cte("old")
    )
    erased = update(delivery).where(delivery.c.id.in_(select(old.c.id)), has_left_with_its_words(delivery))
    return len((await session.execute(erased.values(body=None).returning(delivery.c.id))).all())


async def prune(session: Session, before: datetime, most: int) -> int:
    """Forget words that are older than any that could still come; a batch at a time."""
    old = select(report.c.id).where(report.c.at < before).limit(most)
    return (await session.execute(delete(report).where(report.c.id.in_(old)))).rowcount
