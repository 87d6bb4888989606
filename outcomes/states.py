"""The states in which a platform's word, or our own decision not to send, leaves a delivery."""

from collections.abc import Mapping

from channels.messages import Status

QUEUED, SENT, DELIVERED = "queued", "sent", "delivered"
FAILED, EXPIRED, CANCELLED, UNKNOWN = "failed", "expired", "cancelled", "unknown"

REPORTED: Mapping[Status, str] = {
    Status.SENT: SENT,
    Status.DELIVERED: DELIVERED,
    Status.READ: DELIVERED,
    Status.FAILED: FAILED,
}
"""What a platform's report makes of a delivery; "accepted" makes nothing of it that we did not know."""
