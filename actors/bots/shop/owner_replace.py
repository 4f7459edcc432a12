"""Something that was sold and does not work is replaced from stock: with another one of its product, once."""

from collections.abc import Callable

from asyncpg import Pool

from mailroom.actors.bots.shop import complaints
from mailroom.actors.bots.shop.domain.owner_faults import Fault, refuse
from mailroom.actors.bots.shop.events import REPLACED, AboutItem
from mailroom.actors.bots.shop.jobs.follow import replaced_jobs
from mailroom.actors.bots.shop.jobs.kinds import DELIVERY
from mailroom.actors.bots.shop.owner_complaints import locked_order
from mailroom.actors.bots.shop.owner_log import By, Outcome, once
from mailroom.actors.bots.shop.stock import give, kill, lock, sold_items
from mailroom.actors.bots.shop.telling import event_job
from mailroom.actors.jobs.notify import NOTIFICATION
from mailroom.storage.postgres.outbox.connection import Connection
from mailroom.storage.postgres.outbox.enqueue import enqueue


async def replace(database: Pool, wake: Callable[[str], None], by: By, number: int, item_id: int) -> Outcome:
    """Give the customer of an order another item in place of one that is dead from now on, and tell them and
    the supplier.

    What came of it: `product`, `dead` and `given`, ids of items. Raises `OwnerError`: the second one to
    replace an item is told that it was replaced, whoever the first was.
    """

    async def act(connection: Connection) -> Outcome:
        order = await locked_order(connection, by.bot, number)
        if order.forgotten:
            raise refuse(Fault.NOBODY_TO_TELL)
        if order.status != "delivered":
            raise refuse(Fault.NOT_DELIVERED, number=number, status=order.status)
        found = {item.id: item for item in await sold_items(connection, number)}
        if item_id not in found:
            raise refuse(Fault.UNKNOWN_ITEM, number=number)
        item = found[item_id]
        await lock(connection, [item.product_id])
        if not await kill(connection, item_id):
            raise refuse(Fault.ALREADY_REPLACED, product=item.title)
        given = await give(connection, item.product_id, number, item_id)
        if given is None:
            raise refuse(Fault.NO_REPLACEMENT, product=item.title)
        await complaints.close(connection, number)
        told = event_job(order.bot, order.chat_id, REPLACED(AboutItem(order=number, item=given)))
        await enqueue(connection, [told, *await replaced_jobs(connection, order, item.product_id, given)])
        return {"product": item.title, "dead": item_id, "given": given}

    outcome = await once(database, by, "replace", str(number), act)
    wake(NOTIFICATION.of(by.bot))
    wake(DELIVERY.of(by.bot))
    return outcome
