"""The menu of commands, which each kind of chat may have its own of, and the button that opens it.

Scopes and words: `Client::get_bot_command_scope` and `BotCommandScope.cpp`; a list belongs to one scope and
one language, and asking for it gives that one, whatever people see instead of an empty one.
"""

import re
from typing import Any

from mailroom.ops.simulators.telegram.arguments import structure, text
from mailroom.ops.simulators.telegram.chats import Json
from mailroom.ops.simulators.telegram.errors import ApiError, bad_request

from .call import Call, language, method, target_chat

COMMANDS_MAX = 100
COMMAND = re.compile(r"/?([a-z0-9_]{1,32})")
DESCRIPTION_CHARS_MAX = 256
BUTTON_CHARS_MAX = 64
EVERYWHERE = ("default", "all_private_chats", "all_group_chats", "all_chat_administrators")
IN_ONE_CHAT = ("chat", "chat_administrators", "chat_member")


@method("setMyCommands")
def set_my_commands(call: Call) -> bool:
    """Fill the menu of commands; the page shows it."""
    given = structure(call.args, "commands")
    if not isinstance(given, list) or len(given) > COMMANDS_MAX:
        raise bad_request("BOT_COMMANDS_TOO_MUCH" if isinstance(given, list) else "can't parse commands")
    commands = [_command(one) for one in given]
    call.bot.settings[_key(call)] = commands
    call.simulation.events.emit("bot", call.bot.token, None, {"bot": call.bot.me})
    return True


def _command(given: Any) -> Json:
    if not isinstance(given, dict) or not given.get("command") or not given.get("description"):
        raise bad_request("BOT_COMMAND_INVALID")
    name = COMMAND.fullmatch(str(given["command"]))
    if name is None:
        raise bad_request("BOT_COMMAND_INVALID")
    if len(str(given["description"])) > DESCRIPTION_CHARS_MAX:
        raise bad_request("BOT_COMMAND_DESCRIPTION_INVALID")
    return {**given, "command": name[1]}


@method("getMyCommands")
def get_my_commands(call: Call) -> Any:
    """The menu of this language and scope."""
    return call.bot.settings.get(_key(call), [])


@method("deleteMyCommands")
def delete_my_commands(call: Call) -> bool:
    """Empty the menu."""
    call.bot.settings.pop(_key(call), None)
    call.simulation.events.emit("bot", call.bot.token, None, {"bot": call.bot.me})
    return True


def _key(call: Call) -> str:
    """What a list of commands belongs to: `commands/SCOPE/LANGUAGE`, with nothing for the default scope."""
    scope = structure(call.args, "scope") or {"type": "default"}
    if not isinstance(scope, dict):
        raise _cannot("expected an Object")
    kind = scope.get("type")
    if kind in EVERYWHERE:
        return f"commands/{kind if kind != 'default' else ''}/{language(call)}"
    if kind not in IN_ONE_CHAT:
        raise _cannot("Unsupported type specified" if kind else 'Can\'t find field "type"')
    if not scope.get("chat_id"):
        raise _cannot('Can\'t find field "chat_id"')
    chat = target_chat(Call(call.simulation, call.bot, {"chat_id": scope["chat_id"]}, {}))
    if chat.info["type"] == "channel":
        raise bad_request("can't change commands in channel chats")
    if kind != "chat" and not chat.is_group:
        raise bad_request("can't use specified scope in private chats")
    where = f"{kind}:{chat.info['id']}"
    if kind == "chat_member":
        user = scope.get("user_id")
        if not str(user or "").isdecimal():
            raise _cannot('Can\'t find field "user_id"')
        where += f":{user}"
    return f"commands/{where}/{language(call)}"


def _cannot(reason: str) -> ApiError:
    return bad_request(f"can't parse BotCommandScope: {reason}")


@method("setChatMenuButton")
def set_chat_menu_button(call: Call) -> bool:
    """Choose what the button beside the typing box does, in one private chat or in all that chose nothing."""
    key = _button_key(call)
    button = _button(structure(call.args, "menu_button"))
    if button["type"] == "default":
        call.bot.settings.pop(key, None)
    else:
        call.bot.settings[key] = button
    return True


@method("getChatMenuButton")
def get_chat_menu_button(call: Call) -> Any:
    """What that button does: of a chat that has none of its own, that it is the default one."""
    key = _button_key(call)
    return call.bot.settings.get(key, {"type": "default" if key.partition("/")[2] else "commands"})


def _button_key(call: Call) -> str:
    if not call.args.get("chat_id"):
        return "menu_button/"
    chat = target_chat(call)
    if chat.is_group:
        raise bad_request("chat not found")
    return f"menu_button/{chat.info['id']}"


def _button(given: Any) -> Json:
    if given is None:
        return {"type": "default"}
    kind = given.get("type") if isinstance(given, dict) else None
    if kind in ("default", "commands"):
        return {"type": kind}
    if kind != "web_app":
        raise bad_request("can't parse menu button: unsupported type specified")
    label, app = text(given, "text"), given.get("web_app")
    address = text(app, "url") if isinstance(app, dict) else ""
    if not 1 <= len(label) <= BUTTON_CHARS_MAX:
        raise bad_request(
            "BUTTON_TEXT_INVALID" if label else "can't parse menu button: text must be non-empty"
        )
    if not address.startswith("https://"):
        raise bad_request(f"menu button Web App URL '{address}' is invalid: Only HTTPS links are allowed")
    return {"type": "web_app", "text": label, "web_app": {"url": address}}
