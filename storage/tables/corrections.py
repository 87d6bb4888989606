"""The table of what a deployment says in other words than our catalogs."""

from sqlalchemy import Column, ForeignKey, Integer, Table, Text

from storage._ground.columns import Moment
from storage.tables._metadata import metadata

correction = Table(
    "correction",
    metadata,
    # The code of the language that it is worded in.
    Column("language", Text, primary_key=True),
    # A hash of the English text that the code says.
    Column("text", Text, primary_key=True),
    # Which plural, in the order of the language; 0 where there is no number in the text.
    Column("form", Integer, primary_key=True),
    # What is said; null: what our catalog has, for the correction was taken back.
    Column("wording", Text),
    # What our catalog had when it was corrected: where it has something else by now, somebody has to look.
    Column("before", Text, nullable=False),
    # The member of staff who corrected it last, or took that back.
    Column("staff_id", Text, ForeignKey("staff.id"), nullable=False),
    # 1 when it was first corrected, and one more with every change: by the sum of them a program sees that one changed.
    Column("edition", Integer, nullable=False),
    # When it was last changed.
    Column("at", Moment, nullable=False),
)
