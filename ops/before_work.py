"""What is settled before any part of a process starts: what may not act, and what has other names now."""

from contextlib import suppress

from structlog import get_logger

from mailroom.actors.jobs.queue import took_over
from mailroom.actors.runtime.bridge import aio
from mailroom.ops.faults import StartError
from mailroom.ops.outbox import queue_names
from mailroom.ops.oversight import Oversight
from mailroom.ops.process import Process
from mailroom.storage.errors import StoreError
from mailroom.storage.postgres.outbox.renamed import retire
from mailroom.storage.redis.mailbox import PARKED_BY, every_partition
from mailroom.storage.redis.suspensions import Held, Suspensions
from mailroom.supervisors.oncall.node import held_nodes
from mailroom.supervisors.oncall.renamed_nodes import follow_names
from mailroom.supervisors.oncall.restored import JOBS
from mailroom.supervisors.oncall.targets import Target

log = get_logger("mailroom")

LINES = "telegram/"
"""Where the lines of the bots stand in the tree."""


async def settle(process: Process, oversight: Oversight) -> None:
    """Settle it. Raises `StartError` where a store does not answer that must."""
    await _hold_what_must_not_act(process, oversight)
    names = took_over(queue_names(process.settings))
    pool, suspensions = process.outbox.pool, oversight.suspensions
    try:  # before anything is enqueued or claimed by the new ones here: of one key all goes in order
        for old, new in names.items():
            await aio(retire, pool, old, new)
    except StoreError as error:
        raise StartError(f"DATABASE_URL: {error}") from None
    with suppress(StoreError):  # the listener makes up for it
        if process.working:
            await aio(suspensions.reconcile, every_partition())
            await aio(follow_names, suspensions, pool, names)
        oversight.tree.held.update(await _put_aside(suspensions))


async def _hold_what_must_not_act(process: Process, oversight: Oversight) -> None:
    """Nothing acts while the two stores do not fit."""
    pairing = process.stores.pairing
    if process.working:
        await oversight.asking.before_work()
    try:
        await aio(oversight.guard.enforce)
    except StoreError as error:
        if pairing.held is not None:  # what may not act must not start either
            raise StartError(f"{pairing.held}, and it cannot be held: {error}") from None
    if pairing.held is not None:  # also where Redis is gone again before it is read below
        oversight.tree.held[JOBS] = pairing.held


async def _put_aside(suspensions: Suspensions) -> dict[str, Held]:
    """What on-call has put aside in the tree. A line to Telegram that a supervisor has parked is forgiven: a
    version before this one did so when Telegram answered strangely for a minute, and nobody would come.
    """
    held = held_nodes(await aio(suspensions.all))
    for path in [path for path, note in held.items() if path.startswith(LINES) and note.who == PARKED_BY]:
        log.warning("parked_line_forgiven", path=path, why=held.pop(path).why)
        await aio(suspensions.lift, Target("node", path).stored)
    return held
