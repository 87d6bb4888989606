"""Yes or no: a matter is adopted when more voters say yes to it than no."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from council._results import Result, in_order
from council._terms import Terms
from council.ballots import answers

kind = answers.kind
settles = ("quorum",)


def tally(ballots: Sequence[Mapping[str, bool]], matters: Sequence[str], _terms: Terms) -> Result:
    """What was adopted. As many for as against is not enough. Who leaves a matter out abstains from it alone."""
    counts = {matter: sum(ballot.get(matter) is True for ballot in ballots) for matter in matters}
    against = {matter: sum(ballot.get(matter) is False for ballot in ballots) for matter in matters}
    lead = {matter: counts[matter] - against[matter] for matter in matters}
    adopted = tuple(matter for matter in matters if lead[matter] > 0)
    return replace(in_order(len(ballots), lead), counts=counts, against=against, adopted=adopted)
