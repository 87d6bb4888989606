"""What a conversation makes happen: each is one thing that the handlers write down."""

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Words:
    """What a person gave in their own words: typed, or a voice note by the platform's reference to it."""

    text: str = field(default="", repr=False)
    voice: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class Spoke:
    """The person chose a language; everything after it is said in it.

    The facts kept with every open conversation speak it from then on: a replay passes over this.
    """

    language: str


@dataclass(frozen=True, slots=True)
class Consented:
    """The person agreed to take part, to the wording `version`."""

    version: str


@dataclass(frozen=True, slots=True)
class Declined:
    """The person does not agree: nothing about them is kept."""


@dataclass(frozen=True, slots=True)
class Moved:
    """The person said which coarse region they live in; "" when they would rather not say."""

    region: str


@dataclass(frozen=True, slots=True)
class Shared:
    """The person gave a recommendation about one objective of the Global Compact."""

    topic: str
    words: Words


@dataclass(frozen=True, slots=True)
class Answered:
    """The person answered one question of a consultation."""

    consultation: str
    question: str
    answer: "str | Words"


@dataclass(frozen=True, slots=True)
class Voted:
    """The person cast this ballot in a round, as its rule packs it."""

    round: str
    ballot: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Left:
    """The person said STOP: nothing more is sent to this address."""


@dataclass(frozen=True, slots=True)
class Returned:
    """The person said START: they may be written to again."""


@dataclass(frozen=True, slots=True)
class Forgotten:
    """The person said FORGET and meant it: their key is destroyed."""


@dataclass(frozen=True, slots=True)
class Recognised:
    """The person is who wrote from this number before its long silence."""


@dataclass(frozen=True, slots=True)
class PassedOn:
    """The number is somebody else's now: who wrote from it before is not reached here any more."""


@dataclass(frozen=True, slots=True)
class Turned:
    """The conversation goes on in another flow."""

    flow: str


Effect = (
    Spoke
    | Consented
    | Declined
    | Moved
    | Shared
    | Answered
    | Voted
    | Left
    | Returned
    | Forgotten
    | Recognised
    | PassedOn
    | Turned
)
