"""The file of a vote that has closed, by which anybody can count it again."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import council
from exports import votes
from handlers.processes import OpenProcess
from handlers.writing import contents
from locales import to_staff
from storage import Session, rounds
from storage.ballots import Ballot
from storage.rounds import StoredRound, Turnout


@dataclass(frozen=True, slots=True)
class PublishedVote:
    """The file of one vote."""

    name: str
    """What it may be called where it is saved."""
    text: str

    @property
    def sha256(self) -> str:
        return votes.digest(self.text)


def compose(found: StoredRound, cast: Sequence[Ballot], result: council.Result, turnout: Turnout, now: datetime) -> str:
    """The file, from the ballots while they are there."""
    round_ = contents.unpack(found.content, contents.Round)
    rule = council.every_rule()[round_.rule]
    filled_in = [rule.unpacked(ballot.filled_in) for ballot in cast]
    vote = votes.ClosedVote(
        id=found.id,
        title=round_.title,
        options={matter.value: matter.label for matter in round_.matters},
        funds=votes.Funds(round_.budget, round_.currency, round_.terms.costs) if round_.budget else None,
        rule=round_.rule,
        closed=now.date(),
        roll=votes.Roll(turnout.voters, turnout.voted),
        codes=[ballot.code for ballot in cast],
        ballots=[ballot for ballot in filled_in if ballot is not None],
        against=result.against,
        elected=result.elected,
        quorum=round_.quorum if result.quorum_met is not None else 0,
        counts=result.counts,
        order=result.order,
        adopted=result.adopted,
        parts=result.parts,
        deciding=result.deciding,
    )
    return votes.published(vote)


async def published(session: Session, process: OpenProcess, round_id: str) -> PublishedVote:
    """The file of a vote of the process that has closed. Raises `contents.Unfit`."""
    found = await rounds.get(session, round_id)
    text = None if found is None or found.process != process.id else await rounds.published(session, round_id)
    if text is None:
        raise contents.Unfit(to_staff("No vote that has closed, and has a file, has this id."))
    return PublishedVote(file_name(round_id), text)


def file_name(round_id: str) -> str:
    """What the file of a vote may be called where it is saved."""
    return f"vote-{round_id[:8]}.json"


def script() -> bytes:
    """The program `tally.py`, by which anybody counts such a file again."""
    return votes.script()
