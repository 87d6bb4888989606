"""A person writes: seen before? who is it? what does it mean? what is said?"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from msgspec.structs import replace

import flows
from channels import Channel
from channels.messages import Kind, Message
from channels.verdicts import Reach
from handlers import contributions, people, rounds
from handlers.talk import replies
from handlers.talk.boards import Boards
from handlers.talk.facts import complete
from handlers.talk.patience import URGENT, Hearing, Newcomers, Why
from handlers.talk.talking import (
    CHANGED,
    RECOGNISE,
    Again,
    Back,
    Excuse,
    Go,
    Open,
    Standing,
    Talk,
    decide,
    lost,
    unpacked,
    writes_nothing,
)
from handlers.talk.visits import Visit, begin, keep
from locales import _, speaking
from storage import Keyring, Session, addresses, events, turns
from storage.outbox import unknowns
from storage.outbox.replies import Reply, queue
from storage.outbox.unknowns import Answered
from storage.together import Writes, write

Happen = Callable[[Session, Keyring, Visit, Any], Awaitable[None]]

EFFECTS: Mapping[type[flows.Effect], Happen] = {
    flows.Spoke: people.speak,
    flows.Consented: people.consent,
    flows.Declined: people.forget,
    flows.Moved: people.move,
    flows.Left: people.leave,
    flows.Returned: people.come_back,
    flows.Forgotten: people.forget,
    flows.Recognised: people.recognise,
    flows.PassedOn: people.pass_on,
    flows.Shared: contributions.give,
    flows.Answered: contributions.answer,
    flows.Voted: rounds.cast,
}

RECOGNISED_WITHIN = timedelta(days=30)
"""How long it can be answered who somebody is; then it is asked again, for the number may have gone on once more."""

ANSWERED_BY_THEM = ("stop", "help")
"""What a platform may have answered by itself. After START we go on, whatever it has said."""


@dataclass(frozen=True, slots=True)
class Ears:
    """What hearing needs, whoever writes."""

    keys: Keyring
    channels: Mapping[str, Channel]
    boards: Boards
    newcomers: Newcomers = field(default_factory=Newcomers)


@dataclass(frozen=True, slots=True)
class Unanswered:
    """A message that was kept and not answered."""

    channel: str
    why: Why


async def hear(session: Session, ears: Ears, messages: Sequence[Message], now: datetime) -> list[Unanswered]:
    """Take what many people wrote, at most one message each, in one reading and one writing.

    Gives what was kept and is not answered, because a machine writes, or more than we can answer.
    A message that was taken before changes nothing. Raises `NoProcess`, and `Conflict` when somebody else
    took the same thing at the same instant: the whole transaction has to be taken again.
    """
    asked = [(events.name(ears.keys, m.channel, m.event), ears.keys.index(m.channel, m.sender)) for m in messages]
    found = await turns.find(session, ears.keys, asked, now)
    writes, answered = Writes(), list[Answered]()
    unanswered: list[Unanswered] = []
    for message, (name, index), what in zip(messages, asked, found, strict=True):
        if what.seen:
            continue
        events.remember(writes, name, now.date())
        if writes_nothing(message):
            _reached(writes, message, what.known)
        elif not _is_afterthought(message, what.known):
            board = await ears.boards.at(session, what.edition, now)
            recycled = ears.channels[message.channel].recycled
            visit = begin(ears.keys, message, index, board, what.known, writes, now, recycled)
            await _take(session, ears, visit)
            if what.known is not None and what.known.unsure:
                answered += _answered(visit, what.known)
            if visit.unanswered is not None:
                unanswered.append(Unanswered(message.channel, visit.unanswered))
    await write(session, writes)
    if answered:
        await unknowns.arrived(session, answered, now)
    if heard_again := [what.known.address for what in found if what.known is not None and what.known.shut]:
        await addresses.reopen(session, heard_again, now)
    return unanswered


def _reached(writes: Writes, message: Message, known: turns.Known | None) -> None:
    if known is None or known.reach == Reach.OPTED_OUT:
        return
    reach = Reach.BLOCKED if message.kind is Kind.BLOCKED else Reach.ACTIVE
    addresses.reached(writes, known.address, reach)


def _answered(visit: Visit, known: turns.Known) -> list[Answered]:
    """Which turn's question this proves to have arrived. Anybody can forge what stands behind a button."""
    token = visit.message.token or visit.answered
    is_ours = token.isdecimal() and int(token) <= known.turns
    return [Answered(known.address, int(token))] if is_ours else []


