"""What on-call's functions refuse. A store that does not answer is neither: `StoreError` comes through as it
is.

OnCallError └── UnknownTargetError
"""


class OnCallError(Exception):
    """It cannot be done; the message says why, and what to do instead. Nothing was changed, or the message
    says what was.
    """


class UnknownTargetError(OnCallError):
    """What was written names nothing; the message has the nearest names."""
