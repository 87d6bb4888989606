"""What a message means where the conversation stands, and what follows: decisions, no records."""

import dataclasses
from dataclasses import dataclass, field

from msgspec.structs import replace

import flows
from channels.carriers import ReservedWords
from channels.messages import Kind, Message
from flows import Ask, Unread
from handlers.talk.standing import RECOGNISE, UNSEEN, Standing

WITHOUT_CONSENT = ("welcome", "stop", "forget", "help", "language", "switch")
STATUS = "status"
RATE = "rate"
WHILE_STOPPED = ("start", "forget", "help")
WHILE_UNRECOGNISED = ("stop", "help")
STOPPING, KEEP = "stopping", "keep"
"""The flows that ask about words which nobody had asked for."""


@dataclass(frozen=True, slots=True)
class Open:
    """Begin a flow; `inside` the talk under way, which goes on afterwards, or instead of it."""

    flow: str
    inside: bool = False
    held: str = field(default="", repr=False)
    """The person's own words that it asks about."""


@dataclass(frozen=True, slots=True)
class Go:
    """Go on with the innermost talk, with one more answer, and what that brings."""

    answer: flows.Answer
    turn: flows.Turn
    instead: bool = False
    """The answer takes the place of the last one."""


@dataclass(frozen=True, slots=True)
class Reread:
    """Read these words, which were asked about, at the question beneath."""

    text: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Back:
    """Take the last answer back."""


@dataclass(frozen=True, slots=True)
class Again:
    """Ask the open question once more, or begin where a newcomer begins."""


@dataclass(frozen=True, slots=True)
class Widen:
    """Ask the open question with all of its choices, of which few were shown."""


@dataclass(frozen=True, slots=True)
class Excuse:
    """Say why this was no answer and ask again."""

    reason: Unread


@dataclass(frozen=True, slots=True)
class StartOver:
    """The innermost talk does not fit its flow any more: begin the flow again, if there still is one, and say so."""

    flow: str


NextStep = Open | Go | StartOver | Reread
Decision = NextStep | Back | Again | Widen | Excuse


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
    lately: bool = True
    """They wrote a short while ago, so this may be the next piece of the same."""
    reads_on: bool = False
    """They gave something to a process that is over: they may read what became of it though they have left."""


def decide(message: Message, word: str | None, situation: Situation) -> Decision:
    """What a message means: the words that hold everywhere, then the open question, then any flow's words.

    `word`: the flow whose word the message is.
    """
    try:
        return _decide(message, word, situation)
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
    return Resumed(standing.with_talks(()), step=Open(_beginning(situation)))


def _beginning(situation: Situation) -> str:
    """The flow with which everything begins."""
    if isinstance(situation.surroundings.place, flows.Lobby):
        return "switch"
    return "menu" if situation.consented else "welcome"


def arrived(situation: Situation) -> Decision:
    """Where somebody begins who comes by a door."""
    return Open("menu") if situation.consented else Again()


def gathers(decision: Decision) -> bool:
    """Whether words are kept that nobody asked for. A machine that answers us by itself writes such words for ever."""
    return (isinstance(decision, Go) and decision.instead) or (isinstance(decision, Open) and decision.flow == KEEP)


def reread(message: Message, situation: Situation) -> Decision:
    """What words mean of which their writer says that they ask nothing of us."""
    seen = replace(situation.standing, offered=None)
    if not seen.talks:
        return _unasked(message)
    return _within(message, dataclasses.replace(situation, standing=seen), None, asks_us=False)


def _decide(message: Message, word: str | None, situation: Situation) -> Decision:
    talks = situation.standing.talks
    if situation.stopped:
        return _while_stopped(word)
    if situation.silent:
        return _while_unrecognised(message, situation, word)
    if word == "start":
        return Again()
    if message.kind is Kind.CHOICE and flows.tapped(message)[1]:
        # Under a response, however long ago: nothing that is open is answered by it.
        return Open(RATE, inside=True)
    if word is not None and not _may_open(word, situation):
        word = None
    if word is not None and flows.flows()[word].anywhere:
        return Open(word, inside=word != "menu")
    if word is not None and (not talks or message.text.lstrip().startswith("/")):
        return Open(word)
    if talks:
        return _within(message, situation, word)
    return _requested(message, situation) or Again()


def _may_open(word: str, situation: Situation) -> bool:
    return situation.consented or word in WITHOUT_CONSENT or (word == STATUS and situation.reads_on)


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


