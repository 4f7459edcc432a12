"""When anybody who works the chats, or waits for them, was last heard of."""

from mailroom.storage.postgres.migrate import run_sql_beside

revision = "0011_ownership_beat"
down_revision = "0010_shop_owner_log"


def upgrade() -> None:
    """Run the statements beside this file."""
    run_sql_beside(__file__)
