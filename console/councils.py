"""Councils of a process: what each does, its seats and terms, its codes, and its calls for members."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from aiohttp import web

import flows
from console._frame.desks import Desk, see
from console._frame.routes import get, post
from console.wording import shown, typed
from handlers import candidates, councils, counts, journal, member_calls, members, people
from handlers.councils import OpenCouncil, Places
from handlers.journal import Act
from handlers.writing import contents, moments
from locales import _, in_words
from storage import Session
from storage.member_calls import StoredCall
from storage.roles import Role
from storage.seats import StoredSeat
from storage.states import Power, SeatKind, SendingState

READERS = (Role.ORGANIZER,)


@dataclass(frozen=True, slots=True)
class ShownCouncil:
    """A council, and how many of its seats are taken."""

    council: OpenCouncil
    seats: int
    taken: int


@dataclass(frozen=True, slots=True)
class ShownCall:
    """A call for members, and how many answered it."""

    call: StoredCall
    content: contents.MemberCall
    is_open: bool
    waits: bool
    texts: Mapping[str, str]
    number: int | None
    """None: too few to be shown."""
    facts: Mapping[str, Mapping[str, int | None]]


async def everything(desk: Desk) -> web.StreamResponse:
    return await _listed(desk)


async def begin(desk: Desk) -> web.StreamResponse:
    try:
        council = _typed(desk)
        async with desk.writing() as session:
            made = await councils.open_(session, desk.process, council, desk.now)
            await desk.note(session, journal.Entry(Act.COUNCIL_OPEN, made.id))
            if council.powers:
                await desk.note(session, _of_powers(made.id, council))
    except contents.Unfit as unfit:
        return await _listed(desk, str(unfit))
    raise see(f"{desk.home}/councils/{made.id}", done="opened")


async def show(desk: Desk) -> web.StreamResponse:
    return await _shown(desk)


async def keep(desk: Desk) -> web.StreamResponse:
    try:
        council = _typed(desk)
        async with desk.writing() as session:
            found = await _found(desk, session)
            is_told = await councils.change(session, desk.process, found.id, council, desk.now)
            await desk.note(session, journal.Entry(Act.COUNCIL_EDIT, found.id))
            if is_told:
                await desk.note(session, _of_powers(found.id, council))
    except contents.Unfit as unfit:
        return await _shown(desk, str(unfit))
    if is_told:
        await desk.office.waker.wake()
    raise see(_page(desk), done="told" if is_told else "kept")


def _of_powers(name: str, council: contents.Council) -> journal.Entry:
    """What a council decides from now on."""
    decides = tuple(power.value for power in council.powers)
    return journal.Entry(Act.COUNCIL_POWERS, name, {"kind": decides, "days": council.answers_within})


async def add_seats(desk: Desk) -> web.StreamResponse:
    try:
        places = Places(_number(desk, "number"), _kind(desk), desk.line("organization"))
        async with desk.writing() as session:
            found = await _found(desk, session)
            await councils.add_seats(session, desk.process, found.id, places, desk.now)
            await desk.note(session, journal.Entry(Act.COUNCIL_SEATS, found.id, {"number": places.number}))
    except contents.Unfit as unfit:
        return await _shown(desk, str(unfit))
    raise see(_page(desk), done="added")


async def end_seat(desk: Desk) -> web.StreamResponse:
    try:
        async with desk.writing() as session:
            await _found(desk, session)
            await members.remove(session, desk.process, desk.at("seat"), desk.now)
            await desk.note(session, journal.Entry(Act.COUNCIL_REMOVE))
    except contents.Unfit as unfit:
        return await _shown(desk, str(unfit))
    raise see(_page(desk), done="ended")


async def invite(desk: Desk) -> web.StreamResponse:
    """The code is shown once, on the page that answers."""
    seat = desk.line("seat") or None
    try:
        async with desk.writing() as session:
            found = await _found(desk, session)
            if seat is not None and seat not in {its.id for its in await _seats(desk, session)}:
                raise web.HTTPNotFound
            code = await people.invite(
                session, desk.office.keys, desk.process, desk.now, council_id=found.id, seat_id=seat
            )
            await desk.note(session, journal.Entry(Act.COUNCIL_INVITE, facts={"days": people.INVITED_FOR}))
    except contents.Unfit as unfit:
        return await _shown(desk, str(unfit))
    return await _shown(desk, code=code)


async def call(desk: Desk) -> web.StreamResponse:
    try:
        new = _call(desk)
        async with desk.writing() as session:
            found = await _found(desk, session)
            name = await member_calls.request(session, desk.process, found.id, new, desk.who.id, desk.now)
            await desk.note(session, journal.Entry(Act.COUNCIL_CALL, name))
    except contents.Unfit as unfit:
        return await _shown(desk, str(unfit))
    raise see(_page(desk), done="requested")


async def approve(desk: Desk) -> web.StreamResponse:
    name = desk.at("call")
    try:
        async with desk.writing() as session:
            state = await member_calls.approve(session, desk.process, name, desk.who.id, desk.line("hash"), desk.now)
            await desk.note(session, journal.Entry(Act.COUNCIL_CALL_APPROVE, name, {"state": state}))
    except contents.Unfit as unfit:
        return await _shown(desk, str(unfit))
    raise see(_page(desk), done="called" if state is SendingState.LEFT else "void")


async def call_back(desk: Desk) -> web.StreamResponse:
    name = desk.at("call")
    try:
        async with desk.writing() as session:
            await member_calls.call_back(session, desk.process, name)
            await desk.note(session, journal.Entry(Act.COUNCIL_CALL_BACK, name))
    except contents.Unfit as unfit:
        return await _shown(desk, str(unfit))
    raise see(_page(desk), done="back")


async def _listed(desk: Desk, wrong: str = "") -> web.StreamResponse:
    rows = []
    async with desk.reading() as session:
        for council in await councils.of_process(session, desk.process):
            seats = await councils.seats_of(session, desk.process, council.id)
            taken = sum(seat.since is not None for seat in seats)
            rows.append(ShownCouncil(council, len(seats), taken))
    return desk.page(
        "councils.html", 422 if wrong else 200, councils=rows, wrong=wrong, name=typed(desk, "name"),
        about=typed(desk, "about"), say=_sayer(desk), council=None,
    )  # fmt: skip


async def _shown(desk: Desk, wrong: str = "", code: str = "") -> web.StreamResponse:
    async with desk.reading() as session:
        council = await _found(desk, session)
        seats = await _seats(desk, session)
        calls = [
            await _with_counts(desk, session, council, its)
            for its in await member_calls.of_council(session, desk.process, council.id)
        ]
    return desk.page(
        "council.html", 422 if wrong else 200, council=council, seats=seats, calls=calls, wrong=wrong, code=code,
        kinds=kinds(), asks=typed(desk, "asks"), gives=typed(desk, "gives"), fact_labels=_facts_typed(desk),
        name_typed=typed(desk, "name"), about_typed=typed(desk, "about"), say=_sayer(desk), day=in_words,
    )  # fmt: skip


def _sayer(desk: Desk) -> Callable[[flows.Renditions], str]:
    """Gives a text as the reader of the page gets it."""
    return lambda text: shown(desk, text).text


def kinds() -> Mapping[str, str]:
    """How people come to a seat, in the language being spoken."""
    return {
        SeatKind.DRAWN.value: _("Drawn by lot"),
        SeatKind.ORGANIZATION.value: _("Named by an organization"),
        SeatKind.INVITATION.value: _("By invitation"),
    }


async def _with_counts(desk: Desk, session: Session, council: OpenCouncil, its: StoredCall) -> ShownCall:
    content = member_calls.content_of(its)
    number, answers = await candidates.counted(session, desk.office.keys, desk.process, its.id)
    facts = {
        fact.value: {
            option.value: counts.rounded(answers.get(fact.value, {}).get(option.value, 0)) for option in fact.options
        }
        for fact in content.facts
    }
    waits = its.state is SendingState.REQUESTED
    texts = member_calls.told(desk.process, council, content) if waits else {}
    is_open = member_calls.is_open(its, desk.now)
    return ShownCall(its, content, is_open, waits, texts, counts.rounded(number), facts)


async def _found(desk: Desk, session: Session) -> OpenCouncil:
    try:
        return await councils.get(session, desk.process, desk.at("council"))
    except contents.Unfit:
        raise web.HTTPNotFound from None


async def _seats(desk: Desk, session: Session) -> Sequence[StoredSeat]:
    return await councils.seats_of(session, desk.process, desk.at("council"))


def _page(desk: Desk) -> str:
    return f"{desk.home}/councils/{desk.at('council')}"


def _typed(desk: Desk) -> contents.Council:
    rest_in: Literal["days", "terms"] = "terms" if desk.line("rest_in") == "terms" else "days"
    term = _number(desk, "term") if desk.line("term") else None
    rest = _number(desk, "rest") if desk.line("rest") else 0
    return contents.Council(
        typed(desk, "name"),
        typed(desk, "about"),
        term,
        rest,
        rest_in,
        powers=tuple(power for power in Power if power in desk.many("power")),
        answers_within=_number(desk, "answers_within") if desk.line("answers_within") else contents.ANSWERS_WITHIN,
    )


def _number(desk: Desk, name: str) -> int:
    """Raises `contents.Unfit`."""
    text = desk.line(name)
    if not text.isascii() or not text.isdigit() or len(text) > 5:
        raise contents.Unfit(_("Write a whole number."))
    return int(text)


def _kind(desk: Desk) -> SeatKind:
    try:
        return SeatKind(desk.line("kind"))
    except ValueError:
        raise web.HTTPBadRequest from None


FACTS = 3
"""So many facts can be asked for in the form; a file can have more."""


@dataclass(frozen=True, slots=True)
class TypedFact:
    """A fact as it stands in the form; the options one a line, the same lines in each language."""

    number: int
    label: flows.Renditions
    why: flows.Renditions
    options: flows.Renditions


def _facts_typed(desk: Desk) -> Sequence[TypedFact]:
    return [
        TypedFact(number, typed(desk, f"fact{number}"), typed(desk, f"why{number}"), typed(desk, f"options{number}"))
        for number in range(1, FACTS + 1)
    ]


def _call(desk: Desk) -> contents.MemberCall:
    """Raises `contents.Unfit`."""
    closes = moments.day(desk.line("closes"), _("open until"))
    if closes is None:
        raise contents.Unfit(_("Write the last day on which people can put themselves forward."))
    facts = tuple(_fact(fact) for fact in _facts_typed(desk) if fact.label)
    return contents.MemberCall(_number(desk, "seats"), typed(desk, "asks"), typed(desk, "gives"), closes, facts)


def _fact(fact: TypedFact) -> flows.QuotaFact:
    in_lines = {code: _lines(text) for code, text in fact.options.items()}
    lengths = {len(lines) for lines in in_lines.values()}
    if len(lengths) > 1:
        raise contents.Unfit(_("Write as many answers in each language, one a line, in the same order."))
    options = tuple(
        flows.Option(f"o{place + 1}", {code: lines[place] for code, lines in in_lines.items()})
        for place in range(lengths.pop() if lengths else 0)
    )
    return flows.QuotaFact(f"f{fact.number}", fact.label, fact.why, options)


def _lines(text: str) -> Sequence[str]:
    return [line.strip() for line in text.splitlines() if line.strip()]


routes = [
    get("/p/{slug}/councils", everything, READERS),
    post("/p/{slug}/councils", begin, READERS),
    get("/p/{slug}/councils/{council}", show, READERS),
    post("/p/{slug}/councils/{council}", keep, READERS),
    post("/p/{slug}/councils/{council}/seats", add_seats, READERS),
    post("/p/{slug}/councils/{council}/seats/{seat}/end", end_seat, READERS),
    post("/p/{slug}/councils/{council}/invitations", invite, READERS),
    post("/p/{slug}/councils/{council}/calls", call, READERS),
    post("/p/{slug}/councils/{council}/calls/{call}/approve", approve, READERS),
    post("/p/{slug}/councils/{council}/calls/{call}/back", call_back, READERS),
]
