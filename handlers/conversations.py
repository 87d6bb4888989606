"""A person writes: seen before? who is it? what does it mean? what is said?"""

import dataclasses
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import flows
from channels import Channel
from channels.messages import Kind, Message
from channels.verdicts import Reach
from flows.join import Linked
from flows.leave import Departed
from flows.link import LinkOffered
from flows.prefer import Preferred
from flows.seat import Resigned
from flows.switch import Entered
from flows.unlink import Unlinked
from flows.vote import ReadUp
from handlers import contributions, links, members, people, rounds
from handlers.talk import entering
from handlers.talk.answering import answer
from handlers.talk.boards import Boards
from handlers.talk.deciding import (
    Again,
    Back,
    Decision,
    Excuse,
    Go,
    NextStep,
    Open,
    Reread,
    Resumed,
    Situation,
    StartOver,
    Widen,
    arrived,
    decide,
    gathers,
    reread,
    resume,
    writes_nothing,
)
from handlers.talk.facts import complete
from handlers.talk.patience import Hearing, Newcomers, Why
from handlers.talk.standing import RECOGNISE, KeptTalk, Standing, lost, unpacked
from handlers.talk.visits import Visit, begin, keep
from locales import N_, _, speaking
from storage import Keyring, Session, addresses, doors, events, turns
from storage.doors import Place
from storage.outbox import unknowns
from storage.outbox.unknowns import AnsweredTurn
from storage.together import Writes, write

Happen = Callable[[Session, Keyring, Visit, Any], Awaitable[None]]

EFFECTS: Mapping[type[flows.Effect], Happen] = {
    flows.Spoke: people.speak,
    flows.Consented: people.consent,
    flows.Declined: people.decline,
    flows.Moved: people.move,
    flows.Left: people.leave,
    flows.Returned: people.come_back,
    flows.Forgotten: people.forget,
    flows.Recognised: people.recognise,
    flows.PassedOn: people.pass_on,
    flows.Shared: contributions.give,
    flows.Sorted: contributions.sort,
    flows.TakenBack: contributions.take_back,
    flows.Answered: contributions.answer,
    flows.Voted: rounds.cast,
    LinkOffered: links.offer,
    Linked: links.join,
    Unlinked: links.unlink,
    Preferred: links.prefer,
    ReadUp: rounds.explain,
    Resigned: members.resign,
    Departed: members.depart,
    Entered: people.enter,
}

IN_PIECES = timedelta(minutes=10)
"""How long somebody may pause between the pieces of one contribution."""
RECOGNISED_WITHIN = timedelta(days=30)
"""How long it can be answered who somebody is; then it is asked again, for the number may have gone on once more."""

HELP = "help"
WORDS_ONLY = N_("We cannot open pictures or files here. We have read the words that came with it.")
ONLY_HERE = N_("This chat is only for: {title}.")
CHANGED = N_("This part of our conversation has changed since we last wrote. We begin it again.")


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
        decision = await _converse(session, deployment, visit)
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


async def _converse(session: Session, deployment: Deployment, visit: Visit) -> Decision:
    """Do what the message means, then what follows, until a question is open; gives what it meant."""
    _say_first(visit)
    visit.word = flows.flow_for(visit.message, visit.surroundings.reserved_words, visit.stopped)
    seated = not visit.silent and await people.take_seat(session, deployment.keys, visit)
    if seated:
        decision: Decision = Open("menu")
    elif await links.take_code(session, deployment.keys, visit):
        decision = Open("join", inside=True) if visit.link else Again()
    else:
        decision = _meant(visit)
    asks_again = isinstance(decision, Excuse)
    step = (None if seated else _first_step(visit, decision)) or _next_step(visit, asks_again)
    while step is not None:
        step = await _do(session, deployment.keys, visit, step) or _next_step(visit, asks_again)
    if visit.question is not None:
        visit.question = flows.narrowed(visit.question, visit.offered)
    return decision


def _meant(visit: Visit) -> Decision:
    """Who comes by a door stands before the menu, or where a newcomer begins, unless its word answers what is open."""
    situation = _situation(visit)
    decision = decide(visit.message, visit.word, situation)
    if visit.entry.door is None or visit.stopped:
        return decision
    return decision if isinstance(decision, Go) and isinstance(decision.answer, str) else arrived(situation)


def _situation(visit: Visit) -> Situation:
    wrote = visit.standing.heard.at
    lately = wrote is not None and abs(visit.now - wrote) <= IN_PIECES
    reads_on = visit.is_over and visit.gave
    return Situation(visit.standing, visit.surroundings, visit.consented, visit.stopped, visit.silent, lately, reads_on)


def _first_step(visit: Visit, decision: Decision) -> NextStep | None:
    match decision:
        case Back():
            _back(visit)
        case Excuse(reason):
            _excuse(visit, reason)
        case Open() | Go() | StartOver() | Reread():
            return decision
        case Again() | Widen():
            pass
    return None


