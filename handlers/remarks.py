"""What people on a roll ask and say of what they vote on: the organizers answer everybody, and let reasons be read."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import flows
from flows.vote import ReadUp
from handlers import processes, rounds, telling
from handlers.processes import OpenProcess
from handlers.talk.visits import BALLOT_ROOM, Visit
from handlers.telling import Announcement
from handlers.writing import contents
from locales import _, to_staff
from storage import Keyring, Session, fresh, remarks
from storage import rounds as stored_rounds
from storage.broadcasts import Audience
from storage.remarks import NewRemark, ShownRemark
from storage.rounds import StoredRound
from storage.states import RemarkKind

LONGEST = 600
"""Of a question and of its answer: both leave in one message."""
MOST_AT_ONCE = 5
"""So many of one person's wait at most until somebody has dealt with them."""
MOST_READ = 5
"""So many of one option are read in the chat, the newest."""


async def remark(session: Session, _keys: Keyring, visit: Visit, effect: flows.Remarked) -> None:
    """Keep it, sealed for its person; too late or too much, say so instead."""
    visit.room = BALLOT_ROOM
    found = await stored_rounds.get(session, effect.round)
    may_vote = await stored_rounds.is_on_roll(session, visit.person, effect.round)
    if found is None or found.closed is not None or found.closes <= visit.now or not may_vote:
        visit.texts[:] = [_("This vote has closed, so we did not keep what you wrote.")]
        return
    if effect.kind is RemarkKind.REASON:
        await remarks.take_back_reason(session, effect.round, visit.person, effect.option)
    if await remarks.number_of(session, effect.round, visit.person) >= MOST_AT_ONCE:
        visit.texts[:] = [_("What you asked before waits for its answer. Please ask again when you have it.")]
        return
    new = NewRemark(effect.round, effect.option, effect.kind, visit.language, effect.words, effect.quotable)
    await remarks.add(session, visit.key, new, visit.now.date())


@dataclass(frozen=True, slots=True)
class Told:
    """What the organizers make of a question: how all read it, and what they answer."""

    question: flows.Renditions
    answer: flows.Renditions


async def answer(
    session: Session, process: OpenProcess, keys: Keyring, round_id: str, name: str, answer: Told, now: datetime
) -> str:
    """Tell everybody on the roll a question and its answer; nobody can say any more who asked. Gives what is shown.

    Raises `contents.Unfit`.
    """
    contents.check_rendered(answer.question, to_staff("question"), LONGEST)
    contents.check_rendered(answer.answer, to_staff("Your answer"), LONGEST)
    found = await _round(session, process, round_id)
    question = await remarks.take(session, keys, process.id, round_id, name)
    if question is None or question.kind is not RemarkKind.QUESTION:
        raise contents.Unfit(to_staff("Somebody else has dealt with this meanwhile."))
    round_ = contents.unpack(found.content, contents.Round)
    shown = ShownRemark(
        fresh(),
        round_id,
        question.option,
        question.kind,
        contents.pack(answer.question),
        contents.pack(answer.answer),
        now,
    )
    texts = telling.in_every_language(process, lambda render: _answered(round_, question.option, answer, render))
    telling.check_fits(texts, to_staff("Your answer"))
    await remarks.show(session, shown)
    await processes.touch(session, process)
    announcement = Announcement(rounds.calls(round_, f"{round_id}.{shown.id}"), texts, Audience(roll=round_id))
    await rounds.tell(session, process, round_, announcement, now)
    return shown.id


async def show(
    session: Session,
    process: OpenProcess,
    keys: Keyring,
    round_id: str,
    name: str,
    words: flows.Renditions,
    now: datetime,
) -> str:
    """Let everybody on the roll read a reason, in these words; nobody can say then whose it is. Gives what is shown.

    Raises `contents.Unfit`.
    """
    contents.check_rendered(words, to_staff("reason"), LONGEST)
    await _round(session, process, round_id)
    reason = await remarks.take(session, keys, process.id, round_id, name)
    if reason is None or reason.kind is not RemarkKind.REASON:
        raise contents.Unfit(to_staff("Somebody else has dealt with this meanwhile."))
    shown = ShownRemark(fresh(), round_id, reason.option, reason.kind, contents.pack(words), "{}", now)
    await remarks.show(session, shown)
    return shown.id


async def put_aside(session: Session, process: OpenProcess, keys: Keyring, round_id: str, name: str) -> None:
    """Nobody reads it any more. Raises `contents.Unfit`."""
    await _round(session, process, round_id)
    if await remarks.take(session, keys, process.id, round_id, name) is None:
        raise contents.Unfit(to_staff("Somebody else has dealt with this meanwhile."))


async def explain(session: Session, keys: Keyring, visit: Visit, effect: ReadUp) -> None:
    """Say what stands behind one option, or a piece of it, and beside the first what was asked and said of it."""
    await rounds.explain(session, keys, visit, effect)
    if not effect.piece:
        visit.texts.extend(await _read_up(session, visit, effect.round, effect.matter))


async def _read_up(session: Session, visit: Visit, round_id: str, option: str) -> Sequence[str]:
    """The newest questions, and the newest reasons."""
    shown = await remarks.shown(session, round_id, option)
    by_kind = {kind: [it for it in shown if it.kind is kind][-MOST_READ:] for kind in RemarkKind}
    order = visit.board.content.languages
    return [
        *(
            _(
                "Question: {question}\nAnswer: {answer}",
                question=_in(visit.language, order, it.words),
                answer=_in(visit.language, order, it.answer),
            )
            for it in by_kind[RemarkKind.QUESTION]
        ),
        *(
            _("Somebody says: {reason}", reason=_in(visit.language, order, it.words))
            for it in by_kind[RemarkKind.REASON]
        ),
    ]


def _in(language: str, order: Sequence[str], packed: str) -> str:
    return flows.rendition(contents.unpack(packed, dict[str, str]), language, order).text


async def _round(session: Session, process: OpenProcess, round_id: str) -> StoredRound:
    processes.check_open(process)
    found = await stored_rounds.get(session, round_id)
    if found is None or found.process != process.id:
        raise contents.Unfit(to_staff("No round of this process has this id."))
    return found


def _answered(round_: contents.Round, value: str, answer: Told, render: telling.Render) -> str:
    option = next((option for option in round_.matters if option.value == value), None)
    about = render(round_.title) if option is None else render(option.label)
    return _(
        "Somebody who may vote asks about: {about}\n\n{question}\n\nThe organizers answer: {answer}",
        about=about,
        question=render(answer.question),
        answer=render(answer.answer),
    )
