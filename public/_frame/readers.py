"""In which language somebody reads whom nobody knows: by what their browser asks for."""

from collections.abc import Iterator, Sequence


def preferred(header: str, offered: Sequence[str]) -> str:
    """The first of those that are offered that an Accept-Language wants most; else the first that is offered."""
    wishes = sorted(_wishes(header), key=lambda wish: -wish[1])
    codes = (tag.partition("-")[0].lower() for tag, weight in wishes if weight > 0)
    return next((code for code in codes if code in offered), offered[0])


def _wishes(header: str) -> Iterator[tuple[str, float]]:
    """Each tag, and how much it is wanted."""
    for part in header.split(","):
        tag, _semicolon, parameter = part.partition(";")
        weight = parameter.strip().removeprefix("q=")
        try:
            yield tag.strip(), float(weight) if parameter else 1.0
        except ValueError:
            continue
