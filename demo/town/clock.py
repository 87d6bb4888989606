"""A clock that can be set back while the town's past is played."""

from datetime import UTC, datetime, timedelta


class TownClock:
    """The time in the town. It is the real one unless it was set back."""

    def __init__(self) -> None:
        self._behind = timedelta(0)

    def __call__(self) -> datetime:
        return datetime.now(UTC) - self._behind

    def set_back(self, behind: timedelta) -> None:
        self._behind = behind

    def pass_by(self, time: timedelta) -> None:
        """Let some of the time that it is behind pass at once."""
        self._behind = max(self._behind - time, timedelta(0))
