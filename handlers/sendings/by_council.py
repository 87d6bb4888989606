"""What a council approves before it leaves: it is put to its vote, and what came of that is heeded."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime

import flows
from handlers import powers, rulings
from handlers.powers import Holder
from handlers.processes import OpenProcess
from handlers.writing import contents
from storage import Session, sendings
from storage.sendings import StoredSending
from storage.states import Power, SendingState


@dataclass(frozen=True, slots=True)
class ByCouncil:
    """How a council approves what leaves of one kind, where one holds the power."""

    power: Power
    paper: Callable[[OpenProcess, Holder, StoredSending, datetime], contents.Round]
    """What it votes on."""
    words: Callable[[StoredSending], flows.Renditions]
    """What leaves, in words: it is told how this begins when it left in an emergency."""
    check: Callable[[Session, OpenProcess, StoredSending, datetime], Awaitable[None]]
    """Raises `contents.Unfit` where it could not approve this now."""


async def decides(
    session: Session, process: OpenProcess, by: ByCouncil, sending: StoredSending, now: datetime
) -> SendingState:
    """What becomes of it once its hold, or the vote on it, is over: `LEFT` where it may leave.

    Where the council has not voted its round opens here. An emergency goes round the council.
    """
    held = await powers.holder(session, process, by.power)
    if sending.is_emergency or (held is None and sending.round_id is None):
        return SendingState.LEFT
    if sending.round_id is not None:
        adopted = await rulings.ruling(session, process, by.power, sending.round_id)
        if adopted is None:
            return SendingState.VOID
        return SendingState.LEFT if adopted else SendingState.REFUSED
    return SendingState.VOID if held is None else await _put(session, process, by, held, sending, now)


async def _put(
    session: Session, process: OpenProcess, by: ByCouncil, held: Holder, sending: StoredSending, now: datetime
) -> SendingState:
    paper = by.paper(process, held, sending, now)
    try:
        round_id = await rulings.open_round(session, process, by.power, paper, now)
    except contents.Unfit:
        return SendingState.VOID
    await sendings.put_to_council(session, sending.id, round_id)
    return SendingState.WITH_COUNCIL


async def tell(session: Session, process: OpenProcess, by: ByCouncil, sending: StoredSending, now: datetime) -> None:
    """It has left: where that was without its council, in an emergency, the council is told why."""
    held = await powers.holder(session, process, by.power)
    if sending.reason is not None and held is not None:
        await powers.tell_of_emergency(session, process, held, by.words(sending), sending.reason, now)
