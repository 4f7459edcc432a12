"""What became of a table that an owner has sent."""

from collections.abc import Sequence

from mailroom.actors.bots.shop.owner_problems import problem
from mailroom.actors.bots.shop.routes.owner.keyboards.parts import back
from mailroom.actors.bots.shop.texts.owner import OwnerTexts
from mailroom.actors.kit.owners.uploads import Uploaded, upload_report
from mailroom.actors.kit.screens.screen import Screen


def reported(own: OwnerTexts, parts: Sequence[str], file: Uploaded) -> Screen:
    """What is said of the lines that were taken, and then of the others."""
    return Screen(
        upload_report(own.uploads, parts, file, lambda wrong: problem(own.language, wrong)), back(own)
    )
