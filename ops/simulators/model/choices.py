"""What a request says of its tools and of the number of answers: `tool_choice` and `n`."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from .errors import RequestRefusedError

CHOICES_MAX = 128
MODES = ("none", "auto", "required")


@dataclass(frozen=True, slots=True)
class Choice:
    """Which tools may be called, and whether one must be."""

    allowed: frozenset[str]
    must: bool


def chosen(given: Mapping[str, Any], names: frozenset[str]) -> Choice:
    """Read `tool_choice`. Raises `RequestRefusedError`."""
    wanted = given.get("tool_choice")
    if wanted is None:
        return Choice(names, must=False)
    if not names and wanted != "none":
        raise RequestRefusedError(
            "Invalid value for 'tool_choice': 'tool_choice' is only allowed when 'tools' are specified."
        )
    if isinstance(wanted, str):
        if wanted not in MODES:
            raise RequestRefusedError(f"Invalid value: '{wanted}'. Supported values are: {', '.join(MODES)}.")
        return Choice(frozenset() if wanted == "none" else names, must=wanted == "required")
    kind = wanted.get("type") if isinstance(wanted, dict) else None
    if kind == "function":
        return Choice(_known([wanted], names), must=True)
    if kind == "allowed_tools":
        some = wanted.get("allowed_tools") or {}
        return Choice(_known(some.get("tools") or [], names), must=some.get("mode") == "required")
    raise RequestRefusedError("Invalid type for 'tool_choice'.")


def _known(tools: list[Any], names: frozenset[str]) -> frozenset[str]:
    found = {str((tool.get("function") or {}).get("name")) for tool in tools if isinstance(tool, dict)}
    for name in found - names:
        raise RequestRefusedError(f"Tool choice '{name}' not found in 'tools' parameter.")
    return frozenset(found)


def count(given: Mapping[str, Any]) -> int:
    """Read `n`. Raises `RequestRefusedError`."""
    wanted = given.get("n")
    if wanted is None:
        return 1
    if isinstance(wanted, bool) or not isinstance(wanted, int):
        raise RequestRefusedError("Invalid type for 'n': expected an integer.")
    if not 1 <= wanted <= CHOICES_MAX:
        way, bound = ("below minimum", ">= 1") if wanted < 1 else ("above maximum", f"<= {CHOICES_MAX}")
        raise RequestRefusedError(
            f"Invalid 'n': integer {way} value. Expected a value {bound}, but got {wanted} instead."
        )
    return wanted
