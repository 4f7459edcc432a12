"""`/ops/shop/BOT`: what those who run a shop can see and do, as JSON; a door like the rest of `/ops`.

Who is let in, and how errors look, is what `/ops` does. What is done is written to the shop's own log, with
who did it and why (`GET /ops/shop/BOT/log`), in the transaction that does it.
"""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from functools import partial
from typing import Any

from quart import Blueprint, Response

from mailroom.actors.bots.shop import complaints, goods, offers, owner_broadcast, owner_orders
from mailroom.actors.bots.shop.figures import Figures, read_figures, today
from mailroom.actors.bots.shop.owner_log import read_log
from mailroom.actors.bots.shop.stock import list_items
from mailroom.actors.runtime.bridge import aio
from mailroom.ingress.console.shop.asked import FiguresQuery, MostQuery, OrderQuery
from mailroom.ingress.console.shop.door import ShopDoor, in_words
from mailroom.ingress.console.shop.wishes import add_wishes
from mailroom.ingress.ops.answers import query, shown
from mailroom.ingress.under_way import UnderWay

__all__ = ["ShopDoor", "add_shop"]


def add_shop(ops: Blueprint, door: ShopDoor, under_way: UnderWay) -> None:
    """Build the routes."""
    _add_views(ops, door)
    add_wishes(ops, door, under_way)


def _add_views(ops: Blueprint, door: ShopDoor) -> None:
    async def seen(look: Callable[[], Awaitable[Any]]) -> Response:
        return shown(await aio(in_words, look))

    @ops.get("/shop")
    async def shops() -> Response:
        """The shops there are."""
        return shown(sorted(door.options))

    @ops.get("/shop/<bot>/figures")
    async def shop_figures(bot: str) -> Response:
        """Orders, revenue, conversion, model cost: ?days=1, ?ago=0 days ago."""
        asked = query(FiguresQuery)
        return await seen(partial(_figures, door, door.shop(bot), asked.days, asked.ago))

    @ops.get("/shop/<bot>/products")
    async def shop_products(bot: str) -> Response:
        """Every product with its price and stock."""
        door.shop(bot)
        return await seen(partial(goods.list_goods, door.database(bot)))

    @ops.get("/shop/<bot>/products/<slug>/items")
    async def shop_items(bot: str, slug: str) -> Response:
        """The newest items of a product, without what is in them: ?most=20."""
        door.shop(bot)
        most = query(MostQuery).most

        async def look() -> Any:
            return await list_items(
                door.database(bot), (await goods.find_good(door.database(bot), slug)).id, most
            )

        return await seen(look)

    @ops.get("/shop/<bot>/categories")
    async def shop_categories(bot: str) -> Response:
        """Every category."""
        door.shop(bot)
        return await seen(partial(goods.list_categories, door.database(bot)))

    @ops.get("/shop/<bot>/suppliers")
    async def shop_suppliers(bot: str) -> Response:
        """Every supplier, without secrets."""
        door.shop(bot)
        return await seen(partial(goods.list_suppliers, door.database(bot)))

    @ops.get("/shop/<bot>/orders")
    async def shop_orders(bot: str) -> Response:
        """Orders, newest first: ?find= (number, customer's id, name or contact) &status= &most=20."""
        asked = query(OrderQuery)
        look = partial(
            owner_orders.find_orders,
            door.database(bot),
            door.shop(bot),
            asked.find,
            asked.status or None,
            asked.most,
        )
        return await seen(look)

    @ops.get("/shop/<bot>/orders/<int:number>")
    async def shop_order(bot: str, number: int) -> Response:
        """One order: who, what, paid how, and the jobs that are left of it."""
        return await seen(partial(owner_orders.open_order, door.database(bot), door.shop(bot), number))

    @ops.get("/shop/<bot>/complaints")
    async def shop_complaints(bot: str) -> Response:
        """Problems with orders that wait for an answer, who has waited longest first: ?most=20."""
        most = query(MostQuery).most
        return await seen(partial(complaints.waiting_complaints, door.database(bot), door.shop(bot), most))

    @ops.get("/shop/<bot>/discounts")
    async def shop_discounts(bot: str) -> Response:
        """The newest discounts: ?most=20."""
        door.shop(bot)
        return await seen(partial(offers.list_offers, door.database(bot), query(MostQuery).most))

    @ops.get("/shop/<bot>/broadcasts")
    async def shop_broadcasts(bot: str) -> Response:
        """The newest broadcasts, and how far each has come: ?most=20."""
        most = query(MostQuery).most
        return await seen(partial(owner_broadcast.list_broadcasts, door.database(bot), door.shop(bot), most))

    @ops.get("/shop/<bot>/recipients")
    async def shop_recipients(bot: str) -> Response:
        """How many customers a broadcast would reach, by language, and how many want no news."""
        return await seen(partial(owner_broadcast.count_recipients, door.database(bot), door.shop(bot)))

    @ops.get("/shop/<bot>/log")
    async def shop_log(bot: str) -> Response:
        """Who did what to the shop, newest first: ?most=20."""
        return await seen(partial(read_log, door.database(bot), door.shop(bot), query(MostQuery).most))


async def _figures(door: ShopDoor, bot: str, days: int, ago: int) -> dict[str, Any]:
    last = await today(door.database(bot)) - timedelta(days=ago)
    found: Figures = await read_figures(door.database(bot), bot, last - timedelta(days=days - 1), last)
    return {"figures": found, "conversion_percent": found.conversion_percent}
