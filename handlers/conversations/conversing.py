"""What a message means is done and said, and then what follows, until a question is open."""

import dataclasses
from collections.abc import Awaitable, Callable, Mapping
from datetime import timedelta
from typing import Any

import flows
from channels.messages import Kind
from flows.amend import Amended, PartCompared, PartRead, Presented, ProposalRead, Supported, Turned
from flows.candidate import Forwarded, SeatDeclined, SeatTaken, Withdrawn
from flows.join import Linked
from flows.leave import Departed
from flows.link import LinkOffered
from flows.myvote import CodeSent, Disputed
from flows.opine import Opined, Proposed, Reconsidered
from flows.others import Browsed, Followed, LookedInto, Unfollowed
from flows.prefer import Preferred
from flows.rate import Rated
from flows.seat import Resigned
from flows.status import LookedBack
from flows.switch import Entered
from flows.unlink import Unlinked
from flows.vote import ReadUp
from handlers import (
    amendments,
    candidates,
    contributions,
    feedback,
    follows,
    inquiries,
    links,
    members,
    opinions,
    people,
    remarks,
    rounds,
    timelines,
)
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
    reread,
    resume,
)
from handlers.talk.facts import complete
from handlers.talk.standing import KeptTalk
from handlers.talk.visits import Visit
from locales import N_, _
from storage import Keyring, Session

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
    flows.Allowed: contributions.allow,
    flows.Answered: contributions.answer,
    flows.Replied: inquiries.reply,
    flows.Voted: rounds.cast,
    Disputed: rounds.dispute,
    CodeSent: rounds.look_up,
    LinkOffered: links.offer,
    Linked: links.join,
    Unlinked: links.unlink,
    Preferred: links.prefer,
    ReadUp: remarks.explain,
    flows.Remarked: remarks.remark,
    Resigned: members.resign,
    Forwarded: candidates.put_forward,
    Withdrawn: candidates.withdraw,
    SeatTaken: candidates.take_offer,
    SeatDeclined: candidates.decline,
    Departed: members.depart,
    Entered: people.enter,
    LookedBack: timelines.tell_own,
    LookedInto: timelines.tell,
    Browsed: follows.browse,
    Followed: follows.follow,
    Unfollowed: follows.unfollow,
    Rated: feedback.rate,
    Opined: opinions.opine,
    Reconsidered: opinions.look_back,
    Proposed: opinions.propose,
    Turned: amendments.turn,
    Presented: amendments.present,
    PartRead: amendments.read,
    PartCompared: amendments.compare,
    ProposalRead: amendments.read_proposal,
    Amended: amendments.amend,
    Supported: amendments.support,
}

IN_PIECES = timedelta(minutes=10)
"""How long somebody may pause between the pieces of one contribution."""

WORDS_ONLY = N_("We cannot open pictures or files here. We have read the words that came with it.")
ONLY_HERE = N_("This chat is only for: {title}.")
CHANGED = N_("This part of our conversation has changed since we last wrote. We begin it again.")


async def converse(session: Session, keys: Keyring, visit: Visit) -> Decision:
    """Do what the message means, then what follows, until a question is open; gives what it meant."""
    _say_first(visit)
    visit.word = flows.flow_for(visit.message, visit.surroundings.reserved_words, visit.stopped)
    seated = not visit.silent and await people.take_seat(session, keys, visit)
    if seated:
        decision: Decision = Open("menu")
    elif await links.take_code(session, keys, visit):
        decision = Open("join", inside=True) if visit.link else Again()
    else:
        decision = _meant(visit)
    asks_again = isinstance(decision, Excuse)
    step = (None if seated else _first_step(visit, decision)) or _next_step(visit, asks_again)
    while step is not None:
        step = await _do(session, keys, visit, step) or _next_step(visit, asks_again)
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
            talk = KeptTalk(name, flow.edition, await complete(session, keys, visit, flow.needs, step.held))
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
