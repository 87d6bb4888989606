"""What many are asked to agree or disagree with: staff open and close it, and decide what is shown there."""

from collections.abc import Callable, Sequence
from datetime import datetime

import flows
from flows.opine import LONGEST
from handlers import processes, telling
from handlers.processes import OpenProcess
from handlers.telling import Announcement
from handlers.writing import contents
from handlers.writing.promises import check_promise
from locales import N_, _, to_staff
from storage import Keyring, Session, fresh, proposals, soundings, statements
from storage.broadcasts import PROPOSAL, Audience, Subject
from storage.proposals import Verdict, WaitingProposal
from storage.soundings import StoredSounding
from storage.statements import NewStatement, StoredStatement
from storage.states import ProposalState

MOST = 300
"""Statements of one sounding: nobody answers more, and each is read by whoever takes part."""
LONGEST_REASON = 400

ACCEPTED = N_("You proposed a statement. Everybody can answer it now: {statement}")
SAME = N_("You proposed a statement. Somebody said the same, so your thought is in this one: {statement}")
REFUSED = N_("You proposed a statement. We do not show it to others. Why: {reason}")


async def open_(
    session: Session,
    process: OpenProcess,
    content: contents.Sounding,
    first: Sequence[flows.Renditions],
    now: datetime,
    closes: datetime | None = None,
) -> str:
    """Open a sounding with its first statements, for everybody who takes part; gives its id.

    It invites nobody: a bulletin does. Raises `contents.Unfit`, also while another one is open.
    """
    processes.check_open(process)
    check(content, now)
    if not first:
        raise contents.Unfit(to_staff("statements: write one at least, so that people have something to begin with."))
    newest = await soundings.newest(session, process.id, 1)
    if newest and newest[0].is_open(now):
        raise contents.Unfit(to_staff("Statements are open to be answered already. Close them first."))
    if closes is not None and closes <= now:
        raise contents.Unfit(to_staff("closes must be a day to come."))
    await processes.touch(session, process)
    name = fresh()
    await soundings.add(session, name, process.id, contents.pack(content), now, closes)
    for texts in first:
        await _add(session, process, name, fresh(), texts, now)
    return name


async def get(session: Session, process: OpenProcess, sounding_id: str) -> StoredSounding:
    """Raises `contents.Unfit` when the process has none of this id."""
    found = await soundings.get(session, process.id, sounding_id)
    if found is None:
        raise contents.Unfit(to_staff("This process has no statements of this id."))
    return found


async def close(session: Session, process: OpenProcess, sounding_id: str, now: datetime) -> None:
    """Raises `contents.Unfit` when it is not open."""
    await processes.touch(session, process)
    if not await soundings.close(session, process.id, sounding_id, now):
        raise contents.Unfit(to_staff("These statements are not open any more."))


async def add(session: Session, process: OpenProcess, sounding_id: str, texts: flows.Renditions, now: datetime) -> str:
    """Put one more statement where people see it; gives its id. Raises `contents.Unfit`."""
    await processes.touch(session, process)
    _check_asked(await get(session, process, sounding_id), now)
    name = fresh()
    await _add(session, process, sounding_id, name, texts, now)
    return name


async def statement(session: Session, process: OpenProcess, statement_id: str) -> StoredStatement:
    """Raises `contents.Unfit` when the process has none of this id."""
    found = await statements.get(session, process.id, statement_id)
    if found is None:
        raise contents.Unfit(to_staff("This process has no statement of this id."))
    return found


async def word(session: Session, process: OpenProcess, statement_id: str, texts: flows.Renditions) -> None:
    """Translate it, or correct it: what was said of it stays. Raises `contents.Unfit`."""
    await processes.touch(session, process)
    found = await statement(session, process, statement_id)
    _check_texts(texts)
    if found.texts == "{}":
        raise contents.Unfit(to_staff("Whoever proposed it was forgotten, and their words with them."))
    await statements.word(session, process.id, statement_id, contents.pack(texts))


async def withdraw(session: Session, process: OpenProcess, statement_id: str, *, withdrawn: bool) -> None:
    """Show it to nobody any more, or to everybody again. Raises `contents.Unfit`."""
    await processes.touch(session, process)
    found = await statement(session, process, statement_id)
    if not withdrawn and found.texts == "{}":
        raise contents.Unfit(to_staff("Whoever proposed it was forgotten, and their words with them."))
    await statements.withdraw(session, process.id, statement_id, withdrawn=withdrawn)


