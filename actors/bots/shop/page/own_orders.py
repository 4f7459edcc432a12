"""A visitor's orders: as they are, with their goods, and given up."""

from mailroom.actors.bots.shop.options import Options
from mailroom.actors.bots.shop.order import recent_orders
from mailroom.actors.bots.shop.orders import cancel_order
from mailroom.actors.bots.shop.page.asked import OfGoods, OfOrder
from mailroom.actors.bots.shop.page.shown import Json, shown_summary
from mailroom.actors.bots.shop.page.visits import goods_in, language_of, own, show, user_of
from mailroom.actors.hosting.room import Room
from mailroom.actors.pages.answer import File, Problem
from mailroom.actors.pages.ask import Asked
from mailroom.actors.pages.visit import Visit

ANY_BYTES = "application/octet-stream"


async def orders(room: Room[Options], visit: Visit, _asked: Asked) -> list[Json]:
    """The visitor's last orders."""
    found = await recent_orders(room.database, room.bot, user_of(visit))
    return [shown_summary(one, language_of(visit)) for one in found]


async def one(room: Room[Options], visit: Visit, asked: OfOrder) -> Json:
    """An order of the visitor's, and once it is delivered its goods."""
    return await show(room, visit, await own(room, visit, asked.number))


async def file(room: Room[Options], visit: Visit, asked: OfGoods) -> File:
    """A file among the goods of an order of the visitor's."""
    goods = await goods_in(room, await own(room, visit, asked.number)) or []
    if not 0 <= asked.place < len(goods) or goods[asked.place].kind != "file":
        raise Problem("not_found", "absent")
    found = goods[asked.place]
    return File(found.content, ANY_BYTES, found.file_name or "")


async def cancel(room: Room[Options], visit: Visit, asked: OfOrder) -> Json:
    """Give an order up that waits for its payment."""
    await own(room, visit, asked.number)
    canceled = await cancel_order(room, visit, asked.number, user_of(visit))
    now = await one(room, visit, asked)
    if not canceled and now["status"] != "canceled":
        raise Problem("order_closed", order=now)
    return now
