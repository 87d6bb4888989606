"""A member votes, and reads what is voted on."""

import flows
from flows.myvote import CODE
from flows.vote import ReadUp
from handlers.talk import passages
from handlers.talk.visits import BALLOT_ROOM, Visit
from handlers.writing import contents
from locales import N_, _
from storage import Keyring, Session, ballots, rounds, standings
from storage.ballot_codes import new_code
from storage.ballots import Ballot
from storage.broadcasts import ROUND, VOTE, Subject
from storage.outbox import deliveries

CLOSED = N_("This vote has closed. What you chose before it closed counts.")
VOTED = "voted"
"""The code of what called somebody to a vote who had voted by then."""
NO_SEAT = N_("You do not sit on the council any more, so we did not count this vote.")


async def cast(session: Session, keys: Keyring, visit: Visit, effect: flows.Voted) -> None:
    """Keep the person's ballot; too late, say so instead of what the conversation was about to say."""
    visit.room = BALLOT_ROOM
    filled_in = Ballot(effect.ballot, new_code(), visit.now.isoformat())
    if await ballots.cast(session, keys, visit.person, effect.round, filled_in, visit.now):
        visit.told_ballots.add(effect.round)
        visit.texts.append(_(CODE, code=filled_in.code, word=flows.to_send("myvote")))
        about = [Subject(ROUND, effect.round), Subject(VOTE, effect.round)]
        await deliveries.cancel_about(session, visit.board.process, visit.person, about, VOTED, visit.now)
        return
    may_vote = await rounds.is_on_roll(session, visit.person, effect.round)
    visit.texts[:] = [_(CLOSED if may_vote else NO_SEAT)]


async def explain(session: Session, _keys: Keyring, visit: Visit, effect: ReadUp) -> None:
    """Say what stands behind an option. It is long, so it is kept with the round and not with the talk."""
    visit.room = BALLOT_ROOM
    found = await rounds.get(session, effect.round)
    matters = () if found is None else contents.unpack(found.content, contents.Round).matters
    for matter in matters:
        if matter.value == effect.matter and matter.about:
            about = flows.rendition(matter.about, visit.language, visit.board.content.languages)
            visit.texts.append(flows.with_notice(about, visit.language))
        if matter.value == effect.matter and matter.part:
            await _read_part(session, visit, effect)


async def _read_part(session: Session, visit: Visit, effect: ReadUp) -> None:
    """A piece of a part of a text, in the words that it had when the round opened."""
    part = (await standings.parts(session, effect.round)).get(effect.matter)
    pieces = () if part is None else passages.cut(visit, contents.unpack(part.words, dict[str, str]))
    visit.texts.append(pieces[effect.piece] if effect.piece < len(pieces) else _("This is no longer there."))
