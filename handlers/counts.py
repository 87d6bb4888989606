"""The one way in which a count of people or of what they gave may be shown."""

FEWER_THAN = 8
STEP = 5


def rounded(number: int) -> int | None:
    """The nearest five; None for everything below eight, nobody at all included: a small number points at people.

    A total is rounded from the raw number, never summed from rounded ones.
    """
    return None if number < FEWER_THAN else STEP * round(number / STEP)


def among_many(number: int, everybody: int) -> int | None:
    """A number as it is, where it is of at least eight; None where it is of fewer.

    Only for what an organizer has sent, by its state alone: nothing else is known of whom it counts. As soon as it is
    told apart by anything about people, by language or sender, it is `rounded`.
    """
    return None if everybody < FEWER_THAN else number
