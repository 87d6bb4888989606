"""A new round: what is voted on and by whom, how many it invites, and a colleague who approves exactly that."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from aiohttp import web

import council
import flows
from console import round_forms
from console._frame.desks import Desk, see
from console._frame.routes import KIB, get, post
from console.approvals import Approvals
from console.audiences import labels
from console.matters import titled
from console.round_forms import TypedRound
from console.wording import shown
from handlers import audiences, councils, journal, matters, phones, rounds, sendings
from handlers.audiences import Draft, Reach
from handlers.journal import Act
from handlers.phones import Screens
from handlers.writing import contents
from locales import N_, _
from storage import Session, broadcasts, staff
from storage import matters as stored_matters
from storage.matters import StoredMatter
from storage.roles import Role
from storage.sendings import StoredSending
from storage.states import Roll, SendingKind

KEEPERS = (Role.ORGANIZER, Role.CLERK)
LARGEST = 512 * KIB
"""Twelve options with what stands behind them in every language."""
ROLLS: Mapping[Roll, str] = {
    Roll.COUNCIL: N_("Who sits on the council"),
    Roll.GAVE: N_("Everybody who takes part and told us something"),
    Roll.EVERYBODY: N_("Everybody who takes part"),
}
RULES: Mapping[str, str] = {
    "approval": N_("Approval: who votes approves any of them, and the approvals put them in order."),
    "equal_shares": N_(
        "Equal shares: who votes approves any of them, each has a price, and a sum buys what groups of voters can pay "
        "for with their part of it."
    ),
    "majority": N_("Majority: what more than half of those who voted approve is adopted."),
}
"""The others are called by their names."""


@dataclass(frozen=True, slots=True)
class Shown:
    """How a round would look, and whom it would invite."""

    screens: Sequence[Screens]
    reach: Reach | None


NOTHING = Shown((), None)


async def write(desk: Desk) -> web.StreamResponse:
    async with desk.reading() as session:
        chosen = await _chosen(desk, session, desk.request.query.getall("matter", ()))
        return await _write(desk, session, round_forms.with_matters(TypedRound(), chosen))


async def request(desk: Desk) -> web.StreamResponse:
    """Put options into the form, see it on the phones, or ask for it to open."""
    form, act = round_forms.read(desk), desk.line("do")
    if act not in ("show", "ask"):
        async with desk.reading() as session:
            chosen = await _chosen(desk, session, desk.many("matter")) if act == "matters" else ()
            form = round_forms.with_matters(round_forms.rearranged(form, act), chosen)
            return await _write(desk, session, form)
    try:
        round_ = round_forms.finished(form)
        if act == "show":
            async with desk.reading() as session:
                await rounds.check(session, desk.process, round_, desk.now)
                return await _write(desk, session, form, seen=await _seen(desk, session, round_))
        async with desk.writing() as session:
            title = shown(desk, round_.title).text
            sending = await sendings.request_round(session, desk.process, round_, title, desk.who.id, desk.now)
            await desk.note(session, journal.Entry(Act.SENDING_REQUEST, sending.id, {"hash": sending.hash}))
    except contents.Unfit as unfit:
        async with desk.reading() as session:
            return await _write(desk, session, form, str(unfit))
    raise see(f"{desk.home}/rounds/leaving/{sending.id}")


async def _chosen(desk: Desk, session: Session, names: Sequence[str]) -> Sequence[StoredMatter]:
    """In the order in which they were chosen."""
    found = {it.id: it for it in await stored_matters.several(session, desk.process.id, names)}
    return [found[name] for name in dict.fromkeys(names) if name in found]


async def _write(
    desk: Desk, session: Session, form: TypedRound, wrong: str = "", seen: Shown = NOTHING
) -> web.StreamResponse:
    offered = [(it, titled(desk, it.title)) for it in await matters.open_matters(session, desk.process)]
    taken = {option.matter for option in form.options if option.matter}
    return desk.page(
        "round_new.html",
        422 if wrong else 200,
        form=form,
        offered=[(it, title) for it, title in offered if it.id not in taken],
        rolls=ROLLS,
        councils=[(it.id, shown(desk, it.content.name)) for it in await councils.of_process(session, desk.process)],
        rules=rules(),
        most=contents.MOST_OPTIONS,
        seen=seen,
        labels=labels(desk),
        open=set(form.title),
        wrong=wrong,
        reach=seen.reach,
    )


def rules() -> Mapping[str, str]:
    """Every voting rule, by its name, in a sentence."""
    return {name: _(RULES[name]) if name in RULES else name for name in council.every_rule()}


async def _seen(desk: Desk, session: Session, round_: contents.Round) -> Shown:
    called = rounds.invitation(desk.process, round_)
    purpose, price = called.subject.kind, desk.office.price
    screens = await phones.screens(session, desk.process, called.renditions, purpose, price)
    draft = Draft(called.renditions, rounds.would_reach(round_), purpose)
    return Shown(
        screens, await audiences.reach(session, desk.office.crowds, desk.process, draft, desk.now, desk.office.price)
    )


async def _show(desk: Desk, session: Session, sending: StoredSending, wrong: str) -> web.StreamResponse:
    """Exactly what opens, and whom it invites now."""
    round_ = contents.unpack(sending.content, contents.Round)
    names = await staff.names(session, [name for name in (sending.requested_by, sending.approved_by) if name])
    seen = await _seen(desk, session, round_)
    called = await broadcasts.of(session, desk.process.id, sending.broadcast_id) if sending.broadcast_id else None
    return desk.page(
        "round_leaving.html",
        422 if wrong else 200,
        sending=sending,
        round=round_,
        title=shown(desk, round_.title),
        options=options(desk, round_),
        rolls=ROLLS,
        rules=rules(),
        opened=None if called is None else called.subject.id,
        seen=seen,
        reach=seen.reach,
        labels=labels(desk),
        open=set(desk.process.content.languages),
        names=names,
        wrong=wrong,
    )


@dataclass(frozen=True, slots=True)
class ShownOption:
    """One thing that is voted on, as the reader gets it."""

    value: str
    label: flows.Rendition
    about: flows.Rendition | None
    languages: Collection[str]
    """In which it is written."""
    matter: str
    cost: int
    """What it takes of the sum; 0: that is not settled."""


def options(desk: Desk, round_: contents.Round) -> Sequence[ShownOption]:
    return [
        ShownOption(
            option.value,
            shown(desk, option.label),
            shown(desk, option.about) if option.about else None,
            tuple(option.label),
            option.matter,
            option.cost,
        )
        for option in round_.matters
    ]


leaving = Approvals(frozenset({SendingKind.ROUND}), "/rounds/leaving", _show, "coming")
routes = [
    get("/p/{slug}/rounds/new", write, KEEPERS),
    post("/p/{slug}/rounds/new", request, KEEPERS, most=LARGEST),
    get("/p/{slug}/rounds/leaving/{coming}", leaving.show, KEEPERS),
    post("/p/{slug}/rounds/leaving/{coming}/approve", leaving.approve, KEEPERS, confirmed=True),
    post("/p/{slug}/rounds/leaving/{coming}/approve-alone", leaving.approve_alone, KEEPERS, confirmed=True),
    post("/p/{slug}/rounds/leaving/{coming}/call-back", leaving.call_back, KEEPERS),
]
