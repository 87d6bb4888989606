"""What a conversation may know: plain values. All of its own is kept with it, so that it replays the same."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from operator import attrgetter

from msgspec import Struct

from channels.carriers import ANY_CARRIER, NOTHING_RESERVED, Carrier, ReservedWords
from council import USUAL, Terms
from storage.states import ResponseState

Renditions = Mapping[str, str]
"""One text, by language code."""

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


@dataclass(frozen=True, slots=True)
class Option:
    """Something that can be chosen, said in the organizer's own words: a region, an answer, a matter."""

    value: str
    label: Renditions


@dataclass(frozen=True, slots=True)
class Region(Option):
    """Where people can say that they live."""

    zone: str = ""
    """Its IANA time zone; "" for the process's own."""


@dataclass(frozen=True, slots=True)
class Daytime:
    """When we write to people of our own accord, by the clock where they live. Replies leave at any hour."""

    zone: str
    """The IANA time zone of who named no region, or one without a zone; also of the days in organizers' files."""
    opens: str = "09:00"
    closes: str = "20:00"
    quiet: tuple[str, ...] = ()
    """Days on which nothing leaves: one of `WEEKDAYS`, or "2026-12-25"."""


@dataclass(frozen=True, slots=True)
class Safety:
    """What a process does beyond the usual, where the people who take part are at risk."""

    forgotten_after: str = ""
    """So long after FORGET no key is left that opens an old copy of what was erased: "7 days"; "" for whenever a human
    changes the keys."""
    second_step: tuple[str, ...] = ()
    """The platforms, "sms" say, on which a vote, a seat given up or FORGET counts only once a number that we
    sent there has come back: whoever forges a sender does not read what we write to it."""

    emergency: Renditions | None = None
    """Whom people in danger can reach at once, "112" say: it is the first that they are told."""

    def proves(self, kind: str) -> bool:
        """Whether people on this platform are asked for it."""
        return kind in self.second_step


class Unreviewed(StrEnum):
    """What becomes of a translation that nobody but its translator has read, when the rest of its item leaves."""

    LEAVE = "leave"
    """It leaves as well."""
    FALL_BACK = "fall back"
    """It stays, and its readers get the text in another language, after a sentence that says so."""
    REFUSE = "refuse"
    """Nothing leaves until it is approved."""


@dataclass(frozen=True, slots=True)
class Process:
    """A review that is run here. `languages` is also the order in which a missing rendition falls back."""

    title: Renditions
    organizer: Renditions
    languages: tuple[str, ...]
    regions: tuple[Region, ...]
    contact: Renditions | None = None
    """Where a person can ask a human: an address or a number, said by HELP."""
    daytime: Daytime | None = None
    """None: we write at any hour."""
    safety: Safety = field(default_factory=Safety)
    sms_without_accents: bool = True
    """Where that saves a segment, in languages whose readers accept it."""
    senders: tuple[str, ...] = ()
    """The bots and numbers that belong to this process alone."""
    short: Renditions = field(default_factory=dict)
    """Its title in few words, where people choose between several processes; {}: as much of the title as fits."""
    slug: str = ""
    """What organizers call it by; "" for the only one that there is."""
    under: str = ""
    """The slug of the process that it stands under, a regional review of which it is a national part; "" for none."""
    unreviewed: str = Unreviewed.LEAVE
    """One of `Unreviewed`."""
    digest: str = ""
    """How often an e-bulletin is put together for the staff to edit: weekly, on Mondays, or monthly, on the first; ""
    for never."""

    def proves(self, kind: str) -> bool:
        """Whether people on this platform are asked for the second step."""
        return self.safety.proves(kind)


@dataclass(frozen=True, slots=True)
class Lobby:
    """Where somebody is who writes to a bot or number that several processes share, and has entered none of them."""

    languages: tuple[str, ...]
    """Those of all of them, in the order in which a missing rendition falls back."""
    second_step: tuple[str, ...] = ()
    """The platforms on which any of them asks for it."""
    sms_without_accents: bool = True
    """None of them forbids it."""

    def proves(self, kind: str) -> bool:
        """Whether people on this platform are asked for the second step."""
        return kind in self.second_step


class NotEntered(Exception):
    """A talk about a process was begun with somebody who has entered none."""


@dataclass(frozen=True, slots=True)
class Promise:
    """What is promised before anything is asked."""

    purpose: Renditions
    who_decides: Renditions
    what_can_change: Renditions
    level: str
    """One of `flows.LEVELS`, the seven levels of participation."""
    answer_by: date
    """The last day on which people can answer."""
    respond_by: date | None = None
    """The day by which organizers respond; None: `answer_by`, as where one day is both."""

    @property
    def responds(self) -> date:
        """The day by which organizers respond."""
        return self.respond_by or self.answer_by


