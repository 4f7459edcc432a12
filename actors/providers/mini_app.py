"""Who opened a Mini App: Telegram's init data, checked with the bot's token.

Telegram gives the page a query string and signs it, so it proves who is there as long as the token is secret:
https://core.telegram.org/bots/webapps#validating-data-received-via-the-mini-app. It never expires by itself,
which is why its age is limited here.

InitDataError
├── InitDataForgedError   it was not signed for this bot, or was changed since: refuse it
└── InitDataOldError      it was genuine: whoever sent it opens the page anew
"""

import hmac
import json
import re
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl

from mailroom.storage.texts import printable

AGE_SECONDS_MAX = 3600.0
"""Longer than anybody shops without a break; a string that leaked is worth nothing afterwards."""
AHEAD_SECONDS_MAX = 60.0
"""Telegram's clock and ours differ by less."""
CHARS_MAX = 8192
"""What Telegram sends has some hundred characters; a long name, percent-encoded, a thousand more."""
FIELDS_MAX = 32
"""Telegram sends a dozen at most."""
USER_ID_MAX = 2**63 - 1
"""Telegram's ids need more than 32 bits; Postgres keeps them in a bigint."""
SIGNING = b"WebAppData"
"""The key that Telegram makes the secret with, from the bot's token."""

_SECONDS = re.compile(r"[0-9]{1,12}")


class InitDataError(Exception):
    """The init data does not say who is there."""


class InitDataForgedError(InitDataError):
    """The init data is not what Telegram gave to a page of this bot."""


class InitDataOldError(InitDataError):
    """The init data is genuine, but too old: the page has to be opened anew."""


@dataclass(frozen=True, slots=True)
class Visitor:
    """The person who opened the page."""

    user_id: int
    name: str
    """First and last name."""
    username: str | None = None
    language: str | None = None
    """Of their Telegram, as an IETF tag: `ru`, `en-GB`."""
    start_param: str | None = None
    """What the link `t.me/bot/app?startapp=…` said, if they came by one."""
    query_id: str | None = None
    """To answer the message of the button they came by, where they did."""


def parse_init_data(text: str, token: str, now: float) -> Visitor:
    """The person whom the init data of a bot's page tells of; `now` is the time in Unix seconds.

    Raises `InitDataForgedError` and `InitDataOldError`.
    """
    fields = _fields(text)
    claimed = fields.pop("hash", "")
    # `signature` stays in: only the other way of checking, with Telegram's public key, leaves it out.
    signed = "\n".join(f"{name}={value}" for name, value in sorted(fields.items()))
    secret = hmac.digest(SIGNING, token.encode(), "sha256")
    expected = hmac.digest(secret, signed.encode(), "sha256").hex()
    if not hmac.compare_digest(expected.encode(), claimed.encode()):
        raise InitDataForgedError("the init data was not signed for this bot, or was changed since")
    _check_age(fields.get("auth_date", ""), now)
    return _visitor(fields)


def _fields(text: str) -> dict[str, str]:
    if not text.isascii() or len(text) > CHARS_MAX:
        raise InitDataForgedError(f"init data is a query string of {CHARS_MAX} ASCII characters at most")
    try:
        # Blank values are signed too: a link without a parameter gives an empty `start_param`.
        pairs = parse_qsl(
            text, keep_blank_values=True, strict_parsing=True, errors="strict", max_num_fields=FIELDS_MAX
        )
    except ValueError as error:
        raise InitDataForgedError(f"the init data is no query string: {error}") from None
    fields = dict(pairs)
    if len(fields) < len(pairs):
        raise InitDataForgedError("the init data has a field twice")
    # Signed are lines, and a line break inside a value would let two fields pass for one.
    if any("\n" in name + value for name, value in pairs):
        raise InitDataForgedError("the init data has a field with a line break in it")
    return fields


def _check_age(auth_date: str, now: float) -> None:
    if not _SECONDS.fullmatch(auth_date):
        raise InitDataForgedError("the init data does not say when it was made")
    age_seconds = now - int(auth_date)
    if age_seconds < -AHEAD_SECONDS_MAX:
        raise InitDataForgedError("the init data is from the future: look at the clock of this machine")
    if age_seconds > AGE_SECONDS_MAX:
        raise InitDataOldError(f"the init data is {age_seconds:.0f} seconds old: open the page anew")


def _visitor(fields: dict[str, str]) -> Visitor:
    try:
        user: Any = json.loads(fields.get("user", ""))
    except (ValueError, RecursionError):
        user = None
    user_id = user.get("id") if isinstance(user, dict) else None
    if type(user_id) is not int or not 0 < user_id <= USER_ID_MAX:
        raise InitDataForgedError("the init data names no person")
    names = (user.get("first_name"), user.get("last_name"))
    return Visitor(
        user_id=user_id,
        name=" ".join(filter(None, map(_text, names))),
        username=_text(user.get("username")),
        language=_text(user.get("language_code")),
        start_param=_text(fields.get("start_param")),
        query_id=_text(fields.get("query_id")),
    )


def _text(value: object) -> str | None:
    """A text as it can be kept: JSON may hold half of an emoji that Telegram or the person has cut."""
    return printable(value) if isinstance(value, str) and value else None
