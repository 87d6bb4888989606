"""Matters: what contributions that say the same are gathered into, until somebody responds to it."""

import asyncio
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime

import flows
from handlers import counts, likeness, processes, responses
from handlers.processes import OpenProcess
from handlers.writing import contents
from locales import to_staff
from storage import Keyring, Session, consultations, contributions, fresh, gathering, matters, staff
from storage import processes as stored_processes
from storage import responses as stored_responses
from storage.broadcasts import Audience
from storage.contributions import Contribution
from storage.matters import ListedMatter, NewMatter, StoredMatter, Terms
from storage.outbox import expansion
from storage.roles import Role

OWNERS = (Role.ORGANIZER, Role.MODERATOR)
"""Who sees to it that a matter is answered."""
LONGEST_NOTE = 400
MOST_AT_ONCE = 500
"""So many contributions are gathered in one act at most."""
MOST_COMPARED = 50
"""With so much of what is gathered in a matter others are compared..."""
MOST_LOOKED_AT = 1000
"""...and so many of those that wait are looked at."""
MOST_SUGGESTED = 20


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
    if draft.is_public:
        await _shown_or_hidden(session, process)
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
        raise contents.Unfit(to_staff("No matter of this process has this id."))
    return found


async def change(session: Session, process: OpenProcess, matter_id: str, draft: Draft, now: datetime) -> None:
    """Raises `contents.Unfit`."""
    await _check(session, process, draft)
    if draft.is_public != ((await get(session, process, matter_id)).public is not None):
        await _shown_or_hidden(session, process)
    before = await _held(session, process, matter_id)
    await matters.change(session, matter_id, _terms(draft, before.public, now), now)


async def drop(session: Session, process: OpenProcess, matter_id: str, now: datetime) -> None:
    """Give a matter up: what is gathered in it stays, and can be gathered elsewhere. Raises `contents.Unfit`."""
    if (await get(session, process, matter_id)).public is not None:
        await _shown_or_hidden(session, process)
    if (await _held(session, process, matter_id)).response_id is not None:
        raise contents.Unfit(to_staff("This matter has a response, so it cannot be given up."))
    await matters.drop(session, matter_id, now)


async def _shown_or_hidden(session: Session, process: OpenProcess) -> None:
    """What people can look through has changed. Before anything else is locked, as whoever publishes something does."""
    await stored_processes.touch(session, process.id)


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
        raise contents.Unfit(to_staff("Gather at most {most} at once.", most=MOST_AT_ONCE))
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


async def perhaps_the_same(
    session: Session, process: OpenProcess, keys: Keyring, matter_id: str, languages: Collection[str] | None
) -> Sequence[Contribution]:
    """Contributions that wait and may say what is gathered in a matter, the most alike first. Somebody reads them.

    What staff translated is compared in those languages, too. Among the newest `MOST_LOOKED_AT`, in these languages;
    None: in any.
    """
    gathered = await contributions.gathered_in(session, process.id, keys, matter_id, MOST_COMPARED)
    waiting = await contributions.ungathered(session, process.id, keys, languages, MOST_LOOKED_AT)
    by_name = {contribution.id: contribution for contribution in waiting}
    texts = {contribution.id: _wordings(contribution) for contribution in gathered}
    others = {name: _wordings(contribution) for name, contribution in by_name.items()}
    names = await asyncio.to_thread(likeness.alike, texts, others, MOST_SUGGESTED)
    return [by_name[name] for name in names]


def _wordings(contribution: Contribution) -> Sequence[str]:
    return [wording for wording in (contribution.words, *contribution.translations.values()) if wording]


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


async def _held(session: Session, process: OpenProcess, matter_id: str) -> StoredMatter:
    """Whoever else does something with it waits until this transaction ends. Raises `contents.Unfit`."""
    taken = await matters.take(session, process.id, [matter_id])
    if not taken:
        raise contents.Unfit(to_staff("No matter of this process has this id."))
    return taken[0]


async def _promised(session: Session, process: OpenProcess, contribution_ids: Collection[str]) -> date | None:
    answered = await consultations.answered_by(session, process.id, contribution_ids)
    days = [contents.unpack(content, contents.Consultation).promise.responds for content in answered]
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
    contents.check_line(draft.title, to_staff("title"))
    if draft.note:
        contents.check_rendered(draft.note, to_staff("note"), LONGEST_NOTE)
    if draft.topic and not flows.has_label(draft.topic):
        raise contents.Unfit(to_staff("topic: choose one of the list."))
    if draft.owner and draft.owner not in await staff.workers(session, process.id, OWNERS):
        raise contents.Unfit(to_staff("owner: choose somebody who works in this process."))
