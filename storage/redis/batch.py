"""One connection to Redis shared by everybody: calls made in the same moment travel in one pipeline.

With `appendfsync always` Redis syncs to disk once for all it reads at a time, not once per command, so ten
chats that commit together pay for one sync. While Redis syncs, the next calls gather in the socket: the
busier the service, the larger the batches, with no timer involved.
"""

import asyncio
import time
from collections.abc import Sequence
from typing import Any

import hiredis

from mailroom.storage.errors import StoreError, StoreUnavailable
from mailroom.storage.redis.scripts import NAMES, Script, script
from mailroom.storage.redis.wire import Argument, Wire, connect, pack

PENDING_MAX = 50_000
"""Calls that may wait for their answer; past this the store counts as overloaded."""
ANSWER_TIMEOUT_SECONDS = 5.0
"""How long an answer may take before the connection is given up. A healthy Redis needs milliseconds."""
LATE_SECONDS = 0.5
"""By how much a look at the connection may be late before the loop counts as blocked, not Redis as away."""
CONNECT_TIMEOUT_SECONDS = 2.0
RECONNECT_PAUSE_SECONDS = 0.1
"""The pause after a failed connect; calls fail at once in it, instead of queueing up behind a dead store."""

# Refusals that pass by themselves: full (OOM), read-only replica after a failover, disk trouble, still
# loading, busy with a script, a script that a failover or SCRIPT FLUSH made Redis forget (the next connection
# loads it).
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
    "NOSCRIPT",
)


class Line:
    """A pipelined connection. Use it from the asyncio side only; `close` it at the end."""

    def __init__(self, url: str, *, name: str = "mailroom") -> None:
        self._url = url
        self._name = name
        self._wire: Wire | None = None
        self._connecting: asyncio.Task[None] | None = None
        self._pending: list[tuple[bytes, asyncio.Future[Any]]] = []
        self._watched: asyncio.Future[Any] | None = None
        self._down_until = 0.0
        self._down_reason = ""
        self._closed = False

    async def run(self, chosen: Script, prefix: str, *args: Argument) -> Any:
        """Call a script on the partition with this prefix."""
        return await self.command("EVALSHA", chosen.sha, 1, prefix, *args)

    def _scripts(self) -> Sequence[str]:
        """The texts of the scripts that a new connection makes known."""
        return [script(name).text for name in NAMES]

    async def command(self, *args: Argument) -> Any:
        """Send any one command and return its answer.

        Raises `StoreUnavailable` when Redis cannot be reached or cannot write, `StoreError` for a faulty
        call.
        """
        loop = asyncio.get_running_loop()
        answer: asyncio.Future[Any] = loop.create_future()
        wire = self._wire
        if wire is not None and wire.lost is None:
            if wire.waiting >= PENDING_MAX:
                raise StoreUnavailable(f"over {PENDING_MAX} calls wait for Redis")
            wire.send(pack(args), answer)
        else:
            self._queue_up(loop, pack(args), answer)
        try:
            found = await answer
        except (OSError, EOFError) as error:
            raise StoreUnavailable(f"Redis does not answer: {str(error) or type(error).__name__}") from error
        if isinstance(found, hiredis.ReplyError):
            raise self._refusal(found)
        return found

    @property
    def connected(self) -> bool:
        """Whether there is a connection now; without one, the next call makes it."""
        return self._wire is not None and self._wire.lost is None

    def reset(self) -> None:
        """Cut the connection; the next call makes a new one. What is in flight fails, and may be repeated."""
        self._down_until = 0.0
        if self._wire is not None:
            self._wire.abort(ConnectionError("the connection to Redis was reset"))

    async def close(self) -> None:
        """Stop sending, fail what still waits, close the connection."""
        self._closed = True
        if self._connecting is not None:
            self._connecting.cancel()
            await asyncio.gather(self._connecting, return_exceptions=True)
        self._fail_pending(ConnectionError("the connection to Redis was closed"))
        if self._wire is not None:
            self._wire.abort(ConnectionError("the connection to Redis was closed"))

    def _queue_up(self, loop: asyncio.AbstractEventLoop, packed: bytes, answer: asyncio.Future[Any]) -> None:
        if self._closed:
            raise StoreUnavailable("the connection to Redis was closed")
        if self._down_until > loop.time():
            raise StoreUnavailable(self._down_reason)
        if len(self._pending) >= PENDING_MAX:
            raise StoreUnavailable(f"over {PENDING_MAX} calls wait for Redis")
        self._pending.append((packed, answer))
        if self._connecting is None or self._connecting.done():
            self._connecting = loop.create_task(self._connect(), name="connect to Redis")

    async def _connect(self) -> None:
        loop = asyncio.get_running_loop()
        try:
            async with asyncio.timeout(CONNECT_TIMEOUT_SECONDS):
                wire = await connect(self._url, self._name)
                texts = self._scripts()
                loaded: list[asyncio.Future[Any]] = [loop.create_future() for _ in texts]
                for text, answer in zip(texts, loaded, strict=True):
                    wire.send(pack(("SCRIPT", "LOAD", text)), answer)
                for refusal in await asyncio.gather(*loaded):
                    if isinstance(refusal, hiredis.ReplyError):
                        raise ConnectionError(str(refusal))
        except (OSError, EOFError) as error:
            self._down_reason = f"Redis does not answer: {str(error) or type(error).__name__}"
            self._down_until = loop.time() + RECONNECT_PAUSE_SECONDS
            self._fail_pending(error)
            return
        self._wire = wire
        pending, self._pending = self._pending, []
        for packed, answer in pending:
            wire.send(packed, answer)
        self._look_later(wire)

    def _look_later(self, wire: Wire) -> None:
        at = time.monotonic() + ANSWER_TIMEOUT_SECONDS / 2
        asyncio.get_running_loop().call_later(ANSWER_TIMEOUT_SECONDS / 2, self._watch, wire, at)

    def _watch(self, wire: Wire, planned_at: float) -> None:
        """Give the connection up when the answer that was due at the last look is still due. A look that is
        late comes from a loop that was blocked: the answer may be there, and nobody had the time to read it.
        """
        if wire.lost is not None or self._closed:
            return
        due = wire.next_answer
        in_time = time.monotonic() - planned_at < LATE_SECONDS
        if in_time and due is not None and due is self._watched:
            wire.abort(TimeoutError(f"no answer within {ANSWER_TIMEOUT_SECONDS / 2:.1f} s"))
            return
        self._watched = due
        self._look_later(wire)

    def _refusal(self, refusal: Exception) -> StoreError:
        text = str(refusal)
        if "NOSCRIPT" in text and self._wire is not None:
            self._wire.abort(ConnectionError("Redis forgot our scripts"))
        if any(word in text for word in PASSING):
            return StoreUnavailable(f"Redis refuses: {text}")
        return StoreError(f"Redis: {text}")

    def _fail_pending(self, error: Exception) -> None:
        pending, self._pending = self._pending, []
        for _, answer in pending:
            if not answer.done():
                answer.set_exception(error)
