"""What an order is: what was agreed, how it stands, and whose it is."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from mailroom.actors.texts.language import Language

Status = Literal["awaiting_payment", "paid", "delivered", "expired", "canceled", "refunding", "refunded"]
STEPS: tuple[Status, ...] = (
    "awaiting_payment", "expired", "canceled", "paid", "delivered", "refunding", "refunded",
)  # fmt: skip
"""An order's way: a message that shows one turns along it, and never back."""


@dataclass(frozen=True)
class OrderLine:
    """One product of an order, with the title and prices that were agreed; prices are those of one."""

    product_id: int
    title: str
    quantity: int
    price_minor: int
    list_price_minor: int

    @property
    def total_minor(self) -> int:
        """The price of the line."""
        return self.price_minor * self.quantity


@dataclass(frozen=True)
class Order:
    """An order that was placed; `number` is what the customer calls it by."""

    number: int
    bot: str
    chat_id: int
    user_id: int
    language: Language
    status: Status
    contact: str
    comment: str
    total_minor: int
    balance_minor: int
    """The part of the total that is paid from the customer's balance."""
    currency: str
    promo_code: str | None
    """The code that made it cheaper."""
    created_at: datetime
    reserved_until: datetime | None
    """How long it holds, or held, its goods unpaid."""
    paid_at: datetime | None
    delivered_at: datetime | None
    lines: tuple[OrderLine, ...]

    @property
    def to_pay_minor(self) -> int:
        """What is to be paid through a provider."""
        return self.total_minor - self.balance_minor

    @property
    def forgotten(self) -> bool:
        """Whether its customer's data was deleted: there is nobody to tell of it, or to deliver it to."""
        return self.user_id < 0

    @property
    def items(self) -> int:
        """How many goods are in it."""
        return sum(line.quantity for line in self.lines)


@dataclass(frozen=True)
class OrderSummary:
    """A row of the customer's list of orders; `items` counts goods, not lines."""

    number: int
    status: Status
    items: int
    total_minor: int
    currency: str
    created_at: datetime
