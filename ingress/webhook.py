"""The Telegram webhook, as a bare ASGI application on the asyncio side.

It is the one address whose cost is multiplied by every message, so it goes without a framework's routing and
without crossing into Trio: from Hypercorn's parser to the store in one step. Everything else is `app.py`.
"""

import hmac
from collections.abc import Mapping
from typing import Any

from hypercorn.typing import ASGIReceiveCallable, ASGISendCallable, HTTPScope
from prometheus_client import Counter
from pydantic_core import to_json
from structlog import get_logger

from actors.providers.telegram import SECRET_HEADER, NotAnUpdateError
from ingress.intake import Gate, Intake
from storage.errors import StoreUnavailable

log = get_logger("mailroom.webhook")

PATH = "/webhook/telegram/"
BODY_BYTES_MAX = 1024 * 1024
"""Telegram's own limit for an update is 512 KiB."""
FULL_RETRY_SECONDS = 2
"""When a refused chat is to be tried again: time for a mailbox to make room, short enough that a chat does
not stall.
"""
STORE_RETRY_SECONDS = 1

ANSWERS = Counter("mailroom_webhook_responses_total", "Answers to webhook requests", ["status"])

_HEADER = SECRET_HEADER.lower().encode()
_OK = [(b"content-length", b"0")]
"""Nothing to say but 200: a body would cost a write of its own."""


class Webhook:
    """Answers `POST /webhook/telegram/{bot}`. `secrets` holds, by bot, what Telegram sends along."""

    def __init__(self, intake: Intake, secrets: Mapping[str, str]) -> None:
        self._intake = intake
        self._secrets = {name: secret.encode() for name, secret in secrets.items()}
        self.closed: set[str] = set()
        """Bots whose backlog is being fetched: their webhook waits, or it would overtake the backlog."""

    async def __call__(self, scope: HTTPScope, receive: ASGIReceiveCallable, send: ASGISendCallable) -> None:
        """Take one request. 200 means that the update is durably in line."""
        status, problem, retry_seconds = await self._take(scope, receive)
        ANSWERS.labels(str(status)).inc()
        if problem is None:
            await send({"type": "http.response.start", "status": status, "headers": _OK})
            await send({"type": "http.response.body", "body": b"", "more_body": False})
            return
        body = to_json({"ok": False, "error": problem})
        headers = [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode())]
        if retry_seconds:
            headers.append((b"retry-after", str(retry_seconds).encode()))
        if status == 413:
            headers.append((b"connection", b"close"))
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": body, "more_body": False})

    async def _take(self, scope: HTTPScope, receive: ASGIReceiveCallable) -> tuple[int, str | None, int]:
        gate: Gate | None = self._intake.gates.get(scope["path"][len(PATH) :])
        if gate is None:
            return 404, "there is no bot of this name", 0
        if scope["method"] != "POST":
            return 405, "send updates with POST", 0
        secret, length = b"", 0
        for name, value in scope["headers"]:
            if name == _HEADER:
                secret = value
            elif name == b"content-length" and value.isdigit():
                length = int(value)
        if not hmac.compare_digest(secret, self._secrets[gate.name]):
            return 401, f"the header {SECRET_HEADER} is missing or wrong", 0
        if gate.name in self.closed:
            return 503, "the backlog is being fetched; try again", STORE_RETRY_SECONDS
        body = await _read(receive) if length <= BODY_BYTES_MAX else None
        if body is None:
            return 413, f"an update has at most {BODY_BYTES_MAX} bytes", 0
        try:
            status = await self._intake.take(gate, body)
        except NotAnUpdateError as error:
            return 400, f"not an Update: {error}", 0
        except StoreUnavailable as error:
            log.error("update_not_stored", bot=gate.name, why=str(error))
            return 503, "the message could not be stored; try again", STORE_RETRY_SECONDS
        if status == "full":
            return 429, "this chat has too many messages waiting; try again", FULL_RETRY_SECONDS
        return 200, None, 0


async def _read(receive: ASGIReceiveCallable) -> bytes | None:
    """The body, or None when it is too large."""
    body = b""
    while True:
        message: Any = await receive()
        piece: bytes = message.get("body", b"")
        body += piece
        if len(body) > BODY_BYTES_MAX:
            return None
        if not message.get("more_body", False):
            return body
