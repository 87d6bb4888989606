"""Numbers for Prometheus: what this process does, how the outbox stands, and never about whom."""

import asyncio
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from time import monotonic
from typing import Any

import structlog
from aiohttp import web
from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    Metric,
    ProcessCollector,
    disable_created_metrics,
)
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.exposition import CONTENT_TYPE_LATEST, generate_latest
from prometheus_client.registry import Collector

from channels import Channel
from storage import Database, outbox
from storage.outbox import Overview

LABELS = frozenset({"channel", "lane", "state", "code", "name", "flow", "question"})
"""No metric has any other: each takes few values, and none of them is about a person."""
FIT = re.compile(r"(\d{3}_)?[a-z][a-z0-9_.-]{0,39}|\d{1,6}|")
"""What a label may say: a word of ours, or a platform's code. A number that could be somebody's is longer."""
OTHER = "other"
FRESH = timedelta(seconds=5)
"""How long one count of the outbox is given to everybody who asks."""
LONGEST_LOOK = timedelta(seconds=5)

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class MetricKind:
    """One metric. `within`: the bounds in seconds between which durations are told apart."""

    meaning: str
    labels: tuple[str, ...] = ()
    within: tuple[float, ...] = ()


QUICK = (0.005, 0.01, 0.02, 0.04, 0.06, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 15.0)
SLOW = (0.05, 0.1, 0.2, 0.4, 0.8, 1.5, 3.0, 6.0, 10.0, 20.0)

COUNTED: Mapping[str, MetricKind] = {
    "turns": MetricKind("What people wrote, by what became of it: taken, parked, away", ("channel", "state")),
    "unanswered": MetricKind(
        "Messages that were kept and not answered, by why: repeats, stopped, replies, newcomers", ("channel", "state")
    ),
    "misunderstood": MetricKind(
        "Messages that did not answer what was asked, by flow and number of the question: where people get stuck",
        ("flow", "question"),
    ),
    "reports": MetricKind(
        "What platforms said of messages of ours, by their word and its code", ("channel", "state", "code")
    ),
    "alarms": MetricKind(
        "Codes of platforms that somebody should look at, by whom they concern", ("channel", "name", "code")
    ),
    "refused": MetricKind("Requests to a webhook that were not taken, by their HTTP status", ("channel", "code")),
    "claims": MetricKind("Deliveries that were claimed to be sent", ("channel",)),
    "outcomes": MetricKind("Sends by what became of the delivery, and why", ("channel", "state", "code")),
    "places": MetricKind("Places in the platform's pace that were used: messages, on SMS segments", ("channel",)),
    "recordings": MetricKind(
        "Voice notes by what became of them when a worker took one in hand, and why: kept, later, refused, gone, "
        "unwanted (its contribution was gone), left (the platform does not delete it)",
        ("channel", "state", "code"),
    ),
    "redis_away": MetricKind("Times that Redis did not answer"),
    "faults": MetricKind("Faults of our own in what a worker does again and again", ("name",)),
}
"""What happens, by the names that `observe` takes."""
TIMED: Mapping[str, MetricKind] = {
    "turn": MetricKind("Seconds from a platform's request to its being durably kept", ("channel",), QUICK),
    "send": MetricKind("Seconds that a platform took to answer", ("channel",), SLOW),
    "claim": MetricKind("Seconds of a transaction that settles and claims", ("channel",), QUICK),
    "fetch": MetricKind("Seconds in which a voice note was fetched and looked into", ("channel",), SLOW),
    "housekeeping": MetricKind("Seconds of keeping house once", (), SLOW),
}
SET: Mapping[str, MetricKind] = {
    "pending": MetricKind("What people wrote that a platform has not been able to give us", ("channel",)),
    "unfetched": MetricKind("Voice notes that wait to be fetched", ("channel",)),
    "pace": MetricKind("Places a second that a channel may use", ("channel",)),
    "housekeeping_timestamp_seconds": MetricKind("When house was last kept"),
}


disable_created_metrics()  # type: ignore[no-untyped-call]