def _is_afterthought(message: Message, known: turns.Known | None) -> bool:
    """Who was forgotten, or said STOP, and then tidies up the old chat, does not write to us."""
    return message.kind is Kind.EDITED and (known is None or known.reach == Reach.OPTED_OUT)


async def _take(session: Session, ears: Ears, visit: Visit) -> None:
    visit.standing, was_stopped = _standing(visit), visit.stopped
    before = visit.standing.talks
    with speaking(visit.language):
        await _understand(session, ears, visit)
        if visit.forgotten:
            return
        if not visit.stopped:
            await _go_on(session, ears, visit)
    _answer(ears, visit, _hearing(ears, visit, before, was_stopped))
    keep(visit, ears.keys)


def _hearing(ears: Ears, visit: Visit, before: tuple[Talk, ...], was_stopped: bool) -> Hearing:
    message = visit.message
    words = "|".join((message.kind, message.token, message.choice, *message.text.casefold().split()))
    return Hearing(
        words=ears.keys.index(f"words {visit.address}", words)[:16],
        flow=flows.flow_for(message, was_stopped),
        understood=visit.understood,
        moved=visit.standing.talks != before or visit.consent is not None,
        was_stopped=was_stopped,
        is_stopped=visit.stopped,
        now=visit.now,
    )


def _answer(ears: Ears, visit: Visit, hearing: Hearing) -> None:
    limits = ears.channels[visit.message.channel].limits
    heard = visit.standing.heard.then(hearing)
    number, answered_by_platform = 0, _is_answered(visit.message)
    if visit.says_something and not answered_by_platform:
        visit.unanswered = heard.refuses(hearing, limits) or _crowded_out(ears, visit, hearing)
        if visit.unanswered is None:
            visit.standing = visit.standing.asking(str(visit.turn), visit.question)
            number = _reply(ears, visit)
    if not number and (hearing.moved or not heard.greeted):
        visit.standing = visit.standing.unsent(str(visit.turn), visit.question)
    if not number and not heard.greeted:
        # Nobody agrees to what they have not read: with their next message everything begins.
        visit.standing = visit.standing.with_talks(())
    if visit.unanswered is None:
        heard = heard.answered(hearing, number, limits)
    visit.standing = replace(visit.standing, heard=heard)


def _is_answered(message: Message) -> bool:
    return message.answered and flows.flow_for(message) in ANSWERED_BY_THEM


def _crowded_out(ears: Ears, visit: Visit, hearing: Hearing) -> Why | None:
    channel = visit.message.channel
    if visit.standing.heard.greeted:
        return None
    may_come = ears.newcomers.may_come(channel, hearing.flow in URGENT, visit.now, ears.channels[channel].limits)
    return None if may_come else Why.NEWCOMERS


def _reply(ears: Ears, visit: Visit) -> int:
    """Gives the number of messages that it takes."""
    channel = visit.message.channel
    parts = ears.channels[channel].parts(visit.reply())
    visit.replied = replies.waits_since(visit.replied, visit.now)
    reply = Reply(
        address=visit.address,
        channel=channel,
        turn=visit.turn,
        parts=[part.packed() for part in parts],
        due=visit.now,
        since=visit.replied,
        not_after=visit.now + replies.MAKES_SENSE,
        despite_stop=visit.stopped,
        room=visit.room,
    )
    queue(visit.writes, visit.key, reply)
    return len(parts)


