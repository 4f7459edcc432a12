"""In which of Telegram's queues an update travels, and for how long it is kept.

From `Client.cpp` (`add_update` and its callers) of tdlib/telegram-bot-api: every update carries a
`webhook_queue_id`; one queue has one update in flight. Texts of a chat and button taps in it are in different
queues and may arrive in either order. Lifetimes of messages count from the message's date, of queries from
now.
"""

from dataclasses import dataclass
from typing import Any, Literal

QUEUE_STRIDE = 2**33
"""So far apart are the queues of different kinds: a chat and a user of one id never share one."""

DAY_SECONDS = 86_400
QUERY_SECONDS = 150

Owner = Literal["chat", "user", "poll"]


@dataclass(frozen=True, slots=True)
class Kind:
    """A row of the queue table: whose queue, which block of numbers, kept how long, sent unasked."""

    owner: Owner
    block: int
    lifetime_seconds: int = DAY_SECONDS
    by_default: bool = True
    dated: bool = False


KINDS: dict[str, Kind] = {
    "message": Kind("chat", 0, dated=True),
    "edited_message": Kind("chat", 0, dated=True),
    "channel_post": Kind("chat", 0, dated=True),
    "edited_channel_post": Kind("chat", 0, dated=True),
    "inline_query": Kind("user", 1, 30),
    "chosen_inline_result": Kind("user", 2, 600),
    "callback_query": Kind("user", 3, QUERY_SECONDS),
    "shipping_query": Kind("user", 4, QUERY_SECONDS),
    "pre_checkout_query": Kind("user", 4, QUERY_SECONDS),
    "my_chat_member": Kind("chat", 5),
    "chat_member": Kind("chat", 5, by_default=False),
    "chat_join_request": Kind("user", 6),
    "chat_boost": Kind("chat", 7),
    "removed_chat_boost": Kind("chat", 7),
    "message_reaction": Kind("chat", 8, by_default=False),
    "message_reaction_count": Kind("chat", 9, by_default=False),
    "business_connection": Kind("user", 10),
    "business_message": Kind("chat", 11, dated=True),
    "edited_business_message": Kind("chat", 11, dated=True),
    "deleted_business_messages": Kind("chat", 11),
    "guest_message": Kind("chat", 12, dated=True),
    "purchased_paid_media": Kind("user", 12),
    "managed_bot": Kind("user", 13),
    "poll": Kind("poll", 0),
    "poll_answer": Kind("poll", 0),
    # Two kinds newer than the server source at hand; their queues are a guess (chat and user, kept a day).
    "subscription": Kind("user", 14),
    "stopped_message_generation": Kind("chat", 14),
}

DEFAULT_ALLOWED = frozenset(name for name, kind in KINDS.items() if kind.by_default)


def kind_of(update: dict[str, Any]) -> str:
    """Return the one key of an update that says what it is; raise ValueError when there is none."""
    for name in update:
        if name in KINDS:
            return name
    raise ValueError(f"an update needs one of: {', '.join(KINDS)}")


def queue_of(name: str, payload: dict[str, Any]) -> int:
    """Return the number of the queue this payload travels in; raise ValueError when its owner is missing."""
    kind = KINDS[name]
    owner: Any
    if kind.owner == "chat":
        owner = payload.get("chat")
    elif kind.owner == "user":
        owner = payload.get("from") or payload.get("user")
    else:
        owner = {"id": payload.get("poll_id", payload.get("id"))}
    identity = owner.get("id") if isinstance(owner, dict) else None
    try:
        number = int(identity)  # type: ignore[arg-type]  # None and nonsense are the ValueError below
    except (TypeError, ValueError):
        raise ValueError(f"{name} has no {kind.owner} with a numeric id, so it belongs to no queue") from None
    return number + kind.block * QUEUE_STRIDE


def expiry_of(name: str, payload: dict[str, Any], unix_now: float) -> float:
    """Return the unix time after which Telegram throws the update away."""
    kind = KINDS[name]
    if kind.dated:
        date = payload.get("edit_date") or payload.get("date")
        if isinstance(date, (int, float)) and date > 0:
            return date + kind.lifetime_seconds
    return unix_now + kind.lifetime_seconds
