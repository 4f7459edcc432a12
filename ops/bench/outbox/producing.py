"""The ways in which jobs are enqueued: by callers at once, in batches, and at a rate."""

import asyncio
import random
import time
from typing import Any

from mailroom.ops.bench.outbox.queue import Queue
from mailroom.ops.bench.outbox.tally import Tally

LOOK_SECONDS = 0.001
TURN_JOBS = 50
"""Jobs begun before those that were begun get the loop."""


class Producer:
    """Enqueues, and says how long it took."""

    def __init__(self, queue: Queue, tally: Tally) -> None:
        self._queue = queue
        self._tally = tally

    async def concurrently(self, callers: int, seconds: float) -> dict[str, Any]:
        """So many callers enqueue one job after the other, for so long."""
        begun = time.monotonic()
        counts = await asyncio.gather(*(self._one_by_one(begun + seconds) for _ in range(callers)))
        return {"jobs": sum(counts), "seconds": time.monotonic() - begun}

    async def _one_by_one(self, until: float) -> int:
        count = 0
        while (now := time.monotonic()) < until:
            await self._queue.enqueue(now)
            count += 1
        return count

    async def in_batches(
        self, size: int, jobs: int | None = None, seconds: float = 1e9, ahead: int | None = None
    ) -> dict[str, Any]:
        """One batch after the other, until there are so many jobs or the time is up; `ahead` is by how many
        jobs at most to be ahead of the worker.
        """
        begun = now = time.monotonic()
        written = 0
        while now < begun + seconds and (jobs is None or written < jobs):
            if ahead is not None and written + size - self._tally.get() > ahead:
                await asyncio.sleep(LOOK_SECONDS)
            else:
                count = size if jobs is None else min(size, jobs - written)
                await self._queue.enqueue_batch([now] * count)
                written += count
            now = time.monotonic()
        return {"jobs": written, "seconds": now - begun}

    async def at_a_rate(
        self, per_second: float, jobs: int, seconds_max: float, *, evenly: bool = False
    ) -> dict[str, Any]:
        """Enqueue at random moments (Poisson), each in a task of its own, whether or not others are done.

        A job was wanted at its moment, also if we came late to it: a queue that slows down its producer does
        not look the better for it. `evenly`: pauses that vary by half, so that the queue is idle each time.
        """
        dice = random.Random(1)
        begun = moment = time.monotonic()
        tasks: list[asyncio.Task[None]] = []
        for number in range(jobs):
            moment += dice.uniform(0.5, 1.5) / per_second if evenly else dice.expovariate(per_second)
            early = moment - time.monotonic()
            # Not at each job when we are late: a busy loop would make us later, and lower the rate.
            if early > 0 or number % TURN_JOBS == 0:
                await asyncio.sleep(max(early, 0))
            tasks.append(asyncio.create_task(self._queue.enqueue(moment)))
        written, late = await asyncio.wait(tasks, timeout=seconds_max)
        for task in late:
            task.cancel()
        errors = [error for task in written if (error := task.exception()) is not None]
        if errors:
            raise errors[0]
        return {"jobs": jobs, "seconds": moment - begun, "ended_at": moment, "not_enqueued": len(late)}
