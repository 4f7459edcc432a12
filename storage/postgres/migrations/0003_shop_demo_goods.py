"""Something to sell in a fresh shop."""

from mailroom.storage.postgres.migrate import run_sql_beside

revision = "0003_shop_demo_goods"
down_revision = "0002_shop"


def upgrade() -> None:
    """Run the statements beside this file."""
    run_sql_beside(__file__)
