"""The table of voice notes: where each is with us, and what somebody wrote down of it."""

from sqlalchemy import Column, ForeignKey, Index, Integer, LargeBinary, Table, Text

from storage._ground.columns import Moment, Sealed
from storage.tables._metadata import metadata

recording = Table(
    "recording",
    metadata,
    # A random name. The contribution names it; one that none names is thrown away.
    Column("id", Text, primary_key=True),
    # Whose voice it is: it goes with them.
    Column("person_id", Text, ForeignKey("person.id", ondelete="CASCADE"), nullable=False, index=True),
    # The bot or number of ours that it was sent to, which alone can fetch it.
    Column("channel", Text, nullable=False),
    # Where the platform keeps it; null: it is here, and there no more, or its contribution says it.
    Column("voice", Sealed(256)),
    # How far it is: a `RecordingState`.
    Column("state", Text, nullable=False),
    # Why it was not fetched when that was last tried; null: nothing was in its way.
    Column("code", Text),
    # How often a worker took it in hand to bring it into its present state's next one.
    Column("tries", Integer, nullable=False),
    # When it is next to be taken in hand; null: nothing is left to do. Whoever has it in hand puts this off by a lease.
    Column("due", Moment),
    # What kind of sound it is: a `channels.recordings.SoundKind`; null: it is not here.
    Column("kind", Text),
    # How long it is; null: it is not here, or does not say.
    Column("seconds", Integer),
    # The key of its own by which the sound is sealed, itself sealed by the person's; null: it is not here.
    Column("key", Sealed(128)),
    # The sound, sealed by that key: who is joined with somebody else needs no
    # megabytes sealed anew; null: it is not here.
    Column("sound", LargeBinary),
    # What a member of staff wrote down of it; null: nobody has.
    Column("words", Sealed(512)),
    # How often that was written; 0: it was not.
    Column("edition", Integer, nullable=False, server_default="0"),
    # The member of staff who wrote it last; null: nobody has.
    Column("written_by", Text, ForeignKey("staff.id")),
    # When that was; null: never.
    Column("written", Moment),
)

Index(
    "ix_recording_due",
    recording.c.due,
    postgresql_where=recording.c.due.is_not(None),
    sqlite_where=recording.c.due.is_not(None),
)
