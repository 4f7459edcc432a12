"""Who works in a bot's section of the console: those to whom its room gives a role that an ask names."""

import asyncio
from dataclasses import dataclass
from typing import Any

from mailroom.actors.hosting.bundled import Parts
from mailroom.actors.hosting.room import Room
from mailroom.actors.pages.page import Section
from mailroom.actors.pages.visit import Proof
from mailroom.storage.errors import StoreUnavailable

ROLES_SECONDS = 5.0
"""How long a room may take to say what somebody is: a person waits, and so does everything they ask."""


@dataclass(frozen=True, slots=True)
class Staff:
    """The people of one bot with a section. Awaited on the asyncio side."""

    room: Room[Any]
    parts: Parts[Any]
    section: Section[Any]

    @classmethod
    def of(cls, room: Room[Any], parts: Parts[Any]) -> "Staff | None":
        """None where there is no section, so that nobody works there."""
        return None if parts.section is None else cls(room, parts, parts.section)

    async def roles(self, proofs: frozenset[Proof]) -> frozenset[str]:
        """What somebody is here who has proved these addresses; empty: not one of those who work here. The
        room is asked each time, so that whoever is dismissed is out at once. Raises `StoreUnavailable` where
        it does not answer in time.
        """
        if not proofs:
            return frozenset()
        try:
            async with asyncio.timeout(ROLES_SECONDS):
                found = await self.parts.roles(self.room, proofs)
        except TimeoutError:
            raise StoreUnavailable(
                f"the room of {self.room.bot} does not say who works there; try again"
            ) from None
        return frozenset(found) & self.section.roles
