"""What a page asks of the shop's API, read and checked."""

from typing import Annotated, Self, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from mailroom.actors.bots.shop.complaints import COMPLAINT_CHARS_MAX
from mailroom.actors.bots.shop.domain.cart import LINES_MAX, QUANTITY_MAX, Cart
from mailroom.actors.bots.shop.domain.contact import EMAIL_LENGTH_MAX
from mailroom.actors.bots.shop.domain.discounts import PROMO_TEXT_LENGTH_MAX
from mailroom.ingress.http.fit import WORDS, unfit_field
from mailroom.ingress.pages.shop.problems import Problem
from mailroom.storage.wrong_values import faults_in

PRODUCT_ID_MAX = 2**31 - 1
ORDER_NUMBER_MAX = 2**63 - 1
MONEY_MINOR_MAX = 2**63 - 1
"""What Postgres keeps them in."""

T = TypeVar("T", bound="Asked")
ProductId = Annotated[int, Field(ge=1, le=PRODUCT_ID_MAX)]
Quantity = Annotated[int, Field(ge=1, le=QUANTITY_MAX)]


class Asked(BaseModel):
    """Whatever is asked for: no field is ignored silently, and a number is no text."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class AskedQuote(Asked):
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


class AskedOrder(AskedQuote):
    """Order a cart at the prices of a quote."""

    key: str = Field(pattern=r"^[A-Za-z0-9_-]{16,64}$")
    """Made up by the page for this order: sent twice, there is one order all the same."""
    quote: str = Field(max_length=64)
    """The fingerprint of the quote that the customer has seen."""
    use_balance: bool = False
    to_pay_minor: Annotated[int, Field(ge=0, le=MONEY_MINOR_MAX)] | None = None
    """What the customer has seen is to be paid beside the balance: an order of another sum is not placed."""
    contact: str | None = Field(None, max_length=EMAIL_LENGTH_MAX)
    """How to be reached, and where a receipt goes; None or empty: as last time."""


class AskedComplaint(Asked):
    """Tell the shop what is wrong with an order."""

    key: str = Field(pattern=r"^[A-Za-z0-9_-]{16,64}$")
    """Made up by the page for this message: sent twice, it is told once."""
    text: str = Field(min_length=1, max_length=COMPLAINT_CHARS_MAX)


class AskedPayment(Asked):
    """Pay an order at a provider."""

    provider: str = Field(max_length=64)


def read(model: type[T], data: bytes) -> T:
    """Read a body. Raises `Problem`."""
    try:
        asked = model.model_validate_json(data, strict=True)
    except ValidationError as invalid:
        raise Problem(400, "malformed", fields=faults_in(invalid)) from None
    if (field := unfit_field(asked)) is not None:
        raise Problem(400, "malformed", fields=[f"{field}: {WORDS}"])
    return asked
