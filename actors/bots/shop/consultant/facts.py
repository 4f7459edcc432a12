"""What the view has said in this turn: the only prices and products that an answer may speak of."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from mailroom.actors.bots.shop.domain.cart import QUANTITY_MAX, Cart
from mailroom.actors.bots.shop.domain.discounts import Discount
from mailroom.actors.bots.shop.domain.product import Product
from mailroom.actors.bots.shop.domain.quote import Least, Quote, no_least, price


@dataclass(frozen=True)
class Offer:
    """A product that a customer can pay for with one press, priced a moment ago."""

    product: Product
    quantity: int
    quote: Quote

    @classmethod
    def of(cls, product: Product, quantity: int, least: Least = no_least) -> "Offer | None":
        """The offer, or None where there are too few; `least` is that of `quote.price`."""
        if not 1 <= quantity <= min(product.available, QUANTITY_MAX):
            return None
        return cls(product, quantity, price(Cart(((product.id, quantity),)), [product], least=least))


@dataclass(slots=True)
class Facts:
    """What is known in this turn."""

    promo_code: str | None = None
    """A code that the customer has written, and that is in force for some product."""
    promo_asked: bool = False
    """Whether a code was looked up at all."""
    offer: Offer | None = None
    _products: dict[str, Product] = field(default_factory=dict)

    def learn(self, products: Iterable[Product]) -> None:
        """Add what the view has just said; it replaces what it said before."""
        self._products.update({product.slug: product for product in products})

    def forget(self, slug: str) -> None:
        """A product that is not on sale any more."""
        self._products.pop(slug, None)
        if self.offer is not None and self.offer.product.slug == slug:
            self.offer = None

    def __contains__(self, slug: str) -> bool:
        return slug in self._products

    def __iter__(self) -> Iterator[Product]:
        return iter(self._products.values())

    def get(self, slug: str) -> Product | None:
        """What is known of a product."""
        return self._products.get(slug)

    def discounts(self, product: Product) -> list[Discount]:
        """Those that this customer may hear of: for everybody, and of the code they know."""
        return [one for one in product.discounts if one.promo_code in (None, self.promo_code)]
