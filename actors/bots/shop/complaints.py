"""Problems with an order: what its customer writes, to the owners and with the order, and what they answer.

An order has one complaint at most, and all that is written goes there. It is open until the shop has done
something about it; whoever writes again opens it again. A message is written with the jobs that tell of it,
in one transaction, once for its effect: whatever is killed, it is told, and told once.
"""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Literal

from mailroom.actors.bots.shop.domain.order import Order
from mailroom.actors.bots.shop.events import ANSWERED, COMPLAINT, AboutMessage
from mailroom.actors.bots.shop.options import Options
from mailroom.actors.bots.shop.order import SQL as ORDERS
from mailroom.actors.cause import Begins
from mailroom.actors.hosting.room import Room
from mailroom.actors.jobs.transaction import Transaction
from mailroom.actors.kit.speech.printable import printable
from mailroom.storage.postgres.outbox.connection import Connection, Source
from mailroom.storage.postgres.queries import load

SQL = load(Path(__file__).with_name("complaints.sql"))

COMPLAINT_CHARS_MAX = 1_000
"""Of one message: with the order around it, it has to fit into a message to the owner."""
WAITING_MESSAGES_MAX = 20
"""Of one complaint, until it is answered: each is a message to every owner."""
MESSAGES_SHOWN_MAX = 6
LISTED_MAX = 20
ABOUT = frozenset({"paid", "delivered"})
"""How an order stands that one may complain about; one that was complained about before stays open to it."""

Taken = Literal["taken", "too_many", "not_now"]


@dataclass(frozen=True)
class Message:
    """What somebody wrote."""

    id: int
    at: datetime
    who: str | None
    """Who of the shop; None: the customer."""
    text: str


@dataclass(frozen=True)
class Complaint:
    """What is wrong with an order, and what was said about it last."""

    order: int
    opened_at: datetime
    closed_at: datetime | None
    messages: tuple[Message, ...]

    @property
    def open(self) -> bool:
        """Whether the customer waits for an answer."""
        return self.closed_at is None

    @property
    def last_words(self) -> str:
        """What the customer wrote last."""
        return next((one.text for one in reversed(self.messages) if one.who is None), "")


@dataclass(frozen=True)
class Waiting:
    """An open complaint in a list."""

    order: int
    opened_at: datetime
    name: str
    """The customer's."""
    text: str
    """What they wrote last."""


def tidy(text: str) -> str:
    """What is kept of a message, all of it if it is not too long; empty if there is nothing to read."""
    return printable(text).strip()[:COMPLAINT_CHARS_MAX]


async def complain(room: Room[Options], of: Begins, order: Order, text: str) -> Taken:
    """Write down what a customer says of their order, once for its message, and have the owners told.

    `too_many`: that much waits for an answer already. `not_now`: the order was not paid for.
    """
    async with room.transaction(of) as tx:
        connection, effect_id = tx.connection, tx.once("complaint")
        # A twin of this effect waits here, and finds it written; so does whoever answers meanwhile.
        row = await connection.fetchrow(ORDERS["lock"], order.number)
        if await connection.fetchval(SQL["written"], effect_id) is not None:
            return "taken"
        state = await connection.fetchrow(SQL["state"], order.number)
        if row is None or (state is None and row["status"] not in ABOUT):
            return "not_now"
        if state is not None and state["open"] and state["waiting"] >= WAITING_MESSAGES_MAX:
            return "too_many"
        await connection.execute(SQL["open"], order.number, order.bot)
        message_id = await connection.fetchval(SQL["add"], order.number, effect_id, None, tidy(text))
        told = COMPLAINT(AboutMessage(order=order.number, message=message_id))
        for owner in sorted(room.options.owners):
            await tx.tell(owner, told)
    return "taken"


async def reply(tx: Transaction, order: Order, effect_id: str, who: str, text: str) -> int:
    """Write down what the shop answers, and have the customer told: nothing waits now. Its row is locked."""
    connection = tx.connection
    await connection.execute(SQL["open"], order.number, order.bot)
    message_id: int = await connection.fetchval(SQL["add"], order.number, effect_id, who, tidy(text))
    await connection.execute(SQL["close"], order.number)
    await tx.tell(order.chat_id, ANSWERED(AboutMessage(order=order.number, message=message_id)))
    return message_id


async def close(connection: Connection, number: int) -> bool:
    """Something was done about it. False if nothing waited."""
    return await connection.fetchval(SQL["close"], number) is not None


async def find_complaint(source: Source, number: int) -> Complaint | None:
    """The complaint about an order, with what was written last."""
    row = await source.fetchrow(SQL["find"], number)
    if row is None:
        return None
    messages = await source.fetch(SQL["messages"], number, MESSAGES_SHOWN_MAX)
    return Complaint(**row, messages=tuple(Message(*one) for one in messages))


async def find_message(source: Source, number: int, message_id: int) -> str | None:
    """What a message about an order says."""
    text: str | None = await source.fetchval(SQL["message"], number, message_id)
    return text


async def is_outdone(source: Source, number: int, message_id: int) -> bool:
    """Whether the customer has written more since: whoever is told of that is told of this as well."""
    return bool(await source.fetchval(SQL["newer"], number, message_id))


async def waiting_complaints(source: Source, bot: str, most: int = LISTED_MAX) -> list[Waiting]:
    """The open complaints in a bot's shop, who has waited longest first."""
    return [Waiting(*row) for row in await source.fetch(SQL["waiting"], bot, most)]


async def count_waiting(source: Source, bot: str) -> int:
    """How many complaints are open."""
    count: int = await source.fetchval(SQL["count"], bot)
    return count
