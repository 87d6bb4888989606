"""What people follow and support of what others raised."""

from flows.others import Browsed, Followed, Unfollowed
from handlers.talk.visits import Visit
from storage import Keyring, Session, follows


async def browse(_session: Session, _keys: Keyring, visit: Visit, effect: Browsed) -> None:
    """The talk that begins next shows the matters of this topic."""
    visit.topic = effect.topic


async def follow(_session: Session, _keys: Keyring, visit: Visit, effect: Followed) -> None:
    """Tell this person, in this chat, what becomes of a matter; count them or not with those who want it."""
    today = visit.now.date()
    follows.put(visit.writes, effect.matter, visit.person, visit.address, today, supports=effect.supports)


async def unfollow(session: Session, _keys: Keyring, visit: Visit, effect: Unfollowed) -> None:
    """Tell this person nothing more of a matter, unless they said it themselves."""
    await follows.drop(session, effect.matter, visit.person)
