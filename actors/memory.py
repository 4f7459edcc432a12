"""What a bot keeps in its FSM data, as text, such that it comes back as it was put in.

aiogram's MemoryStorage gives back the very objects, and most bots are written against it: `{1: "Paris"}`
keeps its whole number as a key, a datetime stays one, a received Message can be kept for later. Plain JSON
would change all these without a word. So what plain JSON keeps is stored as plain JSON, a dictionary; what it
does not keep is stored tagged: a list that says of each value what it is.

Types are compared exactly, never by `isinstance` or equality: a `(str, Enum)` equals its text, an OrderedDict
its dictionary, and would come back as those. What has no tag is refused by name, with its place.
"""

import base64
import datetime as dt
import json
from collections import Counter, OrderedDict, defaultdict
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from decimal import Decimal
from enum import Enum, Flag
from fractions import Fraction
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import aiogram.types
from aiogram.types import TelegramObject
from pydantic_core import from_json, to_json

from mailroom.actors.names import import_by_name

INTEGER_MAX = 2**63
"""Whole numbers from here on are kept tagged: a reader of JSON refuses those of too many digits."""

_BY_TEXT: dict[type, tuple[str, Callable[[Any], str], Callable[[str], Any]]] = {
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
    int: ("int", hex, lambda text: int(text, 16)),  # the large ones: hexadecimal has no limit of digits
}
_FROM_TEXT = {tag: back for tag, _, back in _BY_TEXT.values()}
_COLLECTIONS: dict[type, str] = {list: "list", tuple: "tuple", set: "set", frozenset: "frozenset"}
_FROM_COLLECTION: dict[str, Callable[[Any], Any]] = {tag: kind for kind, tag in _COLLECTIONS.items()}
_DICTIONARIES: dict[type, str] = {dict: "dict", OrderedDict: "ordered dict", Counter: "counter"}
_FROM_DICTIONARY: dict[str, Callable[[Any], Any]] = {tag: kind for kind, tag in _DICTIONARIES.items()}
_FACTORIES = {kind.__name__: kind for kind in (int, float, str, bool, list, dict, set, tuple)}
"""What a defaultdict may make by itself: a function of the bot's own is not found again by its name."""
_LEAVES = frozenset({str, float, bool, type(None)})


def to_text(data: Mapping[str, Any]) -> str:
    """The data as text. Raises `TypeError` for what cannot be kept, saying where it is."""
    plain = dict(data)
    try:
        text = to_json(plain)
        if _is_plain(plain):
            return text.decode()
    except ValueError:
        pass  # tagged, it may still be kept
    try:
        tagged = ["mailroom", _tagged(plain, "data")]
        found = json.dumps(tagged, ensure_ascii=False)
        from_text(found)  # what could be written and never read again would stop its chat for good
    except (ValueError, RecursionError) as error:
        raise TypeError(f"FSM data is kept in a store, and this cannot be: {error}") from error
    return found


def from_text(text: str) -> dict[str, Any]:
    """The data that `to_text` was given."""
    found = _read(text)
    data: dict[str, Any] = found if isinstance(found, dict) else _untagged(found[1])
    return data


def _is_plain(data: dict[Any, Any]) -> bool:
    """Whether all of it is exactly of the types that JSON has. To be asked of what has no circles."""
    # Names of the function's own are found faster, and this is done for every write of every bot.
    leaves, least, most = _LEAVES, -INTEGER_MAX, INTEGER_MAX
    waiting: list[Any] = [data]
    for one in waiting:
        parts: Iterable[Any] = one
        if type(one) is dict:
            for key in one:
                if type(key) is not str:
                    return False
            parts = one.values()
        for part in parts:
            kind = type(part)
            if kind in leaves:
                continue
            if kind is int:
                if not least < part < most:
                    return False
            elif kind is dict or kind is list:
                waiting.append(part)
            else:
                return False
    return True


