"""What a conversation may know of votes, and of the council that votes."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from council import USUAL, Terms
from flows._engine.processes import Option, Renditions
from locales import N_

ENDS_SOONER = N_("The vote ends sooner when everybody has voted.")
"""Said beside the last day of a round by which a council uses a power."""


@dataclass(frozen=True, slots=True)
class OpenRound:
    """An open vote in which this person is on the roll."""

    id: str
    title: Renditions
    matters: tuple[Option, ...]
    closes: date
    voted: bool = False
    """They have voted already."""
    rule: str = "approval"
    """The voting rule: a file in `council/rules/`."""
    terms: Terms = USUAL
    """What the organizers settled beside its rule, but for what each matter costs: that stands in its label."""
    currency: str = ""
    """Of the sum that is shared out; "" where there is none."""
    ends_sooner: bool = False
    """It is over as soon as everybody has voted who may."""
    explained: tuple[str, ...] = ()
    """The matters of which more can be read..."""
    pieces: Mapping[str, int] = field(default_factory=dict)
    """...and in how many messages, where it does not fit into one."""
    ballot: str = field(default="", repr=False)
    """What they chose, as the rule packs it, while it is being told; "" afterwards: no conversation keeps it, for it
    would keep it longer than the vote."""


@dataclass(frozen=True, slots=True)
class OwnBallot:
    """What this person chose in a round that is open, and the code by which they will find it counted."""

    round: OpenRound
    code: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class PastRound:
    """A vote that is over, in which this person could vote."""

    id: str
    title: Renditions
    voted: bool
    """As the roll has it."""


@dataclass(frozen=True, slots=True)
class QuotaFact(Option):
    """What candidates are asked of themselves, so that all kinds of people are drawn. The label asks it."""

    why: Renditions
    options: tuple[Option, ...]


@dataclass(frozen=True, slots=True)
class MemberCall:
    """A call for members of a council, as one person meets it."""

    id: str
    council: Renditions
    about: Renditions
    asks: Renditions
    gives: Renditions
    closes: date
    facts: tuple[QuotaFact, ...] = ()
    state: str = ""
    """A `CandidateState`; "" where they have not put themselves forward."""
