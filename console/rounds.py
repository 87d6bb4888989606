"""Rounds: what is voted on, how many have voted, what came of it."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from hashlib import sha256

from aiohttp import web

import council
import flows
from console import round_parts, round_rules
from console._frame import pages
from console._frame.desks import Desk, see
from console._frame.routes import get, post
from console.round_openings import KEEPERS, ROLLS, voting_council
from console.round_parts import ShownOption
from console.wording import shown, typed
from handlers import counts, journal, remarks, rounds, sendings, standings
from handlers.journal import Act
from handlers.rounds import PublishedVote
from handlers.writing import contents
from locales import in_words, spoken
from storage import Keyring, Session
from storage import remarks as stored_remarks
from storage import rounds as stored
from storage import standings as stored_standings
from storage.remarks import ShownRemark
from storage.roles import Role
from storage.rounds import StoredRound
from storage.states import RemarkKind, SendingKind

READERS = (*KEEPERS, Role.MODERATOR, Role.AUDITOR)
MOST = 50


@dataclass(frozen=True, slots=True)
class Listed:
    """A round in the list."""

    id: str
    title: flows.Rendition
    closes: str
    is_open: bool


@dataclass(frozen=True, slots=True)
class Turnout:
    """How many can vote and have voted; None: too few to be told."""

    voters: int | None
    voted: int | None

    @property
    def share(self) -> int:
        """How many in a hundred."""
        return round(100 * self.voted / self.voters) if self.voters and self.voted else 0


@dataclass(frozen=True, slots=True)
class Row:
    """What became of one option."""

    option: ShownOption
    place: int
    tied: bool
    adopted: bool | None
    chosen: bool | None
    """These two as of a `Verdict`."""
    count: str
    """How many chose it, as exactly as it may be told; "": that is not told."""
    gets: int | None
    """How much of the sum, in whole units; None: nothing, or there is no sum."""
    share: int
    """How long its bar is, of a hundred: by its place, for no number of those who chose it is kept."""


async def listed(desk: Desk) -> web.StreamResponse:
    async with desk.reading() as session:
        newest = await stored.newest(session, desk.process.id, MOST)
        on_their_way = await sendings.waiting(session, desk.process) if desk.has(*KEEPERS) else ()
    found = [_listed(desk, it) for it in newest]
    return desk.page(
        "rounds.html",
        waiting=[it for it in on_their_way if it.kind is SendingKind.ROUND],
        running=[it for it in found if it.is_open],
        closed=[it for it in found if not it.is_open],
    )


def _listed(desk: Desk, found: StoredRound) -> Listed:
    round_ = contents.unpack(found.content, contents.Round)
    day = found.closed or found.closes
    return Listed(found.id, shown(desk, round_.title), in_words(day.date()), found.closed is None)


async def show(desk: Desk) -> web.StreamResponse:
    async with desk.reading() as session:
        return await page_of(desk, session)


async def live(desk: Desk) -> web.StreamResponse:
    """The turnout, fetched again and again; once the round is closed the whole page comes anew."""
    async with desk.reading() as session:
        found = await _found(desk, session)
        turnout = await _turnout(session, found)
    if found.closed is not None:
        return web.Response(status=204, headers={**pages.HEADERS, "HX-Refresh": "true"})
    version = sha256(repr((turnout, spoken())).encode()).hexdigest()[:16]
    return desk.live("round_live.html", version, found=found, turnout=turnout)


async def close(desk: Desk) -> web.StreamResponse:
    """Before its day, with a reason that everybody concerned is told."""
    why = typed(desk, "why")
    try:
        async with desk.writing() as session:
            found = await _found(desk, session)
            await rounds.close(session, desk.process, desk.office.keys, found.id, desk.now, why)
            await desk.note(session, journal.Entry(Act.ROUND_CLOSE, found.id))
    except contents.Unfit as unfit:
        async with desk.reading() as session:
            return await page_of(desk, session, str(unfit))
    await desk.office.waker.wake()
    raise see(f"{desk.home}/rounds/{found.id}", done="closed")


async def answer(desk: Desk) -> web.StreamResponse:
    """Tell everybody who may vote a question and what the organizers answer."""

    async def answered(session: Session) -> None:
        answer = remarks.Told(typed(desk, "question"), typed(desk, "answer"))
        await remarks.answer(session, desk.process, *_remark(desk), answer, desk.now)

    return await _deal(desk, Act.REMARK_ANSWER, answered)


async def show_reason(desk: Desk) -> web.StreamResponse:
    async def let_read(session: Session) -> None:
        await remarks.show(session, desk.process, *_remark(desk), typed(desk, "words"), desk.now)

    return await _deal(desk, Act.REMARK_SHOW, let_read)


async def put_aside(desk: Desk) -> web.StreamResponse:
    async def dropped(session: Session) -> None:
        await remarks.put_aside(session, desk.process, *_remark(desk))

    return await _deal(desk, Act.REMARK_DROP, dropped)


def _remark(desk: Desk) -> tuple[Keyring, str, str]:
    return desk.office.keys, desk.at("round"), desk.at("remark")


async def _deal(desk: Desk, act: Act, does: Callable[[Session], Awaitable[None]]) -> web.StreamResponse:
    """The journal names the round alone: nothing says later which question it was."""
    try:
        async with desk.writing() as session:
            await does(session)
            await desk.note(session, journal.Entry(act, desk.at("round")))
    except contents.Unfit as unfit:
        async with desk.reading() as session:
            return await page_of(desk, session, str(unfit))
    await desk.office.waker.wake()
    raise see(f"{desk.home}/rounds/{desk.at('round')}", done=act.value)


async def page_of(desk: Desk, session: Session, wrong: str = "") -> web.StreamResponse:
    """The page of the round that the path names, with why something was refused; "" for nothing."""
    found = await _found(desk, session)
    round_ = contents.unpack(found.content, contents.Round)
    waiting = await stored_remarks.waiting(session, desk.office.keys, found.id) if desk.has(*KEEPERS) else ()
    published = await stored_remarks.shown(session, found.id)
    missing = await rounds.missing(session, desk.process, found, desk.now) if desk.has(*KEEPERS) else ()
    parts, places = await stored_standings.parts(session, found.id), await round_parts.places_of(desk, session, round_)
    options = round_parts.options(desk, round_, parts, places)
    return desk.page(
        "round.html",
        422 if wrong else 200,
        found=found,
        round=round_,
        title=shown(desk, round_.title),
        options=options,
        closes=in_words(found.closes.date()),
        answer_by="" if round_.answer_by is None else in_words(round_.answer_by),
        rolls=ROLLS,
        rules=round_rules.rules(),
        settled=tuple(round_rules.settled(round_)),
        council=await voting_council(desk, session, round_),
        turnout=await _turnout(session, found),
        rows=_rows(found, options),
        spending=_spending(desk, found, round_),
        ended_why=_ended_why(desk, found),
        file=await _file(desk, session, found),
        why=typed(desk, "why"),
        labels={option.value: option.label for option in options},
        questions=[it for it in waiting if it.kind is RemarkKind.QUESTION],
        reasons=[it for it in waiting if it.kind is RemarkKind.REASON],
        told=[_told(desk, it) for it in published],
        typed={name: typed(desk, name) for name in ("question", "answer", "words")},
        dealing=desk.request.match_info.get("remark", ""),
        missing=missing,
        wrong=wrong,
    )


@dataclass(frozen=True, slots=True)
class Told:
    """A question with its answer, or a reason, as everybody who may vote reads it."""

    option: str
    words: flows.Rendition
    answer: flows.Rendition | None


def _told(desk: Desk, it: ShownRemark) -> Told:
    answer = contents.unpack(it.answer, dict[str, str])
    words = shown(desk, contents.unpack(it.words, dict[str, str]))
    return Told(it.option, words, shown(desk, answer) if answer else None)


def _ended_why(desk: Desk, found: StoredRound) -> flows.Rendition | None:
    return None if found.ended_why is None else shown(desk, contents.unpack(found.ended_why, dict[str, str]))


async def _file(desk: Desk, session: Session, found: StoredRound) -> PublishedVote | None:
    """None: people vote now, or it closed before there were such files."""
    try:
        return None if found.closed is None else await rounds.published(session, desk.process, found.id)
    except contents.Unfit:
        return None


async def _turnout(session: Session, found: StoredRound) -> Turnout:
    """While it is open, rounded: who watches must not see one person vote. Afterwards as those who voted were told."""
    exact = await stored.turnout(session, found.id)
    if found.closed is not None:
        return Turnout(exact.voters, exact.voted)
    return Turnout(counts.rounded(exact.voters), counts.rounded(exact.voted))


def _rows(found: StoredRound, options: Sequence[ShownOption]) -> Sequence[Row]:
    """What became of each option, the first first; () without a result."""
    if found.result is None:
        return ()
    result = contents.unpack(found.result, council.Result)
    verdicts, among = standings.verdicts(result), len(options)
    rows = [
        Row(
            option=option,
            place=verdict.place,
            tied=verdict.tied,
            adopted=verdict.adopted,
            chosen=verdict.chosen,
            count=rounds.counted(result, option.value),
            gets=rounds.gets(result, option.value, option.cost),
            share=round(100 * (among - verdict.place + 1) / among),
        )
        for option in options
        if (verdict := verdicts.get(option.value)) is not None
    ]
    return sorted(rows, key=lambda row: row.place)


def _spending(desk: Desk, found: StoredRound, round_: contents.Round) -> Sequence[str]:
    """For what the sum is given out, where there was one."""
    if found.result is None or not round_.budget:
        return ()
    labels = {matter.value: shown(desk, matter.label).text for matter in round_.matters}
    return rounds.spent(round_, labels, contents.unpack(found.result, council.Result))


async def _found(desk: Desk, session: Session) -> StoredRound:
    """The round of the path. One of another process is not there."""
    found = await stored.get(session, desk.at("round"))
    if found is None or found.process != desk.process.id:
        raise web.HTTPNotFound
    return found


routes = [
    get("/p/{slug}/rounds", listed, READERS),
    get("/p/{slug}/rounds/{round}", show, READERS),
    get("/p/{slug}/rounds/{round}/live", live, READERS),
    post("/p/{slug}/rounds/{round}/remarks/{remark}/answer", answer, KEEPERS),
    post("/p/{slug}/rounds/{round}/remarks/{remark}/show", show_reason, KEEPERS),
    post("/p/{slug}/rounds/{round}/remarks/{remark}/drop", put_aside, KEEPERS),
    post("/p/{slug}/rounds/{round}/close", close, KEEPERS, confirmed=True),
]
