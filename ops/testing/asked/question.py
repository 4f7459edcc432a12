"""What a test asks, put as a browser puts it: fields into the address or into JSON, a file as the body."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pydantic_core import to_json, to_jsonable_python

from mailroom.ingress.asks.call import Call

IN_QUERY = ("GET", "HEAD")


@dataclass(frozen=True, slots=True)
class SentFile:
    """A file that is sent up, as the body of an ask that takes one."""

    content: bytes
    type: str = "application/octet-stream"


def call(
    method: str,
    path: str,
    fields: Mapping[str, Any],
    *,
    file: SentFile | None = None,
    body: bytes | None = None,
) -> Call:
    """A call with these fields. With a `file` they stand in the address; a `body` is sent as it is, instead
    of them.
    """
    if file is not None or method in IN_QUERY:
        content, mime_type = (file.content, file.type) if file is not None else (b"", "")
        return Call(method, path, _query(fields), _whole(content), mime_type)
    content = to_json(dict(fields)) if body is None else body
    return Call(method, path, {}, _whole(content), "application/json")


def _query(fields: Mapping[str, Any]) -> dict[str, Sequence[str]]:
    """As an address has it: texts, several of a name for a list, and nothing for what is None."""
    plain = {name: to_jsonable_python(value) for name, value in fields.items()}
    several = {name: value if isinstance(value, list) else [value] for name, value in plain.items()}
    return {name: [_text(one) for one in values] for name, values in several.items() if values != [None]}


def _text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _whole(content: bytes) -> Any:
    async def whole(most: int) -> bytes | None:
        return content if len(content) <= most else None

    return whole
