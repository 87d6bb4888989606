"""What councils decide by votes of theirs, where they hold a power: it is put to them, and what came of it holds."""

from handlers.rulings.deciding import Vote, check_able, check_unheld, end, open_round, ruling, to_end, vote
from handlers.rulings.papers import about_bulletin, about_questions, only

__all__ = [
    "Vote",
    "about_bulletin",
    "about_questions",
    "check_able",
    "check_unheld",
    "end",
    "only",
    "open_round",
    "ruling",
    "to_end",
    "vote",
]
