"""The shop keeps goods off sale that may have been sold since a backup."""

from mailroom.storage.postgres.migrate import run_sql_beside

revision = "0016_shop_restored"
down_revision = "0015_refund_rows"


def upgrade() -> None:
    """Run the statements beside this file."""
    run_sql_beside(__file__)
