"""Claiming what may leave, in the transaction that writes down what has left."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from time import monotonic

from broadcast import news
from broadcast.unwritten import Unwritten
from broadcast.watch import Observe
from storage import Database, Keyring, Session
from storage.lanes import Lane
from storage.outbox import claims, deliveries
from storage.outbox.claims import Claim, Claimed

LEASE = timedelta(seconds=60)
"""How long a claim is ours. Longer than any send may take."""
OFTEN = timedelta(milliseconds=50)
"""How long what has been sent may wait to be written down, unless there is much of it."""


@dataclass(slots=True)
class Claiming:
    """The transactions of one sender. `owner`: the name by which its claims are known."""

    channel: str
    database: Database
    keys: Keyring
    owner: str
    clock: Callable[[], datetime]
    reports: bool
    """Whether the platform says later what became of a message."""
    unwritten: Unwritten
    in_hand: Callable[[], list[str]]
    """The deliveries that we have claimed and that have not ended."""
    observe: Observe
    written: float = 0.0
    """When something was last written down, by the monotonic clock."""
    unheard: bool = False
    """Whether a claim of ours may have been committed without our hearing of it."""

    async def claim(self, most: int, last_lane: Lane) -> list[Claimed]:
        """Claim up to `most` deliveries, none of a lane below `last_lane`; outcomes are written down with it.

        A few outcomes wait for the next claim, unless that takes long: a transaction for each few would slow all
        workers.
        """
        return await self._settle_and_claim(most, last_lane) if most or self._is_worth_writing() else []

    async def settle(self) -> None:
        """Write down what has ended, and claim nothing."""
        await self._settle_and_claim(0, Lane.BULLETIN)

    @property
    def is_settled(self) -> bool:
        return not self.unwritten.outcomes and not self.unheard

    def _is_worth_writing(self) -> bool:
        return self.unwritten.is_much or monotonic() - self.written >= OFTEN.total_seconds()

    async def _settle_and_claim(self, most: int, last_lane: Lane) -> list[Claimed]:
        if not most and self.is_settled:
            return []
        began, ended = monotonic(), self.unwritten.take_outcomes()
        try:
            async with self.database.writing() as session:
                now = self.clock()
                await deliveries.settle(session, self.owner, ended, now)
                written_news = self.unwritten.news
                await news.tell(session, self.channel, written_news, self.reports, now)
                if self.unheard:
                    await claims.let_go(session, self.channel, self.owner, self._known())
                claimed = await self._claim(session, now, most, last_lane) if most else []
        except BaseException:
            self.unwritten.put_back(ended)
            self.unheard = True
            raise
        self.unheard = False
        self.unwritten.drop(written_news)
        self.written = began
        if claimed:
            self.observe("claims", len(claimed), channel=self.channel)
            self.observe("claim", monotonic() - began, channel=self.channel)
        return claimed

    def _known(self) -> list[str]:
        """The claimed deliveries that we know of."""
        return [*self.in_hand(), *(outcome.id for outcome in self.unwritten.outcomes)]

    async def _claim(self, session: Session, now: datetime, most: int, last_lane: Lane) -> list[Claimed]:
        wanted = Claim(self.channel, self.owner, now, lease=now + LEASE, most=most, lowest=last_lane)
        return await claims.claim(session, self.keys, wanted)
