"""Writes choices as numbered lines under the text, for people who type the number."""

from collections.abc import Sequence

from channels.messages import Choice, Outgoing


def listed(outgoing: Outgoing, after_number: str) -> str:
    """The text with its choices, or with what is said in place of them."""
    if outgoing.instead:
        return f"{outgoing.text} {outgoing.instead}"
    return numbered(outgoing.text, outgoing.choices, after_number)


def numbered(text: str, choices: Sequence[Choice], after_number: str) -> str:
    lines = (f"{number}{after_number}{choice.label}" for number, choice in enumerate(choices, 1))
    return "\n".join(line for line in (text, *lines) if line)