async def _understand(session: Session, ears: Ears, visit: Visit) -> None:
    """Do what the message means."""
    if not visit.silent and await people.take_seat(session, ears.keys, visit):
        return
    try:
        meant = decide(visit.message, visit.standing, visit.board.content, visit.consented, visit.stopped, visit.silent)
    except flows.DoesNotFit:
        await _start_over(session, ears, visit)
        return
    visit.understood = not isinstance(meant, Excuse | Again)
    match meant:
        case Open(flow):
            visit.standing = visit.standing.beneath(meant)
            await _open(session, ears, visit, flow)
        case Go(answer, turn):
            visit.answered = visit.standing.chosen_from
            await _take_turn(session, ears, visit, visit.pop().answered(answer), turn)
        case Back():
            _back(visit)
        case Excuse(reason):
            visit.said.append(flows.sorry(reason))
        case Again():
            pass


def _standing(visit: Visit) -> Standing:
    if visit.known is None:
        return visit.standing
    try:
        standing = unpacked(visit.known.talk).in_language(visit.language)
    except flows.DoesNotFit:
        return lost(visit.facts())
    return standing.beneath(Open(RECOGNISE, inside=True)) if _asked_too_long_ago(visit, standing) else standing


def _asked_too_long_ago(visit: Visit, standing: Standing) -> bool:
    wrote = standing.heard.at
    return visit.silent and (wrote is None or visit.now - wrote > RECOGNISED_WITHIN)


async def _start_over(session: Session, ears: Ears, visit: Visit) -> None:
    """The innermost talk no longer fits: begin it again, if there still is such a flow."""
    flow = visit.standing.talks[-1].flow
    visit.pop()
    visit.said.append(_(CHANGED))
    if flow in flows.flows():
        await _open(session, ears, visit, flow)


async def _open(session: Session, ears: Ears, visit: Visit, name: str) -> None:
    flow = flows.flows()[name]
    talk = Talk(name, flow.edition, await complete(session, visit, flow.needs))
    await _take_turn(session, ears, visit, talk, talk.opened(visit.board.content))


def _back(visit: Visit) -> None:
    """What came before the question was said and done already: only the question is asked again."""
    talk = visit.pop()
    if talk.answers:
        visit.push(talk.without_last_answer())
    elif talk.flow in ("menu", "welcome"):
        visit.push(talk)


async def _take_turn(session: Session, ears: Ears, visit: Visit, talk: Talk, turn: flows.Turn) -> None:
    """Say what a talk says, do what it does, follow where it turns; it stays while it asks something."""
    if turn.question is not None:
        visit.push(talk)
        visit.question = turn.question
    visit.said.extend(turn.said)
    for effect in turn.effects:
        if isinstance(effect, flows.Turned):
            visit.standing = visit.standing.beneath(Open(effect.flow, inside=effect.flow != "menu"))
            await _open(session, ears, visit, effect.flow)
            return
        await EFFECTS[type(effect)](session, ears.keys, visit, effect)


async def _go_on(session: Session, ears: Ears, visit: Visit) -> None:
    """When nothing is being asked, ask again what was open before, or show where everything begins.

    The menu is never replayed: what can be done may have changed since it was shown.
    """
    if visit.silent and visit.question is None and not visit.standing.recognises:
        await _open(session, ears, visit, RECOGNISE)
    while visit.question is None and visit.standing.talks:
        if visit.standing.talks[-1].flow == "menu":
            visit.pop()
            continue
        try:
            visit.question = visit.standing.talks[-1].played(visit.board.content).question
        except flows.DoesNotFit:
            await _start_over(session, ears, visit)
        else:
            if visit.question is None:
                visit.pop()
    if visit.question is None:
        await _open(session, ears, visit, "menu" if visit.consented else "welcome")