def _tagged(value: Any, where: str) -> Any:
    kind = type(value)
    if kind in _LEAVES or (kind is int and -INTEGER_MAX < value < INTEGER_MAX):
        return value
    if kind is dt.datetime:
        # A zone by its name: what is a day later there depends on more than today's offset.
        zone = [value.tzinfo.key] if type(value.tzinfo) is ZoneInfo and value.tzinfo.key else []
        return ["datetime", value.isoformat(), *zone]
    if kind in _BY_TEXT:
        tag, forth, _ = _BY_TEXT[kind]
        return [tag, forth(value)]
    if kind in _COLLECTIONS:
        return [_COLLECTIONS[kind], *(_tagged(one, f"{where}[{place}]") for place, one in enumerate(value))]
    if kind in _DICTIONARIES:
        return [_DICTIONARIES[kind], *_tagged_pairs(value, where)]
    if kind is defaultdict and (
        value.default_factory is None or value.default_factory in _FACTORIES.values()
    ):
        factory = value.default_factory.__name__ if value.default_factory else None
        return ["defaultdict", factory, *_tagged_pairs(value, where)]
    if isinstance(value, Enum):
        tagged = (
            ["flag", kind.__module__, kind.__qualname__, _tagged(value.value, where)]
            if isinstance(value, Flag)
            else ["enum", kind.__module__, kind.__qualname__, value.name]
        )
        with suppress(ImportError, AttributeError, ValueError):
            if _untagged(tagged) is value:
                return tagged
    if isinstance(value, TelegramObject) and getattr(aiogram.types, kind.__name__, None) is kind:
        return ["telegram", kind.__name__, _telegram_text(value)]
    raise TypeError(
        f"FSM data is kept in a store, and {where} is a {kind.__module__}.{kind.__qualname__},"
        " which cannot be: keep its id or its fields instead"
    )


def _tagged_pairs(value: dict[Any, Any], where: str) -> Iterable[Any]:
    for key, part in value.items():
        yield _tagged(key, where)
        yield _tagged(part, f"{where}[{key!r}]")


def _untagged(found: Any) -> Any:
    if not isinstance(found, list):
        return found
    tag, *rest = found
    if tag in _FROM_TEXT:
        return _FROM_TEXT[tag](rest[0])
    if tag in _FROM_COLLECTION:
        return _FROM_COLLECTION[tag](map(_untagged, rest))
    if tag in _FROM_DICTIONARY:
        return _FROM_DICTIONARY[tag](_pairs(rest))
    match tag:
        case "datetime":
            moment = dt.datetime.fromisoformat(rest[0])
            return moment.replace(tzinfo=ZoneInfo(rest[1])) if len(rest) > 1 else moment
        case "defaultdict":
            return defaultdict(_FACTORIES[rest[0]] if rest[0] else None, _pairs(rest[1:]))
        case "enum":
            return getattr(_class(rest[0], rest[1]), rest[2])
        case "flag":
            return _class(rest[0], rest[1])(_untagged(rest[2]))
    return _telegram_object(getattr(aiogram.types, rest[0]), rest[1])


def _pairs(tagged: list[Any]) -> dict[Any, Any]:
    parts = [_untagged(part) for part in tagged]
    return dict(zip(parts[::2], parts[1::2], strict=True))


def _class(module: str, qualified_name: str) -> Any:
    found: Any = import_by_name(module)
    for name in qualified_name.split("."):
        found = getattr(found, name)
    return found


# Pydantic's reader and writer refuse half a surrogate pair, such as a model's answer may end in; Python's own
# keep it.


def _read(text: str) -> Any:
    try:
        return from_json(text)
    except (ValueError, TypeError):
        return json.loads(text)


def _telegram_text(value: TelegramObject) -> str:
    try:
        return value.model_dump_json(exclude_unset=True, warnings=False)
    except ValueError:
        return json.dumps(
            value.model_dump(mode="json", exclude_unset=True, warnings=False), ensure_ascii=False
        )


def _telegram_object(kind: type[TelegramObject], text: str) -> TelegramObject:
    try:
        return kind.model_validate_json(text)
    except ValueError:
        return kind.model_validate(json.loads(text))
