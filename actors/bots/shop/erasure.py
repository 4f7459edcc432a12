"""A customer is forgotten once their orders are over: what the shop says of it, and what it deletes.

What was sold stays in the books, of nobody: such an order has a customer below zero, and no chat.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path

from mailroom.actors.bots.shop.balance import balances
from mailroom.actors.bots.shop.callbacks import Goto, Place
from mailroom.actors.bots.shop.events import ERASED
from mailroom.actors.bots.shop.jobs.kinds import ERASE, ERASE_USAGE, UsageOf
from mailroom.actors.bots.shop.keyboards import goto
from mailroom.actors.bots.shop.options import Options
from mailroom.actors.bots.shop.orders import cancel_order
from mailroom.actors.bots.shop.texts import ERASURE_TEXTS, TEXTS, Texts
from mailroom.actors.cause import Begins
from mailroom.actors.hosting.room import Room
from mailroom.actors.jobs.transaction import Transaction
from mailroom.actors.kit.erasure.erasure import Before, Erasure
from mailroom.actors.kit.erasure.wishes import Wanted
from mailroom.actors.kit.owners.deeds import Outcome
from mailroom.actors.kit.speech.money import format_money
from mailroom.actors.pages.visit import telegram_id_of
from mailroom.actors.texts.language import Language
from mailroom.storage.postgres.broadcasts import forget_recipient
from mailroom.storage.postgres.outbox.connection import Connection, Source
from mailroom.storage.postgres.queries import load

SQL = load(Path(__file__).with_name("erasure.sql"))


async def _open(source: Source, bot: str, user_id: int) -> list[str]:
    """Orders of which something is still to come."""
    return [f"order {row['id']}" for row in await source.fetch(SQL["open_orders"], bot, user_id)]


async def _before(room: Room[Options], user_id: int, language: Language) -> Before:
    """What goes and stays; a balance is lost, orders that wait for their payment are canceled, and those that
    are paid and not delivered, or whose money goes back, are waited for.
    """
    texts = TEXTS[language]
    own = texts.policies
    awaiting, unfinished = await _orders(room, user_id)
    has = _amounts(texts, await balances(room.database, room.bot, user_id))
    said = [
        own.ask,
        own.ask_balance(amount=has) if has else "",
        own.ask_awaiting(orders=_numbers(awaiting)) if awaiting else "",
        own.ask_unfinished(orders=_numbers(unfinished)) if unfinished else "",
    ]
    return Before([one for one in said if one], [[goto(texts.orders.button_orders, Place.ORDERS)]])


async def _waits(room: Room[Options], user_id: int, language: Language) -> str:
    _, unfinished = await _orders(room, user_id)
    return TEXTS[language].policies.asked_waits(orders=_numbers(unfinished)) if unfinished else ""


async def _begin(room: Room[Options], of: Begins, user_id: int) -> None:
    """Cancel what waits for a payment."""
    awaiting, _ = await _orders(room, user_id)
    for number in awaiting:
        await cancel_order(room, of, number, user_id)


async def _kept(connection: Connection, wanted: Wanted) -> Outcome:
    return {"orders_kept": await connection.fetchval(SQL["kept"], wanted.bot, wanted.user_id)}


ERASURE = Erasure[Options](
    kind=ERASE,
    event=ERASED,
    texts=ERASURE_TEXTS,
    keep=Goto(place=Place.PRIVACY),
    open=_open,
    before=_before,
    waits=_waits,
    begin=_begin,
    kept=_kept,
    who="Покупатель / Customer",
)


async def forget(room: Room[Options], tx: Transaction, person: str) -> None:
    """What the shop itself does to forget a person, whoever wants it. Raises `StillOpenError` while something
    of an order of theirs is still to come.
    """
    user_id = telegram_id_of(person)
    if user_id is None:
        return  # only Telegram's people buy here
    wanted = await ERASURE.forget(tx, room.bot, user_id, _delete)
    usage = UsageOf(bot=room.bot, user_id=user_id, nobody=wanted.nobody)
    await tx.enqueue(ERASE_USAGE(usage, run_at=await tx.connection.fetchval(SQL["tomorrow"])))


async def erase_usage(database: Source, usage: UsageOf) -> None:
    """Forget whose the costs of days are that are over."""
    await database.execute(SQL["usage"], usage.bot, usage.user_id, usage.nobody)


async def _delete(connection: Connection, wanted: Wanted) -> None:
    """All rows of somebody, or their name in those that stay."""
    whose = (wanted.bot, wanted.user_id)
    for name in ("complaints", "quoted"):  # while it is known whose orders they are
        await connection.execute(SQL[name], *whose)
    for name in ("orders", "balance", "usage"):
        await connection.execute(SQL[name], *whose, wanted.nobody)
    for name in ("leaderboard", "friends", "customer"):
        await connection.execute(SQL[name], *whose)
    await forget_recipient(connection, wanted.bot, wanted.chat_id)


async def _orders(room: Room[Options], user_id: int) -> tuple[list[int], list[int]]:
    """Those that wait for their payment, and those that are not finished."""
    rows = await room.database.fetch(SQL["open_orders"], room.bot, user_id)
    awaiting = [row["id"] for row in rows if row["status"] == "awaiting_payment"]
    return awaiting, [row["id"] for row in rows if row["status"] != "awaiting_payment"]


def _amounts(texts: Texts, balances: Mapping[str, int]) -> str:
    return ", ".join(
        format_money(minor, currency, texts.language) for currency, minor in balances.items() if minor > 0
    )


def _numbers(orders: Sequence[int]) -> str:
    return ", ".join(map(str, orders))
