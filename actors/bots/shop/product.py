"""The things a catalogue is made of, already in the customer's language."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Category:
    """A shelf of the shop; `products` counts what is on sale on it."""

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


@dataclass(frozen=True)
class Page:
    """Some products of a category; `number` counts from 0 and is below `count`, which is at least 1."""

    category: Category
    number: int
    count: int
    products: tuple[Product, ...]
