"""What a tool told of a product."""

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Found:
    """A product as a tool told of it."""

    slug: str
    title: str
    description: str
    price: str
    available: int
    discounted: bool

    @classmethod
    def read(cls, given: Any) -> "Found | None":
        """Read it, however the tool calls the fields; None if it is no product."""
        if not isinstance(given, dict) or not isinstance(given.get("title"), str):
            return None
        stock = given.get("available", given.get("in_stock", given.get("stock", 0)))
        return cls(
            str(given.get("slug", "")),
            given["title"],
            str(given.get("description", "")),
            str(given.get("price", "")),
            int(stock) if isinstance(stock, int | bool) else 0,
            bool(given.get("price_before_discount")),
        )
