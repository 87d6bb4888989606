"""People vote, straight into the tables."""

from datetime import datetime

from storage import Keyring, Session, ballots
from storage.ballot_codes import new_code
from storage.ballots import Ballot
from tests.storage.rows import NOW, Somebody


async def vote(
    session: Session, keys: Keyring, who: Somebody, round_id: str, filled_in: str, moment: datetime = NOW
) -> bool:
    """Whether it is kept."""
    ballot = Ballot(filled_in, new_code(), moment.isoformat())
    return await ballots.cast(session, keys, who.id, round_id, ballot, moment)


async def vote_of(session: Session, keys: Keyring, who: Somebody, round_id: str) -> str | None:
    ballot = await ballots.ballot_of(session, keys, who.id, round_id)
    return None if ballot is None else ballot.filled_in


async def votes(session: Session, keys: Keyring, round_id: str) -> list[str]:
    return sorted(ballot.filled_in for ballot in await ballots.ballots(session, keys, round_id))
