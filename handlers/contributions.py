"""What people give us, and what was done with it."""

from collections.abc import Sequence
from datetime import date, datetime

import flows
from handlers import processes, telling
from handlers.processes import OpenProcess
from handlers.talk.visits import Visit
from handlers.telling import Announcement
from handlers.writing import contents
from locales import N_, _, languages, spoken
from storage import Keyring, Session, consultations, contributions, fresh
from storage.broadcasts import RESPONSE, Audience, Subject
from storage.contributions import NewResponse
from storage.states import ResponseState

CLOSED = N_("These questions have closed. What you answered before they closed counts.")
SHORTEST_NAME = 4
OPENING = N_("You gave us your view. Here is what was done with it.")
LONGEST_DAY, MANY = date(2026, 9, 30), 100
"""No day takes more words, and nobody gave more that one response answers."""


async def give(_session: Session, _keys: Keyring, visit: Visit, effect: flows.Shared) -> None:
    """Keep a recommendation, sealed for the person who gave it; given again in the same talk, the later one counts.

    Too late, say so.
    """
    if visit.is_over:
        visit.break_off(flows.over(visit.facts().within(visit.surroundings)))
        return
    visit.gave = True
    new = contributions.NewContribution(
        process=visit.board.process,
        language=visit.language,
        day=visit.now.date(),
        text=effect.words.text,
        voice=effect.words.voice,
        address=visit.address,
    )
    contributions.add(visit.writes, visit.key, new, effect.contribution)


async def sort(_session: Session, _keys: Keyring, visit: Visit, effect: flows.Sorted) -> None:
    """Keep what a recommendation is about."""
    contributions.sort(visit.writes, visit.person, effect.contribution, effect.topic)


async def take_back(session: Session, _keys: Keyring, visit: Visit, effect: flows.TakenBack) -> None:
    """Erase a recommendation: nobody reads it who has not read it yet."""
    await contributions.take_back(session, visit.person, effect.contribution)


async def answer(session: Session, _keys: Keyring, visit: Visit, effect: flows.Answered) -> None:
    """Keep an answer to one question; answered again, the later one counts, and waits for a response of its own.

    Too late, say so instead of asking on.
    """
    newest = visit.board.consultation
    if (newest is None or newest.id != effect.consultation) and not await consultations.is_open(
        session, effect.consultation
    ):
        visit.break_off(_(CLOSED))
        return
    visit.gave = True
    chosen, words = (effect.answer, flows.Words()) if isinstance(effect.answer, str) else (None, effect.answer)
    new = contributions.NewContribution(
        process=visit.board.process,
        language=visit.language,
        day=visit.now.date(),
        consultation=effect.consultation,
        question=effect.question,
        option=chosen,
        text=words.text,
        voice=words.voice,
        address=visit.address,
    )
    contributions.add(visit.writes, visit.key, new)


async def name_topic(session: Session, process: OpenProcess, beginning: str, topic: str) -> str:
    """Say what a contribution is about that was given unasked; gives its whole id. Raises `contents.Unfit`."""
    if topic not in flows.OBJECTIVES and topic != flows.SOMETHING_ELSE:
        raise contents.Unfit(f"The topic is one of: {', '.join((*flows.OBJECTIVES, flows.SOMETHING_ELSE))}.")
    [name] = await _named(session, process, [beginning])
    await contributions.name_topic(session, name, topic)
    return name


async def respond(
    session: Session, process: OpenProcess, response: contents.Response, now: datetime
) -> tuple[str, int]:
    """Publish a response and queue the word of it for everyone it answers, in this one transaction.

    `response.contributions` are ids or their beginnings. Gives the response's id and how many people are told.
    Raises `contents.Unfit`.
    """
    state = _state(response)
    contents.check_rendered(response.reason, "reason")
    answered = await _named(session, process, response.contributions)
    await processes.touch(session, process)
    name = fresh()
    announcement = _announcement(process, name, response, await contributions.topics(session, answered))
    reason = contents.pack(response.reason)
    await contributions.respond(session, NewResponse(name, process.id, state, reason, now), answered)
    number = await telling.tell_now(session, process, announcement, now)
    return name, number


async def answered_before(session: Session, process: OpenProcess, response: contents.Response) -> datetime | None:
    """When all these contributions were answered in these very words; None: they were not."""
    answered = await _named(session, process, response.contributions)
    return await contributions.answered_alike(session, _state(response), contents.pack(response.reason), answered)


def _state(response: contents.Response) -> ResponseState:
    if response.state not in flows.STATES:
        raise contents.Unfit(f"state is one of: {', '.join(flows.STATES)}.")
    return ResponseState(response.state)


async def _named(session: Session, process: OpenProcess, beginnings: Sequence[str]) -> list[str]:
    found: list[str] = []
    for beginning in dict.fromkeys(beginnings):
        long_enough = len(beginning) >= SHORTEST_NAME
        named = await contributions.like(session, process.id, beginning) if long_enough else []
        if len(named) != 1:
            raise contents.Unfit(f"No single contribution is called {beginning!r}.")
        found.extend(named)
    if not found:
        raise contents.Unfit("Name at least one contribution that this answers.")
    return found


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
