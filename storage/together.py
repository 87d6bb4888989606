"""Writing many rows of several tables in one round trip."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from sqlalchemy import ColumnClause, Executable, Table, and_, bindparam, column, func, insert, literal, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.sql.selectable import TableValuedAlias

from storage.database import Session
from storage.tables import metadata

Row = Mapping[str, Any]
PLACES = {table.name: place for place, table in enumerate(metadata.sorted_tables)}


@dataclass(frozen=True, slots=True)
class _Kind:
    """What is done to one table: the same for every row that is written together."""

    table: str
    columns: tuple[str, ...]
    keys: tuple[str, ...] = ()
    """Of a change: what a row is found by. Of an insert: what a row that is there already is found by."""
    changes: bool = False


@dataclass(slots=True)
class Writes:
    """Rows waiting to be written. What others refer to is written first, in whatever order it was named."""

    waiting: dict[_Kind, list[Row]] = field(default_factory=lambda: defaultdict(list))

    def insert(self, table: Table, **row: Any) -> None:
        self.waiting[_Kind(table.name, tuple(row))].append(row)

    def replace(self, table: Table, keys: tuple[str, ...], **row: Any) -> None:
        """Insert, or overwrite the row that has the same `keys`."""
        self.waiting[_Kind(table.name, tuple(row), keys)].append(row)

    def change(self, table: Table, keys: tuple[str, ...], **row: Any) -> None:
        """Overwrite columns of the row that is found by `keys`, if it is there."""
        self.waiting[_Kind(table.name, tuple(row), keys, changes=True)].append(row)


async def write(session: Session, writes: Writes) -> None:
    """Write everything: one statement on PostgreSQL, one for each kind of row on SQLite.

    PostgreSQL sees one snapshot in one statement: a row may be written only once in it.
    """
    if not writes.waiting:
        return
    kinds = sorted(writes.waiting, key=_order)
    if session.dialect.name == "sqlite":
        for kind in kinds:
            await session.execute(_one(kind), [_named(kind, row) for row in writes.waiting[kind]])
        return
    values = {
        f"{number}_{name}": [row[name] for row in writes.waiting[kind]]
        for number, kind in enumerate(kinds)
        for name in kind.columns
    }
    await session.execute(_all(tuple(kinds)), values)


@lru_cache(maxsize=512)
def _order(kind: _Kind) -> tuple[int, bool, tuple[str, ...], tuple[str, ...]]:
    """Always the same for the same kinds, so that one statement serves every batch that has them."""
    return PLACES[kind.table], kind.changes, kind.columns, kind.keys


def _named(kind: _Kind, row: Row) -> Row:
    return {f"{'k_' if kind.changes and name in kind.keys else ''}{name}": row[name] for name in kind.columns}


@lru_cache(maxsize=512)
def _one(kind: _Kind) -> Executable:
    table = metadata.tables[kind.table]
    if kind.changes:
        found = and_(*(table.c[key] == bindparam(f"k_{key}") for key in kind.keys))
        return update(table).where(found).values({c: bindparam(c) for c in kind.columns if c not in kind.keys})
    added = sqlite.insert(table).values({name: bindparam(name) for name in kind.columns})
    if not kind.keys:
        return added
    return added.on_conflict_do_update(
        index_elements=list(kind.keys), set_={c: added.excluded[c] for c in kind.columns if c not in kind.keys}
    )


@lru_cache(maxsize=512)
def _all(kinds: tuple[_Kind, ...]) -> Executable:
    return select(literal(1)).add_cte(*(_many(kind, number).cte(f"w{number}") for number, kind in enumerate(kinds)))


def _many(kind: _Kind, number: int) -> Any:
    table = metadata.tables[kind.table]
    given = _given(table, kind, number)
    if kind.changes:
        return (
            update(table)
            .where(and_(*(table.c[key] == given.c[key] for key in kind.keys)))
            .values({c: given.c[c] for c in kind.columns if c not in kind.keys})
            .returning(literal(1))
        )
    rows = select(*(given.c[name] for name in kind.columns))
    if not kind.keys:
        return insert(table).from_select(list(kind.columns), rows).returning(literal(1))
    added = postgresql.insert(table).from_select(list(kind.columns), rows)
    return added.on_conflict_do_update(
        index_elements=list(kind.keys), set_={c: added.excluded[c] for c in kind.columns if c not in kind.keys}
    ).returning(literal(1))


def _given(table: Table, kind: _Kind, number: int) -> TableValuedAlias:
    arrays = (bindparam(f"{number}_{c}", type_=ARRAY(table.c[c].type)) for c in kind.columns)
    return (
        func.unnest(*arrays).table_valued(*(_typed(table, c) for c in kind.columns), name=f"v{number}").render_derived()
    )


def _typed(table: Table, name: str) -> ColumnClause[Any]:
    return column(name, table.c[name].type)
