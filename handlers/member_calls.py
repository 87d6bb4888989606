"""Calls for members of a council: opened and told to everybody, and ended before their day."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, time

import flows
from flows.region import RATHER_NOT
from handlers import councils, processes, quota_facts, telling
from handlers.councils import OpenCouncil
from handlers.processes import OpenProcess
from handlers.telling import Announcement
from handlers.writing import contents
from locales import N_, _, in_words, to_staff
from storage import Session, broadcasts, fresh, member_calls
from storage.broadcasts import CALL, Plan, Subject
from storage.member_calls import NewCall, StoredCall

CALLED = N_(
    "A council looks for members: {name}.\n{about}\nWhat we ask of you: {asks}\nWhat you get: {gives}\nTo put yourself "
    "forward, send {word}. You can until {day}."
)
LONGEST_TERMS = 400
LONGEST_WHY = 200
MOST_FACTS = 6


@dataclass(frozen=True, slots=True)
class Calling:
    """A call for members, and the council that calls them."""

    council: str
    call: contents.MemberCall = field(repr=False)


async def open_(session: Session, process: OpenProcess, calling: Calling, now: datetime) -> str:
    """Open a call, and tell everybody who takes part; gives its id.

    It closes at the end of the day `closes`, in UTC. Raises `contents.Unfit`.
    """
    await processes.touch(session, process)
    council = await check(session, process, calling, now, lock=True)
    name, closes = fresh(), datetime.combine(calling.call.closes, time.max, UTC)
    new = NewCall(name, process.id, council.id, contents.pack(calling.call), now, closes)
    await member_calls.add(session, new)
    plan = Plan(not_after=closes, hours=telling.hours(process.content))
    await telling.tell_many(session, process, announcement(process, council, calling.call, name), now, plan)
    return name


async def close(session: Session, process: OpenProcess, call_id: str, now: datetime) -> None:
    """Nobody can put themselves forward any more, and nobody else is told of it. Who stands waits for the draw.

    Raises `contents.Unfit` when it is not open.
    """
    await processes.touch(session, process)
    found = await member_calls.get(session, process.id, call_id, lock=True)
    if found is None or not is_open(found, now):
        raise contents.Unfit(to_staff("This call is not open."))
    await member_calls.close(session, process.id, call_id, now)
    await stop_telling(session, process, call_id)


async def stop_telling(session: Session, process: OpenProcess, call_id: str) -> None:
    """Who has not been told of a call yet is not told any more."""
    telling_of_it = await broadcasts.about(session, process.id, Subject(CALL, call_id))
    if telling_of_it is not None:
        await broadcasts.cancel(session, telling_of_it.id)


async def get(session: Session, process: OpenProcess, call_id: str) -> StoredCall:
    """Raises `contents.Unfit` when the process has none of this id."""
    found = await member_calls.get(session, process.id, call_id)
    if found is None:
        raise contents.Unfit(to_staff("This process has no call of this id."))
    return found


async def named(session: Session, process: OpenProcess, beginning: str) -> str:
    """The id of the call of any council that begins like this. Raises `contents.Unfit`."""
    of_all = [
        call.id
        for council in await councils.of_process(session, process)
        for call in await of_council(session, process, council.id)
    ]
    found = [name for name in of_all if name.startswith(beginning)]
    if len(beginning) < councils.SHORTEST_ID or len(found) != 1:
        raise contents.Unfit(to_staff("This process has no call of this id."))
    return found[0]


async def of_council(session: Session, process: OpenProcess, council_id: str) -> Sequence[StoredCall]:
    """Those of a council, the newest first."""
    return await member_calls.of_council(session, process.id, council_id)


def is_open(call: StoredCall, now: datetime) -> bool:
    """Whether people can put themselves forward."""
    return call.closed is None and call.closes > now


def content_of(call: StoredCall) -> contents.MemberCall:
    return contents.unpack(call.content, contents.MemberCall)


def announcement(process: OpenProcess, council: OpenCouncil, call: contents.MemberCall, name: str = "") -> Announcement:
    """What everybody is told. `name`: the call's id."""
    content = council.content
    texts = telling.in_every_language(
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
    return Announcement(Subject(CALL, name), texts)


async def check(
    session: Session, process: OpenProcess, calling: Calling, now: datetime, lock: bool = False
) -> OpenCouncil:
    """The council that calls. Raises `contents.Unfit` where the call could not be opened now."""
    council = await councils.get(session, process, calling.council, lock)
    _check(calling.call, now)
    telling.check_fits(announcement(process, council, calling.call).renditions, to_staff("what it asks"))
    if any(is_open(before, now) for before in await of_council(session, process, council.id)):
        raise contents.Unfit(to_staff("This council has a call that is open already."))
    await quota_facts.check_same(session, process.id, council.id, calling.call.facts)
    return council


def _check(call: contents.MemberCall, now: datetime) -> None:
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
