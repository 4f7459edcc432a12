"""The connections of a listener: accepted, counted, ended when they take too long, few enough to serve.

Where there are too many, the one that has waited longest for its client makes room: whoever holds connections
and says nothing keeps nobody else out. A process that is out of descriptors stops accepting for a moment and
makes room in the same way.
"""

import asyncio
import errno
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from heapq import nsmallest
from socket import socket
from typing import Any

from structlog import get_logger

from mailroom.ingress.http.limits import CONNECTIONS, CONNECTIONS_ALLOWED, PEER_SHARE, Bites, connections_max
from mailroom.ingress.http.peer import Network, is_trusted
from mailroom.ingress.http.wire import Wire

log = get_logger("mailroom.ingress")

ACCEPTED_AT_ONCE = 64
"""Then those that are open get their turn."""
SWEEP_SECONDS = 0.5
PAUSE_SECONDS = 0.05
"""Between two tries to accept where descriptors are lacking, or all connections are being answered."""
ENDED_SHARE = 32
"""Of all connections as many are ended at once to make room: looking for them costs the same for one."""

_LACKING = frozenset({errno.EMFILE, errno.ENFILE, errno.ENOBUFS, errno.ENOMEM})
_BROKEN = frozenset({errno.EBADF, errno.ENOTSOCK, errno.EINVAL})
"""The listener itself is no more: whoever supervises it opens another."""


class Connections:
    """All connections. `converse` answers what comes over one, until it ends. One peer has a limit of its own
    only where `proxies` are named: else a peer may be a proxy that we do not know, and everybody's.
    """

    def __init__(
        self,
        converse: Callable[[Wire], Awaitable[None]],
        proxies: Sequence[Network] = (),
        most: int | None = None,
    ) -> None:
        self._converse = converse
        self._proxies = proxies
        self.most = connections_max() if most is None else most
        self._open: dict[Wire, str] = {}
        self._by_peer: Counter[str] = Counter()
        self._tasks: set[asyncio.Task[None]] = set()
        self._left = asyncio.Event()
        self._bites = Bites()
        CONNECTIONS_ALLOWED.set(self.most)

    async def accept(self, listener: socket) -> None:
        """Accept connections for ever."""
        loop = asyncio.get_running_loop()
        while True:
            try:
                self._begin(*await loop.sock_accept(listener))
                for _ in range(ACCEPTED_AT_ONCE):
                    await self._room()
                    self._begin(*listener.accept())
            except (BlockingIOError, InterruptedError, ConnectionError):
                pass  # there are no more; or it was gone before we came to it
            except OSError as error:
                if error.errno in _BROKEN:
                    raise
                if error.errno in _LACKING:
                    self._bites.count("descriptors")
                    self._make_room()
                await asyncio.sleep(PAUSE_SECONDS)
            await self._room()

    async def sweep(self) -> None:
        """End for ever what takes too long."""
        loop = asyncio.get_running_loop()
        while True:
            await asyncio.sleep(SWEEP_SECONDS)
            now = loop.time()
            for wire in list(self._open):
                if (limit := wire.overdue(now)) is not None:
                    if limit:
                        self._bites.count(limit)
                    wire.expire()
            self._bites.say()

    async def finish(self, seconds: float) -> None:
        """Let the conversations come to their end, and end those that do not."""
        for wire in list(self._open):
            wire.wake()
        if not self._tasks:
            return
        await asyncio.wait(set(self._tasks), timeout=seconds)
        late = set(self._tasks)
        for wire in list(self._open):
            wire.abort()
        for task in late:
            task.cancel()
        await asyncio.gather(*late, return_exceptions=True)

    def _begin(self, connected: socket, address: Any) -> None:
        peer = str(address[0]) if isinstance(address, tuple) else ""
        limited = bool(self._proxies) and not is_trusted(peer, self._proxies)
        if limited and self._by_peer[peer] >= max(1, self.most // PEER_SHARE):
            self._bites.count("peer_connections")
            connected.close()
            return
        connected.setblocking(False)
        wire = Wire()
        self._open[wire] = peer
        self._by_peer[peer] += 1
        CONNECTIONS.set(len(self._open))
        task = asyncio.get_running_loop().create_task(self._serve(wire, connected))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _serve(self, wire: Wire, connected: socket) -> None:
        try:
            with suppress(OSError):  # the client is gone
                await asyncio.get_running_loop().connect_accepted_socket(lambda: wire, connected)
                await self._converse(wire)
        except Exception:
            log.exception("conversation_failed")
        finally:
            try:
                await wire.close()
            finally:
                self._end(wire)

    def _end(self, wire: Wire) -> None:
        peer = self._open.pop(wire)
        self._by_peer[peer] -= 1
        if not self._by_peer[peer]:
            del self._by_peer[peer]
        CONNECTIONS.set(len(self._open))
        self._left.set()

    async def _room(self) -> None:
        """Wait until there is room for one more."""
        while len(self._open) >= self.most:
            self._left.clear()
            if self._make_room():
                self._bites.count("connections")
            with suppress(TimeoutError):
                async with asyncio.timeout(PAUSE_SECONDS):
                    await self._left.wait()

    def _make_room(self) -> bool:
        """End those that have waited longest for their clients; return whether there were any."""
        waiting = ((since, id(wire), wire) for wire in self._open if (since := wire.waits_since) is not None)
        longest = nsmallest(max(1, self.most // ENDED_SHARE), waiting)
        for _, _, wire in longest:
            wire.abort()
        return bool(longest)
