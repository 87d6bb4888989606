"""One person's turn while it is being taken: what is known, what is said, what will be written."""

from dataclasses import dataclass, field
from datetime import datetime

from msgspec.structs import replace

import flows
from channels import Channel
from channels.messages import Message, Outgoing
from channels.verdicts import Reach
from handlers.talk.boards import Board, Boards, OpenProcesses
from handlers.talk.guessing import first_guess
from handlers.talk.patience import Heard
from handlers.talk.standing import KeptTalk, Standing, packed, room
from storage import Keyring, PersonKey, addresses, fresh, participations, people
from storage.doors import Place
from storage.opinions import Mine
from storage.together import Writes
from storage.turns import Known

BALLOT_ROOM = 6 * 1024
"""A reply that reads a ballot back takes so many bytes when it is kept, however much is approved in it."""


@dataclass(frozen=True, slots=True)
class Entry:
    """The process that a message goes into, who wrote it as they are there, and by which door they came."""

    place: Board | OpenProcesses
    known: Known | None
    door: Place | None = None
    """None: they are where they were, or came without one."""
    language: str | None = None
    """That of the door, which is the first guess with somebody new."""
    source: str = ""
    """Where the door stands, "poster"; "" nobody said."""
    enters: bool = False
    """The chat was in another process before, or in none."""
    leads_elsewhere: bool = False
    """What they sent is the door of a process that the sender does not serve."""

    @property
    def is_new(self) -> bool:
        """Whether this person has not written to this process before."""
        return self.known is None or not self.known.joined


