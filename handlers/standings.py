"""What rounds decided on matters and parts of texts: written down when one closes, owed, told to whom it concerns."""

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
CHOSEN = N_("The council chose it.")
NOT_CHOSEN = N_("The council did not choose it.")
UNDECIDED = N_("The council did not decide between it and others.")
CHOSEN_BY_ALL = N_("Those who voted chose it.")
NOT_CHOSEN_BY_ALL = N_("Those who voted did not choose it.")
UNDECIDED_BY_ALL = N_("Those who voted did not decide between it and others.")
DEPARTS = N_("This departs from what was decided by vote.")
TOO_SHORT = 40
"""A reason to depart from a vote has so many characters at least in each language."""


@dataclass(frozen=True, slots=True)
class Standing:
    """What a round decided on a matter, or on a part of a text, as it is told."""

    round: str
    about: str
    """The id of the matter, or of the part."""
    edition: int | None
    """Of the part, which was voted on; None: it is a matter."""
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
        if self.verdict.chosen is not None:
            return self._choice(by_council=by_council)
        tied, placed = (TIED, PLACED) if by_council else (TIED_BY_ALL, PLACED_BY_ALL)
        return _(tied if self.verdict.tied else placed, place=self.verdict.place, among=self.among)

    def _choice(self, *, by_council: bool) -> str:
        if self.verdict.chosen:
            return _(CHOSEN if by_council else CHOSEN_BY_ALL)
        if self.verdict.tied:
            return _(UNDECIDED if by_council else UNDECIDED_BY_ALL)
        return _(NOT_CHOSEN if by_council else NOT_CHOSEN_BY_ALL)


async def of(session: Session, process_id: str, matter_ids: Collection[str]) -> Sequence[Standing]:
    """What was decided on these matters so far, the first first. One statement."""
    return [_read(stored) for stored in await standings.of(session, process_id, matter_ids)]


async def of_parts(session: Session, process_id: str, part_ids: Collection[str]) -> Sequence[Standing]:
    """What rounds of the process decided on these parts of texts so far, the first first. One statement."""
    return [_read(stored) for stored in await standings.of_parts(session, process_id, part_ids)]


def _read(stored: StoredStanding) -> Standing:
    roll = contents.unpack(stored.content, contents.Round).roll
    day = stored.closed.date()
    return Standing(stored.round, stored.about, stored.edition, day, roll, stored.among, stored.verdict)


async def settle(
    session: Session,
    process: OpenProcess,
    round_id: str,
    round_: contents.Round,
    result: council.Result,
    texts: flows.Renditions,
    now: datetime,
) -> None:
    """A round has closed: keep what it decided on each matter and part of a text.

    Whoever said or follows one of the matters is told, but not the roll. `texts`: what they are told. A round without a
    result has decided nothing.
    """
    kept = [option for option in round_.matters if option.matter or option.part]
    if not (kept and result.order):
        return
    found = verdicts(result)
    await standings.settle(session, round_id, {option.value: found[option.value] for option in kept})
    about = tuple(option.matter for option in kept if option.matter)
    if not about:
        return
    if round_.answer_by is not None:
        await standings.owe(session, process.id, about, round_.answer_by)
    audience = Audience(about=about, beside_roll=round_id)
    await telling.tell_back(session, process, Announcement(Subject(OUTCOME, f"{round_id}.more"), texts, audience), now)


def verdicts(result: council.Result) -> Mapping[str, Verdict]:
    """What became of each option, by its value."""
    found, place = {}, 1
    for together in result.order:
        for option in together:
            found[option] = _verdict(result, option, place, tied=len(together) > 1)
        place += len(together)
    return found


def _verdict(result: council.Result, option: str, place: int, *, tied: bool) -> Verdict:
    """Who are chosen together are not tied: nobody knows an order of theirs."""
    if result.elected is not None:
        return Verdict(place, option in result.tied, None, option in result.elected)
    return Verdict(place, tied, None if result.adopted is None else option in result.adopted)


async def departs(session: Session, process: OpenProcess, response: contents.Response) -> bool:
    """Whether a response says the opposite of what the newest round on one of its matters decided."""
    newest = {standing.about: standing for standing in await of(session, process.id, response.matters)}
    return any(_departs(standing.verdict, response.state) for standing in newest.values())


def _departs(verdict: Verdict, state: str) -> bool:
    is_wanted = _is_wanted(verdict)
    if is_wanted is None:
        return False
    if is_wanted:
        return state in (ResponseState.NOT_TAKEN_UP, ResponseState.TAKEN_UP_IN_PART)
    return state in (ResponseState.TAKEN_UP, ResponseState.TAKEN_UP_IN_PART)


def _is_wanted(verdict: Verdict) -> bool | None:
    """Whether it was adopted, or chosen; None: the rule only puts in order, or a tie leaves it open."""
    if verdict.chosen is None:
        return verdict.adopted
    return None if verdict.tied else verdict.chosen


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
