"""The people and the texts of the town, read from the files beside this one."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec

import flows
from demo.phones import Owner
from handlers.writing import contents

FOLDER = Path(__file__).parent


@dataclass(frozen=True, slots=True)
class Recommendation:
    """What a person says should change, in their own words or by a voice note."""

    topic: str
    """A key of `flows.OBJECTIVES`."""
    words: str = field(default="", repr=False)
    voice: bool = False


@dataclass(frozen=True, slots=True)
class Resident:
    """A person who lives in the town, and what they have done before a visitor comes."""

    platform: str
    address: str = field(repr=False)
    name: str
    language: str
    region: str = ""
    is_new: bool = False
    """They have never written to us: the visitor begins at the beginning."""
    member: bool = False
    votes: tuple[str, ...] = ()
    recommends: tuple[Recommendation, ...] = ()
    answers: tuple[str, ...] = ()
    """To the questions of the consultation: the value of a choice, or words."""

    @property
    def phone(self) -> Owner:
        return Owner(self.platform, self.address, self.name, self.language)


@dataclass(frozen=True, slots=True)
class Draft:
    """A bulletin that only has to be published."""

    name: str
    text: flows.Renditions


@dataclass(frozen=True, slots=True)
class TownResponse:
    """A response that was given to these people, or one that is ready to be given."""

    state: str
    reason: flows.Renditions
    to: tuple[str, ...] = ()
    name: str = ""


@dataclass(frozen=True, slots=True)
class TownContent:
    """Everything that stands in the town before anybody moves."""

    process: flows.Process
    people: tuple[Resident, ...]
    bulletins: tuple[Draft, ...]
    consultation: Mapping[str, Any]
    answered: tuple[TownResponse, ...]
    prepared: tuple[TownResponse, ...]
    opened: Mapping[str, Any]
    to_open: Mapping[str, Any]

    @property
    def phones(self) -> tuple[Owner, ...]:
        return tuple(resident.phone for resident in self.people)


def scenery() -> TownContent:
    responses, rounds = _read("responses"), _read("rounds")
    return TownContent(
        process=msgspec.convert(_read("process"), flows.Process),
        people=msgspec.convert(_read("people")["people"], tuple[Resident, ...]),
        bulletins=msgspec.convert(_read("bulletins")["bulletins"], tuple[Draft, ...]),
        consultation=_read("consultation"),
        answered=msgspec.convert(responses["published"], tuple[TownResponse, ...]),
        prepared=msgspec.convert(responses["prepared"], tuple[TownResponse, ...]),
        opened=rounds["opened"],
        to_open=rounds["prepared"],
    )


def to_ask(table: Mapping[str, Any], now: datetime) -> contents.Consultation:
    """The consultation of a file, with as many days to answer as it says."""
    answer_by = now.date() + timedelta(days=table["days_to_answer"])
    return msgspec.convert({**table, "promise": {**table["promise"], "answer_by": answer_by}}, contents.Consultation)


def to_vote(table: Mapping[str, Any], now: datetime) -> contents.Round:
    """The round of a file, open for as many days as it says."""
    return msgspec.convert({**table, "closes": now.date() + timedelta(days=table["days_open"])}, contents.Round)


def _read(name: str) -> dict[str, Any]:
    return tomllib.loads((FOLDER / "regional" / f"{name}.toml").read_text(encoding="utf-8"))
