"""When a message arrived, and a throttle that counts it.

Stock aiogram handles a message when it comes in, so a middleware may count either. Here a message may wait in
line, behind a slow handler or an outage, and three that were sent a minute apart are handled in one second. A
throttle that counts handlings would drop what nobody sent too fast.
"""

from collections import OrderedDict
from collections.abc import Awaitable, Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from aiogram import BaseMiddleware
from aiogram.types import TelegramObject, User

BACKLOG_SECONDS = 10.0
"""A message that Telegram dates so long before we took it in had waited there: then its own date counts,
which has whole seconds only.
"""
USERS_MAX = 10_000
"""Users remembered by a throttle; of those beyond, whoever was seen longest ago is forgotten."""


def arrival(kind: str, update: Mapping[str, Any], accepted_ms: int) -> datetime:
    """When an update arrived: when we took it in, or the date that Telegram gave it where it had waited
    there. Taps and queries have no date.
    """
    accepted = datetime.fromtimestamp(accepted_ms / 1000, UTC)
    event = update.get(kind)
    if kind != "callback_query" and isinstance(event, Mapping):
        dated = event.get("edit_date") or event.get("date")
        if isinstance(dated, int) and 0 < dated < accepted_ms / 1000 - BACKLOG_SECONDS:
            return datetime.fromtimestamp(dated, UTC)
    return accepted


class Throttle(BaseMiddleware):
    """A middleware that drops what one user sends beyond `most` within `seconds`, counted by arrival: neither
    what waited in line nor a backlog that was fetched after an outage counts against anybody, an album counts
    once, and a message that is tried again is not counted again. `dropped` may tell the user.

    To be registered for messages and taps, inner or outer. What it counts is kept in this process's memory.
    """

    def __init__(
        self,
        most: int,
        seconds: float,
        dropped: Callable[[TelegramObject, dict[str, Any]], Awaitable[Any]] | None = None,
    ) -> None:
        if most < 1 or seconds <= 0:
            raise ValueError("a throttle lets at least one message through, in more than no time")
        self._most = most
        self._within = timedelta(seconds=seconds)
        self._dropped = dropped
        self._users: OrderedDict[int, dict[Any, datetime]] = OrderedDict()
        # When we last took in what had waited at Telegram: taps of that time had waited too.
        self._backlog_at = datetime.min.replace(tzinfo=UTC)

    async def __call__(
        self,
        handler: Callable[[TelegramObject, dict[str, Any]], Awaitable[Any]],
        event: TelegramObject,
        data: dict[str, Any],
    ) -> Any:
        """Pass the event on, or drop it."""
        user: User | None = data.get("event_from_user")
        if user is None or self._may_pass(user.id, event, data):
            return await handler(event, data)
        return await self._dropped(event, data) if self._dropped else None

    def _may_pass(self, user_id: int, event: TelegramObject, data: Mapping[str, Any]) -> bool:
        turn = data.get("turn")
        if turn and turn.attempt > 1:
            return True  # it was let through before, maybe by a process that is no more
        now = (turn.accepted_at if turn else None) or datetime.now(UTC)
        arrived: datetime = data.get("arrived_at", now)
        if arrived < now:
            self._backlog_at = max(self._backlog_at, now)
        elif not hasattr(event, "date") and abs(now - self._backlog_at) < timedelta(seconds=BACKLOG_SECONDS):
            return True
        update = data.get("event_update")
        key = getattr(event, "media_group_id", None) or (update.update_id if update else object())
        passed = self._users.setdefault(user_id, {})
        self._users.move_to_end(user_id)
        if len(self._users) > USERS_MAX:
            self._users.popitem(last=False)
        if key in passed:
            return True  # put off and handled again, or a further part of its album
        if sum(abs(arrived - other) < self._within for other in passed.values()) >= self._most:
            return False
        passed[key] = arrived
        newest = max(passed.values())
        for old in [one for one, when in passed.items() if when <= newest - self._within]:
            del passed[old]
        return True