class QuestionKind(StrEnum):
    """How a question of a consultation is answered."""

    OPEN = "open"
    """In the person's own words, written or spoken."""
    CHOICE = "choice"
    """By one of its options."""
    SEVERAL = "several"
    """By one of its options or more."""
    SCALE = "scale"
    """By one step of its scale."""


@dataclass(frozen=True, slots=True)
class Scale:
    """Steps from 1 upwards, of which only the first and the last have names."""

    lowest: Renditions
    highest: Renditions
    steps: int = 5


@dataclass(frozen=True, slots=True)
class Question:
    """One question of a consultation: without options and scale it is open."""

    key: str
    text: Renditions
    options: tuple[Option, ...] = ()
    several: bool = False
    """More than one of the options may be chosen."""
    scale: Scale | None = None

    @property
    def kind(self) -> QuestionKind:
        if self.scale is not None:
            return QuestionKind.SCALE
        if not self.options:
            return QuestionKind.OPEN
        return QuestionKind.SEVERAL if self.several else QuestionKind.CHOICE

    @property
    def values(self) -> tuple[str, ...]:
        """What can be chosen, in its order; () where it is answered in words."""
        if self.scale is not None:
            return tuple(str(step + 1) for step in range(self.scale.steps))
        return tuple(option.value for option in self.options)


@dataclass(frozen=True, slots=True)
class OpenConsultation:
    """A consultation that is open, or was when the conversation began."""

    id: str
    title: Renditions
    promise: Promise
    questions: tuple[Question, ...]


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
    """What the organizers settled beside its rule."""
    explained: tuple[str, ...] = ()
    """The matters of which more can be read."""
    ballot: str = field(default="", repr=False)
    """What they chose, as the rule packs it, while it is being told; "" afterwards: no conversation keeps it, for it
    would keep it longer than the vote."""


@dataclass(frozen=True, slots=True)
class ShownStatement:
    """A statement that this person is asked about."""

    id: str
    text: Renditions
    opinion: str = field(default="", repr=False)
    """What they said of it before, an `Opinion`; "": nothing."""
    back: int = 0
    """So many answers ago they said that; 0: they are asked for the first time."""


@dataclass(frozen=True, slots=True)
class OpenSounding:
    """Statements that people can agree or disagree with."""

    id: str
    title: Renditions
    promise: Promise
    number: int
    """How many statements there are for this person..."""
    left: int
    """...and of how many they have said nothing yet, the one that is shown among them."""
    statement: ShownStatement | None = None
    """None: they have said something of each."""
    goes_on: bool = False
    """They have just answered one: what it is all about was said before."""
    can_propose: bool = True
    """Not too many of their own wait for a decision."""


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


class Surroundings(Struct, frozen=True):
    """The process and the channel of a talk, as they are now; they are not kept with it."""

    place: Process | Lobby
    costs_by_length: bool = False
    """A longer text costs more here."""
    takes_voice: bool = True
    """Whether a voice note can be received here."""
    reserved_words: ReservedWords = NOTHING_RESERVED
    """What the carrier acts on by itself."""
    carrier: Carrier = ANY_CARRIER
    shows_numbers: bool = True
    """Choices are shown with their numbers."""
    most_buttons: int | None = None
    """So many choices can be tapped where they stand; more of them stand in a list. None: any number."""
    elsewhere: tuple[Option, ...] = ()
    """The other processes that this chat can go into, each by its short title."""


KEPT_AS = {"consulted": "asked", "own_contributions": "given"}
"""Facts that conversations under way hold by another name than they have here."""


