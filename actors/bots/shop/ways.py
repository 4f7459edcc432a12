"""The ways to pay that a shop offers, and for how long an order holds its goods by them."""

from mailroom.actors.bots.shop.bill import Bill
from mailroom.actors.bots.shop.options import Options

RESERVE_BY_HAND_MINUTES = 3 * 1440.0
"""Where no provider takes the sum a person writes about the payment, which takes days rather than minutes."""


def reserve_minutes(options: Options, bill: Bill) -> float:
    """How long an order of this bill holds its goods: not for days where a provider can be paid at once."""
    quote = bill.quote
    sums = {quote.total_minor, bill.to_pay_minor}
    by_provider = any(bill.ways.offered(one, quote.currency) for one in sums)
    return options.reserve_minutes if by_provider else RESERVE_BY_HAND_MINUTES
