"""Votes: opening, casting, closing."""

from handlers.rounds.casting import CLOSED, NO_SEAT, VOTED, cast, explain
from handlers.rounds.closing import close, close_overdue
from handlers.rounds.opening import check, open_, opened_before
from handlers.rounds.reminding import REMIND, REMINDED_BEFORE, SHORTEST_ROUND, remind
from handlers.rounds.results import COUNTED, LEAST_TURNOUT, OVER, TOO_FEW, announcement, counted
from handlers.rounds.rolls import INVITED, calls, invitation, tell, would_reach

__all__ = [
    "CLOSED",
    "COUNTED",
    "INVITED",
    "LEAST_TURNOUT",
    "NO_SEAT",
    "OVER",
    "REMIND",
    "REMINDED_BEFORE",
    "SHORTEST_ROUND",
    "TOO_FEW",
    "VOTED",
    "announcement",
    "calls",
    "cast",
    "check",
    "close",
    "close_overdue",
    "counted",
    "explain",
    "invitation",
    "open_",
    "opened_before",
    "remind",
    "tell",
    "would_reach",
]
