"""The one way in which a count of people or of what they gave may be shown."""

from collections import Counter
from collections.abc import Mapping

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


Cell = tuple[str, str]
"""A language and a region."""
ANYBODY: Cell = ("", "")


def told_apart(crowds: Mapping[Cell, int]) -> Mapping[Cell, Cell]:
    """What may stand beside one of many: each cell as it leaves. Nobody shares theirs with fewer than seven others.

    Where too few live in a region who speak a language, the region is left out; where too few are left of a language
    then, that is left out as well. Of those for whom both are left out nothing is said.
    """
    coarse = {cell: cell if number >= FEWER_THAN else (cell[0], "") for cell, number in crowds.items()}
    left = Counter[Cell]()
    for cell, number in crowds.items():
        left[coarse[cell]] += number
    return {cell: its if left[its] >= FEWER_THAN else ANYBODY for cell, its in coarse.items()}
