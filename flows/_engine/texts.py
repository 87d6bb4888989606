"""What a conversation may know of texts that are written together."""

from dataclasses import dataclass

from flows._engine.processes import Option


@dataclass(frozen=True, slots=True)
class PlaceInText:
    """Where somebody is who reads a text."""

    text: str = ""
    part: str = ""
    """"" while they have chosen none."""
    piece: int = 0
    """Of a part that is too long for one message: which piece of it, from 0."""
    after: int = 0
    """How many parts they have passed in the list of all of them."""
    knows: bool = False
    """They have read what the text is to become."""


NOWHERE = PlaceInText()


@dataclass(frozen=True, slots=True)
class Proposal:
    """What somebody else proposed for a part; its words are read out when it is asked for."""

    id: str
    supports: bool = False
    """This person wants it, too."""


@dataclass(frozen=True, slots=True)
class OpenPart:
    """The part of a text that this person reads."""

    id: str
    edition: int
    pieces: int = 1
    """In so many messages it is read."""
    behind: str = ""
    """The part that comes next; "" for none."""
    proposals: tuple[Proposal, ...] = ()


@dataclass(frozen=True, slots=True)
class OpenText:
    """The text that this person reads."""

    place: PlaceInText
    takes: bool
    """Something can be proposed."""
    parts: tuple[Option, ...] = ()
    """Some of its parts, each by its heading, while none is chosen..."""
    more: bool = False
    """...and there are others behind them."""
    part: OpenPart | None = None
