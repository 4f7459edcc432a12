"""What is in a customer's cart, and the rules of putting things into it.

The cart lives in the chat's FSM data, so it changes together with the message that changed it, or not at all.
It knows product ids and quantities only; prices are read from the catalogue each time it is shown.
"""

from dataclasses import dataclass, replace
from enum import Enum, auto
from typing import Any

# Every line is a row of four buttons: ten rows still fit a phone, and Telegram allows a hundred buttons.
LINES_MAX = 10
# More than this of one digital good is a reseller, who writes to the owner.
QUANTITY_MAX = 10


class Change(Enum):
    """What became of a wish to change the cart."""

    DONE = auto()
    TOO_MANY_LINES = auto()
    TOO_MANY_OF_ONE = auto()
    NOT_IN_CART = auto()


@dataclass(frozen=True)
class Cart:
    """Product ids with quantities, in the order in which they were first added."""

    lines: tuple[tuple[int, int], ...] = ()

    @classmethod
    def from_data(cls, data: Any) -> "Cart":
        """Read a cart back from FSM data; whatever is not a possible line is left out."""
        lines: dict[int, int] = {}
        for line in data if isinstance(data, list) else []:
            match line:
                case [int(product_id), int(quantity)] if 1 <= quantity <= QUANTITY_MAX:
                    lines[product_id] = quantity
        return cls(tuple(lines.items())[:LINES_MAX])

    def to_data(self) -> list[list[int]]:
        """Pairs rather than a mapping: JSON would turn the ids of a mapping into strings."""
        return [list(line) for line in self.lines]

    @property
    def product_ids(self) -> list[int]:
        """The products to ask the catalogue about."""
        return [product_id for product_id, _ in self.lines]

    @property
    def items(self) -> int:
        """How many things the customer would get."""
        return sum(quantity for _, quantity in self.lines)

    def quantity(self, product_id: int) -> int:
        """How many of one product are in the cart, 0 if none."""
        return dict(self.lines).get(product_id, 0)

    def add(self, product_id: int) -> tuple["Cart", Change]:
        """Put one more of a product into the cart, within the limits."""
        quantity = self.quantity(product_id)
        if quantity >= QUANTITY_MAX:
            return self, Change.TOO_MANY_OF_ONE
        if not quantity and len(self.lines) >= LINES_MAX:
            return self, Change.TOO_MANY_LINES
        return self._with(product_id, quantity + 1), Change.DONE

    def increase(self, product_id: int) -> tuple["Cart", Change]:
        """One more of a line that is there; an old button does not bring back a line that was removed."""
        if not self.quantity(product_id):
            return self, Change.NOT_IN_CART
        return self.add(product_id)

    def decrease(self, product_id: int) -> tuple["Cart", Change]:
        """One less; the last one takes the line away."""
        quantity = self.quantity(product_id)
        if not quantity:
            return self, Change.NOT_IN_CART
        less = self._with(product_id, quantity - 1) if quantity > 1 else self.without(product_id)
        return less, Change.DONE

    def remove(self, product_id: int) -> tuple["Cart", Change]:
        """Take the whole line away."""
        if not self.quantity(product_id):
            return self, Change.NOT_IN_CART
        return self.without(product_id), Change.DONE

    def at_most(self, product_id: int, most: int) -> "Cart":
        """The cart with no more of a product than there is; without it if there is none."""
        if self.quantity(product_id) <= most:
            return self
        return self._with(product_id, most) if most > 0 else self.without(product_id)

    def without(self, *product_ids: int) -> "Cart":
        """The cart less some products, for instance those no longer sold."""
        return replace(self, lines=tuple(line for line in self.lines if line[0] not in product_ids))

    def _with(self, product_id: int, quantity: int) -> "Cart":
        return replace(self, lines=tuple({**dict(self.lines), product_id: quantity}.items()))
