"""What people are to a shop who have proved who they are: those whom its owner has named in its options."""

from mailroom.actors.bots.shop.options import Options
from mailroom.actors.hosting.room import Room
from mailroom.actors.kit.owners.roles import named_by
from mailroom.actors.pages.visit import Proof

OWNER = "owner"
STAFF = "staff"
OWNERS = frozenset({OWNER})
"""Who may everything: prices, refunds, broadcasts."""
WORKERS = frozenset({OWNER, STAFF})
"""Who may fill the stock, and look at orders and figures."""


async def roles(room: Room[Options], proofs: frozenset[Proof]) -> frozenset[str]:
    """What somebody is by Telegram's number of them."""
    return named_by(proofs, {OWNER: room.options.owners, STAFF: room.options.staff})
