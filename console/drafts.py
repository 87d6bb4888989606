"""Writing a consultation: the promise first, then what is asked, and beside it how it will be held on phones."""

from collections.abc import Mapping, Sequence

from aiohttp import web

import flows
from console import draft_forms
from console._frame.desks import Desk, see
from console._frame.refusals import Problem
from console._frame.routes import KIB, get, post
from console.ask import titled
from console.tell import ORGANIZERS
from handlers import drafts, finishing, journal
from handlers.drafts import Draft, Newer, WrittenDraft
from handlers.finishing import Slip
from handlers.journal import Act
from handlers.rehearsals import Rehearsal, rehearsals
from handlers.writing import contents
from locales import N_, _
from storage import Session

LARGEST = 1024 * KIB
"""Ten questions in every language, in a script of which each letter takes six bytes in a form."""
MISSING: Mapping[str, str] = {
    "title": N_("Give it a title."),
    "purpose": N_("The promise lacks why you ask."),
    "who_decides": N_("The promise lacks who decides."),
    "what_can_change": N_("The promise lacks what can change."),
    "level": N_("The promise lacks how far people take part."),
    "answer_by": N_("The promise lacks the last day on which people can answer."),
    "respond_by": N_("The promise lacks the day by which you respond."),
    "questions": N_("Ask one question at least."),
    "text": N_("Write what this question asks."),
    "choices": N_("Write what can be chosen, one choice in each line."),
    "lowest": N_("Name the lowest step of the scale."),
    "highest": N_("Name the highest step of the scale."),
}
"""What is said of a field that is empty, by its name."""


async def show(desk: Desk) -> web.StreamResponse:
    async with desk.reading() as session:
        written = await found(desk, session)
    return _page(desk, written, written.content, problems=_problems(desk, written) if _is_checked(desk) else ())


async def keep(desk: Desk) -> web.StreamResponse:
    """All that was typed is kept, finished or not; then what the button says is done."""
    act = desk.line("do")
    try:
        async with desk.writing() as session:
            before = await found(desk, session)
            draft = draft_forms.rearranged(draft_forms.typed(desk), act)
            edited = draft_forms.number(desk, "edited")
            edition = await drafts.write(session, desk.process, before.id, draft, edited, desk.who.id, desk.now)
            if edition != before.edition:
                await desk.note(session, journal.Entry(Act.DRAFT_WRITE, before.id))
    except Newer as newer:
        return _page(desk, newer.draft, draft_forms.typed(desk), newer=newer)
    except contents.Unfit as unfit:
        return await _again(desk, Problem(str(unfit), "questions"))
    raise web.HTTPSeeOther(_ahead(desk, act, draft))


async def preview(desk: Desk) -> web.StreamResponse:
    """Only the phones, while somebody writes."""
    async with desk.reading() as session:
        await found(desk, session)
    return desk.page("ask_phones.html", rehearsals=_rehearsals(desk, draft_forms.typed(desk)))


async def drop(desk: Desk) -> web.StreamResponse:
    async with desk.writing() as session:
        draft = await found(desk, session)
        await drafts.drop(session, desk.process, draft.id, desk.now)
        await desk.note(session, journal.Entry(Act.DRAFT_DROP, draft.id))
    raise see(f"{desk.home}/ask", done="dropped")


async def found(desk: Desk, session: Session) -> WrittenDraft:
    """The draft of the path. One of another process, or that has opened, is not there."""
    try:
        return await drafts.get(session, desk.process, desk.at("draft"))
    except contents.Unfit:
        raise web.HTTPNotFound from None


def problems_of(slips: Sequence[Slip]) -> Sequence[Problem]:
    return [Problem(slip.why or _(MISSING[_name(slip.field)]), slip.field) for slip in slips]


def _name(field: str) -> str:
    """Of "purpose-fr", purpose; of "q2-choices-fr", choices."""
    first, *more = field.split("-")
    return more[0] if draft_forms.KEY.fullmatch(first) else first


def _problems(desk: Desk, written: WrittenDraft) -> Sequence[Problem]:
    return problems_of(finishing.slips(desk.process, written.content, desk.now))


def _is_checked(desk: Desk) -> bool:
    """They wanted to go on, and it was not finished."""
    return "check" in desk.request.query


async def _again(desk: Desk, problem: Problem) -> web.StreamResponse:
    async with desk.reading() as session:
        written = await found(desk, session)
    return _page(desk, written, draft_forms.typed(desk), problems=(problem,))


def _page(
    desk: Desk,
    written: WrittenDraft,
    draft: Draft,
    *,
    problems: Sequence[Problem] = (),
    newer: Newer | None = None,
) -> web.StreamResponse:
    is_refused = desk.request.method == "POST"
    return desk.page(
        "ask_draft.html",
        422 if is_refused else 200,
        written=written,
        draft=draft,
        title=titled(desk, draft.title),
        problems=problems,
        fields={problem.field for problem in problems},
        newer=newer,
        codes=draft_forms.codes(desk),
        levels=flows.LEVELS,
        rehearsals=_rehearsals(desk, draft),
        most=drafts.MOST_QUESTIONS,
        fewest_steps=contents.FEWEST_STEPS,
        most_steps=contents.MOST_STEPS,
        to_tap=contents.LONGEST_TO_TAP,
    )


def _rehearsals(desk: Desk, draft: Draft) -> Sequence[Rehearsal]:
    """() while the promise is not whole: it comes first."""
    whole = finishing.rehearsed(desk.process, draft)
    return () if whole is None else rehearsals(desk.process, whole, desk.office.channels)


def _ahead(desk: Desk, act: str, draft: Draft) -> str:
    """To everything that will be asked, or back to the form, where they were."""
    path = f"{desk.home}/ask/drafts/{desk.at('draft')}"
    verb, _dash, what = act.partition("-")
    if verb == "send":
        is_finished = not finishing.slips(desk.process, draft, desk.now)
        return f"{path}/send" if is_finished else f"{path}?check=1#wrong"
    if verb == "add" and draft.questions:
        return f"{path}?done=kept#{draft.questions[-1].key}"
    if verb in draft_forms.MOVES and draft_forms.KEY.fullmatch(what):
        return f"{path}?done=kept#{what}"
    return f"{path}?done=kept"


routes = [
    get("/p/{slug}/ask/drafts/{draft}", show, ORGANIZERS),
    post("/p/{slug}/ask/drafts/{draft}", keep, ORGANIZERS, most=LARGEST),
    post("/p/{slug}/ask/drafts/{draft}/preview", preview, ORGANIZERS, most=LARGEST),
    post("/p/{slug}/ask/drafts/{draft}/drop", drop, ORGANIZERS),
]
