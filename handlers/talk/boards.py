"""What stands open in each process, remembered between turns for as long as it is true."""

from dataclasses import dataclass
from datetime import datetime

import flows
from handlers.writing import contents
from storage import Session, doors, processes
from storage.doors import Place
from storage.states import ProcessState


@dataclass(frozen=True, slots=True)
class Board:
    """The process and what stands open in it."""

    process: str
    edition: int
    is_over: bool
    """Nobody can give anything to it any more: it is closed, or archived."""
    content: flows.Process
    consultation: flows.OpenConsultation | None
    bulletin: flows.Renditions | None
    bulletin_until: datetime | None
    bulletin_next: datetime | None
    """When there is another bulletin to tell."""

    doors: frozenset[Place]
    """All that there are, into whichever process: most of what people write is none of their words."""

    def owns(self, sender: str) -> bool:
        """Whether a bot or number of ours belongs to this process alone."""
        return sender in self.content.senders

    def news(self, now: datetime) -> flows.Renditions | None:
        """The latest bulletin that is for everybody, while it may be told."""
        return None if self.bulletin_until is not None and self.bulletin_until <= now else self.bulletin


class NoProcess(Exception):
    """No process has been opened here yet: there is nothing to talk about. See `hearback process open`."""


class Boards:
    """The last board that was read of each process; it holds until the process has another edition, or news."""

    def __init__(self) -> None:
        self._last: dict[str, Board] = {}

    async def at(self, session: Session, process: str | None, edition: int | None, now: datetime) -> Board:
        """The board of this edition of a process. Raises `NoProcess`."""
        if process is None:
            raise NoProcess
        last = self._last.get(process)
        if last is None or last.edition != edition or (last.bulletin_next is not None and last.bulletin_next <= now):
            last = self._last[process] = await _read(session, process, now)
        return last


async def _read(session: Session, process: str, now: datetime) -> Board:
    found = await processes.board(session, process, now)
    if found is None:
        raise NoProcess
    consultation = None
    if found.consultation is not None and found.questions is not None:
        content = contents.unpack(found.questions, contents.Consultation)
        consultation = flows.OpenConsultation(found.consultation, content.title, content.promise, content.questions)
    return Board(
        process=found.process,
        edition=found.edition,
        is_over=found.state != ProcessState.OPEN,
        content=contents.unpack(found.content, flows.Process),
        consultation=consultation,
        bulletin=None if found.bulletin is None else contents.unpack(found.bulletin, contents.Bulletin).text,
        bulletin_until=found.bulletin_until,
        bulletin_next=found.bulletin_next,
        doors=await doors.places(session),
    )
