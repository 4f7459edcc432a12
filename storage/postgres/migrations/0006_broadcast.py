"""Broadcasts: messages, their recipients, and which process sends those of a bot."""

from mailroom.storage.postgres.migrate import run_sql_beside

revision = "0006_broadcast"
down_revision = "0005_periodic"


def upgrade() -> None:
    """Run the statements beside this file."""
    run_sql_beside(__file__)
