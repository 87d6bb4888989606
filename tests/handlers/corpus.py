"""What people write, as `tests/corpus` holds it, and what becomes of it in the code as it is."""

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from pathlib import Path

import msgspec
from msgspec import Struct

import flows
from channels.messages import Kind, Message
from flows import Words
from handlers.talk.deciding import Again, Back, Decision, Excuse, Go, Open, Reread, Situation, StartOver, Widen, decide
from handlers.talk.standing import KeptTalk, Standing
from tests.every_channel import every_channel
from tests.flows import example

FOLDER = Path(__file__).resolve().parents[1] / "corpus"


class Meaning(StrEnum):
    """What a message does; `tests/corpus/README.md` says it in full."""

    STOP = "stop"
    ASKS_TO_STOP = "stop?"
    DANGER = "danger"
    HELP = "help"
    FORGET = "forget"
    SHARE = "share"
    ANSWER = "answer"
    VOTE = "vote"
    NEWS = "news"
    STATUS = "status"
    LANGUAGE = "language"
    START = "start"
    MENU = "menu"
    YES = "yes"
    NO = "no"
    FIRST = "1"
    SECOND = "2"
    THIRD = "3"
    WORDS = "words"
    KEPT = "keep?"
    COMMAND = "command?"
    BACK = "back"
    AGAIN = "again"


class Place(StrEnum):
    """Where a message can arrive."""

    MENU = "menu"
    YES_OR_NO = "yes_or_no"
    CHOICE = "choice"
    WORDS = "words"


OPENED = {"stopping": Meaning.ASKS_TO_STOP, "keep": Meaning.KEPT}
"""What the flows are that no word opens."""
STOPS = frozenset({Meaning.STOP, Meaning.ASKS_TO_STOP})
COMMANDS = frozenset(
    {
        Meaning.HELP,
        Meaning.FORGET,
        Meaning.SHARE,
        Meaning.ANSWER,
        Meaning.VOTE,
        Meaning.NEWS,
        Meaning.STATUS,
        Meaning.LANGUAGE,
        Meaning.MENU,
    }
)

CHOICES: Mapping[str, Mapping[str, str]] = {
    "north": {"en": "The north", "fr": "Le nord", "es": "El norte", "ar": "الشمال"},
    "south": {"en": "The south", "fr": "Le sud", "es": "El sur", "ar": "الجنوب"},
}
"""The third is "I would rather not say", which the flow adds."""
PROCESS = flows.Process(
    title=example.PROCESS.title,
    organizer=example.PROCESS.organizer,
    languages=example.PROCESS.languages,
    regions=tuple(flows.Region(value, label) for value, label in CHOICES.items()),
    contact=example.PROCESS.contact,
)


class Group(Struct, forbid_unknown_fields=True):
    """What must do the same at every place. `missed_today`: a STOP that is not heard everywhere yet."""

    menu: Meaning
    yes_or_no: Meaning
    choice: Meaning
    words: Meaning
    says: list[str]
    missed_today: bool = False


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing that people write in a language, and what it must do at each place."""

    language: str
    kind: str
    says: str
    must: Mapping[Place, Meaning]
    missed_today: bool

    def does(self, place: Place, channel: str = "sms") -> Meaning:
        """What becomes of it today."""
        return _becomes(self.says, place, self.language, channel)

    def is_understood(self, place: Place) -> bool:
        must, does = self.must[place], self.does(place)
        return does == must or (must is Meaning.COMMAND and does in COMMANDS)

    def is_missed(self, place: Place) -> bool:
        """Whether somebody wants us to stop here and is not heard."""
        return self.must[place] in STOPS and self.does(place) not in STOPS


@cache
def _becomes(says: str, place: Place, language: str, channel: str) -> Meaning:
    if flows.tells_of_danger(says):
        return Meaning.DANGER
    return meaning(decide_at(standing_at(place, language, channel), says, channel), place)


@cache
def entries() -> tuple[Entry, ...]:
    """All that people write, language by language."""
    return tuple(entry for path in sorted(FOLDER.glob("*.toml")) for entry in _entries(path))


def _entries(path: Path) -> Iterator[Entry]:
    kinds = msgspec.convert(tomllib.loads(path.read_text()), dict[str, list[Group]])
    for kind, groups in kinds.items():
        for group in groups:
            must = {place: getattr(group, place) for place in Place}
            yield from (Entry(path.stem, kind, says, must, group.missed_today) for says in group.says)


@cache
def standing_at(place: Place, language: str, channel: str) -> Standing:
    """A conversation of a member, everything open, that has come to this place."""
    match place:
        case Place.MENU:
            return standing_in("menu", (), language, channel)
        case Place.YES_OR_NO:
            return standing_in("keep", (), language, channel)
        case Place.CHOICE:
            return standing_in("region", (), language, channel)
        case Place.WORDS:
            return standing_in("share", (), language, channel)


def standing_in(flow: str, answers: tuple[flows.Answer, ...], language: str, channel: str) -> Standing:
    """A conversation in which this flow asks its next question after these answers."""
    known = flows.only(example.facts(language, channel), flows.flows()[flow].needs)
    talk = KeptTalk(flow, flows.flows()[flow].edition, known, answers)
    return Standing((talk,)).asking("7", talk.played(flows.Surroundings(PROCESS)).question)


def decide_at(standing: Standing, says: str, channel: str, consented: bool = True) -> Decision:
    message = Message(channel, "event", "sender", Kind.TEXT, says)
    surroundings = _surroundings(channel)
    word = flows.flow_for(message, surroundings.reserved_words)
    return decide(message, word, Situation(standing, surroundings, consented=consented, stopped=False))


@cache
def _surroundings(channel: str) -> flows.Surroundings:
    return flows.Surroundings(PROCESS, reserved_words=every_channel()[channel].reserved_words)


def meaning(decision: Decision, place: Place) -> Meaning:
    """What a decision does for the person. Whoever adds a decision or a flow says here what it is to them."""
    match decision:
        case Open(flow):
            return OPENED.get(flow) or Meaning(flow)
        case Go(_answer, _turn, instead=True):
            return Meaning.KEPT
        case Go(answer):
            return _chosen(answer, place)
        case Back():
            return Meaning.BACK
        case Again():  # START alone, where a question is open and was seen
            return Meaning.START
        case Excuse():
            return Meaning.AGAIN
        case StartOver() | Reread() | Widen():
            raise AssertionError(decision)


def _chosen(answer: flows.Answer, place: Place) -> Meaning:
    if isinstance(answer, Words):
        return Meaning.WORDS
    if place is Place.CHOICE:
        number = (*CHOICES, "rather_not_say").index(str(answer)) + 1
        return Meaning(str(number))
    return Meaning(str(answer))
