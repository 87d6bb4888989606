"""Whether a statement stays within one process: what each of its tables is bound by."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import (
    Alias,
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
from sqlalchemy.sql.selectable import CTE, Lateral, ScalarSelect, SelectBase, SelectStatementGrouping
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


def unbound(statement: ClauseElement, by_process: bool = False) -> set[str]:
    """Of what this reads, changes or deletes rows of any process: the tables, those with "+" that belong together.

    `by_process`: an id is not enough, for it may be one of another process. Nothing else says what a table without a
    process of its own belongs to.
    """
    return {together for part in _parts(statement, by_process) for together in part.unbound()}


class _Part:
    """A SELECT, an UPDATE or a DELETE: where it looks, and under which conditions."""

    def __init__(
        self,
        places: Sequence[FromClause],
        conditions: Sequence[ColumnElement[bool]],
        outer: "_Part | None",
        by_process: bool,
    ) -> None:
        mentioned = [place for whole in places for place in _flat(whole)]
        # What is around it already is meant there, unless nothing were left: so SQLAlchemy has it, too.
        self.places = [place for place in mentioned if outer is None or outer.holder(place) is None] or mentioned
        joins = [join.onclause for whole in places for join in _joins(whole) if join.onclause is not None]
        self.conditions = [part for condition in [*conditions, *joins] for part in _ands(condition)]
        self.outer = outer
        self.by_process = by_process

    def unbound(self) -> set[str]:
        found = set()
        for place in self.places:
            together = self._together(place)
            if _table(place) and not any(isinstance(other, Subquery | CTE | Lateral) for other in together):
                inside = all(self.holder(other) is self for other in together)
                if inside and not any(self._is_bound(other) for other in together):
                    found.add("+".join(sorted({name for other in together if (name := _table(other))})))
        return found

    def holder(self, place: FromClause) -> "_Part | None":
        """The part that looks at this place: this one, or one around it."""
        if any(place is mine for mine in self.places):
            return self
        return None if self.outer is None else self.outer.holder(place)

    def _together(self, place: FromClause) -> list[FromClause]:
        """The places whose rows are of one process, because one names the other."""
        together = [place]
        for known in together:
            for other in self._linked(known):
                if not any(other is already for already in together):
                    together.append(other)
        return together

    def _linked(self, place: FromClause) -> Iterator[FromClause]:
        for key, value in self._equalities():
            if isinstance(value, ColumnElement) and (other := getattr(value, "table", None)) is not None:
                links = _is_key(key, by_process=False) or _is_key(value, by_process=False)
                if links and self.holder(other) is not None and getattr(key, "table", None) is place:
                    yield other

    def _is_bound(self, place: FromClause) -> bool:
        return any(
            getattr(key, "table", None) is place
            and _is_key(key, self.by_process and not _is_found(value))
            and _is_given(value)
            for key, value in self._equalities()
        )

    def _equalities(self) -> Iterator[tuple[ClauseElement, ClauseElement]]:
        """Both ways: one side is the other, or among several."""
        for condition in self.conditions:
            if isinstance(condition, BinaryExpression) and condition.operator in (operators.eq, operators.in_op):
                yield condition.left, condition.right
                yield condition.right, condition.left


SCOPED = scoped()


def _is_key(column: ClauseElement, by_process: bool) -> bool:
    """Whether one value of it names one process."""
    name = _table(column.table) if isinstance(column, Column) else None
    if name is None or not isinstance(column, Column):
        return False
    strictly = by_process and name != PROCESS and "process_id" in SCOPED[name]
    return column.name in ({"process_id"} if strictly else SCOPED[name])


def _is_given(value: ClauseElement) -> bool:
    """It does not depend on the row."""
    return _is_found(value) or not any(isinstance(part, Column) for part in iterate(value))


def _is_found(value: ClauseElement) -> bool:
    """By a SELECT, which is looked at by itself."""
    return isinstance(value, SelectBase | ScalarSelect | SelectStatementGrouping)


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


def _parts(statement: ClauseElement, by_process: bool, outer: _Part | None = None) -> Iterator[_Part]:
    """The statement, and every SELECT within it, each with what is around it."""
    inner: _Part | None = outer
    match statement:
        case Select():
            places = list(statement.get_final_froms())
            inner = _Part(places, list(statement._where_criteria), outer, by_process)
            yield inner
        case Update() | Delete():
            inner = _Part([statement.table], list(statement._where_criteria), outer, by_process)
            yield inner
    for child in statement.get_children():
        yield from _within(child, by_process, inner)


def _within(child: ClauseElement, by_process: bool, outer: _Part | None) -> Iterator[_Part]:
    if isinstance(child, Table):
        return
    if isinstance(child, Subquery | CTE | Lateral):
        outer = outer if isinstance(child, Lateral) else None
    if isinstance(child, Select | Update | Delete | CompoundSelect):
        yield from _parts(child, by_process, outer)
        return
    for part in child.get_children():
        yield from _within(part, by_process, outer)
