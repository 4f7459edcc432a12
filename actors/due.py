"""When a timer comes due, from the ways in which a handler may say it."""

from datetime import UTC, datetime, timedelta

from mailroom.storage.clock import REAL_TIME, Clock

EPOCH = datetime.fromtimestamp(0, UTC)
MILLISECOND = timedelta(milliseconds=1)
LAST_MS = (datetime.max.replace(tzinfo=UTC) - EPOCH) // MILLISECOND
"""The end of the year 9999: a later moment is a slip, such as microseconds for milliseconds."""


def due_ms_of(when: datetime | timedelta | int, clock: Clock = REAL_TIME) -> int:
    """Unix time in milliseconds of a moment, of a delay from now, or of what is such a number already. A
    moment is one of the bot's `clock`, and one that has passed comes due at once.

    Raises `ValueError` for a delay that is not more than nothing, for a moment without its zone and for one
    after the year 9999, and `TypeError` for anything else: a float may be seconds or milliseconds, from now
    or since 1970.
    """
    match when:
        case timedelta():
            if when <= timedelta(0):
                raise ValueError(f"a timer's delay must be more than nothing, and is {when!r}")
            due_ms = clock.outside_ms() + _whole_ms(when)
        case datetime():
            if when.utcoffset() is None:
                raise ValueError(
                    f"a timer's moment needs its zone, and {when!r} has none: write datetime.now(UTC) + ...,"
                    " or give the delay itself, as a timedelta"
                )
            due_ms = _whole_ms(when - EPOCH) - _whole_ms(clock.ahead)
        case int() if not isinstance(when, bool):
            due_ms = when - _whole_ms(clock.ahead)
        case _:
            raise TypeError(
                "a timer is set for a timedelta from now, a datetime with its zone, or Unix time in whole"
                f" milliseconds, and not for {when!r}"
            )
    if due_ms > LAST_MS:
        raise ValueError(f"a timer cannot be set for a moment after the year 9999, as {when!r} is")
    return max(due_ms, 0)


def _whole_ms(delay: timedelta) -> int:
    """Rounded up: it never comes due before its time."""
    whole, rest = divmod(delay, MILLISECOND)
    return whole + bool(rest)
