"""Asking about the bot, chats, members and files; and the texts a bot says about itself."""

from typing import Any

from ops.simulators.telegram.arguments import integer, structure, text
from ops.simulators.telegram.chats import Json
from ops.simulators.telegram.errors import bad_request

from .call import Call, method, target_chat

COMMANDS_MAX = 100


@method("getMe")
def get_me(call: Call) -> Json:
    """Who the token is."""
    return {
        **call.bot.me,
        "can_join_groups": True,
        "can_read_all_group_messages": False,
        "supports_inline_queries": True,
        "can_connect_to_business": False,
        "has_main_web_app": False,
        "has_topics_enabled": False,
    }


@method("getChat")
def get_chat(call: Call) -> Json:
    """A chat in full."""
    chat = target_chat(call)
    full: Json = {**chat.info, "accent_color_id": 0, "max_reaction_count": 11, "accepted_gift_types": _GIFTS}
    if chat.pinned in chat.messages:
        full["pinned_message"] = chat.messages[chat.pinned]
    return full


_GIFTS = {
    "unlimited_gifts": False,
    "limited_gifts": False,
    "unique_gifts": False,
    "premium_subscription": False,
    "gifts_from_channels": False,
}


@method("getChatMember")
def get_chat_member(call: Call) -> Json:
    """What a user is in a chat: the bot administers groups, everybody known is a member."""
    chat = target_chat(call)
    user_id = integer(call.args, "user_id")
    if user_id == call.bot.id:
        return {"user": call.bot.me, "status": "member"}
    user = chat.members.get(user_id)
    if user is None:
        if not chat.is_group:
            raise bad_request("member not found")
        return {"user": call.bot.book.user(user_id), "status": "left"}
    return {"user": user, "status": "member"}


@method("getChatAdministrators")
def get_chat_administrators(call: Call) -> list[Json]:
    """Nobody administers a simulated group."""
    if not target_chat(call).is_group:
        raise bad_request("there are no administrators in the private chat")
    return []


@method("getChatMemberCount")
def get_chat_member_count(call: Call) -> int:
    """Everybody seen, and the bot."""
    return len(target_chat(call).members) + 1


@method("getUserProfilePhotos")
def get_user_profile_photos(_call: Call) -> Json:
    """Simulated people have no faces."""
    return {"total_count": 0, "photos": []}


@method("getFile")
def get_file(call: Call) -> Json:
    """Where to download a file."""
    return call.world.files.described(text(call.args, "file_id"))


@method("setMyCommands")
def set_my_commands(call: Call) -> bool:
    """Fill the menu of commands; the page shows it."""
    commands = structure(call.args, "commands")
    if not isinstance(commands, list) or len(commands) > COMMANDS_MAX:
        raise bad_request("BOT_COMMANDS_TOO_MUCH" if isinstance(commands, list) else "can't parse commands")
    for command in commands:
        if not isinstance(command, dict) or not command.get("command") or not command.get("description"):
            raise bad_request("BOT_COMMAND_INVALID")
    call.bot.settings[_commands_key(call)] = commands
    call.world.events.emit("bot", call.bot.token, None, {"bot": call.bot.me})
    return True


@method("getMyCommands")
def get_my_commands(call: Call) -> Any:
    """The menu of this language and scope."""
    return call.bot.settings.get(_commands_key(call), [])


@method("deleteMyCommands")
def delete_my_commands(call: Call) -> bool:
    """Empty the menu."""
    call.bot.settings.pop(_commands_key(call), None)
    return True


def _commands_key(call: Call) -> str:
    scope = structure(call.args, "scope") or {}
    kind = scope.get("type", "default")
    return f"commands/{kind if kind != 'default' else ''}/{text(call.args, 'language_code')}"


_SPOKEN = {"Name": "name", "Description": "description", "ShortDescription": "short_description"}


def _about(name: str, field: str) -> None:
    @method(f"setMy{name}")
    def change(call: Call) -> bool:
        call.bot.settings[f"{field}/{text(call.args, 'language_code')}"] = text(call.args, field)
        return True

    @method(f"getMy{name}")
    def read(call: Call) -> Json:
        default = call.bot.me["first_name"] if field == "name" else ""
        return {field: call.bot.settings.get(f"{field}/{text(call.args, 'language_code')}", default)}


for _name, _field in _SPOKEN.items():
    _about(_name, _field)


@method("setChatMenuButton")
def set_chat_menu_button(call: Call) -> bool:
    """Choose what the button beside the typing box does."""
    call.bot.settings["menu_button"] = structure(call.args, "menu_button") or {"type": "default"}
    return True


@method("getChatMenuButton")
def get_chat_menu_button(call: Call) -> Any:
    """What that button does now."""
    return call.bot.settings.get("menu_button", {"type": "commands"})


@method("setMyDefaultAdministratorRights")
def set_rights(_call: Call) -> bool:
    """Accepted; nobody grants rights here."""
    return True


@method("getStickerSet")
def get_sticker_set(_call: Call) -> Json:
    """There are no sticker sets."""
    raise bad_request("STICKERSET_INVALID")


@method("getMyStarBalance")
def get_star_balance(call: Call) -> Json:
    """Stars received and not given back."""
    paid = (payment for payment in call.bot.payments.values() if not payment["refunded"])
    return {"amount": sum(payment["amount"] for payment in paid if payment["currency"] == "XTR")}
