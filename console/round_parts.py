"""What a round puts to the vote, as organizers see it, with parts of texts in the words that are voted on."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import flows
from console._frame.desks import Desk
from console.matters import titled
from console.wording import shown
from handlers import rounds, texts
from handlers.writing import contents
from storage import Session
from storage import texts as stored
from storage.standings import VotedPart
from storage.texts import PartOption


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
    """What it takes of the sum, in whole units; 0: that is not settled."""
    edition: int
    """Of the part of a text that it is; 0: it is none."""
    place: str
    """At which address that part is; "": it is none, or was given up."""


def options(
    desk: Desk, round_: contents.Round, parts: Mapping[str, VotedPart], places: Mapping[str, str]
) -> Sequence[ShownOption]:
    """`parts`: by the values of their options. `places`: addresses by the ids of the parts."""
    return [_option(desk, option, parts.get(option.value), places) for option in round_.matters]


def _option(desk: Desk, option: contents.Matter, part: VotedPart | None, places: Mapping[str, str]) -> ShownOption:
    about = option.about if part is None else contents.unpack(part.words, dict[str, str])
    return ShownOption(
        value=option.value,
        label=shown(desk, option.label),
        about=shown(desk, about) if about else None,
        languages=tuple(option.label),
        matter=option.matter,
        cost=option.cost,
        edition=option.edition if part is None else part.edition,
        place=places.get(option.part, ""),
    )


async def to_come(desk: Desk, session: Session, round_: contents.Round) -> Mapping[str, VotedPart]:
    """The parts that would be voted on; none where one has changed since, and nothing can open."""
    try:
        return await rounds.put_to_vote(session, desk.process, round_)
    except contents.Unfit:
        return {}


async def every(desk: Desk, session: Session) -> Sequence[PartOption]:
    """All that can be put to the vote, by their beginnings. Two statements."""
    return await stored.beginnings(session, desk.process.id, texts.ready(desk.process.content))


async def by_text(
    desk: Desk, session: Session, parts: Sequence[PartOption]
) -> Sequence[tuple[flows.Rendition, Sequence[tuple[PartOption, flows.Rendition]]]]:
    """Each text that has some of them, by its title, with these, by their headings. One statement, or none."""
    found = await stored.readable(session, desk.process.id) if parts else ()
    return [
        (titled(desk, text.title), [(part, _heading(desk, part)) for part in parts if part.text_id == text.id])
        for text in found
        if any(part.text_id == text.id for part in parts)
    ]


def _heading(desk: Desk, part: PartOption) -> flows.Rendition:
    found = shown(desk, {part.language: part.text} | dict(part.renditions))
    return flows.Rendition(flows.heading(found.text), found.language)


def places(desk: Desk, parts: Sequence[PartOption]) -> Mapping[str, str]:
    """Where each is read and written, by its id."""
    return {part.part_id: f"{desk.home}/texts/{part.text_id}/parts/{part.part_id}" for part in parts}


async def places_of(desk: Desk, session: Session, round_: contents.Round) -> Mapping[str, str]:
    """The same of the parts that a round puts to the vote. Two statements, or none."""
    if not any(option.part for option in round_.matters):
        return {}
    return places(desk, await every(desk, session))
