"""Numbers as people say them, and back."""

import re
import time
from datetime import UTC, datetime

UNITS_SECONDS = {"d": 86_400, "h": 3600, "min": 60, "s": 1}
UNITS_READ = {"w": 7 * 86_400, "d": 86_400, "h": 3600, "m": 60, "min": 60, "s": 1}
SECONDS_MAX = 10 * 365 * 86_400
"""A longer time back than Mailroom is old is a slip of the finger."""


def duration(seconds: float) -> str:
    """A length of time in its two largest units: `3 min 20 s`."""
    left = max(int(seconds), 0)
    parts: list[str] = []
    for unit, size in UNITS_SECONDS.items():
        count, left = divmod(left, size)
        if count:
            parts.append(f"{count} {unit}")
        elif parts:
            break
        if len(parts) == 2:
            break
    return " ".join(parts) or "0 s"


def now_ms() -> int:
    """The moment that everything is told from: by the clock of this machine."""
    return int(time.time() * 1000)


def ago(at_ms: int) -> str:
    """How long ago a moment was."""
    return f"{duration((now_ms() - at_ms) / 1000)} ago"


def until(at_ms: int) -> str:
    """How long a moment is away."""
    return duration((at_ms - now_ms()) / 1000)


def moment(at_ms: int) -> str:
    """A moment, to the second, for comparing with a log."""
    return datetime.fromtimestamp(at_ms / 1000, UTC).strftime("%Y-%m-%d %H:%M:%SZ")


def seconds_in(text: str) -> int | None:
    """Read `90s`, `10m`, `1h30m`, `2 days` as `2d`; None of anything else."""
    compact = text.replace(" ", "").lower()
    parts = re.findall(r"(\d{1,9})(min|[wdhms])", compact)
    if not parts or "".join(count + unit for count, unit in parts) != compact:
        return None
    seconds = sum(int(count) * UNITS_READ[unit] for count, unit in parts)
    return seconds if seconds <= SECONDS_MAX else None


def counted(count: int, noun: str) -> str:
    """A number with its noun: `1 message`, `2 messages`."""
    return f"{count} {noun}{'' if count == 1 else 's'}"
