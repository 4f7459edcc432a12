"""What a message says of the one that it answers, in the same chat or in another, whole or by a quotation."""

from mailroom.ops.simulators.telegram.arguments import Args, flag, integer, structure, text
from mailroom.ops.simulators.telegram.chats import Chat, ChatBook, Json
from mailroom.ops.simulators.telegram.entities import format_text
from mailroom.ops.simulators.telegram.errors import bad_request
from mailroom.ops.simulators.telegram.found import units

QUOTE_CHARS_MAX = 1024


def reply_part(args: Args, chat: Chat, book: ChatBook) -> Json:
    """Return the part of a message about what it answers; empty when that is nothing, or may be nothing."""
    parameters = structure(args, "reply_parameters") or {}
    if not isinstance(parameters, dict):
        raise bad_request("can't parse reply parameters: expected an Object")
    message_id = integer(parameters, "message_id", integer(args, "reply_to_message_id", 0))
    if not message_id:
        return {}
    there = _other_chat(parameters, book) or chat
    replied = there.messages.get(message_id)
    if replied is None:
        lenient = flag(parameters, "allow_sending_without_reply") or flag(args, "allow_sending_without_reply")
        if lenient:
            return {}
        raise bad_request("message to be replied not found")
    quote = _quote(parameters, replied)
    if there is chat:
        shown = {key: replied[key] for key in replied if key != "reply_to_message"}
        return {"reply_to_message": shown, **quote}
    origin = {"type": "user", "sender_user": replied["from"], "date": replied["date"]}
    return {"external_reply": {"origin": origin, "chat": there.info, "message_id": message_id}, **quote}


def _other_chat(parameters: Json, book: ChatBook) -> Chat | None:
    given = parameters.get("chat_id")
    if given in (None, ""):
        return None
    named = str(given)
    found = book.named(named[1:]) if named.startswith("@") else None
    if found is None and named.lstrip("-").isdecimal():
        found = book.find(int(named))
    if found is None:
        raise bad_request("chat not found")
    return found


def _quote(parameters: Json, replied: Json) -> Json:
    """What is quoted has to stand in the message, word for word."""
    given = text(parameters, "quote")
    if not given:
        return {}
    shown, entities = format_text(
        given, text(parameters, "quote_parse_mode"), structure(parameters, "quote_entities")
    )
    whole = str(replied.get("text") or replied.get("caption") or "")
    place = whole.find(shown)
    if place < 0 or len(shown) > QUOTE_CHARS_MAX:
        raise bad_request("QUOTE_TEXT_INVALID")
    position = integer(parameters, "quote_position", units(whole[:place]))
    quote: Json = {"text": shown, "position": position, "is_manual": True}
    return {"quote": quote | ({"entities": entities} if entities else {})}
