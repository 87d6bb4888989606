"""Draws by lot: announced, drawn by a public value, confirmed by a second person, and repeated by anybody."""

from handlers.draws.announcing import LONGEST_SOURCE, LONGEST_VALUE, Plan, Pooled, announce, enter, pooled, vacant
from handlers.draws.confirming import Givable, confirm, givable_of
from handlers.draws.labels import CATEGORY, Fact, facts_of, labels_of
from handlers.draws.reading import Summary, get, limits, outcome, summed_up
from handlers.draws.reasons import in_words, why
from handlers.draws.records import recognisable, record, record_of

__all__ = [
    "CATEGORY",
    "LONGEST_SOURCE",
    "LONGEST_VALUE",
    "Fact",
    "Givable",
    "Plan",
    "Pooled",
    "Summary",
    "announce",
    "confirm",
    "enter",
    "facts_of",
    "get",
    "givable_of",
    "in_words",
    "labels_of",
    "limits",
    "outcome",
    "pooled",
    "recognisable",
    "record",
    "record_of",
    "summed_up",
    "vacant",
    "why",
]
