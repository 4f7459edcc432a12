"""Who acts in a room's section of the console, and what it is answered."""

from typing import Any

from mailroom.actors.kit.owners.deeds import By
from mailroom.actors.pages.visit import Visit

Said = dict[str, Any]
"""What came of it: `says` in a sentence, and more as numbers."""


def actor(visit: Visit, action: str, target: str) -> By:
    """Who acts, and why. With a key of whoever asks it is done once."""
    return By(visit.bot, visit.who, visit.effect(f"{action}:{target}"), visit.why, visit.cause)
