"""What everybody is asked, and what is promised before it."""

from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from flows._engine.processes import Option, Renditions


@dataclass(frozen=True, slots=True)
class Promise:
    """What is promised before anything is asked."""

    purpose: Renditions
    who_decides: Renditions
    what_can_change: Renditions
    level: str
    """One of `flows.LEVELS`, the seven levels of participation."""
    answer_by: date
    """The last day on which people can answer."""
    respond_by: date | None = None
    """The day by which organizers respond; None: `answer_by`, as where one day is both."""

    @property
    def responds(self) -> date:
        """The day by which organizers respond."""
        return self.respond_by or self.answer_by


class QuestionKind(StrEnum):
    """How a question of a consultation is answered."""

    OPEN = "open"
    """In the person's own words, written or spoken."""
    CHOICE = "choice"
    """By one of its options."""
    SEVERAL = "several"
    """By one of its options or more."""
    SCALE = "scale"
    """By one step of its scale."""


@dataclass(frozen=True, slots=True)
class Scale:
    """Steps from 1 upwards, of which only the first and the last have names."""

    lowest: Renditions
    highest: Renditions
    steps: int = 5


@dataclass(frozen=True, slots=True)
class Question:
    """One question of a consultation: without options and scale it is open."""

    key: str
    text: Renditions
    options: tuple[Option, ...] = ()
    several: bool = False
    """More than one of the options may be chosen."""
    scale: Scale | None = None

    @property
    def kind(self) -> QuestionKind:
        if self.scale is not None:
            return QuestionKind.SCALE
        if not self.options:
            return QuestionKind.OPEN
        return QuestionKind.SEVERAL if self.several else QuestionKind.CHOICE

    @property
    def values(self) -> tuple[str, ...]:
        """What can be chosen, in its order; () where it is answered in words."""
        if self.scale is not None:
            return tuple(str(step + 1) for step in range(self.scale.steps))
        return tuple(option.value for option in self.options)


@dataclass(frozen=True, slots=True)
class OpenConsultation:
    """A consultation that is open, or was when the conversation began."""

    id: str
    title: Renditions
    promise: Promise
    questions: tuple[Question, ...]


@dataclass(frozen=True, slots=True)
class ShownStatement:
    """A statement that this person is asked about."""

    id: str
    text: Renditions
    opinion: str = field(default="", repr=False)
    """What they said of it before, an `Opinion`; "": nothing."""
    back: int = 0
    """So many answers ago they said that; 0: they are asked for the first time."""


@dataclass(frozen=True, slots=True)
class OpenSounding:
    """Statements that people can agree or disagree with."""

    id: str
    title: Renditions
    promise: Promise
    number: int
    """How many statements there are for this person..."""
    left: int
    """...and of how many they have said nothing yet, the one that is shown among them."""
    statement: ShownStatement | None = None
    """None: they have said something of each."""
    goes_on: bool = False
    """They have just answered one: what it is all about was said before."""
    can_propose: bool = True
    """Not too many of their own wait for a decision."""
