"""The contents that organizers write, between the text a table keeps and the values that conversations know."""

import re
import tomllib
import unicodedata
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Literal, TypeVar
from urllib.parse import urlsplit

import msgspec

import flows
from council import USUAL, Terms
from handlers.writing import naming, slips
from locales import languages, to_staff
from storage.broadcasts import Audience, Plan
from storage.states import Power, Roll

LONGEST = 1400
"""How long a rendition may be, so that it leaves as one message everywhere with a notice before it."""
LONGEST_TITLE = 200
"""What stands inside a sentence of ours, or before a list."""
LONGEST_LABEL = 80
"""Of what is always shown as numbered text, because several may be chosen."""
LONGEST_TO_TAP = 24
"""Of what is chosen alone: so much WhatsApp shows in a list. It shows 20 on a button, where there are at most three."""
LONGEST_ABOUT = 700
"""What stands behind a matter: on SMS each 70 to 160 letters cost as much as a message."""
LONGEST_INPUT = 20_000
"""What organizers read, and no platform carries."""
LONGEST_LINK = 300
ANSWERS_WITHIN = 3
"""So many days a council has for a vote by which it uses a power, where nothing else is settled."""
MOST_OPTIONS = 12
FEWEST_STEPS, MOST_STEPS = 3, 10
"""Of a scale: WhatsApp shows ten in a list."""

TURNS_TEXT_AROUND = "\u202a\u202b\u202c\u202d\u202e"
"""Embeddings and overrides of direction: they reach into what stands after them. Marks and isolates are welcome."""

T = TypeVar("T")


class Unfit(Exception):
    """What an organizer wrote cannot be used. The text says where and what to do."""


@dataclass(frozen=True, slots=True)
class Bulletin:
    """What is told, to whom, and when. A day is one by the clock of the process's zone, in UTC if it has none."""

    text: flows.Renditions
    audience: Audience = field(default_factory=Audience)
    not_before: str = ""
    """Nothing of it leaves before this: a date, or a date and time, in ISO 8601; "" for at once."""
    not_after: date | None = None
    """Nothing of it leaves after this day."""
    repeat: str = ""
    """daily, weekly or monthly, counted from `not_before` or from when it was published; "" for once."""
    urgent: bool = False
    """It leaves at night and on quiet days too."""
    outside: tuple[str, ...] = Plan().outside
    elsewhere: bool = False
    again: bool = False
    """These three as in `storage.broadcasts.Plan`."""


@dataclass(frozen=True, slots=True)
class Consultation:
    """What is asked, after what is promised."""

    title: flows.Renditions
    promise: flows.Promise
    questions: tuple[flows.Question, ...]


@dataclass(frozen=True, slots=True)
class Sounding:
    """What statements are about that people can agree or disagree with, and what is promised."""

    title: flows.Renditions
    promise: flows.Promise


@dataclass(frozen=True, slots=True)
class Response:
    """What was done with contributions, and with the matters that they are gathered in."""

    state: str
    """A `ResponseState`, as it is written in a file."""
    reason: flows.Renditions
    contributions: tuple[str, ...] = ()
    matters: tuple[str, ...] = ()
    decided_by: flows.Renditions = field(default_factory=dict)
    """Who decided it; {}: that is not said."""
    place: flows.Renditions = field(default_factory=dict)
    """In which document and paragraph it can be seen; {}: in none."""
    link: str = ""
    """At which address; "": at none."""


@dataclass(frozen=True, slots=True)
class Decision:
    """What is decided on an amendment to a part of a text."""

    amendment: str
    """The id of the contribution."""
    state: str
    """A `ResponseState`: taken up, in part, or not."""
    reason: flows.Renditions
    decider: str
    """Who decides: "organizers" or "council"."""
    edited: int = 0
    """The edition of the part that they had before them..."""
    text: str = field(default="", repr=False)
    """...and what it says from now on; "" where it stays as it is."""


@dataclass(frozen=True, slots=True)
class Result:
    """What followed a response."""

    response: str
    """The id of the response."""
    state: str
    """A `ResultState`."""
    text: flows.Renditions
    day: date
    """On which it happened."""
    place: flows.Renditions = field(default_factory=dict)
    link: str = ""
    """These two as in `Response`."""