@dataclass(slots=True)
class Visit:
    """A message, the person who sent it, and what comes of it. `known` is None when they are new."""

    message: Message
    kind: str
    """The platform that it came over."""
    boards: Boards = field(repr=False)
    place: Board | OpenProcesses
    surroundings: flows.Surroundings = field(repr=False)
    writes: Writes = field(repr=False)
    now: datetime
    index: str
    entry: Entry
    known: Known | None
    key: PersonKey
    address: str
    language: str
    region: str
    reach: Reach
    consented: bool
    standing: Standing
    turn: int
    replied: datetime | None = None
    """Since when their last reply counts as having waited."""
    silent: bool = False
    """Nobody has written from here for so long that it may be somebody else: we have to ask, and do nothing else."""
    gave: bool = False
    consent: str | None = None
    warning: str = field(default="", repr=False)
    """Whom to reach in danger: it comes before everything that is said, and stays whatever that is replaced by."""
    endangered: bool = False
    """The message tells of danger."""
    texts: list[str] = field(default_factory=list, repr=False)
    question: flows.Ask | None = None
    offered: tuple[str, ...] | None = None
    """The choices that are to be shown of the question, for somebody who was not understood; None: all."""
    word: str | None = None
    """The flow whose word the message is; None: of none."""
    answered: str = ""
    """The token of the question that was answered by choosing: whoever did that has got our message."""
    entered: bool = False
    """They have gone into another process in this turn."""
    alone: bool = True
    """No message of anybody else is taken in this transaction."""
    link: str = ""
    """The link whose number was sent, as it is looked up; "" for none."""
    topic: str = ""
    """What they have just chosen to see of what others said; "" for nothing."""
    mine: Mine | None = field(default=None, repr=False)
    """What they say of the statements of the open sounding, as it is after this turn; None: nobody has looked."""
    opined: bool = False
    """They have just said what they think of one."""
    back: int = 0
    """They want to see what they said so many answers ago."""
    proposed: bool = False
    """They have just proposed one of their own, which waits."""
    passage: flows.PlaceInText = flows.NOWHERE
    """Where in a text they have just chosen to read."""
    forgotten: bool = False
    departed: bool = False
    """They left the process in this turn, or did not agree to take part in it."""
    misunderstood: tuple[str, int] | None = None
    """The flow and the number of its question that was not answered."""
    room: int = 0
    """The bytes that the reply takes in the database at least, where its length would tell what it says."""
    told_ballots: set[str] = field(default_factory=set)
    """The open rounds of which the reply tells what this person chose: nothing of it stays when they close."""

    @property
    def board(self) -> Board:
        """The process that the chat is in. Raises `NotEntered`: what happens in a process does not happen before."""
        if not isinstance(self.place, Board):
            raise flows.NotEntered
        return self.place

    @property
    def is_over(self) -> bool:
        """The process that the chat is in is closed."""
        return isinstance(self.place, Board) and self.place.is_over

    @property
    def person(self) -> str:
        return self.key.person

    @property
    def stopped(self) -> bool:
        return self.reach is Reach.OPTED_OUT

    @property
    def is_member(self) -> bool:
        return self.known is not None and self.known.member

    @property
    def enters(self) -> bool:
        """The chat was in another process before, or in none: they came by a door, or its sender has changed hands."""
        if not isinstance(self.place, Board):
            return False
        changed_hands = self.known is not None and self.known.process not in (None, self.place.process)
        return self.entered or self.entry.enters or changed_hands

    @property
    def says_something(self) -> bool:
        return bool(self.warning or self.texts) or self.question is not None

    def facts(self) -> flows.Kept:
        """What every flow may know; the ones that have to be looked up are still missing."""
        board = self.place if isinstance(self.place, Board) else None
        news = None if board is None else board.news(self.now)
        consultation = None if board is None else board.consultation
        return flows.Kept(
            language=self.language,
            channel=self.kind,
            consented=self.consented,
            stopped=self.stopped,
            silent=self.silent,
            consulted=consultation is not None,
            votes=self.known is not None and self.known.votes,
            informed=news is not None,
            raised=board is not None and board.raised,
            drafted=board is not None and board.drafted,
            called=board is not None and board.called_until is not None and board.called_until > self.now,
            gave=self.gave,
            region_known=bool(self.region),
            bulletin=news,
            consultation=consultation,
            seated=self.is_member,
            over=self.is_over,
            sounds=board is not None and board.sounding is not None and not self.is_over,
            linked=self.known is not None and self.known.linked,
            came_by_link=self.known is not None and self.known.came_by_link,
        )

    def speak(self, language: str) -> None:
        """From here on, and in every talk under way, in another language."""
        self.language = language
        self.standing = self.standing.in_language(language)

    def push(self, talk: KeptTalk) -> None:
        self.standing = self.standing.with_talks((*self.standing.talks, talk))

    def pop(self) -> KeptTalk:
        """End the innermost talk; gives it."""
        *outer, innermost = self.standing.talks
        self.standing = self.standing.with_talks(tuple(outer))
        return innermost

    def break_off(self, why: str) -> None:
        """Say only this, and ask nothing more in this talk."""
        self.texts[:] = [why]
        if self.question is not None:
            self.question = None
            self.pop()

    def become(self, known: Known) -> None:
        """From here on this chat is theirs."""
        self.known, self.key = known, known.key
        self.language, self.region = known.language, known.region
        self.consented, self.gave = known.consented, known.gave
        self.standing = self.standing.in_language(known.language)

    def begin_anew(self, key: PersonKey) -> None:
        """From here on this is somebody who is new here."""
        self.known, self.key, self.address = None, key, fresh()
        if self.surroundings.elsewhere:
            self._stand_in(self.board.beside)
        self.language, self.region = first_guess(self.message, self.place.content, self.surroundings.reserved_words), ""
        self.reach, self.consented, self.consent = Reach.ACTIVE, False, None
        self.standing = Standing(heard=self.standing.heard)
        self.turn, self.silent, self.gave = 1, False, False

    def enter(self, board: Board, known: Known | None) -> None:
        """From here on the chat is in this process, where its person is `known` like this; None: they are new here."""
        self._stand_in(board)
        if known is not None:
            self.known, self.region, self.consented, self.gave = known, known.region, known.consented, known.gave
        self.standing, self.entered = self.standing.in_another_process(), True

    def _stand_in(self, place: Board | OpenProcesses) -> None:
        elsewhere = place.elsewhere(self.message.channel)
        self.place, self.surroundings = place, replace(self.surroundings, place=place.content, elsewhere=elsewhere)

    def reply(self) -> Outgoing:
        """Everything that is said in this turn, as one message."""
        texts = [self.warning, *self.texts] if self.warning else self.texts
        return flows.reply(texts, self.question, self.language, self.place.content, self.standing.token)