class Kept(Struct, frozen=True, omit_defaults=True, rename=KEPT_AS):
    """What is kept with a conversation under way. A flow names in `needs` which of the optional ones it reads."""

    language: str
    channel: str
    """The platform: a channel's kind."""
    consented: bool = False
    stopped: bool = False
    silent: bool = False
    """Nobody has written from here for so long that it may be somebody else by now."""
    consulted: bool = False
    """A consultation is open."""
    votes: bool = False
    """A round is open with this person on its roll."""
    informed: bool = False
    """There is a bulletin to read."""
    gave: bool = False
    """This person has given something before."""
    region_known: bool = False
    """This person has said where they live."""
    bulletin: Renditions | None = None
    consultation: OpenConsultation | None = None
    round: OpenRound | None = None
    own_ballots: tuple[OwnBallot, ...] = ()
    """What they chose in rounds that are open, while it is being told; no conversation keeps it."""
    past_rounds: tuple[PastRound, ...] = ()
    own_contributions: tuple[OwnContribution, ...] = ()
    contribution: str = ""
    """The name under which is kept what is given in this talk."""
    code: str = ""
    """What has to come back from where we write to, before something happens that cannot be undone; "" for nothing."""
    wanted: str = ""
    """The flow that the person asked for with the words that this one interrupts; "" for none."""
    held: str = ""
    """The person's own words that this flow asks about; "" for none."""
    seated: bool = False
    """This person sits on a council."""
    over: bool = False
    """The process was closed before this conversation began."""
    linked: bool = False
    """This person has other chats with us..."""
    came_by_link: bool = False
    """...and this one came to them by a number that they were told there."""
    linking_code: str = ""
    """The number by which another chat is linked with this one; "" for none."""
    link: str = ""
    """The link whose number was sent from this chat, as it is looked up; "" for none."""
    answered: tuple[str, ...] = ()
    """The keys of what this person has answered of the open consultation, where they have not answered all of it."""
    raised: bool = False
    """There are matters that everybody may read."""
    topics: tuple[str, ...] = ()
    """What these are about: keys of `flows.GROUPS`, `SOMETHING_ELSE`, and one for all that this person follows."""
    topic: str = ""
    """The one of these whose matters this person wants to see; "" while they have chosen none."""
    matters: tuple[PublicMatter, ...] = ()
    """Those of this topic."""
    response: RatedResponse | None = None
    inquiry: OpenInquiry | None = None
    councils: tuple[Option, ...] = ()
    """Those on which this person sits."""
    sounds: bool = False
    """There are statements that people can agree or disagree with."""
    sounding: OpenSounding | None = None
    drafted: bool = False
    """There is a text that people read and write together."""
    texts: tuple[Option, ...] = ()
    """These texts, each by its title."""
    opened: OpenText | None = None
    """The one of them that this person reads."""
    called: bool = False
    """A council looks for members."""
    calls: tuple[MemberCall, ...] = ()
    """Those that are open, and those in which this person stands."""

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.language}, {self.channel})"

    def within(self, surroundings: Surroundings) -> "Facts":
        """Everything, with the process and the channel as they are now."""
        return Facts(
            *_all(self),
            place=surroundings.place,
            costs_by_length=surroundings.costs_by_length,
            takes_voice=surroundings.takes_voice,
            reserved_words=surroundings.reserved_words,
            carrier=surroundings.carrier,
            most_buttons=surroundings.most_buttons,
            elsewhere=surroundings.elsewhere,
        )


_all = attrgetter(*Kept.__struct_fields__)


class Facts(Kept, frozen=True, kw_only=True):
    """Everything that any conversation may know."""

    place: Process | Lobby
    costs_by_length: bool = False
    takes_voice: bool = True
    reserved_words: ReservedWords = NOTHING_RESERVED
    carrier: Carrier = ANY_CARRIER
    most_buttons: int | None = None
    elsewhere: tuple[Option, ...] = ()

    @property
    def process(self) -> Process:
        """The process that they are in. Raises `NotEntered`: whatever is said in a lobby reads `place`."""
        if isinstance(self.place, Lobby):
            raise NotEntered
        return self.place

    @property
    def in_lobby(self) -> bool:
        """They have entered no process yet."""
        return isinstance(self.place, Lobby)

    @property
    def takes_part(self) -> bool:
        """They have agreed to, have not left, and are nobody else."""
        return self.consented and not self.stopped and not self.silent


def only(known: Kept, needs: frozenset[str]) -> Kept:
    """Without the optional ones that a flow does not read, and without the surroundings: what is kept stays small."""
    return Kept(
        language=known.language,
        channel=known.channel,
        consented=known.consented,
        stopped=known.stopped,
        silent=known.silent,
        consulted=known.consulted,
        votes=known.votes,
        informed=known.informed,
        gave=known.gave,
        region_known=known.region_known,
        bulletin=known.bulletin if "bulletin" in needs else None,
        consultation=known.consultation if "consultation" in needs else None,
        round=known.round if "round" in needs else None,
        own_ballots=known.own_ballots if "own_ballots" in needs else (),
        past_rounds=known.past_rounds if "own_ballots" in needs else (),
        own_contributions=known.own_contributions if "own_contributions" in needs else (),
        contribution=known.contribution if "contribution" in needs else "",
        code=known.code if "code" in needs else "",
        wanted=known.wanted if "wanted" in needs else "",
        held=known.held if "held" in needs else "",
        seated=known.seated,
        over=known.over,
        linked=known.linked,
        came_by_link=known.came_by_link,
        linking_code=known.linking_code if "linking_code" in needs else "",
        link=known.link if "link" in needs else "",
        answered=known.answered if "answered" in needs else (),
        raised=known.raised,
        topics=known.topics if "matters" in needs else (),
        topic=known.topic if "matters" in needs else "",
        matters=known.matters if "matters" in needs else (),
        response=known.response if "response" in needs else None,
        inquiry=known.inquiry if "inquiry" in needs else None,
        councils=known.councils if "councils" in needs else (),
        sounds=known.sounds,
        sounding=known.sounding if "sounding" in needs else None,
        drafted=known.drafted,
        texts=known.texts if "texts" in needs else (),
        opened=known.opened if "texts" in needs else None,
        called=known.called,
        calls=known.calls if "calls" in needs else (),
    )
