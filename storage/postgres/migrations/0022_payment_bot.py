"""A payment names the bot that asked for it: what it pays for is known there, and nowhere else."""

from mailroom.storage.postgres.migrate import run_sql_beside

revision = "0022_payment_bot"
down_revision = "0021_shop_pictures"


def upgrade() -> None:
    """Run the statements beside this file."""
    run_sql_beside(__file__)
