"""How fast a platform lets us send: one schedule for each sender and each person, shared by all workers.

The rule is GCRA, the generic cell rate algorithm (ITU-T I.371). A schedule is a single instant, the theoretical arrival
time: when the next place begins if all senders keep the pace exactly. A place is an instant at which one message may
leave. With `every = 1 / (SHARE_USED * rate)`, the seconds between two places, and `credit = (burst - 1) * every`:

    begin    = max(schedule, now - credit)
    places   = begin, begin + every, ... as long as they are not after now + LOOK_AHEAD
    schedule = begin + number * every

- Burst: while nobody sends, the schedule falls behind. At most `credit` of that counts, so that at most `burst`
  messages leave at once, and in any stretch of time at most `rate * stretch + burst`.
- Look-ahead: places are handed out a little before their instants, so that what leaves in them can be claimed
  meanwhile.
- Batch: where places are close together they are handed out by the `BATCH_SPAN`, or not yet.
- A schedule that nobody remembers counts as just handed out, up to now + LOOK_AHEAD: forgetting makes us slower only.
- Places that were not needed move the schedule back, unless others have taken places since. A message of several
  segments moves it on by more places.
- Gap per person: a person has a schedule too, one place every `gap`, with the burst `person_burst`, no look-ahead:
  a message may leave when `schedule - (person_burst - 1) * gap <= now`, and moves it to `max(schedule, now) + gap`.
- A hold (the platform said wait) moves the schedule to its end, and is kept beside it as well, because places that are
  given back would end it. While it lasts there is no credit. A hold of bulletins concerns that lane only.
- Two people held within `TWO_WITHIN` hold the whole sender, and double its interval for `HALF_RATE_FOR` after that.
"""

from broadcast.pace.here import LocalPace
from broadcast.pace.pacer import Pacer, Places
from broadcast.pace.rule import LOOK_AHEAD, Schedules

__all__ = ["LOOK_AHEAD", "LocalPace", "Pacer", "Places", "Schedules"]
