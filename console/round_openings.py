"""A new round: what is voted on and by whom, how many it invites, and a colleague who approves exactly that."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from aiohttp import web

import flows
from console import round_forms, round_parts, round_rules
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
from locales import N_
from storage import Session, broadcasts, staff
from storage import matters as stored_matters
from storage.matters import StoredMatter
from storage.roles import Role
from storage.sendings import StoredSending
from storage.states import Roll, SendingKind
from storage.texts import PartOption

KEEPERS = (Role.ORGANIZER, Role.CLERK)
LARGEST = 512 * KIB
"""Twelve options with what stands behind them in every language."""
ROLLS: Mapping[Roll, str] = {
    Roll.COUNCIL: N_("Who sits on the council"),
    Roll.GAVE: N_("Everybody who takes part and told us something"),
    Roll.EVERYBODY: N_("Everybody who takes part"),
}


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
            form = round_forms.rearranged(form, act)
            if act == "matters":
                form = round_forms.with_matters(form, await _chosen(desk, session, desk.many("matter")))
            if act == "parts":
                form = round_forms.with_parts(form, await _chosen_parts(desk, session, desk.many("part")))
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


async def _chosen_parts(desk: Desk, session: Session, names: Sequence[str]) -> Sequence[PartOption]:
    """In the order in which they stand in their texts."""
    return [part for part in await round_parts.every(desk, session) if part.part_id in names]


async def _write(
    desk: Desk, session: Session, form: TypedRound, wrong: str = "", seen: Shown = NOTHING
) -> web.StreamResponse:
    offered = [(it, titled(desk, it.title)) for it in await matters.open_matters(session, desk.process)]
    taken = {name for option in form.options for name in (option.matter, option.part) if name}
    parts = await round_parts.every(desk, session)
    return desk.page(
        "round_new.html",
        422 if wrong else 200,
        form=form,
        offered=[(it, title) for it, title in offered if it.id not in taken],
        offered_parts=await round_parts.by_text(desk, session, [it for it in parts if it.part_id not in taken]),
        places=round_parts.places(desk, parts),
        rolls=ROLLS,
        councils=[(it.id, shown(desk, it.content.name)) for it in await councils.of_process(session, desk.process)],
        rules=round_rules.rules(),
        settings=round_rules.settings(),
        most=contents.MOST_OPTIONS,
        seen=seen,
        labels=labels(desk),
        open=set(form.title),
        wrong=wrong,
        reach=seen.reach,
    )


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
    parts = await round_parts.to_come(desk, session, round_)
    called = await broadcasts.of(session, desk.process.id, sending.broadcast_id) if sending.broadcast_id else None
    return desk.page(
        "round_leaving.html",
        422 if wrong else 200,
        sending=sending,
        round=round_,
        title=shown(desk, round_.title),
        options=round_parts.options(desk, round_, parts, await round_parts.places_of(desk, session, round_)),
        rolls=ROLLS,
        rules=round_rules.rules(),
        settled=tuple(round_rules.settled(round_)),
        council=await voting_council(desk, session, round_),
        opened=None if called is None else called.subject.id,
        seen=seen,
        reach=seen.reach,
        labels=labels(desk),
        open=set(desk.process.content.languages),
        names=names,
        wrong=wrong,
    )


async def voting_council(desk: Desk, session: Session, round_: contents.Round) -> flows.Rendition | None:
    """What the council that votes is called; None: whoever sits on any, or others, vote, or it is dissolved."""
    every = await councils.of_process(session, desk.process) if round_.council else ()
    return next((shown(desk, it.content.name) for it in every if it.id == round_.council), None)


leaving = Approvals(frozenset({SendingKind.ROUND}), "/rounds/leaving", _show, "coming")
routes = [
    get("/p/{slug}/rounds/new", write, KEEPERS),
    post("/p/{slug}/rounds/new", request, KEEPERS, most=LARGEST),
    get("/p/{slug}/rounds/leaving/{coming}", leaving.show, KEEPERS),
    post("/p/{slug}/rounds/leaving/{coming}/approve", leaving.approve, KEEPERS, confirmed=True),
    post("/p/{slug}/rounds/leaving/{coming}/approve-alone", leaving.approve_alone, KEEPERS, confirmed=True),
    post("/p/{slug}/rounds/leaving/{coming}/call-back", leaving.call_back, KEEPERS),
]
