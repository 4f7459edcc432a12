"""Faults between settings: each value may be well-formed by itself and yet not go with the others.

They look at the values as written, so that they are found in the same pass as the malformed ones.
"""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from mailroom.ops.bundled import BY_DEFAULT, RoomError, bundled_bots, room
from mailroom.ops.faults import nearest
from mailroom.ops.room_options import wrong_options
from mailroom.ops.schemas import wrong_schema
from mailroom.ops.settings import DEFAULT_PROPERTIES, TELEGRAM_API_BASE

Fault = tuple[tuple[str, ...], str]
"""Where, as a path of keys; and what is wrong there."""

NOT_SET = ("chat_page", "config", "courier_url", "demo")
"""What is no setting: found out, or said by a command."""
WHAT_ANSWERS = ("bot", "room", "router")
"""One of them says what answers a bot's users."""
TELEGRAM_WEBHOOK_PORTS = (443, 80, 88, 8443)
"""Telegram delivers webhooks to no other port."""


def relation_faults(values: Mapping[str, Any], folder: Path | None = None) -> list[Fault]:
    """All of them, in the order of the settings. Rooms are looked for in `folder` first."""
    faults: list[Fault] = [((name,), "cannot be set") for name in NOT_SET if name in values]
    faults += _unreachable_by_telegram(values)
    tables = tables_in(values.get("bots"))
    faults += _wrong_bots(tables, folder)
    faults += _wrong_tokens(tables)
    return faults


def tables_in(value: object) -> dict[str, dict[str, Any]]:
    """The tables below a line of the settings, whatever else somebody has put there."""
    return (
        {name: one for name, one in value.items() if isinstance(one, dict)} if isinstance(value, dict) else {}
    )


def _unreachable_by_telegram(values: Mapping[str, Any]) -> Iterator[Fault]:
    url = values.get("public_url")
    if not isinstance(url, str) or values.get("telegram_api_base", TELEGRAM_API_BASE) != TELEGRAM_API_BASE:
        return
    try:
        scheme, port = urlsplit(url).scheme, urlsplit(url).port
    except ValueError:
        return
    if scheme == "http":
        yield ("public_url",), "must begin with https://; Telegram delivers webhooks to nothing else"
    if port is not None and port not in TELEGRAM_WEBHOOK_PORTS:
        yield ("public_url",), f"has port {port}; Telegram delivers webhooks to 443, 80, 88 and 8443 only"


def _wrong_bots(tables: Mapping[str, dict[str, Any]], folder: Path | None) -> Iterator[Fault]:
    for name, bot in tables.items():
        if not re.fullmatch(r"[A-Za-z0-9_-]{1,64}", name):
            yield ("bots", name), "a bot's name is part of an address: up to 64 of A-Z a-z 0-9 _ -"
        given = [key for key in WHAT_ANSWERS if key in bot]
        if len(given) != 1:
            has = f"both {' and '.join(given)}" if given else f"neither {' nor '.join(WHAT_ANSWERS)}"
            advice = (
                f'set bot = "{BY_DEFAULT}" for a bundled bot, router = "module:attribute" for your own, or'
                ' room = "package" for one of your own with tables and jobs'
            )
            yield ("bots", name), f"has {has}; {advice}"
        if "router" not in bot:
            for key in DEFAULT_PROPERTIES:
                if key in bot:
                    yield (
                        ("bots", name, key),
                        "is for bots with a router; one with a room knows how it writes",
                    )
        yield from _wrong_room(name, bot, folder)


def _wrong_room(name: str, bot: Mapping[str, Any], folder: Path | None) -> Iterator[Fault]:
    """What is wrong with which room a bot has, with where its tables are, or with its options."""
    table, options = ("bots", name), bot.get("options", {})
    key = next((key for key in ("bot", "room") if key in bot), None)
    if key is None:
        if "data" in bot:
            yield (*table, "data"), "is for bots with a room; a router of your own has its own tables"
        if options:
            yield (
                (*table, "options"),
                "are for bots with a room; a router of your own reads its own settings",
            )
        return
    for wrong_key, wrong in wrong_schema(name, bot.get("data"), key):
        yield (*table, wrong_key), wrong
    kind = bot[key]
    if not isinstance(kind, str):
        return  # said where types are
    if key == "bot" and kind not in bundled_bots():
        yield (*table, key), f"there is no bundled bot {kind!r}{nearest(kind, bundled_bots())}"
        return
    if key == "room" and kind in bundled_bots():
        yield (*table, key), f'is the name of a bundled bot: set bot = "{kind}", or rename the package'
        return
    try:
        its = room(kind, folder)
    except RoomError as error:
        yield (*table, key), str(error)
        return
    if isinstance(options, dict):
        for where, wrong in wrong_options(its, options, (*table, "options")):
            yield (*table, "options", *where), wrong


def _wrong_tokens(tables: Mapping[str, dict[str, Any]]) -> Iterator[Fault]:
    owners: dict[str, tuple[str, str]] = {}
    for name, bot in tables.items():
        token = bot.get("token")
        if not token and any(other.get("token") for other in tables.values()):
            yield ("bots", name, "token"), "is missing; set it here or in the environment"
        if not isinstance(token, str) or ":" not in token:
            continue
        bot_id = token.partition(":")[0]
        if bot_id in owners:
            # Telegram keeps one webhook per bot: the two would take each other's messages.
            other, its = owners[bot_id]
            which = "the token" if its == token else f"a token of the same bot ({bot_id}) as that"
            yield ("bots", name, "token"), f"is {which} of bots.{other} too; each bot needs its own"
        owners.setdefault(bot_id, (name, token))
