"""Sending what is not a file: texts, copies, dice, places, contacts, and the typing indicator."""

from typing import Any

from mailroom.ops.simulators.telegram.arguments import integer, structure, text
from mailroom.ops.simulators.telegram.chats import Json
from mailroom.ops.simulators.telegram.errors import bad_request

from .call import Call, caption, deliver, formatted, method, target_chat
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
    call.simulation.events.emit("draft", call.bot.token, chat.info["id"], draft)
    return True


@method("sendChatAction")
def send_chat_action(call: Call) -> bool:
    """Show "typing…" for five seconds."""
    chat = target_chat(call)
    action = text(call.args, "action")
    if action not in ACTIONS:
        raise bad_request("wrong parameter action in request")
    call.simulation.events.emit("chat_action", call.bot.token, chat.info["id"], {"action": action})
    return True


@method("forwardMessage")
def forward_message(call: Call) -> Json:
    """Repeat a message with its origin."""
    return _repeat(call, integer(call.args, "message_id", 0), forwarded=True)


@method("copyMessage")
def copy_message(call: Call) -> Json:
    """Repeat a message as one's own; the answer is only its id."""
    return {"message_id": _repeat(call, integer(call.args, "message_id", 0), forwarded=False)["message_id"]}


@method("forwardMessages")
def forward_messages(call: Call) -> list[Json]:
    """Repeat several messages with their origin; those that are gone are left out."""
    return _repeat_several(call, forwarded=True)


@method("copyMessages")
def copy_messages(call: Call) -> list[Json]:
    """Repeat several messages as one's own."""
    return _repeat_several(call, forwarded=False)


def _repeat_several(call: Call, *, forwarded: bool) -> list[Json]:
    ids = structure(call.args, "message_ids")
    if not isinstance(ids, list) or not 1 <= len(ids) <= MESSAGES_AT_ONCE_MAX:
        raise bad_request("message identifiers are not specified")
    source = target_chat(call, "from_chat_id")
    known = [int(message_id) for message_id in ids if int(message_id) in source.messages]
    known = [one for one in known if not source.messages[one].get("has_protected_content")]
    if not known:
        raise bad_request(f"there are no messages to {'forward' if forwarded else 'copy'}")
    return [
        {"message_id": _repeat(call, message_id, forwarded=forwarded)["message_id"]} for message_id in known
    ]


def _repeat(call: Call, message_id: int, *, forwarded: bool) -> Json:
    chat = target_chat(call)
    source = target_chat(call, "from_chat_id").messages.get(message_id)
    if source is None:
        raise bad_request(f"message to {'forward' if forwarded else 'copy'} not found")
    if source.get("has_protected_content"):
        raise bad_request(f"message can't be {'forwarded' if forwarded else 'copied'}")
    content = {key: value for key, value in source.items() if key not in NOT_COPIED}
    if forwarded:
        origin = {"type": "user", "sender_user": source["from"], "date": source["date"]}
        content.setdefault("forward_origin", origin)
        return deliver(call, chat, content)
    content.pop("forward_origin", None)
    if "caption" in call.args and not any(kind in source for kind in ("text", "poll", "dice")):
        content = {key: value for key, value in content.items() if not key.startswith("caption")}
        content |= caption(call)
    return deliver(call, chat, content)


@method("sendDice")
def send_dice(call: Call) -> Json:
    """Roll one of Telegram's animated dice."""
    emoji = text(call.args, "emoji", "🎲")
    if emoji not in DICE_SIDES:
        raise bad_request("wrong dice emoji specified")
    value = call.simulation.chance.randint(1, DICE_SIDES[emoji])
    return deliver(call, target_chat(call), {"dice": {"emoji": emoji, "value": value}})


def _place(args: dict[str, Any]) -> Json:
    try:
        return {"latitude": float(args["latitude"]), "longitude": float(args["longitude"])}
    except (KeyError, TypeError, ValueError):
        raise bad_request("latitude or longitude is not specified") from None


PLACE_DETAILS = ("foursquare_id", "foursquare_type", "google_place_id", "google_place_type")
LOCATION_DETAILS = ("horizontal_accuracy", "live_period", "heading", "proximity_alert_radius")


@method("sendLocation")
def send_location(call: Call) -> Json:
    """A point on the map."""
    place = _place(call.args)
    for name in LOCATION_DETAILS:
        if call.args.get(name):
            place[name] = (
                float(call.args[name]) if name == "horizontal_accuracy" else integer(call.args, name)
            )
    return deliver(call, target_chat(call), {"location": place})


@method("sendVenue")
def send_venue(call: Call) -> Json:
    """A point with a name and an address."""
    venue = {
        "location": _place(call.args),
        "title": text(call.args, "title"),
        "address": text(call.args, "address"),
    }
    if not venue["title"] or not venue["address"]:
        raise bad_request("title or address is empty")
    venue |= {name: text(call.args, name) for name in PLACE_DETAILS if text(call.args, name)}
    return deliver(call, target_chat(call), {"venue": venue, "location": venue["location"]})


@method("sendContact")
def send_contact(call: Call) -> Json:
    """A telephone number with a name."""
    contact = {"phone_number": text(call.args, "phone_number"), "first_name": text(call.args, "first_name")}
    if not contact["phone_number"] or not contact["first_name"]:
        raise bad_request("phone number or first name is empty")
    for name in ("last_name", "vcard"):
        if text(call.args, name):
            contact[name] = text(call.args, name)
    return deliver(call, target_chat(call), {"contact": contact})
