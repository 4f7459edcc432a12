"""Customers of the shop may do without its news."""

from mailroom.storage.postgres.migrate import run_sql_beside

revision = "0018_shop_news"
down_revision = "0016_shop_restored"


def upgrade() -> None:
    """Run the statements beside this file."""
    run_sql_beside(__file__)
