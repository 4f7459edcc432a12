"""Something that was sold and does not work is replaced from stock: with another one of its product, once."""

from mailroom.actors.bots.shop import complaints
from mailroom.actors.bots.shop.domain.owner_faults import Fault
from mailroom.actors.bots.shop.events import REPLACED, AboutItem
from mailroom.actors.bots.shop.jobs.follow import replaced_jobs
from mailroom.actors.bots.shop.options import Options
from mailroom.actors.bots.shop.owner_complaints import locked_order
from mailroom.actors.bots.shop.stock import give, kill, lock, sold_items
from mailroom.actors.hosting.room import Room
from mailroom.actors.jobs.transaction import Transaction
from mailroom.actors.kit.owners.deeds import By, Outcome, once
from mailroom.actors.kit.owners.faults import TellingFault
from mailroom.actors.kit.owners.refusals import refuse


async def replace(room: Room[Options], by: By, number: int, item_id: int) -> Outcome:
    """Give the customer of an order another item in place of one that is dead from now on, and tell them and
    the supplier.

    What came of it: `product`, `dead` and `given`, ids of items. Raises `OwnerError`: the second one to
    replace an item is told that it was replaced, whoever the first was.
    """

    async def act(tx: Transaction) -> Outcome:
        order = await locked_order(tx.connection, by.bot, number)
        if order.forgotten:
            raise refuse(TellingFault.NOBODY_TO_TELL)
        if order.status != "delivered":
            raise refuse(Fault.NOT_DELIVERED, number=number, status=order.status)
        found = {item.id: item for item in await sold_items(tx.connection, number)}
        if item_id not in found:
            raise refuse(Fault.UNKNOWN_ITEM, number=number)
        item = found[item_id]
        await lock(tx.connection, [item.product_id])
        if not await kill(tx.connection, item_id):
            raise refuse(Fault.ALREADY_REPLACED, product=item.title)
        given = await give(tx.connection, item.product_id, number, item_id)
        if given is None:
            raise refuse(Fault.NO_REPLACEMENT, product=item.title)
        await complaints.close(tx.connection, number)
        await tx.tell(order.chat_id, REPLACED(AboutItem(order=number, item=given)))
        await tx.enqueue(*await replaced_jobs(tx.connection, order, item.product_id, given))
        return {"product": item.title, "dead": item_id, "given": given}

    return await once(room, by, "replace", str(number), act)
