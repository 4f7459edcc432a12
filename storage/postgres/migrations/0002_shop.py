"""The shop's tables: catalogue and orders."""

from mailroom.storage.postgres.migrate import run_sql_beside

revision = "0002_shop"
down_revision = "0001_partition_lease"


def upgrade() -> None:
    """Run the statements beside this file."""
    run_sql_beside(__file__)
