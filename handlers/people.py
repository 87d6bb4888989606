"""People meet us, choose their language, agree, move, leave, come back, are forgotten, take a seat."""

import re
import secrets
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from msgspec.structs import replace

import flows
from channels.messages import Outgoing
from channels.verdicts import Reach
from flows.switch import Entered
from handlers import councils
from handlers.processes import OpenProcess
from handlers.talk import replies
from handlers.talk.visits import Visit
from handlers.writing import contents
from locales import N_, _, to_staff
from locales import speak as go_on_in
from storage import Keyring, Session, addresses, fresh, invitations, links, participations, seats, turns
from storage import people as stored
from storage.invitations import Invitation, NewInvitation
from storage.outbox import deliveries
from storage.outbox.replies import Reply, queue
from storage.seats import NewSeat, NewTerm
from storage.states import SeatKind

ALPHABET = "ABCDEFGHJKMNPQRSTVWXYZ23456789"
INVITATION = re.compile(rf"(?:/start\S*\s)?\W*([{ALPHABET}]{{5}})\W*([{ALPHABET}]{{5}})\W*", re.IGNORECASE)
INVITED_FOR = 30
LONGEST_INVITATION = 365
"""Days."""
SHORTEST_ID = 4
ERASED_ELSEWHERE = N_("You asked us in another chat to erase everything. It is done here, too. Goodbye.")
LONGEST_GOODBYE = timedelta(hours=1)
"""How long the last sentence to someone forgotten may wait for a platform that is away; then it is erased unsaid."""

# To translators: {title} is the name of a meeting or a review.
DECLINED = N_(
    "That is all right. You do not take part in: {title}. What you told us before stays until you send {forget}."
)
UNDECIDED = timedelta(days=30)
"""How long we know somebody who does not say whether they want to take part; after STOP, too."""
MOST_TO_FADE = 50


async def speak(_session: Session, _keys: Keyring, visit: Visit, effect: flows.Spoke) -> None:
    visit.speak(effect.language)
    go_on_in(effect.language)


async def consent(session: Session, _keys: Keyring, visit: Visit, effect: flows.Consented) -> None:
    """Keep what they agreed to; who was invited to the council before takes the seat now."""
    visit.consented = True
    visit.consent = f"{effect.version} {visit.language} {visit.message.channel} {visit.now.date()}"
    if visit.standing.invitation:
        await _seat(session, visit, visit.standing.invitation)
        visit.standing = replace(visit.standing, invitation="")


async def move(_session: Session, _keys: Keyring, visit: Visit, effect: flows.Moved) -> None:
    visit.region = effect.region


async def enter(session: Session, _keys: Keyring, visit: Visit, effect: Entered) -> None:
    """The chat goes into another process: what its person is, agreed to and gave there counts from here on."""
    board = await visit.boards.at(session, effect.process, None, visit.now)
    known = visit.known
    visit.enter(board, known and await turns.elsewhere(session, known, effect.process, visit.now))


async def leave(session: Session, _keys: Keyring, visit: Visit, _effect: flows.Left) -> None:
    """Nothing that waits for this person leaves any more."""
    visit.reach = Reach.OPTED_OUT
    await deliveries.cancel(session, visit.address, "stop", visit.now)


async def come_back(session: Session, _keys: Keyring, visit: Visit, _effect: flows.Returned) -> None:
    """What was meant for them before, and came back to wait only after they had left, does not leave now."""
    await deliveries.cancel(session, visit.address, "stop", visit.now)
    visit.reach = Reach.ACTIVE


async def forget(session: Session, keys: Keyring, visit: Visit, _effect: flows.Forgotten | flows.Declined) -> None:
    """Destroy the key and every row of this person; the last sentence leaves to someone nobody can look up.

    So does one in each of their other chats.
    """
    is_linked = visit.known is not None and visit.known.linked
    chats = await links.chats(session, visit.key) if is_linked else []
    if visit.known is not None:
        await stored.erase(session, visit.person)
    visit.forgotten = True
    _say_goodbye(keys, visit, LastPlace(visit.message.channel, visit.message.external, visit.replied), visit.reply())
    erased = flows.reply([_(ERASED_ELSEWHERE)], None, visit.language, visit.place.content)
    for chat in chats:
        if chat.active and chat.id != visit.address:
            _say_goodbye(keys, visit, LastPlace(chat.channel, chat.external, chat.replied), erased)


@dataclass(frozen=True, slots=True)
class LastPlace:
    """Where the last sentence to somebody goes."""

    channel: str
    external: str = field(repr=False)
    replied: datetime | None
    """Since when the last reply there counts as having waited."""


def _say_goodbye(keys: Keyring, visit: Visit, where: LastPlace, last_sentence: Outgoing) -> None:
    stranger, last = keys.new(fresh()), fresh()
    newcomer = stored.Newcomer(language=visit.language, met=visit.now.date())
    place = addresses.NewAddress(id=last, process=None, channel=where.channel, index=None, external=where.external)
    goodbye = Reply(
        address=last,
        channel=where.channel,
        turn=0,
        parts=(last_sentence.packed(),),
        due=visit.now,
        since=replies.waits_since(where.replied, visit.now),
        not_after=visit.now + LONGEST_GOODBYE,
        despite_stop=True,
    )
    stored.add(visit.writes, keys, stranger, newcomer)
    addresses.add(visit.writes, stranger, place, addresses.Stand(reach=Reach.OPTED_OUT, turns=0, spoke=visit.now))
    queue(visit.writes, stranger, goodbye)


