"""The rounds by which councils use their powers: they open, end as soon as they can, and what came of them holds."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

import council
from handlers import processes, rounds, telling
from handlers.powers import holder
from handlers.processes import OpenProcess
from handlers.rounds import LEAST_TURNOUT
from handlers.writing import contents
from locales import N_, _, to_staff
from storage import Keyring, Session, councils, powers
from storage import rounds as stored_rounds
from storage.powers import Deciding
from storage.rounds import StoredRound, Turnout
from storage.states import Power

NOT_AWAITED = N_("Your vote is not needed any more: what you voted on was changed, called back or decided otherwise.")
LOST = N_("Your council does not decide this any more.")


@dataclass(frozen=True, slots=True)
class Vote:
    """A vote by which a council uses a power, as staff see it."""

    round: str
    closes: date
    turnout: Turnout | None
    """None while people vote: who watches must not see one person vote."""
    is_whole: bool
    """It is over, and nobody closed it before its day while somebody could still vote."""


async def check_able(session: Session, process: OpenProcess, power: Power, now: datetime) -> datetime:
    """Until when the council that holds this power has to vote on what is put to it now; `now` where none does.

    Raises `contents.Unfit` where it could approve nothing: too few sit there for any vote to have a result.
    """
    held = await holder(session, process, power)
    if held is None:
        return now
    if len(await councils.members(session, process.id, held.id)) < LEAST_TURNOUT:
        raise contents.Unfit(
            to_staff(
                "The council that has to approve this has fewer than {number} members, so it can approve nothing: with "
                "fewer votes there is no result.",
                number=LEAST_TURNOUT,
            )
        )
    return now + (held.content.votes_until(now.date()) - now.date())


async def check_unheld(session: Session, process: OpenProcess, power: Power) -> None:
    """Raises `contents.Unfit` where a council decides this: then nobody publishes it alone."""
    if await holder(session, process, power) is not None:
        raise contents.Unfit(
            to_staff(
                "A council decides on this before it leaves. Request it in the console, or take this power from the "
                "council first: its members are told."
            )
        )


async def open_round(
    session: Session, process: OpenProcess, power: Power, round_: contents.Round, now: datetime
) -> str:
    """Put something to the vote of the council that holds this power; gives the round's id. Raises `contents.Unfit`."""
    await check_able(session, process, power, now)
    return await rounds.open_(session, process, round_, now, power)


async def ruling(session: Session, process: OpenProcess, power: Power, round_id: str) -> Sequence[str] | None:
    """What the council adopted, by the values of the options.

    None: nothing holds that came of the round, for the council does not hold this power any more, or somebody closed
    the round before its day.
    """
    found, held = await stored_rounds.get(session, round_id), await holder(session, process, power)
    if found is None or found.result is None or held is None:
        return None
    is_theirs = contents.unpack(found.content, contents.Round).council == held.id
    if not (is_theirs and _is_whole(found, await stored_rounds.turnout(session, round_id))):
        return None
    return contents.unpack(found.result, council.Result).adopted or ()


async def vote(session: Session, round_id: str | None) -> Vote | None:
    """None: there is none."""
    found = None if round_id is None else await stored_rounds.get(session, round_id)
    if found is None:
        return None
    turnout = None if found.closed is None else await stored_rounds.turnout(session, found.id)
    return Vote(found.id, found.closes.date(), turnout, turnout is not None and _is_whole(found, turnout))


def _is_whole(found: StoredRound, turnout: Turnout) -> bool:
    """Who closes a vote early could choose the moment at which it goes their way."""
    return found.closed is not None and (found.closed >= found.closes or turnout.voted >= turnout.voters)


async def to_end(session: Session) -> Sequence[str]:
    """The rounds of all processes that can end before their day: everybody has voted, or nothing waits for them."""
    return [it.round for it in await powers.deciding(session) if it.have_all_voted or await _why(session, it)]


async def end(session: Session, keys: Keyring, round_id: str, now: datetime) -> bool:
    """End such a round; those who could vote are told. False: it is over already, or goes on after all."""
    deciding = await powers.still_deciding(session, round_id)
    if deciding is None:
        return False
    why = await _why(session, deciding)
    if not (deciding.have_all_voted or why):
        return False
    process = await processes.get(session, deciding.process)
    texts = telling.in_every_language(process, lambda _render: _(why)) if why else None
    await rounds.close(session, process, keys, round_id, now, texts)
    return True


async def _why(session: Session, deciding: Deciding) -> str:
    """Why it decides nothing any more; "": it still does."""
    if not deciding.is_awaited:
        return NOT_AWAITED
    process = await processes.get(session, deciding.process)
    held = await holder(session, process, deciding.power)
    is_theirs = held is not None and held.id == contents.unpack(deciding.content, contents.Round).council
    return "" if is_theirs else LOST
