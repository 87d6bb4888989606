"""The phones of members of staff, to which what they write is sent as a test before it leaves for others."""

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

import flows
from channels.messages import Outgoing
from handlers import telling
from handlers.items import Item
from handlers.processes import OpenProcess
from handlers.talk.facts import LINKING_CODES
from handlers.talk.visits import Visit
from handlers.writing import contents
from locales import N_, _, languages, speaking, to_staff
from storage import Keyring, Session, attempts, fresh, senders, staff_phones
from storage.broadcasts import Subject
from storage.outbox.notices import Notice, queue
from storage.staff_phones import LinkedPhone
from storage.together import Writes, write

__all__ = ["LinkedPhone"]

HOLDS = timedelta(minutes=10)
MOST, WITHIN = 5, timedelta(minutes=1)
"""How many tests a member of staff may send in so long."""
MAKES_SENSE = timedelta(hours=1)
"""How long a test that could not leave is still one: whoever waits for it sends another."""
PURPOSE = "bulletin"

IS_TEST = N_("This is a test. It came only to you.")
LINKED = N_(
    "From now on this chat also gets tests of what we are about to tell people: somebody of our team asked for it. "
    "If that was not you, send {unlink} now."
)
ENDED = N_("This chat gets no more tests.")


class NoPhone(Exception):
    """They have linked no chat that can get something of this process now."""


class TooOften(Exception):
    """They have sent as many tests as there may be in a minute."""


async def offer(session: Session, keys: Keyring, staff_id: str, now: datetime) -> str:
    """A number, to be shown once: the chat from which it is sent to us within `HOLDS` is theirs. None of before is."""
    code = str(secrets.choice(LINKING_CODES))
    await staff_phones.offer(session, _name(keys, code), staff_id, now + HOLDS)
    return code


def _name(keys: Keyring, code: str) -> str:
    """By which a number is known; itself it is nowhere written down."""
    return keys.index("staff phone", code)


async def take_code(session: Session, keys: Keyring, visit: Visit, code: str) -> bool:
    """Whether the console has shown this number: then this chat is its reader's, and is told so."""
    if not await staff_phones.take_code(session, _name(keys, code), visit.address, visit.now):
        return False
    visit.texts.append(_(LINKED, unlink=flows.to_send("unlink")))
    return True


async def leave(session: Session, visit: Visit) -> None:
    """This chat is no phone of the staff any more; where it was one it is told so."""
    if await staff_phones.end_at(session, visit.address):
        visit.texts.append(_(ENDED))


async def own(session: Session, staff_id: str) -> Sequence[LinkedPhone]:
    return await staff_phones.of(session, staff_id)


async def unlink(session: Session, staff_id: str, phone_id: str) -> bool:
    """False where they have no such phone."""
    return await staff_phones.end(session, staff_id, phone_id)


def texts(item: Item) -> Mapping[str, str]:
    """What can be sent as a test, by language: also what nobody has approved."""
    translated = {language: rendition.text for language, rendition in item.renditions.items() if rendition.text}
    return {item.language: item.text, **translated}


async def send_test(
    session: Session, keys: Keyring, process: OpenProcess, item: Item, language: str, staff_id: str, now: datetime
) -> int:
    """Send what an item says in one language to all phones of this member of staff; gives how many.

    Raises `contents.Unfit` where it says nothing in this language, `TooOften` and `NoPhone`.
    """
    text = texts(item).get(language, "")
    if not text or language not in languages():
        raise contents.Unfit(to_staff("language: there is no text in this language."))
    most = {keys.index("test", staff_id): MOST}
    if not await attempts.count_in(session, fresh(), most, now - WITHIN, now):
        raise TooOften
    phones = await staff_phones.reached(session, keys, process.id, staff_id)
    if not phones:
        raise NoPhone
    beside_others, writes = await senders.beside_others(session), Writes()
    for phone in phones:
        outgoing = _composed(process, text, language, phone.channel in beside_others)
        notice = Notice(
            address=phone.address, channel=phone.channel, body=outgoing.packed(), due=now, not_after=now + MAKES_SENSE
        )
        queue(writes, phone.key, notice)
    await write(session, writes)
    return len(phones)


def _composed(process: OpenProcess, text: str, language: str, beside_others: bool) -> Outgoing:
    """As it will leave, below a line that says what this is."""
    announcement = telling.Announcement(Subject(PURPOSE, ""), {language: text})
    outgoing = announcement.told(process.content).outgoing(language, PURPOSE, beside_others=beside_others)
    with speaking(language):
        return replace(outgoing, text=f"{_(IS_TEST)}\n{outgoing.text}")
