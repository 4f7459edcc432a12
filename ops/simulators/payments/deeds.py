"""What can be done to a payment from outside, once for the page's buttons and the control `/sim/act`."""

from dataclasses import dataclass

from .lifecycle import FORGERIES, DeedError, Lifecycle
from .things import Payment

LATE_SECONDS_DEFAULT = 60.0
LATE_SECONDS_MAX = 7 * 86_400.0

DEEDS = {
    "pay": "pay all of it, or `amount_minor`, or in another `currency`",
    "decline": "the bank says no",
    "pay_late": "pay after `after_seconds`",
    "pay_twice": "pay, and have the merchant told twice",
    "pay_part": "pay half, or `amount_minor`",
    "hold": "AAIO: paid, and the money frozen",
    "process": "Stripe: the bank is still at it; pay or decline later",
    "cancel": "the gateway gives the payment up",
    "expire": "as if its time had run out",
    "refund": "somebody in the cabinet gives back what is left, or `amount_minor`",
    "refund_part": "the same with half of what was paid",
    "refund_slowly": "the same, pending for `after_seconds`",
    "fail_refund": "the latest refund comes back, for `kind`, as the gateway calls the reason",
    "dispute": "Stripe: the payer's bank takes back all, or `amount_minor`, until it has decided",
    "inquire": "Stripe: it asks first, and takes nothing yet",
    "win_dispute": "Stripe: it decides for the merchant",
    "lose_dispute": "Stripe: it decides for the payer",
    "forge": f"send a false notice, by `kind`: {', '.join(FORGERIES)}",
}

DISPUTES = {
    "dispute": "needs_response",
    "inquire": "warning_needs_response",
    "win_dispute": "won",
    "lose_dispute": "lost",
}


@dataclass(frozen=True, slots=True)
class Deed:
    """One press of a button."""

    act: str
    after_seconds: float = LATE_SECONDS_DEFAULT
    amount_minor: int | None = None
    currency: str | None = None
    kind: str = ""


def do(lifecycle: Lifecycle, payment: Payment, deed: Deed) -> None:
    """Do it. Raises `DeedError` where the payment is not in the state for it."""
    half_minor = max(1, payment.amount_minor // 2)
    match deed.act:
        case "pay":
            lifecycle.pay(payment, amount_minor=deed.amount_minor, currency=deed.currency)
        case "pay_twice":
            lifecycle.pay(payment, copies=2)
        case "pay_part":
            lifecycle.pay(
                payment, amount_minor=half_minor if deed.amount_minor is None else deed.amount_minor
            )
        case "pay_late":
            if payment.status not in ("open", "processing"):
                raise DeedError(f"the payment is {payment.status}, and cannot be paid any more")
            lifecycle.plan(payment, "pay", deed.after_seconds, {"amount_minor": deed.amount_minor})
        case "hold" if payment.gateway == "aaio":
            lifecycle.pay(payment, hold=True)
        case "process" if payment.gateway == "stripe":
            lifecycle.process(payment)
        case "hold" | "process":
            raise DeedError(f"{payment.gateway} does not know this")
        case "refund":
            lifecycle.give_back(payment, deed.amount_minor)
        case "refund_part":
            lifecycle.give_back(payment, max(1, payment.paid_minor // 2))
        case "refund_slowly":
            lifecycle.give_back(payment, deed.amount_minor, deed.after_seconds)
        case "fail_refund":
            lifecycle.fail_refund(payment, deed.kind)
        case "dispute" | "inquire" | "win_dispute" | "lose_dispute":
            lifecycle.dispute(payment, DISPUTES[deed.act], deed.amount_minor)
        case "decline":
            lifecycle.decline(payment)
        case "cancel":
            lifecycle.cancel(payment, "yoo_money", "general_decline")
        case "expire":
            lifecycle.expire(payment)
        case "forge":
            lifecycle.forge(payment, deed.kind)
        case _:
            raise DeedError(f"act must be one of: {', '.join(DEEDS)}")
