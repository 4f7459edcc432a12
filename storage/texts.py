"""Texts and values of others, made fit to be kept and shown.

Any Python string may hold half of a surrogate pair (a language model's answer that was cut within an emoji is
enough), and UTF-8 has no bytes for it; Postgres has none for NUL either. What a bot's code made may refuse to
be shown. Nothing here raises, and everything has an end. Errors are told by `words.py`.
"""

import re
from collections.abc import Mapping
from typing import Any

from pydantic_core import to_json, to_jsonable_python

SHOWN_CHARS_MAX = 2_000
"""Enough to see what it is; a library that puts a whole page into its error must not fill the store."""
DEPTH_MAX = 20
"""How deep a value is looked into for texts that must be mended; what is deeper is shown as text."""
UNFIT = "\N{REPLACEMENT CHARACTER}"

_UNFIT = re.compile("[\0\ud800-\udfff]")
_HOSTILE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
# Control characters, and those that turn the direction of text: what somebody wrote to a bot must not move
# the cursor of whoever is on call. Halves of surrogate pairs too, for a terminal has no bytes for them.
_HOSTILE_IN_JSON = re.compile("[\x7f-\x9f\u202a-\u202e\u2066-\u2069]")


def printable(text: str) -> str:
    """The text, with what no store takes replaced: NUL, and halves of surrogate pairs."""
    return _UNFIT.sub(UNFIT, text)


def harmless(text: object) -> str:
    """Text that nobody vouches for, safe to print: what a terminal would obey is shown as its escape."""
    return _HOSTILE.sub(lambda found: ascii(found[0])[1:-1], str(text))


def harmless_json(text: str) -> str:
    """A JSON text that says the same, and that a terminal may show too: JSON leaves some of it unescaped."""
    return _HOSTILE_IN_JSON.sub(lambda found: f"\\u{ord(found[0]):04x}", text)


def kept(text: str, chars_max: int) -> str:
    """As much of a text as is kept, its beginning and end, without what cannot be."""
    half = chars_max // 2
    return printable(text if len(text) <= chars_max else f"{text[:half]} … {text[-half:]}")


def shown(value: object, chars_max: int = SHOWN_CHARS_MAX) -> str:
    """Any object as text; one that refuses is named by its type."""
    try:
        return kept(f"{value!s}", chars_max)
    except Exception as refusal:
        return f"<{named(value)} whose text cannot be had: {named(refusal)}>"


def as_json(value: object) -> bytes:
    """A value as JSON, whatever its texts hold: a text that UTF-8 has no bytes for is mended, anything that
    is no value of JSON is shown as text.
    """
    try:
        return to_json(value, fallback=shown)
    except ValueError:
        return to_json(_mended(value, DEPTH_MAX))


def _mended(value: object, depth: int) -> Any:
    if isinstance(value, str):
        return printable(value)
    if value is None or isinstance(value, bool | float) or (type(value) is int and value.bit_length() < 64):
        return value
    if depth and isinstance(value, Mapping):
        return {shown(key): _mended(part, depth - 1) for key, part in value.items()}
    if depth and isinstance(value, list | tuple | set | frozenset):
        return [_mended(part, depth - 1) for part in value]
    try:
        plain = to_jsonable_python(value, fallback=shown)
    except ValueError:
        return shown(value)
    return _mended(plain, depth - 1) if depth and isinstance(plain, str | list | dict) else shown(value)


def named(value: object) -> str:
    """The name of its type, for what does not let itself be shown."""
    return type(value).__name__
