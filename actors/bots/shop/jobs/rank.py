"""The order is counted in the leaderboard."""

from mailroom.actors.bots.shop.jobs.kinds import OrderJob
from mailroom.actors.bots.shop.leaderboard import count_order
from mailroom.actors.jobs.context import JobContext


async def rank(wanted: OrderJob, context: JobContext) -> None:
    """Count it, once; not one whose money goes back."""
    async with context.ending() as tx:
        await count_order(tx.connection, wanted.order)
