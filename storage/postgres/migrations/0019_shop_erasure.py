"""The shop's terms are its owner's to write, and customers can have their data deleted."""

from mailroom.storage.postgres.migrate import run_sql_beside

revision = "0019_shop_erasure"
down_revision = "0018_shop_news"


def upgrade() -> None:
    """Run the statements beside this file."""
    run_sql_beside(__file__)
