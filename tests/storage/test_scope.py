"""Every statement on what belongs to a process is about one process, or here stands why it is about all of them.

Every public function of storage is called, with a row of everything there for it to find, and what it executes is
looked at. What goes through `storage.together` is written row by row, by keys.
"""

import ast
import importlib
import inspect
import sys
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, get_type_hints

import pytest
from sqlalchemy import delete, exists, or_, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.sql.elements import ClauseElement

import storage
from storage import Database, Keyring, Session, Unreadable, UnsafeKeys
from storage.tables import broadcast, consultation, contribution, delivery, membership, response, roll, standing
from storage.tables import round as round_
from tests.storage.samples import Samples, fill
from tests.storage.scope import SCOPED, scoped, unbound

ROOM = Path(storage.__file__).parent
FILES = sorted([*ROOM.glob("*.py"), *(ROOM / "outbox").glob("*.py")])


@dataclass(frozen=True)
class Everywhere:
    """The tables of which a function reads, changes or deletes rows of any process, and why."""

    tables: tuple[str, ...]
    why: str


WHOEVER_COMES = "what is due is done by whoever comes, of whichever process it is"
A_WORD = "a word on a sender leads into whichever process it does"
A_TEMPLATE = "a template is the sender's, and of all that leave by it"
ONE_PERSON = "two who turn out to be one person are that in every process"
ALL_PROCESSES: Mapping[str, Everywhere] = {
    "candidates.late": Everywhere(("candidate",), WHOEVER_COMES),
    "candidates.to_follow": Everywhere(("candidate+member_call+process+seat",), WHOEVER_COMES),
    "consultations._due": Everywhere(("consultation",), WHOEVER_COMES),
    "doors.are_there": Everywhere(("door",), A_WORD),
    "doors.count": Everywhere(("door",), A_WORD),
    "doors.find": Everywhere(("door+process",), A_WORD),
    "doors.places": Everywhere(("door",), A_WORD),
    "drawing.claim": Everywhere(("draw",), "a worker draws what waits, of whichever process it is"),
    "drawing.waits": Everywhere(("draw",), "a worker draws what waits, of whichever process it is"),
    "exports.claim": Everywhere(("export",), "a worker makes what waits, of whichever process it is"),
    "exports.expire": Everywhere(("export",), WHOEVER_COMES),
    "exports.prune": Everywhere(("export",), WHOEVER_COMES),
    "exports.waits": Everywhere(("export",), "a worker makes what waits, of whichever process it is"),
    "inputs.published_under": Everywhere(("input+process",), "it is of all processes that stand under one"),
    "invitations.prune": Everywhere(("invitation",), WHOEVER_COMES),
    "ballots._voted_in": Everywhere(("roll+round",), ONE_PERSON),
    "ballots.drop_unlinked": Everywhere(("round_key",), WHOEVER_COMES),
    "ballots.join": Everywhere(("roll",), ONE_PERSON),
    "joining._contributions": Everywhere(("contribution",), ONE_PERSON),
    "joining._feedback": Everywhere(("feedback",), ONE_PERSON),
    "joining._follows": Everywhere(("follow",), ONE_PERSON),
    "joining._go_on": Everywhere(("broadcast",), WHOEVER_COMES),
    "joining._candidates": Everywhere(("candidate",), ONE_PERSON),
    "joining._hand_over": Everywhere(
        ("candidate", "contribution", "feedback", "proposal", "remark", "ticket_holder"), ONE_PERSON
    ),
    "joining._move": Everywhere(
        (
            "candidate",
            "contribution",
            "feedback",
            "follow",
            "membership",
            "proposal",
            "remark",
            "support",
            "ticket_holder",
        ),
        ONE_PERSON,
    ),
    "joining._opinions": Everywhere(("opinion",), ONE_PERSON),
    "joining._participations": Everywhere(("participation",), ONE_PERSON),
    "joining._remarks": Everywhere(("remark",), ONE_PERSON),
    "joining._seats": Everywhere(("membership+seat",), ONE_PERSON),
    "joining._supports": Everywhere(("support",), ONE_PERSON),
    "joining.is_too_much": Everywhere(("contribution",), "it counts everything that a person gave"),
    "joining.join": Everywhere(("roll",), ONE_PERSON),
    "matters.take_late": Everywhere(("process",), WHOEVER_COMES),
    "moderation.unrecognised": Everywhere(("contribution",), WHOEVER_COMES),
    "openings.take_due": Everywhere(("opening",), WHOEVER_COMES),
    "outbox.claimed.whole": Everywhere(("broadcast",), "a worker reads what it has claimed"),
    "outbox.claims.claim": Everywhere(("broadcast",), "a worker sends what may leave, of whichever process it is"),
    "outbox.expansion._first": Everywhere(("broadcast",), WHOEVER_COMES),
    "outbox.unknowns.hold": Everywhere(("broadcast",), "all of a database may be an old copy"),
    "outbox.unknowns._again": Everywhere(("broadcast",), WHOEVER_COMES),
    "participations.has_agreed": Everywhere(("participation",), "whoever agreed anywhere is not forgotten by a no"),
    "parting._leave_what_was_given": Everywhere(
        ("contribution", "proposal"), "a chat leaves what was given in it, wherever"
    ),
    "parting._take_part": Everywhere(("participation",), "the process is the one that the chat is in"),
    "people.erase": Everywhere(("contribution", "read_back"), "FORGET is about everything that a person gave"),
    "soundings.to_count": Everywhere(("process+sounding",), WHOEVER_COMES),
    "statements.erase_words_of": Everywhere(("proposal",), "FORGET is about everything that a person gave"),
    "people.never_agreed": Everywhere(("participation",), "whoever agreed to nothing anywhere is forgotten"),
    "people.never_entered": Everywhere(("participation",), "whoever has entered nothing anywhere is forgotten"),
    "powers.deciding": Everywhere(("round",), WHOEVER_COMES),
    "processes.every": Everywhere(("process",), "it lists them"),
    "processes.touch_all": Everywhere(("process",), "talks of each know of the doors and the others"),
    "recordings.claim": Everywhere(("contribution",), WHOEVER_COMES),
    "recordings.forgotten_there": Everywhere(("contribution",), "a worker has fetched it, of whichever process it is"),
    "recordings.prune": Everywhere(("contribution",), "what no contribution names goes, of whichever process it was"),
    "public_counts.due": Everywhere(("process",), WHOEVER_COMES),
    "public_counts.never_counted": Everywhere(("matter",), WHOEVER_COMES),
    "round_keys._in_other_epochs": Everywhere(("round_key",), "the keys of all open rounds are sealed anew"),
    "rounds.last_closed": Everywhere(("round",), "what was deleted goes from the disk, of whichever process it was"),
    "rounds.overdue": Everywhere(("round",), WHOEVER_COMES),
    "rounds.to_remind": Everywhere(("round",), WHOEVER_COMES),
    "schedules.take_due": Everywhere(("schedule",), WHOEVER_COMES),
    "sendings.take_due": Everywhere(("sending",), WHOEVER_COMES),
    "seats._terms": Everywhere(("membership+seat",), WHOEVER_COMES),
    "senders.all_of": Everywhere(("process",), "it lists those of all processes"),
    "senders.bind": Everywhere(("process",), "what is archived has given its senders up, whichever it is"),
    "senders.beside_others": Everywhere(("process",), "it is about whether several are open"),
    "senders.led_away": Everywhere(("process",), "it counts people of all the others that are open"),
    "templates.refuse": Everywhere(("broadcast",), A_TEMPLATE),
    "templates.wake": Everywhere(("broadcast",), A_TEMPLATE),
    "turns.find": Everywhere(
        ("participation", "process"), "whoever writes is known by their chat, and that by its process"
    ),
    "walls.versions": Everywhere(("process",), "it is of all that have public pages"),
}
"""By the function that executes it."""
WORDS: Mapping[str, dict[str, Any]] = {"beginnings.ids": {"kind": "vote"}}
"""What a function takes that no sample can guess."""
TABLES = {f"{name}_" if name in ("round", "input") else name for name in SCOPED}
"""As functions of storage call them."""


