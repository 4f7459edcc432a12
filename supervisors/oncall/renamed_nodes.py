"""What on-call has put aside by the name that a queue had when all bots shared it."""

from collections.abc import Mapping, Sequence

import asyncpg
from structlog import get_logger

from mailroom.storage.postgres.outbox.renamed import retire
from mailroom.storage.redis.mailbox import PARKED_BY
from mailroom.storage.redis.suspensions import Suspensions
from mailroom.supervisors.oncall.targets import QUEUES_NODE, Target

log = get_logger("mailroom.oncall")


async def follow_names(
    suspensions: Suspensions, pool: asyncpg.Pool, names: Mapping[str, Sequence[str]]
) -> None:
    """Have those queues put aside that took over from one which is: to be awaited before they start. `names`
    are theirs by the old one. Nobody claims by that any more once its suspension is lifted, so that the
    version before, which may still run, resumes nothing. Raises `StoreError`; may be repeated.
    """
    held = await suspensions.all()
    for old, new in names.items():
        node = Target("node", f"{QUEUES_NODE}/{old}").stored
        if node not in held:
            continue
        if held[node].who != PARKED_BY:  # what has crashed there may not crash here
            for queue in new:
                target = Target("node", f"{QUEUES_NODE}/{queue}")
                await suspensions.put(target.stored, held[node].who, held[node].why)
        await retire(pool, old, new)
        await suspensions.lift(node)
        log.info("suspension_moved", path=f"{QUEUES_NODE}/{old}", to=list(new))
