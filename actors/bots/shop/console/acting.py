"""Who acts in the shop's section, and how what is refused is said there."""

from typing import Any

from mailroom.actors.bots.shop.domain.language import Language
from mailroom.actors.bots.shop.domain.owner_faults import ABSENT, IN_THE_WAY
from mailroom.actors.bots.shop.owner_problems import problem
from mailroom.actors.bots.shop.owner_texts import OWNER_TEXTS
from mailroom.actors.kit.owners.deeds import By
from mailroom.actors.kit.owners.in_words import InWords
from mailroom.actors.pages.visit import Visit

EN = OWNER_TEXTS[Language.EN]
"""Those of its texts that have no markup: nothing here is read as HTML."""

Said = dict[str, Any]
"""What came of it: `says` in a sentence, and more as numbers."""


def actor(visit: Visit, action: str, target: str) -> By:
    """Who acts, and why. With a key of whoever asks it is done once."""
    return By(visit.bot, visit.who, visit.effect(f"{action}:{target}"), visit.why, visit.cause)


in_words = InWords(lambda wrong: problem(Language.EN, wrong), ABSENT, IN_THE_WAY)
"""Has what is refused to an owner said as the console says it."""
