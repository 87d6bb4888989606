"""What a sender knows that is not in the database yet: it is written down with the next transaction."""

from dataclasses import dataclass, field
from datetime import datetime

from broadcast.circuit import Broke, Took
from broadcast.news import News
from broadcast.wake import Waker
from broadcast.watch import Observe
from storage.outbox.deliveries import Outcome

TOGETHER = 20
"""How much is not let wait for the next claim."""


@dataclass(slots=True)
class Unwritten:
    """What became of deliveries, and what all workers have to know."""

    channel: str
    waker: Waker
    observe: Observe
    outcomes: list[Outcome] = field(default_factory=list)
    news: News = field(default_factory=News)

    def ended(self, outcome: Outcome) -> None:
        """A send has ended, or will not begin."""
        self.observe("outcomes", channel=self.channel, state=outcome.state, code=outcome.code or "")
        self.outcomes.append(outcome)
        if self.is_much:
            self.waker.wake_here()

    def waits(self, outcome: Outcome) -> None:
        """It was claimed too early: nobody counts that."""
        self.outcomes.append(outcome)

    def learned(self, circuit: Broke | Took) -> None:
        self.news = self.news.of_circuit(circuit)

    def is_night(self, broadcast: str, region: str, morning: datetime) -> None:
        self.news = self.news.of_night(broadcast, region, morning)

    @property
    def is_much(self) -> bool:
        return len(self.outcomes) >= TOGETHER

    def take_outcomes(self) -> list[Outcome]:
        """What ends from now on is for the next transaction."""
        taken, self.outcomes = self.outcomes, []
        return taken

    def put_back(self, outcomes: list[Outcome]) -> None:
        """They were not written down after all."""
        self.outcomes = outcomes + self.outcomes

    def told(self, news: News) -> None:
        """It is committed. What has been learned since stays to be told."""
        self.news = self.news.since(news)
