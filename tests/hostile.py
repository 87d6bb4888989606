"""What attackers write, as `tests/hostile.toml` holds it, and putting all of it where somebody may write."""

import tomllib
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path

LIST = tomllib.loads((Path(__file__).parent / "hostile.toml").read_text())
TEXTS: tuple[str, ...] = tuple(text for group in LIST["texts"] for text in group["texts"])
LONG: tuple[str, ...] = tuple(group["text"] * group["times"] for group in LIST["long"])
BROKEN: tuple[str, ...] = tuple(LIST["broken"]["values"])
"""Percent-encoded, as they are sent."""
LONGEST = max(map(len, TEXTS))


async def put(
    write: Callable[[str], Awaitable[object]], *refusals: type[Exception], texts: Sequence[str] = TEXTS
) -> list[str]:
    """Write each of them into a field. Gives those that it took; the others it refused in one of these ways."""
    taken = []
    for text in texts:
        try:
            await write(text)
        except refusals:
            continue
        taken.append(text)
    return taken
