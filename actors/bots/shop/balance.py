"""What customers have with the shop: bonuses for friends, and money that could not go back another way.

A balance is the sum of its entries, in one currency; currencies are never added together. An entry exists at
most once for an order, a kind and a level (and a payment), so that whoever adds one may be run again.
"""

from pathlib import Path
from typing import Literal

from mailroom.actors.paying.ways import Ways
from mailroom.storage.postgres.outbox.connection import Connection, Source
from mailroom.storage.postgres.queries import load

SQL = load(Path(__file__).with_name("balance.sql"))

Kind = Literal["bonus", "revoked", "spent", "returned", "refund"]


async def balance(source: Source, bot: str, user_id: int, currency: str) -> int:
    """What a customer has, in minor units. Below zero if a bonus was revoked that had been spent."""
    return int(await source.fetchval(SQL["balance"], bot, user_id, currency))


async def balances(source: Source, bot: str, user_id: int) -> dict[str, int]:
    """What a customer has in each currency that is not zero."""
    rows = await source.fetch(SQL["balances"], bot, user_id)
    return {row["currency"]: row["amount_minor"] for row in rows}


async def add_entry(
    connection: Connection,
    *,
    bot: str,
    user_id: int,
    kind: Kind,
    order_number: int,
    amount_minor: int,
    currency: str,
    level: int = 0,
    payment_id: int | None = None,
) -> bool:
    """Add an entry, below zero for `spent` and `revoked`. False if it was there: nothing is added twice."""
    entry = (bot, user_id, kind, order_number, level, amount_minor, currency, payment_id)
    return await connection.fetchval(SQL["add"], *entry) is not None


async def spend_on(
    connection: Connection,
    *,
    bot: str,
    user_id: int,
    order_number: int,
    total_minor: int,
    currency: str,
    ways: Ways,
) -> int:
    """Pay for an order with what the customer has, as far as one of the `ways` takes what remains; how much
    that was.

    The customer's row stays locked until the transaction ends: nothing is spent twice.
    """
    has_minor = await _locked(connection, bot, user_id, currency)
    amount_minor = total_minor - ways.left(total_minor, has_minor, currency)
    if amount_minor:
        await _spend(connection, bot, user_id, order_number, amount_minor, currency, None)
    return amount_minor


async def spend_again(
    connection: Connection,
    *,
    bot: str,
    user_id: int,
    order_number: int,
    amount_minor: int,
    currency: str,
    payment_id: int,
) -> bool:
    """Spend the same sum once more for an order whose balance was returned, and which a late payment brings
    back. False if there is less by now: then nothing is spent.
    """
    if await _locked(connection, bot, user_id, currency) < amount_minor:
        return False
    await _spend(connection, bot, user_id, order_number, amount_minor, currency, payment_id)
    return True


async def give_back_balance(connection: Connection, order_number: int) -> int:
    """Return what was spent for an order; how much. Called again it returns nothing."""
    return sum(row["amount_minor"] for row in await connection.fetch(SQL["give_back"], order_number))


async def _locked(connection: Connection, bot: str, user_id: int, currency: str) -> int:
    """What a customer has to spend, while nobody else spends it. Who is not a customer has nothing."""
    if await connection.fetchrow(SQL["lock"], bot, user_id) is None:
        return 0
    return max(0, await balance(connection, bot, user_id, currency))


async def _spend(
    connection: Connection,
    bot: str,
    user_id: int,
    order_number: int,
    amount_minor: int,
    currency: str,
    payment_id: int | None,
) -> None:
    await add_entry(
        connection,
        bot=bot,
        user_id=user_id,
        kind="spent",
        order_number=order_number,
        amount_minor=-amount_minor,
        currency=currency,
        payment_id=payment_id,
    )
