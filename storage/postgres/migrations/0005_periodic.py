"""Periodic work: names, schedules, and when the next run is."""

from mailroom.storage.postgres.migrate import run_sql_beside

revision = "0005_periodic"
down_revision = "0004_outbox"


def upgrade() -> None:
    """Run the statements beside this file."""
    run_sql_beside(__file__)