@dataclass(frozen=True, slots=True)
class Matter(flows.Option):
    """One thing that is voted on."""

    about: flows.Renditions = field(default_factory=dict)
    """What stands behind it, for who wants to read more; empty for nothing."""
    matter: str = ""
    """The id of the matter of the process that this is; "" for none."""
    part: str = ""
    """The id of the part of a text of the process that this is; "" for none."""
    edition: int = 0
    """Which edition of that part is voted on; 0: the one that stands when the round opens."""
    cost: int = 0
    """What it takes of the sum, in whole units of its currency; 0: that is not settled."""


@dataclass(frozen=True, slots=True)
class Round:
    """What is voted on, and by whom."""

    title: flows.Renditions
    matters: tuple[Matter, ...]
    closes: date
    rule: str = "approval"
    """A file of `council/rules`."""
    roll: Roll = Roll.COUNCIL
    council: str = ""
    """Which one, where a council votes; "" for whoever sits on any of the process."""
    answer_by: date | None = None
    """Until when the organizers respond to each matter that was voted on; None: no day is said."""
    is_public: bool = False
    """Everybody may read what is voted on and what came of it."""
    quorum: int = 0
    elects: int = 0
    points: int = 0
    budget: int = 0
    """These four as in `council.Terms`; 0: nothing is settled."""
    currency: str = ""
    """That of the budget and the costs, by its three letters of ISO 4217; "" where there is no sum."""

    @property
    def terms(self) -> Terms:
        """What is settled, and what is usual where nothing is."""
        usual = USUAL
        costs = {matter.value: matter.cost for matter in self.matters if matter.cost}
        return Terms(self.quorum, self.elects or usual.elects, self.points or usual.points, self.budget, costs)


@dataclass(frozen=True, slots=True)
class RollCorrection:
    """Who may vote in a round, too, though they were not on its roll when it opened."""

    round: str
    """Its id."""
    seats: tuple[str, ...]
    """The ids of the seats on which they sit."""


@dataclass(frozen=True, slots=True)
class Council:
    """Who advises and decides, by which rules."""

    name: flows.Renditions
    about: flows.Renditions = field(default_factory=dict)
    """What it does; {}: that is not said."""
    term: int | None = None
    """For how many days somebody sits there; None: as long as they like."""
    rest: int = 0
    """For how long who sat there sits out: so many..."""
    rest_in: Literal["days", "terms"] = "days"
    """...of these."""
    powers: tuple[Power, ...] = ()
    """What it decides by itself, each once."""
    answers_within: int = ANSWERS_WITHIN
    """How many days it has for a vote by which it does."""

    def ends(self, begins: date) -> date | None:
        """The last day of a term that begins on this one; None: it has no end."""
        return None if self.term is None else begins + timedelta(days=self.term - 1)

    def votes_until(self, begins: date) -> date:
        """The last day of a vote by which it uses a power, which begins on this one."""
        return begins + timedelta(days=self.answers_within)

    @property
    def rest_in_days(self) -> int:
        return self.rest * (self.term or 0) if self.rest_in == "terms" else self.rest


@dataclass(frozen=True, slots=True)
class MemberCall:
    """A call for members of a council."""

    seats: int
    """How many are to be filled."""
    asks: flows.Renditions
    """What it asks of a member: how many hours, and how."""
    gives: flows.Renditions
    """What a member gets for it."""
    closes: date
    """The last day on which people can put themselves forward."""
    facts: tuple[flows.QuotaFact, ...] = ()
    """What people are asked for the quotas; each may be left out."""


@dataclass(frozen=True, slots=True)
class Input:
    """What a process hands to the one that it stands under."""

    title: flows.Renditions
    text: flows.Renditions


