"""Whether a person is answered, and the one reply that leaves with all that was said to them."""

from msgspec.structs import replace

import flows
from channels import Channel
from channels.messages import Message
from handlers.talk import replies
from handlers.talk.patience import URGENT, Hearing, Newcomers, Why
from handlers.talk.visits import BALLOT_ROOM, Visit
from storage import unlinking
from storage.outbox.replies import Reply, queue

ANSWERED_BY_THEM = ("stop", "help")
"""What a platform may have answered by itself. After START we go on, whatever it has said."""


def answer(visit: Visit, hearing: Hearing, channel: Channel, newcomers: Newcomers) -> Why | None:
    """Queue what was said in this visit as one reply; gives why the person is not answered."""
    heard = visit.standing.heard.then(hearing)
    unanswered, parts = None, 0
    if visit.says_something and not _is_answered(visit.message, channel):
        unanswered = heard.refuses(hearing, channel.limits) or _crowded_out(visit, hearing, channel, newcomers)
        if unanswered is None:
            visit.standing = visit.standing.asking(str(visit.turn), visit.question)
            parts = _reply(visit, channel)
    if not parts and (hearing.moved or not heard.greeted):
        visit.standing = visit.standing.unsent(str(visit.turn), visit.question)
    if not parts and not heard.greeted:
        # Nobody agrees to what they have not read: with their next message everything begins.
        visit.standing = visit.standing.with_talks(())
    if unanswered is None:
        heard = heard.answered(hearing, parts, channel.limits)
    if parts and visit.warning:
        heard = heard.warned_at(visit.now)
    visit.standing = replace(visit.standing, heard=heard)
    return unanswered


def _is_answered(message: Message, channel: Channel) -> bool:
    return message.answered and flows.flow_for(message, channel.reserved_words) in ANSWERED_BY_THEM


def _crowded_out(visit: Visit, hearing: Hearing, channel: Channel, newcomers: Newcomers) -> Why | None:
    if visit.standing.heard.greeted:
        return None
    may_come = newcomers.may_come(visit.message.channel, hearing.flow in URGENT, visit.now, channel.limits)
    return None if may_come else Why.NEWCOMERS


def _reply(visit: Visit, channel: Channel) -> int:
    """Gives the number of messages that it takes."""
    parts = channel.parts(visit.reply())
    visit.replied = replies.waits_since(visit.replied, visit.now)
    reply = Reply(
        address=visit.address,
        channel=visit.message.channel,
        turn=visit.turn,
        parts=[part.packed() for part in parts],
        due=visit.now,
        since=visit.replied,
        not_after=visit.now + replies.MAKES_SENSE,
        despite_stop=visit.stopped,
        room=BALLOT_ROOM if visit.standing.votes else visit.room,
    )
    for delivery in queue(visit.writes, visit.key, reply):
        for round_id in visit.told_ballots | visit.standing.votes_in:
            unlinking.will_read_back(visit.writes, delivery, round_id)
    return len(parts)
