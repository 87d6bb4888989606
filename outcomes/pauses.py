"""When a delivery is tried again whose trouble passes by itself: at once, and by report.

*At once* the platform has just refused it. It is asked again after two seconds, four, eight and so on, five minutes at
most: what is over soon is noticed soon, and a reply waits like everything else.

*By report* the platform took it, tried for as long as it does by itself, and gave up. The verdict says how long such a
trouble lasts, often half an hour; then come four times and sixteen times as much, because a phone that is off now may
be on in the evening. An answer would be out of place by then, and until it has left nothing else can be said to its
person: so a reply leaves again within a minute or not at all.
"""

from datetime import datetime, timedelta

FIRST_PAUSE = timedelta(seconds=1)
LONGEST_PAUSE = timedelta(minutes=5)
MOST_DOUBLINGS = 16
"""By then a pause is the longest there is."""

SHORTEST_WAIT = timedelta(seconds=1)
GROWTH, MOST_GROWTHS = 4, 4
"""How many times longer each wait is than the one before."""
LONGEST_FOR_A_REPLY = timedelta(minutes=1)


def at_once(tried: int, least: timedelta, now: datetime) -> datetime:
    """`tried`: how often the delivery was tried, this time included. `least`: the pause that the platform asks for."""
    growing: timedelta = FIRST_PAUSE * 2 ** min(tried, MOST_DOUBLINGS)
    return now + max(least, min(growing, LONGEST_PAUSE))


def by_report(
    tried_before: int, least: timedelta, now: datetime, *, is_reply: bool, not_after: datetime | None
) -> datetime | None:
    """None where it would come too late to be of use. `tried_before`: how often it was tried before this time."""
    wait = max(least, SHORTEST_WAIT)
    if is_reply:
        return now + wait if wait <= LONGEST_FOR_A_REPLY else None
    due = now + wait * GROWTH ** min(tried_before, MOST_GROWTHS)
    return due if not_after is None or due < not_after else None
