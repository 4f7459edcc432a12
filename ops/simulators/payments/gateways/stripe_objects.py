"""Stripe's objects: sessions, payment intents, charges and refunds in its words."""

from typing import Any

from mailroom.ops.simulators.payments.things import Payment, Refund

DISPUTE_ANSWERED_SECONDS = 9 * 86_400
"""How long a merchant has to answer; banks give a week or three."""


def session_shown(payment: Payment) -> dict[str, Any]:
    """The session object."""
    details = payment.details
    was_paid = payment.status == "paid"
    amount_minor = payment.paid_minor if was_paid else payment.amount_minor
    status = {"open": "open", "expired": "expired"}.get(payment.status, "complete")
    return {
        "id": payment.id,
        "object": "checkout.session",
        "mode": "payment",
        "status": status,
        "payment_status": "paid" if was_paid else "unpaid",
        "amount_subtotal": amount_minor,
        "amount_total": amount_minor,
        "currency": (payment.paid_currency if was_paid else payment.currency).lower(),
        "client_reference_id": details["client_reference_id"],
        "customer_email": details["customer_email"],
        "payment_intent": None if status != "complete" else details["payment_intent"],
        "metadata": details["metadata"],
        "livemode": False,
        "created": int(payment.created_at),
        "expires_at": details["expires_at"],
        "success_url": details["success_url"],
        "cancel_url": details["cancel_url"],
        "url": details["pay_url"] if status == "open" else None,
    }


def lines_shown(payment: Payment) -> list[dict[str, Any]]:
    """What a session sells, line by line."""
    return [
        {
            "id": f"li_{payment.id.removeprefix('cs_test_')[:20]}{number}",
            "object": "item",
            "description": line["name"],
            "quantity": line["quantity"],
            "amount_subtotal": line["quantity"] * line["unit_amount"],
            "amount_total": line["quantity"] * line["unit_amount"],
            "amount_discount": 0,
            "amount_tax": 0,
            "currency": line["currency"],
            "price": {
                "id": f"price_{payment.id.removeprefix('cs_test_')[:20]}{number}",
                "object": "price",
                "currency": line["currency"],
                "unit_amount": line["unit_amount"],
                "type": "one_time",
            },
        }
        for number, line in enumerate(payment.details.get("lines", ()))
    ]


def intent_shown(payment: Payment) -> dict[str, Any]:
    """The payment intent, which moves the money of a session."""
    was_paid = payment.status == "paid"
    status = {"paid": "succeeded", "processing": "processing", "canceled": "requires_payment_method"}
    return {
        "id": payment.details["payment_intent"],
        "object": "payment_intent",
        "status": status.get(payment.status, "requires_payment_method"),
        "amount": payment.paid_minor if was_paid else payment.amount_minor,
        "amount_received": payment.paid_minor if was_paid else 0,
        "currency": (payment.paid_currency if was_paid else payment.currency).lower(),
        "latest_charge": charge_id(payment) if was_paid else None,
        "metadata": payment.details["intent_metadata"],
        "livemode": False,
        "created": int(payment.created_at),
    }


def charge_shown(payment: Payment) -> dict[str, Any]:
    """The charge, which knows what has gone back."""
    return {
        "id": charge_id(payment),
        "object": "charge",
        "status": "succeeded",
        "paid": True,
        "amount": payment.paid_minor,
        "amount_captured": payment.paid_minor,
        "amount_refunded": payment.refunded_minor,
        "refunded": payment.refunded_minor >= payment.paid_minor,
        "disputed": bool(payment.details.get("disputes")),
        "currency": payment.paid_currency.lower(),
        "payment_intent": payment.details["payment_intent"],
        "metadata": payment.details["intent_metadata"],
        "livemode": False,
        "created": int(payment.paid_at or payment.created_at),
    }


def refund_shown(refund: Refund, payment: Payment) -> dict[str, Any]:
    """The refund object."""
    status = {"done": "succeeded", "pending": "pending", "canceled": "failed"}[refund.status]
    return {
        "id": refund.id,
        "object": "refund",
        "status": status,
        "amount": refund.amount_minor,
        "currency": refund.currency.lower(),
        "charge": charge_id(payment),
        "payment_intent": payment.details["payment_intent"],
        "reason": refund.details.get("reason"),
        "metadata": refund.details.get("metadata") or {},
        "created": int(refund.created_at),
        "failure_reason": refund.details.get("failed_for") if refund.status == "canceled" else None,
    }


def dispute_shown(dispute: dict[str, Any], payment: Payment) -> dict[str, Any]:
    """The dispute object."""
    return {
        "id": dispute["id"],
        "object": "dispute",
        "status": dispute["status"],
        "amount": dispute["amount"],
        "currency": payment.paid_currency.lower(),
        "charge": charge_id(payment),
        "payment_intent": payment.details["payment_intent"],
        "reason": "fraudulent",
        "balance_transactions": [
            {"object": "balance_transaction", "amount": amount} for amount in dispute["moved"]
        ],
        "evidence_details": {"due_by": int(dispute["at"]) + DISPUTE_ANSWERED_SECONDS, "has_evidence": False},
        "is_charge_refundable": dispute["status"].startswith("warning_"),
        "livemode": False,
        "created": int(dispute["at"]),
    }


def disputed(payment: Payment) -> bool:
    """Whether the payer's bank has the matter, so that nothing can be refunded."""
    return any(
        one["status"] in ("needs_response", "under_review", "lost")
        for one in payment.details.get("disputes", ())
    )


def charge_id(payment: Payment) -> str:
    """The id of the charge that a payment intent has led to."""
    return "ch_" + str(payment.details["payment_intent"]).removeprefix("pi_")
