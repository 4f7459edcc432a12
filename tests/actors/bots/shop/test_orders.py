"""Writing an order: once per effect, whatever happens at the same time."""

import asyncio

from mailroom.actors.bots.shop.catalog import find_by_slug, list_categories, quote_cart
from mailroom.actors.bots.shop.domain.cart import Cart
from mailroom.actors.bots.shop.orders import Buyer, find_order_of, place_order, recent_orders
from mailroom.actors.bots.shop.texts import TEXTS
from mailroom.actors.texts.language import Language
from tests.rooms import named
from tests.shop_tables import shop_pool, shop_room

BUYER = Buyer("shop", 5, 7, Language("en"), "@ann_smith", "")
HOW = {"reserve_minutes": 15, "use_balance": False}


def test_an_effect_that_runs_twenty_times_at_once_places_one_order(shop_database):
    async def place():
        async with shop_pool(shop_database, 8) as pool:
            goods = [await find_by_slug(pool, Language("en"), slug) for slug in ("planer", "fonts")]
            quote = await quote_cart(pool, Language("en"), Cart(((goods[0].id, 2), (goods[1].id, 1))))
            room, of = shop_room(pool), named("e1")
            orders = await asyncio.gather(*(place_order(room, of, BUYER, quote, **HOW) for _ in range(20)))
            assert len({order.number for order in orders}) == 1
            assert await find_order_of(pool, "e1") == orders[0]
            assert await find_order_of(pool, "e2") is None
            assert [summary.items for summary in await recent_orders(pool, "shop", 7)] == [3]
            assert await recent_orders(pool, "other", 7) == []

    asyncio.run(place())


def test_the_demo_goods_fill_several_pages_in_both_languages(shop_database):
    async def look():
        async with shop_pool(shop_database, 1) as pool:
            for language in TEXTS.languages:
                shelves = await list_categories(pool, language)
                assert [shelf.products for shelf in shelves] == [8, 6, 6, 4, 3]

    asyncio.run(look())
