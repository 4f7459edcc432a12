"""Payments: what somebody was asked to pay, and what became of it."""

from mailroom.storage.postgres.migrate import run_sql_beside

revision = "0007_payments"
down_revision = "0006_broadcast"


def upgrade() -> None:
    """Run the statements beside this file."""
    run_sql_beside(__file__)
