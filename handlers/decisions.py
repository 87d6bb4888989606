"""What is decided on an amendment: it makes the part's next edition or not, and is told with its reason."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

import flows
from handlers import items, processes, responses, telling, texts
from handlers.items import Item
from handlers.processes import OpenProcess
from handlers.telling import Announcement
from handlers.writing import contents, naming
from handlers.writing.scripts import check_script
from locales import N_, _, languages, speaking, spoken, to_staff
from storage import Session, amendments, fresh
from storage import items as stored_items
from storage import responses as stored_responses
from storage.amendments import NewDecision, StandingAmendment
from storage.broadcasts import RESPONSE, Audience, Subject
from storage.items import ItemKind, StoredEdition
from storage.responses import NewResponse
from storage.states import ResponseState

STATES = (ResponseState.TAKEN_UP, ResponseState.TAKEN_UP_IN_PART, ResponseState.NOT_TAKEN_UP)
DECIDERS: Mapping[str, str] = {
    # To translators: who decided something: "Decided by: the organizers".
    "organizers": N_("the organizers"),
    # To translators: who decided something: "Decided by: the council".
    "council": N_("the council"),
}


@dataclass(frozen=True, slots=True)
class Published:
    """A decision that was published."""

    response: str
    broadcast: str
    number: int
    """How many people are told."""


async def publish(
    session: Session, process: OpenProcess, decision: contents.Decision, staff_id: str, now: datetime
) -> Published:
    """Write the next edition, say why, and queue the word of it, in this one transaction. Raises `contents.Unfit`.

    `staff_id`: who wrote it. What was on its way for an older edition of the part finds that, and never leaves.
    """
    await processes.touch(session, process)
    standing, part = await _checked(session, process, decision, lock=True)
    name = fresh()
    news = _announcement(process, name, decision, part)
    edition = await _take_up(session, decision, part, staff_id, now)
    new = NewResponse(
        id=name,
        process_id=process.id,
        state=ResponseState(decision.state),
        reason=contents.pack(decision.reason),
        published=now,
        decided_by=contents.pack(_decided_by(decision)),
    )
    await stored_responses.respond(session, new, [decision.amendment])
    await amendments.decide(session, NewDecision(name, standing.part, decision.amendment, edition))
    queued = await telling.tell_back(session, process, news, now)
    return Published(name, queued.broadcast, queued.number)


async def announcement(
    session: Session, process: OpenProcess, name: str, decision: contents.Decision, lock: bool = False
) -> Announcement:
    """What was decided and why, for who proposed it and who support it. `name`: the response's id.

    `lock`: nobody else changes what it is about before this transaction ends. Raises `contents.Unfit`.
    """
    _standing, part = await _checked(session, process, decision, lock)
    return _announcement(process, name, decision, part)


async def _checked(
    session: Session, process: OpenProcess, decision: contents.Decision, lock: bool
) -> tuple[StandingAmendment, Item]:
    """The amendment and its part. Raises `contents.Unfit`."""
    if decision.state not in STATES:
        raise contents.Unfit(to_staff("state is one of: {choices}.", choices=naming.listed(STATES)))
    if decision.decider not in DECIDERS:
        raise contents.Unfit(to_staff("Say who decides: {choices}.", choices=naming.listed(DECIDERS)))
    contents.check_rendered(decision.reason, to_staff("reason"))
    standing = await amendments.standing(session, process.id, decision.amendment, lock)
    if standing is None:
        raise contents.Unfit(to_staff("What was proposed is not there any more: its person has taken it back."))
    if standing.is_decided:
        raise contents.Unfit(to_staff("Somebody has decided on this already, and its people were told."))
    return standing, await _part(session, process, decision, standing, lock)


async def _part(
    session: Session, process: OpenProcess, decision: contents.Decision, standing: StandingAmendment, lock: bool
) -> Item:
    takes_up = decision.state != ResponseState.NOT_TAKEN_UP
    if not await texts.owns(session, process, standing.part):
        if takes_up:
            raise contents.Unfit(to_staff("This part is shared: make it your own before you change it."))
        return await texts.shared_part(session, process, standing.text, standing.part)
    part = await (items.held if lock else items.get)(session, process, standing.part)
    if takes_up:
        _check_change(decision, standing, part)
    elif decision.text:
        raise contents.Unfit(to_staff("The part stays as it is where nothing is taken up."))
    return part


def _check_change(decision: contents.Decision, standing: StandingAmendment, part: Item) -> None:
    if not standing.proposes:
        raise contents.Unfit(to_staff("This proposes no other words: it can only be answered."))
    if decision.edited != part.edition:
        raise items.Newer(part.text, part.edition)
    contents.check_rendered({part.language: decision.text}, to_staff("text"), items.LONGEST[ItemKind.PART])
    check_script(decision.text, part.language, to_staff("text"))
    if decision.text == part.text:
        raise contents.Unfit(to_staff("The part reads as before. Change it, or say that nothing is taken up."))


async def _take_up(
    session: Session, decision: contents.Decision, part: Item, staff_id: str, now: datetime
) -> int | None:
    """Gives the number of the edition that took it up; None: none did."""
    if decision.state == ResponseState.NOT_TAKEN_UP:
        return None
    await stored_items.write(session, part.id, StoredEdition(part.edition + 1, decision.text, staff_id, now))
    return part.edition + 1


def _announcement(process: OpenProcess, name: str, decision: contents.Decision, part: Item) -> Announcement:
    headings = {part.language: flows.heading(part.text)} | {
        code: flows.heading(rendition.text) for code, rendition in part.renditions.items() if rendition.text
    }
    response = contents.Response(decision.state, decision.reason, decided_by=_decided_by(decision))
    order = (*process.content.languages, part.language)
    made = Announcement(
        Subject(RESPONSE, name),
        telling.in_every_language(process, lambda _render: _told(process, decision, response)),
        Audience(response=name),
        telling.in_every_language(
            process,
            lambda _render: _(
                "Here is what was decided on words that you support for this part: {part}",
                part=flows.rendition(headings, spoken(), order).text,
            ),
        ),
        part={code: flows.rendition(headings, code, order).text for code in languages()},
    )
    composed = made.told(process.content)
    longest = flows.Given(responses.LONGEST_DAY, "", "", responses.MANY)
    for language in languages():
        text = composed.outgoing(language, answered=longest)
        telling.check_fits({language: f"{text.text} {text.instead}"}, to_staff("reason"))
    return made


def _told(process: OpenProcess, decision: contents.Decision, response: contents.Response) -> str:
    became = responses.became(process.content.languages, response)
    if decision.state == ResponseState.NOT_TAKEN_UP:
        return became
    reads = _("To read what it says now, send {word}.", word=flows.to_send("read"))
    return f"{became}\n\n{reads}"


def _decided_by(decision: contents.Decision) -> flows.Renditions:
    return {code: _in(code, DECIDERS[decision.decider]) for code in languages()}


def _in(language: str, label: str) -> str:
    with speaking(language):
        return _(label)
