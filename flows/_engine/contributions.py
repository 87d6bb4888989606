"""What a conversation may know of what people gave, and of what was done with it."""

from dataclasses import dataclass
from datetime import date

from flows._engine.processes import Renditions
from storage.states import ResponseState


@dataclass(frozen=True, slots=True)
class OwnContribution:
    """One thing this person gave us, without its words."""

    day: date
    topic: str
    """A key in `flows.OBJECTIVES` or of one of `flows.GROUPS`; "" where the person named none, and for an answer to a
    consultation."""
    consultation: Renditions | None
    state: ResponseState
    name: str = ""
    """Its id, or that of the consultation."""
    matter: Renditions | None = None
    """What the matter is called that it is gathered in; None: it is in none yet."""
    has_words: bool = False
    """It was written or spoken, so that it could be quoted."""
    quotable: bool = False
    """Its person agreed to that, without a name."""


@dataclass(frozen=True, slots=True)
class PublicMatter:
    """A matter that everybody may read."""

    id: str
    title: Renditions
    state: ResponseState | None = None
    """Of the newest response to it; None: there is none yet."""
    follows: bool = False
    """This person is told what becomes of it..."""
    supports: bool = False
    """...and says that it should be so."""


@dataclass(frozen=True, slots=True)
class RatedResponse:
    """A response that this person was told, and can say of whether it answers them."""

    id: str
    day: date
    """On which it was told."""
    state: ResponseState
    tapped: str = ""
    """What they have just answered by a button under it: a `Helped`; "" when they came by the word."""


@dataclass(frozen=True, slots=True)
class OpenInquiry:
    """A question that the organizers ask this person alone, about something that they gave."""

    id: str
    matter: str
    """The matter through which it is asked."""
    text: Renditions
