"""What goes out to many is shown before it leaves, and waits for a yes."""

from collections.abc import Awaitable, Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from functools import partial
from typing import Annotated, Generic, TypeVar

import typer

import flows
from bot import clock
from bot.commands.terminal import acting, ask, load_variables, rehearsing, say
from broadcast import expand
from handlers import previews, processes
from handlers.journal import Entry
from handlers.previews import Preview, Share
from handlers.processes import OpenProcess
from handlers.writing import contents
from storage import Session
from storage.broadcasts import Broadcast

T = TypeVar("T")
Yes = Annotated[bool, typer.Option("--yes", help="Do not ask whether it shall leave.")]
OnceMore = Annotated[bool, typer.Option("--once-more", help="Also when the very same has gone out before.")]


async def _never(_session: Session, _process: OpenProcess) -> datetime | None:
    return None


@dataclass(frozen=True, slots=True)
class Publication(Generic[T]):
    """Something that goes out to many once an organizer has said yes."""

    text: flows.Renditions
    """What the organizer wrote: who reads it in another language is counted."""
    publish: Callable[[Session, OpenProcess, datetime], Awaitable[T]]
    broadcast: Callable[[Session, OpenProcess, T], Awaitable[Broadcast | None]]
    """What `publish` has made; None: nothing leaves yet."""
    entry: Callable[[T], Entry]
    """What the journal says of what `publish` has made."""
    before: Callable[[Session, OpenProcess], Awaitable[datetime | None]] = field(default=_never)
    """When the very same went out."""
    slug: str | None = None
    """Of the process; None: the only one."""


def publish_after_yes(publication: Publication[T], yes: bool, once_more: bool = False) -> tuple[T, int]:
    """Show it, ask, publish; gives what `publish` gave, and how many people there were to reach."""
    preview, before = rehearsing(publication.slug, partial(_rehearse, publication))
    if preview is not None:
        for line in lines(preview, clock.now(), load_variables().sms_price):
            say(line)
    if before is not None:
        _ask(f"The very same went out before, on {moment(before)}. Send it once more?", once_more, "--once-more")
    _ask("Shall it leave?", yes, "--yes")
    number = 0 if preview is None else preview.number
    return acting(publication.slug, partial(_publish, publication, before), publication.entry), number


async def _rehearse(
    publication: Publication[T], session: Session, process: OpenProcess, now: datetime
) -> tuple[Preview | None, datetime | None]:
    before = await publication.before(session, process)
    broadcast = await publication.broadcast(session, process, await publication.publish(session, process, now))
    return None if broadcast is None else await previews.of(session, broadcast, publication.text), before


async def _publish(
    publication: Publication[T], before: datetime | None, session: Session, process: OpenProcess, now: datetime
) -> T:
    """Unless somebody else published the very same while we asked: whoever does waits here for the other."""
    await processes.touch(session, process)
    if await publication.before(session, process) != before:
        raise contents.Unfit("The very same has gone out just now, from elsewhere. Nothing was sent from here.")
    return await publication.publish(session, process, now)


def _ask(question: str, answered: bool, option: str) -> None:
    ask(question, answered, option, "Nothing was sent")


def lines(preview: Preview, now: datetime, price: str) -> Iterator[str]:
    """What an organizer is told before something leaves."""
    if not preview.number:
        yield "It reaches nobody: nobody who takes part is in its audience."
        return
    yield f"To {people(preview.number)}:"
    for share in preview.shares:
        yield f"  {share.channel:15} {share.language:4}{share.number:>9}{_of(share)}"
    if preview.foreign:
        yield f"In another language than their own, after a sentence that says so: {people(preview.foreign)}."
    if preview.segments:
        yield f"SMS: {preview.segments} segments{_cost(preview.segments, price)}."
    yield from _when(preview, now)


def _of(share: Share) -> str:
    foreign = f"  in {share.written_in}, for want of {share.language}" if share.is_foreign else ""
    return f"{foreign}  {share.segments} segments each" if share.segments > 1 else foreign


def _cost(segments: int, price: str) -> str:
    """At SMS_PRICE: a number, and whatever its currency is."""
    if not price:
        return ""
    each, _space, currency = price.partition(" ")
    return f" at {price}, {Decimal(each) * segments} {currency}".rstrip()


def _when(preview: Preview, now: datetime) -> Iterator[str]:
    broadcast = preview.broadcast
    start = max(now, broadcast.not_before or now)
    people_by_day: dict[datetime, int] = {}
    for day, number in _days(preview, start):
        people_by_day[day] = people_by_day.get(day, 0) + number
    for day, number in sorted(people_by_day.items()):
        if broadcast.not_after is not None and broadcast.not_after <= day:
            yield f"Never to {people(number)}: it is over before their day begins."
        elif day <= now:
            yield f"At once to {people(number)}."
        else:
            night = "" if day <= start else ": it is night, or a quiet day, where they live"
            yield f"From {moment(day)} on to {people(number)}{night}."
    if broadcast.not_after is not None:
        yield f"Nothing of it leaves after {moment(broadcast.not_after)}."


def _days(preview: Preview, start: datetime) -> Iterator[tuple[datetime, int]]:
    """From when on how many may be written to."""
    mornings: Mapping[str, datetime] = expand.mornings(preview.broadcast, start)
    for region, number in preview.regions.items():
        yield max(mornings.get(region) or mornings.get("") or start, start), number


def people(number: int) -> str:
    return "1 person" if number == 1 else f"{number} people"


def people_are(number: int) -> str:
    return f"{people(number)} {'is' if number == 1 else 'are'}"


def moment(at: datetime) -> str:
    return f"{at.astimezone(UTC):%Y-%m-%d %H:%M} UTC"
