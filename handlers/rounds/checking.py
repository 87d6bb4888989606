"""After a vote whoever could vote checks that they were counted, and that the list of who voted is right."""

from exports import votes
from flows.myvote import CodeSent, Disputed
from handlers.talk.visits import Visit
from locales import N_, _
from storage import Keyring, Session, rounds

INCLUDED = N_("The vote with this code was counted.")
NOT_INCLUDED = N_("No vote with this code was counted. Look at the code again, or write to the organizers.")


async def dispute(session: Session, _keys: Keyring, visit: Visit, effect: Disputed) -> None:
    """Keep, once, that this person finds the list wrong: it is counted, and nobody sees whose it was."""
    await rounds.dispute(session, effect.round, visit.person)


async def look_up(session: Session, _keys: Keyring, visit: Visit, effect: CodeSent) -> None:
    """Say whether a code is in the file of a vote: never of what ballot it was."""
    text = await rounds.published(session, effect.round)
    is_included = text is not None and votes.includes(text, effect.code)
    visit.texts.append(_(INCLUDED if is_included else NOT_INCLUDED))
