"""Calls for members of a council: one person requests one, another approves exactly that, and everybody is told."""

import hashlib
import json
from collections.abc import Sequence
from datetime import UTC, datetime, time

import msgspec

import flows
from flows.region import RATHER_NOT
from handlers import councils, processes, telling
from handlers.councils import OpenCouncil
from handlers.processes import OpenProcess
from handlers.telling import Announcement
from handlers.writing import contents
from locales import N_, _, in_words, to_staff
from storage import Session, fresh, member_calls
from storage import processes as stored_processes
from storage.broadcasts import Plan, Subject
from storage.member_calls import NewCall, StoredCall
from storage.states import SendingState

CALLED = N_(
    "A council looks for members: {name}.\n{about}\nWhat we ask of you: {asks}\nWhat you get: {gives}\nTo put yourself "
    "forward, send {word}. You can until {day}."
)
LONGEST_TERMS = 400
LONGEST_WHY = 200
MOST_FACTS = 6


async def request(
    session: Session, process: OpenProcess, council_id: str, call: contents.MemberCall, staff_id: str, now: datetime
) -> str:
    """Ask for a call to be opened; nobody is told before it is approved. Gives its id. Raises `contents.Unfit`."""
    processes.check_open(process)
    council = await councils.get(session, process, council_id, lock=True)
    check(process, council, call, now)
    for before in await member_calls.of_council(session, process.id, council_id):
        if before.state is SendingState.REQUESTED or is_open(before, now):
            raise contents.Unfit(to_staff("This council has a call that is open, or waits to be approved."))
    name, closes = fresh(), datetime.combine(call.closes, time.max, UTC)
    new = NewCall(
        name, process.id, council_id, contents.pack(call), _hash(process, council, call), staff_id, now, closes
    )
    await member_calls.add(session, new)
    return name


async def approve(
    session: Session, process: OpenProcess, call_id: str, staff_id: str, shown_hash: str, now: datetime
) -> SendingState:
    """Open it and tell everybody, as a second person; VOID if something has changed since it was requested.

    `shown_hash` is that of what they had before them. Raises `contents.Unfit`, and nothing has changed then.
    """
    found = await _taken(session, process, call_id)
    if shown_hash != found.hash:
        raise contents.Unfit(to_staff("This is not what you had before you. Look at it again."))
    if staff_id == found.requested_by:
        raise contents.Unfit(to_staff("You requested this yourself, so somebody else has to approve it."))
    return await _open(session, process, found, staff_id, now)


async def open_now(
    session: Session, process: OpenProcess, council_id: str, call: contents.MemberCall, staff_id: str, now: datetime
) -> str:
    """Open a call and tell everybody, alone: for whoever has the terminal. Gives its id. Raises `contents.Unfit`."""
    name = await request(session, process, council_id, call, staff_id, now)
    await _open(session, process, await _taken(session, process, name), staff_id, now)
    return name


async def call_back(session: Session, process: OpenProcess, call_id: str) -> None:
    """It is never opened. Raises `contents.Unfit` when it is open, or was ended already."""
    found = await _taken(session, process, call_id)
    await member_calls.end(session, process.id, found.id, SendingState.CALLED_BACK)


async def close(session: Session, process: OpenProcess, call_id: str, now: datetime) -> None:
    """Nobody can put themselves forward any more. Raises `contents.Unfit` when it is not open."""
    await processes.touch(session, process)
    if not await member_calls.close(session, process.id, call_id, now):
        raise contents.Unfit(to_staff("This call is not open."))


async def get(session: Session, process: OpenProcess, call_id: str) -> StoredCall:
    """Raises `contents.Unfit` when the process has none of this id."""
    found = await member_calls.get(session, process.id, call_id)
    if found is None:
        raise contents.Unfit(to_staff("This process has no call of this id."))
    return found


async def of_council(session: Session, process: OpenProcess, council_id: str) -> Sequence[StoredCall]:
    """Those of a council, the newest first."""
    return await member_calls.of_council(session, process.id, council_id)


