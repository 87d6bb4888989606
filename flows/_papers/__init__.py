"""How people fill in each kind of ballot, and how it is read back to them, one file each."""

from collections.abc import Mapping
from typing import Any

import council
from council.ballots import answers as answer_kind
from council.ballots import approvals as approval_kind
from council.ballots import points as point_kind
from council.ballots import rankings as ranking_kind
from council.ballots import scores as score_kind
from flows._engine.facts import Facts
from flows._engine.votes import OpenRound
from flows._papers import answers, approvals, points, rankings, scores
from flows._papers.paper import Paper
from locales import _

__all__ = ["PAPERS", "Paper", "read_back"]

PAPERS: Mapping[council.BallotKind[Any], Paper] = {
    answer_kind.kind: answers.PAPER,
    approval_kind.kind: approvals.PAPER,
    point_kind.kind: points.PAPER,
    ranking_kind.kind: rankings.PAPER,
    score_kind.kind: scores.PAPER,
}


def read_back(facts: Facts, opened: OpenRound, ballot: Any) -> str:
    """A ballot in words; `None` is that of who abstains."""
    if ballot is None:
        return _("You abstain: you take part in the vote, and choose nothing.")
    return PAPERS[council.every_rule()[opened.rule].kind].read_back(facts, opened, ballot)
