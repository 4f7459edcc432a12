"""Partition leases, and the facts fixed at the first start."""

from mailroom.storage.postgres.migrate import run_sql_beside

revision = "0001_partition_lease"
down_revision = None


def upgrade() -> None:
    """Run the statements beside this file."""
    run_sql_beside(__file__)
