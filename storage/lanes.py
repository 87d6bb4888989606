"""The lanes of the outbox."""

from enum import IntEnum


class Lane(IntEnum):
    """Which deliveries leave first: those of the lower number."""

    REPLY = 0
    """An answer: a person who wrote is waiting for it."""
    NOTICE = 1
    """What was done with what a person gave, and other word for few: in the order in which it was made."""
    BULLETIN = 2
    """What goes out to many."""

    @property
    def label(self) -> str:
        """As commands and metrics call it."""
        return self.name.lower()
