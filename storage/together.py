"""Writing many rows of several tables in one round trip."""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, NamedTuple

import msgspec
from sqlalchemy import (
    ColumnClause,
    ColumnElement,
    Dialect,
    LargeBinary,
    Table,
    Text,
    and_,
    bindparam,
    column,
    func,
    literal_column,
    select,
    update,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.sql.dml import UpdateBase
from sqlalchemy.sql.selectable import TableValuedAlias

from storage._ground.columns import Sealed, sealed
from storage._ground.database import Session
from storage.tables import metadata

Row = Mapping[str, Any]
PLACES = {table.name: place for place, table in enumerate(metadata.sorted_tables)}
FOUND_BY = "found by "
"""Before the name of a value that a row is found by, where the statement also has columns of these names."""
_DONE: ColumnElement[Any] = literal_column("1")


class _Kind(NamedTuple):
    """What is done to one table: the same for every row that is written together."""

    table: str
    columns: tuple[str, ...]
    keys: tuple[str, ...] = ()
    """Of a change: what a row is found by. Of an insert: what a row that is there already is found by."""
    changes: bool = False
    once: bool = False
    """Of an insert: a row that is there already stays as it is."""


@dataclass(slots=True)
class Writes:
    """Rows waiting to be written. What others refer to is written first, in whatever order it was named."""

    waiting: dict[_Kind, list[Row]] = field(default_factory=lambda: defaultdict(list))

    def insert(self, table: Table, **row: Any) -> None:
        self.waiting[_Kind(table.name, tuple(row))].append(row)

    def replace(self, table: Table, keys: tuple[str, ...], **row: Any) -> None:
        """Insert, or overwrite the row that has the same `keys`."""
        self.waiting[_Kind(table.name, tuple(row), keys)].append(row)

    def insert_once(self, table: Table, keys: tuple[str, ...], **row: Any) -> None:
        """Insert, unless there is a row that has the same `keys`."""
        self.waiting[_Kind(table.name, tuple(row), keys, once=True)].append(row)

    def change(self, table: Table, keys: tuple[str, ...], **row: Any) -> None:
        """Overwrite columns of the row that is found by `keys`, if it is there."""
        self.waiting[_Kind(table.name, tuple(row), keys, changes=True)].append(row)


async def write(session: Session, writes: Writes) -> None:
    """Write everything: one statement on PostgreSQL, one for each kind of row on SQLite.

    PostgreSQL sees one snapshot in one statement: a row may be written only once in it.
    """
    if not writes.waiting:
        return
    kinds = tuple(sorted(writes.waiting, key=_order))
    # The statements are SQLAlchemy's, the values go past it: what it does with each would be half the cost of a turn.
    if session.dialect.name == "sqlite":
        for kind in kinds:
            each = _each(kind, session.dialect)
            await session.exec_driver_sql(each.statement, each.values(writes.waiting[kind]))
    else:
        values = {f"rows{number}": _packed(kind, writes.waiting[kind]) for number, kind in enumerate(kinds)}
        await session.exec_driver_sql(_all(kinds, session.dialect), values)


@lru_cache(maxsize=512)
def _order(kind: _Kind) -> tuple[int, bool, tuple[str, ...], tuple[str, ...], bool]:
    """Always the same for the same kinds, so that one statement serves every batch that has them."""
    return PLACES[kind.table], kind.changes, kind.columns, kind.keys, kind.once


@dataclass(frozen=True, slots=True)
class _EachRow:
    """A statement that SQLite runs for each row; `binds` bring its values into the statement's order and forms."""

    statement: str
    binds: tuple[tuple[str, Callable[[Any], Any] | None], ...]

    def values(self, rows: Sequence[Row]) -> list[tuple[Any, ...]]:
        columns = (
            [row[name] for row in rows] if bind is None else [bind(row[name]) for row in rows]
            for name, bind in self.binds
        )
        return list(zip(*columns, strict=True))


@lru_cache(maxsize=512)
def _each(kind: _Kind, dialect: Dialect) -> _EachRow:
    columns = metadata.tables[kind.table].c
    compiled: Any = _each_written(kind).compile(dialect=dialect)
    names = [name.removeprefix(FOUND_BY) for name in compiled.positiontup]
    binds = [columns[name].type.dialect_impl(dialect).bind_processor(dialect) for name in names]
    return _EachRow(compiled.string, tuple(zip(names, binds, strict=True)))


def _each_written(kind: _Kind) -> UpdateBase:
    table = metadata.tables[kind.table]
    if kind.changes:
        is_found = and_(*(table.c[key] == bindparam(f"{FOUND_BY}{key}") for key in kind.keys))
        return update(table).where(is_found).values({c: bindparam(c) for c in kind.columns if c not in kind.keys})
    added = sqlite.insert(table).values({name: bindparam(name) for name in kind.columns})
    if not kind.keys:
        return added
    if kind.once:
        return added.on_conflict_do_nothing(index_elements=list(kind.keys))
    return added.on_conflict_do_update(
        index_elements=list(kind.keys), set_={c: added.excluded[c] for c in kind.columns if c not in kind.keys}
    )


def _packed(kind: _Kind, rows: Sequence[Row]) -> str:
    """The rows as JSON, the bytes in them in base64."""
    for name in _sealed(kind):
        for row in rows:
            sealed(row[name])
    return msgspec.json.encode(rows).decode()


@lru_cache(maxsize=512)
def _sealed(kind: _Kind) -> tuple[str, ...]:
    columns = metadata.tables[kind.table].c
    return tuple(name for name in kind.columns if isinstance(columns[name].type, Sealed))


@lru_cache(maxsize=512)
def _all(kinds: tuple[_Kind, ...], dialect: Dialect) -> str:
    parts = (_many_written(kind, number).cte(f"w{number}") for number, kind in enumerate(kinds))
    return str(select(_DONE).add_cte(*parts).compile(dialect=dialect))


def _many_written(kind: _Kind, number: int) -> Any:
    table = metadata.tables[kind.table]
    rows = _json_rows(table, kind, number)
    values = {name: _value(table, rows, name) for name in kind.columns}
    if kind.changes:
        return (
            update(table)
            .where(and_(*(table.c[key] == values.pop(key) for key in kind.keys)))
            .values(values)
            .returning(_DONE)
        )
    added = postgresql.insert(table).from_select(list(values), select(*values.values()))
    if not kind.keys:
        return added.returning(_DONE)
    if kind.once:
        return added.on_conflict_do_nothing(index_elements=list(kind.keys)).returning(_DONE)
    return added.on_conflict_do_update(
        index_elements=list(kind.keys), set_={c: added.excluded[c] for c in kind.columns if c not in kind.keys}
    ).returning(_DONE)


def _json_rows(table: Table, kind: _Kind, number: int) -> TableValuedAlias:
    columns = (_json_column(table, name) for name in kind.columns)
    rows = func.json_to_recordset(bindparam(f"rows{number}", type_=postgresql.JSON))
    return rows.table_valued(*columns).render_derived(name=f"v{number}", with_types=True)


def _json_column(table: Table, name: str) -> ColumnClause[Any]:
    return column(name, Text if _is_bytes(table, name) else table.c[name].type)


def _value(table: Table, rows: TableValuedAlias, name: str) -> ColumnElement[Any]:
    return func.decode(rows.c[name], literal_column("'base64'")) if _is_bytes(table, name) else rows.c[name]


def _is_bytes(table: Table, name: str) -> bool:
    return isinstance(table.c[name].type, LargeBinary | Sealed)
