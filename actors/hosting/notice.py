"""Where something of our own may be said: to whoever wrote what could not be handled, in the place where they
wrote it, and nowhere else.

A post in a channel has readers and nobody who asked; a member who left, a vote, a boost or a reaction is
nothing that anybody waits to be answered; who looks for something inline is not in a chat with the bot.
Fields are those of the Bot API's Message and CallbackQuery.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

_WRITTEN = frozenset({"message", "edited_message", "business_message", "edited_business_message"})
_PAYING = frozenset({"shipping_query", "pre_checkout_query"})
"""Who pays looks at a spinner, and has the bot in a chat of their own."""
_NOBODY_WROTE = frozenset(
    {
        *("new_chat_members", "left_chat_member", "new_chat_title", "new_chat_photo", "delete_chat_photo"),
        *("group_chat_created", "supergroup_chat_created", "channel_chat_created", "pinned_message"),
        *("migrate_to_chat_id", "migrate_from_chat_id", "message_auto_delete_timer_changed"),
        *("proximity_alert_triggered", "boost_added", "chat_background_set", "is_automatic_forward"),
        *("forum_topic_created", "forum_topic_edited", "forum_topic_closed", "forum_topic_reopened"),
        *("general_forum_topic_hidden", "general_forum_topic_unhidden", "giveaway", "giveaway_created"),
        *("giveaway_winners", "giveaway_completed", "video_chat_scheduled", "video_chat_started"),
        *("video_chat_ended", "video_chat_participants_invited", "sender_business_bot"),
    }
)
"""Messages that say what happened in a chat, and those that a bot or a channel sent into it by itself."""


@dataclass(frozen=True, slots=True)
class Addressee:
    """A person in a chat: their language, the topic, and the business account through which they are talked
    to.
    """

    chat_id: int
    language: str = ""
    thread_id: int | None = None
    direct_topic_id: int | None = None
    business_connection_id: str | None = None


def addressee_of(update: object) -> Addressee | None:
    """Who is to be told about this update; None when nobody is. Reads what nobody has checked."""
    if not isinstance(update, Mapping):
        return None
    for kind in update:
        event = update[kind]
        if not isinstance(event, Mapping):
            continue
        language = _language(event)
        if kind in _WRITTEN:
            return None if _wrote_nobody(event, kind) else _beside(event, language)
        if kind == "callback_query":
            message = event.get("message")
            return _beside(message, language) if isinstance(message, Mapping) else None
        if kind in _PAYING:
            user_id = _number(event.get("from"), "id")
            return None if user_id is None else Addressee(user_id, language)
    return None


def _wrote_nobody(message: Mapping[str, Any], kind: str) -> bool:
    sender = message.get("from")
    if not _NOBODY_WROTE.isdisjoint(message):
        return True
    if isinstance(sender, Mapping) and sender.get("is_bot") is True and "sender_chat" not in message:
        return True  # two bots would apologise to each other for ever
    # What the owner of the account writes comes along too, and is meant for the customer.
    return "business" in kind and _number(sender, "id") != _number(message.get("chat"), "id")


def _beside(message: Mapping[str, Any], language: str) -> Addressee | None:
    chat = message.get("chat")
    chat_id = _number(chat, "id")
    if chat_id is None or not isinstance(chat, Mapping) or chat.get("type") == "channel":
        return None
    business = message.get("business_connection_id")
    return Addressee(
        chat_id,
        language,
        # Of a group without topics it is the first message of a thread of answers, and none to send into.
        _number(message, "message_thread_id") if message.get("is_topic_message") is True else None,
        _number(message.get("direct_messages_topic"), "topic_id"),
        business if isinstance(business, str) else None,
    )


def _language(event: Mapping[str, Any]) -> str:
    sender = event.get("from")
    language = sender.get("language_code") if isinstance(sender, Mapping) else None
    return language if isinstance(language, str) else ""


def _number(holder: object, name: str) -> int | None:
    found = holder.get(name) if isinstance(holder, Mapping) else None
    return found if isinstance(found, int) and not isinstance(found, bool) else None