@dataclass(frozen=True, slots=True, eq=False)
class Counts:
    """What happens in this process. `observe` is passed to all that work."""

    clock: Callable[[], datetime]
    registry: CollectorRegistry = field(default_factory=CollectorRegistry)
    counters: dict[str, Counter] = field(default_factory=dict)
    histograms: dict[str, Histogram] = field(default_factory=dict)
    gauges: dict[str, Gauge] = field(default_factory=dict)

    def __post_init__(self) -> None:
        ours: Any = {"namespace": "hearback", "registry": self.registry}
        for name, kind in COUNTED.items():
            self.counters[name] = Counter(name, kind.meaning, kind.labels, **ours)
        for name, kind in TIMED.items():
            self.histograms[name] = Histogram(f"{name}_seconds", kind.meaning, kind.labels, buckets=kind.within, **ours)
        for name, kind in SET.items():
            self.gauges[name] = Gauge(name, kind.meaning, kind.labels, **ours)
        ProcessCollector(registry=self.registry)

    def permitted(self, channels: Mapping[str, Channel]) -> None:
        """These channels run here."""
        for name, channel in channels.items():
            self.gauges["pace"].labels(name).set(channel.pace.rate)

    def observe(self, name: str, number: float = 1, /, **labels: str) -> None:
        """`number` times what is counted, so many seconds of what is timed, or how much there is of the rest."""
        fit = {label: fitting(value) for label, value in labels.items()}
        if name in self.counters:
            counter = self.counters[name]
            (counter.labels(**fit) if fit else counter).inc(number)
            return
        if name in self.gauges:
            self.gauges[name].labels(**fit).set(number)
            return
        histogram = self.histograms[name]
        (histogram.labels(**fit) if fit else histogram).observe(number)
        if name == "housekeeping":
            self.gauges["housekeeping_timestamp_seconds"].set(self.clock().timestamp())


def fitting(value: str) -> str:
    return value if FIT.fullmatch(value) else OTHER


@dataclass(slots=True, eq=False)
class Outbox(Collector):
    """How the outbox stands: counted once in a while, however many ask."""

    database: Database
    clock: Callable[[], datetime]
    seen: Overview | None = None
    looked: float | None = None
    looking: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def look(self) -> None:
        async with self.looking:
            if self.looked is None or monotonic() - self.looked > FRESH.total_seconds():
                self.seen = await self._overview()
                self.looked = monotonic()

    async def _overview(self) -> Overview | None:
        try:
            async with asyncio.timeout(LONGEST_LOOK.total_seconds()), self.database.reading() as session:
                return await outbox.overview(session, self.clock())
        except Exception as fault:
            log.error("outbox not counted", fault=type(fault).__name__)
            return None

    def collect(self) -> Iterable[Metric]:
        """As it was last seen; without the database only that it is away."""
        answers = self.seen is not None
        yield GaugeMetricFamily("hearback_database_answers", "1 when the database answers", value=int(answers))
        if self.seen is not None:
            yield from _of(self.seen, self.clock())


def _of(seen: Overview, now: datetime) -> Iterable[Metric]:
    waiting = _gauge(
        "waiting",
        f"Deliveries that wait, at most {outbox.MOST_COUNTED} of each, by whether they may leave: due, later",
        "channel",
        "lane",
        "state",
    )
    lag = _gauge("lag_seconds", "For how long the oldest of those that may leave could have left", "channel", "lane")
    for lane in seen.lanes:
        waiting.add_metric([lane.channel, lane.lane.label, "due"], lane.due)
        waiting.add_metric([lane.channel, lane.lane.label, "later"], lane.later)
        since = timedelta(0) if lane.oldest is None else now - lane.oldest
        lag.add_metric([lane.channel, lane.lane.label], max(0.0, since.total_seconds()))
    unknown = _gauge("unknown", "Deliveries of unknown fate that nobody has acknowledged", "channel")
    for channel, number in seen.unknown.items():
        unknown.add_metric([channel], number)
    broken = _gauge("circuit_open", "1 for a channel that is out of order, and why", "channel", "code")
    for circuit in seen.circuits:
        broken.add_metric([circuit.channel, fitting(circuit.code)], 1)
    sending = GaugeMetricFamily("hearback_sending", "Deliveries that are being sent", value=seen.sending)
    return waiting, lag, unknown, broken, sending


def _gauge(name: str, meaning: str, *labels: str) -> GaugeMetricFamily:
    return GaugeMetricFamily(f"hearback_{name}", meaning, labels=labels)


def app(counts: Counts, database: Database) -> web.Application:
    """A listener of its own, so that nobody reads it at the public address."""
    outgoing = Outbox(database, counts.clock)
    counts.registry.register(outgoing)

    async def show(_request: web.Request) -> web.Response:
        await outgoing.look()
        return web.Response(body=generate_latest(counts.registry), headers={"Content-Type": CONTENT_TYPE_LATEST})

    application = web.Application()
    application.add_routes([web.get("/metrics", show)])
    return application
