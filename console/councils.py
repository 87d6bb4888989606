"""Councils of a process: what each does, its rules, its seats and its calls for members."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from aiohttp import web

import flows
from console._frame.desks import Desk, see
from console._frame.routes import get, post
from console.call_forms import facts_typed
from console.numbers import typed_number
from console.wording import shown, typed
from handlers import (
    candidates,
    councils,
    counts,
    dissolving,
    journal,
    member_calls,
    quota_facts,
    sendings,
    vacancies,
)
from handlers.councils import OpenCouncil
from handlers.journal import Act
from handlers.writing import contents
from locales import _, in_words
from storage import Session
from storage.member_calls import StoredCall
from storage.roles import Role
from storage.seats import StoredSeat
from storage.states import Power, SeatKind

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
    return await show_council(desk)


async def keep(desk: Desk) -> web.StreamResponse:
    try:
        council = _typed(desk)
        async with desk.writing() as session:
            its = await found(desk, session)
            is_told = await councils.change(session, desk.process, its.id, council, desk.now)
            await desk.note(session, journal.Entry(Act.COUNCIL_EDIT, its.id))
            if is_told:
                await desk.note(session, _of_powers(its.id, council))
    except contents.Unfit as unfit:
        return await show_council(desk, str(unfit))
    if is_told:
        await desk.office.waker.wake()
    raise see(page(desk), done="told" if is_told else "kept")


def _of_powers(name: str, council: contents.Council) -> journal.Entry:
    """What a council decides from now on."""
    decides = tuple(power.value for power in council.powers)
    return journal.Entry(Act.COUNCIL_POWERS, name, {"kind": decides, "days": council.answers_within})


async def dissolve(desk: Desk) -> web.StreamResponse:
    """For good, so a box has to be ticked: nobody does it by a slip."""
    try:
        if not desk.text("sure"):
            raise contents.Unfit(_("Say that you are sure: this cannot be undone."))
        async with desk.writing() as session:
            its = await found(desk, session)
            await dissolving.dissolve(session, desk.process, its.id, desk.now)
            await desk.note(session, journal.Entry(Act.COUNCIL_DISSOLVE, its.id))
    except contents.Unfit as unfit:
        return await show_council(desk, str(unfit))
    await desk.office.waker.wake()
    raise see(f"{desk.home}/councils", done="dissolved")


async def _listed(desk: Desk, wrong: str = "") -> web.StreamResponse:
    rows = []
    async with desk.reading() as session:
        for council in await councils.of_process(session, desk.process):
            seats = await councils.seats_of(session, desk.process, council.id)
            taken = sum(seat.since is not None for seat in seats)
            rows.append(ShownCouncil(council, len(seats), taken))
    return desk.page(
        "councils.html", 422 if wrong else 200, councils=rows, wrong=wrong, name=typed(desk, "name"),
        about=typed(desk, "about"), say=sayer(desk), council=None,
    )  # fmt: skip


async def show_council(desk: Desk, wrong: str = "", code: str = "") -> web.StreamResponse:
    """The page of the council in the path, with all that was typed where something was refused."""
    async with desk.reading() as session:
        council = await found(desk, session)
        seats = await councils.seats_of(session, desk.process, council.id)
        calls = await member_calls.of_council(session, desk.process, council.id)
        shown_calls = [await _with_counts(desk, session, its) for its in calls]
        waiting = await sendings.of_council(session, desk.process, council.id)
        facts = await quota_facts.of_council(session, desk.process.id, council.id)
    return desk.page(
        "council.html", 422 if wrong else 200, council=council, seats=seats, facts=facts,
        required=_required(desk, seats, facts), calls=shown_calls, waiting=waiting,
        wrong=wrong, code=code, kinds=kinds(), asks=typed(desk, "asks"), gives=typed(desk, "gives"),
        fact_labels=facts_typed(desk), name_typed=typed(desk, "name"), about_typed=typed(desk, "about"),
        say=sayer(desk), day=in_words, moving=desk.request.match_info.get("seat", ""),
    )  # fmt: skip


def sayer(desk: Desk) -> Callable[[flows.Renditions], str]:
    """Gives a text as the reader of the page gets it."""
    return lambda text: shown(desk, text).text


def kinds() -> Mapping[str, str]:
    """How people come to a seat, in the language being spoken."""
    return {
        SeatKind.DRAWN.value: _("Drawn by lot"),
        SeatKind.ORGANIZATION.value: _("Named by an organization"),
        SeatKind.INVITATION.value: _("By invitation"),
    }


async def _with_counts(desk: Desk, session: Session, its: StoredCall) -> ShownCall:
    content = member_calls.content_of(its)
    number, answers = await candidates.counted(session, desk.office.keys, desk.process, its.id)
    facts = {
        fact.value: {
            option.value: counts.rounded(answers.get(fact.value, {}).get(option.value, 0)) for option in fact.options
        }
        for fact in content.facts
    }
    return ShownCall(its, content, member_calls.is_open(its, desk.now), counts.rounded(number), facts)


def _required(
    desk: Desk, seats: Sequence[StoredSeat], facts: Sequence[flows.QuotaFact]
) -> Mapping[str, Sequence[tuple[str, str]]]:
    """By seat: what is asked, and which answer it requires, as the reader gets both."""
    say = sayer(desk)
    labels = {fact.value: say(fact.label) for fact in facts}
    answers = {(fact.value, option.value): say(option.label) for fact in facts for option in fact.options}
    return {
        seat.id: [
            (labels.get(fact, fact), answers.get((fact, value), value))
            for fact, value in vacancies.requires(seat.requires).items()
        ]
        for seat in seats
    }


async def found(desk: Desk, session: Session) -> OpenCouncil:
    """The council in the path."""
    try:
        return await councils.get(session, desk.process, desk.at("council"))
    except contents.Unfit:
        raise web.HTTPNotFound from None


def page(desk: Desk) -> str:
    """Its address."""
    return f"{desk.home}/councils/{desk.at('council')}"


def _typed(desk: Desk) -> contents.Council:
    rest_in: Literal["days", "terms"] = "terms" if desk.line("rest_in") == "terms" else "days"
    term = typed_number(desk, "term") if desk.line("term") else None
    rest = typed_number(desk, "rest") if desk.line("rest") else 0
    return contents.Council(
        typed(desk, "name"),
        typed(desk, "about"),
        term,
        rest,
        rest_in,
        powers=tuple(power for power in Power if power in desk.many("power")),
        answers_within=typed_number(desk, "answers_within") if desk.line("answers_within") else contents.ANSWERS_WITHIN,
    )


routes = [
    get("/p/{slug}/councils", everything, READERS),
    post("/p/{slug}/councils", begin, READERS),
    get("/p/{slug}/councils/{council}", show, READERS),
    post("/p/{slug}/councils/{council}", keep, READERS),
    post("/p/{slug}/councils/{council}/dissolve", dissolve, READERS, confirmed=True),
]
