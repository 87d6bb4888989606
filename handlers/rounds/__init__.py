"""Votes: opening, casting, closing."""

from handlers.rounds.casting import CLOSED, NO_SEAT, VOTED, cast, explain
from handlers.rounds.closing import close, close_overdue
from handlers.rounds.opening import INVITED, open_, opened_before
from handlers.rounds.reminding import REMIND, REMINDED_BEFORE, SHORTEST_ROUND, remind
from handlers.rounds.results import COUNTED, LEAST_TURNOUT, OVER, TOO_FEW, announcement, counted

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
    "cast",
    "close",
    "close_overdue",
    "counted",
    "explain",
    "open_",
    "opened_before",
    "remind",
]
