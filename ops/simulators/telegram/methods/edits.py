"""Changing what was sent: texts, captions, media, keyboards; deleting and pinning.

Refusals in the words of `Client.cpp` and `MessagesManager.cpp`: an edit without a difference is an error.
"""

import time
from typing import Any

from mailroom.ops.simulators.telegram.arguments import structure
from mailroom.ops.simulators.telegram.chats import Chat, Json
from mailroom.ops.simulators.telegram.errors import bad_request
from mailroom.ops.simulators.telegram.markup import check_markup, inline_part
from mailroom.ops.simulators.telegram.media_kinds import KINDS

from .call import Call, caption, find_message, formatted, method, target_chat
from .media import input_media
from .previews import preview_part

NOT_MODIFIED = (
    "message is not modified: specified new message content and reply markup are exactly the same "
    "as a current content and reply markup of the message"
)
DELETE_AT_ONCE_MAX = 100


def _editable(call: Call) -> Json | None:
    """Return the message to edit, or None for a message sent via inline mode (accepted, shown nowhere)."""
    if call.args.get("inline_message_id"):
        return None
    message = find_message(call, target_chat(call), "edit")
    if message["from"]["id"] != call.bot.id:
        raise bad_request("message can't be edited")
    return message


def _change(call: Call, message: Json, content: Json, replaced: tuple[str, ...]) -> Json:
    """Replace some fields and the keyboard (omitted means removed); refuse when nothing differs."""
    content = {key: value for key, value in content.items() if value}
    markup = inline_part(check_markup(structure(call.args, "reply_markup")))
    if markup is not None:
        content["reply_markup"] = markup
    fields = (*replaced, "reply_markup")
    if {key: message[key] for key in fields if key in message} == content:
        raise bad_request(NOT_MODIFIED)
    for key in fields:
        message.pop(key, None)
    message.update(content, edit_date=int(time.time()))
    call.simulation.events.emit("edit", call.bot.token, message["chat"]["id"], {"message": message})
    return message


@method("editMessageText")
def edit_text(call: Call) -> Any:
    """Another text in a text message."""
    message = _editable(call)
    shown, entities = formatted(call)
    if message is None:
        return True
    if "text" not in message:
        raise bad_request("there is no text in the message to edit")
    content = {"text": shown, "entities": entities, **preview_part(call.args, shown, entities)}
    return _change(call, message, content, ("text", "entities", "link_preview_options"))


@method("editMessageCaption")
def edit_caption(call: Call) -> Any:
    """Another caption under a file."""
    message = _editable(call)
    part = caption(call)
    if message is None:
        return True
    if not any(kind in message for kind in KINDS):
        raise bad_request("there is no caption in the message to edit")
    return _change(call, message, part, ("caption", "caption_entities", "show_caption_above_media"))


@method("editMessageMedia")
def edit_media(call: Call) -> Any:
    """Another file, or a file in place of a text."""
    message = _editable(call)
    part = input_media(call, structure(call.args, "media"))
    if message is None:
        return True
    fields = (*KINDS, "text", "entities", "link_preview_options", "caption", "caption_entities")
    return _change(call, message, part, (*fields, "show_caption_above_media", "has_media_spoiler"))


@method("editMessageReplyMarkup")
def edit_reply_markup(call: Call) -> Any:
    """Another keyboard under the same message."""
    message = _editable(call)
    return True if message is None else _change(call, message, {}, ())


@method("editMessageLiveLocation")
def edit_location(call: Call) -> Any:
    """A live location that moved."""
    message = _editable(call)
    if message is None:
        return True
    if "location" not in message:
        raise bad_request("there is no live location in the message to edit")
    moved = dict(message["location"])
    for name in ("latitude", "longitude"):
        if call.args.get(name) not in (None, ""):
            moved[name] = float(call.args[name])
    return _change(call, message, {"location": moved}, ("location",))


@method("stopMessageLiveLocation")
def stop_location(call: Call) -> Any:
    """A live location that moves no more: it stays where it is."""
    message = _editable(call)
    if message is None:
        return True
    if "location" not in message:
        raise bad_request("there is no live location in the message to edit")
    rests = {name: value for name, value in message["location"].items() if name != "live_period"}
    return _change(call, message, {"location": rests}, ("location",))


def _delete(call: Call, chat: Chat, message_id: int) -> bool:
    if call.bot.book.remove(chat, message_id) is None:
        return False
    call.simulation.events.emit("delete", call.bot.token, chat.info["id"], {"message_id": message_id})
    return True


@method("deleteMessage")
def delete_message(call: Call) -> bool:
    """Remove one message for everybody."""
    chat = target_chat(call)
    message = find_message(call, chat, "delete")
    return _delete(call, chat, message["message_id"])


@method("deleteMessages")
def delete_messages(call: Call) -> bool:
    """Remove several messages; those that are gone do not matter."""
    chat = target_chat(call)
    ids = structure(call.args, "message_ids")
    if not isinstance(ids, list) or not 1 <= len(ids) <= DELETE_AT_ONCE_MAX:
        raise bad_request("message identifiers are not specified")
    for message_id in ids:
        _delete(call, chat, int(message_id))
    return True


@method("pinChatMessage")
def pin(call: Call) -> bool:
    """Pin a message."""
    chat = target_chat(call)
    chat.pinned = find_message(call, chat, "pin")["message_id"]
    return True


@method("unpinChatMessage", "unpinAllChatMessages")
def unpin(call: Call) -> bool:
    """Unpin what is pinned."""
    target_chat(call).pinned = None
    return True


@method("setMessageReaction")
def react(call: Call) -> bool:
    """Put a reaction on a message."""
    chat = target_chat(call)
    message = find_message(call, chat, "react")
    reaction = structure(call.args, "reaction") or []
    shown = {"message_id": message["message_id"], "reaction": reaction}
    call.simulation.events.emit("reaction", call.bot.token, chat.info["id"], shown)
    return True
