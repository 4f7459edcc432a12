"""Products of the shop have pictures."""

from mailroom.storage.postgres.migrate import run_sql_beside

revision = "0021_shop_pictures"
down_revision = "0020_shop_complaints"


def upgrade() -> None:
    """Run the statements beside this file."""
    run_sql_beside(__file__)