def _say_first(visit: Visit) -> None:
    """What comes before everything else: help in danger; that of a picture only the words beside it were read."""
    message, place = visit.message, visit.place.content
    if message.kind is Kind.OTHER and message.text.strip():
        visit.message = dataclasses.replace(message, kind=Kind.TEXT)
        visit.texts.append(_(WORDS_ONLY))
    is_warned = visit.standing.heard.is_warned(visit.now)
    if visit.entry.leads_elsewhere:
        process = visit.board.content
        visit.texts.append(_(ONLY_HERE, title=flows.rendition(process.title, visit.language, process.languages).text))
    visit.endangered = flows.tells_of_danger(message.text)
    if visit.endangered and not visit.stopped and not is_warned:
        visit.warning = flows.in_danger(place)


def _excuse(visit: Visit, reason: flows.Unread) -> None:
    """Whoever has not been understood for the third time in a row is told something else, and shown fewer choices."""
    talks, times = visit.standing.talks, visit.standing.heard.nowhere + 1
    is_stuck = talks and times >= flows.THIRD and reason in (flows.Unread.NOT_UNDERSTOOD, flows.Unread.NOT_OFFERED)
    question = talks[-1].played(visit.surroundings).question if is_stuck else None
    if talks:
        visit.misunderstood = talks[-1].flow, len(talks[-1].answers) + 1
    if question is None:
        visit.texts.append(flows.sorry(reason, visit.surroundings.shows_numbers))
        return
    fewer = flows.fewer(question, visit.message.text)
    visit.offered = fewer.offered
    visit.texts.append(flows.stuck(fewer, visit.surroundings))


def _back(visit: Visit) -> None:
    """What came before the question was said and done already: only the question is asked again."""
    talk = visit.pop()
    if talk.answers:
        visit.push(talk.without_last_answer())
    elif talk.flow in ("menu", "welcome"):
        visit.push(talk)


def _next_step(visit: Visit, asks_again: bool) -> NextStep | None:
    """None: a question is open, or they have left, or the menu would cost more than the word for it."""
    if visit.forgotten or visit.stopped or visit.departed or visit.question is not None or _comes_too_late(visit):
        return None
    resumed = resume(_situation(visit))
    if not asks_again and _costs_a_menu(visit, resumed):
        visit.standing = resumed.standing
        _tell_of_the_menu(visit)
        return None
    visit.standing, visit.question = resumed.standing, resumed.question
    return resumed.step


def _comes_too_late(visit: Visit) -> bool:
    """Whether they do not take part in a process that is over, and have been told so."""
    return visit.is_over and not visit.consented and bool(visit.texts)


def _costs_a_menu(visit: Visit, resumed: Resumed) -> bool:
    """Whether the menu would only follow what has been said, and make it longer where length costs."""
    is_menu = isinstance(resumed.step, Open) and resumed.step.flow == "menu"
    return is_menu and visit.says_something and visit.surroundings.costs_by_length


def _tell_of_the_menu(visit: Visit) -> None:
    menu = flows.to_send("menu")
    if not any(menu in text for text in visit.texts):
        visit.texts.append(_("Send {menu} to see what you can do.", menu=menu))


async def _do(session: Session, keys: Keyring, visit: Visit, step: NextStep) -> NextStep | None:
    """Take one step of a talk; gives the one that it leads to."""
    match step:
        case StartOver(name):
            visit.pop()
            visit.texts.append(_(CHANGED))
            return Open(name, inside=True) if name in flows.flows() else None
        case Open(name):
            flow = flows.flows()[name]
            visit.standing = visit.standing.beneath(name, step.inside)
            talk = KeptTalk(name, flow.edition, await complete(session, visit, flow.needs, step.held))
            return await _take_up(session, keys, visit, talk.without_ballot(), talk.opened(visit.surroundings))
        case Go(answer, turn, instead):
            visit.answered = visit.standing.chosen_from
            talk = visit.pop()
            talk = talk.without_last_answer() if instead else talk
            return await _take_up(session, keys, visit, talk.answered(answer), turn)
        case Reread(text):
            words = dataclasses.replace(visit.message, kind=Kind.TEXT, text=text, token="", choice="")
            return _first_step(visit, reread(words, _situation(visit)))


async def _take_up(session: Session, keys: Keyring, visit: Visit, talk: KeptTalk, turn: flows.Turn) -> NextStep | None:
    """Say what a talk says and do what it does; it stays while it asks something."""
    if turn.question is not None:
        visit.push(talk)
        visit.question = turn.question
    visit.texts.extend(turn.texts)
    for effect in turn.effects:
        if isinstance(effect, flows.Switched):
            return Open(effect.flow, inside=effect.flow != "menu")
        if isinstance(effect, flows.Meant):
            return Reread(effect.text)
        await EFFECTS[type(effect)](session, keys, visit, effect)
    return None
