"""What very many people agree on: which statement comes next, what the opinions come to, and which groups there are.

It is what Polis computes (compdemocracy/polis, `math/src/polismath/math/`); each formula names its file there.
"""

from council.opinions._agreement import (
    AGAINST,
    FOR,
    Side,
    Tally,
    consensus,
    group_informed,
    one_proportion,
    representative,
    two_proportions,
)
from council.opinions._next import Candidate, choose, priority
from council.opinions._picture import (
    CLUSTERED_FROM,
    FEWEST_IN_GROUP,
    FEWEST_PEOPLE,
    FIRM_FROM,
    Cell,
    Group,
    Picture,
    is_clustered,
)

__all__ = [
    "AGAINST",
    "CLUSTERED_FROM",
    "FEWEST_IN_GROUP",
    "FEWEST_PEOPLE",
    "FIRM_FROM",
    "FOR",
    "Candidate",
    "Cell",
    "Group",
    "Picture",
    "Side",
    "Tally",
    "choose",
    "consensus",
    "group_informed",
    "is_clustered",
    "one_proportion",
    "priority",
    "representative",
    "two_proportions",
]
