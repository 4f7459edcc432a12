"""Which names of other modules a module uses, as they are called where they come from.

import datetime as dt          dt.datetime.now()    datetime.datetime.now
from time import time as t     t()                  time.time
"""

import ast
from collections.abc import Iterator

from mailroom.actors.testing.room_files import Source


def imports_of(source: Source) -> Iterator[tuple[int, str]]:
    """The modules and names that are imported, in full, with their lines."""
    for node in ast.walk(source.tree):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            whole = source.source_of(node)
            yield from ((node.lineno, f"{whole}.{alias.name}") for alias in node.names)


def names_in(source: Source) -> Iterator[tuple[int, str]]:
    """The names that are used, in full, with their lines: also those that are only handed on, uncalled."""
    known = _known(source)
    for node in ast.walk(source.tree):
        if isinstance(node, ast.Attribute | ast.Name) and isinstance(node.ctx, ast.Load):
            first, *rest = _parts(node)
            if first in known:
                yield node.lineno, ".".join([known[first], *rest])


def calls_in(source: Source) -> Iterator[tuple[int, str]]:
    """The functions that are called by a name, in full, with their lines: Python's own among them."""
    known = _known(source)
    for node in ast.walk(source.tree):
        if isinstance(node, ast.Call):
            first, *rest = _parts(node.func)
            if first:
                yield node.lineno, ".".join([known.get(first, first), *rest])


def _known(source: Source) -> dict[str, str]:
    found: dict[str, str] = {}
    for node in ast.walk(source.tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                first = alias.name.partition(".")[0]
                found[alias.asname or first] = alias.name if alias.asname else first
        elif isinstance(node, ast.ImportFrom):
            for alias in node.names:
                found[alias.asname or alias.name] = f"{source.source_of(node)}.{alias.name}"
    return found


def _parts(node: ast.expr) -> list[str]:
    parts: list[str] = []
    while isinstance(node, ast.Attribute):
        parts.append(node.attr)
        node = node.value
    return [node.id if isinstance(node, ast.Name) else "", *reversed(parts)]
