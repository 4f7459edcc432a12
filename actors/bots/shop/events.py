"""What the shop's chats are told of by events: what each is called, and what it carries.

They come from jobs, and from owners' acts; `routes/events.py` handles them, and the kit that of a deletion.
"""

from pydantic import BaseModel

from mailroom.actors.events import Event
from mailroom.actors.kit.erasure.wish import Wish
from mailroom.actors.paying.kinds import Why


class AboutOrder(BaseModel):
    """An event that says no more than which order it is about."""

    order: int


class Refunding(AboutOrder):
    """Money is on its way back."""

    why: Why
    amount_minor: int
    currency: str


class Refunded(Refunding):
    """Money has gone back."""

    to_balance: bool


class Receipt(AboutOrder):
    """An order was paid; by no payment, if the balance paid all of it."""

    payment: int | None = None


class AboutMessage(AboutOrder):
    """Something was written about an order."""

    message: int


class AboutItem(AboutOrder):
    """One item of an order."""

    item: int


class Bonus(AboutOrder):
    """A friend has bought something."""

    level: int
    amount_minor: int
    currency: str
    friend: str = ""


DELIVERED = Event("shop.delivered", AboutOrder)
RECEIPT = Event("shop.receipt", Receipt)
EXPIRED = Event("shop.expired", AboutOrder)
REFUNDING = Event("shop.refunding", Refunding)
REFUNDED = Event("shop.refunded", Refunded)
BONUS = Event("shop.bonus", Bonus)
TURNED = Event("shop.turned", AboutOrder)
"""An order stands otherwise than before: the messages that show it are to turn."""
COMPLAINT = Event("shop.complaint", AboutMessage)
"""For owners."""
ANSWERED = Event("shop.answered", AboutMessage)
REPLACED = Event("shop.replaced", AboutItem)
ERASED = Event("shop.erased", Wish)
