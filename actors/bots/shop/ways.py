"""The ways to pay that a shop offers, and for how long an order holds its goods by them."""

from collections.abc import Mapping

from mailroom.actors.bots.shop.bill import Bill
from mailroom.actors.bots.shop.options import Options
from mailroom.actors.paying.ways import Ways
from mailroom.actors.providers.payments import PaymentProvider

RESERVE_BY_HAND_MINUTES = 3 * 1440.0
"""Where no provider takes the sum a person writes about the payment, which takes days rather than minutes."""


def ways_of(options: Options, payments: Mapping[str, PaymentProvider]) -> Ways:
    """All of them, in the owner's order."""
    names = tuple(payments) if options.payments is None else options.payments
    return Ways({name: payments[name] for name in names if name in payments})


def reserve_minutes(options: Options, bill: Bill) -> float:
    """How long an order of this bill holds its goods: not for days where a provider can be paid at once."""
    quote = bill.quote
    sums = {quote.total_minor, bill.to_pay_minor}
    by_provider = any(bill.ways.offered(one, quote.currency) for one in sums)
    return options.reserve_minutes if by_provider else RESERVE_BY_HAND_MINUTES
