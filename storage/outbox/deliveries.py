"""Writing down what became of claimed deliveries."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cache
from typing import Any

from sqlalchemy import (
    ARRAY,
    Boolean,
    ColumnElement,
    Date,
    Executable,
    Integer,
    Text,
    and_,
    any_,
    bindparam,
    case,
    column,
    func,
    literal,
    or_,
    select,
    update,
)
from sqlalchemy.types import TypeEngine

from storage import addresses, broadcasts
from storage._ground.columns import Moment
from storage._ground.database import Session
from storage._ground.members import bound
from storage.addresses import Change
from storage.broadcasts import Subject
from storage.codes import Code
from storage.states import State
from storage.tables import (
    broadcast,
    delivery,
    is_to_come,
    is_under_way,
    is_unknown,
    participation,
    waits,
    waits_in_line,
)

NEVER = datetime(9999, 1, 1, tzinfo=UTC)
"""When a delivery is due that waits until somebody does something: its broadcast is paused, for example."""
LONGEST_SILENCE = timedelta(days=30)
"""How long a delivery waits at most for its person to write, where it has no `not_after`."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one send."""

    id: str
    state: State
    provider_id: str | None = None
    segments: int | None = None
    code: str | None = None
    due: datetime | None = None
    """When it is tried again; only with `State.QUEUED`."""
    attempts: int = 0
    """How often the platform has been asked and did not take it."""
    keeps: bool = False
    """The text is kept: the platform can be asked what became of it, and it may have to leave again."""
    change: Change | None = None
    """What it says of the address."""
    halts: str | None = None
    """The broadcast that goes no further."""


async def settle(session: Session, owner: str, outcomes: Iterable[Outcome], now: datetime) -> None:
    """Write down what became of sends, each only while the delivery is still the owner's: being sent, or unknown.

    A lease may lapse while its worker is asleep or cannot reach the database: what the worker knows is still true.
    The text of a delivery that has left, or never will, is erased: it could still tell how its person voted.
    """
    settled = list(outcomes)
    if not settled:
        return
    rows = [{f"its_{name}": getattr(outcome, name) for name in SETTLED} for outcome in settled]
    common = {"by": owner, "today": now.date()}
    if session.dialect.name == "sqlite":
        await session.execute(_settling_each(), [row | common for row in rows])
    else:
        arrays = {name: [row[name] for row in rows] for name in rows[0]}
        await session.execute(_settling_together(), arrays | common)
    changes = [(outcome.change, outcome.id) for outcome in settled if outcome.change is not None]
    for change, name in sorted(changes, key=lambda learnt: learnt[0].address):
        await addresses.learn(session, change, name, now)
    for halted in sorted({outcome.halts for outcome in settled if outcome.halts is not None}):
        await broadcasts.pause(session, halted)


SETTLED: Mapping[str, TypeEngine[Any]] = {
    "id": Text(),
    "state": Text(),
    "provider_id": Text(),
    "segments": Integer(),
    "code": Text(),
    "attempts": Integer(),
    "due": Moment(),
    "keeps": Boolean(),
}
"""The fields of an `Outcome` that are written to its delivery."""


@cache
def _settling_each() -> Executable:
    outcome = {name: bindparam(f"its_{name}", type_=kind) for name, kind in SETTLED.items()}
    return update(delivery).where(delivery.c.id == outcome["id"], _is_ours()).values(_settled(outcome))


@cache
def _settling_together() -> Executable:
    arrays = {name: bindparam(f"its_{name}", type_=ARRAY(kind)) for name, kind in SETTLED.items()}
    outcome = (
        func.unnest(*arrays.values())
        .table_valued(*(column(name, kind) for name, kind in SETTLED.items()), name="given")
        .render_derived()
    )
    # Locked in the same order as in `reports`, so that the two never wait for each other.
    ours = (
        select(delivery.c.id)
        .where(delivery.c.id == any_(arrays["id"]))
        .order_by(delivery.c.id)
        .with_for_update(key_share=True)
        .cte("ours")
    )
    is_one = and_(delivery.c.id == ours.c.id, outcome.c.id == ours.c.id)
    return update(delivery).where(is_one, _is_ours()).values(_settled(outcome.c))


def _is_ours() -> ColumnElement[bool]:
    """Nobody else has it, it was not sent again, and the platform has said nothing of it."""
    is_open = or_(is_under_way(delivery), is_unknown(delivery))
    return and_(delivery.c.owner == bindparam("by", type_=Text()), is_open)


