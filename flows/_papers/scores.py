"""From 0 to 5 points for each matter: "1:5 2:3"."""

from collections.abc import Generator, Iterator, Mapping, Sequence

from council.ballots.scores import MOST
from flows._engine.facts import Facts
from flows._engine.talks import Answer, Ask, Wants
from flows._engine.votes import OpenRound
from flows._papers.paper import Paper, labels, marked, number, typed_abstention
from flows._texts.renditions import choices
from locales import _


def _fill_in(facts: Facts, opened: OpenRound) -> Generator[Ask, Answer, Mapping[str, int] | None]:
    how = (
        _("Give each from 0 to {most} points. What you leave out gets none.", most=MOST),
        _("Send each number with its points, for example: {example}", example="1:5 2:3"),
    )
    marks = yield from marked(facts, opened, Wants.MARKS, how, most=MOST)
    return {matter: int(mark) for matter, mark in marks if int(mark)} if marks else None


def _read_back(facts: Facts, opened: OpenRound, scores: Mapping[str, int]) -> str:
    return "\n".join((_("You give these points:"), *given_points(facts, opened, scores)))


def given_points(facts: Facts, opened: OpenRound, points: Mapping[str, int]) -> Iterator[str]:
    """What each matter gets, the most first; last who gets nothing."""
    got = [matter for matter in choices(facts, opened.matters) if matter.value in points]
    for matter in sorted(got, key=lambda matter: -points[matter.value]):
        yield f"{points[matter.value]}: {matter.label}"
    left_out = {matter.value for matter in opened.matters} - set(points)
    if left_out:
        yield _("No points: {matters}", matters=labels(facts, opened, left_out))


def typed_marks(matters: Sequence[str], marks: Mapping[str, int] | None) -> Sequence[str]:
    """All get nothing where no points are given away at all, for that is not to abstain."""
    if marks is None:
        return typed_abstention(matters)
    return (" ".join(f"{number(matters, matter)}:{mark}" for matter, mark in (marks or {matters[0]: 0}).items()),)


PAPER = Paper(_fill_in, _read_back, typed_marks)
