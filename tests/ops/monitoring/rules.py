"""Reads the part of YAML that alert rules are written in: maps, lists, plain and quoted words, `|` blocks.

Whatever else YAML could mean is refused, so what is read here is what Prometheus reads.
"""

import json
import re
from typing import Any

Line = tuple[int, str]

KEY = re.compile(r"([A-Za-z_][\w-]*):(?: (.*))?$")
NOT_PLAIN = re.compile(r"^[\[\]{}&*!>|%@`'\"]|: | #|:$")


def read_rules(text: str) -> Any:
    """The document, as dicts, lists and strings."""
    lines = [
        (len(line) - len(line.lstrip(" ")), line.strip())
        for line in text.splitlines()
        if line.strip() and not line.lstrip().startswith("#")
    ]
    value, rest = _block(lines)
    assert not rest, f"not understood: {rest[0]}"
    return value


def _block(lines: list[Line]) -> tuple[Any, list[Line]]:
    indent, text = lines[0]
    return _list(lines, indent) if text.startswith("- ") else _map(lines, indent)


def _list(lines: list[Line], indent: int) -> tuple[list[Any], list[Line]]:
    items = []
    while lines and lines[0][0] == indent and lines[0][1].startswith("- "):
        item, lines = _block([(indent + 2, lines[0][1][2:]), *lines[1:]])
        items.append(item)
    return items, lines


def _map(lines: list[Line], indent: int) -> tuple[dict[str, Any], list[Line]]:
    found: dict[str, Any] = {}
    while lines and lines[0][0] == indent and not lines[0][1].startswith("- "):
        matched = KEY.match(lines[0][1])
        assert matched, f"not a key: {lines[0][1]}"
        key, inline = matched[1], matched[2]
        assert key not in found, f"twice: {key}"
        lines = lines[1:]
        if inline is None:
            assert lines, f"nothing under {key}"
            assert lines[0][0] > indent, f"nothing under {key}"
            found[key], lines = _block(lines)
        elif inline == "|":
            inside = [text for at, text in _while_deeper(lines, indent)]
            lines = lines[len(inside) :]
            found[key] = "\n".join(inside)
        else:
            found[key] = _word(inline)
    assert not lines or lines[0][0] <= indent, f"indented for no reason: {lines[0]}"
    return found, lines


def _while_deeper(lines: list[Line], indent: int) -> list[Line]:
    end = next((number for number, (at, _) in enumerate(lines) if at <= indent), len(lines))
    return lines[:end]


def _word(text: str) -> str:
    if text.startswith('"'):
        word: str = json.loads(text)
        return word
    assert not NOT_PLAIN.search(text), f"to be quoted: {text}"
    return text
