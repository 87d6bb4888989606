"""A platform says what became of a message."""

from datetime import datetime

from channels.messages import Report, Status
from storage import Session, deliveries, people

STATES = {
    Status.SENT: "sent",
    Status.DELIVERED: "delivered",
    Status.READ: "delivered",
    Status.FAILED: "failed",
}
"""What a platform's word makes of a delivery; "accepted" makes nothing of it that we did not know."""


async def report(session: Session, said: Report, now: datetime) -> None:
    """Keep what was said, and let it count if it outranks what is known: order and repeats do not matter."""
    await deliveries.note(session, said.delivery, said.provider_id, said.status, said.code, now)
    state = STATES.get(said.status)
    if state is None:
        return
    address = await deliveries.reduce(session, said.delivery, state, said.provider_id, said.code or None)
    if address is not None and said.reach is not None:
        await people.reach(session, address, said.reach)
        await deliveries.cancel(session, address, "gone")
