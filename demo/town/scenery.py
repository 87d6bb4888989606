"""The people and the texts of the town, read from the files beside this one."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec

import flows
from demo.phones import Owner, Poster
from handlers.doors import NewDoor
from handlers.writing.contents import Consultation, Input, Round

FOLDER = Path(__file__).parent
PROCESSES = ("regional", "national")
"""The folders of the processes, in the order in which they were opened."""


@dataclass(frozen=True, slots=True)
class Recommendation:
    """What a person says should change, in their own words or by a voice note."""

    topic: str
    """A key of `flows.OBJECTIVES`."""
    words: str = field(default="", repr=False)
    voice: bool = False


@dataclass(frozen=True, slots=True)
class Resident:
    """A person in one process, and what they have done there before a visitor comes."""

    sender: str
    """The bot or number of ours to which they write."""
    address: str = field(repr=False)
    name: str
    language: str
    region: str = ""
    door: str = ""
    """The word of the door by which they came; empty: they came without one."""
    linked_with: str = ""
    """The sender to which the same person writes from another phone, by the same name; empty: they have linked none."""
    is_new: bool = False
    """They have never written to us: the visitor begins at the beginning."""
    member: bool = False
    votes: tuple[str, ...] = ()
    recommends: tuple[Recommendation, ...] = ()
    answers: tuple[str, ...] = ()
    """To the questions of the consultation: the value of a choice, or words."""

    @property
    def platform(self) -> str:
        return self.sender.partition("-")[0]

    @property
    def phone(self) -> Owner:
        return Owner(self.platform, self.address, self.name, self.language)


@dataclass(frozen=True, slots=True)
class Draft:
    """A bulletin that is written and translated."""

    name: str
    text: flows.Renditions


@dataclass(frozen=True, slots=True)
class TownResponse:
    """A response to a matter that these people have raised."""

    state: str
    title: flows.Renditions
    """Of the matter."""
    reason: flows.Renditions
    to: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class TownProcess:
    """One process of the town, and everything that stands in it before anybody moves."""

    process: flows.Process
    people: tuple[Resident, ...]
    doors: tuple[NewDoor, ...]
    bulletins: tuple[Draft, ...]
    consultation: Mapping[str, Any]
    answered: tuple[TownResponse, ...]
    opened: Mapping[str, Any]
    """The round that is open when a visitor comes; empty: no council votes here."""
    to_open: Mapping[str, Any]
    handed_up: Input | None
    """What the process above has got; None: nothing, or it stands under none."""
    to_hand_up: Input | None

    @property
    def slug(self) -> str:
        return self.process.slug

    @property
    def name(self) -> str:
        """What it is called for short."""
        return self.process.short["en"]


@dataclass(frozen=True, slots=True)
class TownContent:
    """Everything that stands in the town, process by process. The first is the one that a visitor comes upon."""

    processes: tuple[TownProcess, ...]

    @property
    def contents(self) -> tuple[flows.Process, ...]:
        """What is said of each."""
        return tuple(process.process for process in self.processes)

    @property
    def people(self) -> tuple[Resident, ...]:
        return tuple(resident for process in self.processes for resident in process.people)

    @property
    def phones(self) -> tuple[Owner, ...]:
        """Whose phones there are: who takes part in two processes has one."""
        return tuple(dict.fromkeys(resident.phone for resident in self.people))

    @property
    def posters(self) -> tuple[Poster, ...]:
        """What leads people into one of the processes."""
        return tuple(Poster(door.sender, door.word) for process in self.processes for door in process.doors)


def scenery(*names: str) -> TownContent:
    """The processes of these folders; all of the town where none is named."""
    return TownContent(tuple(map(_process, names or PROCESSES)))


def _process(folder: str) -> TownProcess:
    responses, rounds, inputs = (_read(folder, name) for name in ("responses", "rounds", "inputs"))
    return TownProcess(
        process=msgspec.convert(_read(folder, "process"), flows.Process),
        people=msgspec.convert(_read(folder, "people")["people"], tuple[Resident, ...]),
        doors=msgspec.convert(_read(folder, "doors").get("doors", ()), tuple[NewDoor, ...]),
        bulletins=msgspec.convert(_read(folder, "bulletins")["bulletins"], tuple[Draft, ...]),
        consultation=_read(folder, "consultation"),
        answered=msgspec.convert(responses.get("published", ()), tuple[TownResponse, ...]),
        opened=rounds.get("opened", {}),
        to_open=rounds.get("prepared", {}),
        handed_up=msgspec.convert(inputs.get("published"), Input | None),
        to_hand_up=msgspec.convert(inputs.get("prepared"), Input | None),
    )


def to_ask(table: Mapping[str, Any], now: datetime) -> Consultation:
    """The consultation of a file, with as many days to answer as it says."""
    answer_by = now.date() + timedelta(days=table["days_to_answer"])
    return msgspec.convert({**table, "promise": {**table["promise"], "answer_by": answer_by}}, Consultation)


def to_vote(table: Mapping[str, Any], now: datetime) -> Round:
    """The round of a file, open for as many days as it says."""
    return msgspec.convert({**table, "closes": now.date() + timedelta(days=table["days_open"])}, Round)


def _read(folder: str, name: str) -> dict[str, Any]:
    """What a process has no file of, it has not."""
    file = FOLDER / folder / f"{name}.toml"
    return tomllib.loads(file.read_text(encoding="utf-8")) if file.exists() else {}
