"""A quote is a cart with today's prices: what a customer is shown, agrees to, and is then held to."""

from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import blake2s

from actors.bots.shop.cart import Cart
from actors.bots.shop.product import Product


@dataclass(frozen=True)
class QuoteLine:
    """One product of the cart with its price at this moment."""

    product: Product
    quantity: int

    @property
    def total_minor(self) -> int:
        """The price of the line, in minor units."""
        return self.product.price_minor * self.quantity


@dataclass(frozen=True)
class Quote:
    """The priced cart; `missing` are its products that cannot be bought (withdrawn, or another currency)."""

    lines: tuple[QuoteLine, ...]
    missing: tuple[int, ...] = ()

    @property
    def total_minor(self) -> int:
        """The sum to pay, in minor units of `currency`."""
        return sum(line.total_minor for line in self.lines)

    @property
    def currency(self) -> str:
        """The one currency of all lines; there is none in an empty quote."""
        return self.lines[0].product.currency

    @property
    def fingerprint(self) -> str:
        """Changes with any product, quantity or price; a confirm button carries it as what it confirms."""
        terms = [
            (line.product.id, line.quantity, line.product.price_minor, line.product.currency)
            for line in self.lines
        ]
        return blake2s(repr(terms).encode(), digest_size=4).hexdigest()


def price(cart: Cart, products: Iterable[Product]) -> Quote:
    """Put prices on a cart.

    An order has one currency, that of its first line; lines in another count as missing.
    """
    on_sale = {product.id: product for product in products}
    lines: list[QuoteLine] = []
    missing: list[int] = []
    for product_id, quantity in cart.lines:
        product = on_sale.get(product_id)
        if product is None or (lines and product.currency != lines[0].product.currency):
            missing.append(product_id)
        else:
            lines.append(QuoteLine(product, quantity))
    return Quote(tuple(lines), tuple(missing))
