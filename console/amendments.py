"""A part of a text: its editions, what people say of it and propose for it, and the decision on each of that."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from aiohttp import web

import flows
from console._frame.desks import Desk, see
from console._frame.routes import get, post
from console.approvals import Approvals
from console.matters import titled
from console.texts import ORGANIZERS, READERS, as_decided, found
from console.wording import typed
from handlers import counts, decisions, items, journal, phones, sendings, standings, texts
from handlers.items import Item, Newer
from handlers.journal import Act
from handlers.phones import Screens
from handlers.writing import contents
from handlers.writing.differences import Span, difference
from locales import _, in_words
from storage import Session, amendments, staff
from storage import items as stored_items
from storage import texts as stored
from storage.amendments import ListedAmendment
from storage.broadcasts import RESPONSE
from storage.roles import Role
from storage.sendings import StoredSending
from storage.states import ResponseState, SendingKind
from storage.texts import StoredText

MOST = 100


@dataclass(frozen=True, slots=True)
class Said:
    """What somebody said of a part."""

    amendment: ListedAmendment
    day: str
    supporters: int | None
    """About how many; None: too few to say."""
    state: str
    changes: Sequence[Span]
    """From the part as it stands to what was proposed."""


@dataclass(frozen=True, slots=True)
class Edition:
    """An edition, with what it changed."""

    number: int
    day: str
    changes: Sequence[Span]
    decided: Sequence[tuple[str, flows.Rendition]]
    """Of what it took up: the state, and why."""


async def show(desk: Desk) -> web.StreamResponse:
    async with desk.reading() as session:
        text = await found(desk, session)
        return await _show(desk, session, text, await _part(desk, session, text))


async def act(desk: Desk) -> web.StreamResponse:
    """Write its next edition, give it up, make it the process's own, or let others read what somebody proposed."""
    try:
        async with desk.writing() as session:
            text = await found(desk, session)
            part = await _part(desk, session, text)
            entry, path = await _does(desk, session, text, part)
            await desk.note(session, entry)
    except contents.Unfit as unfit:
        async with desk.reading() as session:
            text = await found(desk, session)
            return await _show(desk, session, text, await _part(desk, session, text), unfit, desk.text("words"))
    raise see(path, done=entry.act.value.partition(".")[2])


async def _does(desk: Desk, session: Session, text: StoredText, part: Item) -> tuple[journal.Entry, str]:
    path = f"{desk.home}/texts/{text.id}/parts/{part.id}"
    if name := desk.line("show"):
        if not await amendments.show(session, desk.process.id, name, desk.who.id, desk.now):
            raise contents.Unfit(_("Its person did not agree that others read it, or there is nothing to read."))
        return journal.Entry(Act.AMENDMENT_SHOW, name), path
    if name := desk.line("take_down"):
        await amendments.take_down(session, desk.process.id, name)
        return journal.Entry(Act.AMENDMENT_TAKE_DOWN, name), path
    if not desk.has(Role.ORGANIZER):
        raise web.HTTPForbidden
    if desk.text("drop"):
        await texts.drop(session, desk.process, text.id, part.id, desk.now)
        return journal.Entry(Act.PART_DROP, part.id), f"{desk.home}/texts/{text.id}"
    if desk.text("adopt"):
        own = await texts.adopt(session, desk.process, text.id, part.id, desk.who.id, desk.now)
        return journal.Entry(Act.PART_ADOPT, own), f"{desk.home}/texts/{text.id}/parts/{own}"
    edited = int(desk.line("edited")) if desk.line("edited").isdecimal() else 0
    words = desk.text("words").strip()
    number = await items.write(session, desk.process, part.id, words, edited, desk.who.id, desk.now)
    return journal.Entry(Act.PART_WRITE, part.id, {"number": number}), path


async def decide(desk: Desk) -> web.StreamResponse:
    async with desk.reading() as session:
        return await _decide(desk, session, None)


