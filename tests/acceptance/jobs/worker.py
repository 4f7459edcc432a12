"""A worker of Mailroom whose deliveries do what their payloads say, and which dies where it is told to.

python worker.py mailroom.toml POINT AFTER: it kills itself the first time that it reaches the point after so
many jobs were done here. Points are listed in `POINTS`; none means that it lives.
"""

import asyncio
import os
import signal
import sys
from functools import partial
from pathlib import Path

from pydantic import BaseModel

from mailroom.ops.quick_aiogram import import_aiogram

POINTS = (
    "before a claim",
    "after a claim",
    "in the handler",
    "inside of the effect",
    "after the effect",
    "after an effect outside",
    "before the completion",
    "after the completion",
)
LEASE_SECONDS = 2.0
"""Instead of thirty, so that a test need not wait that long for what a dead worker held."""


class Deed(BaseModel):
    number: int = 0
    fails: int = 0
    """In how many attempts it fails first."""
    hangs: bool = False


class Fate:
    def __init__(self, point: str, after: int) -> None:
        self._point = point
        self._after = after
        self._done = 0

    def reach(self, point: str) -> None:
        if point == self._point and self._done >= self._after:
            os.kill(os.getpid(), signal.SIGKILL)

    def did(self) -> None:
        self._done += 1


def main(config: Path, point: str, after: int) -> None:
    import_aiogram()
    import trio

    import mailroom.ops.job_parts
    import mailroom.ops.queues
    from mailroom.actors.jobs import worker, writer
    from mailroom.actors.jobs.actor import job_life
    from mailroom.actors.jobs.context import JobContext
    from mailroom.actors.jobs.handlers import Handlers
    from mailroom.actors.jobs.kind import Kind, Patience
    from mailroom.actors.jobs.queue import Queue
    from mailroom.actors.paying.kinds import ACCOUNTS
    from mailroom.actors.runtime import host
    from mailroom.ops import logs
    from mailroom.ops.configuration import load
    from mailroom.ops.process import Setup
    from mailroom.ops.service import Service
    from mailroom.storage.postgres.outbox.job import Backoff

    fate = Fate(point, after)
    deeds = Queue("delivery")
    handlers = Handlers(deeds, "shop")
    quick = Backoff(first_seconds=0.05, factor=1.0, jitter=0.5)

    @handlers.job(Kind("deed", Deed, Patience(attempts_max=50, backoff=quick), queue=deeds))
    async def deed(wanted: Deed, context: JobContext) -> None:
        fate.reach("in the handler")
        if wanted.hangs:
            await asyncio.sleep(3600)
        if context.attempt <= wanted.fails:
            raise RuntimeError("not yet")
        async with context.ending() as tx:
            await tx.connection.execute(
                "INSERT INTO effect (number, job_key) VALUES ($1, $2)", wanted.number, context.job.key
            )
            fate.did()
            fate.reach("inside of the effect")
        fate.reach("after the effect")

    @handlers.job(Kind("outside", Deed, Patience(attempts_max=50, backoff=quick), queue=deeds))
    async def outside(wanted: Deed, context: JobContext) -> None:
        # Somebody else's system, which knows our idempotency key.
        await context.database.execute(
            "INSERT INTO elsewhere (key, number) VALUES ($1, $2) ON CONFLICT (key) DO NOTHING",
            context.idempotency_key,
            wanted.number,
        )
        fate.did()
        fate.reach("after an effect outside")

    accounts = Handlers(ACCOUNTS)

    @accounts.job(Kind("hang", Deed, Patience(timeout_seconds=20), queue=ACCOUNTS))
    async def hang(_wanted: Deed, _context: JobContext) -> None:
        await asyncio.sleep(3600)

    made = mailroom.ops.queues.account_handlers

    def with_hanging(*given):  # type: ignore[no-untyped-def]
        handlers = made(*given)
        handlers.include([accounts])
        return handlers

    mailroom.ops.queues.account_handlers = with_hanging
    claim, complete = worker.Claimer.claim, writer.complete

    async def claiming(self, most):  # type: ignore[no-untyped-def]
        fate.reach("before a claim")
        jobs = await claim(self, most)
        if jobs:
            fate.reach("after a claim")
        return jobs

    async def completing(pool, name, finished, besides):  # type: ignore[no-untyped-def]
        fate.reach("before the completion")
        ours = await complete(pool, name, finished, besides)
        fate.reach("after the completion")
        return ours

    worker.Claimer.claim = claiming  # type: ignore[method-assign]
    writer.complete = completing
    mailroom.ops.job_parts.job_life = partial(job_life, lease_seconds=LEASE_SECONDS)
    logs.configure("json")
    setup = Setup(load(config), frozenset({"worker"}), handlers=[handlers])
    service = Service(setup, lambda _: print("READY", flush=True))
    host.run(service.main)
    assert trio


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2], int(sys.argv[3]))
