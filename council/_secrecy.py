"""How exactly a count can be told without showing any voter what all the others chose."""

HIDDEN = 2
"""How many ballots from nobody, and from everybody, a count is told only as lying there."""
LEAST_COUNTED = 2 * HIDDEN + 1
"""With fewer votes than this every count lies near nobody and near everybody: none is told."""


def tellable(count: int, voters: int, most: int = 1) -> range | None:
    """The narrowest range around a count that may be told; None: not even that.

    `most`: what one ballot adds to it at most: one approval, five points of a score. 0: it is never told.

    Whoever voted knows one of the ballots. A count of nobody or of everybody shows what each voter chose; one away from
    that, it shows the odd one out what each of the others did. Where both are told in one breath with the count that is
    two away, it does not. Of sums the same is hidden as far as two whole ballots reach: then whoever takes the own
    points away from it does not know that the others gave none, or all they could.
    """
    if voters < LEAST_COUNTED or not most:
        return None
    hidden, everything = HIDDEN * most, voters * most
    if count <= hidden:
        return range(hidden + 1)
    if count >= everything - hidden:
        return range(everything - hidden, everything + 1)
    return range(count, count + 1)
