"""Statements that very many answer: the next one in a turn, what came of all, the groups; beside the least it takes."""

import resource
from collections.abc import Awaitable, Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import timedelta
from importlib import import_module
from importlib.util import find_spec
from random import Random
from statistics import median, quantiles
from time import perf_counter, process_time
from typing import Any

import numpy as np
import uvloop
from sqlalchemy import insert, select, update

import flows
import servers
import storage
from bench import _forum
from bench._settled import refresh
from bench._tables import Effort, table
from bot.counting import LONGEST, Counting, found
from channels.messages import Kind, Message
from council.opinions.alone import Task
from handlers import processes, statements
from handlers.writing.contents import Sounding
from storage import Database, fresh, opinions
from storage.opinions import Held
from storage.states import Opinion
from storage.tables import opinion, participation, person, sounding
from tests import databases
from tests.handlers.house import House
from tests.review import KEYS

PEOPLE, SHORT_PEOPLE = 10_000, 1_000
STATEMENTS, SHORT_STATEMENTS = 200, 50
ANSWERING, TURNS = 12, 25
AT_ONCE = 500
MINDS = 3
LETTERS = {1: Opinion.AGREES, 0: Opinion.PASSES, -1: Opinion.DISAGREES}
UNSAID = 2
RED_DWARF = "reddwarf"
TURN_COLUMNS = ("one turn", "people", "statements", "median ms", "p99 ms", "x bare")
COUNT_COLUMNS = ("all of it", "people", "statements", "seconds", "CPU seconds", "MB")
NOTES = (
    "bare turn: reads one row and writes one, durably, in the same database.",
    "bare count: opens every box and does nothing with it.",
    "MB: of memory, of the program that finds the groups, at its worst moment; its own start is in its seconds.",
)


@dataclass(frozen=True, slots=True)
class Took:
    """How long something took."""

    seconds: float
    cpu: float
    memory: float = 0.0


def measure(effort: Effort) -> Iterator[str]:
    people = int(effort.of(PEOPLE, SHORT_PEOPLE))
    number = int(effort.of(STATEMENTS, SHORT_STATEMENTS))
    votes = crowd(people, number)
    with ExitStack() as until_then:
        postgres = databases.url_of(until_then.enter_context(servers.started(servers.DURABLE_POSTGRES)))
        url = until_then.enter_context(databases.blank(postgres, "opinions"))
        storage.migrate(url)
        turns, counts = uvloop.run(_measure(url, votes, effort.runs))
    bare = median(turns["bare"])
    rows = [
        (name, f"{people:,}", f"{number}", f"{1e3 * median(each):.1f}", f"{1e3 * quantiles(each, n=100)[-1]:.1f}",
         f"{median(each) / bare:.1f}")
        for name, each in turns.items()
    ]  # fmt: skip
    yield table("Opinions: the next statement, on PostgreSQL", TURN_COLUMNS, rows)
    counts |= _red_dwarf(votes)
    rows = [
        (name, f"{people:,}", f"{number}", f"{median(it.seconds for it in each):.2f}",
         f"{median(it.cpu for it in each):.2f}", f"{max(it.memory for it in each):.0f}" if each[0].memory else "")
        for name, each in counts.items()
    ]  # fmt: skip
    absent = () if find_spec(RED_DWARF) else ("red-dwarf is not installed here, so nothing is compared with it.",)
    yield table("Opinions: what came of all", COUNT_COLUMNS, rows, *NOTES, *absent)


def crowd(people: int, statements: int) -> Any:
    """A matrix of people of three minds, who answered about half of the statements: some few, some nearly all."""
    chance = np.random.default_rng(5)
    minds = chance.choice([-1, 1], (MINDS, statements))
    minds[:, chance.random(statements) < 0.3] = 1
    kinds = chance.choice(MINDS, people, p=[0.5, 0.3, 0.2])
    votes = np.where(chance.random((people, statements)) < 0.8, minds[kinds], -minds[kinds])
    votes = np.where(chance.random(votes.shape) < 0.12, 0, votes)
    share = 0.05 + 0.95 * chance.beta(2, 2, people)
    return np.where(chance.random(votes.shape) < share[:, None], votes, UNSAID).astype(np.int8)


async def _measure(url: str, votes: Any, runs: int) -> tuple[dict[str, list[float]], dict[str, list[Took]]]:
    _warm()
    database = storage.open(url)
    try:
        process_id = await _forum.begin(database)
        house = House(database, KEYS, process_id)
        house.now = _forum.now()
        sounding_id = await _opened(house, votes.shape[1])
        await _fill(database, process_id, sounding_id, votes)
        counts = await _counts(house, process_id, sounding_id, votes, runs)
        return await _turns(house, sounding_id), counts
    finally:
        await database.close()


def _warm() -> None:
    """A program learns what people say when the first one writes: not while a transaction is open that is measured."""
    message = Message("telegram", "0", "0", Kind.TEXT, "hello")
    flows.flow_for(message, {})
    flows.nearest_flow(message)
    flows.tells_of_danger(message.text)


