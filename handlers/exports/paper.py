"""The input paper of a process: who was heard and who was not, what they said, what was answered, what was not.

It is handed to those who decide, and edited before. So it is in plain styles, and no number in it points at anybody.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date

import flows
from exports.papers import Block, Grid, Heading, Paper, Points, Text
from handlers import counts, today
from handlers.exports import sources, topics
from handlers.processes import OpenProcess
from handlers.today import Kind, Need
from handlers.writing import contents
from locales import _, in_words, name_of, spoken, to_staff
from storage import Keyring, Session, consultations, contributions, exported
from storage.broadcasts import EVERYBODY
from storage.consultations import KeptConsultation
from storage.exported import Heard
from storage.outbox import expansion

EVERY = 1_000


async def write(session: Session, keys: Keyring, process: OpenProcess, now: date) -> Paper:
    """In the language being spoken."""
    kept = await consultations.newest(session, process.id, EVERY)
    heard = await exported.heard(session, process.id)
    parts = await expansion.audience_parts(session, process.id, EVERYBODY)
    matters = await topics.matters(session, process)
    waiting = (await contributions.waiting(session, process.id)).numbers
    blocks = [
        *_opening(process, now),
        *_promises(process, kept),
        *_heard(process, heard),
        *_not_heard(process, today.hardly_reached(process, parts)),
        Heading(to_staff("What was said, and what was answered")),
        *await topics.write(session, keys, process, matters),
        *_unanswered(process, kept, waiting, topics.waiting(matters)),
    ]
    title = to_staff("What people said: {process}", process=sources.worded(process, process.content.title))
    return Paper(title, spoken(), sources.worded(process, process.content.organizer), blocks)


def _opening(process: OpenProcess, now: date) -> Iterator[Block]:
    organizer = sources.worded(process, process.content.organizer)
    yield Text(to_staff("Run by {organizer}. Written on {day}.", organizer=organizer, day=in_words(now)))
    yield Text(
        to_staff("Numbers of people are rounded to five. Where they are fewer than 8, nobody included, none is given.")
    )


def _promises(process: OpenProcess, kept: Sequence[KeptConsultation]) -> Iterator[Block]:
    yield Heading(to_staff("What was promised"))
    if not kept:
        yield Text(to_staff("There was no consultation. People said what they wanted to say."))
    for its in reversed(kept):
        consultation = contents.unpack(its.content, contents.Consultation)
        promise = consultation.promise
        yield Heading(sources.worded(process, consultation.title), 2)
        yield _points(
            to_staff("What it is for: {purpose}", purpose=sources.worded(process, promise.purpose)),
            to_staff("Who decides: {who}", who=sources.worded(process, promise.who_decides)),
            to_staff("What can change: {what}", what=sources.worded(process, promise.what_can_change)),
            _(flows.LEVELS[promise.level]),
            to_staff("A response was promised by {day}.", day=in_words(promise.responds)),
        )


def _heard(process: OpenProcess, heard: Heard) -> Iterator[Block]:
    yield Heading(to_staff("Who was heard"))
    number = counts.rounded(heard.people)
    if number is None:
        yield Text(to_staff("Fewer than 8 people have said something, so nothing is told about them."))
        return
    yield Text(to_staff("About {number} people have said something.", number=number))
    languages = {name_of(code): people for code, people in heard.languages.items()}
    regions = {sources.region(process, value): people for value, people in heard.regions.items()}
    for head, people in (
        (to_staff("Language"), languages),
        (to_staff("Region"), regions),
        (to_staff("By which bot or number"), heard.channels),
    ):
        yield _counted(head, people)


def _counted(head: str, people: Mapping[str, int]) -> Grid:
    """Those of many first. Who is not told apart stands in no row."""
    most = sorted(((name, counts.rounded(number)) for name, number in people.items() if name), key=_by_number)
    return Grid(
        (head, to_staff("People, about")), tuple((name, f"{sources.about_people(number)}") for name, number in most)
    )


def _by_number(row: tuple[str, int | None]) -> tuple[int, str]:
    return -(row[1] or 0), row[0]


def _not_heard(process: OpenProcess, needs: Sequence[Need]) -> Iterator[Block]:
    yield Heading(to_staff("Who was hardly heard"))
    if not needs:
        yield Text(to_staff("In every language and region of the process enough people take part to be heard."))
        return
    yield Text(to_staff("In these hardly anybody takes part. What they would have said is not in this paper."))
    yield _points(
        *(
            to_staff("Language: {language}", language=name_of(need.where))
            if need.kind is Kind.LANGUAGE
            else to_staff("Region: {region}", region=sources.region(process, need.where))
            for need in needs
        )
    )


def _unanswered(
    process: OpenProcess,
    kept: Iterable[KeptConsultation],
    waiting: Mapping[str | None, int],
    matters: Sequence[str],
) -> Iterator[Block]:
    yield Heading(to_staff("What has no answer yet"))
    points = [*_unanswered_consultations(process, kept, waiting), *_unasked(waiting.get(None, 0)), *matters]
    yield _points(*points) if points else Text(to_staff("Everything has an answer."))


def _unanswered_consultations(
    process: OpenProcess, kept: Iterable[KeptConsultation], waiting: Mapping[str | None, int]
) -> Iterator[str]:
    for its in kept:
        if not waiting.get(its.id):
            continue
        consultation = contents.unpack(its.content, contents.Consultation)
        title = sources.worded(process, consultation.title)
        since, day = in_words(its.opened.date()), in_words(consultation.promise.responds)
        yield to_staff(
            "{title}: asked on {since}, a response was promised by {day}.", title=title, since=since, day=day
        )


def _unasked(number: int) -> Iterator[str]:
    about = counts.rounded(number)
    if about is not None:
        yield to_staff("Contributions that were given unasked: about {number}.", number=about)


def _points(*texts: str) -> Points:
    return Points(tuple(map(Text, texts)))
