"""What a load test is to do."""

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

MESSAGES_MAX = 100_000
"""As many calls as the simulator remembers; more could not be checked."""
SECONDS_MAX = 600.0
"""A load test that nobody stops ends after this."""
CONNECTIONS_MAX = 500


class Expect(StrEnum):
    """What is known of the bot's replies, and so what can be checked of them."""

    AUTO = "auto"
    """Find out from the replies."""
    COUNTER = "counter"
    """`text #n`, with n counting the chat's messages: `mailroom.ops.flood.counter:router` answers so."""
    ECHO = "echo"
    """The reply holds the message's text, or is marked as the reply to it."""
    ANY = "any"
    """The reply does not tell what it answers: replies are counted, their order cannot be seen."""


@dataclass(frozen=True, slots=True)
class Plan:
    """Who writes how much, how fast, to whom, and what is expected back."""

    url: str | None = None
    simulator: str | None = None
    bot: str = ""
    """Its name in the settings; empty: the only bot there is."""
    secret: str | None = None
    config: Path | None = None
    chats: int = 1
    messages: int = 1000
    seconds: float | None = None
    rate: float | None = None
    connections: int = 40
    duplicates: float = 0.0
    """The share of messages that are delivered twice, 0 to 1."""
    text: str = "message {n}"
    """`{n}` is the message's number in its chat, `{chat}` the chat's number."""
    expect: Expect = Expect.AUTO
    retry: bool = True
    settle_seconds: float = 10.0
    """After so long without a new reply, what is missing counts as lost."""
