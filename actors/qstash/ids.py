"""What messages, schedules and dead letters are called outside.

A number that counts from one comes again when the database is restored or begun anew, so the name of a
message holds its birth too.
"""

from secrets import token_hex

MESSAGE_PREFIX = "msg_"
SCHEDULE_PREFIX = "scd_"
_DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
_VALUES = {digit: value for value, digit in enumerate(_DIGITS)}
_LENGTH = 22
"""Characters of 128 bits."""


def message_id(job_id: int, born_us: int) -> str:
    """The name of a message that is the job `job_id`, born so many microseconds after 1970."""
    number, digits = job_id << 64 | born_us, []
    for _ in range(_LENGTH):
        number, rest = divmod(number, 62)
        digits.append(_DIGITS[rest])
    return MESSAGE_PREFIX + "".join(reversed(digits))


def message_of(name: str) -> tuple[int, int] | None:
    """The job and its birth; None for what is no name of a message of ours."""
    digits = name.removeprefix(MESSAGE_PREFIX)
    if len(digits) != _LENGTH or not name.startswith(MESSAGE_PREFIX):
        return None
    number = 0
    for digit in digits:
        if digit not in _VALUES:
            return None
        number = number * 62 + _VALUES[digit]
    job_id, born_us = number >> 64, number & (1 << 64) - 1
    return (job_id, born_us) if job_id < 1 << 63 and born_us < 1 << 63 else None


def new_schedule_id() -> str:
    """A name for a schedule that was given none."""
    return SCHEDULE_PREFIX + token_hex(14)


def dead_id(died_ms: int, number: int) -> str:
    """The name of a dead letter; `number` tells those of one millisecond apart."""
    return f"{died_ms}-{number}"
