"""What flows towards one bot: its backlog, its webhook, its `getUpdates`.

From `Client.cpp` (`process_set_webhook_query`, `process_get_updates_query`, `abort_long_poll`) of
tdlib/telegram-bot-api. One freedom is taken: a webhook may be plain HTTP on any port, as with the server's
`--local`.
"""

import asyncio
import random
import re
import time
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

from .backlog import Backlog
from .delivery import Delivery
from .errors import ApiError, bad_request, too_many_requests
from .events import encode
from .kinds import DEFAULT_ALLOWED, KINDS, expiry_of, kind_of, queue_of
from .postman import Levers, Postman
from .wire import Answer, target_of

SET_WEBHOOK_INTERVAL_SECONDS = 1.0
CONNECTIONS_DEFAULT = 40
LONG_POLL_MAX_SECONDS = 50
SECRET = re.compile(r"[A-Za-z0-9_-]{1,256}")


class Inbound:
    """The update side of one bot."""

    def __init__(
        self, chance: random.Random, on_reply: Callable[[Answer], None], on_event: Callable[..., None]
    ) -> None:
        self._chance = chance
        self._on_reply = on_reply
        self._on_event = on_event
        # The first id is random (`TQueue.cpp`); kept well below the end, so that a test never meets it.
        self.backlog = Backlog(chance.randint(100_000_000, 900_000_000))
        self.levers = Levers()
        self.allowed = DEFAULT_ALLOWED
        self.url = ""
        self._secret = ""
        self._max_connections = CONNECTIONS_DEFAULT
        self._last_error: tuple[int, str] | None = None
        self._set_at = -10.0
        self._postman: Postman | None = None
        self._poll: asyncio.Future[None] | None = None

    # Towards the bot.

    def push(self, update: dict[str, Any]) -> int | None:
        """Put an update in line; None when it is not allowed, too old already, or the backlog is full."""
        kind = kind_of(update)
        payload = update[kind]
        queue_id = queue_of(kind, payload)
        if kind not in self.allowed:
            return None
        unix_now = time.time()
        expires_at = expiry_of(kind, payload, unix_now)
        if expires_at <= unix_now:
            return None
        update_id = self.backlog.push(f'"{kind}":{encode(payload)}'.encode(), queue_id, expires_at)
        if self._postman is not None:
            self._postman.kick()
        elif self._poll is not None and not self._poll.done():
            self._poll.set_result(None)
        return update_id

    # Webhook.

    def set_webhook(
        self,
        url: str,
        *,
        secret: str = "",
        max_connections: int | None = None,
        allowed: list[str] | None = None,
        drop_pending: bool = False,
    ) -> str:
        """Point the bot's updates at a URL (or nowhere) and return the sentence Telegram puts in `description`."""
        now = asyncio.get_running_loop().time()
        if url and now < self._set_at + SET_WEBHOOK_INTERVAL_SECONDS:
            raise too_many_requests(1)
        parts = urlsplit(url)
        if url and (parts.scheme not in ("http", "https") or not parts.hostname):
            raise bad_request("bad webhook: An HTTPS URL must be provided for webhook")
        if secret and not SECRET.fullmatch(secret):
            raise bad_request("secret token contains unallowed characters")
        if url:
            self._set_at = now
        self.allow(allowed)
        if drop_pending:
            self.backlog.clear()
        if not url:
            description = "Webhook was deleted" if self.url else "Webhook is already deleted"
            self._stop()
            self.url = ""
            return description
        connections = min(max(max_connections or CONNECTIONS_DEFAULT, 1), 100)
        same = (url, secret, connections) == (self.url, self._secret, self._max_connections)
        if same and not drop_pending and self._postman is not None:
            return "Webhook is already set"
        self._stop()
        self._abort_poll("Conflict: terminated by setWebhook request")
        self.url, self._secret, self._max_connections, self._last_error = url, secret, connections, None
        self._start()
        return "Webhook was set"

    def _start(self) -> None:
        if not self.url:
            return
        loop = asyncio.get_running_loop()
        delivery = Delivery(
            self.backlog,
            self.levers.max_connections or self._max_connections,
            clock=loop.time,
            unix_clock=time.time,
            chance=self._chance,
        )
        self._postman = Postman(
            delivery,
            target_of(urlsplit(self.url), self._secret),
            self.levers,
            self._chance,
            on_reply=self._on_reply,
            on_error=self._note_error,
            on_delivered=self._note_delivered,
        )
        self._postman.kick()

    def _stop(self) -> None:
        if self._postman is not None:
            self._postman.close()
            self._postman = None

    def restart(self) -> None:
        """Let changed levers take effect: same webhook, new connections."""
        self._stop()
        self._start()

    def kick(self) -> None:
        """Levers changed in a way the running postman reads by itself."""
        if self._postman is not None:
            self._postman.kick()

    def close(self) -> None:
        """Stop sending and let pollers go."""
        self._stop()
        self._abort_poll("Conflict: terminated by other getUpdates request")

    def _note_error(self, text: str) -> None:
        self._last_error = (int(time.time()), text)
        self._on_event("webhook_error", None, {"error": text})

    def _note_delivered(self, update_id: int, attempt: int) -> None:
        self._on_event("delivered", None, {"update_id": update_id, "attempt": attempt})

    def info(self) -> dict[str, Any]:
        """Return what getWebhookInfo says."""
        info: dict[str, Any] = {
            "url": self.url,
            "has_custom_certificate": False,
            "pending_update_count": len(self.backlog),
        }
        if self.url:
            info["max_connections"] = self._max_connections
            if self._last_error is not None:
                info["last_error_date"], info["last_error_message"] = self._last_error
        if self.allowed != DEFAULT_ALLOWED:
            info["allowed_updates"] = sorted(self.allowed)
        return info

    def state(self) -> dict[str, Any]:
        """Return what only the simulator can know, for `/sim/delivery`."""
        delivery = self._postman.delivery if self._postman is not None else None
        return {
            "url": self.url,
            "pending": len(self.backlog),
            "next_update_id": self.backlog.tail,
            "dropped": self.backlog.dropped,
            "expired": delivery.expired if delivery else 0,
            "connections": delivery.connections if delivery else 0,
            "in_flight": delivery.in_flight if delivery else 0,
            "paused": self.levers.paused,
            "duplicate_probability": self.levers.duplicate_probability,
            "latency_ms": {"median": self.levers.latency_median_ms, "sigma": self.levers.latency_sigma},
            "max_connections": self.levers.max_connections or self._max_connections,
        }

    def allow(self, names: list[str] | None) -> None:
        """Choose the kinds of updates from now on: None keeps the choice, an empty list is the default set."""
        if names is None:
            return
        known = frozenset(name for name in names if name in KINDS)
        self.allowed = known or DEFAULT_ALLOWED

    # getUpdates.

    async def get_updates(self, offset: int, limit: int, timeout_seconds: float) -> list[bytes]:
        """Confirm what is below `offset` and return the next updates in id order, waiting for one if need be."""
        if self.url:
            raise ApiError(
                409,
                "Conflict: can't use getUpdates method while webhook is active; "
                "use deleteWebhook to delete the webhook first",
            )
        self._abort_poll(
            "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running"
        )
        if offset < 0:
            offset = max(self.backlog.head, self.backlog.tail + offset)
        self.backlog.forget_before(offset)
        start = max(offset, self.backlog.head) if offset <= self.backlog.tail else self.backlog.head
        found = self.backlog.read(start, limit, time.time())
        if not found and timeout_seconds > 0:
            self._poll = poll = asyncio.get_running_loop().create_future()
            try:
                async with asyncio.timeout(min(timeout_seconds, LONG_POLL_MAX_SECONDS)):
                    await poll
            except TimeoutError:
                return []
            finally:
                if self._poll is poll:
                    self._poll = None
            found = self.backlog.read(self.backlog.head, limit, time.time())
        return [pending.body for pending in found]

    def _abort_poll(self, reason: str) -> None:
        if self._poll is not None and not self._poll.done():
            self._poll.set_exception(ApiError(409, reason))
        self._poll = None
