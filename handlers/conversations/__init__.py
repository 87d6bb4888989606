"""People write: who is it, was it taken before, and what came of it; that is kept, and answered or not."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import flows
from channels import Channel
from channels.messages import Kind, Message
from channels.verdicts import Reach
from handlers import links
from handlers.conversations.conversing import EFFECTS, converse
from handlers.talk import entering
from handlers.talk.answering import answer
from handlers.talk.boards import Boards
from handlers.talk.deciding import Again, Excuse, gathers, writes_nothing
from handlers.talk.patience import Hearing, Newcomers, Why
from handlers.talk.standing import RECOGNISE, Standing, lost, unpacked
from handlers.talk.visits import Visit, begin, keep
from locales import speaking
from storage import Keyring, Session, addresses, doors, events, turns
from storage.doors import Place
from storage.outbox import unknowns
from storage.outbox.unknowns import AnsweredTurn
from storage.together import Writes, write

__all__ = ["EFFECTS"]

RECOGNISED_WITHIN = timedelta(days=30)
"""How long it can be answered who somebody is; then it is asked again, for the number may have gone on once more."""

HELP = "help"


@dataclass(frozen=True, slots=True)
class Deployment:
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


@dataclass(frozen=True, slots=True)
class Misunderstood:
    """A message that answered the open question no way: which question that was, the first of a flow is 1. No words."""

    flow: str
    question: int


async def hear(
    session: Session, deployment: Deployment, messages: Sequence[Message], now: datetime
) -> list[Unanswered | Misunderstood]:
    """Take what many people wrote, at most one message each, in one reading and one writing.

    Gives what was kept and is not answered, because a machine writes, or more than we can answer, and at which
    questions somebody was not understood.
    A message that was taken before changes nothing. Raises `NoProcess`, `links.Apart` when one of them has to be taken
    without the others, and `Conflict` when somebody else took the same thing at the same instant: the whole transaction
    has to be taken again.
    """
    incoming = [_incoming(deployment.keys, message) for message in messages]
    found = await turns.find(session, deployment.keys, incoming, now)
    _check_apart(found)
    leading = await entering.leading(session, deployment.boards, messages, found, now)
    writes, answered, came = Writes(), list[AnsweredTurn](), list[Place]()
    noted: list[Unanswered | Misunderstood] = []
    for message, names, what in zip(messages, incoming, found, strict=True):
        if what.seen:
            continue
        events.remember(writes, names.event, now.date())
        if writes_nothing(message):
            _reached(writes, message, what.known)
        elif not _is_afterthought(message, what.known):
            channel = deployment.channels[message.channel]
            entry = await entering.entry(session, deployment.boards, channel, message, what, leading, now)
            visit = begin(deployment.keys, deployment.boards, message, names.address_index, entry, writes, now, channel)
            visit.alone = len(messages) == 1
            noted += _noted(visit, await _take(session, deployment, visit))
            came += _came(visit)
            if what.known is not None and what.known.unsure:
                answered += _answered(visit, what.known)
    await write(session, writes)
    if answered:
        await unknowns.arrived(session, answered, now)
    if heard_again := [what.known.address for what in found if what.known is not None and what.known.shut]:
        await addresses.reopen(session, heard_again, now)
    if came:
        # Last: everybody else who comes by the same door at this instant waits until this transaction ends.
        await doors.count(session, came)
    return noted


def _check_apart(found: Sequence[turns.Found]) -> None:
    """Two chats of one person are taken one after the other. Raises `links.Apart`."""
    writers = [what.known.person for what in found if what.known is not None]
    if len(set(writers)) < len(writers):
        raise links.Apart


def _incoming(keys: Keyring, message: Message) -> turns.Incoming:
    return turns.Incoming(
        events.name(keys, message.channel, message.event),
        keys.index(message.channel, message.external),
        message.channel,
    )


def _noted(visit: Visit, why: Why | None) -> list[Unanswered | Misunderstood]:
    unanswered = [] if why is None else [Unanswered(visit.message.channel, why)]
    misunderstood = [] if visit.misunderstood is None else [Misunderstood(*visit.misunderstood)]
    return [*unanswered, *misunderstood]


def _came(visit: Visit) -> list[Place]:
    """The door by which somebody came into a process to which they had not written before."""
    entry = visit.entry
    return [entry.door] if entry.door is not None and entry.is_new and not visit.forgotten else []


def _reached(writes: Writes, message: Message, known: turns.Known | None) -> None:
    if known is None or known.reach == Reach.OPTED_OUT:
        return
    reach = Reach.BLOCKED if message.kind is Kind.BLOCKED else Reach.ACTIVE
    addresses.reached(writes, known.address, reach)


def _answered(visit: Visit, known: turns.Known) -> list[AnsweredTurn]:
    """Which turn's question this proves to have arrived. Anybody can forge what stands behind a button."""
    token = visit.message.token or visit.answered
    is_ours = token.isdecimal() and int(token) <= known.turns
    return [AnsweredTurn(known.address, int(token))] if is_ours else []


def _is_afterthought(message: Message, known: turns.Known | None) -> bool:
    """Who was forgotten, or said STOP, and then tidies up the old chat, does not write to us."""
    return message.kind is Kind.EDITED and (known is None or known.reach == Reach.OPTED_OUT)


async def _take(session: Session, deployment: Deployment, visit: Visit) -> Why | None:
    """Understand, do, answer and keep; gives why the person is not answered."""
    visit.standing, was_stopped = _standing(visit), visit.stopped
    before = visit.standing.talks
    with speaking(visit.language):
        decision = await converse(session, deployment.keys, visit)
    if visit.forgotten:
        return None
    message = visit.message
    hearing = Hearing(
        words=_hash(deployment.keys, visit.address, message),
        # Whom to reach in danger is told as HELP is, whatever they have written before.
        flow=HELP if visit.warning else visit.word,
        understood=not isinstance(decision, Excuse | Again) and not gathers(decision),
        moved=visit.consent is not None or (visit.standing.talks != before and not gathers(decision)),
        was_stopped=was_stopped,
        is_stopped=visit.stopped,
        now=visit.now,
        matters=visit.endangered or decision == Excuse(flows.Unread.TOO_LONG),
    )
    unanswered = answer(visit, hearing, deployment.channels[message.channel], deployment.newcomers)
    keep(visit, deployment.keys)
    return unanswered


def _hash(keys: Keyring, address: str, message: Message) -> str:
    """By which the same words at the same address are recognised."""
    words = "|".join((message.kind, message.token, message.choice, *message.text.casefold().split()))
    return keys.index(f"words {address}", words)[:16]


def _standing(visit: Visit) -> Standing:
    if visit.known is None:
        return visit.standing
    try:
        standing = unpacked(visit.known.talk).in_language(visit.language)
    except flows.DoesNotFit:
        return Standing() if visit.enters else lost(visit.facts())
    if visit.enters:
        return standing.in_another_process()
    if visit.is_over:
        standing = standing.beneath("welcome", inside=True)
    return standing.beneath(RECOGNISE, inside=True) if _asked_too_long_ago(visit, standing) else standing


def _asked_too_long_ago(visit: Visit, standing: Standing) -> bool:
    wrote = standing.heard.at
    return visit.silent and (wrote is None or visit.now - wrote > RECOGNISED_WITHIN)
