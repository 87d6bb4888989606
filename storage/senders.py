"""Our senders: on which platform each is, and to which process it belongs."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, and_, exists, func, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite

from storage._ground.database import Session
from storage._ground.members import bound
from storage.states import ProcessState
from storage.tables import address, process, sender


async def keep(session: Session, kinds: Mapping[str, str]) -> None:
    """Write down senders that are there, by name with the kind of each; to which process one belongs stays."""
    rows = [{"name": name, "kind": kind} for name, kind in sorted(kinds.items())]
    if rows:
        insert = (sqlite if session.dialect.name == "sqlite" else postgresql).insert(sender)
        added = insert.on_conflict_do_update(index_elements=["name"], set_={"kind": insert.excluded.kind})
        # Every worker does this at its start: what stands there already is not written again.
        there = {row.name: row.kind for row in await session.execute(select(sender.c.name, sender.c.kind))}
        if new := [row for row in rows if there.get(row["name"]) != row["kind"]]:
            await session.execute(added, new)


@dataclass(frozen=True, slots=True)
class StoredSender:
    """A sender. The content is the JSON text that the handlers wrote of its process; None: it is shared."""

    name: str
    kind: str
    content: str | None
    slug: str | None
    """Of its process."""


async def all_of(session: Session) -> Sequence[StoredSender]:
    """In the order of their names."""
    joined = sender.outerjoin(process, process.c.id == sender.c.process_id)
    rows = await session.execute(
        select(sender.c.name, sender.c.kind, process.c.content, process.c.slug)
        .select_from(joined)
        .order_by(sender.c.name)
    )
    return [StoredSender(*row) for row in rows]


async def bind(session: Session, process_id: str, names: Sequence[str]) -> set[str]:
    """Let these belong to this process; gives those that another has that is not archived."""
    archived = select(process.c.id).where(process.c.state == ProcessState.ARCHIVED)
    owner = sender.c.process_id
    is_free = or_(owner.is_(None), owner == process_id, owner.in_(archived))
    bound = update(sender).where(sender.c.name.in_(names), is_free).values(process_id=process_id)
    return set(names) - set((await session.execute(bound.returning(sender.c.name))).scalars())


async def led_away(session: Session, process_id: str | None, names: Sequence[str]) -> int:
    """How many people of other open processes write to these senders, as far as those are not this process's already.

    None: of a new one.
    """
    is_open = (process.c.id == address.c.process_id, process.c.state == ProcessState.OPEN)
    theirs = select(func.count(address.c.person_id.distinct())).where(
        address.c.channel.in_(names), address.c.index.is_not(None), *is_open
    )
    if process_id is not None:
        ours = select(sender.c.name).where(sender.c.process_id == process_id)
        theirs = theirs.where(address.c.process_id != process_id, address.c.channel.not_in(ours))
    return (await session.execute(theirs)).scalar_one()


async def let_go(session: Session, process_id: str, but: Sequence[str]) -> None:
    """All of this process are shared from now on, but for these."""
    await session.execute(
        update(sender).where(sender.c.process_id == process_id, sender.c.name.not_in(but)).values(process_id=None)
    )


def is_beside_others(channel: ColumnElement[str]) -> ColumnElement[bool]:
    """Whether a column `channel` has the name of a sender by which several processes that are open write to people."""
    several = select(func.count() > 1).where(process.c.state == bound(ProcessState.OPEN)).scalar_subquery()
    is_shared = exists().where(sender.c.name == channel, sender.c.process_id.is_(None))
    return and_(several, is_shared)


async def beside_others(session: Session) -> frozenset[str]:
    """The senders by which several processes that are open write to people."""
    others = sender.alias("others")
    return frozenset((await session.execute(select(others.c.name).where(is_beside_others(others.c.name)))).scalars())


def is_one_of(channel: ColumnElement[str], called: Sequence[str]) -> ColumnElement[bool]:
    """Whether a column `channel` has the name of one of these senders, or of any of these kinds."""
    return or_(channel.in_(called), channel.in_(select(sender.c.name).where(sender.c.kind.in_(called))))
