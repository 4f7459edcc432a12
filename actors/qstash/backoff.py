"""When a message is tried again: as the endpoint asks, else as the publisher said, else after our backoff."""

import math
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from mailroom.actors.qstash.durations import go_seconds
from mailroom.actors.qstash.expression import retry_delay

DAY_SECONDS = 86_400.0
WAITS = ("retry-after", "x-ratelimit-reset", "x-ratelimit-reset-requests", "x-ratelimit-reset-tokens")
"""Headers that say when to come back, the first that can be read counts."""
_NUMBER_CHARS_MAX = 30


def default_seconds(retry: int) -> float:
    """The wait before a retry, from 1: 12 s, 2 m 28, half an hour, six hours, a day."""
    return min(DAY_SECONDS, math.exp(2.5 * min(retry, 10)))


def seconds_before(retry: int, expression: str | None, headers: Mapping[str, str], now: datetime) -> float:
    """The wait before a retry, from 1. `headers` are those of the answer, by names in lower case."""
    asked = asked_seconds(headers, now)
    if asked is not None:
        return asked
    milliseconds = retry_delay(expression).milliseconds(retry - 1) if expression else None
    return default_seconds(retry) if milliseconds is None else milliseconds / 1000


def asked_seconds(headers: Mapping[str, str], now: datetime) -> float | None:
    """What an answer asks for; a moment that has passed is 0. None: nothing, or more than a day."""
    for name in WAITS:
        seconds = _read(headers[name].strip(), now) if name in headers else None
        if seconds is not None:
            return max(seconds, 0.0) if seconds <= DAY_SECONDS else None
    return None


def _read(text: str, now: datetime) -> float | None:
    if len(text) <= _NUMBER_CHARS_MAX:
        try:
            number = float(text)
        except ValueError:
            pass
        else:
            return number if math.isfinite(number) else None
    if (seconds := go_seconds(text)) is not None:
        return seconds
    try:
        moment = parsedate_to_datetime(text)
    except (ValueError, IndexError, TypeError, OverflowError):
        return None
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp() - now.timestamp()
