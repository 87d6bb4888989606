"""What a conversation may know: plain values, stored with it, so that it replays the same after a restart."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date

Renditions = Mapping[str, str]
"""One text, by language code."""


@dataclass(frozen=True, slots=True)
class Option:
    """Something that can be chosen, said in the organizer's own words: a region, an answer, a matter."""

    value: str
    label: Renditions


@dataclass(frozen=True, slots=True)
class Process:
    """The review that is run here. `languages` is also the order in which a missing rendition falls back."""

    title: Renditions
    organizer: Renditions
    languages: tuple[str, ...]
    regions: tuple[Option, ...]
    contact: Renditions | None = None
    """Where a person can ask a human: an address or a number, said by HELP."""


@dataclass(frozen=True, slots=True)
class Promise:
    """What is promised before anything is asked."""

    purpose: Renditions
    who_decides: Renditions
    what_can_change: Renditions
    level: str
    """One of `flows.LEVELS`, the seven levels of participation."""
    answer_by: date


@dataclass(frozen=True, slots=True)
class Question:
    """One question of a consultation: open (words or voice) without options, a choice with them."""

    key: str
    text: Renditions
    options: tuple[Option, ...] = ()


@dataclass(frozen=True, slots=True)
class Consultation:
    """A consultation that is open, or was when the conversation began."""

    id: str
    title: Renditions
    promise: Promise
    questions: tuple[Question, ...]


@dataclass(frozen=True, slots=True)
class Round:
    """An open vote in which this person is on the roll."""

    id: str
    title: Renditions
    matters: tuple[Option, ...]
    closes: date
    voted: bool = False
    """They have voted already. What they chose is not told: a conversation would keep it longer than the vote."""


@dataclass(frozen=True, slots=True)
class Given:
    """One thing this person gave us, without its words."""

    day: date
    topic: str
    """An objective's key in `flows.OBJECTIVES`, or "" for an answer to a consultation."""
    consultation: Renditions | None
    state: str
    """A `flows.STATES` key: received, read, considered, taken_up, taken_up_in_part, not_taken_up."""
    reason: Renditions | None = None


@dataclass(frozen=True, slots=True)
class Facts:
    """Everything that any conversation may know. A flow names in `needs` which of the optional ones it reads."""

    language: str
    channel: str
    process: Process
    consented: bool = False
    stopped: bool = False
    asked: bool = False
    """A consultation is open."""
    votes: bool = False
    """A round is open with this person on its roll."""
    informed: bool = False
    """There is a bulletin to read."""
    gave: bool = False
    """This person has given something before."""
    bulletin: Renditions | None = None
    consultation: Consultation | None = None
    round: Round | None = None
    given: tuple[Given, ...] = ()


def only(facts: Facts, needs: frozenset[str]) -> Facts:
    """The facts without the optional ones that a flow does not read: what is stored stays small."""
    return replace(
        facts,
        bulletin=facts.bulletin if "bulletin" in needs else None,
        consultation=facts.consultation if "consultation" in needs else None,
        round=facts.round if "round" in needs else None,
        given=facts.given if "given" in needs else (),
    )
