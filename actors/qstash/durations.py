"""Durations, as callers write them (`10s`, `1d10h30m`) and as servers that want a rest do (`6m5s`)."""

import re
from math import isfinite

from mailroom.actors.qstash.refusal import RefusalError

_UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86_400}
_PART = re.compile(r"(\d{1,10})([smhd])")
_WHOLE = re.compile(r"(?:\d{1,10}[smhd])+")
_GO_UNITS = {"ns": 1e-9, "us": 1e-6, "µs": 1e-6, "μs": 1e-6, "ms": 1e-3, "s": 1.0, "m": 60.0, "h": 3600.0}
_GO_PART = re.compile(r"(\d+(?:\.\d*)?|\.\d+)(ns|us|µs|μs|ms|s|m|h)")
_GO_CHARS_MAX = 100


def seconds_of(what: str, text: str, *, most: int) -> int:
    """The seconds of `10s`, `2m` or `1d10h30m`. Raises `RefusalError`, which calls it `what`."""
    compact = "".join(text.split())
    if _WHOLE.fullmatch(compact) is None:
        raise RefusalError(f"{what} must be a duration such as 10s, 2m or 1d10h30m, not {text[:40]!r}")
    seconds = sum(int(number) * _UNITS[unit] for number, unit in _PART.findall(compact))
    if seconds > most:
        raise RefusalError(f"{what} is at most {spelled(most)}, not {text[:40]!r}")
    return seconds


def spelled(seconds: int) -> str:
    """`90` as `1m30s`."""
    parts = []
    for unit in ("d", "h", "m", "s"):
        number, seconds = divmod(seconds, _UNITS[unit])
        if number:
            parts.append(f"{number}{unit}")
    return "".join(parts) or "0s"


def go_seconds(text: str) -> float | None:
    """The seconds of a duration as Go prints it, `1h2m3.5s`; None where it is none."""
    parts = _GO_PART.findall(text) if len(text) <= _GO_CHARS_MAX else []
    if not parts or "".join(number + unit for number, unit in parts) != text:
        return None
    seconds = sum(float(number) * _GO_UNITS[unit] for number, unit in parts)
    return seconds if isfinite(seconds) else None
