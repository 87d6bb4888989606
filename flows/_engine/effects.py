"""What a conversation makes happen: each is one thing that the handlers write down."""

from dataclasses import dataclass, field

from storage.states import RemarkKind


@dataclass(frozen=True, slots=True)
class Words:
    """What a person gave in their own words: typed, or a voice note by the platform's reference to it."""

    text: str = field(default="", repr=False)
    voice: str = field(default="", repr=False)


class Effect:
    """What a flow yields for the handlers to write down: each has its line in `EFFECTS` in `handlers/conversations/`.

    One that a single flow yields can stand in that flow's file.
    """

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class Spoke(Effect):
    """The person chose a language; everything after it is said in it.

    The facts kept with every open conversation speak it from then on: a replay passes over this.
    """

    language: str


@dataclass(frozen=True, slots=True)
class Consented(Effect):
    """The person agreed to take part, to the wording `version`."""

    version: str


@dataclass(frozen=True, slots=True)
class Declined(Effect):
    """The person does not agree: nothing about them is kept."""


@dataclass(frozen=True, slots=True)
class Moved(Effect):
    """The person said which coarse region they live in; "" when they would rather not say."""

    region: str


@dataclass(frozen=True, slots=True)
class Shared(Effect):
    """The person gave a recommendation. Given again under the same name, it takes the place of the first."""

    contribution: str
    words: Words


@dataclass(frozen=True, slots=True)
class Sorted(Effect):
    """The person said what their recommendation is about: a `flows.GROUPS` key, or `SOMETHING_ELSE`."""

    contribution: str
    topic: str


@dataclass(frozen=True, slots=True)
class TakenBack(Effect):
    """The person does not want their recommendation to be read after all."""

    contribution: str


@dataclass(frozen=True, slots=True)
class Allowed(Effect):
    """The person said whether others may read what they gave, without a name. A name as `OwnContribution` has it."""

    contribution: str
    quotable: bool


@dataclass(frozen=True, slots=True)
class Replied(Effect):
    """The person answered a question that was asked of them alone, through a matter."""

    inquiry: str
    matter: str
    contribution: str
    """The name under which the answer is kept."""
    words: Words


@dataclass(frozen=True, slots=True)
class Answered(Effect):
    """The person answered one question of a consultation: by a choice, by several, or in words."""

    consultation: str
    question: str
    answer: "str | tuple[str, ...] | Words"


@dataclass(frozen=True, slots=True)
class Voted(Effect):
    """The person cast this ballot in a round, as its rule packs it."""

    round: str
    ballot: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Remarked(Effect):
    """The person asks the organizers something of what is voted on, or says why they vote so."""

    round: str
    option: str
    """Which of what is voted on; "": all of it."""
    kind: RemarkKind
    words: str = field(repr=False)
    quotable: bool
    """The others may read these words as they are."""


@dataclass(frozen=True, slots=True)
class Left(Effect):
    """The person said STOP: nothing more is sent to this address."""


@dataclass(frozen=True, slots=True)
class Returned(Effect):
    """The person said START: they may be written to again."""


@dataclass(frozen=True, slots=True)
class Forgotten(Effect):
    """The person said FORGET and meant it: their key is destroyed."""


@dataclass(frozen=True, slots=True)
class Recognised(Effect):
    """The person is who wrote from this number before its long silence."""


@dataclass(frozen=True, slots=True)
class PassedOn(Effect):
    """The number is somebody else's now: who wrote from it before is not reached here any more."""


@dataclass(frozen=True, slots=True)
class Meant(Effect):
    """These words are what the person wanted to say: they are read again, at the question that is open beneath."""

    text: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Switched(Effect):
    """The conversation goes on in another flow."""

    flow: str