def _within(message: Message, situation: Situation, word: str | None, asks_us: bool = True) -> Decision:
    """`asks_us`: it may ask something of us in words of its own."""
    standing = situation.standing
    talk = standing.talks[-1]
    played = talk.played(situation.surroundings)
    if played.question is None:
        return Again() if word is None else Open(word)
    question = flows.narrowed(played.question, standing.offered)
    if standing.offered == UNSEEN and not question.offered and word is None:
        # What they write answers no question that they have not read.
        return Again()
    # A flow's own word is never taken for what is only near a choice.
    answer = _read(question if word is None else replace(question, loosely=False), message, standing)
    if answer == flows.ALL and flows.ALL not in played.question.offered:
        return Widen()
    asks_words = question.wants is flows.Wants.WORDS
    if not isinstance(answer, Unread) and not asks_words:
        return Go(answer, played.go_on(answer))
    if word is not None:
        return Open(word, inside=asks_words)
    if flows.goes_back(message):
        return Back()
    if asks_us and (request := _requested(message, situation)) is not None:
        return request
    if not isinstance(answer, Unread):
        return Go(answer, played.go_on(answer))
    return _more(message, situation, question) or _told(message, situation, answer)


def _requested(message: Message, situation: Situation) -> Decision | None:
    """What the message asks us for in words of its own: to stop, or a flow."""
    if message.kind is not Kind.TEXT:
        return None
    talks = situation.standing.talks
    flow = flows.nearest_flow(message)
    if flows.asks_to_stop(message.text) or flow == "stop":
        if talks and talks[-1].flow == STOPPING:
            return Go("yes", talks[-1].played(situation.surroundings).go_on("yes"))
        return Open(STOPPING, inside=True, held=message.text)
    if flow is None or flow == "start" or not (situation.consented or flow in WITHOUT_CONSENT):
        return None
    return Open(flow, inside=flow != "menu")


def _more(message: Message, situation: Situation, question: Ask) -> Go | Excuse | None:
    """What goes on with the words that were given just before: people write in several messages."""
    talk = situation.standing.talks[-1]
    before = talk.answers[-1] if talk.answers else None
    if not (question.goes_on and situation.lately) or not isinstance(before, flows.Words):
        return None
    if message.kind is Kind.VOICE and not before.voice:
        together = flows.Words(_joined(before.text, message.text), message.voice)
    elif message.kind is Kind.TEXT and flows.says_something(message.text):
        together = flows.Words(_joined(before.text, message.text), before.voice)
    else:
        return None
    if not flows.fits_in(together.text, flows.LONGEST_TOGETHER):
        return Excuse(Unread.TOO_LONG)
    played = talk.without_last_answer().played(situation.surroundings)
    return Go(together, played.go_on(together), instead=True)


def _told(message: Message, situation: Situation, unread: Unread) -> Decision:
    """No answer: somebody greets us, tells us something that nobody asked for, or was not understood."""
    talk = situation.standing.talks[-1]
    if message.kind is Kind.TEXT and flows.greets(message.text):
        return Open("menu") if talk.flow == "menu" else Excuse(unread)
    if not situation.consented or unread in (Unread.NO_WORDS, Unread.TOO_LONG):
        return Excuse(unread)
    decision = _unasked(message, talk.facts.held)
    return Excuse(unread) if isinstance(decision, Again) else decision


def _unasked(message: Message, before: str = "") -> Open | Excuse | Again:
    if message.kind is not Kind.TEXT or not flows.says_something(message.text):
        return Again()
    held = _joined(before, message.text)
    return (
        Open(KEEP, inside=True, held=held) if flows.fits_in(held, flows.LONGEST_TOGETHER) else Excuse(Unread.TOO_LONG)
    )


def _joined(*texts: str) -> str:
    return "\n".join(text.strip() for text in texts if text.strip())


def _read(question: Ask, message: Message, standing: Standing) -> flows.Answer | Unread:
    """What was typed counts only beside the choices that were shown: the organizer may have changed them since."""
    if message.kind is Kind.TEXT and standing.offered not in (None, question.offered):
        return Unread.NOT_OFFERED
    return flows.read(question, message, standing.token)


def writes_nothing(message: Message) -> bool:
    """Whether the platform tells us something about the person that is no word of theirs."""
    return message.kind in (Kind.BLOCKED, Kind.UNBLOCKED)