@dataclass
class Recording:
    """A session that remembers what is executed through it, and from where."""

    session: Session
    statements: list[tuple[Any, ClauseElement]] = field(default_factory=list)
    """Each with the function that executes it."""
    lines: set[tuple[str, int]] = field(default_factory=set)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.session, name)

    def execute(self, statement: Any, *values: Any) -> Any:
        caller = sys._getframe(1)
        self.lines.add((caller.f_code.co_filename, caller.f_lineno))
        self.statements.append((caller.f_globals[caller.f_code.co_name], statement))
        return self.session.execute(statement, *values)


def functions() -> Iterator[tuple[str, Any]]:
    """Every public one of storage that asks or changes something."""
    for path in FILES:
        module = ".".join(path.relative_to(ROOM.parent).with_suffix("").parts).removesuffix(".__init__")
        for name, function in vars(importlib.import_module(module)).items():
            if inspect.iscoroutinefunction(function) and function.__module__ == module and name[0] != "_":
                yield f"{module.removeprefix('storage.')}.{name}", function


@pytest.fixture
async def recorded(database: Database, keys: Keyring) -> Mapping[str, Recording]:
    """What each of them executes. What cannot be added twice, or is no key's, ends it after that."""
    recorded = {}
    async with database.writing() as session:
        key = await fill(session, keys)
    for name, function in functions():
        async with database.writing() as session:
            recorded[name] = Recording(session)
            arguments = Samples(recorded[name], keys, key).arguments(function) | WORDS.get(name, {})
            with suppress(IntegrityError, Unreadable, UnsafeKeys):
                await function(**arguments)
            await session.rollback()
    return recorded


