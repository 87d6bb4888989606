"""What a message means where the conversation stands, and what follows: decisions, no records."""

from dataclasses import dataclass

import flows
from channels.carriers import ReservedWords
from channels.messages import Kind, Message
from flows import Ask, Unread
from handlers.talk.standing import RECOGNISE, UNSEEN, Standing

WITHOUT_CONSENT = ("welcome", "stop", "forget", "help", "language")
WHILE_STOPPED = ("start", "forget", "help")
WHILE_UNRECOGNISED = ("stop", "help")


@dataclass(frozen=True, slots=True)
class Open:
    """Begin a flow; `inside` the talk under way, which goes on afterwards, or instead of it."""

    flow: str
    inside: bool = False


@dataclass(frozen=True, slots=True)
class Go:
    """Go on with the innermost talk, with one more answer, and what that brings."""

    answer: flows.Answer
    turn: flows.Turn


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


@dataclass(frozen=True, slots=True)
class StartOver:
    """The innermost talk does not fit its flow any more: begin the flow again, if there still is one, and say so."""

    flow: str


Step = Open | Go | StartOver
Decision = Step | Back | Again | Excuse


@dataclass(frozen=True, slots=True)
class Resumed:
    """Where a conversation goes on in which nothing is being asked: a question is open again, or a step follows."""

    standing: Standing
    question: Ask | None = None
    step: Open | StartOver | None = None


@dataclass(frozen=True, slots=True)
class Situation:
    """Where the conversation stands, in which surroundings, and with whom."""

    standing: Standing
    surroundings: flows.Surroundings
    consented: bool
    stopped: bool
    silent: bool = False
    """It may be somebody else who writes, and nobody has said so yet."""


def decide(message: Message, situation: Situation) -> Decision:
    """What a message means: the words that hold everywhere, then the open question, then any flow's words."""
    try:
        return _decide(message, situation)
    except flows.DoesNotFit:
        return StartOver(situation.standing.talks[-1].flow)


def resume(situation: Situation) -> Resumed:
    """What is asked again, of the talks under way the innermost that still asks something; else where all begins.

    The menu is never replayed: what can be done may have changed since it was shown.
    """
    standing = situation.standing
    if situation.silent and not standing.recognises:
        return Resumed(standing, step=Open(RECOGNISE, inside=True))
    for number in range(len(standing.talks), 0, -1):
        remaining, innermost = standing.with_talks(standing.talks[:number]), standing.talks[number - 1]
        if innermost.flow == "menu":
            continue
        try:
            question = innermost.played(situation.surroundings).question
        except flows.DoesNotFit:
            return Resumed(remaining, step=StartOver(innermost.flow))
        if question is not None:
            return Resumed(remaining, question)
    return Resumed(standing.with_talks(()), step=Open("menu" if situation.consented else "welcome"))


def _decide(message: Message, situation: Situation) -> Decision:
    talks = situation.standing.talks
    word = flows.flow_for(message, situation.surroundings.reserved_words, situation.stopped)
    if situation.stopped:
        return _while_stopped(word)
    if situation.silent:
        return _while_unrecognised(message, situation, word)
    if word == "start":
        return Again()
    if word is not None and not situation.consented and word not in WITHOUT_CONSENT:
        word = None
    if word is not None and flows.flows()[word].anywhere:
        return Open(word, inside=word != "menu")
    if word is not None and (not talks or message.text.lstrip().startswith("/")):
        return Open(word)
    return _within(message, situation, word) if talks else Again()


def _while_stopped(word: str | None) -> Decision:
    """Who said STOP is answered, when they write, with how to come back; they can still be helped and forgotten."""
    if word in WHILE_STOPPED:
        return Open(word, inside=True)
    return Open("stop", inside=True)


def _while_unrecognised(message: Message, situation: Situation, word: str | None) -> Decision:
    """Of the person who wrote from here before nothing is shown, done or erased; only STOP and HELP are for anybody.

    What else they ask for meanwhile is remembered, and done once they are recognised.
    """
    if word in WHILE_UNRECOGNISED:
        return Open(word, inside=True)
    standing = situation.standing
    if not standing.recognises or wanted(message, situation.surroundings.reserved_words, situation.consented):
        return Open(RECOGNISE, inside=True)
    played = standing.talks[-1].played(situation.surroundings)
    answer = Unread.NOT_OFFERED if played.question is None else _read(played.question, message, standing)
    return Again() if isinstance(answer, Unread) else Go(answer, played.go_on(answer))


def wanted(message: Message, reserved_words: ReservedWords, consented: bool) -> str:
    """The flow that a message asks for which is opened once its writer is recognised; "" for none."""
    word = flows.flow_for(message, reserved_words)
    may_be_opened = word in WITHOUT_CONSENT or consented
    return word if word is not None and may_be_opened and word not in (*WHILE_UNRECOGNISED, "start") else ""


def _within(message: Message, situation: Situation, word: str | None) -> Decision:
    standing = situation.standing
    played = standing.talks[-1].played(situation.surroundings)
    if played.question is None:
        return Again() if word is None else Open(word)
    if standing.offered == UNSEEN and not played.question.offered and word is None:
        # What they write answers no question that they have not read.
        return Again()
    answer = _read(played.question, message, standing)
    if not isinstance(answer, Unread):
        return Go(answer, played.go_on(answer))
    if word is not None:
        return Open(word)
    if flows.goes_back(message):
        return Back()
    return Excuse(answer)


def _read(question: Ask, message: Message, standing: Standing) -> flows.Answer | Unread:
    """What was typed counts only beside the choices that were shown: the organizer may have changed them since."""
    if message.kind is Kind.TEXT and standing.offered not in (None, question.offered):
        return Unread.NOT_OFFERED
    return flows.read(question, message, standing.token)


def writes_nothing(message: Message) -> bool:
    """Whether the platform tells us something about the person that is no word of theirs."""
    return message.kind in (Kind.BLOCKED, Kind.UNBLOCKED)
