"""Who may run the shop from the chat, and how they are told what is refused."""

from typing import Any

from mailroom.actors.bots.shop.owner_problems import problem
from mailroom.actors.bots.shop.roles import OWNERS, WORKERS, roles
from mailroom.actors.bots.shop.texts.owner import OWNER_TEXTS, OwnerTexts
from mailroom.actors.kit.owners.access import OwnersSide, works_as
from mailroom.actors.kit.owners.refusals import Wrong

is_staff = works_as(roles, WORKERS)
"""Whether somebody works here; owners do."""
is_owner = works_as(roles, OWNERS)
"""Whether somebody may do everything."""


def owners_side() -> OwnersSide:
    """What hands the handlers their texts."""
    return OwnersSide(_own, _not_done)


def _own(data: dict[str, Any]) -> OwnerTexts:
    return OWNER_TEXTS[data["texts"].language]


def _not_done(own: OwnerTexts, wrong: Wrong) -> str:
    return own.shared.not_done(problem=problem(own.language, wrong))
