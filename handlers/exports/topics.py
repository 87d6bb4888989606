"""The chapters of an input paper by topic: how many said what, in which words, and what was answered."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import flows
from exports.papers import Block, Heading, Points, Quotation, Text
from handlers import counts
from handlers.exports import sources
from handlers.matters import Behind, behind
from handlers.processes import OpenProcess
from locales import _, in_words, to_staff
from storage import Keyring, Session, exported, responses, results
from storage import matters as stored
from storage.exported import Quotable, TopicCount
from storage.matters import StoredMatter
from storage.responses import NewResponse
from storage.results import StoredResult

QUOTED = 3
"""So many at most are quoted about a topic."""
CROWD = 20
"""People who have to have said something about a topic before anybody is quoted: among fewer a voice is recognised."""


@dataclass(frozen=True, slots=True)
class ToldMatter:
    """A matter, with what has become of it."""

    title: str
    matter: StoredMatter
    behind: Behind
    response: NewResponse | None
    results: Sequence[StoredResult]


async def matters(session: Session, process: OpenProcess) -> Sequence[ToldMatter]:
    """All of the process, the oldest first."""
    names = [its.id for its in await stored.listed(session, process.id, stored.ALL, most=1_000_000)]
    found = await stored.several(session, process.id, names)
    answered = {matter.response_id for matter in found if matter.response_id}
    answers = {its.id: its for its in await responses.several(session, process.id, answered)}
    followed = await results.of_responses(session, process.id, answered)
    crowds = await behind(session, names)
    return [
        ToldMatter(
            sources.titled(process, matter.title),
            matter,
            crowds[matter.id],
            answers.get(matter.response_id or ""),
            [result for result in followed if result.response_id == matter.response_id],
        )
        for matter in sorted(found, key=lambda matter: (matter.opened, matter.id))
    ]


def waiting(matters: Sequence[ToldMatter]) -> Sequence[str]:
    """A sentence for each that has no response yet: since when, and when one was promised."""
    return [_waits(matter) for matter in matters if matter.response is None]


def _waits(its: ToldMatter) -> str:
    since = in_words(its.matter.opened.date())
    if its.matter.due is None:
        return to_staff("{title}: raised on {since}, no day was promised.", title=its.title, since=since)
    day = in_words(its.matter.due)
    return to_staff(
        "{title}: raised on {since}, a response was promised by {day}.", title=its.title, since=since, day=day
    )


async def write(session: Session, keys: Keyring, process: OpenProcess, every: Sequence[ToldMatter]) -> Sequence[Block]:
    """A chapter for each topic that anything was said about, those of many first."""
    counted = await exported.topics(session, process.id)
    values = [*counted, *(its.matter.topic for its in every)]
    known = {value: sources.topic(value) for value in dict.fromkeys(values)}
    order = sorted((value for value in known if known[value]), key=lambda value: _place(counted, value))
    blocks: list[Block] = []
    for value in order:
        count = counted.get(value, TopicCount(0, 0))
        quoted = await exported.quotable(session, process.id, keys, value, QUOTED) if count.people >= CROWD else ()
        theirs = [its for its in every if its.matter.topic == value]
        blocks += _chapter(process, known[value], count, quoted, theirs)
    others = [its for its in every if not known[its.matter.topic]]
    if others:
        blocks += [Heading(to_staff("Without a topic"), 2), *_matters(process, others)]
    return blocks or [Text(to_staff("Nothing was said about any topic yet."))]


def _place(counted: Mapping[str, TopicCount], value: str) -> tuple[int, str]:
    """By rounded numbers: an order by exact ones would tell them."""
    count = counted.get(value, TopicCount(0, 0))
    return -(counts.rounded(count.contributions) or 0), value


def _chapter(
    process: OpenProcess, title: str, count: TopicCount, quoted: Sequence[Quotable], theirs: Sequence[ToldMatter]
) -> Iterator[Block]:
    yield Heading(title, 2)
    number = counts.rounded(count.contributions)
    if number is None:
        yield Text(to_staff("Fewer than 8 contributions."))
    else:
        yield Text(to_staff("Contributions: about {number}.", number=number))
    if quoted:
        yield Text(to_staff("In the words of people who agreed to be quoted:"))
        yield from (Quotation(quotation.words, quotation.language) for quotation in quoted)
    yield from _matters(process, theirs)


def _matters(process: OpenProcess, every: Sequence[ToldMatter]) -> Iterator[Block]:
    for its in every:
        yield Heading(its.title, 3)
        people = its.behind.people
        if people is None:
            yield Text(to_staff("Fewer than 8 people say it."))
        else:
            yield Text(to_staff("People who say it: about {number}.", number=people))
        yield from _answer(process, its)


def _answer(process: OpenProcess, its: ToldMatter) -> Iterator[Block]:
    response = its.response
    if response is None:
        yield Text(to_staff("There is no response yet."))
        return
    yield Text(_(flows.STATES[response.state]) + " " + sources.titled(process, response.reason))
    decided_by = sources.titled(process, response.decided_by)
    seen = [*_where(process, response.place, response.link)]
    decided = [to_staff("Who decided: {who}", who=decided_by)] if decided_by else []
    steps = [_step(process, result) for result in its.results]
    if points := [*decided, *seen, *steps]:
        yield Points(tuple(map(Text, points)))


def _step(process: OpenProcess, result: StoredResult) -> str:
    step = (_(flows.RESULTS[result.state]), sources.titled(process, result.text))
    where = _where(process, result.place, result.link)
    return f"{in_words(result.day)}: {' '.join((*filter(None, step), *where))}"


def _where(process: OpenProcess, place: str, link: str) -> Iterator[str]:
    """In which document and paragraph it can be seen, and at which address."""
    yield from filter(None, (sources.titled(process, place), link))