async def test_every_statement_is_about_one_process(recorded: Mapping[str, Recording]) -> None:
    found: dict[str, set[str]] = {}
    for recording in recorded.values():
        for function, statement in recording.statements:
            for tables in unbound(statement, takes_a_process(function)):
                found.setdefault(name_of(function), set()).add(tables)
    assert found == {name: set(everywhere.tables) for name, everywhere in ALL_PROCESSES.items()}


def name_of(function: Any) -> str:
    return f"{function.__module__.removeprefix('storage.')}.{function.__name__}"


def takes_a_process(function: Any) -> bool:
    """Whether it is told which process is meant: then an id of another one finds nothing."""
    hints = get_type_hints(function)
    news = [kind for kind in hints.values() if getattr(kind, "__name__", "").startswith("New")]
    return bool({"process_id", "process"} & hints.keys()) or any("process_id" in kind.__annotations__ for kind in news)


async def test_what_is_not_executed_here_is_about_nothing_of_a_process(recorded: Mapping[str, Recording]) -> None:
    lines = {line for recording in recorded.values() for line in recording.lines}
    missed = {
        f"{path.stem}.{function.name}"
        for path in FILES
        for function, first, last in executions(path)
        if not any((str(path), number) in lines for number in range(first, last + 1))
    }
    assert missed <= MISSED.keys()


MISSED: Mapping[str, str] = {
    "ballots._join_roll": "the sample is one person's; the rows would be found by their round and person",
    "ballots.drop_unlinked": "the sample has no ballot to which no roll leads; it would be found by its round",
    "round_keys._take_over": "the sample was cast under a round's key; what was before is found by its round",
    "round_keys.made": "the sample has a key; another is for the round that is named",
    "round_keys.reseal": "the sample's key is sealed by the current one; it would be found by its round",
    "addresses._redirect": "what waits for an address may be tried at another, of whichever process it is",
    "expansion.expand": "it is executed in another way on the other kind of database",
    "participations._first_processes": "a person agreed before there were several: in their first",
    "candidates.stand": "the call of the sample is over; they would be inserted for it",
    "exports.claim": "the sample is made already; it would be changed by its id",
    "exports.fetch": "what the sample holds is no file; it would be deleted by its id",
    "people.never_entered": "the sample takes part, so nobody is locked to be looked at once more",
    "rolls.put_on": "whoever sits there in the sample is on the roll; others would be put on that of the round",
    "templates.refuse": "a template is the sender's, and of all that leave by it",
    "texts._placed": "the sample stands under no process whose parts it could share",
    "unlinking._end_talks": "the sample has nobody in the middle of a vote; chats are found by their ids",
}
"""By function: why."""


