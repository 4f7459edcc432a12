"""Which Redis this database works with, and how far both had come."""

from mailroom.storage.postgres.migrate import run_sql_beside

revision = "0014_pair"
down_revision = "0012_names_for_ever"


def upgrade() -> None:
    """Run the statements beside this file."""
    run_sql_beside(__file__)