async def _opened(house: House, number: int) -> str:
    day = (house.now + timedelta(days=30)).date()
    promise = flows.Promise({"en": "Why."}, {"en": "Who."}, {"en": "What."}, "consultation", day)
    texts = [{"en": f"Thought number {place} of many.", "fr": f"Idée numéro {place}."} for place in range(number)]
    async with house.database.writing() as session:
        process = await processes.named(session)
        return await statements.open_(session, process, Sounding({"en": "All"}, promise), texts, house.now)


async def _fill(database: Database, process_id: str, sounding_id: str, votes: Any) -> None:
    """People with keys of their own, each with a box of all that they answered."""
    for begin in range(0, len(votes), AT_ONCE):
        people, parts, boxes = [], [], []
        for row in votes[begin : begin + AT_ONCE]:
            key, today = KEYS.new(fresh()), _forum.now().date()
            wrapped = {"key": KEYS.wrap(key), "key_epoch": KEYS.epoch}
            people.append({"id": key.person, "language": "en", "met": today, **wrapped})
            parts.append({"person_id": key.person, "region": "north", "consented": True, "joined": today})
            held = _held(row)
            box = opinions.sealed(key, sounding_id, held)
            boxes.append({"person_id": key.person, "held": box, "edition": len(held)})
        async with database.writing() as session:
            await session.execute(insert(person), people)
            await session.execute(insert(participation).values(process_id=process_id), parts)
            await session.execute(insert(opinion).values(process_id=process_id, sounding_id=sounding_id), boxes)
    await refresh(database)


def _held(row: Any) -> tuple[Held, ...]:
    return tuple(Held(place + 1, LETTERS[int(vote)], 29_000_000) for place, vote in enumerate(row) if vote != UNSAID)


async def _turns(house: House, sounding_id: str) -> dict[str, list[float]]:
    """Some people answer one after the other; between two turns something else that is as durable."""
    chance = Random(1)
    timed: dict[str, list[float]] = {"hearback": [], "bare": []}
    for number in range(ANSWERING):
        writer = await house.meets(f"99{number:04}").joins()
        await writer.says("opinion")
        for _turn in range(TURNS):
            house.now += timedelta(seconds=20)
            answer = writer.message(str(chance.randint(1, 3)))
            timed["hearback"].append(await _timed(house.takes(answer)))
            timed["bare"].append(await _timed(_bare(house.database, sounding_id)))
            heard = await writer.hears()
            assert "left" in heard, heard
    return timed


async def _timed(work: Awaitable[None]) -> float:
    began = perf_counter()
    await work
    return perf_counter() - began


async def _bare(database: Database, sounding_id: str) -> None:
    async with database.writing() as session:
        tries = (await session.execute(select(sounding.c.tries).where(sounding.c.id == sounding_id))).scalar_one()
        await session.execute(update(sounding).where(sounding.c.id == sounding_id).values(tries=tries + 1))


async def _counts(house: House, process_id: str, sounding_id: str, votes: Any, runs: int) -> dict[str, list[Took]]:
    timed: dict[str, list[Took]] = {"bare count": [], "tallies": [], "tallies and groups": [], "groups alone": []}
    task = Task(len(votes), votes.shape[1], 1, 8)
    for _run in range(runs):
        timed["bare count"].append(await _took(_opens(house.database, process_id, sounding_id)))
        timed["tallies"].append(await _took(_counted(house, sounding_id, groups=False)))
        timed["tallies and groups"].append(await _took(_counted(house, sounding_id, groups=True)))
        timed["groups alone"].append(await _took(found(task, votes.tobytes(), LONGEST)))
    return timed


async def _opens(database: Database, process_id: str, sounding_id: str) -> None:
    after, is_more = "", True
    while is_more:
        async with database.reading() as session:
            page = await opinions.page(session, KEYS, process_id, sounding_id, after, AT_ONCE)
        after, is_more = page.last, bool(page.last)


async def _counted(house: House, sounding_id: str, *, groups: bool) -> None:
    async with house.database.writing() as session:
        await session.execute(update(sounding).where(sounding.c.id == sounding_id).values(counted=None, stamp=""))
    await Counting(house.database, KEYS, "bench", lambda: house.now, lambda: groups).go_on()


async def _took(work: Awaitable[object]) -> Took:
    began, cpu = perf_counter(), _cpu()
    await work
    return Took(perf_counter() - began, _cpu() - cpu, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024)


def _cpu() -> float:
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    return process_time() + children.ru_utime + children.ru_stime


def _red_dwarf(votes: Any) -> Mapping[str, list[Took]]:
    """The same groups by the library that does what Polis does, where it is installed."""
    if find_spec(RED_DWARF) is None:
        return {}
    pipeline = import_module(f"{RED_DWARF}.implementations.polis").run_pipeline
    stated = zip(*np.nonzero(votes != UNSAID), strict=True)
    each = [{"participant_id": int(i), "statement_id": int(j), "vote": int(votes[i, j])} for i, j in stated]
    began, cpu = perf_counter(), process_time()
    pipeline(votes=each, random_state=1)
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return {"red-dwarf": [Took(perf_counter() - began, process_time() - cpu, memory)]}
