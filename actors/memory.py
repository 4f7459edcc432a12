"""What a bot keeps in its FSM data, as text, such that it comes back as it was put in.

aiogram's MemoryStorage gives back the very objects, and most bots are written against it: `{1: "Paris"}`
keeps its whole number as a key, a datetime stays one, a received Message can be kept for later. Plain JSON
would change all these without a word. So what plain JSON keeps is stored as plain JSON, a dictionary; what it
does not keep is stored tagged: a list that says of each value what it is.
"""

import base64
import datetime as dt
import importlib
import json
from collections.abc import Callable, Mapping
from contextlib import suppress
from decimal import Decimal
from enum import Enum
from fractions import Fraction
from typing import Any
from uuid import UUID

import aiogram.types
from aiogram.types import TelegramObject
from pydantic_core import from_json, to_json

_BY_TEXT: dict[type, tuple[str, Callable[[Any], str], Callable[[str], Any]]] = {
    dt.datetime: ("datetime", dt.datetime.isoformat, dt.datetime.fromisoformat),
    dt.date: ("date", dt.date.isoformat, dt.date.fromisoformat),
    dt.time: ("time", dt.time.isoformat, dt.time.fromisoformat),
    dt.timedelta: (
        "timedelta",
        lambda value: f"{value.days} {value.seconds} {value.microseconds}",
        lambda text: dt.timedelta(*map(int, text.split())),
    ),
    Decimal: ("decimal", str, Decimal),
    Fraction: ("fraction", str, Fraction),
    UUID: ("uuid", str, UUID),
    bytes: ("bytes", lambda value: base64.b64encode(value).decode(), base64.b64decode),
}
_FROM_TEXT = {tag: back for tag, _, back in _BY_TEXT.values()}
_COLLECTIONS: dict[type, str] = {list: "list", tuple: "tuple", set: "set", frozenset: "frozenset"}
_FROM_COLLECTION: dict[str, Callable[[Any], Any]] = {tag: kind for kind, tag in _COLLECTIONS.items()}


def to_text(data: Mapping[str, Any]) -> str:
    """The data as text. Raises `TypeError` for what cannot be kept, saying where it is."""
    plain = dict(data)
    # An equal copy proves that nothing was changed on the way, at a fraction of the price of looking.
    with suppress(ValueError):
        text = to_json(plain)
        if from_json(text) == plain:
            return text.decode()
    return json.dumps(["mailroom", _tagged(plain, "data")], ensure_ascii=False)


def from_text(text: str) -> dict[str, Any]:
    """The data that `to_text` was given."""
    found = from_json(text)
    data: dict[str, Any] = found if isinstance(found, dict) else _untagged(found[1])
    return data


def _tagged(value: Any, where: str) -> Any:
    kind = type(value)
    if value is None or kind in (str, int, float, bool):
        return value
    if kind in _BY_TEXT:
        tag, forth, _ = _BY_TEXT[kind]
        return [tag, forth(value)]
    if kind in _COLLECTIONS:
        return [_COLLECTIONS[kind], *(_tagged(one, f"{where}[{place}]") for place, one in enumerate(value))]
    if isinstance(value, Enum):
        return ["enum", kind.__module__, kind.__qualname__, value.name]
    if isinstance(value, TelegramObject) and getattr(aiogram.types, kind.__name__, None) is kind:
        return ["telegram", kind.__name__, value.model_dump_json(exclude_unset=True, warnings=False)]
    if isinstance(value, Mapping):
        pairs = [
            (_tagged(key, where), _tagged(part, f"{where}[{key!r}]")) for key, part in dict(value).items()
        ]
        return ["dict", *(part for pair in pairs for part in pair)]
    if isinstance(value, str):
        return str(value)
    raise TypeError(
        f"FSM data is kept in a store, and {where} is a {kind.__module__}.{kind.__qualname__},"
        " which cannot be: keep its id or its fields instead"
    )


def _untagged(found: Any) -> Any:
    if not isinstance(found, list):
        return found
    tag, *rest = found
    if tag in _FROM_TEXT:
        return _FROM_TEXT[tag](rest[0])
    if tag in _FROM_COLLECTION:
        return _FROM_COLLECTION[tag](map(_untagged, rest))
    if tag == "dict":
        parts = [_untagged(part) for part in rest]
        return dict(zip(parts[::2], parts[1::2], strict=True))
    if tag == "enum":
        member: Any = importlib.import_module(rest[0])
        for name in (*rest[1].split("."), rest[2]):
            member = getattr(member, name)
        return member
    return getattr(aiogram.types, rest[0]).model_validate_json(rest[1])
