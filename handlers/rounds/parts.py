"""Parts of texts that a round puts to the vote: what stands behind such an option is the part itself, all of it."""

from collections.abc import Mapping

from handlers import texts
from handlers.processes import OpenProcess
from handlers.writing import contents
from locales import to_staff
from storage import Session
from storage import texts as stored
from storage.standings import VotedPart
from storage.texts import PartOption


async def put_to_vote(session: Session, process: OpenProcess, round_: contents.Round) -> Mapping[str, VotedPart]:
    """The parts by the values of their options, with the words that people read of them now.

    Raises `contents.Unfit` where one is not there, not read by people, or not in the edition that was chosen.
    """
    options = {option.part: option for option in round_.matters if option.part}
    if not options:
        return {}
    if len(options) < sum(bool(option.part) for option in round_.matters):
        raise contents.Unfit(_not_there())
    read = await stored.several(session, process.id, tuple(options), texts.ready(process.content))
    found = {part.part_id: part for part in read}
    for name, option in options.items():
        _check(option, found.get(name))
    return {option.value: _voted(found[name]) for name, option in options.items()}


def _check(option: contents.Matter, part: PartOption | None) -> None:
    if option.about or option.matter:
        raise contents.Unfit(
            to_staff("matters: {matter}: it is a part of a text, so leave matter and about out.", matter=option.value)
        )
    if part is None:
        raise contents.Unfit(_not_there())
    if option.edition not in (0, part.edition):
        raise contents.Unfit(
            to_staff("A part that is voted on has another edition by now. Take it out, read it and choose it again.")
        )


def _not_there() -> str:
    return to_staff(
        "A part that is voted on is there twice, is not one of your own, or people do not read it now. Choose anew."
    )


def _voted(part: PartOption) -> VotedPart:
    words = {part.language: part.text} | dict(part.renditions)
    return VotedPart(part.part_id, part.edition, contents.pack(words))
