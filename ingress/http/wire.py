"""One connection's bytes: what was received, what is sent, how long either may take."""

import asyncio
from math import inf
from typing import cast

RECEIVED_BYTES_MAX = 64 * 1024
"""What is held of a client that sends faster than it is answered; then we stop reading."""
UNREAD_SECONDS_MAX = 20.0
"""How long a client may leave its answers unread while the next is to be sent."""
DISCARDED_BYTES_MAX = 4 * 1024 * 1024
"""How much of a body that was refused is still received: a connection closed on unread bytes is reset, and
many a client never sees the answer.
"""
DISCARDING_SECONDS_MAX = 3.0


class Wire(asyncio.Protocol):
    """A connection."""

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self.received = bytearray()
        self.ended = False
        """The client sends nothing more."""
        self.lost = False
        self._deadline = inf
        self._seconds = inf
        self._waits_since: float | None = None
        self._unread_since: float | None = None
        self._limit = ""
        self._late_answer = b""
        self._transport: asyncio.Transport | None = None
        self._event: asyncio.Future[None] | None = None
        self._writable: asyncio.Future[None] | None = None
        self._reading = True
        self._discarded_bytes: int | None = None
        self._closed = self._loop.create_future()

    # What the loop calls.

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """It is open."""
        self._transport = cast(asyncio.Transport, transport)

    def data_received(self, data: bytes) -> None:
        """Bytes."""
        if self._discarded_bytes is not None:
            self._discarded_bytes += len(data)
            if self._discarded_bytes > DISCARDED_BYTES_MAX:
                self.abort()
            return
        self.received += data
        if len(self.received) > RECEIVED_BYTES_MAX and self._reading and self._transport is not None:
            self._reading = False
            self._transport.pause_reading()
        self.wake()

    def eof_received(self) -> bool:
        """The client has said all; it may still want to hear."""
        self.ended = True
        self.wake()
        return True

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002 - whatever the reason
        """It is closed."""
        self.ended = self.lost = True
        self.wake()
        self.resume_writing()
        if not self._closed.done():
            self._closed.set_result(None)

    def pause_writing(self) -> None:
        """The client does not read."""
        if self._writable is None:
            self._writable = self._loop.create_future()
            self._unread_since = self._loop.time()

    def resume_writing(self) -> None:
        """It reads again."""
        writable, self._writable, self._unread_since = self._writable, None, None
        if writable is not None and not writable.done():
            writable.set_result(None)

    # What the conversation calls.

    @property
    def peer(self) -> tuple[str, int] | None:
        """Address and port of who is connected."""
        return self._address("peername")

    @property
    def own(self) -> tuple[str, int] | None:
        """Address and port it came to."""
        return self._address("sockname")

    @property
    def waits_since(self) -> float | None:
        """Since when it has been the client's turn, to send or to read; None while it is ours."""
        return self._unread_since or self._waits_since

    def overdue(self, now: float) -> str | None:
        """The limit that the client has exceeded: "" for one not worth telling, None where there is none."""
        if self._unread_since is not None and now > self._unread_since + UNREAD_SECONDS_MAX:
            return "unread_answers"
        return self._limit if now > self._deadline else None

    def wait_for_client(self, seconds: float, limit: str = "", answer: bytes = b"") -> None:
        """From now on it is the client's turn, for so long. `limit` names what it exceeds after that, and
        `answer` is what it is told then.
        """
        self._waits_since = self._loop.time()
        self._deadline, self._seconds = self._waits_since + seconds, seconds
        self._limit, self._late_answer = limit, answer

    def goes_on(self) -> None:
        """It is the client's turn still, and it does something: it has as long again."""
        if self._waits_since is not None:
            self._waits_since, self._deadline = self._loop.time(), self._loop.time() + self._seconds

    def work(self) -> None:
        """From now on it is our turn."""
        self._waits_since, self._deadline = None, inf

    async def more(self) -> None:
        """Wait until something happens: bytes come, or the end, or somebody calls `wake`."""
        if self.ended and self.lost:
            raise ConnectionResetError
        if not self._reading and len(self.received) <= RECEIVED_BYTES_MAX and self._transport is not None:
            self._reading = True
            self._transport.resume_reading()
        self._event = self._loop.create_future()
        try:
            await self._event
        finally:
            self._event = None

    def wake(self) -> None:
        """Have `more` return."""
        if self._event is not None and not self._event.done():
            self._event.set_result(None)

    async def send(self, data: bytes) -> None:
        """Send; waits while earlier bytes are not read. Raises `ConnectionError` when nobody listens."""
        if self.lost or self._transport is None:
            raise ConnectionResetError
        self._transport.write(data)
        while self._writable is not None:
            await asyncio.shield(self._writable)
        if self.lost:
            raise ConnectionResetError

    async def discard(self) -> None:
        """Say that this was all, and receive what the client is still sending, within limits."""
        if self.lost or self._transport is None or self._transport.is_closing():
            return
        self._discarded_bytes = len(self.received)
        self.received.clear()
        self._transport.write_eof()
        if not self._reading:
            self._reading = True
            self._transport.resume_reading()
        self.wait_for_client(DISCARDING_SECONDS_MAX)
        while not self.ended:
            await self.more()

    def expire(self) -> None:
        """Its time is over: say so if there is something to say, and end it."""
        transport = self._transport
        if transport is None or transport.is_closing() or transport.get_write_buffer_size():
            self.abort()
            return
        if self._late_answer:
            transport.write(self._late_answer)
        self.begin_close()

    async def close(self) -> None:
        """End it, and wait for its end."""
        if self._transport is None:
            return
        self.begin_close()
        await asyncio.shield(self._closed)

    def abort(self) -> None:
        """End it now."""
        self._waits_since = self._unread_since = None
        if self._transport is not None:
            self._transport.abort()

    def begin_close(self) -> None:
        """End it once all is sent."""
        if self._transport is not None and not self._transport.is_closing():
            self.wait_for_client(UNREAD_SECONDS_MAX, "unread_answers")
            self._transport.close()

    def _address(self, name: str) -> tuple[str, int] | None:
        found = self._transport.get_extra_info(name) if self._transport is not None else None
        return (str(found[0]), int(found[1])) if isinstance(found, tuple) else None
