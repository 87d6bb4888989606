"""How fast a platform lets us send: one schedule for each sender and each person, shared by all workers.

The rule is GCRA (ITU-T I.371): a schedule holds the instant at which its next place begins; each send moves it on by
one interval. Places are handed out a little before their time, so that what leaves in them can be claimed meanwhile.
"""

from broadcast.pace.here import Here
from broadcast.pace.pacer import Pacer, Places
from broadcast.pace.rule import AHEAD, Schedules

__all__ = ["AHEAD", "Here", "Pacer", "Places", "Schedules"]
