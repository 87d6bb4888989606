"""The one way in which a count of people or of what they gave may be shown."""

FEWER_THAN = 8
STEP = 5


def rounded(number: int) -> int | None:
    """The nearest five; None for everything below eight, nobody at all included: a small number points at people.

    A total is rounded from the raw number, never summed from rounded ones.
    """
    return None if number < FEWER_THAN else STEP * round(number / STEP)
