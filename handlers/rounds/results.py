"""What is told of a vote that has closed."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

import council
import flows
from council.ballots import answers, approvals, points, rankings, scores
from exports import votes
from handlers import telling
from handlers.processes import OpenProcess
from handlers.rounds import spending
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
TOO_FEW_CHOSE = N_(
    "Some of them abstained, and fewer than {number} chose something. "
    "So there is no result: it would show who chose what."
)
OVER = N_("The vote is over: {title}.")
COUNTED: Mapping[council.BallotKind[Any], str] = {
    # To translators: the numbers stand behind what was voted on.
    approvals.kind: N_("In brackets: how many approve each."),
    answers.kind: N_("In brackets: how many said yes, and how many no."),
    scores.kind: N_("In brackets: all points together."),
    points.kind: N_("In brackets: all points together."),
    rankings.kind: "",
}
"""What the counts of a kind of ballot say; "": they are not told, for they would show too much of single ballots."""
ADOPTED: Mapping[council.BallotKind[Any], tuple[str, str]] = {
    approvals.kind: (
        N_("More than half of those who voted approve: {matters}"),
        N_("None of them has more than half of the votes."),
    ),
    answers.kind: (N_("More said yes than no to: {matters}"), N_("None of them has more yes than no.")),
}
"""What is said where something was adopted, and where nothing was."""


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
    kind = council.every_rule()[round_.rule].kind
    explanation = COUNTED[kind]
    tellable = result if explanation and result.parts is None else replace(result, counts={})

    def compose(render: telling.Render) -> str:
        labels = {matter.value: render(matter.label) for matter in round_.matters} if tellable.order else {}
        lines = [
            _(OVER, title=render(round_.title)),
            *([_(EARLY, why=render(why))] if why else []),
            _turnout(round_, voted, voters),
            *_decided(round_, labels, tellable, voted),
        ]
        if explanation and any(counted(tellable, matter) for matter in tellable.counts):
            lines.append(_(explanation))
        lines.extend(_said_of_adoption(round_, tellable, labels))
        lines.append(_(ON_THE_LIST if has_voted else NOT_ON_THE_LIST, word=flows.to_send("myvote")))
        return "\n".join((*lines, *_duty(round_, tellable)))

    return telling.in_every_language(process, compose)


def outcome(process: OpenProcess, round_: contents.Round, result: council.Result) -> flows.Renditions:
    """What others are told, who said or follow what was voted on."""

    def compose(render: telling.Render) -> str:
        labels = {matter.value: render(matter.label) for matter in round_.matters}
        decided = [
            *_decided(round_, labels, replace(result, counts={}), LEAST_TURNOUT),
            *_said_of_adoption(round_, result, labels),
        ]
        return "\n".join((_(CONCERNED), _(OVER, title=render(round_.title)), *decided, *_duty(round_, result)))

    return telling.in_every_language(process, compose)


def _said_of_adoption(round_: contents.Round, result: council.Result, labels: Mapping[str, str]) -> Iterator[str]:
    if result.quorum_met is False:
        yield _("This is not enough to adopt anything: {number} of 100 have to vote.", number=round_.quorum)
    elif result.adopted is not None:
        kind = council.every_rule()[round_.rule].kind
        yield _adopted(ADOPTED[kind], [labels[matter] for matter in result.adopted])


def _turnout(round_: contents.Round, voted: int, voters: int) -> str:
    if round_.roll is Roll.COUNCIL:
        return ngettext("{number} member of {all} voted.", "{number} members of {all} voted.", voted, all=voters)
    # To translators: of all who could vote, for example "25 people of 400 voted."
    return ngettext("{number} person of {all} voted.", "{number} people of {all} voted.", voted, all=voters)


def _duty(round_: contents.Round, result: council.Result) -> Iterator[str]:
    if round_.answer_by is not None and result.order and any(option.matter for option in round_.matters):
        yield _(DUTY, day=in_words(round_.answer_by))


def counted(result: council.Result, matter: str) -> str:
    """What this matter got, as exactly as it can be told in the language being spoken; "" for not at all."""
    if matter not in result.counts:
        return ""
    number = _told(council.tellable(result.counts[matter], result.voters, result.most))
    if not number or matter not in result.against:
        return number
    against = _told(council.tellable(result.against[matter], result.voters, result.most))
    return _("yes: {number}, no: {against}", number=number, against=against)


def _told(limits: range | None) -> str:
    if limits is None:
        return ""
    if len(limits) == 1:
        return str(limits.start)
    if limits.start == 0:
        return _("{number} or fewer", number=limits.stop - 1)
    return _("{number} or more", number=limits.start)


def _decided(round_: contents.Round, labels: Mapping[str, str], result: council.Result, voted: int) -> Sequence[str]:
    if not result.order:
        few = TOO_FEW if voted < LEAST_TURNOUT else TOO_FEW_CHOSE
        return [_(few, number=LEAST_TURNOUT)]
    if result.elected is not None and not round_.budget:
        return _elected(labels, result.elected, result.tied)
    lines = _in_order(spending.with_parts(round_, labels, result), result) if result.elected is None else []
    return [*lines, *(spending.spent(round_, labels, result) if round_.budget else ())]


def _in_order(labels: Mapping[str, str], result: council.Result) -> Sequence[str]:
    return [
        _place(place, [labels[matter] for matter in together], counted(result, together[0]))
        for place, together in _places(result)
    ]


def _elected(labels: Mapping[str, str], elected: Sequence[str], tied: Sequence[str]) -> list[str]:
    """Nobody knows by what order they were chosen: it depends on how many are."""
    lines = [_("Chosen: {matters}", matters=_("; ").join(labels[matter] for matter in elected))] if elected else []
    if tied:
        equal = _("; ").join(labels[matter] for matter in tied)
        lines.append(_("Equal, with too few places for all of them: {matters}", matters=equal))
    return lines or [_("None of them was chosen.")]


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


def _adopted(sentences: tuple[str, str], labels: Sequence[str]) -> str:
    some, none = sentences
    return _(some, matters=_("; ").join(labels)) if labels else _(none)
