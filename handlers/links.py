"""Chats of one person are linked, and separated again. Nothing else ever joins two addresses."""

from collections.abc import Sequence
from datetime import timedelta

from msgspec.structs import replace

import flows
from flows.join import Linked
from flows.link import LinkOffered
from flows.prefer import Preferred
from flows.unlink import Unlinked
from handlers import staff_phones
from handlers.talk import replies
from handlers.talk.standing import packed, room, unpacked
from handlers.talk.visits import Visit
from locales import N_, _, own_name, speaking
from locales import speak as go_on_in
from storage import Keyring, PersonKey, Session, addresses, joining, links, parting, turns
from storage.joining import First, Pair
from storage.links import Chat, Link
from storage.outbox.replies import Reply, queue

HOLDS = timedelta(minutes=10)
TRIES, TRIED_WITHIN = 5, timedelta(hours=1)
"""How many wrong numbers a chat may send us in so long; then no number from it is looked up."""
FORGET = "forget"

AGREE_FIRST = N_("To link this chat with another one, please answer this first. Then send the number again.")
WRONG = N_("We do not know this number. To get one, send {link} in your other chat.")
TOO_OLD = N_("This number is too old. To get a new one, send {link} in your other chat.")
TOO_OFTEN = N_("These were too many wrong numbers. Please try again in an hour.")
OWN = N_("This number is for your other chat: send it from there.")
ALREADY = N_("These two chats are linked already.")
IMPOSSIBLE = N_("We cannot link these two chats. Nothing has changed.")
SECOND_JOINED = N_(
    "Another chat has just been linked with this one: it can read and answer for you. "
    "If that was not you, send {unlink} now."
)
ONE_SEAT = N_("Both chats had a seat on the council. You keep one, and the other is free.")
APART = N_("A chat that was linked with this one is apart from it now.")
ON_ITS_OWN = N_("This chat is apart now from the chat that it was linked with. What you gave so far stays there.")


class Apart(Exception):
    """A message has to be taken by itself, after the others that came with it."""


async def take_code(session: Session, keys: Keyring, visit: Visit) -> bool:
    """Whether a number that links chats was sent, which is answered here, or in the talk that `visit.link` opens."""
    code = flows.linking_code(visit.message) if not (visit.stopped or visit.silent) else ""
    if not code:
        return False
    if not visit.consented:
        visit.texts.append(_(AGREE_FIRST))
        return True
    if _tried_too_often(visit):
        return _answered(visit, TOO_OFTEN)
    name = _name(keys, code)
    found = await links.find(session, name)
    if found is None:
        return await staff_phones.take_code(session, keys, visit, code) or _wrong(visit)
    if found.person == visit.person:
        return _answered(visit, OWN if found.address == visit.address else ALREADY)
    if found.until <= visit.now:
        return _answered(visit, TOO_OLD)
    visit.link = name
    return True


def _tried_too_often(visit: Visit) -> bool:
    tries = visit.standing.tries
    return len(tries) >= TRIES and visit.now - tries[-TRIES] < TRIED_WITHIN


def _wrong(visit: Visit) -> bool:
    """It is counted in the chat that tries. Where words are wanted it may be one of these."""
    visit.standing = replace(visit.standing, tries=(*visit.standing.tries, visit.now)[-TRIES:])
    if _wants_words(visit):
        return False
    return _answered(visit, WRONG)


def _wants_words(visit: Visit) -> bool:
    talks = visit.standing.talks
    if not talks:
        return False
    try:
        question = talks[-1].played(visit.surroundings).question
    except flows.DoesNotFit:
        return False
    return question is not None and question.wants is flows.Wants.WORDS


def _answered(visit: Visit, text: str) -> bool:
    visit.texts.append(_(text, link=flows.to_send("link")))
    return True


def _name(keys: Keyring, code: str) -> str:
    """By which a number is known; itself it is nowhere written down."""
    return keys.index("link", code)


async def offer(session: Session, keys: Keyring, visit: Visit, effect: LinkOffered) -> None:
    """From now on this number, and none of before, links another chat with this one."""
    await links.offer(session, _name(keys, effect.code), Link(visit.person, visit.address, visit.now + HOLDS))


