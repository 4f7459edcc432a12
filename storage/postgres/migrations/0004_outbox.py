"""The outbox: jobs, who of each key has started, what must not be enqueued again, dead letters, history."""

from mailroom.storage.postgres.migrate import run_sql_beside

revision = "0004_outbox"
down_revision = "0003_shop_demo_goods"


def upgrade() -> None:
    """Run the statements beside this file."""
    run_sql_beside(__file__)
