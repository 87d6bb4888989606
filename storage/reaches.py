"""What an address may be, as far as a question of storage turns on it: words of `channels.verdicts.Reach`."""

from typing import Final

ACTIVE: Final = "active"
"""Its person can be written to there."""
OPTED_OUT: Final = "opted_out"
"""Its person said STOP: only they undo it."""
BLOCKED: Final = "blocked"
"""Its person blocked us: time does not undo it, but anything that they write does."""
