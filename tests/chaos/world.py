"""The stage of a campaign, and the books that are kept of what happens there."""

import random
import shutil
import tempfile
from collections import Counter
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from statistics import median_low
from typing import Any
from uuid import uuid4

import msgspec

import servers
from tests import databases
from tests.chaos.figures import Figures
from tests.programs.life import LEAVES
from tests.programs.stage import Stage, stage

SQLITE, POSTGRESQL = "sqlite", "postgresql"
BOOKS = (
    "SELECT broadcast_id, state, sum(number) FROM standing GROUP BY 1, 2",
    "SELECT broadcast_id, state, count(*) FROM delivery WHERE broadcast_id IS NOT NULL GROUP BY 1, 2",
    "SELECT id, expanded AND state NOT IN ('cancelling', 'cancelled') FROM broadcast",
)
"""What the database counts, what there is, and of which broadcasts every delivery must have been made."""
RESUMES = timedelta(seconds=30)


@dataclass(frozen=True)
class How:
    """How a campaign is run: with which chance, how long, and in which folder its servers are."""

    folder: Path
    seed: int = 1
    long: bool = False

    @property
    def chance(self) -> random.Random:
        return random.Random(self.seed)

    def of(self, quick: int, long: int) -> int:
        return long if self.long else quick


@dataclass
class World(Stage):
    """A stage for one campaign."""

    async def sums_hold(self, figures: Figures, over: Mapping[str, int] | None = None) -> None:
        """What the database counts is what is there, and is the audience of each broadcast that is made."""
        async with self.database.reading() as session:
            books: list[Any] = [(await session.exec_driver_sql(statement)).all() for statement in BOOKS]
        counted, found, made = books
        aged = over or {}
        counts = {(row[0], row[1]): int(row[2]) for row in counted if row[2] and row[0] not in aged}
        real = {(row[0], row[1]): int(row[2]) for row in found if row[0] not in aged}
        figures.must(counts == real, "what the database counts is what there is")
        sums: Counter[str] = Counter()
        for row in counted:
            sums[row[0]] += int(row[2])
        for row in made:
            name, expanded = row[0], row[1]
            wanted = self.audiences.get(name) or aged.get(name)
            if expanded and wanted is not None:
                figures.must(sums[name] == wanted, "the deliveries of a broadcast sum to its audience")
            elif wanted is not None:
                figures.must(sums[name] <= wanted, "no broadcast has more deliveries than people")

    async def counted(self, figures: Figures, without: str = "") -> None:
        """At the end: what was lost, came twice, or is unknown. `without` that broadcast."""
        got, arrived = self.platforms.got(), self.platforms.messages()
        every = await self.rows("SELECT id, state, provider_id, code, broadcast_id FROM delivery")
        rows = [row for row in every if not without or row.broadcast_id != without]
        figures.deliveries += len(rows)
        figures.unknown += sum(row.state == "unknown" for row in rows)
        ours = set(self.texts.values())
        again = Counter({text: number - 1 for (_to, text), number in got.items() if number > 1 and text in ours})
        again += Counter({"a greeting": sum(max(0, self.heard(sender) - 1) for sender in self.newcomers)})
        figures.twice += again.total()
        figures.notes += [f"{number} more x {text}" for text, number in again.most_common(5)]
        known = {row.id for row in rows}
        missing = {
            "said to be sent and is not there": [
                row for row in rows if row.state in ("sent", "delivered") and row.provider_id not in arrived
            ],
            "failed or expired": [row for row in rows if row.state in ("failed", "expired")],
            "vanished": [name for name in self.replies if name not in known],
        }
        for what, which in missing.items():
            figures.lost += len(which)
            if which:
                figures.notes.append(f"{len(which)} {what}: {Counter(getattr(missed, 'code', '') for missed in which)}")
        await self._turns_counted(figures)

    async def _turns_counted(self, figures: Figures) -> None:
        taken = len(self.platforms.telegram.taken)
        events = (await self.rows("SELECT count(*) FROM event"))[0][0]
        parked = (await self.rows("SELECT count(*) FROM parked"))[0][0]
        figures.lost += max(0, taken - events)
        figures.must(parked == 0, "no message is parked")
        if self.newcomers and not self.platforms.telegram.kept_back:
            met = (await self.rows("SELECT count(*) FROM person"))[0][0] - len(self.people)
            figures.must(met == len(self.newcomers), f"everybody who wrote is met once ({met}/{len(self.newcomers)})")

    def heard(self, sender: str) -> int:
        return len(self.platforms.telegram.chats.of(sender).ours())

    def left(self) -> list[timedelta]:
        """When each send began, as its program says: how long it was on its way here says nothing of it."""
        lines = [msgspec.json.decode(line) for line in self.log() if line.startswith("{")]
        return sorted(timedelta(seconds=line["seconds"]) for line in lines if line["event"] == LEAVES)


@asynccontextmanager
async def world(how: How, kind: str, *, url: str = "", **more: Any) -> AsyncIterator[World]:
    """An empty one: on SQLite, on the run's PostgreSQL, or at `url`. `more`: as the stage takes it."""
    folder = Path(tempfile.mkdtemp(prefix=f"{kind}-", dir=how.folder))
    async with stage(World, folder, url or where(how, kind, folder), **more) as made:
        yield made


def where(how: How, kind: str, folder: Path) -> str:
    """A new database of that kind, with all tables."""
    if kind == SQLITE:
        return f"sqlite+aiosqlite:///{shutil.copy(databases.sqlite_template(how.folder), folder / 'hearback.db')}"
    postgres = databases.url_of(servers.address(how.folder, servers.POSTGRES))
    return databases.clone(how.folder, postgres, uuid4().hex).url


def resumed(figures: Figures) -> None:
    """The longest pause is only shown: a busy machine may add to it. It does not make all of them long."""
    usual = median_low(figures.pauses) if figures.pauses else timedelta(0)
    figures.must(usual <= RESUMES, "sending usually resumes within 30 s")
