"""The installation has an identity, and payments have names that are never used again."""

from mailroom.storage.postgres.migrate import run_sql_beside

revision = "0012_names_for_ever"
down_revision = "0011_ownership_beat"


def upgrade() -> None:
    """Run the statements beside this file."""
    run_sql_beside(__file__)
