"""What people give us, and what was done with it."""

from collections.abc import Sequence
from datetime import datetime

import flows
from handlers import telling
from handlers.processes import OpenProcess, the_one
from handlers.talk.visits import Visit
from handlers.telling import Announcement
from handlers.writing import contents
from locales import N_, _, spoken
from storage import Keyring, Session, consultations, contributions, fresh
from storage.broadcasts import Audience, Subject
from storage.contributions import NewResponse

CLOSED = N_("These questions have closed. What you answered before they closed counts.")
SHORTEST_NAME = 4


async def give(_session: Session, _keys: Keyring, visit: Visit, effect: flows.Shared) -> None:
    """Keep a recommendation, sealed for the person who gave it."""
    visit.gave = True
    new = contributions.NewContribution(
        process=visit.board.process,
        language=visit.language,
        day=visit.now.date(),
        topic=effect.topic,
        text=effect.words.text,
        voice=effect.words.voice,
    )
    contributions.add(visit.writes, visit.key, new)


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
    )
    contributions.add(visit.writes, visit.key, new)


async def respond(session: Session, response: contents.Response, now: datetime) -> tuple[str, int]:
    """Publish a response and queue the word of it for everyone it answers, in this one transaction.

    `response.contributions` are ids or their beginnings. Gives the response's id and how many people are told.
    Raises `contents.Unfit`.
    """
    process = await the_one(session)
    if response.state not in flows.STATES:
        raise contents.Unfit(f"state is one of: {', '.join(flows.STATES)}.")
    contents.check_rendered(response.reason, "reason")
    told = _in_every_language(response, process)
    telling.check_fits(told, "reason")
    answered = await _named(session, response.contributions)
    name = fresh()
    reason = contents.pack(response.reason)
    await contributions.respond(session, NewResponse(name, process.id, response.state, reason, now), answered)
    announcement = Announcement(Subject("response", name), told, Audience(response=name))
    number = await telling.tell_now(session, process, announcement, now)
    return name, number


async def answered_before(session: Session, response: contents.Response) -> datetime | None:
    """When all these contributions were answered in these very words; None: they were not."""
    answered = await _named(session, response.contributions)
    return await contributions.answered_alike(session, response.state, contents.pack(response.reason), answered)


async def _named(session: Session, beginnings: Sequence[str]) -> list[str]:
    found: list[str] = []
    for beginning in dict.fromkeys(beginnings):
        named = await contributions.like(session, beginning) if len(beginning) >= SHORTEST_NAME else []
        if len(named) != 1:
            raise contents.Unfit(f"No single contribution is called {beginning!r}.")
        found.extend(named)
    if not found:
        raise contents.Unfit("Name at least one contribution that this answers.")
    return found


def _in_every_language(response: contents.Response, process: OpenProcess) -> flows.Renditions:
    def compose(_said: telling.Said) -> str:
        reason = flows.with_notice(flows.rendition(response.reason, spoken(), process.content.languages), spoken())
        told = _("You gave us your view. Here is what was done with it.")
        return f"{told} {_(flows.STATES[response.state])}\n\n{reason}"

    return telling.in_every_language(process, compose)
