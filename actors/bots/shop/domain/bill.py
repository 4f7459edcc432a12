"""A quote as its customer means to pay for it: with a promo code, and with what is on the balance. Pure."""

from dataclasses import dataclass, field
from typing import Literal

from mailroom.actors.bots.shop.domain.discounts import PromoRefusal
from mailroom.actors.bots.shop.domain.quote import Quote
from mailroom.actors.paying.ways import Ways

PromoEffect = Literal["works", "more_needed", "better_already", "other_goods"]
"""`more_needed`: from a larger quantity; `better_already`: another discount is as good or better."""


@dataclass(frozen=True)
class Bill:
    """What the cart costs, and what of it comes from the balance."""

    quote: Quote
    balance_minor: int = 0
    """What the customer has, in the currency of the quote."""
    use_balance: bool = False
    promo_refused: PromoRefusal | None = None
    """What speaks against the quote's promo code now; None too where it only changes nothing."""
    promo_gone: str | None = None
    """A code that was in use until now, and is not valid any more."""
    ways: Ways = field(default_factory=Ways)
    """Who can be paid what remains."""

    @property
    def from_balance_minor(self) -> int:
        """The part of the total that the balance pays."""
        return self.from_balance_most_minor if self.use_balance else 0

    @property
    def from_balance_most_minor(self) -> int:
        """The part of the total that the balance could pay, for what remains must be a sum that is taken."""
        if not self.quote.lines:
            return 0
        total_minor = self.quote.total_minor
        return total_minor - self.ways.left(total_minor, self.balance_minor, self.quote.currency)

    @property
    def leaves_some(self) -> bool:
        """Whether the balance pays less than it could, because nobody takes so small a rest."""
        could_minor = min(max(0, self.balance_minor), self.quote.total_minor)
        return self.use_balance and self.from_balance_minor < could_minor

    @property
    def to_pay_minor(self) -> int:
        """The part that remains."""
        return self.quote.total_minor - self.from_balance_minor


def promo_effect(quote: Quote) -> tuple[PromoEffect, int]:
    """What the quote's promo code, which is valid, does for it; with the quantity that it begins at."""
    if quote.used_promo_code:
        return "works", 1
    thresholds = [
        (discount.min_quantity, line.quantity)
        for line in quote.lines
        for discount in line.product.discounts
        if discount.promo_code == quote.promo_code
    ]
    if any(quantity >= threshold for threshold, quantity in thresholds):
        return "better_already", 1
    if thresholds:
        return "more_needed", min(threshold for threshold, _ in thresholds)
    return "other_goods", 1


def seen(bill: Bill) -> str:
    """What a button says of the bill above it, in the few characters that it has; see `read_seen`."""
    return f"{bill.quote.fingerprint}.{bill.to_pay_minor}"


def read_seen(text: str) -> tuple[str, int | None]:
    """The fingerprint of a quote, and what was to be paid; of the latter buttons said nothing once."""
    fingerprint, _, to_pay = text.partition(".")
    return fingerprint, int(to_pay) if to_pay.isdecimal() else None
