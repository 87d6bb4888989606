"""When a reply leaves, and until when it makes sense."""

from datetime import datetime, timedelta

APART = timedelta(minutes=1)
"""How much later each reply to one person counts as waiting than the one before."""
FURTHEST = timedelta(hours=1)
"""At most: whoever wrote too much is not behind everybody for ever."""
MAKES_SENSE = timedelta(hours=24)
"""How long a reply that could not leave is still one to what was written."""


def waits_since(replied: datetime | None, now: datetime) -> datetime:
    """Since when a reply counts as waiting, after the person's last one that counted as waiting since `replied`.

    Replies leave in this order: it makes nobody wait where there is room, and where there is not, who has had no reply
    for the longest time has theirs first.
    """
    return now if replied is None else min(max(now, replied + APART), now + FURTHEST)
