"""The states of deliveries and of broadcasts; DECISIONS.md says which one follows which."""

from enum import StrEnum


class State(StrEnum):
    """What has become of a delivery so far."""

    QUEUED = "queued"
    """It waits until it is due and a worker claims it."""
    SENDING = "sending"
    """A worker has claimed it: it may be leaving at this moment."""
    SENT = "sent"
    """The platform took it, and has not yet said more."""
    DELIVERED = "delivered"
    """It arrived: the platform says so, or its person has answered it."""
    FAILED = "failed"
    """The platform does not take it, or could not deliver it."""
    EXPIRED = "expired"
    """It came too late to be of use, so it did not leave or did not arrive."""
    CANCELLED = "cancelled"
    """It never leaves: its person or an organizer wants no more of it, or its address is lost."""
    UNKNOWN = "unknown"
    """It may have arrived, and nobody has said whether it did."""


class BroadcastState(StrEnum):
    """Whether what a broadcast still has to send may leave."""

    RUNNING = "running"
    """Its deliveries are made, and each leaves when it is due."""
    PAUSING = "pausing"
    """Nothing of it leaves; a worker is taking what it has waiting out of the line."""
    PAUSED = "paused"
    """Nothing of it leaves, and nothing of it is in anybody's way."""
    RESUMING = "resuming"
    """It leaves again; a worker is putting what it has waiting back into the line."""
    CANCELLING = "cancelling"
    """Nothing of it leaves any more; a worker is cancelling what it has waiting."""
    CANCELLED = "cancelled"
    """Nothing of it leaves any more, and nothing of it waits."""
