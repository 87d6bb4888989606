"""What was done with what people gave us: published, and told to each of them."""

from collections.abc import Sequence
from datetime import date, datetime

import flows
from handlers import processes, telling
from handlers.contributions import named
from handlers.processes import OpenProcess
from handlers.telling import Announcement
from handlers.writing import contents
from locales import N_, _, languages, spoken
from storage import Session, contributions, fresh, responses
from storage.broadcasts import RESPONSE, Audience, Subject
from storage.responses import NewResponse
from storage.states import ResponseState

OPENING = N_("You gave us your view. Here is what was done with it.")
LONGEST_DAY, MANY = date(2026, 9, 30), 100
"""No day takes more words, and nobody gave more that one response answers."""


async def respond(
    session: Session, process: OpenProcess, response: contents.Response, now: datetime
) -> tuple[str, int]:
    """Publish a response and queue the word of it for everyone it answers, in this one transaction.

    `response.contributions` are ids or their beginnings. Gives the response's id and how many people are told.
    Raises `contents.Unfit`.
    """
    state = _state(response)
    contents.check_rendered(response.reason, "reason")
    answered = await named(session, process, response.contributions)
    await processes.touch(session, process)
    name = fresh()
    announcement = _announcement(process, name, response, await contributions.topics(session, answered))
    reason = contents.pack(response.reason)
    await responses.respond(session, NewResponse(name, process.id, state, reason, now), answered)
    number = await telling.tell_now(session, process, announcement, now)
    return name, number


async def answered_before(session: Session, process: OpenProcess, response: contents.Response) -> datetime | None:
    """When all these contributions were answered in these very words; None: they were not."""
    answered = await named(session, process, response.contributions)
    return await responses.answered_alike(session, _state(response), contents.pack(response.reason), answered)


def _state(response: contents.Response) -> ResponseState:
    if response.state not in flows.STATES:
        raise contents.Unfit(f"state is one of: {', '.join(flows.STATES)}.")
    return ResponseState(response.state)


def _announcement(
    process: OpenProcess, name: str, response: contents.Response, topics: Sequence[contributions.Topic]
) -> Announcement:
    """What became of it and why; what it answers of each person is put before it when it leaves. Raises `Unfit`."""
    titles = {
        topic.consultation: contents.unpack(topic.content, contents.Consultation).title
        for topic in topics
        if topic.consultation is not None and topic.content is not None
    }
    announcement = Announcement(
        Subject(RESPONSE, name),
        telling.in_every_language(process, lambda _render: _became(process, response)),
        Audience(response=name),
        telling.in_every_language(process, lambda _render: _(OPENING)),
        titles,
    )
    _check_fits(process, announcement, topics)
    return announcement


def _became(process: OpenProcess, response: contents.Response) -> str:
    reason = flows.with_notice(flows.rendition(response.reason, spoken(), process.content.languages), spoken())
    return f"{_(flows.STATES[_state(response)])}\n\n{reason}"


def _check_fits(process: OpenProcess, announcement: Announcement, topics: Sequence[contributions.Topic]) -> None:
    """With the longest that can stand before it. Raises `contents.Unfit`."""
    composed = announcement.told(process.content)
    for topic in topics:
        answered = flows.Given(LONGEST_DAY, topic.objective, topic.consultation or "", MANY)
        telling.check_fits({language: composed.to(language, answered) for language in languages()}, "reason")
    telling.check_fits({language: composed.to(language) for language in languages()}, "reason")
