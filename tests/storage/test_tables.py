"""Every file of tables is loaded with the others, and says in a word what each of its columns holds."""

import ast
from collections.abc import Iterator, Mapping
from pathlib import Path

from sqlalchemy import Column, MetaData

import storage.tables
from storage.tables import metadata

FILES = sorted(Path(storage.tables.__file__).parent.glob("[!_]*.py"))


def words(source: str) -> Mapping[str, str]:
    """What the comment above each column says of it; "" where there is none."""
    lines = source.splitlines()
    return {f"{table}.{_name(column)}": _above(lines, column.lineno) for table, column in _columns(ast.parse(source))}


def _columns(tree: ast.Module) -> Iterator[tuple[str, ast.Call]]:
    for call in ast.walk(tree):
        if isinstance(call, ast.Call) and _calls(call, "Table"):
            for argument in call.args:
                if isinstance(argument, ast.Call) and _calls(argument, "Column"):
                    yield _name(call), argument


def _calls(call: ast.Call, name: str) -> bool:
    return isinstance(call.func, ast.Name) and call.func.id == name


def _name(call: ast.Call) -> str:
    return str(ast.literal_eval(call.args[0]))


def _above(lines: list[str], number: int) -> str:
    """The comment that ends on the line before this one."""
    comment: list[str] = []
    while (line := lines[number - len(comment) - 2].strip()).startswith("#"):
        comment.insert(0, line.removeprefix("#").strip())
    return " ".join(comment)


def columns(tables: MetaData) -> Mapping[str, Column[object]]:
    return {f"{table.name}.{column.name}": column for table in tables.sorted_tables for column in table.columns}


WORDS = {name: sentence for path in FILES for name, sentence in words(path.read_text()).items()}


def test_every_column_has_a_word_on_what_it_holds() -> None:
    assert WORDS.keys() == columns(metadata).keys()
    assert [name for name, sentence in WORDS.items() if not sentence.endswith(".")] == []


def test_every_column_that_may_be_empty_says_what_that_means() -> None:
    empty = {name for name, column in columns(metadata).items() if column.nullable}
    assert {name for name, sentence in WORDS.items() if "null" in sentence} == empty


def test_a_column_without_a_word_would_be_found() -> None:
    source = 'Table(\n    "x",\n    # Whole\n    # sentence.\n    Column("a", Text),\n    Column("b"),\n)\n'
    assert words(source) == {"x.a": "Whole sentence.", "x.b": ""}


def test_every_file_of_tables_is_named_as_the_file_of_storage_that_asks_about_it() -> None:
    room = Path(storage.__file__).parent
    asking = {path.name for folder in (room, room / "outbox") for path in folder.glob("*.py")}
    assert [path.name for path in FILES if path.name not in asking] == []
