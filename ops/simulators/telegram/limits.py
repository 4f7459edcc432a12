"""Telegram's flood limits, enforced when asked to.

Numbers from Telegram's FAQ as quoted by library authors: about 1 message a second per chat with short bursts,
20 a minute per group, about 30 a second for a bot. The exact rules are not public, edits count as messages
(levlam, tdlib/telegram-bot-api#648), answers to queries and chat actions do not.

Off by default: a load test measures the service, not this table. The demo switches them on
(`--enforce-limits`), so that what a person sees there is what Telegram would do; a person alone never gets
near them.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from mailroom.ops.simulators.fields import ControlError, only

from .bucket import Bucket

BUCKETS_MAX = 50_000
COUNTED = ("send", "edit", "copy", "forward", "stop")
NOT_COUNTED = frozenset({"sendchataction", "sendmessagedraft"})


@dataclass(slots=True)
class LimitSettings:
    """The control `/sim/limits`."""

    enforce: bool = False
    bot_per_second: int = 30
    chat_per_second: int = 1
    chat_burst: int = 20
    group_per_minute: int = 20
    unknown_chats: str = "create"

    def change(self, given: dict[str, Any]) -> None:
        """Apply what was given, all or nothing."""
        only(given, frozenset(self.__slots__))
        for name, value in given.items():
            if name == "enforce":
                right = isinstance(value, bool)
            elif name == "unknown_chats":
                right = value in ("create", "refuse")
            else:
                right = isinstance(value, int) and not isinstance(value, bool) and 1 <= value <= 100_000
            if not right:
                raise ControlError(f"{name} cannot be {value!r}")
        for name, value in given.items():
            setattr(self, name, value)


class Limits:
    """Buckets per bot and chat; `refuse` says how many seconds a call must wait (0: go ahead)."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self.settings = LimitSettings()
        self._buckets: dict[tuple[str, int | None], Bucket] = {}
        self.refused = 0

    def change(self, given: dict[str, Any]) -> None:
        """Change settings and start with full allowances."""
        self.settings.change(given)
        self.clear()

    def clear(self) -> None:
        """Full allowances for everybody, same settings."""
        self._buckets.clear()
        self.refused = 0

    def wait_seconds(self, token: str, method: str, chat_id: int | None) -> int:
        """Take one event from the allowances of bot and chat, or say how long to wait."""
        if not method.startswith(COUNTED) or method in NOT_COUNTED or chat_id is None:
            return 0
        now = self._clock()
        settings = self.settings
        bot = self._bucket((token, None), 1.0, settings.bot_per_second, settings.bot_per_second)
        if chat_id < 0:
            chat = self._bucket((token, chat_id), 60.0, settings.group_per_minute, settings.group_per_minute)
        else:
            chat = self._bucket((token, chat_id), 1.0, settings.chat_per_second, settings.chat_burst)
        ready_at = max(bot.wakeup_at, chat.wakeup_at)
        if ready_at > now:
            self.refused += 1
            return max(1, math.ceil(ready_at - now))
        bot.take(now)
        chat.take(now)
        return 0

    def _bucket(self, key: tuple[str, int | None], seconds: float, count: int, burst: int) -> Bucket:
        bucket = self._buckets.get(key)
        if bucket is None:
            if len(self._buckets) >= BUCKETS_MAX:
                del self._buckets[next(iter(self._buckets))]
            bucket = self._buckets[key] = Bucket(seconds, count, burst=burst)
        return bucket
