"""What a conversation may know: plain values. All of its own is kept with it, so that it replays the same."""

from operator import attrgetter

from msgspec import Struct

from channels.carriers import ANY_CARRIER, NOTHING_RESERVED, Carrier, ReservedWords
from flows._engine.contributions import OpenInquiry, OwnContribution, PublicMatter, RatedResponse
from flows._engine.processes import Lobby, NotEntered, Option, Process, Renditions
from flows._engine.questions import OpenConsultation, OpenSounding
from flows._engine.texts import OpenText
from flows._engine.votes import MemberCall, OpenRound, OwnBallot, PastRound


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
