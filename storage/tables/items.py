"""The tables of what we tell before it leaves: items, their editions and renditions."""

from sqlalchemy import Column, ForeignKey, Integer, Table, Text

from storage._ground.columns import Moment
from storage.tables._metadata import metadata

item = Table(
    "item",
    metadata,
    # A random name.
    Column("id", Text, primary_key=True),
    # The process that tells it.
    Column("process_id", Text, ForeignKey("process.id"), nullable=False, index=True),
    # An `ItemKind`.
    Column("kind", Text, nullable=False),
    # The code of the language in which it is written first.
    Column("language", Text, nullable=False),
    # What staff call it; nobody else reads it.
    Column("title", Text, nullable=False),
    # The number of its newest edition.
    Column("edition", Integer, nullable=False),
    # Whom and when it is to reach, as JSON: a bulletin without its text.
    Column("plan", Text, nullable=False),
    # Who of the staff planned that last; null: nobody, the program put it together.
    Column("planned_by", Text),
    # When it was begun.
    Column("made", Moment, nullable=False),
    # When its text, its title or its plan was changed last.
    Column("changed", Moment, nullable=False),
    # When it was given up; null: it was not.
    Column("dropped", Moment),
    # Of an e-bulletin: since when happened what it tells; null: it is none.
    Column("since", Moment),
)

edition = Table(
    "edition",
    metadata,
    # The item whose text this is in the language in which it is written first.
    Column("item_id", Text, ForeignKey("item.id"), primary_key=True),
    # 1 for the first, one more with each change of it.
    Column("number", Integer, primary_key=True),
    # The text.
    Column("text", Text, nullable=False),
    # Who of the staff wrote it; null: nobody, the program put it together.
    Column("staff_id", Text),
    # When it was written.
    Column("written", Moment, nullable=False),
)
"""Every one that there ever was, so that a translator sees what has changed."""

rendition = Table(
    "rendition",
    metadata,
    # The item that it is of.
    Column("item_id", Text, ForeignKey("item.id"), primary_key=True),
    # The code of its language, another one than the item's.
    Column("language", Text, primary_key=True),
    # The text; "" while there is none.
    Column("text", Text, nullable=False),
    # A `RenditionState`.
    Column("state", Text, nullable=False),
    # Which edition of the item it says the same as. Where the item has a newer one it is stale.
    Column("source_edition", Integer, nullable=False),
    # 1 for the first, one more with each change of it.
    Column("edition", Integer, nullable=False),
    # Who of the staff wrote its text last.
    Column("staff_id", Text, nullable=False),
    # Who else of the staff approved it; null: nobody has.
    Column("approved_by", Text),
    # When it was changed last.
    Column("changed", Moment, nullable=False),
)
