"""What rounds decided on matters: written down when one closes, owed a response, told to whoever said or follows it."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

import council
import flows
from handlers import telling
from handlers.processes import OpenProcess
from handlers.telling import Announcement
from handlers.writing import contents, naming
from locales import N_, _, to_staff
from storage import Session, standings
from storage.broadcasts import OUTCOME, Audience, Subject
from storage.standings import StoredStanding, Verdict
from storage.states import ResponseState, Roll

ADOPTED = N_("The council adopted it.")
NOT_ADOPTED = N_("The council did not adopt it.")
PLACED = N_("The council put it in place {place} of {among}.")
TIED = N_("The council put it in place {place} of {among}, together with others.")
ADOPTED_BY_ALL = N_("Those who voted adopted it.")
NOT_ADOPTED_BY_ALL = N_("Those who voted did not adopt it.")
PLACED_BY_ALL = N_("Those who voted put it in place {place} of {among}.")
TIED_BY_ALL = N_("Those who voted put it in place {place} of {among}, together with others.")
DEPARTS = N_("This departs from what was decided by vote.")
TOO_SHORT = 40
"""A reason to depart from a vote has so many characters at least in each language."""


@dataclass(frozen=True, slots=True)
class Standing:
    """What a round decided on a matter, as it is told."""

    round: str
    matter: str
    day: date
    roll: Roll
    among: int
    verdict: Verdict

    def sentence(self) -> str:
        """In the language being spoken."""
        by_council = self.roll is Roll.COUNCIL
        if self.verdict.adopted:
            return _(ADOPTED if by_council else ADOPTED_BY_ALL)
        if self.verdict.adopted is False:
            return _(NOT_ADOPTED if by_council else NOT_ADOPTED_BY_ALL)
        tied, placed = (TIED, PLACED) if by_council else (TIED_BY_ALL, PLACED_BY_ALL)
        return _(tied if self.verdict.tied else placed, place=self.verdict.place, among=self.among)


async def of(session: Session, process_id: str, matter_ids: Collection[str]) -> Sequence[Standing]:
    """What was decided on these matters so far, the first first. One statement."""
    return [_read(stored) for stored in await standings.of(session, process_id, matter_ids)]


def _read(stored: StoredStanding) -> Standing:
    roll = contents.unpack(stored.content, contents.Round).roll
    return Standing(stored.round, stored.matter, stored.closed.date(), roll, stored.among, stored.verdict)


async def settle(
    session: Session,
    process: OpenProcess,
    round_id: str,
    round_: contents.Round,
    result: council.Result,
    texts: flows.Renditions,
    now: datetime,
) -> None:
    """A round has closed: keep what it decided on each matter, and tell whoever said or follows one, but not the roll.

    `texts`: what they are told. A round without a result has decided nothing.
    """
    about = {option.value: option.matter for option in round_.matters if option.matter}
    if not (about and result.order):
        return
    found = verdicts(result)
    await standings.settle(session, round_id, {option: found[option] for option in about})
    if round_.answer_by is not None:
        await standings.owe(session, process.id, tuple(about.values()), round_.answer_by)
    audience = Audience(about=tuple(about.values()), beside_roll=round_id)
    await telling.tell_back(session, process, Announcement(Subject(OUTCOME, f"{round_id}.more"), texts, audience), now)


def verdicts(result: council.Result) -> Mapping[str, Verdict]:
    """What became of each option, by its value."""
    found, place = {}, 1
    for together in result.order:
        for option in together:
            tied = len(together) > 1 if result.elected is None else option in result.tied
            found[option] = Verdict(place, tied, _adopted(result, option))
        place += len(together)
    return found


def _adopted(result: council.Result, option: str) -> bool | None:
    """None: the rule only puts in order, or how a tie is broken decides it."""
    if result.adopted is not None:
        return option in result.adopted
    if result.elected is None or option in result.tied:
        return None
    return option in result.elected


async def departs(session: Session, process: OpenProcess, response: contents.Response) -> bool:
    """Whether a response says the opposite of what the newest round on one of its matters decided."""
    newest = {standing.matter: standing for standing in await of(session, process.id, response.matters)}
    return any(_departs(standing.verdict, response.state) for standing in newest.values())


def _departs(verdict: Verdict, state: str) -> bool:
    if verdict.adopted is None:
        return False
    if verdict.adopted:
        return state in (ResponseState.NOT_TAKEN_UP, ResponseState.TAKEN_UP_IN_PART)
    return state in (ResponseState.TAKEN_UP, ResponseState.TAKEN_UP_IN_PART)


def check_reason(process: OpenProcess, response: contents.Response) -> None:
    """Who departs from a vote says why, at some length, in every language of the process, and who decided it.

    Raises `contents.Unfit`.
    """
    missing = [code for code in process.content.languages if len(response.reason.get(code, "").strip()) < TOO_SHORT]
    if missing:
        raise contents.Unfit(
            to_staff(
                "This departs from what was decided by vote, so everybody has to be able to read why: write the reason "
                "in at least {number} characters in {languages}.",
                number=TOO_SHORT,
                languages=naming.languages(missing),
            )
        )
    if not response.decided_by:
        raise contents.Unfit(
            to_staff("This departs from what was decided by vote, so say who decided it: decided by is empty.")
        )
