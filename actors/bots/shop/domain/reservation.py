"""For how long an order holds its goods, by the ways to pay that a shop offers."""

from mailroom.actors.bots.shop.domain.bill import Bill

RESERVE_BY_HAND_MINUTES = 3 * 1440.0
"""Where no provider takes the sum a person writes about the payment, which takes days rather than minutes."""


def reserve_minutes(bill: Bill, by_provider_minutes: float) -> float:
    """How long an order of this bill holds its goods: as long as the shop says where a provider can be paid
    at once, and else for days.
    """
    quote = bill.quote
    sums = {quote.total_minor, bill.to_pay_minor}
    by_provider = any(bill.ways.offered(one, quote.currency) for one in sums)
    return by_provider_minutes if by_provider else RESERVE_BY_HAND_MINUTES