async def ask(desk: Desk) -> web.StreamResponse:
    """See what changes and what people are told, or ask for the decision to leave."""
    decision = _decision(desk)
    if desk.text("look"):
        async with desk.reading() as session:
            return await _decide(desk, session, decision)
    try:
        async with desk.writing() as session:
            text = await found(desk, session)
            amendment = await _amendment(desk, session)
            part = await _whole(desk, session, text, amendment.part)
            title = flows.heading(part.text)
            sending = await sendings.request_decision(session, desk.process, decision, title, desk.who.id, desk.now)
            await desk.note(session, journal.Entry(Act.SENDING_REQUEST, sending.id, {"hash": sending.hash}))
    except contents.Unfit as unfit:
        async with desk.reading() as session:
            return await _decide(desk, session, decision, str(unfit))
    raise see(f"{desk.home}/texts/leaving/{sending.id}")


def _decision(desk: Desk) -> contents.Decision:
    takes_up = desk.line("state") != ResponseState.NOT_TAKEN_UP
    edited = desk.line("edited")
    return contents.Decision(
        amendment=desk.at("amendment"),
        state=desk.line("state"),
        reason=typed(desk, "reason"),
        decider=desk.line("decider"),
        edited=int(edited) if edited.isdecimal() else 0,
        text=desk.text("words").strip() if takes_up else "",
    )


async def _show(
    desk: Desk, session: Session, text: StoredText, part: Item, unfit: contents.Unfit | None = None, typed_: str = ""
) -> web.StreamResponse:
    languages = None if desk.has(Role.ORGANIZER) else desk.languages(Role.MODERATOR)
    listed = await amendments.of_part(session, desk.process.id, desk.office.keys, part.id, languages, MOST)
    is_own = await texts.owns(session, desk.process, part.id)
    return desk.page(
        "text_part.html",
        422 if unfit else 200,
        text=text,
        title=titled(desk, text.title),
        part=part,
        heading=flows.heading(part.text),
        is_own=is_own,
        proposals=[_said(part, amendment) for amendment in listed if amendment.proposes],
        comments=[_said(part, amendment) for amendment in listed if not amendment.proposes],
        editions=await _editions(desk, session, part),
        decided=[as_decided(it, part.edition) for it in await standings.of_parts(session, desk.process.id, [part.id])],
        written=typed_ or part.text,
        most=items.LONGEST[part.kind],
        newer=unfit if isinstance(unfit, Newer) else None,
        differs=await _difference(desk, session, text, part),
        wrong=str(unfit or ""),
    )


async def _difference(desk: Desk, session: Session, text: StoredText, part: Item) -> Sequence[Span]:
    """From the part of the text above, whose place it takes, to this one; () where it takes no place."""
    replaced = next(
        (it.replaces for it in await stored.parts(session, desk.process.id, text.id) if it.id == part.id), None
    )
    if replaced is None or desk.process.parent is None:
        return ()
    above = await stored_items.get(session, desk.process.parent, replaced)
    return () if above is None else difference(above.text, part.text)


def _said(part: Item, amendment: ListedAmendment) -> Said:
    is_alike = amendment.proposes and amendment.words and amendment.language == part.language
    return Said(
        amendment,
        in_words(amendment.day),
        counts.rounded(amendment.supporters),
        "" if amendment.state is None else _(flows.STATES[amendment.state]),
        difference(_below_heading(part.text), amendment.words) if is_alike else (),
    )


def _below_heading(text: str) -> str:
    """People are asked how a part should read, and leave its heading out."""
    first, _line, rest = text.partition("\n")
    return rest.strip() or first


async def _editions(desk: Desk, session: Session, part: Item) -> Sequence[Edition]:
    """The newest first."""
    every = await stored_items.editions(session, part.id)
    decided = await amendments.decided(session, desk.process.id, [part.id])
    before = [*every[1:], None]
    return [
        Edition(
            edition.number,
            _day(edition.written),
            () if older is None else difference(older.text, edition.text),
            [(_(flows.STATES[it.state]), titled(desk, it.reason)) for it in decided if it.edition == edition.number],
        )
        for edition, older in zip(every, before, strict=True)
    ]


