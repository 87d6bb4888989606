"""What a member can look at of their own votes."""

from datetime import timedelta

import flows
from handlers.talk.visits import BALLOT_ROOM, Visit
from handlers.writing import contents, sums
from storage import Keyring, Session, ballots, rounds

CHECKED_FOR = timedelta(days=90)
"""How long after the end of a vote somebody can say that the list is wrong, or look a code up."""
MOST_PAST = 3


async def own_ballots(session: Session, keys: Keyring, visit: Visit) -> tuple[flows.OwnBallot, ...]:
    """What this person chose in each round that is open."""
    facing = await rounds.facing(session, visit.board.process, visit.person, visit.now)
    visit.room = BALLOT_ROOM * max(len(facing), 1)
    own = []
    for round_ in sorted(facing, key=lambda round_: (round_.closes, round_.round)):
        ballot = await ballots.ballot_of(session, keys, visit.person, round_.round) if round_.voted else None
        if ballot is not None:
            visit.told_ballots.add(round_.round)
            content = contents.unpack(round_.content, contents.Round)
            opened = flows.OpenRound(
                id=round_.round,
                title=content.title,
                matters=sums.options(content),
                closes=round_.closes.date(),
                voted=True,
                rule=content.rule,
                ballot=ballot.filled_in,
            )
            own.append(flows.OwnBallot(opened, ballot.code))
    return tuple(own)


async def past_rounds(session: Session, visit: Visit) -> tuple[flows.PastRound, ...]:
    """The newest rounds that are over and have a file, with this person on their roll."""
    since = visit.now - CHECKED_FOR
    return tuple(
        flows.PastRound(past.round, contents.unpack(past.content, contents.Round).title, past.voted)
        for past in await rounds.past(session, visit.board.process, visit.person, since, MOST_PAST)
    )
