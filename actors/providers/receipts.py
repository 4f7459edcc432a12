"""What a fiscal receipt says, where the law wants one: Russia's 54-FZ asks for it with every payment of a
person, and the payment provider hands it on to the tax office.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

VAT_NONE = 1
"""YooKassa's code for "without VAT", what a merchant on the simplified system sells with."""


@dataclass(frozen=True, slots=True)
class ReceiptItem:
    """So many of one thing, at one price."""

    title: str
    """128 characters are printed, no more."""
    quantity: int
    price_minor: int
    """For one of them, in the payment's currency."""
    vat_code: int = VAT_NONE
    """1 to 12, as YooKassa numbers the rates; 11 and 12 are the 22 % of 2026 and later."""
    subject: str = "commodity"
    """What is sold, in the words of the law's tag 1212: `commodity`, `service`, `intellectual_activity`."""


@dataclass(frozen=True, slots=True)
class Receipt:
    """What was bought, and where the receipt is sent. Without an address it goes to the merchant's own."""

    items: tuple[ReceiptItem, ...]
    email: str | None = None
    phone: str | None = None
    """With the country's code; only the digits count."""
    tax_system: int | None = None
    """1 to 6, for merchants that are under several tax systems at once."""

    def adding_up_to(self, total_minor: int) -> "Receipt":
        """The same things for exactly this much. A receipt must add up to what is paid, which is less than
        the prices where a part was paid from a balance: that part is spread over the items by their worth.

        An item whose share cannot be divided by its quantity becomes two, a minor unit apart. Raises
        `ValueError` if there is more to pay than the items are worth, or less than a minor unit for each.
        """
        pieces = sum(item.quantity for item in self.items)
        worth = sum(item.quantity * item.price_minor for item in self.items)
        if total_minor == worth:
            return self
        if any(item.quantity < 1 or item.price_minor < 1 for item in self.items):
            raise ValueError("an item of the receipt has no quantity or no price")
        if not pieces <= total_minor <= worth:
            raise ValueError(f"{pieces} things worth {worth} cannot be sold for {total_minor} (minor units)")
        spread = _spread(self.items, total_minor, worth, least=0)
        if any(item.price_minor == 0 for item in spread):
            # Next to nothing is paid: everything costs one unit, and its part of the rest.
            spread = _spread(self.items, total_minor, worth, least=1)
        return replace(self, items=tuple(spread))


def _spread(items: Sequence[ReceiptItem], total: int, worth: int, *, least: int) -> list[ReceiptItem]:
    pieces = sum(item.quantity for item in items)
    spread: list[ReceiptItem] = []
    passed = given = 0
    for item in items:
        # Rounding what has been given so far, not each share, makes the shares add up.
        passed += item.quantity * (item.price_minor - least)
        share = passed * (total - least * pieces) // (worth - least * pieces) - given
        given += share
        price, dearer = divmod(share + least * item.quantity, item.quantity)
        spread += [
            replace(item, quantity=quantity, price_minor=price_minor)
            for quantity, price_minor in ((item.quantity - dearer, price), (dearer, price + 1))
            if quantity
        ]
    return spread
