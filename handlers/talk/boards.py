"""What stands open in each process, remembered between turns for as long as it is true."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

import flows
from handlers.writing import contents
from storage import Session, doors, processes, statements
from storage.doors import Place
from storage.statements import StoredStatement
from storage.states import ProcessState


@dataclass(frozen=True, slots=True)
class OpenProcesses:
    """Every process that is open, for a chat that is in none of them yet."""

    content: flows.Lobby
    options: tuple[flows.Option, ...]
    """Each by its short title."""

    def elsewhere(self, _sender: str) -> tuple[flows.Option, ...]:
        """The processes that a chat can go into from here."""
        return self.options


@dataclass(frozen=True)
class Sounding:
    """Statements that people can agree or disagree with. A program remembers all of them: no turn looks them up."""

    id: str
    content: contents.Sounding
    until: datetime | None
    """When it closes by itself."""
    statements: Sequence[StoredStatement]
    """Also those that nobody is shown any more."""

    @cached_property
    def texts(self) -> Mapping[str, flows.Renditions]:
        """What is shown, by the statement's id."""
        return {its.id: contents.unpack(its.texts, dict[str, str]) for its in self.statements if its.is_shown}

    @cached_property
    def standing_for(self) -> Mapping[int, str]:
        """By the number of each statement: the one that its opinions are counted for."""
        return {its.number: its.same_as or its.id for its in self.statements}


@dataclass(frozen=True, slots=True)
class Board:
    """The process and what stands open in it."""

    process: str
    edition: int
    is_over: bool
    """Nobody can give anything to it any more: it is closed, or archived."""
    content: flows.Process
    consultation: flows.OpenConsultation | None
    consultation_until: datetime | None
    """When that closes by itself."""
    consultation_reminded: bool
    """Those who had begun to answer it were reminded: what still waits of that is taken back from who finishes."""
    bulletin: flows.Renditions | None
    bulletin_until: datetime | None
    bulletin_next: datetime | None
    """When there is another bulletin to tell."""
    raised: bool
    """There are matters that everybody may read."""
    asks_back: bool
    """Somebody was asked something about what they gave, and has not answered it."""
    sounding: Sounding | None
    """The one that is open."""
    drafted: bool
    """There is a text that people read and write together."""
    called_until: datetime | None
    """Until when a call for members of a council is open; None: none is."""

    doors: frozenset[Place]
    """All that there are, into whichever process: most of what people write is none of their words."""

    beside: OpenProcesses
    """Every process that is open."""
    others: tuple[flows.Option, ...]
    """Those but this one."""

    def elsewhere(self, sender: str) -> tuple[flows.Option, ...]:
        """The other processes that a chat with this bot or number of ours can go into."""
        return () if self.owns(sender) else self.others

    def owns(self, sender: str) -> bool:
        """Whether a bot or number of ours belongs to this process alone."""
        return sender in self.content.senders

    def is_past(self, now: datetime) -> bool:
        """Something else stands open by now, though nobody has done anything."""
        sounding_until = None if self.sounding is None else self.sounding.until
        changes = (self.bulletin_next, self.consultation_until, sounding_until)
        return any(moment is not None and moment <= now for moment in changes)

    def news(self, now: datetime) -> flows.Renditions | None:
        """The latest bulletin that is for everybody, while it may be told."""
        return None if self.bulletin_until is not None and self.bulletin_until <= now else self.bulletin


class NoProcess(Exception):
    """No process has been opened here yet: there is nothing to talk about. See `hearback process open`."""


class Boards:
    """The last board that was read of each process; it holds until the process has another edition, or news."""

    def __init__(self) -> None:
        self._last: dict[str, Board] = {}

    async def at(self, session: Session, process: str, edition: int | None, now: datetime) -> Board:
        """The board of this edition of a process; None: of the one that it has now. Raises `NoProcess`."""
        last = self._last.get(process)
        if last is None or last.edition != edition or last.is_past(now):
            last = self._last[process] = await _read(session, process, now)
        return last


async def open_processes(session: Session) -> OpenProcesses:
    """Those that are open now, in the order in which they were opened."""
    known = [process for process in await processes.every(session) if process.state is ProcessState.OPEN]
    contents_of = {process.id: contents.unpack(process.content, flows.Process) for process in known}
    return OpenProcesses(
        flows.Lobby(
            languages=tuple(dict.fromkeys(code for content in contents_of.values() for code in content.languages)),
            second_step=tuple({kind for content in contents_of.values() for kind in content.safety.second_step}),
            sms_without_accents=all(content.sms_without_accents for content in contents_of.values()),
        ),
        tuple(flows.Option(name, flows.short_title(content)) for name, content in contents_of.items()),
    )


async def _read(session: Session, process: str, now: datetime) -> Board:
    found = await processes.board(session, process, now)
    if found is None:
        raise NoProcess
    beside, consultation = await open_processes(session), None
    if found.consultation is not None and found.questions is not None:
        content = contents.unpack(found.questions, contents.Consultation)
        consultation = flows.OpenConsultation(found.consultation, content.title, content.promise, content.questions)
    sounding = None
    if found.sounding is not None and found.sounded is not None:
        written = await statements.of_sounding(session, process, found.sounding)
        about = contents.unpack(found.sounded, contents.Sounding)
        sounding = Sounding(found.sounding, about, found.sounding_until, written)
    return Board(
        process=found.process,
        edition=found.edition,
        is_over=found.state != ProcessState.OPEN,
        content=contents.unpack(found.content, flows.Process),
        consultation=consultation,
        consultation_until=found.consultation_until,
        consultation_reminded=found.consultation_reminded,
        bulletin=None if found.bulletin is None else contents.unpack(found.bulletin, contents.Bulletin).text,
        bulletin_until=found.bulletin_until,
        bulletin_next=found.bulletin_next,
        raised=found.raised,
        asks_back=found.asks_back,
        sounding=sounding,
        drafted=found.drafted,
        called_until=found.called_until,
        doors=await doors.places(session),
        beside=beside,
        others=tuple(option for option in beside.options if option.value != found.process),
    )
