"""The tables of staff: who they are, what they may do, how they sign in. They are no persons: FORGET is not theirs."""

from sqlalchemy import Boolean, Column, ForeignKey, Index, Integer, Table, Text, UniqueConstraint

from storage._ground.columns import Moment, Sealed
from storage.tables._metadata import metadata

staff = Table(
    "staff",
    metadata,
    # A random name. The row stays when its holder ends: the journal says who did what.
    Column("id", Text, primary_key=True),
    # What they sign in by, in small letters.
    Column("login", Text, nullable=False, unique=True),
    # What their colleagues call them; "": they have not said it yet.
    Column("name", Text, nullable=False),
    # The argon2id hash of their password; "": they have none, so nobody signs in.
    Column("password", Text, nullable=False, server_default=""),
    # The secret of their second factor, sealed by a key of the key file; null: they have none.
    Column("totp", Sealed(64)),
    # The last step of time whose code was used, so that each is used once; null: none was.
    Column("totp_step", Integer),
    # The code of the language in which the console speaks to them.
    Column("language", Text, nullable=False),
    # A `Look`.
    Column("look", Text, nullable=False),
    # When they were invited.
    Column("made", Moment, nullable=False),
    # Since when they are no member of staff any more; null: they are.
    Column("ended", Moment),
)

recovery_code = Table(
    "recovery_code",
    metadata,
    # A keyed hash of whose it is and of the code that they were shown once.
    Column("id", Text, primary_key=True),
    # Who signs in by it without their second factor.
    Column("staff_id", Text, ForeignKey("staff.id", ondelete="CASCADE"), nullable=False, index=True),
    # When it was used, which it is once; null: it was not.
    Column("used", Moment),
)

grant = Table(
    "grant",
    metadata,
    # A random name.
    Column("id", Text, primary_key=True),
    # Who may do it.
    Column("staff_id", Text, ForeignKey("staff.id", ondelete="CASCADE"), nullable=False, index=True),
    # In which process; null: in all of the deployment.
    Column("process_id", Text, ForeignKey("process.id")),
    # A `Role`.
    Column("role", Text, nullable=False),
    # In which languages, as a JSON list of their codes; "[]": in all.
    Column("languages", Text, nullable=False),
    UniqueConstraint("staff_id", "process_id", "role"),
)
Index(
    "uq_grant_everywhere",
    grant.c.staff_id,
    grant.c.role,
    unique=True,
    sqlite_where=grant.c.process_id.is_(None),
    postgresql_where=grant.c.process_id.is_(None),
)

staff_invitation = Table(
    "staff_invitation",
    metadata,
    # The SHA-256 of the token in the link that was handed out.
    Column("id", Text, primary_key=True),
    # Who chooses a password by it.
    Column("staff_id", Text, ForeignKey("staff.id", ondelete="CASCADE"), nullable=False, index=True),
    # Until when it can be used.
    Column("until", Moment, nullable=False),
    # When it was used, which it is once; null: it was not.
    Column("used", Moment),
)

sign_in = Table(
    "sign_in",
    metadata,
    # The SHA-256 of the token that their browser keeps.
    Column("id", Text, primary_key=True),
    # Who signed in.
    Column("staff_id", Text, ForeignKey("staff.id", ondelete="CASCADE"), nullable=False, index=True),
    # When they did.
    Column("began", Moment, nullable=False),
    # When they were last seen, to the minute or so.
    Column("seen", Moment, nullable=False, index=True),
    # When it is over, however busy they are.
    Column("until", Moment, nullable=False, index=True),
    # When they last gave all that they sign in by; null: they have to give their second factor still, or to choose one,
    # and may do nothing else.
    Column("confirmed", Moment),
    # They gave their second factor.
    Column("second", Boolean, nullable=False),
    # The secret of a second factor that was shown here and is not theirs until a code of it is given; null: none was.
    Column("offered", Sealed(64)),
    # What their browser is, coarsely: "Firefox, Android"; "": nobody knows.
    Column("browser", Text, nullable=False),
)

attempt = Table(
    "attempt",
    metadata,
    # A random name of the try.
    Column("id", Text, primary_key=True),
    # A keyed hash of the account that was tried, or of the address on the net that tried.
    Column("target", Text, primary_key=True),
    # When it was.
    Column("at", Moment, nullable=False, index=True),
    Index("ix_attempt_target_at", "target", "at"),
)
