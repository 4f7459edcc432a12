"""Telegram's limits, honoured in one place: who must wait, and until when.

Telegram does not publish exact limits and does not punish hitting one, only ignoring its 429. So replies go
out at once, and the answer decides (bots of the grammY and tdlib maintainers do the same):

- `free`: answers to callbacks and pre-checkouts, chat actions, reads. Never delayed.
- `reply`: waits only while its target (or, after two chats within a second were refused, its bot) is parked;
  after a chat's first 429 its replies are paced for a while at the documented rate (1/s, 20/min in a group).
- `bulk`: notifications to many; through a token bucket below 30/s.

A 429 belongs to whom it was said, and that is not always the chat whose handler called: a bot that posts to
a channel for many chats is told of the channel.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from math import inf
from typing import TypeAlias

Target: TypeAlias = int | str
"""Whom a call is for: a chat by its id, a chat by its name (`@news`), or, where a call has no chat, its
method.
"""

BULK_PER_SECOND = 25.0
"""Below Telegram's 30/s for notifications, so that replies find room beside them."""
PACE_PRIVATE_SECONDS = 1.0
PACE_GROUP_SECONDS = 3.0
PACED_FOR_SECONDS = 60.0
"""How long a chat is paced after a 429: Telegram's windows are of a minute."""
BOT_WIDE_SECONDS = 1.0
"""Two chats refused within this time mean that the bot as a whole is too fast."""
PACED_CHATS_MAX = 10_000
PARKED_MAX = 10_000
NAMES_MAX = 10_000
"""What is remembered of each kind: more than Telegram lets a bot talk to within the waits it imposes."""


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


def target_of(chat_id: object, method: str) -> Target:
    """Whom a call is for, by its argument `chat_id`."""
    if isinstance(chat_id, int):
        return chat_id
    if not isinstance(chat_id, str):
        return method
    name = chat_id.strip().lower()
    return int(name) if name.removeprefix("-").isdecimal() else "@" + name.removeprefix("@")


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
    _parked: dict[Target, float] = field(default_factory=dict)
    _paced: dict[Target, _Pace] = field(default_factory=dict)
    _ids: dict[str, int] = field(default_factory=dict)
    _last_refusal: tuple[Target, float] | None = None
    _tokens: float = BULK_PER_SECOND
    _filled: float = 0.0

    def wait_seconds(self, call: CallClass, target: Target, now: float, *, most: float = inf) -> float:
        """How long this call must wait. For `reply` and `bulk` the place is taken: call it once for each
        call, then sleep. A reply that would have to wait longer than `most` gives up, and takes no place.
        """
        if call is CallClass.FREE:
            return 0.0
        target = self._one(target)
        wait = max(self.bot_parked_until - now, self._parked.get(target, 0.0) - now, 0.0)
        if wait == 0.0:
            self._parked.pop(target, None)
        if call is CallClass.BULK:
            return max(wait, self._take_token(now))
        if (pace := self._paced.get(target)) is not None:
            if now >= pace.until:
                del self._paced[target]
            else:
                start = max(now + wait, pace.next)
                if start - now > most:
                    return start - now
                pace.next = start + (PACE_PRIVATE_SECONDS if _is_private(target) else PACE_GROUP_SECONDS)
                wait = start - now
        if self._tokens > -BULK_PER_SECOND:  # replies do not wait for tokens, but bulk leaves them their part
            self._take_token(now)
        return wait

    def refused(self, target: Target, retry_after: float, now: float) -> bool:
        """Telegram said 429. True when the whole bot is parked by it."""
        target, until = self._one(target), now + retry_after
        if len(self._parked) >= PARKED_MAX and target not in self._parked:
            self._make_room(now)
        self._parked[target] = until
        if not _is_chat(target):
            return False
        if len(self._paced) < PACED_CHATS_MAX or target in self._paced:
            self._paced[target] = _Pace(until + PACED_FOR_SECONDS, until)
        last, self._last_refusal = self._last_refusal, (target, now)
        if last and _surely_another(self._one(last[0]), target) and now - last[1] <= BOT_WIDE_SECONDS:
            self.bot_parked_until = max(self.bot_parked_until, until)
            return True
        return False

    def learn(self, name: str, chat_id: int) -> None:
        """An answer has said which chat a name (without `@`) belongs to: from now on both are one."""
        known = "@" + name.lower()
        if self._ids.get(known) == chat_id:
            return
        if len(self._ids) >= NAMES_MAX:
            del self._ids[next(iter(self._ids))]
        self._ids[known] = chat_id
        if (until := self._parked.pop(known, None)) is not None:
            self._parked[chat_id] = max(until, self._parked.get(chat_id, 0.0))
        if (pace := self._paced.pop(known, None)) is not None:
            self._paced.setdefault(chat_id, pace)

    def restore(self, parked: Mapping[Target, float], bot_parked_until: float) -> None:
        """Take over the waits that an earlier process left."""
        self._parked.update(parked)
        self.bot_parked_until = max(self.bot_parked_until, bot_parked_until)

    def _one(self, target: Target) -> Target:
        """The id where a name's is known."""
        return self._ids.get(target, target) if isinstance(target, str) else target

    def _make_room(self, now: float) -> None:
        self._parked = {target: until for target, until in self._parked.items() if until > now}
        if len(self._parked) >= PARKED_MAX:
            del self._parked[min(self._parked, key=self._parked.__getitem__)]

    def _take_token(self, now: float) -> float:
        self._tokens = (
            min(BULK_PER_SECOND, self._tokens + (now - self._filled) * BULK_PER_SECOND)
            if self._filled
            else BULK_PER_SECOND
        )
        self._filled = now
        self._tokens -= 1.0
        return max(0.0, -self._tokens / BULK_PER_SECOND)


def _is_chat(target: Target) -> bool:
    return isinstance(target, int) or target.startswith("@")


def _is_private(target: Target) -> bool:
    return isinstance(target, int) and target > 0


def _surely_another(one: Target, other: Target) -> bool:
    """Whether these are two chats. A name whose id is not known yet may belong to any group or channel."""
    if isinstance(one, int) is isinstance(other, int):
        return one != other
    return _is_private(one) or _is_private(other)
