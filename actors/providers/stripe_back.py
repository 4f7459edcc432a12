"""What Stripe says of money that goes back: refunds, why they fail, and disputes.

Facts are from the API reference at docs.stripe.com: the objects Refund and Dispute, and the error codes.
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Annotated, Any, Literal

from pydantic import BaseModel, StringConstraints

from mailroom.actors.providers import told
from mailroom.actors.providers.payments import (
    Dispute,
    DisputeState,
    ListedRefund,
    Money,
    RefundState,
    Refusal,
)

UNREADABLE = "unknown"
Id = Annotated[str, StringConstraints(pattern=r"^[0-9A-Za-z_]{1,255}$")]

REFUND_STATES: Mapping[str, RefundState] = {
    "pending": "pending",
    "requires_action": "pending",
    "succeeded": "done",
    "failed": "canceled",
    "canceled": "canceled",
}
REFUSALS: Mapping[str, Refusal] = {
    # Why a refund failed (`failure_reason`), which may be days after it had succeeded. The money is on the
    # account again, and Stripe's own advice is to pay the customer in another way.
    "lost_or_stolen_card": "final",
    "expired_or_canceled_card": "final",
    "declined": "final",
    "merchant_request": "final",
    "unknown": "final",
    "insufficient_funds": "passes",
    "charge_for_pending_refund_disputed": "disputed",
    # Why a refund was not made at all (`error.code`).
    "balance_insufficient": "passes",
    "charge_already_refunded": "passes",
    "charge_disputed": "disputed",
    "refund_disputed_payment": "disputed",
    "resource_missing": "person",
}
"""What each answer means for money that is to go back; what is not listed passes, perhaps."""
DISPUTE_STATES: Mapping[str, DisputeState] = {
    # An inquiry: nothing is withdrawn, and it may become a chargeback.
    "warning_needs_response": "inquiry",
    "warning_under_review": "inquiry",
    "warning_closed": "won",
    "needs_response": "open",
    "under_review": "open",
    "won": "won",
    "lost": "lost",
    # Settled before it was filed, in the payer's favour where money was withdrawn.
    "prevented": "lost",
    "charge_refunded": "lost",  # no longer used
}
SETTLED_BEFORE_FILED = frozenset({"prevented", "charge_refunded"})
ABOUT_REFUNDS = frozenset({"refund.created", "refund.updated", "refund.failed", "charge.refund.updated"})
DISPUTE_EVENTS = "charge.dispute."
"""`created`, `updated`, `closed`, `funds_withdrawn`, `funds_reinstated`: each says that something is new."""
REFUND_NAME = "refund_id"
"""Under which our name for a refund is kept in its metadata."""


class RefundObject(BaseModel):
    """A refund, as far as it is read."""

    id: Id
    status: Literal["pending", "requires_action", "succeeded", "failed", "canceled"]
    failure_reason: str | None = None


class ListedRefundObject(RefundObject):
    """A refund in a list of them. Its metadata are anybody's who uses the account."""

    amount: int
    currency: str
    created: int
    metadata: dict[str, Any] | None = None


class RefundList(BaseModel):
    """A page of refunds."""

    data: list[ListedRefundObject]
    has_more: bool = False


class _Moved(BaseModel):
    amount: int


class _DueBy(BaseModel):
    due_by: int | None = None


class DisputeObject(BaseModel):
    """A dispute, as far as it is read."""

    id: Id
    status: str
    amount: int
    currency: str
    reason: str = ""
    balance_transactions: list[_Moved] = []
    evidence_details: _DueBy | None = None


class DisputeList(BaseModel):
    """The disputes of a payment; more than one are rare."""

    data: list[DisputeObject]


def refusal_of(refund: RefundObject) -> tuple[Refusal, str]:
    """What a failed refund means, and why it did."""
    if REFUND_STATES[refund.status] != "canceled":
        return "final", ""
    why = refund.failure_reason or refund.status
    return REFUSALS.get(why, "passes"), told.plain(why) or UNREADABLE


def dispute_of(found: DisputeObject, money: Money) -> Dispute:
    """What a dispute says; `money` is what it is about."""
    state = DISPUTE_STATES.get(found.status, "open")
    # One movement takes the money, a second one brings it back; they are in the account's currency, not in
    # the payment's, so that only their sign counts here.
    moved = sum(one.amount for one in found.balance_transactions)
    withdrawn = moved < 0 if found.balance_transactions else found.status == "lost"
    if found.status in SETTLED_BEFORE_FILED and not withdrawn:
        state = "won"
    due_by = found.evidence_details.due_by if found.evidence_details else None
    return Dispute(
        found.id,
        state,
        money,
        withdrawn,
        told.plain(found.reason) or UNREADABLE,
        datetime.fromtimestamp(due_by, UTC) if due_by and state in ("inquiry", "open") else None,
    )


def listed_of(found: ListedRefundObject, money: Money) -> ListedRefund:
    """A refund, whoever has made it."""
    metadata = found.metadata or {}
    return ListedRefund(
        found.id,
        REFUND_STATES[found.status],
        money,
        datetime.fromtimestamp(found.created, UTC),
        told.plain(metadata.get(REFUND_NAME)),
        told.plain(metadata.get("reason")) or "",
        *refusal_of(found),
    )


def is_about_back(event: str) -> bool:
    """Whether an event says that something is new about money that goes back, or has gone."""
    return event == "charge.refunded" or event in ABOUT_REFUNDS or event.startswith(DISPUTE_EVENTS)
