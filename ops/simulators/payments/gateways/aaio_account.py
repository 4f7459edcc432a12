"""What AAIO tells of an account: its balance, what it takes payments by and pays out by, and its rates.

Shapes as wiki.aaio.so and both SDKs it names have them. The numbers are made up but for the balance: that is
what the merchant has been paid.
"""

from collections.abc import Iterable
from typing import Any

from mailroom.ops.simulators.payments.things import Payment

FEE_PERCENT = 6
COUNTED_IN = "RUB"
"""A balance is in roubles; what was paid in another currency is not converted here."""

METHODS = {"cards_ru": "Банковские карты", "sbp": "СБП", "tether_trc20": "Tether TRC-20"}
LEAST = {"RUB": 10, "UAH": 5, "USD": 1, "EUR": 1}
MOST = {"RUB": 500_000, "UAH": 200_000, "USD": 6_000, "EUR": 5_000}
RATES = {"USD": 96.5, "UAH": 2.3, "USDT": 97.1, "BTC": 9_350_000.0}
BANKS = ({"bankId": "100000000111", "bankName": "Сбербанк", "bankIcon": "https://aaio.so/sber.svg"},)


def fee_minor(amount_minor: int) -> int:
    """What AAIO keeps of a payment."""
    return amount_minor * FEE_PERCENT // 100


def balance(payments: Iterable[Payment]) -> dict[str, Any]:
    """What the merchant has, and what is frozen for a while."""
    sums = {"paid": 0, "held": 0}
    for payment in payments:
        if payment.status in sums and payment.paid_currency == COUNTED_IN:
            sums[payment.status] += payment.paid_minor - fee_minor(payment.paid_minor)
    return {"type": "success", "balance": sums["paid"] / 100, "referral": 0.0, "hold": sums["held"] / 100}


def methods_to_pay_by() -> dict[str, Any]:
    """By what a merchant's customers may pay."""
    shown = {
        "min": LEAST,
        "max": MOST,
        "commission_percent": FEE_PERCENT,
        "commission_user_percent": 0,
        "commission_merchant_percent": FEE_PERCENT,
        "commission_type": "100:0",
    }
    return {"type": "success", "list": {code: {"name": name, **shown} for code, name in METHODS.items()}}


def methods_to_pay_out_by() -> dict[str, Any]:
    """By what an owner may take money out; nothing is taken out here."""
    shown = {"min": 100, "max": 100_000, "commission_percent": 3, "commission_sum": 50}
    return {"type": "success", "list": {code: {"name": name, **shown} for code, name in METHODS.items()}}


def rates() -> dict[str, Any]:
    """At what rates it pays out."""
    return {"type": "success", **RATES}


def banks() -> dict[str, Any]:
    """Where it pays out by the system of fast payments."""
    return {"type": "success", "list": list(BANKS)}
