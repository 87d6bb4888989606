"""What a page names between backquotes is there: files, functions, classes, columns, constants."""

import ast
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from fnmatch import fnmatch
from functools import cache
from itertools import pairwise
from pathlib import Path, PurePath

import pytest

from storage.tables import metadata
from tests.docs.pages import INLINE, PAGES, ROOT, a_page, code
from tests.parsing import parsed
from tests.rooms import sources
from tests.tooling.test_files import files

PLACEHOLDER = re.compile("NAME|CODE|NUMBER")
PATH = re.compile(r"(?:\./)?[\w*-][\w*.-]*(?:/[\w*.-]+)*/?")
SUFFIXES = {".css", ".html", ".js", ".lock", ".lua", ".mako", ".md", ".po", ".py", ".toml"}
"""By these a name without any "/" is known for that of a file."""
DOTTED = re.compile(r"([A-Za-z_]\w*(?:\.\w+)+)(?:\(.*\))?")
WORD = re.compile(r"\w*[A-Z_]\w*")
"""A word that only code has: with a capital or "_" in it."""
METRICS = "hearback_"
"""What these begin with test_operating.py looks for."""
CALLED = re.compile(r"(\w+)\(.*\)")
TO_BE_WRITTEN = {"CONTRIBUTING.md": {"contact", "messages", "m0000_contact", "Contacted"}}
"""The example of a flow, by the names without what a file's name ends with."""


@a_page
def test_what_a_page_names_is_there(page: str) -> None:
    to_be_written = TO_BE_WRITTEN.get(page, set())
    assert [name for name in named(page) if is_lost(name) and PurePath(name).stem not in to_be_written] == []


@pytest.mark.parametrize(
    "name",
    [
        "handlers/talks/",
        "storage/person.py",
        "council/*.toml",
        "tests/nowhere",
        "afar_away.py",
        "people.heard",
        "people.heard(session)",
        "nobody.hears",
        "Channel.hears",
        "address.number",
        "MOST_FORGOTTEN",
        "forgets(person)",
    ],
)
def test_what_is_not_there_is_found(name: str) -> None:
    assert is_lost(name)


@pytest.mark.parametrize(
    "name",
    ["run", "./run", "locales/CODE.po", "/etc/hearback", "sqlite:///FILE", "asyncio.Lock", "address.spoke", "15"],
)
def test_what_is_there_or_not_ours_is_not_looked_for(name: str) -> None:
    assert not is_lost(name)


def named(page: str) -> Iterator[str]:
    yield from INLINE.findall(PAGES[page])
    tests = (line.split("#")[0].split()[2:] for line in code(page) if line.startswith("./run test "))
    yield from (word for words in tests for word in words if "/" in word)


def is_lost(name: str) -> bool:
    """Whether this looks like a name of ours, and nothing here is called so."""
    if PATH.fullmatch(name) and ("/" in name or PurePath(name).suffix in SUFFIXES):
        pattern = PLACEHOLDER.sub("*", name.removeprefix("./").rstrip("/"))
        return not any(fnmatch(path, pattern) or fnmatch(path, f"*/{pattern}") for path in paths())
    if dotted := DOTTED.fullmatch(name):
        parts = dotted[1].split(".")
        return not all(part in members().get(of, ()) for of, part in pairwise(parts)) and parts[0] not in foreign()
    if called := CALLED.fullmatch(name):
        return not any(called[1] in names for names in members().values())
    return is_of_code(name) and name not in words()


def is_of_code(word: str) -> bool:
    return bool(WORD.fullmatch(word)) and not PLACEHOLDER.search(word) and not word.startswith(METRICS)


@cache
def paths() -> set[str]:
    """Every file and folder; those that the program makes; the rooms that the contracts already expect."""
    here = [path.relative_to(ROOT) for path in files()]
    made = [line.strip("/") for line in (ROOT / ".gitignore").read_text().splitlines()]
    expected = re.findall(r'"\((\w+)\)"', (ROOT / "pyproject.toml").read_text())
    return {str(path) for path in here} | {str(folder) for path in here for folder in path.parents} | {*made, *expected}


@cache
def words() -> set[str]:
    """Every word of the code."""
    here = [path for path in files() if path.suffix in SUFFIXES - {".md"} or path.name in ("run", "Procfile")]
    return {word for path in here if path != Path(__file__) for word in re.findall(r"\w+", path.read_text())}


@cache
def members() -> dict[str, set[str]]:
    """What each module, class and table of ours has, by its name."""
    found: dict[str, set[str]] = defaultdict(set)
    for path, tree in modules().items():
        found[path.parent.name if path.stem == "__init__" else path.stem] |= set(defined(tree.body))
        found[path.parent.name].add(path.stem)
        for node in tree.body:
            if isinstance(node, ast.ClassDef):
                found[node.name] |= {*defined(node.body), *kept(node)}
    for table in metadata.sorted_tables:
        found[table.name] |= set(table.columns.keys())
    return found


@cache
def modules() -> dict[Path, ast.Module]:
    return {path: parsed(path) for path in sources()}


def defined(body: Iterable[ast.stmt]) -> Iterator[str]:
    for node in body:
        match node:
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
                yield name
            case ast.AnnAssign(target=ast.Name(id=name)):
                yield name
            case ast.Assign(targets=targets):
                yield from (part.id for target in targets for part in ast.walk(target) if isinstance(part, ast.Name))
            case ast.ImportFrom(names=names):
                yield from (alias.asname or alias.name for alias in names)


def kept(of: ast.ClassDef) -> Iterator[str]:
    """What its methods keep in `self`."""
    for node in ast.walk(of):
        match node:
            case ast.Attribute(value=ast.Name(id="self"), attr=name, ctx=ast.Store()):
                yield name


@cache
def foreign() -> set[str]:
    """What our code imports from others, by the name that it has with us."""
    rooms = {path.relative_to(ROOT).parts[0] for path in modules()}
    found = set()
    for node in (node for tree in modules().values() for node in tree.body):
        match node:
            case ast.Import(names=names):
                found |= {alias.asname or alias.name for alias in names}
            case ast.ImportFrom(module=str(module), names=names) if module.partition(".")[0] not in rooms:
                found |= {alias.asname or alias.name for alias in names}
    return found
