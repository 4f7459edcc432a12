"""The jobs about payments: what each carries, how patient it is, and in which queue it waits.

What is known to be about a payment of a bot's waits in that bot's queue. What an account says, or is asked
for, before anybody knows whose payments it is about waits in the platform's.
"""

from typing import Literal

from pydantic import BaseModel, Field

from mailroom.actors.jobs.kind import Kind, Patience
from mailroom.actors.jobs.limits import Limits
from mailroom.actors.jobs.queue import Queue
from mailroom.actors.providers.payments import PaymentState
from mailroom.storage.postgres.outbox.job import Backoff

LIMITS = Limits(concurrency=20, connections_max=4)
"""Providers count our requests, and answer in a second."""
PAYMENT = Queue("payment", LIMITS)
"""Of each bot that asks for payments."""
ACCOUNTS = Queue("accounts", LIMITS, of_bots=False)
"""Of all bots: what is found to be of one goes into the queue of that one."""

Why = Literal["too_late", "twice", "mismatch", "owner"]
"""Why money goes back: what was to be had is gone, it was paid for already, something else was paid than was
asked for, or its owner says so.
"""

ASKING = Patience(timeout_seconds=60.0, attempts_max=12)
"""A provider is asked for a payment: an hour and more, with waits that double."""
REFUNDING_BACKOFF = Backoff(first_seconds=5.0, factor=2.0, max_seconds=3600.0)
REFUNDING = Patience(timeout_seconds=120.0, attempts_max=36, backoff=REFUNDING_BACKOFF)
"""A provider may be asked for the payment, for its refunds, for a refund and how it goes: five calls.
Together a day: as long as providers remember an idempotency key.
"""
GIVING_LOST_BACK = Patience(timeout_seconds=90.0, attempts_max=36, backoff=REFUNDING_BACKOFF)
"""Of a lost payment a gateway is asked three things: the payment, its refunds, and the refund."""
LISTING = Patience(timeout_seconds=1_800.0, attempts_max=8)
"""A page takes a second, and two queries for each of its payments: a hundred thousand."""


class Noticed(BaseModel):
    """A genuine notice: what it is about, and what it claims."""

    provider: str
    provider_id: str
    state: PaymentState | None = None


class Confirm(BaseModel):
    """Ask the provider what has become of a payment."""

    payment_id: int
    notified: bool = False
    """Whether we ask because of a notice."""
    claims: PaymentState | None = "paid"
    """What that notice says has become of it; None if it only says that something is new."""


class Reconcile(BaseModel):
    """Ask for what has been pending for a while."""

    older_minutes: float = Field(default=5.0, gt=0)


class ListPayments(BaseModel):
    """Ask a provider for all its payments since the last time; without one, all providers that can tell."""

    provider: str | None = None


class RefundPayment(BaseModel):
    """Give the money of a payment back, all that is left of it."""

    payment_id: int
    why: str


class GiveLostBack(BaseModel):
    """Give back what is left of a lost payment. `by` and `why` are written beside it when it has gone."""

    provider: str
    provider_id: str
    by: str
    why: str


def refund_key(payment_id: int) -> str:
    """The key of a payment's refunds: one at a time, in order."""
    return f"refund:{payment_id}"


def _of_payment(wanted: RefundPayment) -> str:
    return refund_key(wanted.payment_id)


NOTICED = Kind("payment.noticed", Noticed, ASKING, queue=ACCOUNTS)
CONFIRM = Kind("payment.confirm", Confirm, ASKING, queue=PAYMENT)
RECONCILE = Kind("payment.reconcile", Reconcile, Patience(attempts_max=3), queue=ACCOUNTS)
LIST = Kind("payment.list", ListPayments, LISTING, queue=ACCOUNTS)
REFUND = Kind("payment.refund", RefundPayment, REFUNDING, queue=PAYMENT, key_of=_of_payment)
LOST_BACK = Kind("payment.lost_back", GiveLostBack, GIVING_LOST_BACK, queue=ACCOUNTS)
