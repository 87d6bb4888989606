"""Points to share out between the matters: "1:5 3:5"."""

from collections.abc import Generator, Mapping

from flows._engine.facts import Facts
from flows._engine.talks import Answer, Ask, Wants
from flows._engine.votes import OpenRound
from flows._papers.paper import Paper, marked
from flows._papers.scores import given_points, typed_marks
from locales import _, ngettext


def _fill_in(facts: Facts, opened: OpenRound) -> Generator[Ask, Answer, Mapping[str, int] | None]:
    points = opened.terms.points
    less = points // 3
    how = (
        ngettext("You have {number} point to share out.", "You have {number} points to share out.", points),
        _("Send each number with its points, for example: {example}", example=f"1:{points - less} 2:{less}"),
    )
    marks = yield from marked(facts, opened, Wants.MARKS, how, most=points, most_together=points)
    return {matter: int(mark) for matter, mark in marks if int(mark)} or None


def _read_back(facts: Facts, opened: OpenRound, points: Mapping[str, int]) -> str:
    left = opened.terms.points - sum(points.values())
    rest = [ngettext("You have not given away {number} point.", "You have not given away {number} points.", left)]
    return "\n".join((_("You give these points:"), *given_points(facts, opened, points), *(rest if left else ())))


PAPER = Paper(_fill_in, _read_back, typed_marks)