async def join(session: Session, keys: Keyring, visit: Visit, effect: Linked) -> None:
    """Make this chat the other person's, whose number was sent from it; the other chats are told at once."""
    if not visit.alone:
        raise Apart
    found = await links.find(session, effect.link)
    is_over = found is None or found.until <= visit.now or found.person == visit.person
    first = None if found is None or is_over else await joining.lock(session, keys, found, visit.person)
    if found is None or first is None or not await links.spend(session, effect.link):
        visit.texts[:] = [_(TOO_OLD, link=flows.to_send("link"))]
        return
    before = await links.chats(session, first.key)
    is_reached = any(chat.id == found.address and chat.active for chat in before)
    if not is_reached or await joining.is_too_much(session, visit.person):
        visit.texts[:] = [_(IMPOSSIBLE)]
        return
    await _ask_anew(session, visit, found, first)
    seat_freed = await joining.join(session, Pair(first.key, visit.key, keys), visit.now)
    _tell_of_joining(visit, first, before, seat_freed)
    await _know_anew(session, keys, visit)


async def _ask_anew(session: Session, visit: Visit, found: Link, first: First) -> None:
    """Whoever was just about to erase one chat is asked again: it would be both."""
    visit.standing = visit.standing.without(FORGET)
    if first.talk is None:
        return
    try:
        before = unpacked(first.talk)
    except flows.DoesNotFit:
        return
    after = before.without(FORGET)
    if after != before:
        await addresses.keep_talk(session, first.key, found.address, packed(after), room(after))


def _tell_of_joining(visit: Visit, first: First, before: Sequence[Chat], seat_freed: bool) -> None:
    if seat_freed:
        visit.texts.append(_(ONE_SEAT))
    with speaking(first.language):
        texts = [_(SECOND_JOINED, unlink=flows.to_send("unlink")), *([_(ONE_SEAT)] if seat_freed else [])]
        if visit.language != first.language:
            visit.texts.append(_("From now on we write to you in {language}.", language=own_name(first.language)))
    for chat in before:
        _tell(visit, first.key, chat, first.language, texts)


async def unlink(session: Session, keys: Keyring, visit: Visit, _effect: Unlinked) -> None:
    """This chat leaves the others if it came to them by a number, else they leave it; all of them are told.

    It is no phone of a member of staff any more either.
    """
    await staff_phones.leave(session, visit)
    if visit.known is None or not visit.known.linked:
        return
    chats = await links.chats(session, visit.key)
    others = [chat for chat in chats if chat.id != visit.address]
    came = any(chat.linked for chat in chats if chat.id == visit.address)
    of, language = visit.key, visit.language
    if others and came:
        await parting.part(session, keys, of, visit.address, visit.now)
        visit.standing = visit.standing.with_talks(())
        await _know_anew(session, keys, visit)
    for chat in others:
        key = of if came else await parting.part(session, keys, of, chat.id, visit.now)
        _tell(visit, key, chat, language, [_(APART if came else ON_ITS_OWN)])


async def prefer(session: Session, _keys: Keyring, visit: Visit, _effect: Preferred) -> None:
    await links.prefer(session, visit.person, visit.address)


def _tell(visit: Visit, key: PersonKey, chat: Chat, language: str, texts: Sequence[str]) -> None:
    """Say this in another chat, now, by day and by night; not to who said STOP there."""
    if not chat.active:
        return
    since = replies.waits_since(chat.replied, visit.now)
    message = flows.reply(texts, None, language, visit.place.content)
    notice = Reply(
        address=chat.id,
        channel=chat.channel,
        turn=links.told(visit.writes, chat, since),
        parts=(message.packed(),),
        due=visit.now,
        since=since,
        not_after=visit.now + replies.MAKES_SENSE,
    )
    queue(visit.writes, key, notice)


async def _know_anew(session: Session, keys: Keyring, visit: Visit) -> None:
    """Whose chat this is by now, and what they are in its process."""
    incoming = turns.Incoming(visit.index, visit.index, visit.message.channel)
    [found] = await turns.find(session, keys, [incoming], visit.now)
    if found.known is not None:
        visit.become(found.known)
        go_on_in(visit.language)
