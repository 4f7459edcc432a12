"""What makes goods cheaper: pure rules. The best discount counts, discounts never add up.

The database's function `available_stock_at` says which discounts there are and computes their prices; what
is left to decide here is which of them fit a quantity and a promo code.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

PROMO_CODE = re.compile(r"[A-Z0-9_-]{3,32}")
PROMO_TEXT_LENGTH_MAX = 64
"""Twice the longest code: what is longer was not meant to be one, and is not worth cleaning."""
PromoRefusal = Literal["unknown", "not_yet", "used_up", "over"]
"""What can speak against a promo code."""
PRICE_MINOR_MIN = 1
"""Nothing is given away: no provider can be asked for nothing."""


@dataclass(frozen=True)
class Discount:
    """A discount in force now, with what it makes of the price of one product."""

    id: int
    title: str
    min_quantity: int
    """For so many of the product in an order, and more."""
    percent: int
    price_minor: int
    """The price of one, after the discount."""
    promo_code: str | None = None
    """None: for everybody."""


class Priced(Protocol):
    """What has a price and perhaps discounts: a product."""

    @property
    def price_minor(self) -> int:
        """The price of one without any discount."""

    @property
    def discounts(self) -> Sequence[Discount]:
        """Those in force now, promo codes included."""


def best_price(product: Priced, quantity: int, promo_code: str | None = None) -> tuple[int, Discount | None]:
    """The price of one, in minor units, when so many are bought with that code, and what made it cheaper.

    None where no discount does. Of equal ones the one without a code wins: a code that changes
    nothing is not used up.
    """
    fitting = [
        discount
        for discount in product.discounts
        if quantity >= discount.min_quantity
        and discount.promo_code in (None, promo_code)
        and discount.price_minor < product.price_minor
    ]
    if not fitting:
        return product.price_minor, None
    best = min(fitting, key=lambda one: (one.price_minor, one.promo_code is not None, one.id))
    return best.price_minor, best


def discounted(price_minor: int, percent: int) -> int:
    """A price less some percent, rounded up to a whole minor unit, as the database computes it."""
    return max(PRICE_MINOR_MIN, price_minor - price_minor * percent // 100)


def parse_promo_code(text: str) -> str | None:
    """A promo code as a customer types it, in the form it is kept in; None if it cannot be one."""
    code = text.strip().upper() if len(text) <= PROMO_TEXT_LENGTH_MAX else ""
    return code if PROMO_CODE.fullmatch(code) else None
