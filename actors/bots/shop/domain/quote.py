"""A quote is a cart with today's prices: what a customer is shown, agrees to, and is then held to."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from hashlib import blake2s

from mailroom.actors.bots.shop.domain.cart import Cart
from mailroom.actors.bots.shop.domain.discounts import Discount
from mailroom.actors.bots.shop.domain.product import Product
from mailroom.actors.providers.sums import stepped

Least = Callable[[str], int]
"""The smallest sum in a currency that anybody can be asked for; 0 where that does not matter."""


def no_least(_currency: str) -> int:
    """Any sum will do."""
    return 0


@dataclass(frozen=True)
class QuoteLine:
    """One product of the cart with its price at this moment."""

    product: Product
    quantity: int
    price_minor: int
    """What one of it costs in this quote: with the best discount for the quantity and the promo code."""
    discount: Discount | None = None
    """What made that price; None where it is the list price."""

    @property
    def total_minor(self) -> int:
        """The price of the line, in minor units."""
        return self.price_minor * self.quantity

    @property
    def list_total_minor(self) -> int:
        """What the line would cost without any discount."""
        return self.product.price_minor * self.quantity


@dataclass(frozen=True)
class Quote:
    """The priced cart. All its lines have one currency: a quote of several is refused with `ValueError`."""

    lines: tuple[QuoteLine, ...]
    missing: tuple[int, ...] = ()
    """Products of the cart that cannot be bought: withdrawn, or in another currency. They are in no line."""
    short: tuple[tuple[int, int], ...] = ()
    """Products of which there are fewer than wanted, and how many there are. They are in their lines with
    the quantity that was wanted, so that an order of this quote is refused as sold out.
    """
    promo_code: str | None = None
    """The code the quote was asked for with, whether it did anything or not."""
    least_minor: int = 0
    """Below which discounts could not bring the total."""

    def __post_init__(self) -> None:
        if len({line.product.currency for line in self.lines}) > 1:
            raise ValueError("a quote has one currency: make it with `price`, which leaves others out")

    @property
    def total_minor(self) -> int:
        """The sum to pay, in minor units of `currency`."""
        return sum(line.total_minor for line in self.lines)

    @property
    def list_total_minor(self) -> int:
        """The sum without any discount."""
        return sum(line.list_total_minor for line in self.lines)

    @property
    def currency(self) -> str:
        """The one currency of all lines; there is none in an empty quote."""
        return self.lines[0].product.currency

    @property
    def used_promo_code(self) -> str | None:
        """The promo code, if it makes some line cheaper: only then is it used up by an order."""
        used = any(line.discount is not None and line.discount.promo_code for line in self.lines)
        return self.promo_code if used else None

    @property
    def fingerprint(self) -> str:
        """Changes with any product, quantity or price; a confirm button carries it as what it confirms."""
        terms = [
            (
                line.product.id,
                line.quantity,
                line.price_minor,
                line.product.price_minor,
                line.product.currency,
            )
            for line in self.lines
        ]
        return blake2s(repr(terms).encode(), digest_size=4).hexdigest()


def price(
    cart: Cart, products: Iterable[Product], promo_code: str | None = None, least: Least = no_least
) -> Quote:
    """Put prices on a cart.

    An order has one currency, that of its first line; lines in another count as missing. Discounts go as far
    as the sum can still be asked for, see `lifted`.
    """
    on_sale = {product.id: product for product in products}
    lines: list[QuoteLine] = []
    missing: list[int] = []
    short: list[tuple[int, int]] = []
    for product_id, quantity in cart.lines:
        product = on_sale.get(product_id)
        if product is None or (lines and product.currency != lines[0].product.currency):
            missing.append(product_id)
            continue
        if product.available < quantity:
            short.append((product_id, product.available))
        lines.append(QuoteLine(product, quantity, *product.unit_price(quantity, promo_code)))
    least_minor = least(lines[0].product.currency) if lines else 0
    return Quote(tuple(lifted(lines, least_minor)), tuple(missing), tuple(short), promo_code, least_minor)


def lifted(lines: Sequence[QuoteLine], least_minor: int) -> list[QuoteLine]:
    """The lines with their discounts cut, from the first line on, until the total is the least that can be
    asked for. Left alone if it would not be even without discounts: then it is paid by hand.
    """
    lines = list(lines)
    if sum(line.list_total_minor for line in lines) < least_minor:
        return lines
    for place, line in enumerate(lines):
        lacking = least_minor - sum(one.total_minor for one in lines)
        if lacking <= 0:
            break
        each_minor = stepped(-(-lacking // line.quantity), line.product.currency)
        price_minor = min(line.product.price_minor, line.price_minor + each_minor)
        discount = line.discount if price_minor < line.product.price_minor else None
        lines[place] = replace(line, price_minor=price_minor, discount=discount)
    return lines
