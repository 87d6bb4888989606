"""What a table of a file is filled from, whatever it is about."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Protocol

import flows
from exports.tables import Cell, Table
from handlers.processes import OpenProcess
from handlers.writing import contents
from locales import spoken, to_staff
from storage import Session


@dataclass(frozen=True, slots=True)
class About:
    """What stands before the table."""

    holds: Sequence[str]
    """What it holds, in sentences."""
    lacks: Sequence[str]
    """What it does not, and why."""


class Source(Protocol):
    """Rows, found by their names a batch at a time."""

    @property
    def table(self) -> Table: ...

    @property
    def names(self) -> Sequence[str]: ...

    @property
    def about(self) -> About: ...

    async def batch(self, session: Session, names: Sequence[str]) -> Sequence[Sequence[Cell]]:
        """The rows of these, as far as they are still there."""


def titled(process: OpenProcess, packed: str) -> str:
    """A text by language that a table keeps, in the language of the file, or the next that there is; "" for none."""
    return worded(process, contents.unpack(packed, dict[str, str]))


def worded(process: OpenProcess, text: flows.Renditions) -> str:
    """The same of a text that is unpacked."""
    return flows.rendition(text, spoken(), process.content.languages).text


def region(process: OpenProcess, value: str) -> str:
    """What a region is called; "" for none, and for one that the process has no more."""
    label = next((region.label for region in process.content.regions if region.value == value), {})
    return worded(process, label)


def topic(value: str) -> str:
    """What a topic is called; "" for none."""
    if value == flows.SOMETHING_ELSE or flows.has_label(value):
        return flows.topic_label(value)
    return ""


def day(moment: date) -> str:
    """As spreadsheets sort it."""
    return f"{moment:%Y-%m-%d}"


def about_people(number: int | None) -> Cell:
    """A rounded number, or that they are too few to be told."""
    return to_staff("fewer than 8") if number is None else number
