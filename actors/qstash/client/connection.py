"""One connection to an endpoint: a request out, its answer in, the next one after it."""

import asyncio
from typing import cast

from httptools import HttpParserError, HttpParserUpgrade, HttpResponseParser

from mailroom.actors.qstash.client.answer import (
    BODY_BYTES_MAX,
    HEAD_BYTES_MAX,
    HEADERS_MAX,
    Answer,
    CallError,
)

DRAINED_BYTES_MAX = 1024 * 1024
"""So much of an answer is read to use the connection again; past it, what is known by then is the answer."""
_CONTINUES = range(100, 200)


class Connection(asyncio.Protocol):
    """Also what llhttp calls as it reads. Broken once anything is out of order: `usable` says so."""

    def __init__(self) -> None:
        self.usable = True
        self.idle_since = 0.0
        self.heard = False
        """Whether any byte of the current answer has come."""
        self._transport: asyncio.Transport
        self._parser = HttpResponseParser(self)
        self._waiting: asyncio.Future[Answer] | None = None
        self._answer = Answer()
        self._head_bytes = self._body_bytes = 0
        self._kept: list[bytes] = []
        self._has_head = False

    async def ask(self, request: bytes) -> Answer:
        """Send a request and wait for its answer. Raises `CallError`; cancelled, the connection is broken."""
        self._begin()
        waiting: asyncio.Future[Answer] = asyncio.get_running_loop().create_future()
        self._waiting = waiting
        self._transport.write(request)
        try:
            return await waiting
        except BaseException:
            self.abort()
            raise
        finally:
            self._waiting = None

    def abort(self) -> None:
        """Break it off."""
        self.usable = False
        self._transport.abort()

    def close(self) -> None:
        """End it in order."""
        self.usable = False
        self._transport.close()

    def _begin(self) -> None:
        self._answer, self._kept = Answer(), []
        self._head_bytes = self._body_bytes = 0
        self._has_head = self.heard = False

    # asyncio.Protocol

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """It is open."""
        self._transport = cast(asyncio.Transport, transport)  # uvloop's is none by name

    def data_received(self, data: bytes) -> None:
        """Bytes came."""
        if self._waiting is None or self._waiting.done():
            self.abort()  # nobody asked, so whatever it is, it is the answer to nothing of ours
            return
        self.heard = True
        self._head_bytes += 0 if self._has_head else len(data)
        try:
            self._parser.feed_data(data)
        except HttpParserUpgrade:
            self._fail("it switched to another protocol")
        except HttpParserError as error:
            self._fail(f"its answer is not HTTP: {error}")
        if self._head_bytes > HEAD_BYTES_MAX and not self._has_head:
            self._fail(f"the head of its answer has more than {HEAD_BYTES_MAX} bytes")

    def connection_lost(self, error: Exception | None) -> None:
        """It is over."""
        self.usable = False
        if self._has_head and error is None and self._ends_with_the_connection():
            self._succeed()
            return
        self._fail(f"it closed the connection{f': {error}' if error else ''}", "unreachable")

    # llhttp

    def on_header(self, name: bytes, value: bytes) -> None:
        """A header of the answer, or one after its end."""
        if self._has_head:
            return
        if len(self._answer.headers) >= HEADERS_MAX:
            self._fail(f"its answer has more than {HEADERS_MAX} headers")
            return
        self._answer.headers.append((name.decode("latin-1").lower(), value.decode("latin-1")))

    def on_message_begin(self) -> None:
        """An answer begins, or one to nothing that was asked."""
        if self._waiting is None or self._waiting.done():
            self.abort()

    def on_headers_complete(self) -> None:
        """The head is whole."""
        status = self._parser.get_status_code()
        if status in _CONTINUES:
            self._answer.headers.clear()
            return
        self._answer.status, self._has_head = status, True

    def on_body(self, piece: bytes) -> None:
        """A part of the body."""
        room = BODY_BYTES_MAX - self._body_bytes
        self._body_bytes += len(piece)
        if room > 0:
            self._kept.append(bytes(piece[:room]))
        self._answer.truncated = self._body_bytes > BODY_BYTES_MAX
        if self._body_bytes > DRAINED_BYTES_MAX:
            self._succeed()
            self.abort()

    def on_message_complete(self) -> None:
        """The answer is whole, unless it was only the word to go on."""
        if self._has_head:
            self.usable = self.usable and self._parser.should_keep_alive()
            self._succeed()

    def _ends_with_the_connection(self) -> bool:
        names = {name for name, _ in self._answer.headers}
        return not names & {"content-length", "transfer-encoding"}

    def _succeed(self) -> None:
        if self._waiting is not None and not self._waiting.done():
            self._answer.body = b"".join(self._kept)
            self._waiting.set_result(self._answer)
            self._answer = Answer()

    def _fail(self, words: str, why: str = "nonsense") -> None:
        self.usable = False
        if self._waiting is not None and not self._waiting.done():
            self._waiting.set_exception(
                CallError("unreachable" if why == "unreachable" else "nonsense", words)
            )
