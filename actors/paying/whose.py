"""Whose payment it is that a provider tells of. Money moves by itself only for what is exactly ours.

ours        the provider's name for it is in a row, or our name for it is
lost        it bears our installation, and no row knows it: this database is older than the payment
unclaimed   all else: another system's at the same account, or made by hand in the provider's cabinet; also
            what bears the name of a payment at another account of ours

A name of the versions before is nothing but a number, which any other system at the account may use too. It
counts only for the payment of that number, with the same sum, and not made before it.
"""

from dataclasses import dataclass
from datetime import timedelta
from typing import Literal

from mailroom.actors.providers.payments import FetchedPayment, PaymentProvider
from mailroom.storage.postgres.lost_payments import note_lost
from mailroom.storage.postgres.outbox.connection import Source
from mailroom.storage.postgres.payment_names import installation_in, is_number
from mailroom.storage.postgres.payments import (
    Payment,
    created_at_provider,
    find_payment_at,
    find_payment_called,
    installation_id,
    is_payment_named,
)

CLOCKS_DIFFER = timedelta(minutes=10)
"""A provider's clock may be behind ours."""

Whose = Literal["ours", "second", "lost", "unclaimed"]
"""`second`: our name, for a payment that the provider has another one of."""


@dataclass(frozen=True, slots=True)
class Judged:
    """Whose a payment is; `payment` is our row, if there is one."""

    whose: Whose
    payment: Payment | None = None
    new: bool = False
    """Whether it is lost and nobody knew."""


async def whose(source: Source, provider: PaymentProvider, fetched: FetchedPayment) -> Judged:
    """Find the row of a payment at an account, which then has the provider's name for it; or note that it is
    lost.
    """
    ref = fetched.reference or ""
    payment = await find_payment_at(source, provider.names, fetched.provider_id)
    if payment is not None and not (
        payment.ref == fetched.provider_id and is_someone_elses(payment, fetched)
    ):
        return Judged("ours", payment)
    if payment is None:
        payment = await find_payment_called(source, provider.names, ref)
        if payment is not None and not is_someone_elses(payment, fetched):
            noted = await created_at_provider(source, payment.id, fetched.provider_id)
            return Judged("second", payment) if noted is None else Judged("ours", noted)
    is_our_name = payment is None and installation_in(ref) == await installation_id(source)
    # The name of a payment at another account is no lost one: who owns this account may write any name there.
    if is_our_name and not await is_payment_named(source, ref):
        return Judged("lost", new=await _note(source, provider, fetched))
    return Judged("unclaimed")


def is_someone_elses(payment: Payment, fetched: FetchedPayment) -> bool:
    """Whether a payment that goes by the number of ours cannot be it."""
    if not is_number(payment.ref):
        return False
    if (fetched.money.amount_minor, fetched.money.currency) != (payment.amount_minor, payment.currency):
        return True
    made_at = fetched.made_at
    return made_at is not None and made_at < payment.created_at - CLOCKS_DIFFER


async def _note(source: Source, provider: PaymentProvider, fetched: FetchedPayment) -> bool:
    return await note_lost(
        source,
        provider=provider.name,
        provider_id=fetched.provider_id,
        ref=fetched.reference or "",
        state=fetched.state,
        amount_minor=fetched.money.amount_minor,
        currency=fetched.money.currency,
        refunded_minor=fetched.refunded_minor,
        made_at=fetched.made_at,
        about=fetched.about,
    )
