"""What on-call is shown, as plain JSON values: the same for `/ops`, the console and its stream."""

from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from typing import Any

from mailroom.storage.redis.entry import Chat
from mailroom.storage.texts import printable


def plain(value: object) -> Any:
    """Turn reports into objects, tuples into lists, and a chat into its address."""
    if isinstance(value, Chat):
        return str(value)
    if is_dataclass(value):
        return {field.name: plain(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, Mapping):
        return {printable(str(key)): plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [plain(item) for item in value]
    if isinstance(value, str):
        return printable(value)
    if isinstance(value, bytes):
        return printable(value.decode(errors="replace"))
    return value
