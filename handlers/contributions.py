"""What people give us."""

from collections.abc import Sequence
from datetime import date

import flows
from handlers.processes import OpenProcess
from handlers.talk.visits import Visit
from handlers.writing import contents, naming
from locales import N_, _, to_staff
from storage import Keyring, Session, consultations, contributions
from storage.broadcasts import CONSULTATION, Subject
from storage.outbox import deliveries
from storage.recordings import NewRecording

CLOSED = N_("These questions have closed. What you answered before they closed counts.")
FINISHED = "finished"
"""The code of what called somebody to answer who had finished by then."""
SHORTEST_NAME = 4


async def give(_session: Session, keys: Keyring, visit: Visit, effect: flows.Shared) -> None:
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
        recording=recording(keys, visit, effect.words),
        address=visit.address,
    )
    contributions.add(visit.writes, visit.key, new, effect.contribution)


async def sort(_session: Session, _keys: Keyring, visit: Visit, effect: flows.Sorted) -> None:
    """Keep what a recommendation is about."""
    contributions.sort(visit.writes, visit.person, effect.contribution, effect.topic)


async def take_back(session: Session, _keys: Keyring, visit: Visit, effect: flows.TakenBack) -> None:
    """Erase a recommendation: nobody reads it who has not read it yet."""
    await contributions.take_back(session, visit.person, effect.contribution)


async def allow(session: Session, _keys: Keyring, visit: Visit, effect: flows.Allowed) -> None:
    """Keep whether others may read what this person gave, without a name."""
    process, name = visit.board.process, effect.contribution
    await contributions.allow(session, process, visit.person, name, quotable=effect.quotable)


async def answer(session: Session, keys: Keyring, visit: Visit, effect: flows.Answered) -> None:
    """Keep an answer to one question; answered again, the later one counts, and waits for a response of its own.

    Too late, say so instead of asking on.
    """
    newest = visit.board.consultation
    promised = await _promised(session, visit, effect.consultation)
    if promised is None:
        visit.break_off(_(CLOSED))
        return
    visit.gave = True
    words = effect.answer if isinstance(effect.answer, flows.Words) else flows.Words()
    new = contributions.NewContribution(
        process=visit.board.process,
        language=visit.language,
        day=visit.now.date(),
        consultation=effect.consultation,
        question=effect.question,
        option=_chosen(effect.answer),
        text=words.text,
        recording=recording(keys, visit, words),
        address=visit.address,
        answer_by=promised,
    )
    contributions.add(visit.writes, visit.key, new)
    if newest is not None and newest.id == effect.consultation and effect.question == newest.questions[-1].key:
        await _finish(session, visit, newest.id)


async def _finish(session: Session, visit: Visit, consultation: str) -> None:
    """Who has come to the last question is not reminded of it any more."""
    if visit.board.consultation_reminded:
        about = [Subject(CONSULTATION, consultation)]
        await deliveries.cancel_about(session, visit.board.process, visit.person, about, FINISHED, visit.now)


async def _promised(session: Session, visit: Visit, consultation: str) -> date | None:
    """By which day a response was promised; None: the consultation has been closed."""
    newest = visit.board.consultation
    if newest is not None and newest.id == consultation:
        return newest.promise.responds
    content = await consultations.open_content(session, consultation, visit.now)
    return None if content is None else contents.unpack(content, contents.Consultation).promise.responds


def recording(keys: Keyring, visit: Visit, words: flows.Words) -> NewRecording | None:
    """The voice note among these words, which only the sender that it came to can fetch.

    It is called the same when it is given once more with what was typed since: by then it may be there no more.
    """
    if not words.voice:
        return None
    channel = visit.message.channel
    return NewRecording(keys.index(f"voice {channel}", words.voice), channel, words.voice, visit.now)


def _chosen(answer: str | tuple[str, ...] | flows.Words) -> str | None:
    if isinstance(answer, flows.Words):
        return None
    return contributions.packed_choices((answer,) if isinstance(answer, str) else answer)


async def name_topic(session: Session, process: OpenProcess, beginning: str, topic: str) -> str:
    """Say what a contribution is about that was given unasked; gives its whole id. Raises `contents.Unfit`."""
    if topic not in flows.OBJECTIVES and topic != flows.SOMETHING_ELSE:
        topics = naming.listed((*flows.OBJECTIVES, flows.SOMETHING_ELSE))
        raise contents.Unfit(to_staff("The topic is one of: {choices}.", choices=topics))
    [name] = await named(session, process, [beginning])
    await contributions.name_topic(session, name, topic)
    return name


async def named(session: Session, process: OpenProcess, beginnings: Sequence[str]) -> list[str]:
    """The contributions to the process whose ids begin so. Raises `contents.Unfit` where one of them is not clear."""
    found: list[str] = []
    for beginning in dict.fromkeys(beginnings):
        long_enough = len(beginning) >= SHORTEST_NAME
        alike = await contributions.like(session, process.id, beginning) if long_enough else []
        if len(alike) != 1:
            raise contents.Unfit(to_staff("No single contribution is called {beginning}.", beginning=repr(beginning)))
        found.extend(alike)
    if not found:
        raise contents.Unfit(to_staff("Name at least one contribution that this answers."))
    return found
