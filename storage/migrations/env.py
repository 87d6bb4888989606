"""Alembic's environment: migrations run on the connection they are given."""

from collections.abc import Collection, Mapping
from typing import Any

from alembic import context
from alembic.runtime.migration import MigrationContext, MigrationInfo
from alembic.script import Script

from storage.tables import metadata

connection = context.config.attributes["connection"]
says = context.config.attributes.get("says")


def tell(
    ctx: MigrationContext,  # noqa: ARG001 Alembic names all four when it calls
    step: MigrationInfo,
    heads: Collection[Any],  # noqa: ARG001
    run_args: Mapping[str, Any],  # noqa: ARG001
) -> None:
    """Of a version that was made."""
    if says is not None and step.is_upgrade and isinstance(step.up_revision, Script):
        says(step.up_revision.doc)


context.configure(
    connection=connection,
    target_metadata=metadata,
    render_as_batch=connection.dialect.name == "sqlite",
    transaction_per_migration=False,
    on_version_apply=tell,
)
with context.begin_transaction():
    context.run_migrations()
