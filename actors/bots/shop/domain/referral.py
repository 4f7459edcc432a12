"""The link that brings friends, and whom it names."""

import re

USER_ID_MAX = 2**52 - 1
"""Telegram's promise: an id has at most 52 significant bits."""
BASE36 = "0123456789abcdefghijklmnopqrstuvwxyz"
REFERRAL = re.compile(r"ref([0-9a-z]{1,11})")
"""The payload of a referral link: it may have 64 of the characters A-Z a-z 0-9 _ and -."""


def referral_link(bot_username: str, user_id: int) -> str:
    """The link that brings friends: it opens the chat with the bot, and its /start tells who sent it."""
    digits = ""
    while user_id:
        user_id, digit = divmod(user_id, 36)
        digits = BASE36[digit] + digits
    return f"https://t.me/{bot_username}?start=ref{digits}"


def referrer_in(payload: str) -> int | None:
    """Who is named by the payload of a /start; None if it is another payload."""
    match = REFERRAL.fullmatch(payload)
    user_id = int(match[1], 36) if match else 0
    return user_id if 0 < user_id <= USER_ID_MAX else None
