"""What followed a response: published, and told to everybody who was told the response."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import flows
from handlers import processes, responses, telling
from handlers.processes import OpenProcess
from handlers.telling import Announcement
from handlers.writing import contents, moments, naming
from locales import N_, _, spoken, to_staff
from storage import Session, fresh, matters, results
from storage import responses as stored_responses
from storage.broadcasts import PROGRESS, Audience, Subject
from storage.results import StoredResult
from storage.states import ResultState

OPENING = N_("There is news on something that you told us or follow.")


@dataclass(frozen=True, slots=True)
class Published:
    """A result that was published."""

    id: str
    broadcast: str
    number: int
    """How many people are told."""


async def publish(session: Session, process: OpenProcess, result: contents.Result, now: datetime) -> Published:
    """Publish a result and queue the word of it, in this one transaction. Raises `contents.Unfit`."""
    await processes.touch(session, process)
    name = fresh()
    news = await announcement(session, process, name, result, now)
    stored = StoredResult(
        id=name,
        process_id=process.id,
        response_id=result.response,
        state=ResultState(result.state),
        text=contents.pack(result.text),
        place=contents.pack(result.place),
        link=result.link,
        day=result.day,
        published=now,
    )
    await results.add(session, stored)
    queued = await telling.tell_back(session, process, news, now)
    return Published(name, queued.broadcast, queued.number)


async def announcement(
    session: Session, process: OpenProcess, name: str, result: contents.Result, now: datetime
) -> Announcement:
    """What happened, for whoever was told the response. `name`: the result's id. Raises `contents.Unfit`."""
    _check(process, result, now)
    response = await stored_responses.get(session, process.id, result.response)
    if response is None:
        raise contents.Unfit(to_staff("No response of this process has this id."))
    about = await matters.several(session, process.id, await stored_responses.matters_of(session, response.id))
    titles = [contents.unpack(matter.title, dict[str, str]) for matter in about]
    made = Announcement(
        Subject(PROGRESS, name),
        telling.in_every_language(process, lambda _render: _happened(process, titles, result)),
        Audience(response=response.id),
    )
    telling.check_fits(made.told(process.content).text, to_staff("text"))
    return made


def _check(process: OpenProcess, result: contents.Result, now: datetime) -> None:
    if result.state not in flows.RESULTS:
        raise contents.Unfit(to_staff("state is one of: {choices}.", choices=naming.listed(flows.RESULTS)))
    contents.check_rendered(result.text, to_staff("text"))
    if result.place:
        contents.check_line(result.place, to_staff("place"))
    contents.check_link(result.link)
    if result.day > now.astimezone(moments.zone_of(process.content)).date():
        raise contents.Unfit(to_staff("day: this has not come yet. Tell it when it has happened."))


def _happened(process: OpenProcess, titles: Sequence[flows.Renditions], result: contents.Result) -> str:
    order = process.content.languages
    text = flows.with_notice(flows.rendition(result.text, spoken(), order), spoken())
    state = _(flows.RESULTS[ResultState(result.state)])
    seen = responses.seen_at(order, result.place, result.link)
    return "\n\n".join((_opening(order, titles), state, text, *seen))


def _opening(order: Sequence[str], titles: Sequence[flows.Renditions]) -> str:
    if len(titles) != 1:
        return _(OPENING)
    return _("There is news on: {title}", title=flows.rendition(titles[0], spoken(), order).text)