def _settled(outcome: Any) -> dict[str, Any]:
    """An earlier attempt's id stays until there is a new one: a late word on that attempt is recognised by it."""
    # A reply whose text was erased can no longer leave, even if it never left.
    can_leave = or_(is_under_way(delivery), delivery.c.body.is_not(None), delivery.c.broadcast_id.is_not(None))
    again = and_(outcome["due"].is_not(None), can_leave)
    return {
        "state": case((and_(outcome["due"].is_not(None), ~can_leave), bound(State.FAILED)), else_=outcome["state"]),
        "provider_id": func.coalesce(outcome["provider_id"], delivery.c.provider_id),
        "segments": outcome["segments"],
        "code": outcome["code"],
        "attempts": outcome["attempts"],
        "lease": None,
        "due": func.coalesce(outcome["due"], delivery.c.due),
        "ended": case((~again, bindparam("today", type_=Date()))),
        "body": case((or_(again, outcome["keeps"]), delivery.c.body)),
    }


@dataclass(frozen=True, slots=True)
class Delay:
    """What a broadcast has due for the people of a region waits until then, for the reason that the code names."""

    broadcast: str
    region: str
    until: datetime
    code: str


async def put_off(session: Session, delay: Delay, now: datetime, most: int) -> None:
    """Put off up to `most` deliveries."""
    process = select(broadcast.c.process_id).where(broadcast.c.id == delay.broadcast).scalar_subquery()
    waiting = (
        select(delivery.c.id)
        .join(participation, participation.c.person_id == delivery.c.person_id)
        .where(
            waits_in_line(delivery),
            delivery.c.broadcast_id == delay.broadcast,
            delivery.c.due <= now,
            participation.c.process_id == process,
            participation.c.region == delay.region,
        )
        .limit(most)
        .with_for_update(of=[delivery], skip_locked=True, key_share=True)
        .cte("theirs")
    )
    delayed = update(delivery).where(delivery.c.id.in_(select(waiting.c.id)))
    await session.execute(delayed.values(due=delay.until, code=delay.code))


async def stop_keeping_hours(session: Session, process_id: str, now: datetime) -> int:
    """No broadcast of the process keeps hours: what waits only for the morning is due now; gives how many that are."""
    keep_hours = update(broadcast).where(broadcast.c.process_id == process_id, broadcast.c.hours != "")
    freed = (await session.execute(keep_hours.values(hours="").returning(broadcast.c.id))).scalars().all()
    waits_for_morning = and_(
        waits_in_line(delivery),
        delivery.c.due > now,
        delivery.c.due < NEVER,
        or_(delivery.c.code.is_(None), delivery.c.code == Code.NIGHT),
    )
    number = 0
    for broadcast_id in freed:
        theirs = update(delivery).where(delivery.c.broadcast_id == broadcast_id, waits_for_morning)
        number += (await session.execute(theirs.values(due=now, code=None))).rowcount
    return number


async def cancel_about(
    session: Session, process_id: str, who: str, subjects: Sequence[Subject], why: str, now: datetime
) -> None:
    """Nothing that waits for this person and tells of these subjects of the process leaves."""
    about = select(broadcast.c.id).where(
        broadcast.c.process_id == process_id, broadcast.c.subject.in_([str(subject) for subject in subjects])
    )
    await session.execute(
        update(delivery)
        .where(delivery.c.person_id == who, delivery.c.broadcast_id.in_(about), waits(delivery))
        .values(state=State.CANCELLED, code=why, body=None, ended=now.date())
    )


async def cancel_of_process(session: Session, who: str, process_id: str, why: str, now: datetime) -> None:
    """Nothing that waits for this person and is told by this process leaves."""
    of_process = select(broadcast.c.id).where(broadcast.c.process_id == process_id)
    await session.execute(
        update(delivery)
        .where(delivery.c.person_id == who, delivery.c.broadcast_id.in_(of_process), waits(delivery))
        .values(state=State.CANCELLED, code=why, body=None, ended=now.date())
    )


def emptied(why: str, today: ColumnElement[date]) -> dict[str, Any]:
    """What is left in deliveries from which nothing leads to a person any more; they still count.

    What waits is cancelled. What is being sent is of unknown fate, for nothing could settle it.
    """
    return {
        "state": case(
            (waits(delivery), bound(State.CANCELLED)),
            (is_under_way(delivery), bound(State.UNKNOWN)),
            else_=delivery.c.state,
        ),
        "code": case((is_to_come(delivery), literal(why)), else_=delivery.c.code),
        "ended": case((is_to_come(delivery), today), else_=delivery.c.ended),
        "person_id": None,
        "address_id": None,
        "body": None,
        "provider_id": None,
        "owner": None,
        "lease": None,
    }


async def cancel(session: Session, address_id: str, why: str, now: datetime) -> None:
    """Cancel every delivery that waits for this address."""
    await session.execute(
        update(delivery)
        .where(addresses.is_for(address_id), waits(delivery))
        .values(state=State.CANCELLED, code=why, body=None, ended=now.date())
    )
