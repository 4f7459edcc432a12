"""Customers can say what is wrong with an order, and what does not work is replaced from stock."""

from mailroom.storage.postgres.migrate import run_sql_beside

revision = "0020_shop_complaints"
down_revision = "0019_shop_erasure"


def upgrade() -> None:
    """Run the statements beside this file."""
    run_sql_beside(__file__)
