"""Whose a job about a payment is, that was enqueued when all bots shared their queue of payments."""

from collections.abc import Mapping

from mailroom.storage.postgres.outbox.connection import Connection
from mailroom.storage.postgres.payments import find_payment

NUMBER_MAX = 2**63 - 1


async def bot_of_payment(connection: Connection, _name: str, carried: Mapping[str, object]) -> str | None:
    """The bot of the payment that a job names, configured or not."""
    number = carried.get("payment_id")
    if not isinstance(number, int) or not 0 < number <= NUMBER_MAX:
        return None
    payment = await find_payment(connection, number)
    return None if payment is None else payment.bot or None
