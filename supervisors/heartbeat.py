"""The heartbeat of an owner: a thread with a loop and a connection of its own.

The loop that bots share may be blocked by any of them. A lease that was renewed there was lost with the
first `time.sleep(5)`: replies went out twice, of other chats too. This thread goes on for as long as the
interpreter does, and no longer than a loop may be blocked: past that the process ends, so that another can
work the chats.

Nothing that this thread does may wait for the loop, nor for the log (`log_writer.py`).
"""

import asyncio
import os
import threading
import traceback
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import trio
from structlog import get_logger

from mailroom.actors.metrics import child
from mailroom.storage.errors import StoreError
from mailroom.storage.postgres.lease import Leases
from mailroom.supervisors.log_writer import LogWriter
from mailroom.supervisors.stalls import BLOCKED_SECONDS_MAX, STALLED, STALLS, LoopWatch, Stall

log = get_logger("mailroom.ownership")

TTL_SECONDS = 6.0
"""How long a silent owner is waited for."""
HEARTBEAT_SECONDS = 2.0
RETRY_SECONDS = 0.5
"""The pause after a renewal that failed: the first one that succeeds ends the doubt."""
JOIN_SECONDS_MAX = 1.0
LAST_WORDS_SECONDS = 2.0
"""How long an end by itself waits for its reason to be written."""
EXIT_BLOCKED = 70


@dataclass(slots=True, eq=False)
class Holding:
    """One ownership of the chats, from a take to its end. Written by the thread, read by everybody."""

    epoch: int
    partitions: tuple[int, ...]
    proved_at: float
    """When the renewal was asked for that last found it to be ours, by the owner's clock."""
    ended: trio.Event = field(default_factory=trio.Event)
    """Set, in Trio, soon after it is over."""
    over: bool = False


class Heartbeat:
    """Renews the lease and watches the loop of the thread that made it. To be made in Trio."""

    def __init__(
        self,
        leases: Leases,
        owner: str,
        holding: Callable[[], Holding | None],
        clock: Callable[[], float],
        *,
        blocked_seconds_max: float = BLOCKED_SECONDS_MAX,
        end: Callable[[int], Any] = os._exit,
    ) -> None:
        self.last_stall: Stall | None = None
        self._leases = leases
        self._owner = owner
        self._holding = holding
        self._clock = clock
        self._end = end
        self._trio = trio.lowlevel.current_trio_token()
        self._log_writer = LogWriter()
        self._watch = LoopWatch(
            named=self._named,
            ended=self._stall_ended,
            too_long=self._too_long,
            seconds_max=blocked_seconds_max,
        )
        self._loop = asyncio.new_event_loop()
        self._beats: asyncio.Task[None] | None = None
        self._stopping = False
        self._thread = threading.Thread(target=self._run, name="heartbeat", daemon=True)
        self._thread.start()

    async def stop(self) -> None:
        """Renew no more. Returns when the thread has ended, or does not."""

        def stop() -> None:
            if self._beats is not None:
                self._beats.cancel()

        self._stopping = True
        with suppress(RuntimeError):  # it has ended by itself
            self._loop.call_soon_threadsafe(stop)
        await trio.to_thread.run_sync(partial(self._thread.join, JOIN_SECONDS_MAX))
        self._log_writer.close()

    def _run(self) -> None:
        with asyncio.Runner(loop_factory=lambda: self._loop) as runner, suppress(asyncio.CancelledError):
            runner.run(self._live())

    async def _live(self) -> None:
        self._beats = asyncio.current_task()
        leases = self._leases.another()
        watching = asyncio.ensure_future(self._watch.watch())
        watching.add_done_callback(self._watched)
        try:
            while not self._stopping:
                pause = await self._beat(leases)
                await asyncio.sleep(pause)
        finally:
            watching.cancel()
            await leases.close()

    async def _beat(self, leases: Leases) -> float:
        """Renew once; returns how long to wait before the next."""
        holding = self._holding()
        if holding is None or holding.over:
            return RETRY_SECONDS
        began = self._clock()
        try:
            kept = await leases.renew(self._owner, holding.epoch, TTL_SECONDS)
        except Exception as error:  # whatever it is: this loop must not end while there is something to renew
            known = isinstance(error, StoreError)
            self._say(
                log.warning, "heartbeat_failed", why=str(error) or type(error).__name__,
                renewed_seconds_ago=round(began - holding.proved_at, 1), exc_info=None if known else error,
            )  # fmt: skip
            return RETRY_SECONDS
        if len(kept) < len(holding.partitions):
            holding.over = True
            with suppress(trio.RunFinishedError):
                self._trio.run_sync_soon(holding.ended.set)
            return RETRY_SECONDS
        if began - holding.proved_at > TTL_SECONDS:
            self._say(
                log.info, "lease_renewed_late", after_seconds=round(began - holding.proved_at, 1),
                note="nobody had taken the chats meanwhile",
            )  # fmt: skip
        holding.proved_at = began
        return HEARTBEAT_SECONDS

    def _watched(self, watching: "asyncio.Task[None]") -> None:
        if not watching.cancelled() and (error := watching.exception()) is not None:
            self._say(log.error, "loop_not_watched", exc_info=error)

    # ---- what the watch of the loop finds ----

    def _named(self, stall: Stall) -> None:
        self.last_stall = stall
        self._log_writer.note(child(STALLS, stall.bot).inc)
        self._say(log.error, "loop_blocked", **stall.shown(), note="every chat of this process waits for it")

    def _stall_ended(self, stall: Stall) -> None:
        self._log_writer.note(partial(child(STALLED, stall.bot).inc, stall.seconds))
        self._say(log.warning, "loop_goes_on", **stall.shown())

    def _too_long(self, stall: Stall, stack: traceback.StackSummary) -> None:
        def last_words() -> None:
            log.critical(
                "loop_stuck", **stall.shown(), stack="".join(stack.format()),
                note="the process ends, so that another one can work the chats",
            )  # fmt: skip

        if self._beats is not None:
            self._beats.cancel()
        self._log_writer.note(last_words)
        self._log_writer.wait_until_written(LAST_WORDS_SECONDS)
        self._end(EXIT_BLOCKED)

    def _say(self, say: Callable[..., Any], event: str, **more: object) -> None:
        self._log_writer.note(partial(say, event, **more))
