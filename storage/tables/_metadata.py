"""What all tables have in common: their names, and what FORGET leaves of them."""

from sqlalchemy import MetaData

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    }
)

STAYS = "stays"
"""FORGET deletes the rows that lead to a person: by `CASCADE`, or in `people.erase`. Where a row is let go of instead,
the `info` of the column that led to the person names here what stays in it, which is nobody's then."""