def read(toml: str, kind: type[T]) -> T:
    """What an organizer's file says. Raises `Unfit`."""
    try:
        # TOML's own dates and times as they would be written in a text: one field can take several kinds of them.
        written = msgspec.to_builtins(tomllib.loads(toml))
        value = msgspec.convert(written, kind)
    except tomllib.TOMLDecodeError as wrong:
        raise Unfit(to_staff("This is not a TOML file: {wrong}", wrong=wrong)) from wrong
    except RecursionError as wrong:
        raise Unfit(to_staff("This file has too many brackets inside each other.")) from wrong
    except msgspec.ValidationError as wrong:
        raise Unfit(slips.explained(str(wrong))) from wrong
    _check_known(written, msgspec.to_builtins(value), "")
    return value


def _check_known(written: object, understood: object, place: str) -> None:
    """A name that is not understood is a slip of the pen: without it an audience would be everybody."""
    if isinstance(written, Mapping) and isinstance(understood, Mapping):
        for name, part in written.items():
            if name not in understood:
                there = {"what": place + name, "names": naming.listed(understood)}
                raise Unfit(to_staff("{what}: there is nothing of this name here, only {names}.", **there))
            _check_known(part, understood[name], f"{place}{name}.")
    if isinstance(written, list) and isinstance(understood, list | tuple):
        for number, (part, known) in enumerate(zip(written, understood, strict=True), start=1):
            _check_known(part, known, f"{place}{number}.")


def pack(value: object) -> str:
    """A content as the text that a table keeps."""
    return msgspec.json.encode(value).decode()


def unpack(text: str, kind: type[T]) -> T:
    return msgspec.json.decode(text, type=kind)


def check_rendered(text: flows.Renditions, what: str, longest: int = LONGEST) -> None:
    """Raises `Unfit` when there is nothing to say, a language we do not have, or a text that cannot be sent.

    Here and below `what` is the field, in the language being spoken.
    """
    if not text:
        raise Unfit(to_staff("{what}: write it in at least one language.", what=what))
    for code, rendition in text.items():
        if code not in languages():
            there = {"code": repr(code), "ours": naming.languages(languages())}
            raise Unfit(to_staff("{what}: there is no language {code} here, only {ours}.", what=what, **there))
        _check_rendition(rendition, longest, what=what, language=naming.language(code))


def _check_rendition(text: str, longest: int, **place: str) -> None:
    if not text.strip():
        raise Unfit(to_staff("{what}: the text in {language} is empty; write it, or leave the language out.", **place))
    if length(text) > longest:
        raise Unfit(
            to_staff(
                "{what}: the text in {language} has {number} characters, at most {longest} fit.",
                **place,
                number=length(text),
                longest=longest,
            )
        )
    if any(map(_cannot_be_sent, text)):
        raise Unfit(
            to_staff("{what}: the text in {language} has an invisible control character; write it anew.", **place)
        )


def check_line(text: flows.Renditions, what: str, longest: int = LONGEST_TITLE) -> None:
    """The same for what has to stand in one line: a title, a name, a label."""
    check_rendered(text, what, longest)
    for code, rendition in text.items():
        if len(rendition.strip().splitlines()) > 1:
            place = {"what": what, "language": naming.language(code)}
            raise Unfit(to_staff("{what}: the text in {language} has several lines, it must be one.", **place))


def check_note(words: str, what: str, longest: int = LONGEST_TITLE) -> None:
    """The same for a line that only staff read, in whatever language they write. Raises `Unfit`."""
    if not words.strip():
        raise Unfit(to_staff("{what}: this is empty.", what=what))
    if length(words) > longest:
        sizes = {"number": length(words), "longest": longest}
        raise Unfit(to_staff("{what}: this has {number} characters, at most {longest} fit.", what=what, **sizes))
    if any(map(_cannot_be_sent, words)) or len(words.strip().splitlines()) > 1:
        raise Unfit(
            to_staff(
                "{what}: this has several lines or an invisible control character; write it anew, in one line.",
                what=what,
            )
        )


def check_link(link: str) -> None:
    """Raises `Unfit` where a link leads to no page that everybody can open; "" is fine."""
    if not link:
        return
    parts = urlsplit(link)
    host = parts.hostname or ""
    if parts.scheme != "https" or "." not in host or parts.username is not None or link.split() != [link]:
        raise Unfit(to_staff("link: write a whole address that begins with {beginning}", beginning="https://"))
    if length(link) > LONGEST_LINK or not link.isascii() or not link.isprintable():
        raise Unfit(to_staff("link: an address has at most {most} plain letters, digits and signs.", most=LONGEST_LINK))


