"""Writes choices as numbered lines under the text, for people who type the number."""

from collections.abc import Sequence

from channels.messages import Choice


def numbered(text: str, choices: Sequence[Choice], after_number: str) -> str:
    lines = (f"{number}{after_number}{choice.label}" for number, choice in enumerate(choices, 1))
    return "\n".join(line for line in (text, *lines) if line)
