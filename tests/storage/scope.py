"""Whether a statement stays within one process: what each of its tables is bound by."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import (
    Alias,
    BindParameter,
    BooleanClauseList,
    Column,
    ColumnElement,
    CompoundSelect,
    Delete,
    FromClause,
    Join,
    Select,
    Subquery,
    Table,
    Update,
)
from sqlalchemy.sql import operators
from sqlalchemy.sql.elements import BinaryExpression, ClauseElement, Grouping
from sqlalchemy.sql.selectable import CTE, Lateral, ScalarSelect
from sqlalchemy.sql.visitors import iterate

from storage.tables import address, metadata, person

DEPLOYMENT_WIDE = {person, address}
"""A person takes part in many processes, and what is theirs is found by them in all of these."""
PROCESS = "process"


def scoped() -> Mapping[str, set[str]]:
    """The tables whose rows belong to one process each, with the columns by which a value names that process."""
    found = {PROCESS}
    while more := {table.name for table in _others(found) if _belongs(table, found)}:
        found |= more
    return {name: _keys(metadata.tables[name], found) for name in found}


def _others(found: set[str]) -> list[Table]:
    return [table for table in metadata.sorted_tables if table not in DEPLOYMENT_WIDE and table.name not in found]


def _belongs(table: Table, found: set[str]) -> bool:
    return any(key.column.table.name in found and not key.parent.nullable for key in table.foreign_keys)


def _keys(table: Table, found: set[str]) -> set[str]:
    """The columns that name a row of it, or a row of another table that belongs to one process."""
    names = {column.name for column in table.columns if column.unique} | {column.name for column in table.primary_key}
    others = {key.parent.name for key in table.foreign_keys if key.column.table.name in found - {PROCESS}}
    mine = {key.parent.name for key in table.foreign_keys if key.column.table.name == PROCESS and table.name != PROCESS}
    alone = names if len(table.primary_key) == 1 else {column.name for column in table.columns if column.unique}
    return others | mine | alone


def unbound(statement: ClauseElement) -> set[str]:
    """The tables of which this reads, changes or deletes rows of any process."""
    return {name for part in _parts(statement) for name in part.unbound()}


class _Part:
    """A SELECT, an UPDATE or a DELETE: where it looks, and under which conditions."""

    def __init__(
        self, places: Sequence[FromClause], conditions: Sequence[ColumnElement[bool]], outer: "_Part | None"
    ) -> None:
        mentioned = [place for whole in places for place in _flat(whole)]
        # What is around it already is meant there, unless nothing were left: so SQLAlchemy has it, too.
        self.places = [place for place in mentioned if outer is None or not outer.mentions(place)] or mentioned
        joins = [join.onclause for whole in places for join in _joins(whole) if join.onclause is not None]
        self.conditions = [part for condition in [*conditions, *joins] for part in _ands(condition)]
        self.outer = outer
        self.bound: set[int] = set()
        for _round in self.places:
            self.bound |= {id(place) for place in self.places if self._is_bound(place)}

    def unbound(self) -> set[str]:
        names = {_table(place) for place in self.places if id(place) not in self.bound}
        return {name for name in names if name is not None}

    def mentions(self, place: FromClause) -> bool:
        return any(place is mine for mine in self.places) or (self.outer is not None and self.outer.mentions(place))

    def knows(self, place: FromClause) -> bool:
        """Whether rows of this place belong to one process, here or around this part."""
        if any(place is mine for mine in self.places):
            return id(place) in self.bound
        return self.outer is not None and self.outer.knows(place)

    def _is_bound(self, place: FromClause) -> bool:
        name = _table(place)
        if name is None:
            # A person of no process binds nothing; a SELECT in the place of a table is looked at by itself.
            return isinstance(place, Subquery | CTE | Lateral)
        return any(self._binds(condition, place, SCOPED[name]) for condition in self.conditions)

    def _binds(self, condition: ColumnElement[bool], place: FromClause, keys: set[str]) -> bool:
        if not isinstance(condition, BinaryExpression):
            return False
        sides = [(condition.left, condition.right), (condition.right, condition.left)]
        if condition.operator is operators.in_op:
            return _is_of(condition.left, place, keys)
        if condition.operator is not operators.eq:
            return False
        return any(_is_of(key, place, keys) and self._names_one(value) for key, value in sides)

    def _names_one(self, value: ClauseElement) -> bool:
        if isinstance(value, Column):
            return self.knows(value.table) and value.name not in ("person_id", "address_id")
        if isinstance(value, ColumnElement) and getattr(value, "table", None) is not None:
            return self.knows(value.table)
        return isinstance(value, BindParameter | ScalarSelect) or not list(_columns(value))


SCOPED = scoped()


def _is_of(column: ClauseElement, place: FromClause, keys: set[str]) -> bool:
    return isinstance(column, Column) and column.table is place and column.name in keys


def _columns(value: ClauseElement) -> Iterator[Column[object]]:
    return (part for part in iterate(value) if isinstance(part, Column))


def _table(place: FromClause) -> str | None:
    """The name of a table of which rows belong to one process each."""
    while isinstance(place, Alias):
        place = place.element
    return place.name if isinstance(place, Table) and place.name in SCOPED else None


def _flat(place: FromClause) -> list[FromClause]:
    return [*_flat(place.left), *_flat(place.right)] if isinstance(place, Join) else [place]


def _joins(place: FromClause) -> list[Join]:
    return [place, *_joins(place.left), *_joins(place.right)] if isinstance(place, Join) else []


def _ands(condition: Any) -> Iterator[ColumnElement[bool]]:
    """What all must hold; of what may hold instead of something else nothing is known."""
    if isinstance(condition, Grouping):
        yield from _ands(condition.element)
    elif isinstance(condition, BooleanClauseList) and condition.operator is operators.and_:
        for part in condition.clauses:
            yield from _ands(part)
    elif isinstance(condition, ColumnElement):
        yield condition


def _parts(statement: ClauseElement, outer: _Part | None = None) -> Iterator[_Part]:
    """The statement, and every SELECT within it, each with what is around it."""
    inner: _Part | None = outer
    match statement:
        case Select():
            places = list(statement.get_final_froms())
            inner = _Part(places, list(statement._where_criteria), outer)
            yield inner
        case Update() | Delete():
            inner = _Part([statement.table], list(statement._where_criteria), outer)
            yield inner
    for child in statement.get_children():
        yield from _within(child, inner)


def _within(child: ClauseElement, outer: _Part | None) -> Iterator[_Part]:
    if isinstance(child, Table):
        return
    if isinstance(child, Subquery | CTE | Lateral):
        outer = outer if isinstance(child, Lateral) else None
    if isinstance(child, Select | Update | Delete | CompoundSelect):
        yield from _parts(child, outer)
        return
    for part in child.get_children():
        yield from _within(part, outer)
