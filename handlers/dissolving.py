"""A council is dissolved: its members are told, and nobody sits on it or stands for it any more."""

from datetime import datetime

import msgspec

from council.lots import Cannot
from handlers import councils, member_calls, members, processes, telling
from handlers.councils import OpenCouncil
from handlers.processes import OpenProcess
from handlers.telling import Announcement
from handlers.writing import contents
from locales import N_, _, to_staff
from storage import Session, candidates, draws, invitations, rounds, seats
from storage import councils as stored_councils
from storage import member_calls as stored_calls
from storage.broadcasts import Audience, Stood, Subject
from storage.states import CandidateState, Roll, TermEnd

DISSOLVED = N_(
    "This council has been dissolved: {name}. Your seat on it has ended. Thank you for your time there. You can still "
    "take part in everything else."
)
IN_VAIN = N_(
    "This council has been dissolved, so nobody gets a seat on it any more: {name}. What you told us about yourself "
    "for it is erased. Thank you for putting yourself forward."
)
WAIT = (CandidateState.STANDING, CandidateState.OFFERED, CandidateState.SUBSTITUTE)
"""Candidates who reckon with a seat."""


async def dissolve(session: Session, process: OpenProcess, council_id: str, now: datetime) -> int:
    """End all seats and terms of a council, its calls, codes and draws, and tell whom it concerns; gives how many.

    Raises `contents.Unfit`: also while a vote of it is open, which would lose its voters.
    """
    processes.check_open(process)
    await processes.touch(session, process)
    # In the order in which those who take a seat do: their own row, the call that they answered, the council.
    sitting = await seats.holders(session, process.id, council_id)
    for call in await stored_calls.of_council(session, process.id, council_id):
        await stored_calls.get(session, process.id, call.id, lock=True)
    council = await councils.get(session, process, council_id, lock=True)
    await _check_no_vote(session, process, council_id)
    if set(await councils.members_of(session, process, council_id)) != set(sitting):
        raise contents.Unfit(to_staff("Somebody took a seat or left one at this moment. Look at the council again."))
    number = await _tell(session, process, council, now)
    for who in sitting:
        await members.unseat(session, process.id, who, council_id, TermEnd.DISSOLVED, now)
    await seats.abolish_all(session, process.id, council_id, now.date())
    await invitations.revoke_of_council(session, process.id, council_id)
    await _end_calls(session, process, council_id, now)
    await stored_councils.dissolve(session, process.id, council_id, now)
    return number


async def _check_no_vote(session: Session, process: OpenProcess, council_id: str) -> None:
    for open_round in await rounds.still_open(session, process.id, Roll.COUNCIL):
        if contents.unpack(open_round.content, contents.Round).council in ("", council_id):
            raise contents.Unfit(to_staff("A vote in which its members can vote is open. Close it first."))


async def _tell(session: Session, process: OpenProcess, council: OpenCouncil, now: datetime) -> int:
    """Before anything ends: then nobody could say any more who sat and stood there."""
    sat = Announcement(Subject("seat", council.id), _said(process, council, DISSOLVED), Audience(council=council.id))
    number = await telling.tell_now(session, process, sat, now)
    for call in await member_calls.of_council(session, process, council.id):
        for state in WAIT:
            audience = Audience(candidates=Stood(call.id, state))
            stood = Announcement(Subject("candidate", call.id), _said(process, council, IN_VAIN), audience)
            number += await telling.tell_now(session, process, stood, now)
    return number


def _said(process: OpenProcess, council: OpenCouncil, text: str) -> dict[str, str]:
    return dict(telling.in_every_language(process, lambda render: _(text, name=render(council.content.name))))


async def _end_calls(session: Session, process: OpenProcess, council_id: str, now: datetime) -> None:
    cannot = msgspec.json.encode(Cannot("dissolved")).decode()
    await draws.fail_all(session, process.id, council_id, cannot)
    for call in await stored_calls.of_council(session, process.id, council_id):
        if await stored_calls.close(session, process.id, call.id, now):
            await member_calls.stop_telling(session, process, call.id)
    await candidates.forget_of_council(session, process.id, council_id)
