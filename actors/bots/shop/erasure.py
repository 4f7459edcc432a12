"""A customer is forgotten: asked for in the chat, done once their orders are over.

    /privacy ──confirmed──► job `shop.erase` ──orders over──► event in the chat ──► rows, then the chat
                                 ▲    └─ one is open: later ─┘        │
                                 └────────── one is open again ───────┘

The rows go in one transaction, in the chat's turn: whatever is killed, it is done again to the same end.
What was sold stays in the books, of nobody: such an order has a customer below zero, and no chat.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from asyncpg import Pool

from mailroom.actors.bots.shop.balance import balances
from mailroom.actors.bots.shop.domain.language import Language
from mailroom.actors.bots.shop.jobs.kinds import ERASE, ERASE_USAGE, Erasure, UsageOf
from mailroom.actors.bots.shop.orders import cancel_order
from mailroom.actors.bots.shop.owner_log import By, Outcome, once
from mailroom.storage.postgres.broadcasts import forget_recipient
from mailroom.storage.postgres.outbox.connection import Connection, Source, answering
from mailroom.storage.postgres.outbox.enqueue import enqueue
from mailroom.storage.postgres.outbox.job import Origin
from mailroom.storage.postgres.queries import load

SQL = load(Path(__file__).with_name("erasure.sql"))

AGAIN_SECONDS = 600.0
"""When to look again whether an order is over."""
WHO = "Покупатель / Customer"
"""What the owner's log says of who did it."""


@dataclass(frozen=True)
class Before:
    """What a customer should know before all is deleted."""

    balances: dict[str, int]
    """By currency, in minor units: gone with the rest."""
    awaiting: Sequence[int]
    """Orders that wait for their payment, and are canceled."""
    unfinished: Sequence[int]
    """Orders that are paid and not delivered, or whose money goes back: these are waited for."""


async def before(database: Source, bot: str, user_id: int) -> Before:
    """How things stand with somebody who wants to be forgotten."""
    rows = await database.fetch(SQL["open_orders"], bot, user_id)
    awaiting = [row["id"] for row in rows if row["status"] == "awaiting_payment"]
    unfinished = [row["id"] for row in rows if row["status"] != "awaiting_payment"]
    return Before(dict(await balances(database, bot, user_id)), awaiting, unfinished)


async def ask(
    database: Pool, bot: str, user_id: int, chat_id: int, language: Language, origin: Origin | None
) -> bool:
    """Begin to forget somebody: cancel what waits for a payment, and write the job. False if it is begun."""
    for number in (await before(database, bot, user_id)).awaiting:
        await cancel_order(database, number, user_id)
    with answering():
        async with database.acquire() as connection, connection.transaction():
            number = await connection.fetchval(SQL["ask"], bot, user_id, chat_id)
            if number is None:
                return False
            wish = Erasure(erasure=number, language=language.value)
            await enqueue(connection, [ERASE(wish, bot=bot, origin=origin)])
            return True


async def find(database: Source, wish: Erasure) -> tuple[str, int, list[int]] | None:
    """The bot and the chat of somebody who is to be forgotten, and which orders stand in the way; None if
    that is done.
    """
    row = await database.fetchrow(SQL["find"], wish.erasure)
    if row is None:
        return None
    orders = await database.fetch(SQL["open_orders"], row["bot"], row["user_id"])
    return row["bot"], row["chat_id"], [order["id"] for order in orders]


async def erase(database: Pool, bot: str, wish: Erasure, origin: Origin) -> bool:
    """Forget somebody, in the turn of their chat. False if an order has come in between: the job is there
    again then. Done before, nothing more is to do.
    """

    async def act(connection: Connection) -> Outcome:
        row = await connection.fetchrow(SQL["lock"], wish.erasure)
        if row is None:
            return {}
        user_id, nobody = row["user_id"], -wish.erasure
        if await connection.fetch(SQL["open_orders"], bot, user_id):
            raise _OpenOrderError
        orders = await _delete(connection, bot, user_id, row["chat_id"], nobody)
        usage = UsageOf(bot=bot, user_id=user_id, nobody=nobody)
        tomorrow = await connection.fetchval(SQL["tomorrow"])
        await enqueue(connection, [ERASE_USAGE(usage, run_at=tomorrow)])
        await connection.execute(SQL["done"], wish.erasure)
        return {"orders_kept": orders}

    by = By(bot, WHO, f"{bot}:erasure:{wish.erasure}")
    try:
        await once(database, by, "erasure", str(wish.erasure), act)
    except _OpenOrderError:
        await enqueue(database, [ERASE(wish, bot=bot, delay_seconds=AGAIN_SECONDS, origin=origin)])
        return False
    return True


async def erase_usage(database: Source, usage: UsageOf) -> None:
    """Forget whose the costs of days are that are over."""
    await database.execute(SQL["usage"], usage.bot, usage.user_id, usage.nobody)


class _OpenOrderError(Exception):
    """Something of an order is still to come."""


async def _delete(connection: Connection, bot: str, user_id: int, chat_id: int, nobody: int) -> int:
    """All rows of somebody, or their name in those that stay; how many orders stay."""
    for name in ("complaints", "quoted"):  # while it is known whose orders they are
        await connection.execute(SQL[name], bot, user_id)
    tag: str = await connection.execute(SQL["orders"], bot, user_id, nobody)
    for name in ("balance", "usage"):
        await connection.execute(SQL[name], bot, user_id, nobody)
    for name in ("leaderboard", "friends", "customer"):
        await connection.execute(SQL[name], bot, user_id)
    await forget_recipient(connection, bot, chat_id)
    return int(tag.removeprefix("UPDATE "))
