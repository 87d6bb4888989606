"""What the platform's answer to a send makes of the delivery, and of its person's address."""

from dataclasses import dataclass
from datetime import datetime

from channels.messages import Accepted, Later, NotSent, Shut, Stopped, Unknown
from channels.verdicts import OUT_OF_ORDER, Act
from outcomes import addresses, pauses
from storage.broadcasts import Way
from storage.codes import Code
from storage.outbox.claims import Claimed
from storage.outbox.deliveries import LONGEST_SILENCE, Outcome
from storage.states import State


@dataclass(frozen=True, slots=True)
class Where:
    """What has to be known of the sender that was answered. `elsewhere`: those of the other kinds that run here."""

    elsewhere: tuple[str, ...] = ()
    remembers: bool = False
    """It can be asked later what became of a message."""
    reports: bool = False
    """It says later what became of a message."""


def sent(claimed: Claimed, accepted: Accepted, where: Where) -> Outcome:
    """Where the platform reports, a reply keeps its words: they may have to leave again."""
    keeps = where.reports and claimed.broadcast is None
    return Outcome(claimed.id, State.SENT, accepted.provider_id, accepted.segments, keeps=keeps)


def refused(claimed: Claimed, refusal: NotSent, where: Where, now: datetime) -> Outcome:
    """The delivery after a refusal; what it says of the address is told with it."""
    match refusal:
        case Stopped():
            return again(claimed, now + OUT_OF_ORDER, refusal.code)
        case Later(everyone=True):
            # The platform is away, not this message refused: however long that takes, it is kept.
            return again(claimed, now + refusal.after, refusal.code)
        case Later():
            return _later(claimed, refusal, where, now)
        case Shut():
            return _shut(claimed, refusal, where, now)
        case Unknown():
            return Outcome(
                claimed.id, State.UNKNOWN, code=refusal.code, attempts=claimed.attempts, keeps=where.remembers
            )
        case _:
            return _failed(claimed, refusal, where)


def again(claimed: Claimed, due: datetime, code: str, attempts: int | None = None) -> Outcome:
    """It waits once more; this was no attempt unless `attempts` says so."""
    tried = claimed.attempts if attempts is None else attempts
    return Outcome(claimed.id, State.QUEUED, due=due, code=code, attempts=tried)


def _later(claimed: Claimed, refusal: Later, where: Where, now: datetime) -> Outcome:
    tried = claimed.attempts + 1
    if tried >= refusal.verdict.tries:
        return _failed(claimed, refusal, where, tried)
    return again(claimed, pauses.at_once(tried, refusal.after, now), refusal.code, tried)


def _failed(claimed: Claimed, refusal: NotSent, where: Where, attempts: int = 0) -> Outcome:
    verdict = refusal.verdict
    # For a lost address other deliveries may wait too, and each broadcast says by itself whether its own go elsewhere.
    asks_elsewhere = verdict.elsewhere and (claimed.elsewhere or verdict.reach is not None)
    return Outcome(
        claimed.id,
        State.EXPIRED if verdict.act is Act.EXPIRE else State.FAILED,
        code=refusal.code,
        attempts=attempts or claimed.attempts,
        change=addresses.learned(claimed.address, verdict, elsewhere=where.elsewhere if asks_elsewhere else ()),
        halts=claimed.broadcast if verdict.halts else None,
    )


def _shut(claimed: Claimed, refusal: NotSent, where: Where, now: datetime) -> Outcome:
    """As the broadcast says, in its order: as a template, on another channel, when the person writes. A reply waits."""
    ways = claimed.outside if claimed.broadcast else (Way.WAIT,)
    left = [way for way in ways if way is not Way.TEMPLATE or _was_free_text(claimed, refusal)]
    here = next((way for way in left if way is not Way.ELSEWHERE), None)
    before = left[: left.index(here)] if here else left
    elsewhere = where.elsewhere if Way.ELSEWHERE in before else ()
    change = addresses.learned(claimed.address, refusal.verdict, shut=claimed.began, elsewhere=elsewhere)
    if here is None:
        return Outcome(claimed.id, State.FAILED, code=refusal.code, attempts=claimed.attempts, change=change)
    due = now if here is Way.TEMPLATE else claimed.not_after or now + LONGEST_SILENCE
    return Outcome(claimed.id, State.QUEUED, due=due, code=Code.SHUT, attempts=claimed.attempts, change=change)


def _was_free_text(claimed: Claimed, refusal: NotSent) -> bool:
    """The platform refused it, and until then we took the person for one who had written: no template was tried."""
    return refusal.code != Code.SHUT and (claimed.shut is None or claimed.spoke > claimed.shut)
