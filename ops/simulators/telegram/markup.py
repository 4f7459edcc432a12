"""Keyboards: what Telegram refuses in them, and what of them stays in the message.

Limits and words: `Client.cpp` (`get_inline_keyboard_button`) of tdlib/telegram-bot-api and the limits named
by aiogram's and python-telegram-bot's constants: callback data 1-64 bytes, 100 buttons, 8 in a row.
"""

from typing import Any

from .errors import bad_request

CALLBACK_DATA_BYTES_MAX = 64
BUTTONS_MAX = 100
COPY_TEXT_MAX = 256

ACTIONS = (
    "callback_data",
    "url",
    "web_app",
    "login_url",
    "switch_inline_query",
    "switch_inline_query_current_chat",
    "switch_inline_query_chosen_chat",
    "copy_text",
    "callback_game",
    "pay",
)


def check_markup(markup: Any) -> dict[str, Any] | None:
    """Return the keyboard as it was given, or None; refuse what Telegram would refuse."""
    if markup is None:
        return None
    if not isinstance(markup, dict):
        raise bad_request("object expected as reply markup")
    if "inline_keyboard" in markup:
        _check_inline(markup["inline_keyboard"])
    elif "keyboard" in markup:
        _check_reply(markup["keyboard"])
    return markup


def inline_part(markup: dict[str, Any] | None) -> dict[str, Any] | None:
    """Return what a Message shows as its reply_markup: only inline keyboards, and only those with buttons."""
    if markup is None or not any(markup.get("inline_keyboard", ())):
        return None
    rows = [row for row in markup["inline_keyboard"] if row]
    return {"inline_keyboard": rows}


def _rows(keyboard: Any, what: str) -> list[list[Any]]:
    if not isinstance(keyboard, list) or not all(isinstance(row, list) for row in keyboard):
        raise bad_request(f'field "{what}" must be of type Array')
    if sum(map(len, keyboard)) > BUTTONS_MAX:
        raise bad_request("REPLY_MARKUP_TOO_LONG")
    return keyboard


def _check_inline(keyboard: Any) -> None:
    for row in _rows(keyboard, "inline_keyboard"):
        for button in row:
            if not isinstance(button, dict):
                raise bad_request(
                    "can't parse inline keyboard button: InlineKeyboardButton must be an Object"
                )
            if not str(button.get("text") or ""):
                raise bad_request('can\'t parse inline keyboard button: Field "text" must be non-empty')
            data = button.get("callback_data")
            if data is not None:
                if not 1 <= len(str(data).encode()) <= CALLBACK_DATA_BYTES_MAX:
                    raise bad_request("BUTTON_DATA_INVALID")
            elif not any(button.get(action) is not None for action in ACTIONS):
                raise bad_request(
                    "can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard"
                )
            if button.get("url") is not None and not _is_link(str(button["url"])):
                raise bad_request(f"inline keyboard button URL '{button['url']}' is invalid: Wrong HTTP URL")
            copied = button.get("copy_text")
            if isinstance(copied, dict) and not 1 <= len(str(copied.get("text", ""))) <= COPY_TEXT_MAX:
                raise bad_request("BUTTON_COPY_TEXT_INVALID")


def _check_reply(keyboard: Any) -> None:
    for row in _rows(keyboard, "keyboard"):
        for button in row:
            label = button.get("text") if isinstance(button, dict) else button
            if not isinstance(label, str) or not label:
                raise bad_request('can\'t parse keyboard button: Field "text" must be of type String')


def _is_link(url: str) -> bool:
    return url.startswith(("http://", "https://", "tg://", "ton://")) or "." in url
