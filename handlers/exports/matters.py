"""The table of matters: what each is about, how many stand behind it, and what has become of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import flows
from exports.tables import Cell, Column, Table
from handlers import matters
from handlers.exports import sources
from handlers.exports.sources import About
from handlers.matters import Behind
from handlers.processes import OpenProcess
from handlers.writing import contents
from locales import _, name_of, to_staff
from storage import Keyring, Session, responses, results
from storage import matters as stored
from storage.matters import StoredMatter
from storage.responses import NewResponse
from storage.results import StoredResult

EVERY = 1_000_000
"""Matters of a process; more than anybody opens."""


@dataclass(frozen=True, slots=True)
class Matters:
    """All matters of a process that were not given up."""

    process: OpenProcess
    table: Table
    names: Sequence[str]
    about: About

    async def batch(self, session: Session, names: Sequence[str]) -> Sequence[Sequence[Cell]]:
        found = {matter.id: matter for matter in await stored.several(session, self.process.id, names)}
        answered = {matter.response_id for matter in found.values() if matter.response_id}
        answers = {its.id: its for its in await responses.several(session, self.process.id, answered)}
        followed = await results.of_responses(session, self.process.id, answered)
        behind = await matters.behind(session, names)
        return [self._row(found[name], behind[name], answers, followed) for name in names if name in found]

    def _row(
        self,
        matter: StoredMatter,
        behind: Behind,
        answers: Mapping[str, NewResponse],
        followed: Sequence[StoredResult],
    ) -> Sequence[Cell]:
        title = contents.unpack(matter.title, dict[str, str])
        response = answers.get(matter.response_id or "")
        steps = [result for result in followed if result.response_id == matter.response_id]
        return (
            *(title.get(code, "") for code in self.process.content.languages),
            sources.topic(matter.topic),
            sources.day(matter.opened),
            sources.about_people(behind.people),
            sources.about_people(behind.followers),
            "" if matter.due is None else sources.day(matter.due),
            *self._answer(response),
            "\n".join(self._step(result) for result in steps),
        )

    def _answer(self, response: NewResponse | None) -> tuple[str, ...]:
        if response is None:
            return (to_staff("There is no response yet."), "", "", "", "", "")
        texts = (response.reason, response.decided_by, response.place)
        return (
            _(flows.STATES[response.state]),
            *(sources.titled(self.process, text) for text in texts),
            response.link,
            sources.day(response.published),
        )

    def _step(self, result: StoredResult) -> str:
        where = (sources.titled(self.process, result.place), result.link)
        step = (sources.day(result.day), _(flows.RESULTS[result.state]), sources.titled(self.process, result.text))
        return " ".join(filter(None, (*step, *where)))


async def begin(session: Session, _keys: Keyring, process: OpenProcess, *, tagged: bool) -> Matters:
    names = [matter.id for matter in await stored.listed(session, process.id, stored.ALL, EVERY)]
    return Matters(process, Table("matters", to_staff("Matters"), _columns(process), tagged), names, _about())


def _columns(process: OpenProcess) -> tuple[Column, ...]:
    titles = (
        Column(to_staff("Title, {language}", language=name_of(code)), f"#subject+matter+i_{code}", 32)
        for code in process.content.languages
    )
    return (
        *titles,
        Column(to_staff("Topic"), "#subject+topic", 24),
        Column(to_staff("Opened on"), "#date+opened"),
        Column(to_staff("People who said or support it, about"), "#affected+people"),
        Column(to_staff("People who follow it, about"), "#affected+followers"),
        Column(to_staff("Promised by"), "#date+due"),
        Column(to_staff("What has become of it"), "#status", 24),
        Column(to_staff("Why"), "#description+reason", 60),
        Column(to_staff("Who decided"), "#org+decided", 24),
        Column(to_staff("Where it can be seen"), "#description+place", 24),
        Column(to_staff("Link"), "#meta+url", 24),
        Column(to_staff("Responded on"), "#date+response"),
        Column(to_staff("What followed"), "#description+results", 60),
    )


def _about() -> About:
    return About(
        (
            to_staff("Each row is one matter: what people said that is alike, answered once for all of them."),
            to_staff("Of the responses to a matter the newest stands here, with everything that followed it."),
        ),
        (
            to_staff(
                "Numbers of people are rounded to five. Where they are fewer than 8, nobody included, none is given."
            ),
            to_staff("No words of anybody's, and nothing about who said it."),
        ),
    )
