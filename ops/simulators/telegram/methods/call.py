"""One call of a Bot API method, the table of methods, and the steps most methods share."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from mailroom.ops.simulators.telegram.arguments import Args, flag, integer, structure, text
from mailroom.ops.simulators.telegram.bots import Bot, Simulation
from mailroom.ops.simulators.telegram.chats import Chat, Json
from mailroom.ops.simulators.telegram.entities import format_text
from mailroom.ops.simulators.telegram.errors import bad_request, forbidden
from mailroom.ops.simulators.telegram.files import Upload
from mailroom.ops.simulators.telegram.found import Entities
from mailroom.ops.simulators.telegram.markup import check_markup, inline_part

from .replies import reply_part

TEXT_MAX = 4096
CAPTION_MAX = 1024


@dataclass(slots=True)
class Call:
    """What a method gets: who calls, with what."""

    simulation: Simulation
    bot: Bot
    args: Args
    uploads: dict[str, Upload]
    description: str | None = None


Handler = Callable[[Call], Any]
METHODS: dict[str, tuple[str, Handler]] = {}
"""Lower-case name to (name as documented, handler): method names are case-insensitive in the server."""


def method(*names: str) -> Callable[[Handler], Handler]:
    """Enter a handler into the table under its documented names."""

    def enter(handler: Handler) -> Handler:
        for name in names:
            METHODS[name.lower()] = (name, handler)
        return handler

    return enter


LANGUAGE = re.compile(r"[a-z]{2}|")


def language(call: Call) -> str:
    """Return the language a call is about, "" for all others; refuse what is none."""
    code = text(call.args, "language_code")
    if not LANGUAGE.fullmatch(code):
        raise bad_request("invalid language code specified")
    return code


def target_chat(call: Call, field: str = "chat_id") -> Chat:
    """Return the chat a call is for; refuse one the bot cannot write to."""
    raw = call.args.get(field)
    if raw is None or raw == "":
        raise bad_request(f"{field} is empty")
    try:
        chat_id = int(raw)
    except (TypeError, ValueError):
        named = (
            call.bot.book.named(raw.removeprefix("@")) if isinstance(raw, str) and raw[:1] == "@" else None
        )
        if named is None:
            raise bad_request("chat not found") from None
        chat_id = named.info["id"]
    chat = call.bot.book.chats.get(chat_id)
    if chat is None:
        if chat_id <= 0 or call.simulation.limits.settings.unknown_chats == "refuse":
            raise bad_request("chat not found")
        chat = call.bot.book.chat(chat_id, call.bot.book.user(chat_id))
    if chat.blocked:
        raise forbidden("bot was blocked by the user")
    return chat


def formatted(call: Call, field: str = "text") -> tuple[str, Entities]:
    """Return the text of a call as shown, with entities, within Telegram's limits."""
    given = text(call.args, field)
    if given == "":
        raise bad_request("message text is empty")
    shown, entities = format_text(given, text(call.args, "parse_mode"), structure(call.args, "entities"))
    if not shown:
        raise bad_request("message text is empty")
    if len(shown) > TEXT_MAX:
        raise bad_request("message is too long")
    return shown, known_people(call, entities)


def known_people(call: Call, entities: Entities) -> Entities:
    """Return the entities with whole users in mentions of people; strangers to the bot are not mentioned."""
    kept: Entities = []
    for entity in entities:
        if entity["type"] == "text_mention":
            user = entity.get("user")
            known = call.bot.book.users.get(user.get("id", 0)) if isinstance(user, dict) else None
            if known is None:
                continue
            entity["user"] = known
        kept.append(entity)
    return kept


def caption(call: Call, args: Args | None = None) -> Json:
    """Return the caption part of a message, empty when there is none."""
    args = call.args if args is None else args
    given = text(args, "caption")
    if not given:
        return {}
    shown, entities = format_text(given, text(args, "parse_mode"), structure(args, "caption_entities"))
    if len(shown) > CAPTION_MAX:
        raise bad_request("message caption is too long")
    part: Json = {"caption": shown} if shown else {}
    entities = known_people(call, entities)
    if entities:
        part["caption_entities"] = entities
    if flag(args, "show_caption_above_media"):
        part["show_caption_above_media"] = True
    return part


def deliver(call: Call, chat: Chat, content: Json) -> Json:
    """Put a bot's message into a chat: replied-to message, keyboard and thread included; return it."""
    args = call.args
    if "reply_parameters" in args or "reply_to_message_id" in args:
        content |= reply_part(args, chat, call.bot.book)
    if "message_thread_id" in args:
        content["message_thread_id"] = integer(args, "message_thread_id")
    if args.get("protect_content") and flag(args, "protect_content"):
        content["has_protected_content"] = True
    keyboard = None
    if "reply_markup" in args:
        keyboard = check_markup(structure(args, "reply_markup"))
        shown = inline_part(keyboard)
        if shown is not None:
            content["reply_markup"] = shown
    message = call.bot.book.new_message(chat, call.bot.me, content)
    if keyboard is not None:
        _change_reply_keyboard(chat, keyboard)
    if call.simulation.events.listeners:
        extra: Json = {"message": message}
        if keyboard is not None and "inline_keyboard" not in keyboard:
            extra["keyboard"] = keyboard
        call.simulation.events.emit("message", call.bot.token, chat.info["id"], extra)
    return message


def find_message(call: Call, chat: Chat, what: str) -> Json:
    """Return the message a call names, or refuse in Telegram's words for this kind of call."""
    message_id = integer(call.args, "message_id", 0)
    if message_id <= 0:
        raise bad_request("message identifier is not specified")
    message = chat.messages.get(message_id)
    if message is None:
        raise bad_request(f"message to {what} not found")
    return message


def _change_reply_keyboard(chat: Chat, keyboard: Json) -> None:
    if "keyboard" in keyboard:
        chat.keyboard = keyboard
    elif keyboard.get("remove_keyboard"):
        chat.keyboard = None
