"""How a bot wants its messages handled, as its operator has set it."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Handling:
    """What is not said is as it goes without saying."""

    fast: bool = False
    """Whether a message waits less for a straggler before it."""
    shed: bool = False
    """Whether what comes into a full mailbox is dropped, instead of left with Telegram."""
    parks: bool = False
    """Whether a chat waits for on-call after a message of its died."""
    apart: bool = False
    """Whether the parts of an album are messages like any other."""
