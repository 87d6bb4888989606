"""What a process publishes as its input, for the process that it stands under."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import flows
from handlers import counts
from handlers.processes import OpenProcess
from handlers.writing import contents
from locales import to_staff
from storage import Session, contributions, fresh, inputs
from storage.inputs import NewInput


@dataclass(frozen=True, slots=True)
class PublishedInput:
    """What the organizers of the process above see. No number in it points at people."""

    title: flows.Renditions
    text: flows.Renditions
    contributions: int | None
    """About how many recommendations were given; None: too few to say."""
    topics: Mapping[str, int]
    """About how many of them name which objective, or group of objectives; those that are too few are left out."""


@dataclass(frozen=True, slots=True)
class ReceivedInput:
    """An input, by the slug of the process that published it."""

    slug: str
    published: datetime
    content: PublishedInput


async def publish(session: Session, process: OpenProcess, new: contents.Input, now: datetime) -> PublishedInput:
    """Hand it to the process above, with how many recommendations there are about what by now. Raises `Unfit`."""
    if process.parent is None:
        raise contents.Unfit(
            to_staff("{slug} stands under no other process, so nobody would see its input.", slug=process.slug)
        )
    contents.check_line(new.title, to_staff("title"))
    contents.check_rendered(new.text, to_staff("text"), contents.LONGEST_INPUT)
    about = await contributions.by_topic(session, process.id)
    topics = {topic: counts.rounded(number) for topic, number in about.items() if topic}
    published = PublishedInput(
        new.title,
        new.text,
        counts.rounded(sum(about.values())),
        {topic: number for topic, number in topics.items() if number is not None},
    )
    await inputs.add(session, NewInput(fresh(), process.id, contents.pack(published), now))
    return published


async def received(session: Session, process: OpenProcess) -> Sequence[ReceivedInput]:
    """What the processes under this one have published, newest first."""
    return [
        ReceivedInput(stored.slug, stored.published, contents.unpack(stored.content, PublishedInput))
        for stored in await inputs.published_under(session, process.id)
    ]
