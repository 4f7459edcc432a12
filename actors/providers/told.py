"""What providers tell of a payment beside its money: read as far as it can be, never a reason to refuse it.

Whoever else uses the account may have written anything into the metadata of a payment.
"""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

KEYS_MAX = 16
VALUE_CHARS_MAX = 512
"""YooKassa's limits; we write less."""
WEST_OF_ALL = timedelta(hours=12)
"""A time without a zone was this much later, at most, in UTC."""


def plain(value: object) -> str | None:
    """A text that a database takes; None for anything else."""
    if not isinstance(value, str) or not 0 < len(value) <= VALUE_CHARS_MAX or "\0" in value:
        return None
    try:
        value.encode()
    except UnicodeEncodeError:  # half a surrogate pair
        return None
    return value


def kept(metadata: Mapping[str, Any] | None) -> dict[str, str]:
    """What we had the provider keep beside our name for the payment."""
    found: dict[str, str] = {}
    for key, value in list((metadata or {}).items())[: KEYS_MAX * 2]:
        text = plain(value)
        if key != "order_id" and plain(key) and text is not None and len(found) < KEYS_MAX:
            found[key] = text
    return found


def moment(told: object) -> datetime | None:
    """A time as ISO 8601 has it, or in seconds since 1970. Without a zone it is the latest it may be."""
    try:
        if isinstance(told, int) and not isinstance(told, bool):
            return datetime.fromtimestamp(told, UTC)
        if isinstance(told, str):
            found = datetime.fromisoformat(told.strip())
            if found.tzinfo is None:
                return found.replace(tzinfo=UTC) + WEST_OF_ALL
            return found.astimezone(UTC)
    except (ValueError, OverflowError, OSError):
        pass
    return None
