"""The shop answers a customer who has a problem with an order, or closes the matter without a word."""

from mailroom.actors.bots.shop import complaints
from mailroom.actors.bots.shop.complaints import COMPLAINT_CHARS_MAX
from mailroom.actors.bots.shop.domain.order import Order
from mailroom.actors.bots.shop.domain.owner_faults import Fault
from mailroom.actors.bots.shop.options import Options
from mailroom.actors.bots.shop.order import SQL as ORDERS
from mailroom.actors.bots.shop.order import find_order
from mailroom.actors.bots.shop.owner_orders import NUMBER_MAX
from mailroom.actors.hosting.room import Room
from mailroom.actors.jobs.transaction import Transaction
from mailroom.actors.kit.owners.deeds import By, Outcome, once
from mailroom.actors.kit.owners.faults import TellingFault
from mailroom.actors.kit.owners.refusals import refuse
from mailroom.actors.kit.speech.printable import printable
from mailroom.storage.postgres.outbox.connection import Connection


async def answer(room: Room[Options], by: By, number: int, text: str) -> None:
    """Write to the customer of an order, whether they have complained or not. Raises `OwnerError`."""
    words = printable(text).strip()
    if not words or len(words) > COMPLAINT_CHARS_MAX:
        raise refuse(TellingFault.TEXT_TOO_LONG, chars=len(words), most=COMPLAINT_CHARS_MAX)

    async def act(tx: Transaction) -> Outcome:
        order = await locked_order(tx.connection, by.bot, number)
        if order.forgotten:
            raise refuse(TellingFault.NOBODY_TO_TELL)
        # What was written is for the customer: it may be a key, and the log is read by more people.
        return {"message": await complaints.reply(tx, order, by.effect_id, by.who, words)}

    await once(room, by, "answer", str(number), act)


async def close(room: Room[Options], by: By, number: int) -> bool:
    """Let nothing wait for an answer; the customer is not told. False if nothing did. Raises `OwnerError`."""

    async def act(tx: Transaction) -> Outcome:
        await locked_order(tx.connection, by.bot, number)
        return {"closed": await complaints.close(tx.connection, number)}

    outcome = await once(room, by, "close", str(number), act)
    return bool(outcome["closed"])


async def locked_order(connection: Connection, bot: str, number: int) -> Order:
    """Have an order of a bot's shop to oneself until the transaction ends. Raises `OwnerError`."""
    row = await connection.fetchrow(ORDERS["lock"], number) if 0 < number <= NUMBER_MAX else None
    order = await find_order(connection, number) if row is not None else None
    if order is None or order.bot != bot:
        raise refuse(Fault.UNKNOWN_ORDER, number=number)
    return order
