"""What is told of a vote that has closed."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

import council
import flows
from exports import votes
from handlers import telling
from handlers.processes import OpenProcess
from handlers.writing import contents
from locales import N_, _, in_words, ngettext
from storage.states import Roll

LEAST_TURNOUT = 3
"""With fewer votes than this a result would show who chose what: none is kept, and none is told."""
COUNTS_FROM = votes.FLOOR
"""With fewer votes than this only the order is told, and not how many chose what."""
ON_THE_LIST = N_("Our list says: you voted. Wrong? Send {word}.")
NOT_ON_THE_LIST = N_("Our list says: you did not vote. Wrong? Send {word}.")
TOO_FEW = N_("Fewer than {number} members voted, so there is no result: it would show who chose what.")
OVER = N_("The vote is over: {title}.")
COUNTED: Mapping[council.BallotKind[Any], str] = {
    # To translators: the numbers stand behind what was voted on.
    council.APPROVALS: N_("In brackets: how many approve each."),
}
"""What the counts of a kind of ballot say; those of any other kind are not told."""


EARLY = N_("It was closed before its day: {why}")
DUTY = N_("Until {day} we say what is done with it.")
CONCERNED = N_("You told us about, or follow, something that was voted on.")


def announcement(
    process: OpenProcess,
    round_: contents.Round,
    result: council.Result,
    voted: int,
    voters: int,
    why: flows.Renditions | None = None,
    *,
    has_voted: bool = False,
) -> flows.Renditions:
    """What those who could vote are told. `why`: it was closed before its day, for this reason."""
    explanation = COUNTED.get(council.every_rule()[round_.rule].kind)
    tellable = result if explanation is not None else replace(result, counts={})

    def compose(render: telling.Render) -> str:
        labels = {matter.value: render(matter.label) for matter in round_.matters} if tellable.order else {}
        lines = [
            _(OVER, title=render(round_.title)),
            *([_(EARLY, why=render(why))] if why else []),
            _turnout(round_, voted, voters),
            *_ranking(labels, tellable),
        ]
        if explanation is not None and any(counted(tellable, matter) for matter in tellable.counts):
            lines.append(_(explanation))
        if tellable.adopted is not None:
            lines.append(_adopted([labels[matter] for matter in tellable.adopted]))
        lines.append(_(ON_THE_LIST if has_voted else NOT_ON_THE_LIST, word=flows.to_send("myvote")))
        return "\n".join((*lines, *_duty(round_, tellable)))

    return telling.in_every_language(process, compose)


def outcome(process: OpenProcess, round_: contents.Round, result: council.Result) -> flows.Renditions:
    """What others are told, who said or follow what was voted on."""

    def compose(render: telling.Render) -> str:
        labels = {matter.value: render(matter.label) for matter in round_.matters}
        adopted = [] if result.adopted is None else [_adopted([labels[matter] for matter in result.adopted])]
        order = _ranking(labels, replace(result, counts={}))
        return "\n".join((_(CONCERNED), _(OVER, title=render(round_.title)), *order, *adopted, *_duty(round_, result)))

    return telling.in_every_language(process, compose)


def _turnout(round_: contents.Round, voted: int, voters: int) -> str:
    if round_.roll is Roll.COUNCIL:
        return ngettext("{number} member of {all} voted.", "{number} members of {all} voted.", voted, all=voters)
    # To translators: of all who could vote, for example "25 people of 400 voted."
    return ngettext("{number} person of {all} voted.", "{number} people of {all} voted.", voted, all=voters)


def _duty(round_: contents.Round, result: council.Result) -> Iterator[str]:
    if round_.answer_by is not None and result.order and any(option.matter for option in round_.matters):
        yield _(DUTY, day=in_words(round_.answer_by))


def counted(result: council.Result, matter: str) -> str:
    """How many chose this matter, as exactly as it can be told in the language being spoken; "" for not at all."""
    count = result.counts.get(matter)
    limits = None if count is None else council.tellable(count, result.voters)
    if limits is None:
        return ""
    if len(limits) == 1:
        return str(limits.start)
    if limits.start == 0:
        return _("{number} or fewer", number=limits.stop - 1)
    return _("{number} or more", number=limits.start)


def _ranking(labels: Mapping[str, str], result: council.Result) -> list[str]:
    if not result.order:
        return [_(TOO_FEW, number=LEAST_TURNOUT)]
    return [
        _place(place, [labels[matter] for matter in together], counted(result, together[0]))
        for place, together in _places(result)
    ]


def _places(result: council.Result) -> Iterator[tuple[int, tuple[str, ...]]]:
    place = 1
    for together in result.order:
        yield place, together
        place += len(together)


def _place(place: int, labels: Sequence[str], number: str) -> str:
    if len(labels) == 1:
        line = f"{place}. {labels[0]}"
    else:
        line = _("{place}. Equal: {matters}", place=place, matters=_("; ").join(labels))
    return f"{line} ({number})" if number else line


def _adopted(labels: Sequence[str]) -> str:
    if not labels:
        return _("None of them has more than half of the votes.")
    return _("More than half of those who voted approve: {matters}", matters=_("; ").join(labels))
