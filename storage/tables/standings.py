"""The tables of what rounds decided on matters, and on parts of texts."""

from sqlalchemy import Boolean, Column, ForeignKey, Integer, Table, Text, false

from storage.tables._metadata import metadata

round_matter = Table(
    "round_matter",
    metadata,
    # The round in which it is voted on.
    Column("round_id", Text, ForeignKey("round.id"), primary_key=True),
    # By which value it stands on the ballots.
    Column("option", Text, primary_key=True),
    # The matter that this option is.
    Column("matter_id", Text, ForeignKey("matter.id"), nullable=False, index=True),
    # Its place in the order that the votes made, 1 for the first; null: it is not closed, or has no result.
    Column("place", Integer),
    # Others share its place.
    Column("tied", Boolean, nullable=False, server_default=false()),
    # Among how many it was voted on.
    Column("among", Integer, nullable=False),
    # Whether it was adopted; null: it is not closed, has no result, or its rule only puts in order.
    Column("adopted", Boolean),
    # Whether it was chosen; null: it is not closed, has no result, or its rule chooses nobody.
    Column("chosen", Boolean),
)

round_part = Table(
    "round_part",
    metadata,
    # The round in which it is voted on.
    Column("round_id", Text, ForeignKey("round.id"), primary_key=True),
    # By which value it stands on the ballots.
    Column("option", Text, primary_key=True),
    # The part of a text that this option is.
    Column("part_id", Text, ForeignKey("item.id"), nullable=False, index=True),
    # The edition of the part that is voted on.
    Column("edition", Integer, nullable=False),
    # Its words when the round opened, as JSON by language, the one in which it was written first.
    Column("words", Text, nullable=False),
    # Its place in the order that the votes made, 1 for the first; null: it is not closed, or has no result.
    Column("place", Integer),
    # Others share its place.
    Column("tied", Boolean, nullable=False, server_default=false()),
    # Among how many it was voted on.
    Column("among", Integer, nullable=False),
    # Whether it was adopted; null: it is not closed, has no result, or its rule adopts nothing.
    Column("adopted", Boolean),
    # Whether it was chosen; null: it is not closed, has no result, or its rule chooses nobody.
    Column("chosen", Boolean),
)
"""Parts are written anew and translated while people vote: what they read is what was put to the vote."""
