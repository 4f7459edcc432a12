"""Keeps what this process did, every ten seconds, where it outlives the process: for on-call's charts."""

import secrets
import time

import trio
from structlog import get_logger

from mailroom.actors.runtime.bridge import aio
from mailroom.storage.errors import StoreError
from mailroom.storage.redis.batch import Line
from mailroom.storage.redis.history import STEP_SECONDS, History
from mailroom.supervisors.rates import MEASURED, Rates

log = get_logger("mailroom.history")

PENDING_MAX = 360
"""Steps kept for a Redis that is away: an hour of them."""
WRITE_SECONDS_MAX = 5.0


class Recorder:
    """The hand that writes it down."""

    def __init__(self, line: Line, rates: Rates | None = None) -> None:
        self._history = History(line)
        self._rates = rates or Rates()
        self._name = secrets.token_hex(4)
        self._pending: dict[int, bytes] = {}

    async def record(self) -> None:
        """Write a step when it ends, for ever."""
        while True:
            step = int(time.time() // STEP_SECONDS)
            await trio.sleep((step + 1) * STEP_SECONDS - time.time())
            await self.write(step)

    async def write(self, step: int) -> None:
        """Write what was done since the last time as this step, and what Redis has not taken before."""
        self._pending[step] = MEASURED.dump_json(self._rates.measure(), exclude_defaults=True)
        while len(self._pending) > PENDING_MAX:
            del self._pending[min(self._pending)]
        try:
            with trio.fail_after(WRITE_SECONDS_MAX):
                await aio(self._history.write, self._name, dict(self._pending))
        except (StoreError, trio.TooSlowError) as error:
            log.debug("history_not_written", why=str(error), steps=len(self._pending))
            return
        self._pending.clear()
