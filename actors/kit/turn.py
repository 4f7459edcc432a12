"""What a bot with customers needs of the message being handled."""

from typing import Protocol

from mailroom.actors.cause import Cause


class Turn(Protocol):
    """What is asked of the message being handled; the host passes it as `turn`."""

    @property
    def bot(self) -> str:
        """The name of the bot in the configuration."""

    def effect_id(self, name: str) -> str:
        """A name for an effect of this message that is the same when the message is handled again."""

    @property
    def cause(self) -> Cause:
        """The message as a reason to write: see `Room.transaction`."""
