"""Sending what is not a file: texts, copies, dice, places, contacts, polls, and the typing indicator."""

from typing import Any

from ops.simulators.telegram.arguments import flag, integer, structure, text
from ops.simulators.telegram.chats import Json
from ops.simulators.telegram.errors import bad_request

from .call import Call, caption, deliver, find_message, formatted, method, target_chat
from .previews import preview_part

ACTIONS = frozenset(
    [
        "typing",
        "upload_photo",
        "record_video",
        "upload_video",
        "record_voice",
        "upload_voice",
        "upload_document",
        "choose_sticker",
        "find_location",
        "record_video_note",
        "upload_video_note",
        "record_audio",
        "upload_audio",
    ]
)
DICE_SIDES = {"🎲": 6, "🎯": 6, "🎳": 6, "🏀": 5, "⚽": 5, "🎰": 64}
NOT_COPIED = frozenset(
    {"message_id", "from", "chat", "date", "edit_date", "reply_to_message", "reply_markup"}
)
MESSAGES_AT_ONCE_MAX = 100


@method("sendMessage")
def send_message(call: Call) -> Json:
    """The method everything else is measured by."""
    chat = target_chat(call)
    shown, entities = formatted(call)
    content: Json = {"text": shown}
    if entities:
        content["entities"] = entities
    return deliver(call, chat, content | preview_part(call.args, shown, entities))


@method("sendMessageDraft")
def send_message_draft(call: Call) -> bool:
    """A text that is still being written; shown on the page, kept nowhere."""
    chat = target_chat(call)
    if integer(call.args, "draft_id") == 0:
        raise bad_request("DRAFT_ID_INVALID")
    draft = {"draft_id": integer(call.args, "draft_id"), "text": text(call.args, "text")}
    call.world.events.emit("draft", call.bot.token, chat.info["id"], draft)
    return True


@method("sendChatAction")
def send_chat_action(call: Call) -> bool:
    """Show "typing…" for five seconds."""
    chat = target_chat(call)
    action = text(call.args, "action")
    if action not in ACTIONS:
        raise bad_request("wrong parameter action in request")
    call.world.events.emit("chat_action", call.bot.token, chat.info["id"], {"action": action})
    return True


@method("forwardMessage")
def forward_message(call: Call) -> Json:
    """Repeat a message with its origin."""
    return _repeat(call, integer(call.args, "message_id", 0), forwarded=True)


@method("copyMessage")
def copy_message(call: Call) -> Json:
    """Repeat a message as one's own; the answer is only its id."""
    return {"message_id": _repeat(call, integer(call.args, "message_id", 0), forwarded=False)["message_id"]}


@method("forwardMessages", "copyMessages")
def repeat_messages(call: Call) -> list[Json]:
    """Repeat several messages; those that are gone are left out."""
    ids = structure(call.args, "message_ids")
    if not isinstance(ids, list) or not 1 <= len(ids) <= MESSAGES_AT_ONCE_MAX:
        raise bad_request("message identifiers are not specified")
    source = target_chat(call, "from_chat_id")
    known = [int(message_id) for message_id in ids if int(message_id) in source.messages]
    return [{"message_id": _repeat(call, message_id, forwarded=False)["message_id"]} for message_id in known]


def _repeat(call: Call, message_id: int, *, forwarded: bool) -> Json:
    chat = target_chat(call)
    source = target_chat(call, "from_chat_id").messages.get(message_id)
    if source is None:
        raise bad_request(f"message to {'forward' if forwarded else 'copy'} not found")
    content = {key: value for key, value in source.items() if key not in NOT_COPIED}
    if forwarded:
        content["forward_origin"] = {"type": "user", "sender_user": source["from"], "date": source["date"]}
    elif "caption" in call.args:
        content = {key: value for key, value in content.items() if not key.startswith("caption")} | caption(
            call
        )
    return deliver(call, chat, content)


@method("sendDice")
def send_dice(call: Call) -> Json:
    """Roll one of Telegram's animated dice."""
    emoji = text(call.args, "emoji", "🎲")
    if emoji not in DICE_SIDES:
        raise bad_request("wrong dice emoji specified")
    value = call.world.chance.randint(1, DICE_SIDES[emoji])
    return deliver(call, target_chat(call), {"dice": {"emoji": emoji, "value": value}})


def _place(args: dict[str, Any]) -> Json:
    try:
        return {"latitude": float(args["latitude"]), "longitude": float(args["longitude"])}
    except (KeyError, TypeError, ValueError):
        raise bad_request("latitude or longitude is not specified") from None


@method("sendLocation")
def send_location(call: Call) -> Json:
    """A point on the map."""
    return deliver(call, target_chat(call), {"location": _place(call.args)})


@method("sendVenue")
def send_venue(call: Call) -> Json:
    """A point with a name and an address."""
    venue = {
        "location": _place(call.args),
        "title": text(call.args, "title"),
        "address": text(call.args, "address"),
    }
    return deliver(call, target_chat(call), {"venue": venue, "location": venue["location"]})


@method("sendContact")
def send_contact(call: Call) -> Json:
    """A telephone number with a name."""
    contact = {"phone_number": text(call.args, "phone_number"), "first_name": text(call.args, "first_name")}
    if not contact["phone_number"] or not contact["first_name"]:
        raise bad_request("phone number or first name is empty")
    if text(call.args, "last_name"):
        contact["last_name"] = text(call.args, "last_name")
    return deliver(call, target_chat(call), {"contact": contact})


@method("sendPoll")
def send_poll(call: Call) -> Json:
    """A question with options to vote for."""
    question = text(call.args, "question")
    options = structure(call.args, "options")
    if not question:
        raise bad_request("poll question must be non-empty")
    if not isinstance(options, list) or not 1 <= len(options) <= 12:
        raise bad_request("poll must have at least 1 option")
    labels = [option["text"] if isinstance(option, dict) else str(option) for option in options]
    poll: Json = {
        "id": call.world.new_id(),
        "question": question,
        "options": [
            {"text": label, "voter_count": 0, "persistent_id": str(number)}
            for number, label in enumerate(labels)
        ],
        "total_voter_count": 0,
        "is_closed": flag(call.args, "is_closed"),
        "is_anonymous": flag(call.args, "is_anonymous") if "is_anonymous" in call.args else True,
        "type": text(call.args, "type", "regular"),
        "allows_multiple_answers": flag(call.args, "allows_multiple_answers"),
        "allows_revoting": flag(call.args, "allows_revoting"),
        "members_only": flag(call.args, "members_only"),
    }
    if poll["type"] == "quiz":
        poll["correct_option_ids"] = structure(call.args, "correct_option_ids") or [
            integer(call.args, "correct_option_id", 0)
        ]
        poll["correct_option_id"] = poll["correct_option_ids"][0]
    return deliver(call, target_chat(call), {"poll": poll})


@method("stopPoll")
def stop_poll(call: Call) -> Json:
    """Close a poll and return its result."""
    message = find_message(call, target_chat(call), "edit")
    if "poll" not in message:
        raise bad_request("message with poll to stop not found")
    message["poll"]["is_closed"] = True
    call.world.events.emit("edit", call.bot.token, message["chat"]["id"], {"message": message})
    poll: Json = message["poll"]
    return poll
