"""HTTP/1.1 for Hypercorn, with a way of its own for webhooks.

Hypercorn reads every request with h11 (pure Python) and gives each a task, a queue and a timer: 0.2 ms, a
fifth of what a whole update costs us. A request that begins like a webhook's is read by llhttp instead and
answered in the connection's own task; any other goes the usual way. Both may follow each other on one
connection.
"""

import asyncio
from functools import partial
from http import HTTPStatus
from typing import Any

import hypercorn.protocol
from httptools import HttpParserError, HttpParserUpgrade, HttpRequestParser
from hypercorn.events import Closed, Event, RawData, Updated
from hypercorn.protocol.h11 import H11Protocol

from actors.providers.telegram import SECRET_HEADER
from ingress.webhook import BODY_BYTES_MAX, PATH, Answer, Webhook, WebhookRequest

HEAD_BYTES_MAX = 32 * 1024
DISCARDED_BYTES_MAX = 16 * 1024 * 1024
"""How much of a body that was refused is still read: a connection closed on unread bytes is reset, and many a
client never sees the answer.
"""
KEPT_ALIVE_SECONDS = 20.0
"""How often a busy connection tells Hypercorn that it is not idle; its idle limit is longer."""

_BEGINNING = f"POST {PATH}".encode()
_SECRET = SECRET_HEADER.lower().encode()
_UPGRADES = (b"\r\nUpgrade:", b"\r\nupgrade:")
_CONTINUE = b"HTTP/1.1 100 Continue\r\n\r\n"
_REASONS = {status.value: status.phrase for status in HTTPStatus}


def answer_webhooks(webhook: Webhook) -> None:
    """Have every connection that Hypercorn accepts from now on answer webhooks itself.

    Hypercorn has no setting for its protocol class; the name it looks up is the one place to put ours.
    """
    vars(hypercorn.protocol)["H11Protocol"] = partial(WebhookProtocol, webhook)


class WebhookProtocol(H11Protocol):
    """One connection."""

    def __init__(self, webhook: Webhook, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self._webhook = webhook
        self._parser: HttpRequestParser | None = None
        self._reading: WebhookRequest | None = None
        self._complete: list[WebhookRequest] = []
        self._in_head = False
        self._head_bytes = 0
        self._discarded_bytes: int | None = None
        self._expects_continue = False
        self._answering = asyncio.Lock()
        self._refreshed = 0.0

    async def handle(self, event: Event) -> None:
        """Take what came over the connection."""
        if isinstance(event, Closed):
            async with self._answering:  # what is being answered is answered before the connection goes
                await super().handle(event)
        elif isinstance(event, RawData) and self._discarded_bytes is not None:
            self._discarded_bytes += len(event.data)
            if self._discarded_bytes > DISCARDED_BYTES_MAX:
                await self.send(Closed())
        elif isinstance(event, RawData) and (self._reading is not None or self._begins_webhook(event.data)):
            async with self._answering:
                await self._read(event.data)
        else:
            await super().handle(event)

    def _begins_webhook(self, data: bytes) -> bool:
        # `stream` is set while a usual request is under way, whose body may look like anything.
        if self.stream is not None or self.connection.trailing_data[0] or not data.startswith(_BEGINNING):
            return False
        # Java's client offers HTTP/2 with every request; llhttp would take the body for that of the offer.
        return not any(offer in data for offer in _UPGRADES)

    async def _read(self, data: bytes) -> None:
        if self._parser is None:
            self._parser = HttpRequestParser(self)
        before = self._reading
        try:
            self._parser.feed_data(data)
        except (HttpParserError, HttpParserUpgrade) as error:
            await self._close_with(Answer(400, [], f"not HTTP: {error}".encode()))
            return
        if self._expects_continue:
            self._expects_continue = False
            await self.send(RawData(_CONTINUE))
        if self._in_head and self._reading is before:  # else the head began just now
            self._head_bytes += len(data)
        if self._in_head and self._head_bytes > HEAD_BYTES_MAX:
            await self._close_with(Answer(431))
            return
        complete, self._complete = self._complete, []
        for request in complete:
            await self._answer(request)
        if self._reading is not None and self._reading.too_large and not self._in_head:
            # The answer need not wait for the rest, which is read all the same.
            self._discarded_bytes = 0
            await self.send(RawData(_bytes(await self._webhook.answer(self._reading), close=True)))

    async def _answer(self, request: WebhookRequest) -> None:
        answer = await self._webhook.answer(request)
        assert self._parser is not None, "a request has been parsed"
        if request.too_large or not self._parser.should_keep_alive() or self.context.terminated.is_set():
            await self._close_with(answer)
            return
        await self.send(RawData(_bytes(answer)))
        now = asyncio.get_running_loop().time()
        if now - self._refreshed > KEPT_ALIVE_SECONDS:
            self._refreshed = now
            await self.send(Updated(idle=True))

    async def _close_with(self, answer: Answer) -> None:
        self._reading = None
        await self.send(RawData(_bytes(answer, close=True)))
        await self.send(Closed())

    # What llhttp calls as it reads.

    def on_message_begin(self) -> None:
        """A request begins."""
        self._reading = WebhookRequest()
        self._in_head = True
        self._head_bytes = 0

    def on_url(self, url: bytes) -> None:
        """A piece of the address."""
        if self._reading is not None:
            self._reading.path += url.partition(b"?")[0].decode("latin-1")

    def on_header(self, name: bytes, value: bytes) -> None:
        """A header."""
        request, name = self._reading, name.lower()
        if request is None:
            return
        if name == _SECRET:
            request.secret = value
        elif name == b"content-length" and int(value) > BODY_BYTES_MAX:
            request.too_large = True
        elif name == b"expect" and value.lower() == b"100-continue":
            self._expects_continue = not request.too_large

    def on_headers_complete(self) -> None:
        """The head is read."""
        self._in_head = False
        if self._reading is not None and self._parser is not None:
            self._reading.method = self._parser.get_method().decode()

    def on_body(self, body: bytes) -> None:
        """A piece of the body."""
        request = self._reading
        if request is not None and not request.too_large:
            request.body += body
            request.too_large = len(request.body) > BODY_BYTES_MAX

    def on_message_complete(self) -> None:
        """The request is read."""
        if self._reading is not None:
            self._complete.append(self._reading)
        self._reading = None


def _bytes(answer: Answer, *, close: bool = False) -> bytes:
    lines = [f"HTTP/1.1 {answer.status} {_REASONS[answer.status]}", f"content-length: {len(answer.body)}"]
    lines += [f"{name}: {value}" for name, value in answer.headers]
    if close:
        lines.append("connection: close")
    return "\r\n".join((*lines, "", "")).encode("latin-1") + answer.body
