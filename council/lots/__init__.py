"""Drawing by lot with quotas, so that anybody can draw again: pure."""

from council.lots._drawing import Drawn, chances, draw, drawn_from
from council.lots._limits import (
    NOT_SAID,
    Contradicting,
    Facts,
    Limits,
    Missing,
    NotDrawable,
    Pool,
    Quotas,
    TooFew,
    check,
    met,
)
from council.lots._lottery import (
    ALGORITHM,
    Infeasible,
    Lottery,
    NotInstalled,
    Panel,
    Relaxation,
    Report,
    drawn_by,
    lottery,
)
from council.lots._openly import Ticket, leaf, pool_hash, seed_of
from council.lots._records import Broken, Record, packed, unpacked
from council.lots._rotation import Vacant, remaining, replacement

__all__ = [
    "ALGORITHM",
    "NOT_SAID",
    "Broken",
    "Contradicting",
    "Drawn",
    "Facts",
    "Infeasible",
    "Limits",
    "Lottery",
    "Missing",
    "NotDrawable",
    "NotInstalled",
    "Panel",
    "Pool",
    "Quotas",
    "Record",
    "Relaxation",
    "Report",
    "Ticket",
    "TooFew",
    "Vacant",
    "chances",
    "check",
    "draw",
    "drawn_by",
    "drawn_from",
    "leaf",
    "lottery",
    "met",
    "packed",
    "pool_hash",
    "remaining",
    "replacement",
    "seed_of",
    "unpacked",
]
