"""What the page asks the shop, read and checked."""

from typing import Annotated, Self

from pydantic import Field, model_validator

from mailroom.actors.bots.shop.complaints import COMPLAINT_CHARS_MAX
from mailroom.actors.bots.shop.domain.cart import LINES_MAX, QUANTITY_MAX, Cart
from mailroom.actors.bots.shop.domain.contact import EMAIL_LENGTH_MAX
from mailroom.actors.bots.shop.domain.discounts import PROMO_TEXT_LENGTH_MAX
from mailroom.actors.pages.ask import Asked

PRODUCT_ID_MAX = 2**31 - 1
MONEY_MINOR_MAX = 2**63 - 1
"""What Postgres keeps them in."""

ProductId = Annotated[int, Field(ge=1, le=PRODUCT_ID_MAX)]
Quantity = Annotated[int, Field(ge=1, le=QUANTITY_MAX)]


class Quoted(Asked):
    """What a cart costs."""

    lines: tuple[tuple[ProductId, Quantity], ...] = Field(max_length=LINES_MAX)
    """Product and quantity, each product once."""
    promo_code: str | None = Field(None, max_length=PROMO_TEXT_LENGTH_MAX)

    @model_validator(mode="after")
    def _each_once(self) -> Self:
        if len(dict(self.lines)) < len(self.lines):
            raise ValueError("a product is there twice")
        return self

    @property
    def cart(self) -> Cart:
        """The cart to put prices on."""
        return Cart(self.lines)


class Ordered(Quoted):
    """Order a cart at the prices of a quote; of one key there is one order."""

    quote: str = Field(max_length=64)
    """The fingerprint of the quote that the customer has seen."""
    use_balance: bool = False
    to_pay_minor: Annotated[int, Field(ge=0, le=MONEY_MINOR_MAX)] | None = None
    """What the customer has seen is to be paid beside the balance: an order of another sum is not placed."""
    contact: str | None = Field(None, max_length=EMAIL_LENGTH_MAX)
    """How to be reached, and where a receipt goes; None or empty: as last time."""


class OfOrder(Asked):
    """An order of the visitor's."""

    number: int


class Complaint(OfOrder):
    """Tell the shop what is wrong with an order; with one key it is told once."""

    text: str = Field(min_length=1, max_length=COMPLAINT_CHARS_MAX)


class Payment(OfOrder):
    """Pay an order at a provider."""

    provider: str = Field(max_length=64)


class OfGoods(OfOrder):
    """One of its goods; `place` counts them all from 0."""

    place: int


class OfPolicy(Asked):
    """The terms of sale, or what is kept of people."""

    name: str


class OfPicture(Asked):
    """A picture, by its content."""

    digest: str = Field(pattern=r"^[0-9a-f]{32}$")
