"""Which council decides what by itself, and how its members learn it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

import flows
from handlers import telling
from handlers.processes import OpenProcess
from handlers.telling import Announcement
from handlers.writing import contents
from locales import N_, _, spoken, to_staff
from storage import Session, councils, fresh
from storage.broadcasts import RESULT, Audience, Subject
from storage.states import Power

SHORTEST, LONGEST = 1, 30
"""Days that a council has for a vote."""
POWERS: Mapping[Power, str] = {
    Power.BULLETINS: N_("This council approves our news before it is sent: {name}."),
    Power.QUESTIONS: N_("This council sets the questions of our consultations: {name}."),
}
"""What everybody may read."""
GIVEN: Mapping[Power, str] = {
    Power.BULLETINS: N_(
        "From now on this council approves our news before it is sent: {name}. We will ask you to vote each time."
    ),
    Power.QUESTIONS: N_(
        "From now on this council sets the questions of our consultations: {name}. We will ask you to vote each time."
    ),
}
TAKEN: Mapping[Power, str] = {
    Power.BULLETINS: N_("From now on this council does not approve our news any more: {name}."),
    Power.QUESTIONS: N_("From now on this council does not set the questions of our consultations any more: {name}."),
}
"""What its members are told of either."""
EMERGENCY = N_(
    "In an emergency we sent news without the vote of your council. It begins: {words}\nWhy, in our words: {reason}"
)


@dataclass(frozen=True, slots=True)
class Holder:
    """A council that holds a power."""

    id: str
    content: contents.Council = field(repr=False)


async def holder(session: Session, process: OpenProcess, power: Power) -> Holder | None:
    """The council that holds this power; None: none does. One statement."""
    return next((held for held in await _all(session, process.id) if power in held.content.powers), None)


async def holders(session: Session, process: OpenProcess) -> Sequence[tuple[Power, Holder]]:
    """Every power that a council holds, with the council. One statement."""
    found = await _all(session, process.id)
    return [(power, held) for power in Power for held in found if power in held.content.powers]


async def _all(session: Session, process_id: str) -> Sequence[Holder]:
    stored = await councils.of_process(session, process_id)
    return [Holder(each.id, contents.unpack(each.content, contents.Council)) for each in stored]


async def check(session: Session, process: OpenProcess, council: contents.Council, council_id: str = "") -> None:
    """Raises `contents.Unfit` where the council cannot hold its powers. `council_id`: "" for one that is made."""
    if not SHORTEST <= council.answers_within <= LONGEST:
        limits = {"shortest": SHORTEST, "longest": LONGEST}
        raise contents.Unfit(to_staff("For a vote a council has from {shortest} to {longest} days.", **limits))
    if len(set(council.powers)) < len(council.powers):
        raise contents.Unfit(to_staff("Name each power of a council once."))
    others = [held for _power, held in await holders(session, process) if held.id != council_id]
    for held in others:
        if set(held.content.powers) & set(council.powers):
            name = flows.rendition(held.content.name, spoken(), process.content.languages).text
            raise contents.Unfit(
                to_staff("Another council holds this power: {name}. Take it from there first.", name=name)
            )


def changed(before: contents.Council, after: contents.Council) -> bool:
    """Whether a council was given a power, or lost one."""
    return set(before.powers) != set(after.powers)


async def tell(
    session: Session,
    process: OpenProcess,
    council_id: str,
    before: contents.Council,
    after: contents.Council,
    now: datetime,
) -> int:
    """Tell its members what their council decides from now on, or does not any more; gives how many are told."""
    gained = [GIVEN[power] for power in Power if power in after.powers and power not in before.powers]
    taken = [TAKEN[power] for power in Power if power in before.powers and power not in after.powers]
    texts = telling.in_every_language(
        process, lambda render: "\n".join(_(text, name=render(after.name)) for text in (*gained, *taken))
    )
    announcement = Announcement(Subject("seat", fresh()), texts, _members(council_id))
    return await telling.tell_now(session, process, announcement, now)


async def tell_of_emergency(
    session: Session, process: OpenProcess, held: Holder, words: flows.Renditions, reason: str, now: datetime
) -> int:
    """Tell its members that something left without them, and why, in the words of staff; gives how many are told."""
    beginning = {language: flows.heading(text) for language, text in words.items()}
    texts = telling.in_every_language(process, lambda render: _(EMERGENCY, words=render(beginning), reason=reason))
    announcement = Announcement(Subject(RESULT, fresh()), texts, _members(held.id))
    return await telling.tell_now(session, process, announcement, now)


def _members(council_id: str) -> Audience:
    return Audience(members=True, council=council_id)
