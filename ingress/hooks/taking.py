"""A call of another server is read by the room, and the jobs that it comes to are committed; whoever has
carried it, and whoever still waits.
"""

from collections.abc import Sequence
from functools import partial
from typing import Any

import trio
from structlog import get_logger

from mailroom.actors.cause import Cause
from mailroom.actors.hosting.room import Room
from mailroom.actors.jobs.queue import bot_of
from mailroom.actors.pages.answer import Problem
from mailroom.actors.pages.page import Hook, Notice
from mailroom.actors.runtime.bridge import BridgeClosedError, CallCancelledError, aio
from mailroom.ingress.asks.doing import broken, problem_of
from mailroom.ingress.detached import Detached
from mailroom.storage.postgres.outbox.job import NewJob

log = get_logger("mailroom.hooks")

READ_SECONDS_MAX = 10.0
"""Until the jobs are committed: most servers wait that long for an answer, and call again."""
JOBS_MAX = 1_000
"""What one call may come to."""


def too_large(hook: Hook[Any]) -> Problem:
    """More bytes than it takes."""
    return Problem("too_large", "bad", bytes_max=hook.bytes_max)


async def take(room: Room[Any], hook: Hook[Any], notice: Notice, trace: str, detached: Detached) -> int:
    """Have the room read a call, and commit the jobs that it comes to; how many there are. Raises `Problem`,
    for whatever keeps it from it.
    """
    if len(notice.body) > hook.bytes_max:
        raise too_large(hook)
    try:
        with trio.fail_after(READ_SECONDS_MAX):
            jobs: int = await aio(detached.finish, partial(_in_line, room, hook, notice, trace))
            return jobs
    except Problem as problem:
        log.warning(
            "hook_refused", bot=room.bot, path=hook.path, code=problem.code, why=str(problem), trace=trace
        )
        raise
    except trio.TooSlowError:
        log.error("hook_slow", bot=room.bot, path=hook.path, seconds=READ_SECONDS_MAX, trace=trace)
        raise Problem("unfinished", "later", retry_seconds=READ_SECONDS_MAX) from None
    except (BridgeClosedError, CallCancelledError):
        raise Problem("unavailable", "later", retry_seconds=1.0) from None


async def _in_line(room: Room[Any], hook: Hook[Any], notice: Notice, trace: str) -> int:
    """Have the room read it, and commit the jobs that it comes to; how many there are. On the asyncio side,
    where what goes wrong is logged: there may be nobody left to tell. Raises `Problem`.
    """
    try:
        jobs = await hook.read(room, notice)
        if not _are_own(room, jobs):
            return 0
        cause = Cause(
            bot=room.bot,
            trace=trace,
            who=f"{notice.peer} (hook)",
            effect=lambda name: f"hook:{room.bot}:{hook.path}:{trace}:{name}",
        )
        async with room.transaction(cause) as tx:
            await tx.enqueue(*jobs)
    except Problem:
        raise
    except Exception as error:
        raise problem_of(error, bot=room.bot, what=f"hook {hook.path}", trace=trace) from error
    return len(jobs)


def _are_own(room: Room[Any], jobs: Sequence[NewJob]) -> bool:
    """Whether there are any. Raises `Problem` for jobs in queues of others, and for too many."""
    foreign = next((job.queue for job in jobs if bot_of(job.queue) != room.bot), None)
    if foreign is not None or len(jobs) > JOBS_MAX:
        log.error("hook_broken", bot=room.bot, queue=foreign, jobs=len(jobs), most=JOBS_MAX)
        raise broken()
    return bool(jobs)
