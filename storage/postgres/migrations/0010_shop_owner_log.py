"""The shop: what those who run it did to it."""

from mailroom.storage.postgres.migrate import run_sql_beside

revision = "0010_shop_owner_log"
down_revision = "0009_payment_refunds"


def upgrade() -> None:
    """Run the statements beside this file."""
    run_sql_beside(__file__)
