"""YooKassa's objects: payments and refunds in its words."""

from datetime import UTC, datetime
from typing import Any

from mailroom.ops.simulators.payments.credentials import YOOKASSA_SHOP_ID as SHOP_ID
from mailroom.ops.simulators.payments.things import Payment, Refund

FEE_PERCENT = 3.5
STATUSES = {
    "open": "pending",
    "processing": "pending",
    "held": "waiting_for_capture",
    "paid": "succeeded",
    "canceled": "canceled",
    "expired": "canceled",
}
AUTHORIZED = {"rrn": "603668680243", "auth_code": "000000", "three_d_secure": {"applied": True}}
CARD = {
    "first6": "555555",
    "last4": "4477",
    "expiry_year": "2029",
    "expiry_month": "07",
    "card_type": "MasterCard",
    "issuer_country": "RU",
}


def merchant_of(payment: Payment) -> str:
    """Whose payment it is; what was kept before there were several merchants is the first one's."""
    merchant: str = payment.details.get("merchant", SHOP_ID)
    return merchant


def shown(payment: Payment) -> dict[str, Any]:
    """The payment object."""
    details = payment.details
    was_paid = payment.status in ("held", "paid")
    amount_minor = payment.paid_minor if was_paid else payment.amount_minor
    currency = payment.paid_currency if was_paid else payment.currency
    shown: dict[str, Any] = {
        "id": payment.id,
        "status": STATUSES[payment.status],
        "paid": was_paid,
        "amount": money(amount_minor, currency),
        "recipient": {"account_id": merchant_of(payment), "gateway_id": "7654321"},
        "created_at": time_text(payment.created_at),
        "test": True,
        "refundable": payment.status == "paid" and payment.refunded_minor < payment.paid_minor,
        "metadata": details["metadata"],
    }
    if details["description"]:
        shown["description"] = details["description"]
    if details["customer"]:
        shown["merchant_customer_id"] = details["customer"]
    if payment.status == "open":
        shown["confirmation"] = {"type": details["confirmation"], "confirmation_url": details["pay_url"]}
    if payment.status == "held" and payment.expires_at:
        shown["expires_at"] = time_text(payment.expires_at)
    if was_paid:
        shown["payment_method"] = _method(payment)
        shown["authorization_details"] = AUTHORIZED
    if payment.status == "paid":
        fee_minor = round(amount_minor * FEE_PERCENT / 100)
        shown["income_amount"] = money(amount_minor - fee_minor, currency)
        shown["captured_at"] = time_text(payment.paid_at or payment.created_at)
        shown["refunded_amount"] = money(payment.refunded_minor, currency)
    if payment.status in ("canceled", "expired"):
        shown["cancellation_details"] = {
            "party": details["canceled_by"],
            "reason": details["canceled_for"],
        }
    if details["receipt"]:
        registered = {"paid": "succeeded", "canceled": "canceled", "expired": "canceled"}
        shown["receipt_registration"] = registered.get(payment.status, "pending")
    return shown


def refund_shown(refund: Refund) -> dict[str, Any]:
    """The refund object."""
    shown: dict[str, Any] = {
        "id": refund.id,
        "payment_id": refund.payment_id,
        "status": "succeeded" if refund.status == "done" else refund.status,
        "amount": money(refund.amount_minor, refund.currency),
        "created_at": time_text(refund.created_at),
    }
    if refund.details.get("description"):
        shown["description"] = refund.details["description"]
    if refund.details.get("metadata"):
        shown["metadata"] = refund.details["metadata"]
    if refund.details.get("receipt"):
        shown["receipt_registration"] = "succeeded" if refund.status == "done" else refund.status
    if refund.status == "canceled":
        reason = refund.details.get("failed_for") or "general_decline"
        party = "payment_network" if reason == "rejected_by_payee" else "yoo_money"
        shown["cancellation_details"] = {"party": party, "reason": reason}
    return shown


def money(amount_minor: int, currency: str) -> dict[str, str]:
    """An amount as it writes it: a decimal in a string, two places."""
    return {"value": f"{amount_minor // 100}.{amount_minor % 100:02}", "currency": currency}


def time_text(at: float) -> str:
    """A moment as it writes it: UTC, with milliseconds."""
    return datetime.fromtimestamp(at, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _method(payment: Payment) -> dict[str, Any]:
    kind = payment.details["method"]
    method: dict[str, Any] = {"type": kind, "id": payment.id, "saved": False, "status": "inactive"}
    if kind == "bank_card":
        method["title"] = "Bank card *4477"
        method["card"] = CARD
    return method
