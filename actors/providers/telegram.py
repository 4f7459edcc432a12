"""Telegram's side of a chat: what an incoming update says of its place in line, and how a bot asks for its
updates.

The queue names follow `webhook_queue_id` of tdlib/telegram-bot-api v10.0 (`Client.cpp`): Telegram delivers
the updates of one queue one after another, and different queues in parallel. What is handled in one chat is
decided as aiogram does for its FSM: by the chat, else by the user.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

ALLOWED_UPDATES_ALWAYS = (
    "message",
    "edited_message",
    "callback_query",
    "pre_checkout_query",
    "my_chat_member",
)
"""Asked for whatever the bot's handlers are: what a conversation cannot do without."""
MAX_CONNECTIONS = 40
"""Telegram's own default. Order across its parallel connections is restored by the watermark, so fewer would
only be slower.
"""
SECRET_HEADER = "X-Telegram-Bot-Api-Secret-Token"

EXPEDITED = frozenset({"pre_checkout_query", "shipping_query", "inline_query"})
"""Queries that Telegram drops when they are not answered within 10 s (30 s for inline): they never wait
behind a flood.
"""

# Kinds whose object names its chat, with the queue they travel in.
_BY_CHAT = {
    "message": "chat",
    "edited_message": "chat",
    "channel_post": "chat",
    "edited_channel_post": "chat",
    "business_message": "business",
    "edited_business_message": "business",
    "deleted_business_messages": "business",
    "my_chat_member": "member",
    "chat_member": "member",
    "chat_join_request": "member",
    "message_reaction": "reaction",
    "message_reaction_count": "reaction",
    "chat_boost": "boost",
    "removed_chat_boost": "boost",
    "guest_message": "guest",
}
# Kinds that come from a user and have no chat of their own.
_BY_USER = {
    "inline_query": "inline",
    "chosen_inline_result": "chosen",
    "shipping_query": "checkout",
    "pre_checkout_query": "checkout",
    "purchased_paid_media": "paid",
    "business_connection": "connection",
    "poll_answer": "poll",
    "managed_bot": "managed",
    "subscription": "subscription",
    "stopped_message_generation": "stopped",
}


class NotAnUpdateError(ValueError):
    """The body is not an Update of the Bot API: an object with an integer `update_id` and one object that
    says what happened.
    """


@dataclass(frozen=True, slots=True)
class Place:
    """Where an update belongs. `kind` is None for one of a kind that is not known here: nobody could handle
    it.
    """

    update_id: int
    kind: str | None
    chat_id: int
    queue: str
    expedited: bool
    language: str


def place_of(update: object) -> Place:
    """Read an update's place in line. Raises `NotAnUpdateError`, saying what is wrong."""
    if not isinstance(update, dict):
        raise NotAnUpdateError("the body is not a JSON object")
    update_id = update.get("update_id")
    if not isinstance(update_id, int) or isinstance(update_id, bool):
        raise NotAnUpdateError("update_id is missing or not an integer")
    kind = next((name for name in update if name != "update_id"), None)
    if kind is None:
        raise NotAnUpdateError("there is nothing but update_id")
    event = update[kind]
    if not isinstance(event, dict):
        raise NotAnUpdateError(f"{kind} is not an object")
    if kind in _BY_CHAT:
        return _place(update_id, kind, _id(event, "chat", kind), _BY_CHAT[kind], event)
    if kind == "callback_query":
        user_id = _id(event, "from", kind)
        message = event.get("message")
        chat_id = _id(message, "chat", "callback_query.message") if isinstance(message, dict) else user_id
        return _place(update_id, kind, chat_id, "callback", event)
    if kind in _BY_USER:
        who = next((name for name in ("from", "user", "voter_chat") if name in event), "from")
        return _place(update_id, kind, _id(event, who, kind), _BY_USER[kind], event)
    if kind == "poll":
        # The results of a poll name neither chat nor user; those of one poll stay in order among themselves.
        return Place(update_id, kind, int.from_bytes(str(event.get("id")).encode()[-6:]), "poll", False, "")
    return Place(update_id, None, 0, kind, False, "")


def _place(update_id: int, kind: str, chat_id: int, queue: str, event: Mapping[str, Any]) -> Place:
    sender = event.get("from")
    language = sender.get("language_code") if isinstance(sender, dict) else None
    return Place(
        update_id, kind, chat_id, queue, kind in EXPEDITED, language if isinstance(language, str) else ""
    )


def _id(event: Mapping[str, Any], who: str, kind: str) -> int:
    holder = event.get(who)
    found = holder.get("id") if isinstance(holder, dict) else None
    if not isinstance(found, int) or isinstance(found, bool):
        raise NotAnUpdateError(f"{kind}.{who}.id is missing or not an integer")
    return found
