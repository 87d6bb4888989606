"""What we ask, while it is written: a draft holds whatever stands in its form, finished or not."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

import flows
from flows import QuestionKind, Renditions
from handlers import consultations
from handlers.processes import OpenProcess
from handlers.writing import contents
from locales import to_staff
from storage import Session, drafts, fresh, openings
from storage.drafts import NewDraft, StoredDraft

STEPS = flows.Scale({}, {}).steps
"""Of a scale, unless its writer wants others."""
MOST = 50
"""So many are listed, those that were changed last."""
MOST_QUESTIONS = consultations.MOST


@dataclass(frozen=True, slots=True)
class QuestionDraft:
    """One question, as far as it is written."""

    key: str
    kind: QuestionKind = QuestionKind.OPEN
    text: Renditions = field(default_factory=dict, repr=False)
    choices: Renditions = field(default_factory=dict, repr=False)
    """As they were typed: each is a line."""
    lowest: Renditions = field(default_factory=dict, repr=False)
    highest: Renditions = field(default_factory=dict, repr=False)
    steps: int = STEPS


@dataclass(frozen=True, slots=True)
class Draft:
    """A consultation, as far as it is written. A day is as it was typed, "2027-05-31"; "" for none."""

    title: Renditions = field(default_factory=dict, repr=False)
    purpose: Renditions = field(default_factory=dict, repr=False)
    who_decides: Renditions = field(default_factory=dict, repr=False)
    what_can_change: Renditions = field(default_factory=dict, repr=False)
    level: str = ""
    answer_by: str = ""
    """The last day on which people can answer: at its end the consultation closes."""
    respond_by: str = ""
    """The day by which organizers respond, that one or a later one."""
    opens: str = ""
    """The day on which it opens; "": as soon as it is approved and its hold is over."""
    reminds: str = ""
    """The day on which those are reminded who began; "": nobody is."""
    questions: tuple[QuestionDraft, ...] = ()


@dataclass(frozen=True, slots=True)
class WrittenDraft:
    """A draft as it stands."""

    id: str
    content: Draft
    edition: int
    staff_id: str
    """Who changed it last."""
    changed: datetime


class Newer(contents.Unfit):
    """Somebody else has changed the draft since its writer began: theirs is kept, and the writer's is still in hand."""

    def __init__(self, draft: WrittenDraft) -> None:
        super().__init__("Somebody else has changed this meanwhile. Nothing was overwritten.")
        self.draft = draft
        """What stands there now."""


async def begin(session: Session, process: OpenProcess, staff_id: str, now: datetime) -> str:
    """An empty one; gives its id."""
    name = fresh()
    await drafts.add(session, NewDraft(name, process.id, contents.pack(Draft()), staff_id, now))
    return name


async def get(session: Session, process: OpenProcess, draft_id: str) -> WrittenDraft:
    """Raises `contents.Unfit` when the process has none of this id that is being written."""
    return _written(await drafts.get(session, process.id, draft_id))


async def held(session: Session, process: OpenProcess, draft_id: str) -> WrittenDraft:
    """The same, which nobody else changes before this transaction ends."""
    return _written(await drafts.take(session, process.id, draft_id))


async def being_written(session: Session, process: OpenProcess) -> Sequence[WrittenDraft]:
    """Those of the process, what was changed last first."""
    return [_written(stored) for stored in await drafts.being_written(session, process.id, MOST)]


async def write(
    session: Session, process: OpenProcess, draft_id: str, draft: Draft, edited: int, staff_id: str, now: datetime
) -> int:
    """Let this stand in it; gives the number of the edition. What was to open does not any more.

    `edited` is the edition that the writer had before them. What changes nothing makes no edition, and no author.
    Raises `Newer` when there is a newer one by now, and `contents.Unfit`.
    """
    before = await held(session, process, draft_id)
    if len(draft.questions) > MOST_QUESTIONS:
        raise contents.Unfit(to_staff("questions: at most {most} can be asked in a chat.", most=MOST_QUESTIONS))
    if before.edition != edited:
        raise Newer(before)
    if draft == before.content:
        return before.edition
    await _void(session, draft_id)
    await drafts.write(session, draft_id, contents.pack(draft), staff_id, now)
    return before.edition + 1


async def drop(session: Session, process: OpenProcess, draft_id: str, now: datetime) -> None:
    """Give it up. What was to open does not any more. Raises `contents.Unfit`."""
    await held(session, process, draft_id)
    await _void(session, draft_id)
    await drafts.drop(session, draft_id, now)


async def _void(session: Session, draft_id: str) -> None:
    """Whoever opens it at this moment is waited for, and has opened it."""
    await openings.void_of(session, draft_id)
    if await drafts.has_opened(session, draft_id):
        raise contents.Unfit(_has_opened())


def _written(stored: StoredDraft | None) -> WrittenDraft:
    if stored is None or stored.dropped is not None:
        raise contents.Unfit(to_staff("No draft of this process has this id."))
    if stored.has_opened:
        raise contents.Unfit(_has_opened())
    content = contents.unpack(stored.content, Draft)
    return WrittenDraft(stored.id, content, stored.edition, stored.staff_id, stored.changed)


def _has_opened() -> str:
    return to_staff("This has opened by now: nothing of it can be changed any more.")
