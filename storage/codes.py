"""Why a delivery is in its state, in words of ours; any other code in that column is a platform's."""

from enum import StrEnum


class Code(StrEnum):
    """The codes that storage itself writes down; senders and talks have some of their own."""

    SHUT = "shut"
    """Its person has been silent for too long: it waits until they write."""
    NOT_AFTER = "not_after"
    """It was of no use any more when it could leave."""
    UNREACHABLE = "unreachable"
    """Its person could not be written to at its address when it could leave."""
    GONE = "gone"
    """Its address was lost while it waited."""
    CANCELLED = "cancelled"
    """An organizer cancelled its broadcast."""
    LEFT = "left"
    """Its person left the process that tells it."""
    FORGOTTEN = "forgotten"
    """Its person sent FORGET before it was known to have left."""
    UNREADABLE = "unreadable"
    """The key of its person could not be opened: it waits, in case the key file comes back."""
    CRASH = "crash"
    """The worker that had it seems to be no more."""
    FOUND = "found"
    """It was found in a platform's list by its person and its moment: most likely it, not certainly."""
    RESENT = "resent"
    """It leaves once more: the platform never had it, or its broadcast allows that it comes twice."""
    NIGHT = "night"
    """It waits for the morning where its person lives."""
    RESTORED = "restored"
    """It was to leave when this database was last used, and that is too long ago: a human decides."""
