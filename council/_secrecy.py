"""How exactly a count can be told without showing any voter what all the others chose."""

HIDDEN = 2
"""How far from nobody, and from everybody, a count is told only as lying there."""
LEAST_COUNTED = 2 * HIDDEN + 1
"""With fewer votes than this every count lies near nobody and near everybody: none is told."""


def tellable(count: int, voters: int) -> range | None:
    """The narrowest range around a count that may be told; None: not even that.

    Whoever voted knows one of the ballots. A count of nobody or of everybody shows what each voter chose; one away from
    that, it shows the odd one out what each of the others did. Where both are told in one breath with the count that is
    two away, it does not.
    """
    if voters < LEAST_COUNTED:
        return None
    if count <= HIDDEN:
        return range(HIDDEN + 1)
    if count >= voters - HIDDEN:
        return range(voters - HIDDEN, voters + 1)
    return range(count, count + 1)
