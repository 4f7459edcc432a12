"""Telegram's limits, honoured in one place: who must wait, and until when.

Telegram does not publish exact limits and does not punish hitting one, only ignoring its 429. So replies go
out at once, and the answer decides (bots of the grammY and tdlib maintainers do the same):

- `free`: answers to callbacks and pre-checkouts, chat actions, reads. Never delayed.
- `reply`: waits only while its chat (or, after two chats within a second were refused, its bot) is parked;
  after a chat's first 429 its
  replies are paced for a while at the documented rate (1/s, 20/min in a group).
- `bulk`: notifications to many; through a token bucket below 30/s.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from math import inf

BULK_PER_SECOND = 25.0
"""Below Telegram's 30/s for notifications, so that replies find room beside them."""
PACE_PRIVATE_SECONDS = 1.0
PACE_GROUP_SECONDS = 3.0
PACED_FOR_SECONDS = 60.0
"""How long a chat is paced after a 429: Telegram's windows are of a minute."""
BOT_WIDE_SECONDS = 1.0
"""Two chats refused within this time mean that the bot as a whole is too fast."""
PACED_CHATS_MAX = 10_000


class CallClass(Enum):
    """What a call is to the limiter."""

    FREE = "free"
    REPLY = "reply"
    BULK = "bulk"


_FREE = (
    "answerCallbackQuery",
    "answerPreCheckoutQuery",
    "answerShippingQuery",
    "answerInlineQuery",
    "sendChatAction",
    "sendMessageDraft",
)


def classify(method: str) -> CallClass:
    """The class of a call a handler makes."""
    return CallClass.FREE if method.startswith("get") or method in _FREE else CallClass.REPLY


def repeatable(method: str) -> bool:
    """Whether a call has no effect worth a journal record: reads, and signs of life that a replay may show
    again.
    """
    return method.startswith("get") or method in ("sendChatAction", "sendMessageDraft")


@dataclass(slots=True)
class _Pace:
    until: float
    next: float


@dataclass(slots=True)
class Limiter:
    """One bot's waits. All times are seconds of one clock that the caller chooses."""

    bot_parked_until: float = 0.0
    _parked: dict[int, float] = field(default_factory=dict)
    _paced: dict[int, _Pace] = field(default_factory=dict)
    _last_refusal: tuple[int, float] | None = None
    _tokens: float = BULK_PER_SECOND
    _filled: float = 0.0

    def wait_seconds(self, call: CallClass, chat_id: int, now: float, *, most: float = inf) -> float:
        """How long this call must wait. For `reply` and `bulk` the place is taken: call it once for each
        call, then sleep. A reply that would have to wait longer than `most` gives up, and takes no place.
        """
        if call is CallClass.FREE:
            return 0.0
        wait = max(self.bot_parked_until - now, self._parked.get(chat_id, 0.0) - now, 0.0)
        if wait == 0.0:
            self._parked.pop(chat_id, None)
        if call is CallClass.BULK:
            return max(wait, self._take_token(now))
        if (pace := self._paced.get(chat_id)) is not None:
            if now >= pace.until:
                del self._paced[chat_id]
            else:
                start = max(now + wait, pace.next)
                if start - now > most:
                    return start - now
                pace.next = start + (PACE_GROUP_SECONDS if chat_id < 0 else PACE_PRIVATE_SECONDS)
                wait = start - now
        if self._tokens > -BULK_PER_SECOND:  # replies do not wait for tokens, but bulk leaves them their part
            self._take_token(now)
        return wait

    def refused(self, chat_id: int, retry_after: float, now: float) -> bool:
        """Telegram said 429. True when the whole bot is parked by it."""
        until = now + retry_after
        self._parked[chat_id] = until
        if len(self._paced) < PACED_CHATS_MAX or chat_id in self._paced:
            self._paced[chat_id] = _Pace(until + PACED_FOR_SECONDS, until)
        last, self._last_refusal = self._last_refusal, (chat_id, now)
        if last and last[0] != chat_id and now - last[1] <= BOT_WIDE_SECONDS:
            self.bot_parked_until = max(self.bot_parked_until, until)
            return True
        return False

    def restore(self, parked: Mapping[int, float], bot_parked_until: float) -> None:
        """Take over the waits that an earlier process left."""
        self._parked.update(parked)
        self.bot_parked_until = max(self.bot_parked_until, bot_parked_until)

    def _take_token(self, now: float) -> float:
        self._tokens = (
            min(BULK_PER_SECOND, self._tokens + (now - self._filled) * BULK_PER_SECOND)
            if self._filled
            else BULK_PER_SECOND
        )
        self._filled = now
        self._tokens -= 1.0
        return max(0.0, -self._tokens / BULK_PER_SECOND)
