"""What everybody may read of a process: what it asked, what was said there, and what was done with it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

import council
import flows
from handlers import (
    counts,
    doors,
    powers,
    processes,
    public_counts,
    public_draws,
    public_texts,
    rounds,
    senders,
    soundings,
    standings,
)
from handlers.feedback import NOBODY, Counts
from handlers.processes import OpenProcess
from handlers.public_counts import Figures
from handlers.public_draws import ShownDraw
from handlers.public_texts import ShownText
from handlers.soundings import Outcome
from handlers.standings import Standing
from handlers.writing import contents, moments
from storage import Session, consultations, matters, responses, results, statements, walls
from storage import soundings as stored_soundings
from storage.responses import NewResponse
from storage.results import StoredResult
from storage.standings import Verdict
from storage.states import ProcessState, ResponseState, ResultState, Roll
from storage.walls import PublicMatter, PublicRound, Version

NEWEST, MOST_NEWS = 8, 50
"""So many of the newest responses and results stand on the wall, and in the feed."""
MOST_ROUNDS = 50
"""So many of the newest are looked at."""
MOST_CONSULTATIONS = 20
"""So many of the newest are looked at; those that are open are shown."""
GREETING = "hello"
"""What is sent to a sender that leads to one process only, where no door is put up on it."""


@dataclass(frozen=True, slots=True)
class ShownMatter:
    """A matter that was put where everybody can read it."""

    id: str
    title: flows.Renditions = field(repr=False)
    topic: str
    due: date | None
    """Until when a response was promised."""
    state: ResponseState | None
    """Of the newest response; None: there is none yet."""
    is_counted: bool
    """Somebody has counted yet who said it or supports it."""
    people: int | None
    """About how many they are; None: fewer than eight, or not counted yet."""

    def days_late(self, today: date) -> int:
        """How many days have passed without a response since the day that was promised; 0: none."""
        return max(0, (today - self.due).days) if self.due and self.state is None else 0


@dataclass(frozen=True, slots=True)
class News:
    """A response, or what followed one."""

    id: str
    state: ResponseState | ResultState
    text: flows.Renditions = field(repr=False)
    """Why, or what happened."""
    place: flows.Renditions
    """In which document it can be seen; {}: in none."""
    link: str
    """At which address; "": at none."""
    day: date
    """On which the response was published, or the result happened."""
    published: datetime
    decided_by: flows.Renditions = field(default_factory=dict)
    departs: bool = False
    """From what a round decided."""
    matters: tuple[ShownMatter, ...] = ()
    """What it is about, as far as everybody may read that."""
    helped: Counts = NOBODY
    """Of a response: whether it answers those whom it was told."""


@dataclass(frozen=True, slots=True)
class ShownOption:
    """One thing that was voted on, and what became of it."""

    label: flows.Renditions = field(repr=False)
    verdict: Verdict | None
    """None: the round is open, or has no result."""
    matter: ShownMatter | None
    """Where it is one that everybody may read."""
    part: str
    """The id of the part of a text that it is; "" for none."""
    cost: int = 0
    """What it takes of the sum, in whole units; 0: that is not settled."""
    gets: int | None = None
    """How much it gets of the sum; None: nothing, or there is no sum."""


@dataclass(frozen=True, slots=True)
class ShownRound:
    """A round of which everybody may read."""

    id: str
    title: flows.Renditions = field(repr=False)
    roll: Roll
    closes: date
    closed: date | None
    """None: people vote now."""
    answer_by: date | None
    voters: int | None
    voted: int | None
    """About how many could vote, and voted; None: fewer than eight, or people vote now."""
    options: tuple[ShownOption, ...]
    """The first first; while people vote, as they stand on the ballot."""
    ended_why: flows.Renditions
    was_corrected: bool
    """Somebody was put on its roll after it had opened."""
    has_file: bool
    """Anybody can count it again."""
    budget: int = 0
    """The sum that is shared out, in whole units; 0: there is none."""
    currency: str = ""

    @property
    def given_out(self) -> int:
        """How much of the sum is for something for sure."""
        return sum(option.gets or 0 for option in self.options)

    @property
    def has_result(self) -> bool:
        return any(option.verdict for option in self.options)


@dataclass(frozen=True, slots=True)
class Way:
    """How somebody takes part from their phone: a word, sent to one of our senders."""

    sender: str
    word: str
    language: str | None
    """In which they are first spoken to; None: as we guess."""


@dataclass(frozen=True, slots=True)
class Answered:
    """Statements that people agree or disagree with, and what came of them."""

    title: flows.Renditions
    is_open: bool
    outcome: Outcome


@dataclass(frozen=True, slots=True)
class ShownPower:
    """What a council decides by itself."""

    council: flows.Renditions
    """What it is called."""
    sentence: str
    """To be translated, around the name."""


@dataclass(frozen=True, slots=True)
class Wall:
    """All that stands there for everybody. Each part in the order in which it is shown."""

    process: OpenProcess
    today: date
    figures: Figures | None
    """None: nothing was counted yet."""
    consultations: Sequence[contents.Consultation]
    """Those that are open."""
    matters: Sequence[ShownMatter]
    news: Sequence[News]
    """The newest."""
    answered: Answered | None = None
    """The newest; None: there are none."""
    rounds: Sequence[ShownRound] = ()
    """The newest first."""
    texts: Sequence[ShownText] = ()
    """Those that are written together."""
    decides: Sequence[ShownPower] = ()
    """What councils decide by themselves."""
    draws: Sequence[ShownDraw] = ()
    """Those by lot, the newest first."""

    @property
    def is_open(self) -> bool:
        return self.process.state is ProcessState.OPEN

    @property
    def late(self) -> Sequence[ShownMatter]:
        """Those without the response that was promised, what waits longest first."""
        late = (matter for matter in self.matters if matter.days_late(self.today))
        return sorted(late, key=lambda matter: matter.due or date.max)

    def matter(self, matter_id: str) -> ShownMatter | None:
        """None when everybody may not read one of this id here."""
        return next((matter for matter in self.matters if matter.id == matter_id), None)

    def place(self, part_id: str) -> str:
        """Where a part of a text is read, below the home of the process; "": nowhere here."""
        found = ((text, part) for text in self.texts for part in text.parts if part.id == part_id)
        return next((f"/t/{text.id}/{part.number}" for text, part in found), "")

    def round(self, round_id: str) -> ShownRound | None:
        """None when everybody may not read of one of this id here."""
        return next((shown for shown in self.rounds if shown.id == round_id), None)


async def versions(session: Session) -> Sequence[Version]:
    """Of every process that has public pages: one that is archived has none. One statement."""
    return await walls.versions(session)


async def read(session: Session, version: Version, now: datetime) -> Wall:
    """Seven statements, one more where there are rounds or councils, two where there is a sounding or a draw by lot.

    And some for each text.
    """
    process = processes.known(version.process)
    today = _day(process, now)
    shown = [_matter(matter) for matter in await walls.matters(session, process.id)]
    return Wall(
        process=process,
        today=today,
        figures=await public_counts.figures(session, process.id),
        consultations=await _consultations(session, process),
        matters=sorted(shown, key=_by_people),
        news=await _news(session, process, shown, NEWEST),
        answered=await _answered(session, process, now) if version.has_soundings else None,
        rounds=await _rounds(session, process, {it.id: it for it in shown}) if version.has_rounds else (),
        texts=await public_texts.shown(session, process, today) if version.has_texts else (),
        decides=await _powers(session, process) if version.has_councils else (),
        draws=await public_draws.shown(session, process) if version.drew is not None else (),
    )


@dataclass(frozen=True, slots=True)
class Course:
    """What has become of one matter so far."""

    opened: date
    news: Sequence[News]
    """All responses to it, and what followed them, the first first."""
    decided: Sequence[Standing] = ()
    """What rounds decided on it of which everybody may read, the first first."""


async def course(session: Session, wall: Wall, matter: ShownMatter) -> Course | None:
    """None: since a moment ago everybody may not read it any more. Four statements."""
    process = wall.process
    stored = await matters.get(session, process.id, matter.id)
    if stored is None or stored.public is None:
        return None
    answers = await responses.to_matter(session, process.id, matter.id)
    names = [answer.id for answer in answers]
    steps = await results.of_responses(session, process.id, names)
    helped = await public_counts.helped(session, process.id, names)
    both = [*(_of_response(process, answer, helped[answer.id]) for answer in answers), *map(_of_result, steps)]
    found = sorted(both, key=lambda news: (news.day, news.published))
    decided = [it for it in await standings.of(session, process.id, [matter.id]) if wall.round(it.round)]
    return Course(_day(process, stored.opened), found, decided)


async def ways(session: Session, process: OpenProcess) -> Sequence[Way]:
    """The doors, and the senders without one by which people come into no other process. Three statements."""
    if process.state is not ProcessState.OPEN:
        return []
    put_up = [Way(door.sender, door.word, door.language) for door in await doors.of(session, process)]
    others = await processes.every(session)
    is_alone = sum(other.state is ProcessState.OPEN for other in others) == 1
    owners = (process.slug, None) if is_alone else (process.slug,)
    theirs = [sender.name for sender in await senders.listed(session) if sender.slug in owners]
    behind_doors = {way.sender for way in put_up}
    return [*put_up, *(Way(name, GREETING, None) for name in theirs if name not in behind_doors)]


def _matter(matter: PublicMatter) -> ShownMatter:
    title = contents.unpack(matter.title, dict[str, str])
    is_counted = matter.number is not None
    people = counts.rounded(matter.number or 0)
    return ShownMatter(matter.id, title, matter.topic, matter.due, matter.state, is_counted, people)


async def _rounds(session: Session, process: OpenProcess, matters: Mapping[str, ShownMatter]) -> Sequence[ShownRound]:
    stored = await walls.rounds(session, process.id, MOST_ROUNDS)
    read = ((it, contents.unpack(it.content, contents.Round)) for it in stored)
    return [_round(process, it, round_, matters) for it, round_ in read if round_.is_public]


def _round(
    process: OpenProcess, stored: PublicRound, round_: contents.Round, matters: Mapping[str, ShownMatter]
) -> ShownRound:
    result = None if stored.result is None else contents.unpack(stored.result, council.Result)
    verdicts = {} if result is None else standings.verdicts(result)
    options = [
        ShownOption(
            label=it.label,
            verdict=verdicts.get(it.value),
            matter=matters.get(it.matter),
            part=it.part,
            cost=it.cost,
            gets=None if result is None else rounds.gets(result, it.value, it.cost),
        )
        for it in round_.matters
    ]
    return ShownRound(
        id=stored.id,
        title=round_.title,
        roll=round_.roll,
        closes=stored.closes.date(),
        closed=None if stored.closed is None else _day(process, stored.closed),
        answer_by=round_.answer_by,
        voters=counts.rounded(stored.voters or 0),
        voted=counts.rounded(stored.voted or 0),
        options=tuple(sorted(options, key=_by_place)),
        ended_why={} if stored.ended_why is None else contents.unpack(stored.ended_why, dict[str, str]),
        was_corrected=stored.added > 0,
        has_file=stored.has_file,
        budget=round_.budget,
        currency=round_.currency,
    )


def _by_place(option: ShownOption) -> int:
    return 0 if option.verdict is None else option.verdict.place


def _by_people(matter: ShownMatter) -> int:
    """What many said comes first. By the rounded number: an order by the raw one would tell what is hidden."""
    return -(matter.people or 0)


async def _consultations(session: Session, process: OpenProcess) -> Sequence[contents.Consultation]:
    newest = await consultations.newest(session, process.id, MOST_CONSULTATIONS)
    return [contents.unpack(kept.content, contents.Consultation) for kept in newest if kept.closed is None]


async def _powers(session: Session, process: OpenProcess) -> Sequence[ShownPower]:
    found = await powers.holders(session, process)
    return [ShownPower(held.content.name, powers.POWERS[power]) for power, held in found]


async def _answered(session: Session, process: OpenProcess, now: datetime) -> Answered | None:
    """Two statements."""
    newest = await stored_soundings.newest(session, process.id, 1)
    if not newest:
        return None
    each = await statements.of_sounding(session, process.id, newest[0].id)
    content = contents.unpack(newest[0].content, contents.Sounding)
    return Answered(content.title, newest[0].is_open(now), soundings.outcome(newest[0], each))


async def news(session: Session, wall: Wall) -> Sequence[News]:
    """More of the newest, for who reads nothing else. Four statements."""
    return await _news(session, wall.process, wall.matters, MOST_NEWS)


async def _news(session: Session, process: OpenProcess, matters: Sequence[ShownMatter], most: int) -> Sequence[News]:
    """The newest first. Four statements, none where there is no matter that they could be about."""
    if not matters:
        return []
    answers = await walls.responses(session, process.id, most)
    steps = await walls.results(session, process.id, most)
    about = await walls.answered(session, process.id)
    helped = await public_counts.helped(session, process.id, [answer.id for answer in answers])
    by_id = {matter.id: matter for matter in matters}
    both = [
        *(
            _of_response(process, answer, helped[answer.id], _about(by_id, about.get(answer.id, ())))
            for answer in answers
        ),
        *(_of_result(step, _about(by_id, about.get(step.response_id, ()))) for step in steps),
    ]
    return sorted(both, key=lambda news: news.published, reverse=True)[:most]


def _about(matters: Mapping[str, ShownMatter], matter_ids: Sequence[str]) -> tuple[ShownMatter, ...]:
    return tuple(matters[name] for name in matter_ids if name in matters)


def _of_response(
    process: OpenProcess, answer: NewResponse, helped: Counts, matters: tuple[ShownMatter, ...] = ()
) -> News:
    return News(
        id=answer.id,
        state=answer.state,
        text=contents.unpack(answer.reason, dict[str, str]),
        place=contents.unpack(answer.place, dict[str, str]),
        link=answer.link,
        day=_day(process, answer.published),
        published=answer.published,
        decided_by=contents.unpack(answer.decided_by, dict[str, str]),
        departs=answer.departs,
        matters=matters,
        helped=helped,
    )


def _of_result(step: StoredResult, matters: tuple[ShownMatter, ...] = ()) -> News:
    return News(
        id=step.id,
        state=step.state,
        text=contents.unpack(step.text, dict[str, str]),
        place=contents.unpack(step.place, dict[str, str]),
        link=step.link,
        day=step.day,
        published=step.published,
        matters=matters,
    )


def _day(process: OpenProcess, moment: datetime) -> date:
    return moment.astimezone(moments.zone_of(process.content)).date()
