"""How Alembic runs here: over the given connection, each migration by itself, in batch mode on SQLite."""

from alembic import context

from bot.storage.tables import Base

connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=Base.metadata,
    render_as_batch=connection.dialect.name == "sqlite",
    compare_type=True,
    transaction_per_migration=True,
    on_version_apply=context.config.attributes["mark"],
)
with context.begin_transaction():
    context.run_migrations()
connection.commit()
