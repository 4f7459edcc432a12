"""Read what can be read of JSON that a strict reader refuses: half a surrogate pair, bytes that are no UTF-8,
nesting without end, numbers of any length. Enough to see what it is about and where it ends, not to work
with.
"""

import json
import re
from typing import Any

OBJECTS_DEEP_MAX = 5
"""How far objects are looked into: an update, its event, the message of a tap, its chat, the chat's id."""

_TOKEN = re.compile(
    rb'"[^"\\]*(?:\\.[^"\\]*)*"'  # a string
    rb'|[{}\[\],:"]'  # a sign; a quotation mark here begins a string without an end
    rb'|[^\s{}\[\],:"]+',  # a number, true, false, null, or nonsense
    re.DOTALL,
)
_WHOLE = re.compile(rb"-?\d{1,20}")
_WORDS = {b"true": True, b"false": False, b"null": None}
_ENDS = {b"{": b"}", b"[": b"]"}


def parse_lenient(text: bytes) -> dict[str, Any]:
    """An object's members as far as they can be read; lists, and what is too deep, are None. Raises
    `ValueError` for what is no object from beginning to end.
    """
    found: list[dict[str, Any]] = []
    ends: list[bytes] = []
    objects: list[dict[str, Any] | None] = []
    keys: list[str | None] = []
    for match in _TOKEN.finditer(text):
        token = match[0]
        if not ends and (found or token != b"{"):
            raise ValueError("it is not one JSON object")
        if token in _ENDS:
            inside = objects[-1] if objects else {}
            one: dict[str, Any] | None = None
            if token == b"{" and inside is not None and len(objects) < OBJECTS_DEEP_MAX:
                one = {}
            if not found and one is not None:
                found.append(one)
            elif inside is not None and keys[-1] is not None:
                inside[keys[-1]] = one
            ends.append(_ENDS[token])
            objects.append(one)
            keys.append(None)
        elif token in (b"}", b"]"):
            if ends.pop() != token:
                raise ValueError("its brackets do not match")
            objects.pop()
            keys.pop()
        elif token == b'"':
            raise ValueError("a string in it has no end")
        elif token == b",":
            keys[-1] = None
        elif token != b":" and (inside := objects[-1]) is not None:
            if keys[-1] is None:
                keys[-1] = str(_scalar(token))
            else:
                inside[keys[-1]] = _scalar(token)
    if ends or not found:
        raise ValueError("it ends too early")
    return found[0]


def elements(text: bytes, member: str) -> list[bytes]:
    """The elements of the list that is a member of an object, each as it came. Raises `ValueError` when there
    is no such list.
    """
    ends: list[bytes] = []
    key, begin, found = b"", -1, list[bytes]()
    wanted = json.dumps(member).encode()
    inside = False
    for match in _TOKEN.finditer(text):
        token = match[0]
        if token in _ENDS:
            if len(ends) == 1 and token == b"[" and key == wanted:
                inside, begin, found = True, match.end(), []
            ends.append(_ENDS[token])
        elif token in (b"}", b"]"):
            if not ends or ends.pop() != token:
                raise ValueError("its brackets do not match")
            if inside and len(ends) == 1:
                found.append(text[begin : match.start()])
                inside = False
        elif token == b"," and inside and len(ends) == 2:
            found.append(text[begin : match.start()])
            begin = match.end()
        elif len(ends) == 1 and token.startswith(b'"'):
            key = token
    if ends or begin < 0:
        raise ValueError(f"it has no whole list {member}")
    return [one.strip() for one in found if one.strip()]


def _scalar(token: bytes) -> Any:
    if token.startswith(b'"'):
        text = token.decode(errors="replace")
        try:
            return json.loads(text, strict=False)
        except ValueError:
            return text[1:-1]
    if _WHOLE.fullmatch(token):
        return int(token)
    return _WORDS.get(token, token.decode(errors="replace"))
