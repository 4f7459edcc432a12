"""One connection to Redis shared by everybody: calls made in the same moment travel in one pipeline.

With `appendfsync always` Redis syncs to disk once per batch it reads, not once per command, so ten chats that
commit together pay for one sync. While a batch is away the next one fills up: the busier the service, the
larger the batches, with no timer involved.
"""

import asyncio
from collections import deque
from collections.abc import Sequence
from contextlib import suppress
from typing import Any, TypeAlias

from redis.asyncio import Connection, ConnectionPool
from redis.exceptions import ConnectionError as RedisConnectionError
from redis.exceptions import RedisError, ResponseError

from storage.errors import StoreError, StoreUnavailable
from storage.redis.scripts import NAMES, Script, script

BATCH_MAX = 256
"""Commands in one pipeline: more would make the first of them wait for the last."""
PENDING_MAX = 50_000
"""Calls that may wait for their turn; past this the store counts as overloaded."""
ANSWER_TIMEOUT_SECONDS = 5.0
"""How long a batch may take before the connection is given up. A healthy Redis needs milliseconds."""
RECONNECT_PAUSE_SECONDS = 0.1
"""The pause after a failed connect; calls fail at once in it, instead of queueing up behind a dead store."""

# Refusals that pass by themselves: full (OOM), read-only replica after a failover, disk trouble, still
# loading, busy with a script.
PASSING = (
    "OOM",
    "READONLY",
    "MISCONF",
    "LOADING",
    "BUSY",
    "MASTERDOWN",
    "TRYAGAIN",
    "CLUSTERDOWN",
    "NOREPLICAS",
)

Argument: TypeAlias = str | bytes | int | float


class Line:
    """A pipelined connection. Use it from the asyncio side only; `close` it at the end."""

    def __init__(self, url: str, *, name: str = "mailroom") -> None:
        self._pool = ConnectionPool.from_url(
            url, client_name=name, socket_connect_timeout=2.0, socket_timeout=None, retry=None
        )
        self._connection: Connection | None = None
        self._pending: deque[tuple[Sequence[Argument], asyncio.Future[Any]]] = deque()
        self._worker: asyncio.Task[None] | None = None
        self._wake = asyncio.Event()
        self._down_until = 0.0
        self._down_reason = ""

    def run(self, chosen: Script, prefix: str, *args: Argument) -> asyncio.Future[Any]:
        """Call a script on the partition with this prefix; the answer is awaited."""
        return self.command("EVALSHA", chosen.sha, 1, prefix, *args)

    def command(self, *args: Argument) -> asyncio.Future[Any]:
        """Send any one command. Raises `StoreUnavailable` when Redis cannot be reached or cannot write,
        `StoreError` for a faulty call.
        """
        loop = asyncio.get_running_loop()
        future: asyncio.Future[Any] = loop.create_future()
        if self._down_until > loop.time():
            future.set_exception(StoreUnavailable(self._down_reason))
        elif len(self._pending) >= PENDING_MAX:
            future.set_exception(StoreUnavailable(f"over {PENDING_MAX} calls wait for Redis"))
        else:
            self._pending.append((args, future))
            self._wake.set()
            if self._worker is None or self._worker.done():
                self._worker = loop.create_task(self._work(), name="redis line")
        return future

    async def close(self) -> None:
        """Stop sending, fail what still waits, close the connection."""
        if self._worker is not None:
            self._worker.cancel()
            await asyncio.gather(self._worker, return_exceptions=True)
        self._fail(list(self._pending), StoreUnavailable("the connection to Redis was closed"))
        self._pending.clear()
        await self._hang_up()

    async def _work(self) -> None:
        while True:
            await self._wake.wait()
            while self._pending:
                batch = [self._pending.popleft() for _ in range(min(BATCH_MAX, len(self._pending)))]
                try:
                    async with asyncio.timeout(ANSWER_TIMEOUT_SECONDS):
                        await self._exchange(batch)
                except asyncio.CancelledError:
                    self._fail(batch, StoreUnavailable("the connection to Redis was closed"))
                    raise
                except (RedisError, OSError, TimeoutError, asyncio.IncompleteReadError) as error:
                    await self._give_up(batch, error)
            self._wake.clear()

    async def _exchange(self, batch: list[tuple[Sequence[Argument], asyncio.Future[Any]]]) -> None:
        connection = await self._connected()
        packed = connection.pack_commands([args for args, _ in batch])
        await connection.send_packed_command(packed, check_health=False)
        forgotten = False
        for _, future in batch:
            try:
                answer = await connection.read_response(disable_decoding=True)
            except ResponseError as error:
                answer = error
                forgotten = forgotten or "NOSCRIPT" in str(error)
            if future.done():
                continue
            if isinstance(answer, Exception):
                future.set_exception(_translate(answer))
            else:
                future.set_result(answer)
        if forgotten:  # the next connection loads the scripts again
            await self._hang_up()

    async def _connected(self) -> Connection:
        if self._connection is None:
            connection: Connection = self._pool.make_connection()  # type: ignore[no-untyped-call]
            await connection.connect()  # type: ignore[no-untyped-call]
            for name in NAMES:
                await connection.send_command("SCRIPT", "LOAD", script(name).text)
                await connection.read_response()
            self._connection = connection
        return self._connection

    async def _give_up(
        self, batch: list[tuple[Sequence[Argument], asyncio.Future[Any]]], error: Exception
    ) -> None:
        await self._hang_up()
        self._down_reason = f"Redis does not answer: {str(error) or type(error).__name__}"
        self._down_until = asyncio.get_running_loop().time() + RECONNECT_PAUSE_SECONDS
        failed = batch + list(self._pending)
        self._pending.clear()
        self._fail(failed, StoreUnavailable(self._down_reason))

    async def _hang_up(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            with suppress(RedisError, OSError):  # it was gone already, which is what we want
                await connection.disconnect(nowait=True)

    @staticmethod
    def _fail(calls: list[tuple[Sequence[Argument], asyncio.Future[Any]]], error: StoreUnavailable) -> None:
        for _, future in calls:
            if not future.done():
                future.set_exception(error)


def _translate(error: Exception) -> StoreError:
    text = str(error)
    # A script that was flushed away (SCRIPT FLUSH, a failover) is loaded again by the next connection.
    passing = isinstance(error, RedisConnectionError) or any(word in text for word in (*PASSING, "NOSCRIPT"))
    return StoreUnavailable(f"Redis refuses: {text}") if passing else StoreError(f"Redis: {text}")
