"""What one sender learns that all workers have to know."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

import structlog

from broadcast.circuit import PROOF, Broke, Took
from channels.verdicts import OUT_OF_ORDER
from storage import Session, circuits
from storage.codes import Code
from storage.outbox import deliveries
from storage.outbox.deliveries import Delay

NIGHT = Code.NIGHT
MOST_TO_PUT_OFF = 2000

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class News:
    """What is still to be written down. `circuit`: the platform is out of order, or took the message that tried."""

    circuit: Broke | Took | None = None
    mornings: Mapping[tuple[str, str], datetime] = field(default_factory=dict)
    """The broadcasts and regions in which it is night, and until when."""

    def of_circuit(self, circuit: Broke | Took) -> "News":
        return replace(self, circuit=circuit)

    def of_night(self, broadcast: str, region: str, morning: datetime) -> "News":
        return replace(self, mornings={**self.mornings, (broadcast, region): morning})

    def since(self, written: "News") -> "News":
        """What has been learned since these news were written down."""
        circuit = None if self.circuit == written.circuit else self.circuit
        mornings = {place: at for place, at in self.mornings.items() if written.mornings.get(place) != at}
        return News(circuit, mornings)


async def tell(session: Session, channel: str, news: News, reports: bool, now: datetime) -> None:
    """Write the news down for all workers.

    Where a platform `reports` later what became of a message, it does not prove that it works by taking one.
    """
    match news.circuit:
        case Broke(code):
            await circuits.break_(session, channel, code, now + OUT_OF_ORDER, now)
        case Took(delivery) if await _works(session, channel, delivery, reports, now):
            log.warning("sender works again", channel=channel)
    for (broadcast, region), morning in news.mornings.items():
        await deliveries.put_off(session, Delay(broadcast, region, morning, NIGHT), now, MOST_TO_PUT_OFF)


async def _works(session: Session, channel: str, delivery: str, reports: bool, now: datetime) -> bool:
    if not reports:
        return await circuits.mend(session, channel)
    return await circuits.accepted(session, channel, delivery, now + PROOF, now)
