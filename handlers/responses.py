"""What was done with what people gave us: published, and told to each of them."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

import flows
from handlers import processes, standings, telling
from handlers.contributions import named
from handlers.processes import OpenProcess
from handlers.telling import Announcement
from handlers.writing import contents, naming
from locales import N_, _, languages, spoken, to_staff
from storage import Session, contributions, fresh, matters, responses
from storage.broadcasts import RESPONSE, Audience, Subject
from storage.contributions import Topic
from storage.matters import StoredMatter
from storage.responses import NewResponse
from storage.states import ResponseState

OPENING = N_("You gave us your view. Here is what was done with it.")
LONGEST_DAY, MANY = date(2026, 9, 30), 100
"""No day takes more words, and nobody gave more that one response answers."""
MOST_MATTERS = 100
"""So many matters one response answers at most."""


@dataclass(frozen=True, slots=True)
class Published:
    """A response that was published."""

    id: str
    broadcast: str
    number: int
    """How many people are told."""


async def respond(
    session: Session, process: OpenProcess, response: contents.Response, now: datetime
) -> tuple[str, int]:
    """Publish a response and queue the word of it for everyone it answers, in this one transaction.

    `response.contributions` are ids or their beginnings. Gives the response's id and how many people are told.
    Raises `contents.Unfit`.
    """
    published = await publish(session, process, await _whole(session, process, response), now)
    return published.id, published.number


async def check(session: Session, process: OpenProcess, response: contents.Response) -> None:
    """Raises `contents.Unfit` where this could not be published now. Contributions stand in it by their whole ids."""
    await announcement(session, process, "", response)


async def publish(session: Session, process: OpenProcess, response: contents.Response, now: datetime) -> Published:
    """Publish what `check` lets pass, and queue the word of it, in this one transaction. Raises `contents.Unfit`."""
    await processes.touch(session, process)
    # Whoever gathers something into one of them has done so by now, or finds the response.
    await matters.take(session, process.id, response.matters)
    name = fresh()
    news = await announcement(session, process, name, response)
    departs = await standings.departs(session, process, response)
    new = NewResponse(
        id=name,
        process_id=process.id,
        state=_state(response),
        reason=contents.pack(response.reason),
        published=now,
        decided_by=contents.pack(response.decided_by),
        place=contents.pack(response.place),
        link=response.link,
        departs=departs,
    )
    await responses.respond(session, new, response.contributions, response.matters)
    queued = await telling.tell_back(session, process, news, now)
    return Published(name, queued.broadcast, queued.number)


async def tell_too(
    session: Session, process: OpenProcess, response_id: str, contribution_ids: Collection[str], now: datetime
) -> None:
    """A response that was published answers these contributions, too: whoever gave them is told it now."""
    published = await responses.get(session, process.id, response_id)
    if published is None:
        raise contents.Unfit(to_staff("No response of this process has this id."))
    response = replace(
        read(published),
        contributions=tuple(contribution_ids),
        matters=tuple(await responses.matters_of(session, response_id)),
    )
    news = await announcement(session, process, response_id, response)
    only_them = replace(news, audience=replace(news.audience, contributions=response.contributions))
    await telling.tell_back(session, process, only_them, now)


def read(published: NewResponse) -> contents.Response:
    """What was published, without what it answers."""
    return contents.Response(
        state=published.state,
        reason=contents.unpack(published.reason, dict[str, str]),
        decided_by=contents.unpack(published.decided_by, dict[str, str]),
        place=contents.unpack(published.place, dict[str, str]),
        link=published.link,
    )


async def answered_before(session: Session, process: OpenProcess, response: contents.Response) -> datetime | None:
    """When all these contributions were answered in these very words; None: they were not."""
    whole = await _whole(session, process, response)
    if not whole.contributions:
        return None
    reason = contents.pack(response.reason)
    return await responses.answered_alike(session, _state(response), reason, whole.contributions)


async def announcement(session: Session, process: OpenProcess, name: str, response: contents.Response) -> Announcement:
    """What became of it and why; what it answers of each person is put before it when it leaves.

    `name`: the response's id. Raises `contents.Unfit`.
    """
    _state(response)
    _check_words(response)
    about = await _matters(session, process, response.matters)
    topics = await contributions.topics(session, response.contributions) if response.contributions else []
    if not (about or topics):
        raise contents.Unfit(to_staff("Name at least one contribution or matter that this answers."))
    titles = {
        topic.consultation: contents.unpack(topic.content, contents.Consultation).title
        for topic in (*topics, *await contributions.consulted(session, process.id, response.matters))
        if topic.consultation is not None and topic.content is not None
    }
    departs = await standings.departs(session, process, response)
    if departs:
        standings.check_reason(process, response)
    made = Announcement(
        Subject(RESPONSE, name),
        telling.in_every_language(
            process, lambda _render: became(process.content.languages, response, departs=departs)
        ),
        Audience(response=name),
        telling.in_every_language(process, lambda _render: _opening(process, about)),
        titles,
    )
    _check_fits(process, made, topics)
    return made


async def _whole(session: Session, process: OpenProcess, response: contents.Response) -> contents.Response:
    """With the whole ids of its contributions. Raises `contents.Unfit`."""
    if response.matters and not response.contributions:
        return response
    return replace(response, contributions=tuple(await named(session, process, response.contributions)))


def _state(response: contents.Response) -> ResponseState:
    if response.state not in flows.STATES:
        raise contents.Unfit(to_staff("state is one of: {choices}.", choices=naming.listed(flows.STATES)))
    return ResponseState(response.state)


def _check_words(response: contents.Response) -> None:
    contents.check_rendered(response.reason, to_staff("reason"))
    for text, what in ((response.decided_by, to_staff("decided by")), (response.place, to_staff("place"))):
        if text:
            contents.check_line(text, what)
    contents.check_link(response.link)


async def _matters(session: Session, process: OpenProcess, names: Sequence[str]) -> Sequence[StoredMatter]:
    if len(names) > MOST_MATTERS:
        raise contents.Unfit(to_staff("One response answers at most {most} matters.", most=MOST_MATTERS))
    found = await matters.several(session, process.id, names)
    if len(found) != len(set(names)):
        raise contents.Unfit(to_staff("A matter that this should answer is not there any more. Choose anew."))
    return found


def _opening(process: OpenProcess, about: Sequence[StoredMatter]) -> str:
    """For who follows it, and where we cannot say any more what it answers of somebody's."""
    if len(about) != 1:
        return _(OPENING)
    title = flows.rendition(contents.unpack(about[0].title, dict[str, str]), spoken(), process.content.languages)
    return _("Here is what was done with: {title}", title=title.text)


