"""Something goes out to many: the broadcast that the outbox is filled from."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

import flows
from handlers.processes import OpenProcess
from handlers.writing import contents, naming
from locales import languages, speaking, to_staff
from storage import Session, broadcasts
from storage.broadcasts import EVERYBODY, RESPONSE, Audience, Hours, Plan, Subject
from storage.lanes import Lane
from storage.outbox import expansion

LONGEST = 1500
"""How long a text may be to leave as one message everywhere: Twilio takes 1600, WhatsApp adds marks of direction."""

Render = Callable[[flows.Renditions], str]
"""Gives an organizer's text as a reader of the language being spoken gets it."""


def in_every_language(process: OpenProcess, compose: Callable[[Render], str]) -> flows.Renditions:
    """A text of ours around an organizer's, in each language that we speak.

    Where the organizer's is missing in one, a notice in that language comes first.
    """
    return {language: _in(language, process.content.languages, compose) for language in languages()}


def _in(language: str, order: Sequence[str], compose: Callable[[Render], str]) -> str:
    found: list[flows.Rendition] = []

    def render(text: flows.Renditions) -> str:
        found.append(flows.rendition(text, language, order))
        return found[-1].text

    with speaking(language):
        composed = compose(render)
    foreign = next((rendition.language for rendition in found if rendition.language != language), language)
    return flows.with_notice(flows.Rendition(composed, foreign), language)


def check_fits(renditions: flows.Renditions, what: str) -> None:
    """Raises `Unfit` when `what` an organizer wrote is too long for one message, with ours around it."""
    for language, text in renditions.items():
        long = contents.length(text)
        if long > LONGEST:
            raise contents.Unfit(
                to_staff(
                    "{what}: in {language} our message has {number} characters, at most {longest} fit.",
                    what=what,
                    language=naming.language(language),
                    number=long,
                    longest=LONGEST,
                )
            )


def hours(process: flows.Process) -> Hours | None:
    """When people may be written to of our own accord; None: at any hour."""
    day = process.daytime
    if day is None:
        return None
    zones = {region.value: region.zone for region in process.regions if region.zone}
    return Hours(day.opens, day.closes, day.zone, zones, day.quiet)


@dataclass(frozen=True, slots=True)
class Announcement:
    """What is told, of what, and to whom."""

    subject: Subject
    renditions: flows.Renditions
    audience: Audience = EVERYBODY
    opening: flows.Renditions = field(default_factory=dict)
    titles: Mapping[str, flows.Renditions] = field(default_factory=dict)
    part: flows.Renditions = field(default_factory=dict)
    """These three as in `flows.Told`."""

    def told(self, process: flows.Process) -> flows.Told:
        """The text as a broadcast keeps it."""
        return flows.Told(
            text=self.renditions,
            order=process.languages,
            organizer=process.organizer,
            without_accents=process.sms_without_accents,
            opening=self.opening,
            titles=self.titles,
            part=self.part,
            short=flows.short_title(process),
            response=self.subject.id if self.subject.kind == RESPONSE else None,
        )


async def tell_now(
    session: Session,
    process: OpenProcess,
    announcement: Announcement,
    now: datetime,
    not_after: datetime | None = None,
) -> int:
    """Queue one notice for each person of a small audience, in this transaction; gives how many.

    They leave at once to those who have day now, to the others in their morning.
    """
    return (await tell_back(session, process, announcement, now, not_after)).number


@dataclass(frozen=True, slots=True)
class Queued:
    """What was queued for everybody at once."""

    broadcast: str
    number: int
    """Of how many people."""


async def tell_back(
    session: Session,
    process: OpenProcess,
    announcement: Announcement,
    now: datetime,
    not_after: datetime | None = None,
) -> Queued:
    """The same, with the broadcast that it is."""
    plan = Plan(not_after=not_after, hours=hours(process.content))
    made = await broadcasts.add(session, _broadcast(process, announcement, Lane.NOTICE, plan), now)
    return Queued(made.id, await expansion.expand(session, made, now, None))


async def tell_many(
    session: Session,
    process: OpenProcess,
    announcement: Announcement,
    now: datetime,
    plan: Plan | None = None,
) -> str:
    """Promise a bulletin to a large audience; the workers make its deliveries in batches. Gives the broadcast's id.

    Without a plan it leaves by day, in the process's hours; a plan is taken as it is.
    """
    plan = plan or Plan(hours=hours(process.content))
    return (await broadcasts.add(session, _broadcast(process, announcement, Lane.BULLETIN, plan), now)).id


def _broadcast(process: OpenProcess, announcement: Announcement, lane: Lane, plan: Plan) -> broadcasts.NewBroadcast:
    return broadcasts.NewBroadcast(
        process=process.id,
        subject=announcement.subject,
        renditions=announcement.told(process.content).packed(),
        lane=lane,
        audience=announcement.audience,
        plan=plan,
    )
