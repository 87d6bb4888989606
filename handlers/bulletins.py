"""What we tell."""

from datetime import UTC, date, datetime, time

import channels
import flows
from handlers import contents, telling
from handlers.processes import the_one
from locales import languages
from storage import Session, bulletins, processes
from storage.broadcasts import Audience
from storage.ids import fresh


async def publish(session: Session, bulletin: contents.Bulletin, now: datetime) -> str:
    """Publish a bulletin: its audience is sent it; if that is everybody, those who come later can read it too.

    Gives the broadcast's id. Raises `contents.Unfit`.
    """
    process = await the_one(session)
    contents.check_rendered(bulletin.text, "text")
    _check_audience(bulletin.audience, process[1])
    not_after = _end_of(bulletin.not_after, now)
    name = fresh()
    await bulletins.add(
        session, name, process[0], contents.pack(bulletin), bulletin.audience == Audience(), not_after, now
    )
    await processes.touch(session)
    return await telling.tell_many(
        session, process, f"bulletin:{name}", bulletin.text, bulletin.audience, now, not_after
    )


def _check_audience(audience: Audience, process: flows.Process) -> None:
    """A slip of the pen would reach nobody, and nobody would know."""
    offered = {
        "languages": (audience.languages, languages()),
        "regions": (audience.regions, tuple(region.value for region in process.regions)),
        "channels": (audience.channels, channels.names()),
    }
    for name, (asked, known) in offered.items():
        for value in asked:
            if value not in known:
                raise contents.Unfit(f"audience.{name}: there is no {value!r} here, only {', '.join(known)}.")


def _end_of(day: date | None, now: datetime) -> datetime | None:
    if day is None:
        return None
    end = datetime.combine(day, time.max, UTC)
    if end <= now:
        raise contents.Unfit(f"not_after: {day} has passed.")
    return end
