"""What thinking about a turn costs: replaying a talk and reading the answer, without any database."""

import json
from collections.abc import Callable, Iterator
from time import perf_counter, process_time

import flows
from bench._crowd import SHARING, UPDATE
from bench._tables import Burst, Effort, Runs, by_cost, table, times
from channels.messages import Kind, Message
from tests.review import PROCESS

LANGUAGES = ("en", "ar")
ROUNDS = 400
COLUMNS = ("in one turn", "us CPU", "x json.loads")


def measure(effort: Effort) -> Iterator[str]:
    rounds = int(effort.of(ROUNDS, ROUNDS / 8))
    works: dict[str, Callable[[], None]] = {
        "json.loads of an update": _load,
        **{f"advance and read, share, {language}": _walk(language) for language in LANGUAGES},
    }
    runs: dict[str, list[Burst]] = {name: [] for name in works}
    for work in works.values():
        work()
    for _run in range(effort.runs):
        for name, work in works.items():
            runs[name].append(_time(work, rounds))
    unit = runs["json.loads of an update"]
    yield table("Talks: the pure part of a turn", COLUMNS, (_row(name, runs[name], unit) for name in works))


def _row(name: str, runs: Runs, unit: Runs) -> tuple[str, ...]:
    return name, f"{sorted(run.cost for run in runs)[len(runs) // 2]:.1f}", times(runs, unit, by_cost)


def _time(work: Callable[[], None], rounds: int) -> Burst:
    began, used = perf_counter(), process_time()
    for _round in range(rounds):
        work()
    return Burst(rounds * len(SHARING[1:]), perf_counter() - began, process_time() - used)


def _load() -> None:
    for number, words in enumerate(SHARING[1:]):
        json.loads(UPDATE % (number, number, 7_000_000, 7_000_000, words))


def _walk(language: str) -> Callable[[], None]:
    """From the first question of share to its end, by what people type."""
    facts = flows.Facts(language=language, channel="telegram", place=PROCESS, consented=True)
    talk = flows.flows()["share"].talk
    written = [Message("telegram", str(n), "7000000", Kind.TEXT, words) for n, words in enumerate(SHARING[1:])]

    def walk() -> None:
        answers: tuple[flows.Answer, ...] = ()
        question = flows.advance(talk, facts, answers).question
        for message in written:
            assert question
            answer = flows.read(question, message, "")
            assert not isinstance(answer, flows.Unread)
            answers = (*answers, answer)
            question = flows.advance(talk, facts, answers).question
        assert question is None

    return walk