def length(text: str) -> int:
    """As the platforms count: an emoji counts twice."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def _cannot_be_sent(character: str) -> bool:
    kind = unicodedata.category(character)
    return character in TURNS_TEXT_AROUND or kind == "Cs" or (kind == "Cc" and character not in "\n\t")


def check_value(value: str, what: str) -> None:
    """A value is what a button carries. Raises `Unfit`."""
    if not re.fullmatch(r"[a-z0-9_.-]{1,40}", value):
        wrong = {"what": what, "value": repr(value)}
        raise Unfit(to_staff("{what}: its value {value} must be 1 to 40 of a-z, 0-9, _, - and dot.", **wrong))


def check_question(question: flows.Question, what: str) -> None:
    """Raises `Unfit` when it could not be asked."""
    check_rendered(question.text, what)
    if question.several and not question.options:
        raise Unfit(to_staff("{what}: several: say what can be chosen, or leave it out.", what=what))
    if question.scale is None:
        _check_offered(question, what)
        return
    if question.options:
        raise Unfit(to_staff("{what}: give options or a scale, not both.", what=what))
    if not FEWEST_STEPS <= question.scale.steps <= MOST_STEPS:
        between = {"fewest": FEWEST_STEPS, "most": MOST_STEPS}
        raise Unfit(to_staff("{what}: scale: give between {fewest} and {most} steps.", what=what, **between))
    for end, label in (("lowest", question.scale.lowest), ("highest", question.scale.highest)):
        check_to_tap(label, f"{what}: scale: {end}")


def _check_offered(question: flows.Question, what: str) -> None:
    """What is chosen alone has to fit a list; of several there is always numbered text."""
    if question.several:
        check_options(question.options, what, 2)
    else:
        check_choices(question.options, what)


def check_to_tap(label: flows.Renditions, what: str) -> None:
    """A label of what is chosen alone. Raises `Unfit`."""
    check_line(label, what, LONGEST_LABEL)
    _check_can_be_tapped(label, what)


def check_choices(options: Sequence[flows.Option], what: str, ours: Collection[str] = ()) -> None:
    """Options of which people choose one; none at all is fine. `ours` as below. Raises `Unfit`."""
    check_options(options, what, 0, ours)
    for option in options:
        _check_can_be_tapped(option.label, naming.part(what, option.value))


def _check_can_be_tapped(label: flows.Renditions, what: str) -> None:
    for code, text in label.items():
        if length(text) > LONGEST_TO_TAP:
            raise Unfit(
                to_staff(
                    "{what}: the label in {language} has {number} characters, a list on WhatsApp shows {longest}. "
                    "Shorten it: what needs more words can stand in the question.",
                    what=what,
                    language=naming.language(code),
                    number=length(text),
                    longest=LONGEST_TO_TAP,
                )
            )


def check_options(options: Sequence[flows.Option], what: str, least: int, ours: Collection[str] = ()) -> None:
    """Options that people can choose from, none of which has a value of `ours` beside them. Raises `Unfit`."""
    if (len(options) == 1 and least != 1) or not least <= len(options) <= MOST_OPTIONS:
        if least:
            raise Unfit(to_staff("{what}: give between 2 and {most} choices.", what=what, most=MOST_OPTIONS))
        raise Unfit(to_staff("{what}: give between 2 and {most} choices, or none.", what=what, most=MOST_OPTIONS))
    values = [option.value for option in options]
    if len(set(values)) < len(values):
        raise Unfit(to_staff("{what}: two choices have the same value.", what=what))
    for value in (value for value in values if value in ours):
        raise Unfit(to_staff("{what}: we offer {value} ourselves, leave it out.", what=what, value=repr(value)))
    for option in options:
        check_value(option.value, what)
        check_line(option.label, naming.part(what, option.value), LONGEST_LABEL)
