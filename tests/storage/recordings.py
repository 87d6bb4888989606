"""Voice notes put straight into the tables, and what is done with them there."""

from datetime import datetime, timedelta
from hashlib import sha256

from sqlalchemy import select

from storage import Database, Keyring, Session, contributions, fresh, recordings
from storage.contributions import NewContribution
from storage.recordings import ClaimedRecording, NewRecording
from storage.tables import recording
from storage.together import Writes, write
from tests.storage.rows import NOW, PROCESS, Somebody

SOUND = b"OggS, and what somebody says" * 400
LEASE = timedelta(minutes=5)


async def speak(
    session: Session,
    who: Somebody,
    voice: str = "file-1",
    *,
    name: str = "",
    words: str = "",
    language: str = "en",
    process: str = PROCESS,
    consultation: str | None = None,
    due: datetime = NOW,
) -> str:
    """Somebody gives a voice note; gives the id of the contribution. `voice` "": it is words alone."""
    name = name or fresh()
    # The same for the same note, and of no other.
    named = sha256(f"{who.id} {voice}".encode()).hexdigest()
    note = NewRecording(named, who.channel, voice, due) if voice else None
    new = NewContribution(
        process=process,
        language=language,
        day=NOW.date(),
        text=words,
        recording=note,
        address=who.address,
        consultation=consultation,
        question=None if consultation is None else "q",
    )
    writes = Writes()
    contributions.add(writes, who.key, new, name)
    await write(session, writes)
    return name


async def claim(database: Database, keys: Keyring, now: datetime = NOW, most: int = 9) -> list[ClaimedRecording]:
    async with database.writing() as session:
        return await recordings.claim(session, keys, ["telegram", "whatsapp"], now, now + LEASE, most)


async def kept(database: Database, keys: Keyring, claimed: ClaimedRecording, sound: bytes = SOUND) -> bool:
    """Whether it is here now; its platform is left alone."""
    fetched = recordings.sealed_sound(claimed.id, "audio/ogg", sound, 7)
    async with database.writing() as session:
        return await recordings.keep(session, keys, claimed, fetched, NOW + LEASE) is not None


async def spoken(database: Database, keys: Keyring, who: Somebody, **more: str) -> str:
    """One that is here; gives the id of the contribution."""
    async with database.writing() as session:
        name = await speak(session, who, **more)  # type: ignore[arg-type]
    for claimed in await claim(database, keys):
        assert await kept(database, keys, claimed)
        async with database.writing() as session:
            await recordings.forgotten_there(session, claimed)
    return name


async def heard(database: Database, keys: Keyring, contribution: str, process: str = PROCESS) -> bytes | None:
    """Its sound; None: it is not here."""
    async with database.reading() as session:
        sound = await recordings.sound(session, keys, process, contribution)
    return None if sound is None else sound.content


async def rows(session: Session) -> list[tuple[str, str, int]]:
    """(whose, state, tries) of every voice note."""
    query = select(recording.c.person_id, recording.c.state, recording.c.tries).order_by(recording.c.id)
    return [(row[0], row[1], row[2]) for row in await session.execute(query)]
