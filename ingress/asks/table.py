"""Which ask of a table an address is for."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from mailroom.actors.pages.ask import IN_PATH, Ask

HEAD = "HEAD"
"""Asked as a GET, of whose answer the server sends no content."""


@dataclass(frozen=True, slots=True)
class Found:
    """An ask, and what stands in the address for the fields in its path."""

    ask: Ask[Any, Any]
    values: Mapping[str, str]


class Table:
    """The asks of a page or a section, found by method and path. Where a name and a field both would do, it
    is the name: `/orders/new` before `/orders/{number}`.
    """

    def __init__(self, asks: Sequence[Ask[Any, Any]]) -> None:
        in_order = sorted(asks, key=lambda ask: ["{" in part for part in ask.path.split("/")])
        self._rows = [(_pattern(ask.path), ask) for ask in in_order]

    def find(self, method: str, path: str) -> Found | None:
        """The ask for a path such as `/orders/17`; None where there is none."""
        wanted = "GET" if method == HEAD else method
        for pattern, ask in self._rows:
            if ask.method == wanted and (match := pattern.fullmatch(path)):
                return Found(ask, match.groupdict())
        return None

    def methods(self, path: str) -> list[str]:
        """How a path can be asked; nothing where there is no such path."""
        return sorted({ask.method for pattern, ask in self._rows if pattern.fullmatch(path)})


def _pattern(path: str) -> re.Pattern[str]:
    names = IN_PATH.split(path)  # a literal, a name, a literal, …
    return re.compile(
        "".join(f"(?P<{part}>[^/]+)" if at % 2 else re.escape(part) for at, part in enumerate(names)),
        re.DOTALL,
    )