async def decline(session: Session, keys: Keyring, visit: Visit, effect: flows.Declined) -> None:
    """Forget who has never agreed to anything; whoever has, here before or in another process, stays as they are."""
    if visit.known is None or not await participations.has_agreed(session, visit.person):
        await forget(session, keys, visit, effect)
        return
    process = visit.board.content
    title = flows.rendition(process.title, visit.language, process.languages).text
    visit.texts[:] = [_(DECLINED, title=title, forget=flows.to_send("forget"))]
    if visit.surroundings.elsewhere:
        visit.texts.append(flows.go_elsewhere())
    visit.departed = True


async def recognise(_session: Session, _keys: Keyring, visit: Visit, _effect: flows.Recognised) -> None:
    visit.silent = False


async def pass_on(session: Session, keys: Keyring, visit: Visit, _effect: flows.PassedOn) -> None:
    """Who had the number before keeps what they gave and is not reached there any more; who writes begins anew."""
    await addresses.detach(session, visit.address, "passed_on", visit.now)
    visit.begin_anew(keys.new(fresh()))
    go_on_in(visit.language)


async def part(session: Session, now: datetime) -> int:
    """Erase those strangers whose last sentence has left, or was never going to; gives how many."""
    gone = await stored.strangers(session, now)
    for who in gone:
        await stored.erase(session, who)
    return len(gone)


async def fade(session: Session, now: datetime) -> int:
    """Erase, as FORGET does, some of those who never agreed and have been silent for long; gives how many.

    So are some of those who never said to which of several processes they write.
    """
    gone = await stored.never_agreed(session, now - UNDECIDED, MOST_TO_FADE)
    gone += await stored.never_entered(session, now - UNDECIDED, MOST_TO_FADE)
    for who in gone:
        await stored.erase(session, who)
    return len(gone)


async def invite(
    session: Session,
    keys: Keyring,
    process: OpenProcess,
    now: datetime,
    days: int = INVITED_FOR,
    council_id: str | None = None,
    seat_id: str | None = None,
) -> str:
    """An invitation to a council: whoever sends it to us first, within so many days, takes a seat.

    Without a council it is the only one of the process; without a seat it is one that is vacant, or a new one. Raises
    `contents.Unfit`.
    """
    if not 1 <= days <= LONGEST_INVITATION:
        raise contents.Unfit(to_staff("An invitation holds from 1 to {most} days.", most=LONGEST_INVITATION))
    if council_id is None:
        council = await councils.only(session, process, now)
    else:
        council = await councils.get(session, process, council_id)
    code = "".join(secrets.choice(ALPHABET) for _place in range(10))
    until = now.date() + timedelta(days=days)
    new = NewInvitation(_name(keys, code), process.id, council.id, seat_id, now.date(), until)
    await invitations.add(session, new)
    return f"{code[:5]}-{code[5:]}"


async def revoke(session: Session, process: OpenProcess, beginning: str) -> str:
    """Nobody takes a seat by the invitation whose id begins like this; gives its whole id. Raises `contents.Unfit`."""
    found = [
        invitation.id
        for invitation in await invitations.of_process(session, process.id)
        if invitation.used is None and invitation.id.startswith(beginning)
    ]
    if len(beginning) < SHORTEST_ID or not found:
        raise contents.Unfit(to_staff("No invitation that is open has this id: hearback council invitations"))
    if len(found) > 1:
        raise contents.Unfit(to_staff("Several invitations begin like this: write more of the id."))
    await invitations.revoke(session, process.id, found[0])
    return found[0]


async def take_seat(session: Session, keys: Keyring, visit: Visit) -> bool:
    """Who sends an invitation that is open sits on its council from now on; whether this was one.

    Only who has agreed to take part can sit there: the invitation of anybody else waits until they do.
    """
    written = INVITATION.fullmatch(visit.message.text)
    if written is None or visit.stopped or visit.is_over:
        return False
    code = _name(keys, written[1] + written[2])
    if visit.consented:
        return await _seat(session, visit, code)
    visit.standing = replace(visit.standing, invitation=code)
    return False


async def _seat(session: Session, visit: Visit, code: str) -> bool:
    process, today = visit.board.process, visit.now.date()
    # The council before its codes, as whoever voids them does.
    council_id = await invitations.council_of(session, process, code)
    council = None if council_id is None else await councils.to_sit_on(session, process, council_id, visit.person)
    invitation = None if council is None else await invitations.take(session, process, code, today)
    seat = None if invitation is None else await _free(session, process, invitation, today)
    if council is None or seat is None:
        return False
    await invitations.use(session, process, code, today)
    await seats.take(session, NewTerm(process, seat, visit.person, today, council.ends(today)))
    visit.texts += [
        _("Welcome to the council. We will write to you when there is something to vote on."),
        *councils.which(council, visit.language, visit.board.content, await councils.number(session, process)),
        *councils.until(council.ends(today)),
        _("To give up your seat, send {word}.", word=flows.to_send("seat")),
    ]
    return True


async def _free(session: Session, process_id: str, invitation: Invitation, today: date) -> str | None:
    """The seat that it is for; else one that is vacant, or a new one. None: the one seat is taken by now."""
    if invitation.seat is not None:
        return invitation.seat if await seats.is_vacant(session, process_id, invitation.seat) else None
    vacant = await seats.vacant(session, process_id, invitation.council, SeatKind.INVITATION)
    if vacant:
        return vacant[0].id
    new = NewSeat(fresh(), process_id, invitation.council, SeatKind.INVITATION, None, None, today)
    await seats.add(session, new)
    return new.id


def _name(keys: Keyring, code: str) -> str:
    """By which an invitation is known; the code itself is nowhere written down."""
    return keys.index("invitation", code.upper())
