"""Alembic runs this to bring a database up to date, over the connection that `app.store.opening` gives it."""

from alembic import context

from app.store.schema import metadata

context.configure(connection=context.config.attributes["connection"], target_metadata=metadata)
with context.begin_transaction():
    context.run_migrations()
