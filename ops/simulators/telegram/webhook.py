"""One bot's webhook: its settings, the sender that works for them, and what is known of its failures.

From `Client.cpp` (`process_set_webhook_query`, `JsonWebhookInfo`) of tdlib/telegram-bot-api. One freedom is
taken: a webhook may be plain HTTP on any port, as with the server's `--local`.
"""

import asyncio
import random
import re
import time
from collections.abc import Callable
from typing import Any
from urllib.parse import SplitResult, urlsplit

from .backlog import Backlog
from .delivery import Delivery
from .errors import bad_request, too_many_requests
from .webhook_sender import Controls, WebhookSender
from .wire import Answer, target_of

SET_INTERVAL_SECONDS = 1.0
CONNECTIONS_DEFAULT, CONNECTIONS_MAX = 40, 100
SECRET = re.compile(r"[A-Za-z0-9_-]{1,256}")

Emit = Callable[[str, int | None, dict[str, Any]], None]


class Webhook:
    """Where a bot's updates are sent; an empty `url` means nowhere."""

    def __init__(
        self, backlog: Backlog, chance: random.Random, on_reply: Callable[[Answer], None], emit: Emit
    ) -> None:
        self._backlog = backlog
        self._chance = chance
        self._on_reply = on_reply
        self._emit = emit
        self.conditions = Controls()
        self.url = ""
        self._secret = ""
        self._max_connections = CONNECTIONS_DEFAULT
        self._last_error: tuple[int, str] | None = None
        self._set_at = -SET_INTERVAL_SECONDS
        self._sender: WebhookSender | None = None

    def check(self, url: str, secret: str) -> None:
        """Refuse what Telegram refuses before anything changes."""
        if not url:
            return
        now = asyncio.get_running_loop().time()
        if now < self._set_at + SET_INTERVAL_SECONDS:
            raise too_many_requests(1)
        _parsed(url)
        if secret and not SECRET.fullmatch(secret):
            raise bad_request("secret token contains unallowed characters")
        self._set_at = now

    def change(self, url: str, secret: str, max_connections: int) -> str:
        """Point the webhook elsewhere; return the sentence Telegram puts into `description`."""
        if not url:
            description = "Webhook was deleted" if self.url else "Webhook is already deleted"
            self.close()
            self.url = ""
            return description
        connections = min(max_connections, CONNECTIONS_MAX) if max_connections > 0 else CONNECTIONS_DEFAULT
        if (url, secret, connections) == (self.url, self._secret, self._max_connections):
            return "Webhook is already set"
        self.url, self._secret, self._max_connections, self._last_error = url, secret, connections, None
        self.restart()
        return "Webhook was set"

    def restart(self) -> None:
        """Begin anew with fresh connections; what was under way will be sent again."""
        self.close()
        if not self.url:
            return
        loop = asyncio.get_running_loop()
        delivery = Delivery(
            self._backlog,
            self.conditions.max_connections or self._max_connections,
            clock=loop.time,
            unix_clock=time.time,
            chance=self._chance,
        )
        self._sender = WebhookSender(
            delivery,
            target_of(_parsed(self.url), self._secret),
            self.conditions,
            self._chance,
            on_reply=self._on_reply,
            on_error=self._note_error,
            on_delivered=self._note_delivered,
        )
        self._sender.kick()

    def close(self) -> None:
        """Stop sending; the backlog stays."""
        if self._sender is not None:
            self._sender.close()
            self._sender = None

    def kick(self) -> None:
        """There is something new: an update in the backlog or a control was set."""
        if self._sender is not None:
            self._sender.kick()

    def info(self) -> dict[str, Any]:
        """Return what getWebhookInfo says of the webhook itself."""
        info: dict[str, Any] = {
            "url": self.url,
            "has_custom_certificate": False,
            "pending_update_count": len(self._backlog),
        }
        if self.url:
            info["max_connections"] = self._max_connections
            if self._last_error is not None:
                info["last_error_date"], info["last_error_message"] = self._last_error
        return info

    def state(self) -> dict[str, Any]:
        """Return what only a simulator can know."""
        delivery = self._sender.delivery if self._sender is not None else None
        conditions = self.conditions
        return {
            "url": self.url,
            "pending": len(self._backlog),
            "next_update_id": self._backlog.tail,
            "dropped": self._backlog.dropped,
            "expired": delivery.expired if delivery else 0,
            "connections": delivery.connections if delivery else 0,
            "in_flight": delivery.in_flight if delivery else 0,
            "paused": conditions.paused,
            "duplicate_probability": conditions.duplicate_probability,
            "latency_ms": {"median": conditions.latency_median_ms, "sigma": conditions.latency_sigma},
            "max_connections": conditions.max_connections or self._max_connections,
        }

    def _note_error(self, text: str) -> None:
        self._last_error = (int(time.time()), text)
        self._emit("webhook_error", None, {"error": text})

    def _note_delivered(self, update_id: int, attempt: int) -> None:
        self._emit("delivered", None, {"update_id": update_id, "attempt": attempt})


def _parsed(url: str) -> SplitResult:
    try:
        parts = urlsplit(url)
        usable = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        usable = False
    if not usable or not url.isascii() or any(character <= " " for character in url):
        raise bad_request("bad webhook: An HTTPS URL must be provided for webhook")
    return urlsplit(url)
