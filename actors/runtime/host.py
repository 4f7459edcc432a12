"""One thread, two loops: Trio runs as a guest of the asyncio loop that hosts it.

Trio decides (actors, supervision, timeouts, shutdown) and asyncio talks (stores, aiogram, HTTP clients).
Both live in one thread, so neither needs a lock to speak to the other; `bridge.py` has the two calls.

What ends what:
- Trio's main ends: calls from asyncio into Trio that are still in flight are cancelled and awaited, then
  the host gets the outcome.
- The asyncio task that awaits `hosted` is cancelled (Ctrl-C under `asyncio.run`): Trio's main is cancelled
  and awaited.
- Asyncio tasks nobody awaited are cancelled by `uvloop.run`, as in any asyncio program.
"""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar, cast

import outcome
import trio
import uvloop

from mailroom.actors.runtime.pump import Pump
from mailroom.actors.runtime.service import run_with_service_nursery

T = TypeVar("T")


def run(main: Callable[[], Awaitable[T]]) -> T:
    """Run Trio's `main` on a uvloop of its own and return what it returns, or raise what it raises."""
    return uvloop.run(hosted(main))


async def hosted(main: Callable[[], Awaitable[T]], *, clock: trio.abc.Clock | None = None) -> T:
    """Run Trio's `main` as a guest of the asyncio loop that is running now, and wait for its end. `clock` is
    Trio's, where it is not the machine's.

    A loop hosts one Trio run at a time. A cancelled `hosted` ends in `CancelledError` even when `main` used
    the time to finish properly: asyncio says "cancel" once, and a swallowed one would never come again.
    """
    loop = asyncio.get_running_loop()
    ended: asyncio.Future[outcome.Outcome[T | None]] = loop.create_future()
    main_scope = trio.CancelScope()
    trio.lowlevel.start_guest_run(
        run_with_service_nursery,
        main,
        main_scope,
        run_sync_soon_threadsafe=loop.call_soon_threadsafe,
        run_sync_soon_not_threadsafe=Pump(loop).call_soon,
        done_callback=ended.set_result,
        host_uses_signal_set_wakeup_fd=True,
        clock=clock,
    )
    cancellation: asyncio.CancelledError | None = None
    while not ended.done():
        try:
            await asyncio.shield(ended)
        except asyncio.CancelledError as error:
            cancellation = error
            main_scope.cancel(reason="the asyncio task that hosts Trio was cancelled")
    result = ended.result().unwrap()
    if cancellation is not None:
        raise cancellation
    return cast("T", result)
