"""Payments: where they are paid, what was really paid, and refunds."""

from mailroom.storage.postgres.migrate import run_sql_beside

revision = "0009_payment_refunds"
down_revision = "0008_shop_business"


def upgrade() -> None:
    """Run the statements beside this file."""
    run_sql_beside(__file__)
