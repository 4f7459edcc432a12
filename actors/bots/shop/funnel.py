"""The way of a customer, from the first word to the goods, told step by step to whoever counts
(`mailroom events`).
"""

from typing import Literal

from mailroom.actors.bots.shop.options import Options
from mailroom.actors.cause import TELEGRAM
from mailroom.actors.hosting.room import Room

Step = Literal["start", "catalogue", "product", "cart", "order", "paid", "delivered"]


def tell(room: Room[Options], step: Step, user_id: int, **about: object) -> None:
    """Tell of a step. A customer who was forgotten is nobody."""
    room.event(step, person=f"{TELEGRAM}{user_id}" if user_id > 0 else None, **about)
