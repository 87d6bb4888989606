"""Votes: opening, casting, closing."""

from handlers.rounds.casting import CLOSED, NO_SEAT, VOTED, cast, explain
from handlers.rounds.checking import INCLUDED, NOT_INCLUDED, dispute, look_up
from handlers.rounds.closing import close, close_overdue
from handlers.rounds.correcting import correct, missing
from handlers.rounds.correcting import invitation as late_invitation
from handlers.rounds.opening import check, open_, opened_before
from handlers.rounds.parts import put_to_vote
from handlers.rounds.publishing import PublishedVote, file_name, published, script
from handlers.rounds.reminding import REMIND, REMINDED_BEFORE, SHORTEST_ROUND, remind
from handlers.rounds.results import COUNTED, COUNTS_FROM, LEAST_TURNOUT, OVER, TOO_FEW, announcement, counted
from handlers.rounds.rolls import INVITED, calls, invitation, tell, would_reach
from handlers.rounds.spending import gets, spent

__all__ = [
    "CLOSED",
    "COUNTED",
    "COUNTS_FROM",
    "INCLUDED",
    "INVITED",
    "LEAST_TURNOUT",
    "NOT_INCLUDED",
    "NO_SEAT",
    "OVER",
    "REMIND",
    "REMINDED_BEFORE",
    "SHORTEST_ROUND",
    "TOO_FEW",
    "VOTED",
    "PublishedVote",
    "announcement",
    "calls",
    "cast",
    "check",
    "close",
    "close_overdue",
    "correct",
    "counted",
    "dispute",
    "explain",
    "file_name",
    "gets",
    "invitation",
    "late_invitation",
    "look_up",
    "missing",
    "open_",
    "opened_before",
    "published",
    "put_to_vote",
    "remind",
    "script",
    "spent",
    "tell",
    "would_reach",
]