async def _decide(
    desk: Desk, session: Session, decision: contents.Decision | None, wrong: str = ""
) -> web.StreamResponse:
    text = await found(desk, session)
    amendment = await _amendment(desk, session)
    part = await _whole(desk, session, text, amendment.part)
    screens: Sequence[Screens] = ()
    if decision is not None and not wrong:
        screens, wrong = await _screens(desk, session, decision)
    empty = contents.Decision(amendment.id, "", {}, "organizers", part.edition, _proposed(part, amendment))
    written = decision or empty
    return desk.page(
        "text_decide.html",
        422 if wrong else 200,
        text=text,
        title=titled(desk, text.title),
        part=part,
        heading=flows.heading(part.text),
        said=_said(part, amendment),
        is_own=await texts.owns(session, desk.process, part.id),
        decision=written,
        words=written.text or _proposed(part, amendment),
        changes=difference(part.text, written.text) if decision is not None and written.text else (),
        states=decisions.STATES,
        deciders={name: _(label) for name, label in decisions.DECIDERS.items()},
        most=items.LONGEST[part.kind],
        screens=screens,
        open=set(written.reason),
        wrong=wrong,
    )


def _proposed(part: Item, amendment: ListedAmendment) -> str:
    """What the next edition opens with: the words that were proposed, below the heading; in another language ours."""
    if amendment.language != part.language or not amendment.words:
        return part.text
    heading, _line, rest = part.text.partition("\n")
    begins_so = amendment.words.strip().startswith(heading.strip())
    return amendment.words.strip() if begins_so or not rest.strip() else f"{heading}\n{amendment.words.strip()}"


async def _screens(desk: Desk, session: Session, decision: contents.Decision) -> tuple[Sequence[Screens], str]:
    try:
        announced = await decisions.announcement(session, desk.process, "", decision)
    except contents.Unfit as unfit:
        return (), str(unfit)
    composed = announced.told(desk.process.content)
    texts = {language: composed.to(language) for language in announced.renditions}
    return await phones.screens(session, desk.process, texts, RESPONSE, desk.office.price), ""


async def _show_leaving(desk: Desk, session: Session, sending: StoredSending, wrong: str) -> web.StreamResponse:
    """Exactly what leaves, and what it changes."""
    decision = contents.unpack(sending.content, contents.Decision)
    names = await staff.names(session, [name for name in (sending.requested_by, sending.approved_by) if name])
    amendment = await amendments.get(session, desk.process.id, desk.office.keys, decision.amendment)
    before = [] if amendment is None else await stored_items.editions(session, amendment.part)
    part = None if amendment is None else await stored_items.get(session, desk.process.id, amendment.part)
    old = next((edition.text for edition in before if edition.number == decision.edited), "")
    screens, _why = await _screens(desk, session, decision)
    return desk.page(
        "text_leaving.html",
        422 if wrong else 200,
        sending=sending,
        decision=decision,
        state=_(flows.STATES[ResponseState(decision.state)]),
        code=desk.process.content.languages[0] if part is None else part.language,
        changes=difference(old, decision.text) if decision.text else (),
        screens=screens,
        open=set(desk.process.content.languages),
        names=names,
        wrong=wrong,
    )


async def _part(desk: Desk, session: Session, text: StoredText) -> Item:
    return await _whole(desk, session, text, desk.at("part"))


async def _whole(desk: Desk, session: Session, text: StoredText, part_id: str) -> Item:
    try:
        return await texts.part(session, desk.process, text.id, part_id)
    except contents.Unfit:
        raise web.HTTPNotFound from None


async def _amendment(desk: Desk, session: Session) -> ListedAmendment:
    name = desk.at("amendment")
    amendment = await amendments.get(session, desk.process.id, desk.office.keys, name)
    if amendment is None:
        raise web.HTTPNotFound
    return amendment


def _day(moment: datetime) -> str:
    return in_words(moment.date())


leaving = Approvals(frozenset({SendingKind.DECISION}), "/texts/leaving", _show_leaving, "decision")
routes = [
    get("/p/{slug}/texts/leaving/{decision}", leaving.show, ORGANIZERS),
    post("/p/{slug}/texts/leaving/{decision}/approve", leaving.approve, ORGANIZERS, confirmed=True),
    post("/p/{slug}/texts/leaving/{decision}/approve-alone", leaving.approve_alone, ORGANIZERS, confirmed=True),
    post("/p/{slug}/texts/leaving/{decision}/call-back", leaving.call_back, ORGANIZERS),
    get("/p/{slug}/texts/{text}/parts/{part}", show, READERS),
    post("/p/{slug}/texts/{text}/parts/{part}", act, READERS),
    get("/p/{slug}/texts/{text}/amendments/{amendment}", decide, ORGANIZERS),
    post("/p/{slug}/texts/{text}/amendments/{amendment}", ask, ORGANIZERS),
]
