"""What a sender knows that is not in the database yet: the next transaction writes it down."""

from dataclasses import dataclass, field
from datetime import datetime

from broadcast.circuit import Broke, Took
from broadcast.news import News
from broadcast.wake import Waker
from broadcast.watch import Observe
from storage.outbox.deliveries import Outcome

TOGETHER = 20
"""So many outcomes do not wait for the next claim."""


@dataclass(slots=True)
class Unwritten:
    """What became of deliveries, and what all workers have to know."""

    channel: str
    waker: Waker
    observe: Observe
    outcomes: list[Outcome] = field(default_factory=list)
    news: News = field(default_factory=News)

    def ended(self, outcome: Outcome) -> None:
        """Keep the outcome of a send that has ended, or will not begin."""
        self.observe("outcomes", channel=self.channel, state=outcome.state, code=outcome.code or "")
        self.outcomes.append(outcome)
        if self.is_much:
            self.waker.wake_here()

    def waits(self, outcome: Outcome) -> None:
        """Keep that a delivery was claimed too early: nobody counts that."""
        self.outcomes.append(outcome)

    def learned(self, circuit: Broke | Took) -> None:
        self.news = self.news.of_circuit(circuit)

    def is_night(self, broadcast: str, region: str, morning: datetime) -> None:
        self.news = self.news.of_night(broadcast, region, morning)

    @property
    def is_much(self) -> bool:
        return len(self.outcomes) >= TOGETHER

    def take_outcomes(self) -> list[Outcome]:
        """The outcomes for this transaction; those that come from now on are for the next."""
        taken, self.outcomes = self.outcomes, []
        return taken

    def put_back(self, outcomes: list[Outcome]) -> None:
        """Keep outcomes that were not written down after all."""
        self.outcomes = outcomes + self.outcomes

    def drop(self, news: News) -> None:
        """These news are committed. What has been learned since stays to be written down."""
        self.news = self.news.since(news)