def begin(
    keys: Keyring,
    boards: Boards,
    message: Message,
    index: str,
    entry: Entry,
    writes: Writes,
    now: datetime,
    channel: Channel,
) -> Visit:
    """A visit of someone known, or of someone who is new here."""
    place, known = entry.place, entry.known
    surroundings = flows.Surroundings(
        place.content,
        channel.costs_by_length,
        channel.takes_voice,
        channel.reserved_words,
        channel.carrier,
        channel.shows_numbers,
        channel.most_buttons,
        place.elsewhere(channel.name),
    )
    if known is not None:
        return Visit(
            message=message,
            kind=channel.kind,
            boards=boards,
            place=place,
            surroundings=surroundings,
            writes=writes,
            now=now,
            index=index,
            entry=entry,
            known=known,
            key=known.key,
            address=known.address,
            language=known.language,
            region=known.region,
            reach=Reach.OPTED_OUT if known.reach == Reach.OPTED_OUT else Reach.ACTIVE,
            consented=known.consented,
            standing=Standing(),
            turn=known.turns + 1,
            replied=known.replied,
            silent=known.silent_for(channel.recycled, now),
            gave=known.gave,
        )
    return Visit(
        message=message,
        kind=channel.kind,
        boards=boards,
        place=place,
        surroundings=surroundings,
        writes=writes,
        now=now,
        index=index,
        entry=entry,
        known=None,
        key=keys.new(fresh()),
        address=fresh(),
        language=first_guess(message, place.content, channel.reserved_words, entry.door is not None, entry.language),
        region="",
        reach=Reach.ACTIVE,
        consented=False,
        standing=Standing(heard=Heard(greeted=False)),
        turn=1,
    )


def keep(visit: Visit, keys: Keyring) -> None:
    """Write down where the person and the chat stand now."""
    if visit.known is None:
        _add(visit, keys)
    else:
        _change(visit, visit.known)
    _take_part(visit)


def _add(visit: Visit, keys: Keyring) -> None:
    place = addresses.NewAddress(
        id=visit.address,
        process=visit.place.process if isinstance(visit.place, Board) else None,
        channel=visit.message.channel,
        index=visit.index,
        external=visit.message.external,
    )
    people.add(visit.writes, keys, visit.key, people.Newcomer(language=visit.language, met=visit.now.date()))
    addresses.add(visit.writes, visit.key, place, _stand(visit, visit.now))


def _change(visit: Visit, known: Known) -> None:
    # Whoever this is, it may not be the person who wrote here last.
    stand = _stand(visit, None if visit.silent else visit.now)
    is_lost = known.reach not in (Reach.ACTIVE, Reach.OPTED_OUT)
    before = addresses.AddressBefore(visit.address, shut=known.shut, lost=is_lost)
    addresses.change(visit.writes, visit.key, before, stand)
    if known.language != visit.language:
        people.speak(visit.writes, visit.key, visit.language)


def _take_part(visit: Visit) -> None:
    """Write down what is new of them in this process."""
    known = visit.known
    if not isinstance(visit.place, Board):
        return
    if known is None or not known.joined:
        joining = participations.Joining(
            process=visit.board.process,
            region=visit.region,
            source=visit.entry.source,
            consent=visit.consent,
            joined=visit.now.date(),
        )
        participations.add(visit.writes, visit.key, joining)
        return
    region = None if known.region == visit.region else visit.region
    process, source = visit.board.process, _new_source(visit, known)
    participations.change(visit.writes, visit.key, process, consent=visit.consent, region=region, source=source)


def _new_source(visit: Visit, known: Known) -> str | None:
    """Who takes part keeps the door that they came by. Who does not agree, here or any more, keeps none."""
    if known.consented:
        return None
    return "" if visit.departed else visit.entry.source or None


def _stand(visit: Visit, spoke: datetime | None) -> addresses.Stand:
    return addresses.Stand(
        reach=visit.reach,
        turns=visit.turn,
        replied=visit.replied,
        talk=packed(visit.standing),
        room=room(visit.standing),
        spoke=spoke,
        process=visit.board.process if visit.enters else None,
        agreed=visit.consent is not None,
    )
