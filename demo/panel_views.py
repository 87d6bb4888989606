"""What the organizer's panel shows."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from multidict import MultiMapping

import council
import flows
from demo.phones import templates
from demo.town.running import Office
from demo.town.scenery import to_vote
from handlers import doors, inputs, processes
from handlers.counts import FEWER_THAN, rounded
from handlers.doors import ListedDoor
from handlers.rounds import LEAST_TURNOUT
from handlers.shown import visible
from handlers.writing import contents
from locales import name_of, own_name
from storage import Session, broadcasts
from storage import contributions as stored
from storage import people as stored_people
from storage import processes as stored_processes
from storage import rounds as stored_rounds
from storage.broadcasts import Audience
from storage.contributions import Contribution
from storage.outbox import expansion
from storage.states import State

FRAGMENTS = frozenset({"reach", "leaving", "newer"})
MOST = 200
PLATFORMS = {"telegram": "Telegram", "whatsapp": "WhatsApp", "sms": "SMS"}
STATES = {
    State.QUEUED: "waiting",
    State.SENDING: "leaving",
    State.SENT: "sent",
    State.DELIVERED: "delivered",
    State.FAILED: "failed",
    State.EXPIRED: "too late",
    State.CANCELLED: "cancelled",
    State.UNKNOWN: "unknown, may have arrived",
}
"""Of a delivery, in the order in which they are shown."""
KINDS = {
    "bulletin": "Bulletin",
    "consultation": "Consultation opened",
    "response": "Response",
    "round": "Vote opened",
    "result": "Vote closed",
}


@dataclass(frozen=True, slots=True)
class StateCount:
    """How many deliveries are in one state; `number` is "" where it would point at people."""

    name: str
    label: str
    number: str


@dataclass(frozen=True, slots=True)
class SentOut:
    """One thing that goes out to people, and how far it has come."""

    kind: str
    words: str
    made: datetime
    people: int
    states: tuple[StateCount, ...]
    is_under_way: bool
    uncertain: bool
    texts: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class ShownDoor:
    """A word by which people come in, where it leads, and about how many came."""

    sender: str
    word: str
    platform: str
    source: str
    link: str
    number: str
    """Where the word is sent; "": only the link leads to us."""
    came: int | None
    """None: too few to be told."""


async def doors_of(session: Session, office: Office) -> Sequence[ListedDoor]:
    return await doors.of(session, await processes.shown(session, office.content.slug))


async def shown_door(office: Office, door: ListedDoor) -> ShownDoor:
    channel = office.town.parts.channels[door.sender]
    entrance = await channel.entrance(door.word)
    return ShownDoor(
        door.sender, door.word, PLATFORMS[channel.kind], door.source or "", entrance.link, entrance.number, door.came
    )


async def leaving(session: Session, office: Office, which: str, most: int) -> list[SentOut]:
    """The newest things that went out, or the one whose subject is `which`."""
    latest = await broadcasts.latest(session, await _process(session, office), MOST if which else most)
    return [await _leaving(session, broadcast) for broadcast in latest if which in ("", str(broadcast.subject))]


async def _leaving(session: Session, broadcast: broadcasts.Broadcast) -> SentOut:
    counts = await broadcasts.counts(session, broadcast.id)
    texts = flows.told(broadcast.renditions).text
    kind = broadcast.subject.kind
    return SentOut(
        kind=KINDS[kind],
        words=_in_short(kind, flows.rendition(texts, "en", tuple(texts)).text),
        made=broadcast.made,
        people=sum(counts.values()),
        states=_states(counts, is_small_group_known=kind != "bulletin"),
        is_under_way=not broadcast.expanded or bool(counts.get(State.QUEUED) or counts.get(State.SENDING)),
        uncertain=bool(counts.get(State.UNKNOWN)),
        texts=texts,
    )


def _states(counts: Mapping[str, int], is_small_group_known: bool) -> tuple[StateCount, ...]:
    """Of few people only those states are named whose people the organizer knows anyway: whom an answer is for."""
    total = rounded(sum(counts.values()))
    if total is None and not is_small_group_known:
        return ()
    return tuple(
        StateCount(name, label, "" if total is None else people(counts[name]))
        for name, label in STATES.items()
        if counts.get(name)
    )


def _in_short(kind: str, text: str) -> str:
    """What tells it from the others of its kind."""
    words = text.strip().split("\n\n")[-1] if kind == "response" else text.strip()
    return words.splitlines()[0] if words else ""


def people(number: int) -> str:
    """A number of people, as it may be shown."""
    about = rounded(number)
    return "fewer than 8" if about is None else f"about {about}"


def audience(office: Office) -> Mapping[str, Mapping[str, str]]:
    """What an audience can be narrowed to: for each part the values and what they are called."""
    process = office.content.process
    return {
        "language": {code: name_of(code) for code in process.languages},
        "region": {region.value: region.label["en"] for region in process.regions},
        "channel": _platforms(office),
        "role": {"member": "Council members only"},
    }


def _platforms(office: Office) -> Mapping[str, str]:
    """Those on which the process has a sender of its own, or one that is shared."""
    contents_of_others = (content.process for content in office.town.scenery.processes if content != office.content)
    not_ours = {sender for process in contents_of_others for sender in process.senders}
    kinds = {channel.kind for name, channel in office.town.parts.channels.items() if name not in not_ours}
    return {kind: name for kind, name in PLATFORMS.items() if kind in kinds}


async def tell(session: Session, office: Office, form: MultiMapping[str], wrong: str) -> dict[str, Any]:
    """The form of a bulletin: as it was sent, or filled from the draft that was chosen, or from the first."""
    latest = await broadcasts.latest(session, await _process(session, office), MOST)
    sent = {flows.told(broadcast.renditions).text.get("en") for broadcast in latest}
    drafts = [draft for draft in office.content.bulletins if draft.text["en"].strip() not in sent]
    draft = next(
        (draft for draft in drafts if draft.name == form.get("draft")), None if form else next(iter(drafts), None)
    )
    offered = audience(office)
    return {
        "wrong": wrong,
        "drafts": drafts,
        "draft": draft.name if draft else "",
        "texts": draft.text if draft else _given(office, form, "text"),
        "languages": office.content.process.languages,
        "audience": offered,
        "chosen": {name: form.getall(name, []) for name in offered},
    }


async def publishing(session: Session, office: Office, bulletin: contents.Bulletin) -> dict[str, Any]:
    """What becomes of a bulletin once it is published."""
    to, offered = bulletin.audience, audience(office)
    parts = [("language", to.languages), ("region", to.regions), ("channel", to.channels)]
    narrowed = [", ".join(offered[part][value] for value in values) for part, values in parts if values]
    read = to.languages or office.content.process.languages
    return {
        "texts": bulletin.text,
        "only": [*narrowed, *(["Council members"] if to.members else [])],
        "number": await reachable(session, office, to),
        "missing": [code for code in read if code not in bulletin.text],
    }


async def reachable(session: Session, office: Office, audience: Audience) -> int:
    return await expansion.reachable(session, await _process(session, office), audience)


async def hear(session: Session, office: Office) -> dict[str, Any]:
    contributions = await stored.newest(session, await _process(session, office), office.town.parts.keys, MOST)
    waiting = [contribution for contribution in contributions if not contribution.response]
    answered = [contribution for contribution in contributions if contribution.response]
    return {
        "waiting": waiting,
        "answered": answered,
        "newest": waiting[0].id if waiting else "",
        **await _asked(session, office),
        **await _inputs(session, office),
    }


async def _inputs(session: Session, office: Office) -> dict[str, Any]:
    """What the processes under this one handed to it, and what it handed to the one above."""
    process = await processes.shown(session, office.content.slug)
    above = None if process.parent is None else await processes.get(session, process.parent)
    theirs = [] if above is None else await inputs.received(session, above)
    return {
        "handed_to_us": await inputs.received(session, process),
        "handed_up": [input_ for input_ in theirs if input_.slug == process.slug],
        "above": None if above is None else above.content,
        "process_names": {process.slug: process.content.title["en"] for process in await processes.every(session)},
    }


async def handing_up(session: Session, office: Office, form: MultiMapping[str], wrong: str) -> dict[str, Any]:
    """The form of an input: as it was sent, or filled with the one that is ready."""
    shown = await _inputs(session, office)
    ready = office.content.to_hand_up
    gone = {input_.content.title.get("en") for input_ in shown["handed_up"]}
    prepared = None if form or ready is None or ready.title["en"] in gone else ready
    return {
        **shown,
        "wrong": wrong,
        "languages": office.content.process.languages,
        "titles": prepared.title if prepared else _given(office, form, "title"),
        "texts": prepared.text if prepared else _given(office, form, "text"),
    }


async def newest(session: Session, office: Office) -> str:
    """The contribution that stands first."""
    contributions = await stored.newest(session, await _process(session, office), office.town.parts.keys, 1)
    return contributions[0].id if contributions and not contributions[0].response else ""


async def answer(session: Session, office: Office, form: MultiMapping[str], wrong: str) -> dict[str, Any]:
    """The form of a response to the contributions whose ids are given."""
    chosen = await _chosen(session, office, form.getall("id", []))
    prepared = next((response for response in office.content.prepared if response.name == form.get("prepared")), None)
    if not chosen:
        wrong = wrong or "There is no such contribution. Tick one or several in the list."
    return {
        "wrong": wrong,
        "chosen": chosen,
        "prepared": office.content.prepared,
        "state": prepared.state if prepared else form.get("state", "considered"),
        "texts": prepared.reason if prepared else _given(office, form, "text"),
        "languages": office.content.process.languages,
        "read": _read_by(office, chosen),
        **await _asked(session, office),
    }


async def responding(session: Session, office: Office, response: contents.Response) -> dict[str, Any]:
    """What becomes of a response once it is given."""
    chosen = await _chosen(session, office, response.contributions)
    return {
        "chosen": chosen,
        "state": response.state,
        "texts": response.reason,
        "missing": [code for code in _read_by(office, chosen) if code not in response.reason],
        **await _asked(session, office),
    }


async def _chosen(session: Session, office: Office, names: Collection[str]) -> list[Contribution]:
    known = await stored.newest(session, await _process(session, office), office.town.parts.keys, MOST)
    return [contribution for contribution in known if contribution.id in names]


def _read_by(office: Office, contributions: Sequence[Contribution]) -> list[str]:
    """The languages of those who gave these: first those that the process offers, in its order."""
    offered, languages = office.content.process.languages, {contribution.language for contribution in contributions}
    return [*filter(languages.__contains__, offered), *sorted(languages.difference(offered))]


async def answered(session: Session, office: Office, response: str) -> dict[str, Any]:
    """Whose contributions a response answers."""
    contributions = await stored.newest(session, await _process(session, office), office.town.parts.keys, MOST)
    return {
        "answered": [contribution for contribution in contributions if contribution.response == response],
        **await _asked(session, office),
    }


async def decide(session: Session, office: Office) -> dict[str, Any]:
    held = [
        await _round(session, round_)
        for round_ in await stored_rounds.newest(session, await _process(session, office), 10)
    ]
    return {
        "members": len(await stored_people.members(session, await _process(session, office))),
        "rounds": held,
        "prepared": _still_to_open(office, {round_["title"] for round_ in held}),
    }


def _still_to_open(office: Office, titles: Collection[str]) -> contents.Round | None:
    """The round that is ready, where none of these titles is its own."""
    if not office.content.to_open or office.content.to_open["title"]["en"] in titles:
        return None
    return to_vote(office.content.to_open, office.town.clock())


async def opening(session: Session, office: Office) -> dict[str, Any]:
    """What becomes of the prepared vote once it is opened. Raises `Unfit`."""
    shown = await decide(session, office)
    if shown["prepared"] is None:
        raise contents.Unfit("There is no vote to open, or it has been opened already.")
    if not shown["members"]:
        raise contents.Unfit("Nobody sits on the council yet.")
    return shown


async def closing(session: Session, office: Office, name: str) -> dict[str, Any]:
    """What becomes of a vote once it is closed. Raises `Unfit`."""
    held = (await decide(session, office))["rounds"]
    vote = next((round_ for round_ in held if round_["id"] == name and not round_["closed"]), None)
    if vote is None:
        raise contents.Unfit("No round that is open has this id.")
    return {"vote": vote, "least": LEAST_TURNOUT}


async def _round(session: Session, round_: stored_rounds.StoredRound) -> dict[str, Any]:
    content = contents.unpack(round_.content, contents.Round)
    voters, voted = await stored_rounds.turnout(session, round_.id)
    result = None if round_.result is None else contents.unpack(round_.result, council.Result)
    labels = {matter.value: matter.label["en"] for matter in content.matters}
    return {
        "id": round_.id,
        "title": content.title["en"],
        "labels": labels,
        "closes": round_.closes,
        "closed": round_.closed,
        "voters": voters,
        "voted": result.voters if result else voted,
        "order": result.order if result else (),
        "adopted": result.adopted if result else None,
    }


async def _asked(session: Session, office: Office) -> dict[str, Any]:
    """The open consultation and what its questions and answers are called."""
    board = await stored_processes.board(session, await _process(session, office), office.town.clock())
    if board is None or board.questions is None:
        return {"consultation": None, "questions": {}, "options": {}}
    consultation = contents.unpack(board.questions, contents.Consultation)
    return {
        "consultation": consultation,
        "questions": {question.key: question.text["en"] for question in consultation.questions},
        "options": {
            option.value: option.label["en"] for question in consultation.questions for option in question.options
        },
    }


async def _process(session: Session, office: Office) -> str:
    """The id of the one that the panel is in."""
    return (await processes.shown(session, office.content.slug)).id


def _given(office: Office, form: MultiMapping[str], field: str) -> Mapping[str, str]:
    return {code: form.get(f"{field}-{code}", "") for code in office.content.process.languages}


def _topic(contribution: Contribution, questions: Mapping[str, str]) -> str:
    if contribution.question is not None:
        return questions.get(contribution.question, "Answer to a question")
    return flows.topic_label(contribution.topic) if contribution.topic else "No topic yet"


def _places(order: Sequence[Sequence[str]]) -> list[tuple[int, Sequence[str]]]:
    """Matters that stand together share a place."""
    places, place = [], 1
    for together in order:
        places.append((place, together))
        place += len(together)
    return places


def _came(number: int | None) -> str:
    return f"Fewer than {FEWER_THAN} people came" if number is None else f"About {number} people came"


templates.filters |= {
    "people": people,
    "came": _came,
    "visible": visible,
    "language": name_of,
    "own_name": own_name,
    "places": _places,
    "state": flows.STATES.__getitem__,
}
templates.globals |= {"topic_of": _topic, "topic_label": flows.topic_label, "STATES": flows.STATES}
