"""Where a conversation stands, and what a message means there: values and decisions, no records."""

from dataclasses import dataclass, replace
from functools import cache

import msgspec

import flows
from channels.messages import Kind, Message
from flows import Ask, Facts, Unread
from locales import N_

CHANGED = N_("This part of our conversation has changed since we last wrote. We begin it again.")

WITHOUT_CONSENT = ("welcome", "stop", "forget", "help", "language")
WHILE_STOPPED = ("start", "forget", "help")


@dataclass(frozen=True, slots=True)
class Talk:
    """One flow under way: all that is kept of it."""

    flow: str
    edition: int
    facts: Facts
    answers: tuple[flows.Answer, ...] = ()

    def turn(self) -> flows.Turn:
        """What stands after these answers. Raises `DoesNotFit`."""
        flow = flows.flows().get(self.flow)
        if flow is None or flow.edition != self.edition:
            raise flows.DoesNotFit
        return flows.advance(flow.talk, self.facts, self.answers)

    def question(self) -> Ask | None:
        return self.turn().question


@dataclass(frozen=True, slots=True)
class Standing:
    """The talks under way in one chat, the innermost last, and the token of the question that is open."""

    talks: tuple[Talk, ...] = ()
    token: str = ""
    invitation: str = ""
    """What somebody who has not agreed yet was invited with, as it is looked up; their seat waits for their yes."""

    def in_language(self, language: str) -> "Standing":
        """The same, to be replayed in another language."""
        if all(talk.facts.language == language for talk in self.talks):
            return self
        return replace(
            self, talks=tuple(replace(talk, facts=replace(talk.facts, language=language)) for talk in self.talks)
        )

    def beneath(self, opened: "Open") -> "Standing":
        """What stays under way when a flow is opened: never the same one twice, so that it stays small."""
        stays = tuple(talk for talk in self.talks if talk.flow != opened.flow) if opened.inside else ()
        return replace(self, talks=stays)


@dataclass(frozen=True, slots=True)
class Open:
    """Begin a flow; `inside` the talk under way, which goes on afterwards, or instead of it."""

    flow: str
    inside: bool = False


@dataclass(frozen=True, slots=True)
class Go:
    """Go on with the innermost talk, with one more answer."""

    answer: flows.Answer


@dataclass(frozen=True, slots=True)
class Back:
    """Take the last answer back."""


@dataclass(frozen=True, slots=True)
class Again:
    """Ask the open question once more, or begin where a newcomer begins."""


@dataclass(frozen=True, slots=True)
class Excuse:
    """Say why this was no answer and ask again."""

    reason: Unread


Decision = Open | Go | Back | Again | Excuse


def decide(message: Message, standing: Standing, consented: bool, stopped: bool) -> Decision:
    """What a message means: the words that hold everywhere, then the open question, then any flow's words."""
    word = flows.flow_for(message, stopped)
    if stopped:
        return _while_stopped(word)
    if word == "start":
        return Again()
    if word is not None and not consented and word not in WITHOUT_CONSENT:
        word = None
    if word is not None and flows.flows()[word].anywhere:
        return Open(word, inside=word != "menu")
    if word is not None and (not standing.talks or message.text.lstrip().startswith("/")):
        return Open(word)
    return _within(message, standing, word) if standing.talks else Again()


def _while_stopped(word: str | None) -> Decision:
    """Who said STOP is answered, when they write, with how to come back; they can still be helped and forgotten."""
    if word in WHILE_STOPPED:
        return Open(word, inside=True)
    return Open("stop", inside=True)


def _within(message: Message, standing: Standing, word: str | None) -> Decision:
    innermost = standing.talks[-1]
    question = innermost.question()
    if question is None:
        return Again() if word is None else Open(word)
    answer = flows.read(question, message, standing.token)
    if not isinstance(answer, Unread):
        return Go(answer)
    if word is not None:
        return Open(word)
    if flows.goes_back(message):
        return Back()
    return Excuse(answer)


def writes_nothing(message: Message) -> bool:
    """Whether the platform tells us something about the person that is no word of theirs."""
    return message.kind in (Kind.BLOCKED, Kind.UNBLOCKED)


def lost(facts: Facts) -> Standing:
    """In place of what cannot be read any more: a talk that fits no flow."""
    return Standing((Talk("", 0, facts),))


def packed(standing: Standing) -> str:
    return msgspec.json.encode(standing).decode()


def unpacked(text: str | None) -> Standing:
    """Raises `DoesNotFit` when it was packed by a version that kept other things."""
    if text is None:
        return Standing()
    try:
        return _decoder().decode(text)
    except msgspec.DecodeError as wrong:
        raise flows.DoesNotFit from wrong


@cache
def _decoder() -> msgspec.json.Decoder[Standing]:
    return msgspec.json.Decoder(Standing)
