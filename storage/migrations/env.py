"""Run by Alembic for every upgrade; ``storage.migrate`` opens and commits the transaction."""

from alembic import context

context.configure(connection=context.config.attributes["connection"], render_as_batch=True, transactional_ddl=True)
context.run_migrations()
