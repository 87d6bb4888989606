"""What is shown of the council's votes, and of what is handed up."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from multidict import MultiMapping

import council
import flows
from demo.phones import templates
from demo.town.running import Office
from demo.town.scenery import to_vote
from handlers import inputs, processes
from handlers.rounds import LEAST_TURNOUT
from handlers.writing import contents
from locales import name_of, own_name
from storage import Session
from storage import people as stored_people
from storage import rounds as stored_rounds


async def opened(session: Session, office: Office) -> None:
    """Raises `Unfit` as long as the town has not opened this process."""
    await processes.shown(session, office.content.slug)


async def handed(session: Session, office: Office) -> dict[str, Any]:
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
    shown = await handed(session, office)
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


async def _process(session: Session, office: Office) -> str:
    """The id of the one that the panel is in."""
    return (await processes.shown(session, office.content.slug)).id


def _given(office: Office, form: MultiMapping[str], field: str) -> Mapping[str, str]:
    return {code: form.get(f"{field}-{code}", "") for code in office.content.process.languages}


def _places(order: Sequence[Sequence[str]]) -> list[tuple[int, Sequence[str]]]:
    """Matters that stand together share a place."""
    places, place = [], 1
    for together in order:
        places.append((place, together))
        place += len(together)
    return places


templates.filters |= {"language": name_of, "own_name": own_name, "places": _places}
templates.globals |= {"topic_label": flows.topic_label}
