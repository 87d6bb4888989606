"""Whether somebody who writes is answered: less and less when they get nowhere, nobody without end."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from msgspec import Struct
from msgspec.structs import replace

from channels import Limits

QUIET = timedelta(hours=1)
"""Whoever has been silent for so long is listened to afresh. A machine that answers by itself answers sooner."""
SAME, ANY = 4, 8
"""How often in a row somebody is answered who gets nowhere: with the same words, with whatever words.

After that at twice and at four times as many once more, then not until they send something else.
"""
ECHO = timedelta(seconds=15)
"""Nobody has read our answer and written again sooner: it is a machine, or was sent before our answer came."""
REMINDED = timedelta(days=1)
"""How often somebody who said STOP is told how to come back."""
HOUR = timedelta(hours=1)
RUSH = timedelta(minutes=6)
"""Newcomers may come all at once, as after a call on the radio: the number of so long."""
URGENT = frozenset({"stop", "forget", "help"})
"""Words that are answered whatever else was written, and have a limit of their own."""


class Why(StrEnum):
    """Why a message was kept and not answered."""

    REPEATS = "repeats"
    """They have got nowhere too often: it may be a machine that answers us."""
    STOPPED = "stopped"
    """They said STOP, and were told so."""
    REPLIES = "replies"
    """They have had all that one person is answered in an hour."""
    NEWCOMERS = "newcomers"
    """So many have come for the first time that we cannot answer all of them."""


class Hearing(Struct, frozen=True):
    """One message, as far as it matters for this."""

    words: str
    """A keyed hash of them."""
    flow: str | None
    """The flow whose word it is."""
    understood: bool
    moved: bool
    """The conversation stands elsewhere after it."""
    was_stopped: bool
    """They had said STOP before..."""
    is_stopped: bool
    """...or have now."""
    now: datetime
    matters: bool = False
    """It may tell of danger, or is lost, which has to be said: then it does not count how soon it came."""


class Heard(Struct, frozen=True, array_like=True):
    """How somebody has written so far, kept sealed with their conversation, small. No words are in it."""

    words: str = ""
    """A keyed hash of the last words."""
    same: int = 0
    """How often these came, and the conversation stayed where it was."""
    nowhere: int = 0
    """How many messages in a row we did not understand."""
    at: datetime | None = None
    """When they wrote last."""
    paid: datetime | None = None
    """Up to when the replies they have had use up what an hour permits; what is urgent in `urgent`."""
    urgent: datetime | None = None
    parted: datetime | None = None
    """When they were last told that we do not write to them any more."""
    greeted: bool = True
    """They have been answered before."""
    warned: datetime | None = None
    """When they were last told whom to reach in danger."""
    replied: datetime | None = None
    """When they were last answered."""

    def then(self, hearing: Hearing) -> "Heard":
        """The same after one more message."""
        lately = self.at is not None and abs(hearing.now - self.at) < QUIET
        again = lately and hearing.words == self.words and not hearing.moved
        return replace(
            self,
            words=hearing.words,
            same=self.same + 1 if again else 1,
            nowhere=0 if hearing.understood else (self.nowhere if lately else 0) + 1,
            at=hearing.now,
        )

    def is_warned(self, now: datetime) -> bool:
        """Whether they were told lately whom to reach in danger."""
        return self.warned is not None and abs(now - self.warned) < QUIET

    def refuses(self, hearing: Hearing, limits: Limits) -> Why | None:
        """Why this message, which is counted here already, is not answered; None: it is."""
        if hearing.was_stopped and hearing.flow not in ("start", "forget", "help"):
            reminded = self.parted is not None and abs(hearing.now - self.parted) < REMINDED
            return Why.STOPPED if reminded else None
        urgent = hearing.flow in URGENT
        # Who comes back has something new to say, whatever they sent while we were silent.
        if not urgent and not hearing.was_stopped and (self._is_echo(hearing) or self._gets_nowhere()):
            return Why.REPEATS
        if _spent(self.urgent if urgent else self.paid, hearing.now, limits.replies) - hearing.now > HOUR:
            return Why.REPLIES
        return None

    def _is_echo(self, hearing: Hearing) -> bool:
        """Whether this repeats itself, or gets nowhere for long, sooner than anybody can have read our last answer."""
        if hearing.understood or hearing.matters or self.replied is None:
            return False
        return abs(hearing.now - self.replied) < ECHO and (self.same > 1 or self.nowhere > SAME)

    def _gets_nowhere(self) -> bool:
        return not (_in_time(self.same, SAME) and _in_time(self.nowhere, ANY))

    def warned_at(self, now: datetime) -> "Heard":
        """The same once whom to reach in danger is on its way to them."""
        return replace(self, warned=now)

    def answered(self, hearing: Hearing, parts: int, limits: Limits) -> "Heard":
        """The same once they have been answered, in so many messages."""
        heard = replace(
            self,
            parted=hearing.now if hearing.is_stopped else None,
            greeted=self.greeted or parts > 0,
            replied=hearing.now if parts else self.replied,
        )
        if hearing.flow in URGENT:
            return replace(heard, urgent=_spent(self.urgent, hearing.now, limits.replies, parts))
        return replace(heard, paid=_spent(self.paid, hearing.now, limits.replies, parts))


@dataclass(slots=True)
class Newcomers:
    """How many have been answered for the first time lately, by this program: all that have come it cannot know."""

    spent: dict[tuple[str, bool], datetime] = field(default_factory=dict)

    def may_come(self, channel: str, urgent: bool, now: datetime, limits: Limits) -> bool:
        """Whether one more is answered; it counts from then on. What is urgent counts by itself."""
        spent = _spent(self.spent.get((channel, urgent)), now, limits.newcomers)
        if spent - now > max(RUSH, HOUR / limits.newcomers):
            return False
        self.spent[channel, urgent] = spent
        return True


def _in_time(count: int, freely: int) -> bool:
    return count <= freely or count in (2 * freely, 4 * freely)


def _spent(before: datetime | None, now: datetime, an_hour: int, number: int = 1) -> datetime:
    """Up to when so many more use up what an hour permits: like the pace, a moment instead of a count."""
    if before is None or not now < before < now + 2 * HOUR:  # a later moment than that was set by a wrong clock
        before = now
    return before + number * (HOUR / an_hour)
