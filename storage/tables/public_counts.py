"""The table of counts that everybody may read, each as it stood when it was last taken up."""

from sqlalchemy import Column, ForeignKey, Integer, Table, Text

from storage._ground.columns import Moment
from storage.tables._metadata import metadata

public_count = Table(
    "public_count",
    metadata,
    # The process that counts.
    Column("process_id", Text, ForeignKey("process.id"), primary_key=True),
    # Who or what is counted: a `Counted`.
    Column("counted", Text, primary_key=True),
    # The id of the matter behind which they are counted, or of the response that they rated; "": in the whole process.
    Column("about", Text, primary_key=True),
    # How many there were. Nobody sees it before it is rounded.
    Column("number", Integer, nullable=False),
    # Since when this number stands here.
    Column("since", Moment, nullable=False),
    # When they were counted last, whether or not another number was taken up.
    Column("looked", Moment, nullable=False),
)
