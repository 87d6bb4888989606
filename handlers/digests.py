"""The e-bulletin: a draft put together from what is new since the last one, for staff to edit."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

import council
import flows
from handlers import counts, items, processes, telling
from handlers.items import ItemDraft
from handlers.processes import OpenProcess
from handlers.rounds import spent
from handlers.writing import contents, moments
from locales import N_, _, speaking
from storage import Session, bulletins, marks, responses, rounds
from storage import items as stored_items
from storage import processes as stored_processes
from storage.responses import PublishedResponse
from storage.states import ProcessState, ResponseState

LONGEST_ENTRY = 160
"""Of what is told again only the beginning: whoever takes part has read the rest."""
MORE = "…"
STATES: Mapping[ResponseState, str] = {
    ResponseState.TAKEN_UP: N_("Taken up"),
    ResponseState.TAKEN_UP_IN_PART: N_("Taken up in part"),
    ResponseState.NOT_TAKEN_UP: N_("Not taken up"),
    ResponseState.CONSIDERED: N_("Being considered"),
    ResponseState.READ: N_("Has been read"),
}
"""In the order in which they are told. That something has arrived is no news."""


@dataclass(frozen=True, slots=True)
class WhatIsNew:
    """What is new. What only some were told is not in it."""

    bulletins: Sequence[flows.Renditions]
    responses: Sequence[PublishedResponse]
    results: Sequence[tuple[contents.Round, council.Result]]

    def __bool__(self) -> bool:
        return bool(self.bulletins or self.results or any(response.state in STATES for response in self.responses))


async def put_together(session: Session, process: OpenProcess, now: datetime) -> str | None:
    """A draft in the first language of the process; gives the item's id, None where nothing is new.

    It is news since the last one that was not dropped, or since the process was opened. It leaves as any item does.
    """
    last = await stored_items.newest_digest(session, process.id)
    since = last or await stored_processes.opened(session, process.id)
    news = await _news(session, process, since, now)
    if not news:
        return None
    language = process.content.languages[0]
    with speaking(language):
        text = _fitting(list(_lines(process, news, language)))
    return await items.draft(session, process, ItemDraft(_title(process, now), language, text), None, now, since)


async def put_together_due(session: Session, now: datetime) -> int:
    """One for each process whose day has come, once however often it was missed; gives how many there were.

    Any number of workers may do this at once. The first one comes on the first such day after we first looked.
    """
    due = [process for process in await processes.every(session) if await _is_due(session, process, now)]
    return sum([await put_together(session, process, now) is not None for process in due])


async def _is_due(session: Session, process: OpenProcess, now: datetime) -> bool:
    if process.state is not ProcessState.OPEN or not process.content.digest:
        return False
    mark = marks.digest(process.id)
    if await marks.at(session, mark) is None:
        await marks.put(session, mark, now)
        return False
    return await marks.turn_comes(session, mark, begun(process.content, now), now)


def begun(process: flows.Process, now: datetime) -> datetime:
    """When the latest day began on which an e-bulletin is put together."""
    zone: ZoneInfo = moments.zone_of(process)
    today = now.astimezone(zone).date()
    day = today.replace(day=1) if process.digest == "monthly" else today - timedelta(days=today.weekday())
    return datetime.combine(day, time.min, zone)


async def _news(session: Session, process: OpenProcess, since: datetime, until: datetime) -> WhatIsNew:
    closed = await rounds.closed_between(session, process.id, since, until)
    results = [(contents.unpack(it.content, contents.Round), _result(it.result)) for it in closed]
    return WhatIsNew(
        [
            contents.unpack(content, contents.Bulletin).text
            for content in await bulletins.news(session, process.id, since, until)
        ],
        await responses.responses(session, process.id, since, until),
        [(round_, result) for round_, result in results if result is not None and result.order],
    )


def _result(packed: str | None) -> council.Result | None:
    return None if packed is None else contents.unpack(packed, council.Result)


def _title(process: OpenProcess, now: datetime) -> str:
    """What staff call it: in no language, but by its day and its process."""
    day = now.astimezone(moments.zone_of(process.content)).date()
    title = flows.rendition(process.content.title, process.content.languages[0], process.content.languages).text
    return _shortened(f"{day} {title}", contents.LONGEST_TITLE)


def _lines(process: OpenProcess, news: WhatIsNew, language: str) -> Iterator[str]:
    def render(text: flows.Renditions) -> str:
        return flows.rendition(text, language, process.content.languages).text

    yield _("What is new: {title}", title=render(process.content.title))
    if news.bulletins:
        yield from ("", _("What we told you:"))
        yield from (_entry(render(text)) for text in news.bulletins)
    if any(response.state in STATES for response in news.responses):
        yield from ("", _("What was done with what you told us:"))
        for state in STATES:
            yield from _responses([response for response in news.responses if response.state is state], render)
    if news.results:
        yield from ("", _("What the council voted on:"))
        yield from (_entry(_outcome(round_, result, render)) for round_, result in news.results)


def _responses(responses: Sequence[PublishedResponse], render: telling.Render) -> Iterator[str]:
    """Those of one state. So many contributions that few gave them are not counted."""
    if not responses:
        return
    state, number = _(STATES[responses[0].state]), counts.rounded(sum(response.number for response in responses))
    yield f"{state}:" if number is None else _("{state} (about {number}):", state=state, number=number)
    for response in responses:
        yield _entry(render(contents.unpack(response.reason, dict[str, str])))


def _outcome(round_: contents.Round, result: council.Result, render: telling.Render) -> str:
    labels = {matter.value: render(matter.label) for matter in round_.matters}
    if round_.budget:
        return _("{title}. {outcome}", title=render(round_.title), outcome=spent(round_, labels, result)[0])
    first = _("; ").join(labels[matter] for matter in result.elected or result.order[0])
    return _("{title}. First: {matters}", title=render(round_.title), matters=first)


def _entry(text: str) -> str:
    first, *_others = text.strip().splitlines()
    return f"- {_shortened(first, LONGEST_ENTRY)}"


def _shortened(text: str, longest: int) -> str:
    """At a space, if there is one."""
    if contents.length(text) <= longest:
        return text
    cut = text[: longest - len(MORE)]
    while contents.length(cut) > longest - len(MORE):
        cut = cut[:-1]
    return f"{cut.rpartition(' ')[0] or cut}{MORE}"


def _fitting(lines: Sequence[str]) -> str:
    """As many whole lines as one message holds."""
    text, number = "\n".join(lines), len(lines)
    while contents.length(text) > contents.LONGEST:
        number -= 1
        text = "\n".join((*lines[:number], MORE))
    return text
