"""Whether a key file is the one that a database was used with before: kept as a proof of each key, never the key."""

from collections.abc import Mapping
from hmac import compare_digest

from sqlalchemy import select
from sqlalchemy.dialects import postgresql, sqlite

from storage._ground.database import Session
from storage.keys import Keyring, Unreadable, UnsafeKeys
from storage.tables import keycheck, person

SAMPLE = 20
"""People: a row that is spoilt says nothing of the key file."""
ANOTHER = (
    "HEARBACK_KEYS names the key file of another deployment: it opens nothing that is in this database. "
    "Restore this database's own key file from where you keep it, or set DATABASE_URL to the right database."
)
OLD_FILE = (
    "HEARBACK_KEYS names an old copy of the key file: its newest key is number {ours}, this database needs number "
    "{needed}. Put the newest copy in its place."
)
OLD_DATABASE = (
    "The key file has no key number {needed} any more, and this database needs it: the database is an older copy. "
    "Put the key file of that time in its place, or restore a backup from after the keys were changed."
)


async def verify(session: Session, keys: Keyring) -> None:
    """Write down the keys that this database does not know yet. Raises `UnsafeKeys` where they are not its own."""
    known = await _known(session)
    if why := mismatch(known, keys) if known else await _stranger(session, keys):
        raise UnsafeKeys(why)
    if not keys.wrapping.keys() <= known.keys():
        await note(session, keys)


async def note(session: Session, keys: Keyring) -> None:
    """Write down every key of a keyring that was found to be this database's own."""
    insert = sqlite.insert if session.dialect.name == "sqlite" else postgresql.insert
    rows = [{"epoch": epoch, "proof": keys.proof(epoch)} for epoch in keys.wrapping]
    await session.execute(insert(keycheck).on_conflict_do_nothing(index_elements=["epoch"]), rows)


def mismatch(known: Mapping[int, str], keys: Keyring) -> str | None:
    """Why these keys do not belong to a database that knows these proofs, and what to do; None: they do."""
    shared = known.keys() & keys.wrapping.keys()
    if not all(compare_digest(known[epoch], keys.proof(epoch)) for epoch in shared):
        return ANOTHER
    needed = max(known)
    if needed in shared:
        return None
    return (OLD_FILE if keys.epoch < needed else OLD_DATABASE).format(ours=keys.epoch, needed=needed)


async def _known(session: Session) -> Mapping[int, str]:
    rows = await session.execute(select(keycheck.c.epoch, keycheck.c.proof))
    return {row.epoch: row.proof for row in rows}


async def _stranger(session: Session, keys: Keyring) -> str | None:
    """As `mismatch`, for a database from before there were proofs: some people's keys in it have to open."""
    some = select(person.c.id, person.c.key, person.c.key_epoch).order_by(person.c.key_epoch.desc()).limit(SAMPLE)
    rows = (await session.execute(some)).all()
    opens = any(_opens(keys, *row) for row in rows)
    return ANOTHER if rows and not opens else None


def _opens(keys: Keyring, person_id: str, wrapped: bytes, epoch: int) -> bool:
    try:
        keys.unwrap(person_id, wrapped, epoch)
    except Unreadable:
        return False
    return True
