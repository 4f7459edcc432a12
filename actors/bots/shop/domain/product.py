"""The things a catalogue is made of, already in the customer's language."""

from dataclasses import dataclass

from mailroom.actors.bots.shop.domain.discounts import Discount, best_price

__all__ = ["Category", "Discount", "Page", "Product"]


@dataclass(frozen=True)
class Category:
    """A shelf of the shop; `products` counts what is on sale on it, sold out or not."""

    id: int
    icon: str
    title: str
    products: int


@dataclass(frozen=True)
class Product:
    """A good on sale; the price is in minor units of the currency."""

    id: int
    category_id: int
    title: str
    description: str
    price_minor: int
    currency: str
    slug: str = ""
    available: int = 0
    """How many can be bought at this moment; 0 is sold out."""
    discounts: tuple[Discount, ...] = ()
    """Those in force now. The ones with a promo code are for those who know it: do not show them."""

    picture: str | None = None
    """What its picture is called, see `pictures.py`."""

    def unit_price(self, quantity: int, promo_code: str | None = None) -> tuple[int, Discount | None]:
        """The price of one when so many are bought, and the discount that made it, if any did."""
        return best_price(self, quantity, promo_code)


@dataclass(frozen=True)
class Page:
    """Some products of a category; `number` counts from 0 and is below `count`, which is at least 1."""

    category: Category
    number: int
    count: int
    products: tuple[Product, ...]