def executions(path: Path) -> Iterator[tuple[ast.AsyncFunctionDef, int, int]]:
    """Where a function that has to do with what belongs to processes executes something: the lines of the call."""
    for function in ast.walk(ast.parse(path.read_text())):
        if isinstance(function, ast.AsyncFunctionDef):
            names = {node.id for node in ast.walk(function) if isinstance(node, ast.Name)}
            calls = [node for node in ast.walk(function) if isinstance(node, ast.Call)] if names & TABLES else []
            for call in calls:
                if ast.unparse(call.func).endswith(".execute"):
                    yield function, call.lineno, call.end_lineno or call.lineno


def test_what_belongs_to_processes_is_found_by_the_keys_of_its_tables() -> None:
    assert {"process", "bulletin", "contribution", "membership", "standing", "roll"} <= scoped().keys()
    assert SCOPED["contribution"] == {"id", "process_id", "consultation_id", "response_id"}
    assert SCOPED["roll"] == {"round_id"}
    assert SCOPED["membership"] == {"id", "process_id", "seat_id"}
    assert not {"person", "address", "delivery", "event"} & SCOPED.keys()


THEIRS = broadcast.c.process_id == "review"
COUNTED = standing.c.broadcast_id == broadcast.c.id


@pytest.mark.parametrize(
    ("statement", "tables"),
    [
        (select(broadcast.c.id), {"broadcast"}),
        (select(broadcast.c.id).where(THEIRS), set()),
        (select(broadcast.c.id).where(or_(THEIRS, broadcast.c.expanded)), {"broadcast"}),
        (select(broadcast.c.id).where(broadcast.c.id > "a"), {"broadcast"}),
        (select(broadcast.c.id).where(broadcast.c.process_id != "review"), {"broadcast"}),
        (select(broadcast.c.id).where(broadcast.c.id.in_(["a", "b"])), set()),
        (select(broadcast.alias("other").c.id), {"broadcast"}),
        (select(membership.c.seat_id).where(membership.c.person_id == "alice"), {"membership"}),
        (select(delivery.c.id).where(delivery.c.broadcast_id.in_(select(broadcast.c.id))), {"broadcast"}),
        (select(delivery.c.id).where(delivery.c.broadcast_id.in_(select(broadcast.c.id).where(THEIRS))), set()),
        (update(roll).where(roll.c.person_id == "alice").values(voted=True), {"roll"}),
        (update(roll).where(roll.c.round_id == "first").values(voted=True), set()),
        (delete(round_), {"round"}),
        (select(broadcast.c.id).where(THEIRS, exists().where(COUNTED)), set()),
        (
            select(broadcast.c.id).where(exists().where(COUNTED)),
            {"broadcast"},
        ),
        (select(broadcast.c.id).where(THEIRS, exists().where(standing.c.state == "sent")), {"standing"}),
        (
            select(contribution.c.id)
            .join(response, response.c.id == contribution.c.response_id)
            .where(contribution.c.process_id == "review"),
            set(),
        ),
        (
            select(contribution.c.id).outerjoin(consultation, consultation.c.id == contribution.c.consultation_id),
            {"consultation+contribution"},
        ),
    ],
    ids=lambda part: ",".join(sorted(part)) if isinstance(part, set) else str(part),
)
def test_what_binds_no_process_would_be_found(statement: ClauseElement, tables: set[str]) -> None:
    assert unbound(statement) == tables


@pytest.mark.parametrize(
    ("statement", "tables"),
    [
        (update(consultation).where(consultation.c.id == "first").values(content=""), {"consultation"}),
        (update(consultation).where(consultation.c.process_id == "review", consultation.c.id == "first"), set()),
        (delete(roll).where(roll.c.round_id == "first"), set()),
        (delete(broadcast).where(broadcast.c.id.in_(select(broadcast.c.id).where(THEIRS))), set()),
    ],
    ids=lambda part: ",".join(sorted(part)) if isinstance(part, set) else str(part),
)
def test_where_a_process_is_meant_an_id_alone_is_not_enough(statement: ClauseElement, tables: set[str]) -> None:
    assert unbound(statement, by_process=True) == tables
