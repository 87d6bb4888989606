"""How work is counted: by names and numbers, never by people."""

from typing import Protocol


class Observe(Protocol):
    """Takes what happened, by one of the names in `bot.metrics`, and how often or for how many seconds."""

    def __call__(self, name: str, number: float = 1, /, **labels: str) -> None: ...


def unobserved(name: str, number: float = 1, /, **labels: str) -> None:
    """Nobody counts."""
