"""One keep-alive HTTP/1.1 connection to a webhook: a request out, a response in.

Written on a bare protocol because it shares two cores with the service it tests: a general HTTP client costs
about five times as much per update. The header set is `WebhookActor::send_update`'s.
"""

import asyncio
import base64
import ssl
from collections.abc import Callable
from dataclasses import dataclass
from typing import cast
from urllib.parse import SplitResult, unquote

import httptools

ANSWER_BYTES_MAX = 1 << 20
"""More of an answer than any method in a webhook reply needs; the rest is thrown away."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What the webhook said."""

    status: int
    retry_after_seconds: int
    content_type: str
    body: bytes
    keep_alive: bool


@dataclass(frozen=True, slots=True)
class Target:
    """A webhook's address, taken apart once, with the head of every request to it."""

    host: str
    port: int
    tls: ssl.SSLContext | None
    head: bytes


def target_of(url: SplitResult, secret_token: str) -> Target:
    """Prepare the connection arguments and request head for a webhook URL."""
    host, secure = url.hostname or "", url.scheme == "https"
    port = url.port or (443 if secure else 80)
    path = (url.path or "/") + (f"?{url.query}" if url.query else "")
    shown = f"[{host}]" if ":" in host else host
    lines = [f"POST {path} HTTP/1.1", f"Host: {shown}:{port}"]
    if url.username:
        account = f"{unquote(url.username)}:{unquote(url.password or '')}"
        lines.append("Authorization: Basic " + base64.b64encode(account.encode()).decode())
    if secret_token:
        lines.append(f"X-Telegram-Bot-Api-Secret-Token: {secret_token}")
    lines += ["Content-Type: application/json", "Connection: keep-alive", "Content-Length: "]
    return Target(host, port, ssl.create_default_context() if secure else None, "\r\n".join(lines).encode())


class WebhookConnection(asyncio.Protocol):
    """Reports each answer, or that the connection is gone, to its owner; never raises at it."""

    def __init__(self, on_answer: Callable[[Answer], None], on_lost: Callable[[str], None]) -> None:
        self._on_answer = on_answer
        self._on_lost = on_lost
        self._transport: asyncio.Transport | None = None
        self._parser = httptools.HttpResponseParser(self)
        self._reset()

    def _reset(self) -> None:
        self._body: list[bytes] = []
        self._size = 0
        self._retry_after_seconds = 0
        self._content_type = ""

    def send(self, target: Target, body: bytes) -> None:
        """Write one request; the caller waits for the answer before the next."""
        assert self._transport is not None, "connected before anything is sent"
        self._transport.write(b"%b%d\r\n\r\n%b" % (target.head, len(body), body))

    def abort(self) -> None:
        """Hang up at once."""
        if self._transport is not None:
            self._transport.abort()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Asyncio: the connection is open."""
        # A cast, not a check: uvloop's transports do not derive from asyncio's.
        self._transport = cast(asyncio.Transport, transport)

    def data_received(self, data: bytes) -> None:
        """Asyncio: a piece of an answer."""
        try:
            self._parser.feed_data(data)
        except httptools.HttpParserError:
            self.abort()

    def connection_lost(self, exc: Exception | None) -> None:
        """Asyncio: the connection is gone."""
        self._on_lost(f"Connection lost: {exc}" if exc else "Webhook connection closed")

    def on_message_begin(self) -> None:
        """Parser: an answer begins."""
        self._reset()

    def on_header(self, name: bytes, value: bytes) -> None:
        """Parser: one header; two of them matter."""
        lowered = name.lower()
        if lowered == b"retry-after" and value.isdigit():
            self._retry_after_seconds = int(value)
        elif lowered == b"content-type":
            self._content_type = value.decode("latin-1")

    def on_body(self, body: bytes) -> None:
        """Parser: a piece of the body."""
        self._size += len(body)
        if self._size <= ANSWER_BYTES_MAX:
            self._body.append(body)

    def on_message_complete(self) -> None:
        """Parser: the answer is whole."""
        status = self._parser.get_status_code()
        if status < 200:
            return
        keep_alive = self._parser.should_keep_alive()
        self._on_answer(
            Answer(status, self._retry_after_seconds, self._content_type, b"".join(self._body), keep_alive)
        )
        if not keep_alive:
            self.abort()
