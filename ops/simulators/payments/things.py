"""Payments, refunds and notices, as the simulator keeps them for every gateway alike."""

from dataclasses import dataclass, field
from typing import Any, Literal

Status = Literal["open", "processing", "held", "paid", "canceled", "expired"]
"""What has become of a payment, in our words; each gateway says it in its own.

open -> processing (the payer's bank is still at it) -> paid | open
     -> held (paid, and not yet the merchant's) -> paid | canceled
     -> paid | canceled | expired
"""


@dataclass(slots=True)
class Payment:
    """What a merchant has asked for. Amounts are minor units, times are seconds since 1970."""

    id: str
    gateway: str
    reference: str
    """The merchant's own name for it."""
    amount_minor: int
    currency: str
    created_at: float
    status: Status = "open"
    paid_minor: int = 0
    """What was really paid, which a naughty payer may choose; `paid_currency` likewise."""
    paid_currency: str = ""
    refunded_minor: int = 0
    paid_at: float | None = None
    expires_at: float | None = None
    details: dict[str, Any] = field(default_factory=dict)
    """What only its own gateway understands."""
    number: int = 0


@dataclass(slots=True)
class Refund:
    """Money given back."""

    id: str
    payment_id: str
    amount_minor: int
    currency: str
    created_at: float
    status: Literal["pending", "done", "canceled"] = "done"
    details: dict[str, Any] = field(default_factory=dict)
    number: int = 0


@dataclass(slots=True)
class Notice:
    """What a merchant is told, byte for byte."""

    gateway: str
    payment_id: str
    event: str
    body: bytes
    happened_at: float
    due_at: float | None
    forged: str = ""
    """How it was forged; empty for a genuine one."""
    held: bool = False
    """Whether it waits until another one about its payment has gone first."""
    state: Literal["waiting", "delivered", "given up", "lost"] = "waiting"
    attempts: int = 0
    answer: str = ""
    """What the merchant said to the last attempt."""
    number: int = 0


@dataclass(frozen=True, slots=True)
class Plan:
    """Something that will be done to a payment."""

    payment_id: str
    deed: str
    due_at: float
    details: dict[str, Any]
    number: int = 0


@dataclass(frozen=True, slots=True)
class KeptAnswer:
    """What was answered under an idempotency key."""

    request: str
    """A digest of the request: another one under the same key is a mistake."""
    status: int
    body: bytes
    payment_id: str
