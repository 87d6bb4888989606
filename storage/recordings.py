"""Voice notes: which are to be fetched, where each is with us, and what somebody wrote down of it."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Select, delete, exists, func, select, update

from storage._ground.database import Session
from storage.keys import Keyring, OwnKey, PersonKey, Unreadable
from storage.states import RecordingState
from storage.tables import contribution, person, recording
from storage.together import Writes


@dataclass(frozen=True, slots=True)
class NewRecording:
    """A voice note as it comes in. `id`: the same for the same note, however often it is given."""

    id: str
    channel: str
    voice: str = field(repr=False)
    """Where the platform keeps it."""
    due: datetime


def add(writes: Writes, key: PersonKey, new: NewRecording) -> None:
    """To be fetched. What is known already stays as it is: it may be here, and at the platform no more."""
    row = {
        "id": new.id,
        "person_id": key.person,
        "channel": new.channel,
        "state": RecordingState.TO_FETCH,
        "tries": 0,
        "due": new.due,
        "voice": key.seal(new.voice, recording.c.voice, new.id),
        "edition": 0,
    }
    writes.insert_once(recording, ("id",), **row)


@dataclass(frozen=True, slots=True)
class ClaimedRecording:
    """One that is ours to take in hand until its lease is over."""

    id: str
    channel: str
    state: RecordingState
    voice: str = field(repr=False)
    tries: int
    """This one, too."""


async def next_due(session: Session, channels: Collection[str]) -> datetime | None:
    """When the next is due of those that these senders can fetch; None: none is."""
    theirs = select(func.min(recording.c.due)).where(recording.c.due.is_not(None), recording.c.channel.in_(channels))
    due: datetime | None = (await session.execute(theirs)).scalar_one()
    return due


async def claim(
    session: Session, keys: Keyring, channels: Collection[str], now: datetime, lease: datetime, most: int
) -> list[ClaimedRecording]:
    """Take in hand what is due and what these senders can fetch: until the lease is over nobody else does.

    What no key of ours opens comes again when the lease is over.
    """
    due = (
        select(recording.c.id)
        .where(recording.c.due <= now, recording.c.channel.in_(channels))
        .order_by(recording.c.due)
        .limit(most)
        .with_for_update(skip_locked=True)
    )
    # Looked for once: inside the condition PostgreSQL may look again for each row, and take more than `most`.
    chosen = due.cte("chosen").prefix_with("MATERIALIZED", dialect="postgresql")
    is_chosen = recording.c.id.in_(select(chosen.c.id))
    taking = update(recording).where(is_chosen).values(due=lease, tries=recording.c.tries + 1)
    taken = list((await session.execute(taking.returning(recording.c.id))).scalars())
    found = (_claimed(keys, row) for row in await session.execute(_with_voices(taken)))
    return [claimed for claimed in found if claimed is not None]


def _with_voices(ids: Collection[str]) -> Select[Any]:
    """Of those that came before there were recordings the contribution says where the platform keeps it."""
    return (
        select(
            recording.c.id,
            recording.c.channel,
            recording.c.state,
            recording.c.tries,
            recording.c.voice,
            recording.c.person_id,
            contribution.c.id.label("contribution"),
            contribution.c.voice.label("old_voice"),
            person.c.key,
            person.c.key_epoch,
        )
        .join(person, person.c.id == recording.c.person_id)
        .join(contribution, contribution.c.recording_id == recording.c.id)
        .where(recording.c.id.in_(ids))
    )


def _claimed(keys: Keyring, row: Any) -> ClaimedRecording | None:
    try:
        key = keys.unwrap(row.person_id, row.key, row.key_epoch)
        voice = _voice(key, row)
    except Unreadable:
        return None
    return ClaimedRecording(row.id, row.channel, RecordingState(row.state), voice, row.tries)


def _voice(key: PersonKey, row: Any) -> str:
    """Raises `Unreadable`."""
    if row.voice is not None:
        return key.open(row.voice, recording.c.voice, row.id)
    return "" if row.old_voice is None else key.open(row.old_voice, contribution.c.voice, row.contribution)


@dataclass(frozen=True, slots=True)
class FetchedSound:
    """A sound that has come, sealed by a key of its own."""

    kind: str
    seconds: int | None
    key: OwnKey
    box: bytes = field(repr=False)


def sealed_sound(recording_id: str, kind: str, sound: bytes, seconds: int | None) -> FetchedSound:
    """Before the transaction that keeps it: it takes a while."""
    key = OwnKey.new()
    return FetchedSound(kind, seconds, key, key.seal(sound, recording.c.sound, recording_id))


async def keep(
    session: Session, keys: Keyring, claimed: ClaimedRecording, fetched: FetchedSound, lease: datetime
) -> ClaimedRecording | None:
    """It is here from now on; the same, in hand until the lease is over so that the platform deletes what it has.

    None where its person or its contribution are gone, or where somebody else took it in hand since.
    """
    key = await _locked(session, keys, claimed.id)
    if key is None:
        return None
    kept = replace(claimed, state=RecordingState.KEPT, tries=1)
    here = {
        "state": kept.state,
        "code": None,
        "tries": kept.tries,
        "due": lease,
        "kind": fetched.kind,
        "seconds": fetched.seconds,
        "key": fetched.key.sealed_by(key, recording.c.key, claimed.id),
        "sound": fetched.box,
    }
    is_theirs = recording.c.person_id == key.person
    is_kept = (await session.execute(_in_hand(claimed).where(is_theirs).values(here))).rowcount
    return kept if is_kept else None


async def _locked(session: Session, keys: Keyring, recording_id: str) -> PersonKey | None:
    """The key of whose it is now: whoever erases them, or joins them with somebody else, waits, or has done so."""
    whose = select(recording.c.person_id).where(recording.c.id == recording_id).scalar_subquery()
    theirs = select(person.c.id, person.c.key, person.c.key_epoch).where(person.c.id == whose)
    row = (await session.execute(theirs.with_for_update(read=True, key_share=True))).one_or_none()
    return None if row is None else keys.unwrap(row.id, row.key, row.key_epoch)


async def forgotten_there(session: Session, claimed: ClaimedRecording) -> None:
    """The platform has it no more, or cannot be asked to delete it: where it was there is of no use any more."""
    is_kept = recording.c.state == RecordingState.KEPT
    done = update(recording).where(recording.c.id == claimed.id, is_kept).values(voice=None, due=None, code=None)
    if (await session.execute(done)).rowcount:
        theirs = update(contribution).where(contribution.c.recording_id == claimed.id)
        await session.execute(theirs.values(voice=None))


async def put_off(session: Session, claimed: ClaimedRecording, due: datetime, code: str) -> None:
    """It is taken in hand again then."""
    await session.execute(_in_hand(claimed).values(due=due, code=code))


async def end(session: Session, claimed: ClaimedRecording, state: RecordingState, code: str) -> None:
    """It never comes, for this reason."""
    await session.execute(_in_hand(claimed).values(state=state, code=code, due=None))


def _in_hand(claimed: ClaimedRecording) -> Any:
    """As it was when it was claimed: who comes back late changes nothing."""
    return update(recording).where(
        recording.c.id == claimed.id, recording.c.state == claimed.state, recording.c.tries == claimed.tries
    )


async def erase_written_down(session: Session, before: datetime) -> int:
    """Erase the sound of those that were last written down before this moment; gives how many. Their words stay.

    What the platform is still to delete is left until then.
    """
    here = (recording.c.state == RecordingState.KEPT, recording.c.due.is_(None))
    nothing = dict.fromkeys(("kind", "key", "sound"))
    erased = update(recording).where(*here, recording.c.words.is_not(None), recording.c.written < before)
    return (await session.execute(erased.values(state=RecordingState.ERASED, **nothing))).rowcount


async def prune(session: Session) -> int:
    """Throw away those that no contribution names any more: something else was given in their place."""
    is_named = exists().where(contribution.c.recording_id == recording.c.id)
    return (await session.execute(delete(recording).where(~is_named))).rowcount


@dataclass(frozen=True, slots=True)
class StoredRecording:
    """A voice note as a page shows it, without the sound."""

    contribution: str
    language: str
    """That of its contribution."""
    is_masked: bool
    """Something in the words of its contribution is."""
    state: RecordingState
    code: str | None
    kind: str | None
    seconds: int | None
    words: str = field(repr=False)
    """What somebody wrote down of it; "" where nobody has."""
    edition: int
    written_by: str | None
    written: datetime | None


async def of(
    session: Session, keys: Keyring, process_id: str, contributions: Collection[str]
) -> Mapping[str, StoredRecording]:
    """Those of these contributions to the process, by the contribution; without what no key of ours opens."""
    query = _shown().where(contribution.c.process_id == process_id, contribution.c.id.in_(contributions))
    found = {row.contribution: _read(keys, row) for row in await session.execute(query)}
    return {name: recording for name, recording in found.items() if recording is not None}


def _shown() -> Select[Any]:
    named = ("id", "person_id", "state", "code", "kind", "seconds", "words", "edition", "written_by", "written")
    return (
        select(
            contribution.c.id.label("contribution"),
            contribution.c.language,
            contribution.c.masked.is_not(None).label("is_masked"),
            *(recording.c[name] for name in named),
            person.c.key.label("persons_key"),
            person.c.key_epoch,
        )
        .join(recording, recording.c.id == contribution.c.recording_id)
        .join(person, person.c.id == recording.c.person_id)
    )


def _read(keys: Keyring, row: Any) -> StoredRecording | None:
    try:
        words = words_of(keys.unwrap(row.person_id, row.persons_key, row.key_epoch), row.words, row.id)
    except Unreadable:
        return None
    return StoredRecording(
        contribution=row.contribution,
        language=row.language,
        is_masked=row.is_masked,
        state=RecordingState(row.state),
        code=row.code,
        kind=row.kind,
        seconds=row.seconds,
        words=words,
        edition=row.edition,
        written_by=row.written_by,
        written=row.written,
    )


def words_of(key: PersonKey, box: bytes | None, recording_id: str) -> str:
    """What was written down of a voice note. Raises `Unreadable`."""
    return "" if box is None else key.open(box, recording.c.words, recording_id)


@dataclass(frozen=True, slots=True)
class OpenedSound:
    """A voice note to be listened to."""

    kind: str
    content: bytes = field(repr=False)


async def sound(session: Session, keys: Keyring, process_id: str, contribution_id: str) -> OpenedSound | None:
    """Of a contribution to the process; None: it has none, or it is not here. Raises `Unreadable`."""
    query = (
        select(recording.c.id, recording.c.kind, recording.c.key, recording.c.sound, person.c.id.label("person"))
        .add_columns(person.c.key.label("persons_key"), person.c.key_epoch)
        .join(contribution, contribution.c.recording_id == recording.c.id)
        .join(person, person.c.id == recording.c.person_id)
        .where(contribution.c.process_id == process_id, contribution.c.id == contribution_id)
        .where(recording.c.state == RecordingState.KEPT)
    )
    row = (await session.execute(query)).one_or_none()
    if row is None:
        return None
    key = OwnKey.opened(keys.unwrap(row.person, row.persons_key, row.key_epoch), row.key, recording.c.key, row.id)
    return OpenedSound(row.kind, key.open(row.sound, recording.c.sound, row.id))


@dataclass(frozen=True, slots=True)
class WrittenDown:
    """What somebody of the staff heard in a voice note. `edition`: 1 of the first, one more of each that follows."""

    words: str = field(repr=False)
    edition: int
    staff_id: str
    at: datetime


async def write_down(
    session: Session, keys: Keyring, process_id: str, contribution_id: str, written: WrittenDown
) -> bool:
    """Keep it in place of the edition before it. False where somebody else was quicker, or it is gone."""
    is_meant = (contribution.c.process_id == process_id, contribution.c.id == contribution_id)
    name = (await session.execute(select(contribution.c.recording_id).where(*is_meant))).scalar_one_or_none()
    key = None if name is None else await _locked(session, keys, name)
    if name is None or key is None:
        return False
    before = (
        recording.c.id == name,
        recording.c.person_id == key.person,
        recording.c.edition == written.edition - 1,
    )
    values = {
        "words": key.seal(written.words, recording.c.words, name),
        "edition": written.edition,
        "written_by": written.staff_id,
        "written": written.at,
    }
    return bool((await session.execute(update(recording).where(*before).values(values))).rowcount)


async def waiting(session: Session) -> Sequence[tuple[str, int]]:
    """How many wait to be fetched, by the sender that can fetch them."""
    theirs = select(recording.c.channel, func.count()).where(
        recording.c.due.is_not(None), recording.c.state == RecordingState.TO_FETCH
    )
    return [(row[0], row[1]) for row in await session.execute(theirs.group_by(recording.c.channel))]
