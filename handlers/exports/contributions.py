"""The table of what people gave: a row each, with nothing in it that tells who gave it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta

import flows
from exports.tables import Cell, Column, Table
from handlers import counts
from handlers.exports import sources
from handlers.exports.pseudonyms import Pseudonyms
from handlers.exports.sources import About
from handlers.processes import OpenProcess
from handlers.writing import contents
from locales import _, name_of, to_staff
from storage import Keyring, Session, consultations, exported, gathering, matters
from storage.contributions import chosen
from storage.exported import ExportedContribution

EVERY = 10_000
"""Consultations of a process; more than anybody opens."""
BESIDE = "; "


@dataclass(frozen=True, slots=True)
class Contributions:
    """All that people gave a process who have not been forgotten."""

    process: OpenProcess
    keys: Keyring = field(repr=False)
    table: Table
    names: Sequence[str]
    about: About
    pseudonyms: Pseudonyms
    cells: Mapping[counts.Cell, counts.Cell]
    """What of a language and a region is told."""
    consulted: Mapping[str, contents.Consultation]

    async def batch(self, session: Session, names: Sequence[str]) -> Sequence[Sequence[Cell]]:
        found = {row.id: row for row in await exported.rows(session, self.process.id, self.keys, names)}
        gathered = await gathering.of_contributions(session, names)
        wanted = {name for theirs in gathered.values() for name in theirs}
        titles = {
            matter.id: sources.titled(self.process, matter.title)
            for matter in await matters.several(session, self.process.id, wanted)
        }
        return [
            self._row(found[name], [titles[matter] for matter in gathered.get(name, ()) if matter in titles])
            for name in names
            if name in found
        ]

    def _row(self, row: ExportedContribution, titles: Sequence[str]) -> Sequence[Cell]:
        language, region = self.cells.get((row.language, row.region), counts.ANYBODY)
        return (
            self.pseudonyms.of(row.person),
            sources.day(row.day - timedelta(days=row.day.weekday())),
            name_of(language) if language else "",
            sources.region(self.process, region),
            sources.topic(row.topic),
            *self._answer(row),
            row.words,
            BESIDE.join(titles),
            _(flows.STATES[row.state]),
        )

    def _answer(self, row: ExportedContribution) -> tuple[str, str, str]:
        """The consultation, its question and what was chosen, as they are worded."""
        consultation = self.consulted.get(row.consultation or "")
        if consultation is None:
            return "", "", ""
        title = sources.worded(self.process, consultation.title)
        question = next((its for its in consultation.questions if its.key == row.question), None)
        if question is None:
            return title, "", ""
        labels = [self._label(question, value) for value in chosen(row.option)]
        return title, sources.worded(self.process, question.text), BESIDE.join(labels)

    def _label(self, question: flows.Question, value: str) -> str:
        if question.scale is not None:
            return f"{value}/{question.scale.steps}"
        label = next((option.label for option in question.options if option.value == value), {})
        return sources.worded(self.process, label)


async def begin(session: Session, keys: Keyring, process: OpenProcess, *, tagged: bool) -> Contributions:
    pseudonyms = Pseudonyms()
    kept = await consultations.newest(session, process.id, EVERY)
    return Contributions(
        process,
        keys,
        Table("contributions", to_staff("Contributions"), _columns(), tagged),
        pseudonyms.shuffled(await exported.names(session, process.id)),
        _about(),
        pseudonyms,
        counts.told_apart(await exported.crowds(session, process.id)),
        {its.id: contents.unpack(its.content, contents.Consultation) for its in kept},
    )


def _columns() -> tuple[Column, ...]:
    return (
        Column(to_staff("Person, in this file"), "#meta+pseudonym"),
        Column(to_staff("Week that begins on"), "#date+week"),
        Column(to_staff("Language"), "#lang"),
        Column(to_staff("Region"), "#adm1+name"),
        Column(to_staff("Topic"), "#subject+topic", 24),
        Column(to_staff("Consultation"), "#subject+consultation", 24),
        Column(to_staff("Question"), "#subject+question", 32),
        Column(to_staff("What was chosen"), "#description+choice", 24),
        Column(to_staff("What was said"), "#description+words", 60),
        Column(to_staff("Matters"), "#subject+matters", 32),
        Column(to_staff("What has become of it"), "#status", 24),
    )


def _about() -> About:
    return About(
        (
            to_staff("Each row is one contribution: a recommendation, or the answer to one question."),
            to_staff("A person has one name in all of this file, and another one in every other file."),
            to_staff("The order of the rows says nothing."),
        ),
        (
            to_staff("No names, numbers or chats; and no days, only the weeks."),
            to_staff(
                "No region where fewer than 8 people of one language live, and no language of fewer than 8 people."
            ),
            to_staff("No words that no moderator has read and passed on. What is personal in them was masked before."),
            to_staff("No voice notes, and nothing of people who had themselves forgotten."),
        ),
    )