def is_open(call: StoredCall, now: datetime) -> bool:
    """Whether people can put themselves forward."""
    return call.opened is not None and call.closed is None and call.closes > now


def content_of(call: StoredCall) -> contents.MemberCall:
    return contents.unpack(call.content, contents.MemberCall)


def told(process: OpenProcess, council: OpenCouncil, call: contents.MemberCall) -> flows.Renditions:
    """What everybody is told."""
    content = council.content
    return telling.in_every_language(
        process,
        lambda render: _(
            CALLED,
            name=render(content.name),
            about=render(content.about) if content.about else "",
            asks=render(call.asks),
            gives=render(call.gives),
            word=flows.to_send("candidate"),
            day=in_words(call.closes),
        ).replace("\n\n", "\n"),
    )


def check(process: OpenProcess, council: OpenCouncil, call: contents.MemberCall, now: datetime) -> None:
    """Raises `contents.Unfit`."""
    if not 1 <= call.seats <= councils.MOST_SEATS:
        raise contents.Unfit(to_staff("seats: from 1 to {most}.", most=councils.MOST_SEATS))
    contents.check_rendered(call.asks, to_staff("what it asks"), LONGEST_TERMS)
    contents.check_rendered(call.gives, to_staff("what one gets"), LONGEST_TERMS)
    if call.closes < now.date():
        raise contents.Unfit(to_staff("closes must be today or a day to come."))
    if len(call.facts) > MOST_FACTS or len({fact.value for fact in call.facts}) < len(call.facts):
        raise contents.Unfit(
            to_staff("A call asks for at most {most} facts, each with its own value.", most=MOST_FACTS)
        )
    for fact in call.facts:
        contents.check_value(fact.value, to_staff("facts"))
        contents.check_line(fact.label, fact.value)
        contents.check_line(fact.why, fact.value, LONGEST_WHY)
        contents.check_choices(fact.options, fact.value, RATHER_NOT)
        if not fact.options:
            raise contents.Unfit(to_staff("{what}: give between 2 and {most} choices.", what=fact.value, most=12))
    telling.check_fits(told(process, council, call), to_staff("what it asks"))


async def _taken(session: Session, process: OpenProcess, call_id: str) -> StoredCall:
    found = await member_calls.get(session, process.id, call_id, lock=True)
    if found is None or found.state is not SendingState.REQUESTED:
        raise contents.Unfit(to_staff("No call of this id waits to be approved."))
    return found


async def _open(
    session: Session, process: OpenProcess, found: StoredCall, staff_id: str, now: datetime
) -> SendingState:
    call = content_of(found)
    try:
        if not await stored_processes.touch(session, process.id):
            raise contents.Unfit(to_staff("This process is over."))
        council = await councils.get(session, process, found.council, lock=True)
        check(process, council, call, now)
    except contents.Unfit:
        return await _void(session, process, found)
    if _hash(process, council, call) != found.hash:
        return await _void(session, process, found)
    await member_calls.open_(session, process.id, found.id, staff_id, now)
    plan = Plan(not_after=found.closes, hours=telling.hours(process.content))
    announcement = Announcement(Subject("call", found.id), told(process, council, call))
    await telling.tell_many(session, process, announcement, now, plan)
    return SendingState.LEFT


async def _void(session: Session, process: OpenProcess, found: StoredCall) -> SendingState:
    await member_calls.end(session, process.id, found.id, SendingState.VOID)
    return SendingState.VOID


def _hash(process: OpenProcess, council: OpenCouncil, call: contents.MemberCall) -> str:
    """Of all that decides who is told what, and what they are asked."""
    all_of_it = {
        "process": process.id,
        "council": council.id,
        "call": msgspec.to_builtins(call),
        "told": told(process, council, call),
    }
    canonical = json.dumps(all_of_it, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(canonical.encode()).hexdigest()