def became(order: Sequence[str], response: contents.Response, *, departs: bool = False) -> str:
    """What became of it and why, as a reader of the language being spoken gets it; `order` as in `flows.Told`.

    `departs`: from what a round decided.
    """
    why = _why(order, response.reason, response.decided_by)
    seen = seen_at(order, response.place, response.link)
    departure = (_(standings.DEPARTS),) if departs else ()
    return "\n\n".join((_(flows.STATES[_state(response)]), *departure, *why, *seen))


def _why(order: Sequence[str], reason: flows.Renditions, decided_by: flows.Renditions) -> Iterator[str]:
    yield flows.with_notice(flows.rendition(reason, spoken(), order), spoken())
    if decided_by:
        yield _("Decided by: {who}", who=flows.rendition(decided_by, spoken(), order).text)


def seen_at(order: Sequence[str], place: flows.Renditions, link: str) -> Iterator[str]:
    """Where everybody can see it, as a reader of the language being spoken gets it."""
    where = flows.rendition(place, spoken(), order).text if place else ""
    if where or link:
        yield _("You can see it here: {place}", place=" ".join(filter(None, (where, link))))


def _check_fits(process: OpenProcess, news: Announcement, topics: Sequence[Topic]) -> None:
    """With the longest that can stand before it. Raises `contents.Unfit`."""
    composed = news.told(process.content)
    for topic in topics:
        answered = flows.Given(LONGEST_DAY, topic.objective, topic.consultation or "", MANY)
        telling.check_fits(
            {language: _whole_text(composed, language, answered) for language in languages()}, to_staff("reason")
        )
    telling.check_fits({language: _whole_text(composed, language) for language in languages()}, to_staff("reason"))


def _whole_text(composed: flows.Told, language: str, answered: flows.Given | None = None) -> str:
    """With what is said below it where nothing can be tapped."""
    outgoing = composed.outgoing(language, answered=answered)
    return f"{outgoing.text} {outgoing.instead}"
