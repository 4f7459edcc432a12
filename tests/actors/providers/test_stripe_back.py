"""What Stripe says of refunds and disputes, object by object."""

from datetime import UTC, datetime

import pytest

from mailroom.actors.providers.payments import Money, NoticedPayment
from mailroom.actors.providers.stripe_back import (
    DisputeObject,
    ListedRefundObject,
    RefundObject,
    dispute_of,
    listed_of,
    refusal_of,
)
from tests.actors.providers.gateway import StripeGateway, meet, order

EUR = Money(4_900, "EUR")
KINDS = [
    "charge.refunded", "refund.created", "refund.updated", "refund.failed", "charge.refund.updated",
    "charge.dispute.created", "charge.dispute.updated", "charge.dispute.closed",
    "charge.dispute.funds_withdrawn", "charge.dispute.funds_reinstated",
]  # fmt: skip


def dispute(status, *moved, due_by=1_763_632_800):
    found = DisputeObject.model_validate({
        "id": "dp_1", "status": status, "amount": 4_900, "currency": "eur", "reason": "product_not_received",
        "balance_transactions": [{"id": "txn_1", "amount": amount, "currency": "usd"} for amount in moved],
        "evidence_details": {"due_by": due_by},
    })  # fmt: skip
    return dispute_of(found, EUR)


@pytest.mark.parametrize(
    ("status", "moved", "state", "withdrawn"),
    [
        ("warning_needs_response", (), "inquiry", False),
        ("warning_under_review", (), "inquiry", False),
        ("warning_closed", (), "won", False),
        ("needs_response", (), "open", False),
        ("needs_response", (-5_300,), "open", True),  # in the account's currency
        ("under_review", (-5_300,), "open", True),
        ("won", (-5_300, 5_300), "won", False),
        ("lost", (-5_300,), "lost", True),
        ("lost", (), "lost", True),
        ("prevented", (-5_300,), "lost", True),
        ("prevented", (), "won", False),
        ("a_status_of_tomorrow", (-5_300,), "open", True),
    ],
)
def test_a_dispute_is_what_its_status_says_and_the_money_where_its_movements_left_it(
    status, moved, state, withdrawn
):
    found = dispute(status, *moved)
    assert (found.state, found.withdrawn, found.money) == (state, withdrawn, EUR)
    is_open = state in ("inquiry", "open")
    assert found.answer_until == (datetime(2025, 11, 20, 10, tzinfo=UTC) if is_open else None)


@pytest.mark.parametrize(
    ("status", "why", "refusal"),
    [
        ("failed", "expired_or_canceled_card", "final"),
        ("failed", "unknown", "final"),
        ("failed", "insufficient_funds", "passes"),
        ("failed", "charge_for_pending_refund_disputed", "disputed"),
        ("failed", None, "passes"),
        ("canceled", None, "passes"),
    ],
)
def test_why_a_refund_failed_says_whether_another_may_work(status, why, refusal):
    assert refusal_of(RefundObject(id="re_1", status=status, failure_reason=why))[0] == refusal


def test_what_another_system_wrote_on_its_refund_is_no_reason_not_to_read_ours():
    odd = {"refund_id": "half\ud83d", "reason": "\0", "nested": {"of": ["the", "future"]}}
    found = ListedRefundObject(
        id="re_1", status="succeeded", amount=100, currency="eur", created=1, metadata=odd
    )  # fmt: skip
    listed = listed_of(found, EUR)
    assert (listed.reference, listed.reason, listed.state) == (None, "", "done")


@pytest.mark.parametrize("kind", KINDS)
def test_each_event_about_money_that_goes_back_leads_to_its_payment(kind):
    async def scenario(gateway, provider):
        made = await provider.create(order())
        gateway.pay(made.provider_id)
        about = {"id": "x_1", "payment_intent": f"pi_{made.provider_id}"}
        noticed = await provider.verify_notice(gateway.sent(gateway.event(kind, about)))
        assert noticed == [NoticedPayment(made.provider_id)]
        # Of a charge that was not made by Checkout.
        assert await provider.verify_notice(gateway.sent(gateway.event(kind, {"id": "x_2"}))) == []

    meet(StripeGateway, scenario)


@pytest.mark.parametrize("kind", ["charge.succeeded", "radar.early_fraud_warning.created", "payout.failed"])
def test_an_event_of_another_kind_is_taken_and_is_about_no_payment(kind):
    async def scenario(gateway, provider):
        about = {"id": "x_1", "payment_intent": "pi_1"}
        assert await provider.verify_notice(gateway.sent(gateway.event(kind, about))) == []

    meet(StripeGateway, scenario)
