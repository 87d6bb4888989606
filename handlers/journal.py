"""The journal of what staff do: written with each act, without a word of anybody's, and looked through for forgery."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

import msgspec

from storage import Session
from storage import journal as stored
from storage.journal import START, Head, NewEntry, StoredEntry

TERMINAL = ""
"""Stands for the id of the staff where somebody at the terminal did it."""


class Act(StrEnum):
    """Everything that staff do and that changes something, as NOUN.VERB. Whatever is new is added here."""

    PROCESS_OPEN = "process.open"
    PROCESS_EDIT = "process.edit"
    PROCESS_CLOSE = "process.close"
    PROCESS_ARCHIVE = "process.archive"
    PROCESS_INPUT = "process.input"
    DOOR_ADD = "door.add"
    DOOR_REMOVE = "door.remove"
    BULLETIN_PUBLISH = "bulletin.publish"
    BULLETIN_STOP = "bulletin.stop"
    ITEM_WRITE = "item.write"
    ITEM_PLAN = "item.plan"
    ITEM_DROP = "item.drop"
    ITEM_TEST = "item.test"
    SENDING_REQUEST = "sending.request"
    SENDING_APPROVE = "sending.approve"
    SENDING_APPROVE_ALONE = "sending.approve_alone"
    SENDING_CALL_BACK = "sending.call_back"
    DRAFT_WRITE = "draft.write"
    DRAFT_DROP = "draft.drop"
    OPENING_REQUEST = "opening.request"
    OPENING_APPROVE = "opening.approve"
    OPENING_CALL_BACK = "opening.call_back"
    CONSULTATION_OPEN = "consultation.open"
    CONSULTATION_CLOSE = "consultation.close"
    CONTRIBUTION_SORT = "contribution.sort"
    CONTRIBUTION_READ = "contribution.read"
    CONTRIBUTION_UNREAD = "contribution.unread"
    CONTRIBUTION_TO_TRANSLATE = "contribution.to_translate"
    CONTRIBUTION_UNDERSTOOD = "contribution.understood"
    CONTRIBUTION_TRANSLATE = "contribution.translate"
    CONTRIBUTION_HIDE = "contribution.hide"
    CONTRIBUTION_SHOW = "contribution.show"
    CONTRIBUTION_MASK = "contribution.mask"
    CONTRIBUTION_UNMASK = "contribution.unmask"
    CONTRIBUTION_ORIGINAL = "contribution.original"
    CONTRIBUTION_RESPOND = "contribution.respond"
    MATTER_OPEN = "matter.open"
    MATTER_EDIT = "matter.edit"
    MATTER_DROP = "matter.drop"
    MATTER_GATHER = "matter.gather"
    MATTER_PART = "matter.part"
    MATTER_ASK = "matter.ask"
    SOUNDING_OPEN = "sounding.open"
    SOUNDING_CLOSE = "sounding.close"
    STATEMENT_ADD = "statement.add"
    STATEMENT_WORD = "statement.word"
    STATEMENT_WITHDRAW = "statement.withdraw"
    STATEMENT_BRING_BACK = "statement.bring_back"
    STATEMENT_LAY_TOGETHER = "statement.lay_together"
    STATEMENT_PART = "statement.part"
    PROPOSAL_ACCEPT = "proposal.accept"
    PROPOSAL_REFUSE = "proposal.refuse"
    TEXT_BEGIN = "text.begin"
    TEXT_EDIT = "text.edit"
    TEXT_WRITE = "text.write"
    TEXT_PUBLISH = "text.publish"
    TEXT_CLOSE = "text.close"
    TEXT_ANNOUNCE = "text.announce"
    PART_WRITE = "part.write"
    PART_MOVE = "part.move"
    PART_DROP = "part.drop"
    PART_ADOPT = "part.adopt"
    AMENDMENT_SHOW = "amendment.show"
    AMENDMENT_TAKE_DOWN = "amendment.take_down"
    RECORDING_WRITE = "recording.write"
    COUNCIL_OPEN = "council.open"
    COUNCIL_EDIT = "council.edit"
    COUNCIL_DISSOLVE = "council.dissolve"
    COUNCIL_POWERS = "council.powers"
    COUNCIL_SEATS = "council.seats"
    COUNCIL_ABOLISH = "council.abolish"
    COUNCIL_TERM = "council.term"
    COUNCIL_CALL = "council.call"
    COUNCIL_CALL_CLOSE = "council.call_close"
    COUNCIL_INVITE = "council.invite"
    COUNCIL_REVOKE = "council.revoke"
    COUNCIL_REMOVE = "council.remove"
    DRAW_ANNOUNCE = "draw.announce"
    DRAW_ENTER = "draw.enter"
    DRAW_CONFIRM = "draw.confirm"
    DRAW_FETCH = "draw.fetch"
    ROUND_OPEN = "round.open"
    ROUND_CLOSE = "round.close"
    REMARK_ANSWER = "remark.answer"
    REMARK_SHOW = "remark.show"
    REMARK_DROP = "remark.drop"
    BROADCAST_PAUSE = "broadcast.pause"
    BROADCAST_RESUME = "broadcast.resume"
    BROADCAST_CANCEL = "broadcast.cancel"
    DELIVERY_RETRY = "delivery.retry"
    DELIVERY_ACKNOWLEDGE = "delivery.acknowledge"
    HELD_HOLD = "held.hold"
    HELD_RELEASE = "held.release"
    HELD_DROP = "held.drop"
    KEYS_ROTATE = "keys.rotate"
    KEYS_REWRAP = "keys.rewrap"
    KEYS_RETIRE = "keys.retire"
    STAFF_INVITE = "staff.invite"
    STAFF_ACCEPT = "staff.accept"
    STAFF_RESET = "staff.reset"
    STAFF_END = "staff.end"
    STAFF_PASSWORD = "staff.password"  # noqa: S105 it names an act
    STAFF_SECOND = "staff.second"
    STAFF_CODES = "staff.codes"
    GRANT_GIVE = "grant.give"
    GRANT_TAKE = "grant.take"
    RENDITION_TRANSLATE = "rendition.translate"
    RENDITION_APPROVE = "rendition.approve"
    WORDS_IMPORT = "words.import"
    TEXT_CORRECT = "text.correct"
    EXPORT_ASK = "export.ask"
    EXPORT_FETCH = "export.fetch"


Fact = str | int | tuple[str, ...]
WORD = re.compile(r"[a-z][a-z_-]{0,39}")
"""A name of ours. No digit stands in it, so that no phone number does."""
DIGEST = re.compile(r"[0-9a-f]{64}")
MOST = 9_999_999
"""Fewer digits than a phone number has."""
FACTS: Mapping[str, re.Pattern[str] | None] = {
    "role": WORD,
    "kind": WORD,
    "language": re.compile(r"[a-z]{2,3}(-[A-Za-z]{2,4})?"),
    "state": WORD,
    "repeat": WORD,
    "hash": DIGEST,
    "number": None,
    "days": None,
}
"""What may stand beside an act, and what it looks like; None: a number. Several of a kind are a tuple."""
OBJECT = re.compile(r"(?!\d{1,20}$)[A-Za-z0-9_.:-]{0,200}")
"""An id, or what is not longer than the name of a sender and a word of a door; nothing that may be a phone number."""
STAFF = re.compile(r"(?!\d{1,20}$)[A-Za-z0-9-]{0,64}")


@dataclass(frozen=True, slots=True)
class Entry:
    """Something that staff did."""

    act: Act
    object: str = ""
    """The id of what it was done to. Never that of a person, an address, a delivery or a seat."""
    facts: Mapping[str, Fact] = field(default_factory=dict)


async def write(session: Session, staff_id: str, process_id: str | None, entry: Entry, now: datetime) -> Head:
    """Write down what is done in this transaction, when everything else in it is done: others wait for its end.

    `staff_id`: of whoever does it, or `TERMINAL`; `process_id`: None where it is about the deployment. Raises
    `ValueError` where the entry could hold what somebody wrote, and does not say what that is.
    """
    _check(staff_id, entry)
    facts = msgspec.json.encode(entry.facts, order="deterministic").decode()
    new = NewEntry(now, staff_id, process_id, Act(entry.act), entry.object, facts)
    return await stored.append(session, new)


def _check(staff_id: str, entry: Entry) -> None:
    if not STAFF.fullmatch(staff_id) or not OBJECT.fullmatch(entry.object):
        raise ValueError("The journal takes ids of staff and of what they did something to, and nothing else.")
    for name, fact in entry.facts.items():
        if name not in FACTS or not _is_plain(fact, FACTS[name]):
            raise ValueError(f"The journal takes no such fact beside {entry.act}.")


def _is_plain(fact: Fact, pattern: re.Pattern[str] | None) -> bool:
    if pattern is None:
        return type(fact) is int and 0 <= fact <= MOST
    several = fact if isinstance(fact, tuple) else (fact,)
    return all(isinstance(word, str) and pattern.fullmatch(word) for word in several)


@dataclass(frozen=True, slots=True)
class ShownEntry:
    """An entry to be shown. Whoever changed it behind our back may have left what cannot be read."""

    number: int
    at: datetime | None
    """None: it cannot be read."""
    staff_id: str
    process_id: str | None
    act: str
    """An `Act`, or one of before."""
    object: str
    facts: Mapping[str, Fact] | None
    """None: they cannot be read."""


async def page(session: Session, process_id: str | None, most: int, before: int | None = None) -> Sequence[ShownEntry]:
    """The newest entries, or those `before` a number; of one process, or of the whole deployment where it is None."""
    return [_read(entry) for entry in await stored.newest(session, process_id, most, before)]


def _read(entry: StoredEntry) -> ShownEntry:
    try:
        at, facts = datetime.fromisoformat(entry.at), msgspec.json.decode(entry.facts, type=dict[str, Fact])
    except (ValueError, TypeError):
        at, facts = None, None
    return ShownEntry(entry.number, at, entry.staff_id, entry.process_id, entry.act, entry.object, facts)


class Flaw(StrEnum):
    """What may be wrong with an entry, as a sentence goes on after its number."""

    MISSING = "is missing"
    ADDED = "was put before the first"
    UNCHAINED = "does not go on from the one before it"
    CHANGED = "is not as it was written"
    ANOTHER = "is not the one whose hash was kept: it, or one before it, was written anew"
    CUT = "and all after it were cut off: a later one was kept"


@dataclass(frozen=True, slots=True)
class Wrong:
    """The first entry that is wrong."""

    number: int
    flaw: Flaw


AT_ONCE = 5_000
"""Entries that are read together."""


async def verify(
    session: Session, kept: Mapping[int, str], progress: Callable[[int], None] = lambda _number: None
) -> Head | Wrong:
    """Look through all entries: their head, or the first that is wrong.

    `kept`: hashes that were kept outside, by their numbers. Without one it cannot be told that the end was cut off, or
    that everything was written anew. `progress` is told after each batch how many were looked at.
    """
    head: Head = START
    entries = await stored.after(session, None, AT_ONCE)
    while entries:
        followed = follow(head, entries, kept)
        if isinstance(followed, Wrong):
            return followed
        head = followed
        progress(head.number)
        entries = await stored.after(session, head.number, AT_ONCE)
    return cut(head, kept) or head


def follow(head: Head, entries: Iterable[StoredEntry], kept: Mapping[int, str]) -> Head | Wrong:
    """The head after these entries, or the first of them that does not follow."""
    for entry in entries:
        flaw = _flaw(head, entry, kept)
        if flaw is not None:
            return Wrong(min(entry.number, head.number + 1), flaw)
        head = Head(entry.number, entry.hash)
    return head


def _flaw(head: Head, entry: StoredEntry, kept: Mapping[int, str]) -> Flaw | None:
    if entry.number != head.number + 1:
        return Flaw.ADDED if entry.number <= head.number else Flaw.MISSING
    if entry.previous != head.hash:
        return Flaw.UNCHAINED
    if entry.hash != stored.digest(entry):
        return Flaw.CHANGED
    return Flaw.ANOTHER if kept.get(entry.number, entry.hash) != entry.hash else None


def cut(head: Head, kept: Mapping[int, str]) -> Wrong | None:
    """What is missing after the last entry, if a later one was kept."""
    return Wrong(head.number + 1, Flaw.CUT) if any(number > head.number for number in kept) else None
