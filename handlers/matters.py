"""Matters: what contributions that say the same are gathered into, until somebody responds to it."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta

import flows
from handlers import counts, processes, responses, telling
from handlers.processes import OpenProcess
from handlers.telling import Announcement
from handlers.writing import contents, moments
from locales import _, in_words, spoken
from storage import Session, consultations, fresh, gathering, matters, staff
from storage import responses as stored_responses
from storage.broadcasts import PROMISE, Audience, Subject
from storage.matters import LateMatter, ListedMatter, NewMatter, StoredMatter, Terms
from storage.outbox import expansion
from storage.roles import Role
from storage.states import ProcessState

OWNERS = (Role.ORGANIZER, Role.MODERATOR)
"""Who sees to it that a matter is answered."""
LONGEST_NOTE = 400
MOST_AT_ONCE = 500
"""So many contributions are gathered in one act at most."""
AGAIN = timedelta(days=30)
"""After so long without a response its people are told again that there is none."""
MOST_LATE = 20
"""So many matters are told of in one transaction."""


@dataclass(frozen=True, slots=True)
class Draft:
    """What organizers say of a matter."""

    title: flows.Renditions
    topic: str = ""
    """An objective of the Compact, or a group of them; "" for none."""
    owner: str | None = None
    """Who of the staff sees to it that it is answered; None: nobody yet."""
    due: date | None = None
    """The day until which its people were promised a response; None: no day was promised."""
    note: flows.Renditions = field(default_factory=dict)
    """What stands where its people are told that there is no response yet."""
    is_public: bool = False


async def open_one(
    session: Session,
    process: OpenProcess,
    draft: Draft,
    contribution_ids: Collection[str],
    staff_id: str,
    now: datetime,
) -> str:
    """Open a matter with these contributions in it; gives its id. Raises `contents.Unfit`.

    Where no day is said, it is the earliest that was promised to any who gave them.
    """
    processes.check_open(process)
    await _check(session, process, draft)
    due = draft.due or await _promised(session, process, contribution_ids)
    name = fresh()
    title = contents.pack(draft.title)
    await matters.add(session, NewMatter(name, process.id, title, draft.topic, draft.owner, due, now))
    if draft.note or draft.is_public:
        await matters.change(session, name, _terms(replace(draft, due=due), None, now), now)
    await gather(session, process, name, contribution_ids, staff_id, now)
    return name


async def get(session: Session, process: OpenProcess, matter_id: str) -> StoredMatter:
    """Raises `contents.Unfit` when the process has none of this id, or it was given up."""
    found = await matters.get(session, process.id, matter_id)
    if found is None:
        raise contents.Unfit("No matter of this process has this id.")
    return found


async def change(session: Session, process: OpenProcess, matter_id: str, draft: Draft, now: datetime) -> None:
    """Raises `contents.Unfit`."""
    await _check(session, process, draft)
    before = await _held(session, process, matter_id)
    await matters.change(session, matter_id, _terms(draft, before.public, now), now)


async def drop(session: Session, process: OpenProcess, matter_id: str, now: datetime) -> None:
    """Give a matter up: what is gathered in it stays, and can be gathered elsewhere. Raises `contents.Unfit`."""
    if (await _held(session, process, matter_id)).response_id is not None:
        raise contents.Unfit("This matter has a response, so it cannot be given up.")
    await matters.drop(session, matter_id, now)


async def gather(
    session: Session,
    process: OpenProcess,
    matter_id: str,
    contribution_ids: Collection[str],
    staff_id: str,
    now: datetime,
) -> int:
    """Gather contributions into a matter; gives how many were not there already. Raises `contents.Unfit`.

    Where it has a response, whoever gave them is told that, unless it has reached them by something else of theirs.
    """
    if len(contribution_ids) > MOST_AT_ONCE:
        raise contents.Unfit(f"Gather at most {MOST_AT_ONCE} at once.")
    matter = await _held(session, process, matter_id)
    added = await gathering.gather(session, process.id, matter_id, contribution_ids, staff_id, now)
    if matter.response_id is not None and added:
        untold = await gathering.untold(session, process.id, matter.response_id, added)
        await stored_responses.answer_too(session, process.id, matter.response_id, added)
        if untold:
            await responses.tell_too(session, process, matter.response_id, untold, now)
    return len(added)


async def part(session: Session, process: OpenProcess, matter_id: str, contribution_ids: Collection[str]) -> int:
    """Take contributions out of a matter; gives how many were in it. Raises `contents.Unfit`.

    What its response has told their people stays told.
    """
    await _held(session, process, matter_id)
    return await gathering.part(session, matter_id, contribution_ids)


async def open_matters(session: Session, process: OpenProcess, most: int = 200) -> Sequence[ListedMatter]:
    """Those into which something can be gathered: what waits for its response, the most pressing first."""
    return await matters.due_first(session, process.id, matters.ALL, most)


@dataclass(frozen=True, slots=True)
class Behind:
    """About how many stand behind a matter; None: too few to be told."""

    people: int | None
    """Who said it, or supports it."""
    followers: int | None


async def behind(session: Session, matter_ids: Collection[str]) -> Mapping[str, Behind]:
    """Of each of these. One statement."""
    crowds = await gathering.crowds(session, matter_ids)
    found = ((name, crowds.get(name, gathering.NOBODY)) for name in matter_ids)
    return {name: Behind(counts.rounded(crowd.everybody), counts.rounded(crowd.followers)) for name, crowd in found}


@dataclass(frozen=True, slots=True)
class Reached:
    """About how many of those who would be told a response read this language; None: too few to be told."""

    language: str
    number: int | None


async def reach(session: Session, process: OpenProcess, matter_ids: Sequence[str]) -> Sequence[Reached]:
    """Whom a response to these matters would reach now, those of many first."""
    parts = await expansion.audience_parts(session, process.id, Audience(about=tuple(matter_ids)))
    people = Counter[str]()
    for part in parts:
        people[part.language] += part.number
    return [Reached(language, counts.rounded(number)) for language, number in people.most_common()]


async def tell_late(session: Session, now: datetime) -> int:
    """Tell the people of every matter whose day has passed that there is no response yet, and again after 30 days.

    Any number of workers may do this at once: what one of them holds the others pass over. Gives how many matters.
    """
    late = await matters.take_late(session, now.date(), (now - AGAIN).date(), MOST_LATE)
    return sum([await _tell_late(session, matter, now) for matter in late])


async def _tell_late(session: Session, matter: LateMatter, now: datetime) -> bool:
    """By the clock of its process. Nothing leaves for one that is over."""
    process = await processes.get(session, matter.process_id)
    today = now.astimezone(moments.zone_of(process.content)).date()
    if matter.due >= today or process.state is not ProcessState.OPEN:
        return False
    await matters.told_late(session, [matter.id], today)
    texts = telling.in_every_language(process, lambda _render: _is_late(process, matter))
    about = Announcement(Subject(PROMISE, f"{matter.id}.{today}"), texts, Audience(about=(matter.id,)))
    await telling.tell_now(session, process, about, now)
    return True


def _is_late(process: OpenProcess, matter: LateMatter) -> str:
    order = process.content.languages
    title = flows.rendition(contents.unpack(matter.title, dict[str, str]), spoken(), order).text
    note = contents.unpack(matter.note, dict[str, str])
    late = _(
        "You told us about, or follow: {title}\n\nWe promised a response by {day}. We are sorry: there is none yet.",
        title=title,
        day=in_words(matter.due),
    )
    return f"{late}\n\n{flows.with_notice(flows.rendition(note, spoken(), order), spoken())}" if note else late


async def _held(session: Session, process: OpenProcess, matter_id: str) -> StoredMatter:
    """Whoever else does something with it waits until this transaction ends. Raises `contents.Unfit`."""
    taken = await matters.take(session, process.id, [matter_id])
    if not taken:
        raise contents.Unfit("No matter of this process has this id.")
    return taken[0]


async def _promised(session: Session, process: OpenProcess, contribution_ids: Collection[str]) -> date | None:
    answered = await consultations.answered_by(session, process.id, contribution_ids)
    days = [contents.unpack(content, contents.Consultation).promise.answer_by for content in answered]
    return min(days, default=None)


def _terms(draft: Draft, public: datetime | None, now: datetime) -> Terms:
    return Terms(
        title=contents.pack(draft.title),
        topic=draft.topic,
        owner=draft.owner,
        due=draft.due,
        note=contents.pack(draft.note),
        public=(public or now) if draft.is_public else None,
    )


async def _check(session: Session, process: OpenProcess, draft: Draft) -> None:
    contents.check_line(draft.title, "title")
    if draft.note:
        contents.check_rendered(draft.note, "note", LONGEST_NOTE)
    if draft.topic and not flows.has_label(draft.topic):
        raise contents.Unfit("topic: choose one of the list.")
    if draft.owner and draft.owner not in await staff.workers(session, process.id, OWNERS):
        raise contents.Unfit("owner: choose somebody who works in this process.")
