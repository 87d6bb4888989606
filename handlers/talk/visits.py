"""One person's turn while it is being taken: what is known, what is said, what will be written."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

import flows
from channels.messages import Message, Outgoing
from channels.verdicts import Reach
from handlers.talk.boards import Board
from handlers.talk.patience import Heard, Why
from handlers.talk.talking import Standing, Talk, packed, room
from storage import Keyring, PersonKey, fresh
from storage.tables import address, person
from storage.together import Writes
from storage.turns import Known


@dataclass(slots=True)
class Visit:
    """A message, the person who sent it, and what comes of it. `known` is None when they are new."""

    message: Message
    board: Board
    writes: Writes = field(repr=False)
    now: datetime
    index: str
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
    said: list[str] = field(default_factory=list, repr=False)
    question: flows.Ask | None = None
    answered: str = ""
    """The token of the question that was answered by choosing: whoever did that has got our message."""
    forgotten: bool = False
    room: int = 0
    """The bytes that the reply takes in the database at least, where its length would tell what it says."""
    understood: bool = True
    unanswered: Why | None = None

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
    def says_something(self) -> bool:
        return bool(self.said) or self.question is not None

    def facts(self) -> flows.Kept:
        """What every flow may know; the ones that have to be looked up are still missing."""
        news = self.board.news(self.now)
        return flows.Kept(
            language=self.language,
            channel=self.message.channel,
            consented=self.consented,
            stopped=self.stopped,
            silent=self.silent,
            asked=self.board.consultation is not None,
            votes=self.known is not None and self.known.votes,
            informed=news is not None,
            gave=self.gave,
            bulletin=news,
            consultation=self.board.consultation,
        )

    def speak(self, language: str) -> None:
        """From here on, and in every talk under way, in another language."""
        self.language = language
        self.standing = self.standing.in_language(language)

    def push(self, talk: Talk) -> None:
        self.standing = self.standing.with_talks((*self.standing.talks, talk))

    def pop(self) -> Talk:
        """End the innermost talk; gives it."""
        *outer, innermost = self.standing.talks
        self.standing = self.standing.with_talks(tuple(outer))
        return innermost

    def break_off(self, why: str) -> None:
        """Say only this, and ask nothing more in this talk."""
        self.said[:] = [why]
        if self.question is not None:
            self.question = None
            self.pop()

    def begin_anew(self, key: PersonKey) -> None:
        """From here on this is somebody who is new here."""
        self.known, self.key, self.address = None, key, fresh()
        self.language, self.region = self.board.first_guess(self.message.language), ""
        self.reach, self.consented, self.consent = Reach.ACTIVE, False, None
        self.standing = Standing(heard=self.standing.heard)
        self.turn, self.silent, self.gave = 1, False, False

    def reply(self) -> Outgoing:
        """Everything that is said in this turn, as one message."""
        question = self.question
        texts = [*self.said, *([question.text] if question else [])]
        return Outgoing(
            text="\n\n".join(texts),
            language=self.language,
            choices=question.choices if question else (),
            token=self.standing.token,
            several=question is not None and question.wants is flows.Wants.SEVERAL,
        )


def begin(
    keys: Keyring,
    message: Message,
    index: str,
    board: Board,
    known: Known | None,
    writes: Writes,
    now: datetime,
    recycled: timedelta | None = None,
) -> Visit:
    """A visit of someone known, or of someone who is new here. `recycled`: of the channel."""
    if known is not None:
        return Visit(
            message=message,
            board=board,
            writes=writes,
            now=now,
            index=index,
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
            silent=known.silent_for(recycled, now),
            gave=known.gave,
        )
    return Visit(
        message=message,
        board=board,
        writes=writes,
        now=now,
        index=index,
        known=None,
        key=keys.new(fresh()),
        address=fresh(),
        language=board.first_guess(message.language),
        region="",
        reach=Reach.ACTIVE,
        consented=False,
        standing=Standing(heard=Heard(greeted=False)),
        turn=1,
    )


def keep(visit: Visit, keys: Keyring) -> None:
    """Write down where the person and the chat stand now."""
    (_change if visit.known else _add)(visit, keys)


def _add(visit: Visit, keys: Keyring) -> None:
    visit.writes.insert(
        person,
        id=visit.person,
        process_id=visit.board.process,
        key=keys.wrap(visit.key),
        key_epoch=keys.epoch,
        language=visit.language,
        region=visit.region,
        consented=visit.consented,
        consent=_consent(visit),
        met=visit.now.date(),
    )
    visit.writes.insert(
        address,
        id=visit.address,
        person_id=visit.person,
        channel=visit.message.channel,
        index=visit.index,
        external=visit.key.seal(visit.message.sender, address.c.external, visit.address),
        reach=visit.reach,
        turns=visit.turn,
        replied=visit.replied,
        talk=_talk(visit),
        spoke=visit.now,
        consented=visit.consented,
    )


def _change(visit: Visit, _keys: Keyring) -> None:
    changed: dict[str, object] = {}
    if visit.consent is not None:
        changed |= {"consented": True, "consent": _consent(visit)}
    if visit.known is not None and (visit.known.language, visit.known.region) != (visit.language, visit.region):
        changed |= {"language": visit.language, "region": visit.region}
    if changed:
        visit.writes.change(person, ("id",), id=visit.person, **changed)
    visit.writes.change(
        address,
        ("id",),
        id=visit.address,
        reach=visit.reach,
        turns=visit.turn,
        replied=visit.replied,
        talk=_talk(visit),
        # Whoever this is, it may not be the person who wrote here last.
        **({} if visit.silent else {"spoke": visit.now}),
        **({} if visit.consent is None else {"consented": True}),
        **_reached_again(visit.known),
    )


def _reached_again(known: Known | None) -> dict[str, object]:
    """Whoever writes can be reached: what was held against the address is forgotten."""
    if known is None:
        return {}
    again: dict[str, object] = {"shut": None} if known.shut else {}
    if known.reach not in (Reach.ACTIVE, Reach.OPTED_OUT):
        again |= {"until": None, "strikes": 0, "struck": None}
    return again


def _talk(visit: Visit) -> bytes:
    return visit.key.seal(packed(visit.standing), address.c.talk, visit.address, room(visit.standing))


def _consent(visit: Visit) -> bytes | None:
    return None if visit.consent is None else visit.key.seal(visit.consent, person.c.consent, visit.person)
