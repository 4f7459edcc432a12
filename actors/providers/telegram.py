"""Telegram's side of a chat: what an incoming update says of its place in line, and how a bot asks for its
updates.

The queue names follow `webhook_queue_id` of tdlib/telegram-bot-api v10.0 (`Client.cpp`): Telegram delivers
the updates of one queue one after another, and different queues in parallel. What is handled in one chat is
decided as aiogram does for its FSM: by the chat, else by the user.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypeGuard

from pydantic_core import from_json

from mailroom.actors.lenient_json import parse_lenient

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

IN_GROUPS = frozenset({"message", "channel_post", "business_message"})
"""Kinds that may be a part of a media group, which aiogram calls an album. An edit of one is none."""
_GROUP_NAME = re.compile(r"[A-Za-z0-9_-]{1,64}")
"""What Telegram calls a media group: digits, so far. What looks otherwise groups nothing."""

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


KINDS = frozenset({*_BY_CHAT, *_BY_USER, "callback_query", "poll"})

UPDATE_ID_MAX = 2**53 - 1
"""The largest that Redis' scripts can count with; Telegram's own are below 2**31."""
ID_MAX = 2**63 - 1
"""Of chats and users. Telegram's have 52 bits; a larger one fits nowhere that a bot would keep it."""


class NotAnUpdateError(ValueError):
    """The body is not an Update of the Bot API: an object with an integer `update_id`. Whoever sent it may be
    told so.
    """


class UnreadableUpdateError(NotAnUpdateError):
    """It is an Update, for it has an `update_id`, and nobody can handle it: Telegram would send it again for
    a day if it were refused. `kind` and `chat_id` are None where they could not be read either.
    """

    def __init__(self, why: str, update_id: int, kind: str | None = None, chat_id: int | None = None) -> None:
        super().__init__(why)
        self.update_id = update_id
        self.kind = kind
        self.chat_id = chat_id


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
    group: str = ""
    """The media group it is a part of; empty for all that comes alone."""


def read_update(body: bytes) -> tuple[dict[str, Any], Place]:
    """An update and its place in line. Raises `UnreadableUpdateError` for one that nobody can handle,
    `NotAnUpdateError` for what is none.
    """
    try:
        update = from_json(body)
    except ValueError as error:
        raise _unreadable(body, error) from None
    return update, place_of(update)


def place_of(update: object) -> Place:
    """Read an update's place in line. Raises as `read_update` does, saying what is wrong."""
    if not isinstance(update, dict):
        raise NotAnUpdateError("the body is not a JSON object")
    update_id = update.get("update_id")
    if not _is_number(update_id, UPDATE_ID_MAX) or update_id < 0:
        raise NotAnUpdateError("update_id is missing or not an integer")
    # What a later version of the Bot API adds to an update may stand before what is known of it.
    kind = next((name for name in update if name in KINDS), None)
    if kind is not None and not isinstance(update[kind], dict):
        kind = next((name for name in update if name in KINDS and isinstance(update[name], dict)), kind)
    if kind is None:
        unknown = next((name for name in update if name != "update_id"), None)
        if unknown is None:
            raise UnreadableUpdateError("there is nothing but update_id", update_id)
        return Place(update_id, None, 0, str(unknown), False)
    event = update[kind]
    try:
        chat_id, queue = _line_of(kind, event)
    except NotAnUpdateError as error:
        raise UnreadableUpdateError(str(error), update_id, kind) from None
    return Place(update_id, kind, chat_id, queue, kind in EXPEDITED, _group(kind, event))


def update_id_in(body: bytes) -> int | None:
    """The id of an update, if that can be read."""
    try:
        return read_update(body)[1].update_id
    except UnreadableUpdateError as error:
        return error.update_id
    except NotAnUpdateError:
        return None


def _line_of(kind: str, event: object) -> tuple[int, str]:
    if not isinstance(event, dict):
        raise NotAnUpdateError(f"{kind} is not an object")
    if kind in _BY_CHAT:
        return _id(event, "chat", kind), _BY_CHAT[kind]
    if kind == "callback_query":
        user_id = _id(event, "from", kind)
        message = event.get("message")
        chat_id = _id(message, "chat", "callback_query.message") if isinstance(message, dict) else user_id
        return chat_id, "callback"
    if kind in _BY_USER:
        who = next((name for name in ("from", "user", "voter_chat") if name in event), "from")
        return _id(event, who, kind), _BY_USER[kind]
    # The results of a poll name neither chat nor user; those of one poll stay in order among themselves.
    return int.from_bytes(str(event.get("id")).encode(errors="replace")[-6:]), "poll"


def _unreadable(body: bytes, error: ValueError) -> NotAnUpdateError:
    why = f"the body is not JSON: {error}"
    try:
        place = place_of(parse_lenient(body))
    except UnreadableUpdateError as found:
        return UnreadableUpdateError(why, found.update_id, found.kind)
    except ValueError:
        return NotAnUpdateError(why)
    return UnreadableUpdateError(why, place.update_id, place.kind, place.chat_id if place.kind else None)


def _group(kind: str, event: Mapping[str, Any]) -> str:
    group = event.get("media_group_id")
    if group is None or kind not in IN_GROUPS or not isinstance(group, str):
        return ""
    return group if _GROUP_NAME.fullmatch(group) else ""


def _id(event: Mapping[str, Any], who: str, kind: str) -> int:
    holder = event.get(who)
    found = holder.get("id") if isinstance(holder, dict) else None
    if not _is_number(found, ID_MAX):
        raise NotAnUpdateError(f"{kind}.{who}.id is missing or not an integer")
    return found


def _is_number(found: object, most: int) -> TypeGuard[int]:
    return isinstance(found, int) and not isinstance(found, bool) and -most <= found <= most
