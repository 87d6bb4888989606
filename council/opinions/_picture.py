"""The picture of a whole: groups of people who are of one mind, and where they are on a map. Nobody stands alone."""

from dataclasses import dataclass

from council.opinions._agreement import Tally

FEWEST_PEOPLE = 50
"""For fewer there are only tallies: Polis is no "tool for gathering data from groups of less than 50 to 100 people"."""
FIRM_FROM = 100
"""With fewer than so many it is an indication."""
FEWEST_IN_GROUP = 10
"""No group of fewer is ever made: a smaller one would point at people."""
CLUSTERED_FROM = 7
"""Who has said something on so many statements, or on all, stands in the picture."""


def is_clustered(opinions: int, statements: int) -> bool:
    """Whether somebody who has said so much stands in the picture, as in Polis' `conversation.clj`."""
    return opinions >= max(1, min(CLUSTERED_FROM, statements))


@dataclass(frozen=True, slots=True)
class Group:
    """People who are of one mind. The map is 1 wide and 1 high."""

    people: int
    tallies: tuple[Tally, ...]
    """By statement, in their order."""
    across: float
    down: float
    """Where its middle is."""
    width: float
    height: float
    """How far it reaches: twice its standard deviation."""


@dataclass(frozen=True, slots=True)
class Cell:
    """A square of the map in which enough people stand."""

    column: int
    row: int
    people: int


@dataclass(frozen=True, slots=True)
class Picture:
    """The groups, the largest first. Without any, people are of one mind, or of too many."""

    people: int
    """Everybody who stands in it."""
    groups: tuple[Group, ...]
    cells: tuple[Cell, ...]
    columns: int
    """So many squares is the map wide and high."""
    extremities: tuple[float, ...]
    """By statement, in their order: how far it sets people apart."""
    silhouette: float
    """How well the groups stand apart, from -1 to 1; 0 without groups."""
