"""What tests of any room may ask for: keys, and real databases and a real Redis, empty each time."""

import shutil
from collections.abc import AsyncIterator, Iterator
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from uuid import uuid4

import pytest
from coverage import Coverage
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

import servers
from servers.__main__ import place
from storage import Database, Keyring
from tests import databases, review
from tests.storage.rows import opened

ORACLES = Path(__file__).resolve().parents[2] / "shared" / "oracles"
RUN_FOLDER = pytest.StashKey[Path]()


def pytest_configure(config: pytest.Config) -> None:
    """One folder for the whole run: the first process makes it, xdist's workers are told where it is.

    The files of its tests lie in memory where there is room: each commit of SQLite waits for a disk.
    """
    folder = getattr(config, "workerinput", {}).get("run_folder")
    if folder:
        config.stash[RUN_FOLDER] = Path(folder)
        return
    run = ExitStack()
    config.stash[RUN_FOLDER] = run.enter_context(servers.run_folder())
    if not config.option.basetemp:
        config.option.basetemp = run.enter_context(
            TemporaryDirectory(prefix="hearback-tests-", dir=place(servers.REDIS))
        )
    config.add_cleanup(run.close)


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: pytest.Item) -> None:
    node.workerinput["run_folder"] = str(node.config.stash[RUN_FOLDER])  # type: ignore[attr-defined]


def pytest_sessionfinish() -> None:
    """What was measured is kept now: a worker that takes long to end is killed, and would take it along."""
    if (measured := Coverage.current()) is not None:
        measured.save()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Who takes long begins first: at the end, nobody waits for one test alone."""
    items.sort(key=lambda item: item.get_closest_marker("long") is None)


@pytest.fixture(scope="session", autouse=True)
def statements_compiled_once() -> Iterator[None]:
    """SQLAlchemy compiles a statement for each engine anew, and each test opens its own."""
    compiled = Compiled()

    def engine(*where: Any, **how: Any) -> AsyncEngine:
        opened = create_async_engine(*where, **how)
        opened.sync_engine.update_execution_options(compiled_cache=compiled)
        return opened

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("storage._ground.database.create_async_engine", engine)
        yield


class Compiled(dict[tuple[Any, ...], Any]):
    """What was compiled for engines of one kind, whichever of them it was."""

    def get(self, key: tuple[Any, ...], default: Any = None) -> Any:
        return super().get(_of_any_engine(key), default)

    def __setitem__(self, key: tuple[Any, ...], compiled: Any) -> None:
        super().__setitem__(_of_any_engine(key), compiled)


def _of_any_engine(key: tuple[Any, ...]) -> tuple[Any, ...]:
    dialect, *statement = key
    return (dialect.name, *statement)


@pytest.fixture(scope="session")
def run_folder(request: pytest.FixtureRequest) -> Path:
    return request.config.stash[RUN_FOLDER]


@pytest.fixture(scope="session")
def worker(request: pytest.FixtureRequest) -> str:
    """The name of this process among those of the run."""
    return str(getattr(request.config, "workerinput", {}).get("workerid", "alone"))


@pytest.fixture(scope="session")
def postgres(run_folder: Path) -> str:
    """The run's PostgreSQL, "postgresql+psycopg://USER@127.0.0.1:PORT": a database's name is to be added."""
    return databases.url_of(servers.address(run_folder, servers.POSTGRES))


@pytest.fixture
def keys() -> Keyring:
    return review.KEYS


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest) -> str:
    """An empty database with all tables, on either kind. Whoever opens it closes it."""
    return str(request.getfixturevalue(f"{request.param}_url"))


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    """It is open, and has a process in it."""
    async with opened(database_url) as made:
        yield made


@pytest.fixture
def sqlite_url(sqlite_template: Path, tmp_path: Path) -> str:
    path = shutil.copy(sqlite_template, tmp_path / "hearback.db")
    return f"sqlite+aiosqlite:///{path}"


@pytest.fixture
def postgresql_url(postgresql_clone: databases.Clone) -> str:
    postgresql_clone.empty()
    return postgresql_clone.url


@pytest.fixture(params=["sqlite", "postgresql"])
def blank_database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A database without any table, on either kind."""
    if request.param == "sqlite":
        yield f"sqlite+aiosqlite:///{tmp_path / 'blank.db'}"
        return
    with databases.blank(request.getfixturevalue("postgres"), f"blank_{uuid4().hex}") as url:
        yield url


@pytest.fixture(scope="session")
def sqlite_template(run_folder: Path) -> Path:
    return databases.sqlite_template(run_folder)


@pytest.fixture(scope="session")
def postgresql_clone(run_folder: Path, postgres: str, worker: str) -> databases.Clone:
    return databases.clone(run_folder, postgres, worker)


@pytest.fixture(params=[servers.REDIS, servers.VALKEY])
def redis_url(request: pytest.FixtureRequest, run_folder: Path, worker: str) -> str:
    """This process's own Redis or Valkey, with nothing in it."""
    address = servers.address(run_folder, request.param, worker)
    servers.flush(address)
    return f"redis://{address}/0"


@pytest.fixture(scope="session")
def oracles() -> Path:
    """The folder of the platforms' published schemas."""
    if not ORACLES.is_dir():
        pytest.skip("the published schemas are not at hand")
    return ORACLES
