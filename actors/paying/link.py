"""Where somebody pays: a payment that was opened is made at its provider, once, and the link is kept."""

from mailroom.actors.providers.payments import Money, PaymentOrder, PaymentProvider, ProviderRefusedError
from mailroom.actors.providers.receipts import Receipt
from mailroom.storage.postgres.outbox.connection import Source
from mailroom.storage.postgres.payments import Payment, created_at_provider


async def made_at(
    provider: PaymentProvider,
    payment: Payment,
    source: Source,
    *,
    description: str,
    return_url: str,
    language: str | None = None,
    receipt: Receipt | None = None,
) -> Payment:
    """The payment with its `pay_url`, which is the same however often it is asked for. Not to be called in a
    transaction: the provider may take its time. Raises `PaymentProviderError`.
    """
    if payment.pay_url is not None:
        return payment
    money = Money(payment.amount_minor, payment.currency)
    sums = provider.sums(money.currency)
    if sums is None or not sums.takes(money.amount_minor):
        # It was offered while it took this sum, or somebody has made the press up.
        raise ProviderRefusedError(f"{provider.name} does not take {money}")
    created = await provider.create(
        PaymentOrder(
            money=money,
            reference=payment.ref,
            description=description,
            return_url=return_url,
            idempotency_key=f"payment-{payment.ref}",
            about=payment.about,
            receipt=receipt,
            language=language,
        )
    )
    noted = await created_at_provider(
        source, payment.id, created.provider_id, pay_url=created.pay_url, expires_at=created.expires_at
    )
    if noted is None:
        raise ProviderRefusedError(
            f"{provider.name} has made two payments of {payment.id}: {created.provider_id} is the second"
        )
    return noted