async def lay_together(session: Session, process: OpenProcess, statement_id: str, same_as: str | None) -> None:
    """It says the same as another one: what is said of it counts there. None: it stands for itself again.

    Nothing is lost by it: whoever said something of both counts with what they said of the other one. Raises
    `contents.Unfit`.
    """
    await processes.touch(session, process)
    found = await statement(session, process, statement_id)
    if same_as is not None:
        other = await statement(session, process, same_as)
        if other.id == found.id or other.sounding_id != found.sounding_id or not other.is_shown:
            raise contents.Unfit(to_staff("A statement is laid to another one that is shown beside it."))
    await statements.lay_together(session, process.id, statement_id, same_as)


async def accept(
    session: Session,
    process: OpenProcess,
    keys: Keyring,
    proposal_id: str,
    texts: flows.Renditions,
    staff_id: str,
    now: datetime,
) -> None:
    """Show a statement that somebody proposed to everybody, and tell its person. Raises `contents.Unfit`."""
    waiting = await _waiting(session, process, keys, proposal_id, now)
    await _add(session, process, waiting.sounding_id, waiting.id, texts, now, waiting.language)
    verdict = Verdict(ProposalState.ACCEPTED, waiting.id, "{}", staff_id)
    await _decide(session, process, waiting, verdict, now, lambda render: _(ACCEPTED, statement=render(texts)))


async def accept_as(
    session: Session,
    process: OpenProcess,
    keys: Keyring,
    proposal_id: str,
    statement_id: str,
    staff_id: str,
    now: datetime,
) -> None:
    """It says the same as a statement that is shown, and its person is told so. Raises `contents.Unfit`."""
    waiting = await _waiting(session, process, keys, proposal_id, now)
    same = await statement(session, process, statement_id)
    if same.sounding_id != waiting.sounding_id or not same.is_shown:
        raise contents.Unfit(to_staff("A statement is laid to another one that is shown beside it."))
    texts = contents.unpack(same.texts, dict[str, str])
    verdict = Verdict(ProposalState.ACCEPTED, same.id, "{}", staff_id)
    await _decide(session, process, waiting, verdict, now, lambda render: _(SAME, statement=render(texts)))


async def refuse(
    session: Session,
    process: OpenProcess,
    keys: Keyring,
    proposal_id: str,
    reason: flows.Renditions,
    staff_id: str,
    now: datetime,
) -> None:
    """Show it to nobody, and tell its person why. Raises `contents.Unfit`."""
    contents.check_rendered(reason, to_staff("reason"), LONGEST_REASON)
    waiting = await _waiting(session, process, keys, proposal_id, now)
    verdict = Verdict(ProposalState.REFUSED, None, contents.pack(reason), staff_id)
    await _decide(session, process, waiting, verdict, now, lambda render: _(REFUSED, reason=render(reason)))


def check(content: contents.Sounding, now: datetime) -> None:
    """Raises `contents.Unfit` when it could not be opened now."""
    contents.check_line(content.title, to_staff("title"))
    check_promise(content.promise, now)


async def _waiting(
    session: Session, process: OpenProcess, keys: Keyring, proposal_id: str, now: datetime
) -> WaitingProposal:
    await processes.touch(session, process)
    waiting = await proposals.lock(session, keys, process.id, proposal_id)
    if waiting is None:
        raise contents.Unfit(to_staff("Somebody has decided on this already, or its person is not here any more."))
    _check_asked(await get(session, process, waiting.sounding_id), now)
    return waiting


async def _decide(
    session: Session,
    process: OpenProcess,
    waiting: WaitingProposal,
    verdict: Verdict,
    now: datetime,
    compose: Callable[[telling.Render], str],
) -> None:
    """Whoever cannot be written to now is told nothing; it is decided all the same."""
    await proposals.decide(session, process.id, waiting.id, verdict, now)
    announcement = Announcement(
        Subject(PROPOSAL, waiting.id),
        telling.in_every_language(process, compose),
        Audience(proposals=(waiting.id,)),
    )
    telling.check_fits(announcement.renditions, to_staff("reason"))
    await telling.tell_now(session, process, announcement, now)


async def _add(
    session: Session,
    process: OpenProcess,
    sounding_id: str,
    name: str,
    texts: flows.Renditions,
    now: datetime,
    language: str = "",
) -> None:
    _check_texts(texts)
    if len(await statements.of_sounding(session, process.id, sounding_id)) >= MOST:
        raise contents.Unfit(to_staff("statements: there are at most {most}.", most=MOST))
    own = language if language in texts else flows.rendition(texts, process.content.languages[0], ()).language
    await statements.add(session, NewStatement(name, process.id, sounding_id, own, contents.pack(texts), now))


def _check_texts(texts: flows.Renditions) -> None:
    contents.check_line(texts, to_staff("statement"), LONGEST)


def _check_asked(sounding: StoredSounding, now: datetime) -> None:
    if not sounding.is_open(now):
        raise contents.Unfit(to_staff("These statements are not open any more."))
