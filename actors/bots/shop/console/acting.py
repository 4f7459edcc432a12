"""How the shop's section of the console says what it says."""

from mailroom.actors.bots.shop.domain.owner_faults import ABSENT, IN_THE_WAY
from mailroom.actors.bots.shop.owner_problems import problem
from mailroom.actors.bots.shop.texts.owner import OWNER_TEXTS
from mailroom.actors.kit.owners.in_words import InWords

EN = OWNER_TEXTS["en"]
"""Those of its texts that have no markup: nothing here is read as HTML."""

in_words = InWords(lambda wrong: problem("en", wrong), ABSENT, IN_THE_WAY)
"""Has what is refused to an owner said as the console says it."""
