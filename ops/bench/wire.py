"""An HTTP client that costs next to nothing: keep-alive, one request at a time, only what a webhook needs.

The load generator shares the machine with what it measures, and a full client would take as much of it.
"""

import asyncio
from dataclasses import dataclass
from time import perf_counter
from typing import Any

ANSWER_BYTES_MAX = 64 * 2**20


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back."""

    status: int
    retry_after_seconds: float
    body: bytes
    seconds: float


class Connection(asyncio.Protocol):
    """One connection; `request` may be called again when it has returned."""

    def __init__(self) -> None:
        self._transport: asyncio.Transport | None = None
        self._head = b""
        self._parts: list[bytes] = []
        self._missing = -1
        self._waiter: asyncio.Future[None] | None = None

    def connection_made(self, transport: Any) -> None:
        """Asyncio calls this."""
        self._transport = transport

    def connection_lost(self, exc: Exception | None) -> None:
        """Asyncio calls this; a request that waits fails."""
        self._transport = None
        if self._waiter is not None and not self._waiter.done():
            self._waiter.set_exception(exc or ConnectionResetError("the server closed the connection"))

    def data_received(self, data: bytes) -> None:
        """Asyncio calls this; an answer is complete when its Content-Length has arrived."""
        if self._missing < 0:
            data = self._head + data
            end = data.find(b"\r\n\r\n")
            if end < 0:
                self._head = data
                return
            self._head, data = data[:end], data[end + 4 :]
            self._missing = int(header(self._head, b"content-length") or 0)
        self._parts.append(data)
        self._missing -= len(data)
        if self._missing <= 0 and self._waiter is not None and not self._waiter.done():
            self._waiter.set_result(None)

    async def request(self, request: bytes) -> Answer:
        """Send a whole request and return its answer. Raises `ConnectionError` when the connection breaks."""
        if self._transport is None:
            raise ConnectionResetError("the connection is closed")
        self._head, self._parts, self._missing = b"", [], -1
        self._waiter = asyncio.get_running_loop().create_future()
        begun = perf_counter()
        self._transport.write(request)
        await self._waiter
        seconds = perf_counter() - begun
        status = int(self._head[9:12])
        wait = float(header(self._head, b"retry-after") or 0) if status != 200 else 0.0
        return Answer(status, wait, b"".join(self._parts), seconds)

    def close(self) -> None:
        """Hang up."""
        if self._transport is not None:
            self._transport.close()


def header(head: bytes, name: bytes) -> bytes:
    """The value of a header, empty when it is not there."""
    lowered = head.lower()
    start = lowered.find(b"\r\n" + name + b":")
    if start < 0:
        return b""
    end = lowered.find(b"\r\n", start + 2)
    return head[start + len(name) + 3 : end if end >= 0 else None].strip()


async def connect(port: int) -> Connection:
    """Open a connection to this machine."""
    loop = asyncio.get_running_loop()
    _, connection = await loop.create_connection(Connection, "127.0.0.1", port)
    return connection


def post(path: str, body: bytes, secret: str = "") -> bytes:
    """A whole POST request, as Telegram would make it."""
    secret_line = f"X-Telegram-Bot-Api-Secret-Token: {secret}\r\n" if secret else ""
    head = (
        f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n{secret_line}"
        f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


def get(path: str) -> bytes:
    """A whole GET request."""
    return f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n".encode()
