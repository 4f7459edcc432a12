"""What a hosted bot asks of whoever looks after groups that became supergroups (`supervisors/moving.py`)."""

from collections.abc import Mapping
from typing import Any, Protocol

from mailroom.actors.turn import Turn

MOVED = "mailroom:moved"
"""The event in the new chat's mailbox that has it take over what the old one left; its data is the old id."""


class Moving(Protocol):
    """Sees to it that a group's state follows it to its new address."""

    async def noticed(self, old_id: int, new_id: int) -> None:
        """Telegram said that a group has another id now."""

    async def read(self, turn: Turn, update: Mapping[str, Any]) -> None:
        """Look whether an update that is about to be handled tells of a move."""

    async def inherit(self, turn: Turn, old_id: int) -> None:
        """Give the chat of this turn what its former address left."""
