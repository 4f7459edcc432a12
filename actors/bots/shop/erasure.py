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

from mailroom.actors.bots.shop.balance import balances
from mailroom.actors.bots.shop.domain.language import Language
from mailroom.actors.bots.shop.jobs.kinds import ERASE, ERASE_USAGE, Erasure, UsageOf
from mailroom.actors.bots.shop.options import Options
from mailroom.actors.bots.shop.orders import cancel_order
from mailroom.actors.cause import TELEGRAM, Begins
from mailroom.actors.hosting.room import Room
from mailroom.actors.jobs.transaction import Transaction
from mailroom.actors.kit.owners.deeds import By, Outcome, once_within
from mailroom.actors.pages.visit import telegram_id_of
from mailroom.storage.postgres.broadcasts import forget_recipient
from mailroom.storage.postgres.outbox.connection import Connection, Source
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


async def ask(room: Room[Options], of: Begins, user_id: int, chat_id: int, language: Language) -> bool:
    """Begin to forget somebody: cancel what waits for a payment, and write the job. False if it is begun."""
    for number in (await before(room.database, room.bot, user_id)).awaiting:
        await cancel_order(room, of, number, user_id)
    async with room.transaction(of) as tx:
        number = await tx.connection.fetchval(SQL["ask"], room.bot, user_id, chat_id)
        if number is None:
            return False
        await tx.enqueue(ERASE(Erasure(erasure=number, language=language.value), bot=room.bot))
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


async def erase(room: Room[Options], of: Begins, wish: Erasure) -> bool:
    """Forget somebody, in the turn of their chat. False if an order has come in between: the job is there
    again then. Done before, nothing more is to do.
    """
    by = By(room.bot, WHO, f"{room.bot}:erasure:{wish.erasure}")
    try:
        async with room.transaction(of) as tx:
            await once_within(tx, by, "erasure", str(wish.erasure), lambda _: _all(room, tx, wish))
    except OpenOrdersError:
        async with room.transaction(of) as tx:
            await tx.enqueue(ERASE(wish, bot=room.bot, delay_seconds=AGAIN_SECONDS))
        return False
    return True


async def forget(room: Room[Options], tx: Transaction, person: str) -> None:
    """What the shop itself does to forget a person, whoever wants it. Raises `OpenOrdersError` while
    something of an order of theirs is still to come.
    """
    user_id = telegram_id_of(person)
    if user_id is None:
        return  # only Telegram's people buy here
    connection, bot = tx.connection, room.bot
    if await connection.fetch(SQL["open_orders"], bot, user_id):
        raise OpenOrdersError(f"an order of {person} is still under way")
    wish = await connection.fetchrow(SQL["wish"], bot, user_id)
    assert wish is not None, "there is one now"
    await _delete(connection, bot, user_id, wish["chat_id"], -wish["id"])
    usage = UsageOf(bot=bot, user_id=user_id, nobody=-wish["id"])
    await tx.enqueue(ERASE_USAGE(usage, run_at=await connection.fetchval(SQL["tomorrow"])))
    await connection.execute(SQL["done"], wish["id"])


async def _all(room: Room[Options], tx: Transaction, wish: Erasure) -> Outcome:
    """What is known of somebody who wishes to be forgotten: here, and to the platform."""
    row = await tx.connection.fetchrow(SQL["lock"], wish.erasure)
    if row is None:
        return {}
    orders: int = await tx.connection.fetchval(SQL["kept"], room.bot, row["user_id"])
    await room.forget(tx, f"{TELEGRAM}{row['user_id']}")
    return {"orders_kept": orders}


async def erase_usage(database: Source, usage: UsageOf) -> None:
    """Forget whose the costs of days are that are over."""
    await database.execute(SQL["usage"], usage.bot, usage.user_id, usage.nobody)


class OpenOrdersError(Exception):
    """Something of an order is still to come: who has ordered it cannot be forgotten before."""


async def _delete(connection: Connection, bot: str, user_id: int, chat_id: int, nobody: int) -> None:
    """All rows of somebody, or their name in those that stay."""
    for name in ("complaints", "quoted"):  # while it is known whose orders they are
        await connection.execute(SQL[name], bot, user_id)
    for name in ("orders", "balance", "usage"):
        await connection.execute(SQL[name], bot, user_id, nobody)
    for name in ("leaderboard", "friends", "customer"):
        await connection.execute(SQL[name], bot, user_id)
    await forget_recipient(connection, bot, chat_id)
