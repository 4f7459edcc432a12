"""What flows towards one bot: updates into its backlog, and out of it by webhook or by `getUpdates`.

From `Client.cpp` (`add_update`, `process_get_updates_query`, `abort_long_poll`) of tdlib/telegram-bot-api.
"""

import asyncio
import random
import time
from collections.abc import Callable
from typing import Any

from .backlog import Backlog
from .errors import ApiError
from .events import encode
from .kinds import DEFAULT_ALLOWED, KINDS, expiry_of, kind_of, queue_of
from .webhook import Emit, Webhook
from .wire import Answer

LONG_POLL_MAX_SECONDS = 50
FIRST_ID_MIN, FIRST_ID_MAX = 100_000_000, 900_000_000
"""The first id is random (`TQueue.cpp`); kept so far below the end that no test meets it."""

WEBHOOK_ACTIVE = (
    "Conflict: can't use getUpdates method while webhook is active; "
    "use deleteWebhook to delete the webhook first"
)
OTHER_POLLER = (
    "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running"
)
WEBHOOK_SET = "Conflict: terminated by setWebhook request"


class Inbound:
    """The update side of one bot."""

    def __init__(self, chance: random.Random, on_reply: Callable[[Answer], None], emit: Emit) -> None:
        self.backlog = Backlog(chance.randint(FIRST_ID_MIN, FIRST_ID_MAX))
        self.webhook = Webhook(self.backlog, chance, on_reply, emit)
        self.allowed = DEFAULT_ALLOWED
        self._poll: asyncio.Future[None] | None = None

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
        self.webhook.kick()
        if self._poll is not None and not self._poll.done():
            self._poll.set_result(None)
        return update_id

    def set_webhook(
        self,
        url: str,
        *,
        secret: str = "",
        max_connections: int = 0,
        allowed: list[str] | None,
        drop_pending: bool,
    ) -> str:
        """Carry out setWebhook or deleteWebhook; return the sentence for `description`."""
        self.webhook.check(url, secret)
        self.allow(allowed)
        if drop_pending:
            # What is under way from the dropped backlog must not come back into it.
            self.webhook.close()
            self.backlog.clear()
            self.webhook.restart()
        if url:
            self._abort_poll(WEBHOOK_SET)
        return self.webhook.change(url, secret, max_connections)

    def allow(self, names: list[str] | None) -> None:
        """Choose the kinds of updates from now on; None keeps the choice, an empty list is the default."""
        if names is not None:
            self.allowed = frozenset(name for name in names if name in KINDS) or DEFAULT_ALLOWED

    def info(self) -> dict[str, Any]:
        """Return what getWebhookInfo says."""
        chosen = {} if self.allowed == DEFAULT_ALLOWED else {"allowed_updates": sorted(self.allowed)}
        return {**self.webhook.info(), **chosen}

    async def get_updates(self, offset: int, limit: int, timeout_seconds: float) -> list[bytes]:
        """Confirm what is below `offset` and return the next updates by id, waiting for one if need be."""
        if self.webhook.url:
            raise ApiError(409, WEBHOOK_ACTIVE)
        self._abort_poll(OTHER_POLLER)
        backlog = self.backlog
        if offset < 0:
            offset = max(backlog.head, backlog.tail + offset)
        backlog.forget_before(offset)
        found = backlog.read(backlog.head, limit, time.time())
        if not found and timeout_seconds > 0:
            await self._wait_for_update(timeout_seconds)
            found = backlog.read(backlog.head, limit, time.time())
        return [pending.body for pending in found]

    async def _wait_for_update(self, timeout_seconds: float) -> None:
        self._poll = poll = asyncio.get_running_loop().create_future()
        try:
            async with asyncio.timeout(min(timeout_seconds, LONG_POLL_MAX_SECONDS)):
                await poll
        except TimeoutError:
            return
        finally:
            if self._poll is poll:
                self._poll = None

    def close(self) -> None:
        """Stop sending and let a poller go."""
        self.webhook.close()
        self._abort_poll(OTHER_POLLER)

    def _abort_poll(self, reason: str) -> None:
        if self._poll is not None and not self._poll.done():
            self._poll.set_exception(ApiError(409, reason))
        self._poll = None
