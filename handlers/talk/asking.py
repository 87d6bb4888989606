"""Which statement somebody is asked about next."""

from datetime import date

import flows
from council.opinions import Candidate, choose
from handlers.talk.boards import Sounding
from handlers.talk.visits import Visit
from storage import Session, opinions, proposals
from storage.opinions import Mine

MOST_WAITING = 5
"""So many of one person's statements may wait for a decision."""
THOUSAND = 1000
UNSAID = flows.Promise({}, {}, {}, "", date.min)
"""In place of what was said when they began: what is kept with a talk stays small."""


async def sounding(session: Session, visit: Visit) -> flows.OpenSounding | None:
    """The open one, with the next statement for this person, or with what they said before. Two statements of SQL."""
    board = visit.board.sounding
    if board is None or visit.is_over:
        return None
    mine = await held(session, visit, board)
    own = await proposals.of_person(session, visit.board.process, board.id, visit.key)
    raised = {board.standing_for[its.number] for its in board.statements if its.id in own.statements}
    theirs = [its for its in board.statements if its.is_shown and its.id not in raised]
    answered = {board.standing_for.get(opinion.number) for opinion in mine.held}
    left = [Candidate(it.id, it.agrees, it.disagrees, it.passes, it.extremity / THOUSAND) for it in theirs
            if it.id not in answered]  # fmt: skip
    goes_on = visit.opined or visit.back > 0 or visit.proposed
    return flows.OpenSounding(
        id=board.id,
        title={} if goes_on else board.content.title,
        promise=UNSAID if goes_on else board.content.promise,
        number=len(theirs),
        left=len(left),
        statement=_earlier(visit, board, mine) if visit.back else _next(visit, board, left),
        goes_on=goes_on,
        can_propose=len(own.waiting) + visit.proposed < MOST_WAITING,
    )


async def held(session: Session, visit: Visit, board: Sounding) -> Mine:
    """What this person says, with what they have just said: that is written when the turn ends."""
    if visit.mine is None:
        visit.mine = await opinions.of_person(session, visit.board.process, board.id, visit.key)
    return visit.mine


def _next(visit: Visit, board: Sounding, left: list[Candidate]) -> flows.ShownStatement | None:
    """One that they can read in their language, as long as there is any. Asked again, they see the same."""
    readable = [candidate for candidate in left if board.texts[candidate.id].get(visit.language)]
    drawn = choose(readable or left, f"{visit.person} {board.id} {len(left)}")
    return None if drawn is None else flows.ShownStatement(drawn.id, _text(visit, board, drawn.id))


def _earlier(visit: Visit, board: Sounding, mine: Mine) -> flows.ShownStatement | None:
    """The opinion of so many answers ago, the first where there were fewer; of what nobody is shown any more, none."""
    shown = {its.number: its.id for its in board.statements if its.is_shown}
    held = [opinion for opinion in mine.held if opinion.number in shown]
    if not held:
        return None
    back = min(visit.back, len(held))
    found = held[-back]
    name = shown[found.number]
    return flows.ShownStatement(name, _text(visit, board, name), found.opinion, back)


def _text(visit: Visit, board: Sounding, name: str) -> flows.Renditions:
    """In one language alone: what is kept with a talk stays small."""
    found = flows.rendition(board.texts[name], visit.language, visit.board.content.languages)
    return {found.language: found.text}
