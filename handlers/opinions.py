"""What people say of statements, and the statements that they propose."""

import flows
from flows.opine import Opined, Proposed, Reconsidered
from handlers.talk import asking
from handlers.talk.boards import Sounding
from handlers.talk.visits import Visit
from locales import N_, _
from storage import Keyring, Session, opinions, proposals
from storage.opinions import Held
from storage.proposals import NewProposal
from storage.states import Opinion

GONE = N_("This statement is not there any more.")
IS_OVER = N_("Nobody can answer these statements any more.")
THANKS = N_("Thank you. The organizers will read it, and we will tell you here what became of it.")
IS_THERE = N_("This statement is there already.")
WAITS = N_("We have this from you already. It waits to be read.")


async def opine(session: Session, _keys: Keyring, visit: Visit, effect: Opined) -> None:
    """Keep what this person says of a statement. What is not asked any more is said so, and not kept."""
    board = _open(visit, effect.sounding)
    visit.opined = True
    if board is None:
        return
    shown = next((its for its in board.statements if its.id == effect.statement and its.is_shown), None)
    if shown is None:
        visit.texts.append(_(GONE))
        return
    minute = int(visit.now.timestamp() // 60)
    mine = await asking.held(session, visit, board)
    visit.mine = mine.with_(Held(shown.number, Opinion(effect.opinion), minute))
    opinions.put(visit.writes, visit.key, visit.board.process, board.id, visit.mine)


async def look_back(_session: Session, _keys: Keyring, visit: Visit, effect: Reconsidered) -> None:
    """The talk that begins next shows what they said so many answers ago."""
    visit.back = effect.back


async def propose(session: Session, _keys: Keyring, visit: Visit, effect: Proposed) -> None:
    """Keep a statement that this person proposes, sealed, until it is decided on; none that is there already."""
    board = _open(visit, effect.sounding)
    if board is None:
        return
    visit.opined = True
    words = " ".join(effect.words.split())
    folded = flows.fold(words)
    if any(flows.fold(text) == folded for texts in board.texts.values() for text in texts.values()):
        visit.texts.append(_(IS_THERE))
        return
    own = await proposals.of_person(session, visit.board.process, board.id, visit.key)
    if any(flows.fold(waiting) == folded for waiting in own.waiting):
        visit.texts.append(_(WAITS))
        return
    new = NewProposal(
        id=effect.name,
        process_id=visit.board.process,
        sounding_id=board.id,
        address_id=visit.address,
        language=visit.language,
        words=words,
        proposed=visit.now.date(),
    )
    proposals.add(visit.writes, visit.key, new)
    visit.proposed = True
    visit.texts.append(_(THANKS))


def _open(visit: Visit, sounding: str) -> Sounding | None:
    """The sounding that they answer, while it is open; else it is said that it is not."""
    board = visit.board.sounding
    if board is None or board.id != sounding or visit.is_over:
        visit.texts.append(_(IS_OVER))
        return None
    return board
