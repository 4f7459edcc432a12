"""Refunds that were made by other hands, in the provider's cabinet or by another system: noted as rows."""

from collections.abc import Sequence
from dataclasses import dataclass

from mailroom.actors.paying.back import Standing
from mailroom.actors.providers.payments import ListedRefund, RefundState
from mailroom.storage.postgres.outbox.connection import Source
from mailroom.storage.postgres.payments import Payment
from mailroom.storage.postgres.refunds import PaymentRefund, RefundStatus, note_by_gateway

STATUSES: dict[RefundState, RefundStatus] = {"pending": "pending", "done": "done", "canceled": "failed"}


@dataclass(frozen=True, slots=True)
class Noted:
    """What of it was new."""

    any_new: bool
    came_back: tuple[ListedRefund, ...]
    """Refunds that we knew of, and that came to nothing after all."""


async def note_others(
    source: Source, payment: Payment, standing: Standing, rows: Sequence[PaymentRefund], *, listed: bool
) -> Noted:
    """Note them. A provider that lists no refunds tells a sum, which is one row."""
    if not listed:
        currency = payment.paid_currency or payment.currency
        new = bool(standing.others_minor) and await note_by_gateway(
            source, payment.id, None, standing.others_minor, currency, "done"
        )
        return Noted(new, ())
    known = {row.provider_id for row in rows if row.by_gateway and row.status != "failed"}
    new_ones = []
    for one in standing.others:
        noted = (one.refund_id, one.money.amount_minor, one.money.currency, STATUSES[one.state])
        if await note_by_gateway(source, payment.id, *noted, one.words or None):
            new_ones.append(one)
    came_back = [one for one in new_ones if one.state == "canceled" and one.refund_id in known]
    return Noted(any(one.state != "canceled" for one in new_ones), tuple(came_back))
