"""Refunds: many of one payment, each with a name of its own; and disputes."""

from mailroom.storage.postgres.migrate import run_sql_beside

revision = "0015_refund_rows"
down_revision = "0014_pair"


def upgrade() -> None:
    """Run the statements beside this file."""
    run_sql_beside(__file__)
