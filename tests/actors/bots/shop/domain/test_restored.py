"""After a restore: what was free may have been sold, and is sold again only when its owner says so."""

from types import SimpleNamespace

from mailroom.actors.bots.shop.checkout import PURPOSE
from mailroom.actors.bots.shop.domain.item import NewItem
from mailroom.actors.bots.shop.domain.item_ranges import ranges
from mailroom.actors.bots.shop.restored import confirm, doubt, restored, withdraw
from mailroom.actors.bots.shop.stock import add_items
from mailroom.actors.kit.owners.deeds import By

SINCE_MS = 1_700_000_000_000


def by(effect: str) -> By:
    return By("shop", "the owner", effect, "counted")


async def slug_of(domain, product: int) -> str:
    return str(await domain.pool.fetchval("SELECT slug FROM shop.products WHERE id = $1", product))


async def ids_of(domain, product: int) -> list[int]:
    rows = await domain.pool.fetch(
        "SELECT id FROM shop.stock_items WHERE product_id = $1 ORDER BY id", product
    )
    return [row["id"] for row in rows]


def test_what_is_free_is_doubted_once_for_each_restore_until_the_owner_confirms_it(play):
    async def scenario(domain):
        product = await domain.product(3)
        assert await doubt(domain.pool, SINCE_MS) >= 3
        assert await domain.available(product) == 0
        slug = await slug_of(domain, product)
        assert await confirm(domain.room, by("one"), slug) == 3
        assert await confirm(domain.room, by("one"), slug) == 3, "the same deed has the same outcome"
        assert await doubt(domain.pool, SINCE_MS) == 0
        assert await domain.available(product) == 3
        assert await doubt(domain.pool, SINCE_MS + 1) >= 3

    play(scenario)


def test_goods_that_a_lost_payment_names_stay_off_sale_whatever_the_owner_confirms(play):
    async def scenario(domain):
        product = await domain.product(4)
        first, second, *_ = await ids_of(domain, product)
        told = {"for": f"{PURPOSE} 1042", "items": ranges([first, second])}
        await doubt(domain.pool, SINCE_MS)
        assert await withdraw(domain.pool, [told]) == 2
        assert await withdraw(domain.pool, [told]) == 0
        assert await confirm(domain.room, by("two"), await slug_of(domain, product)) == 2
        assert await domain.available(product) == 2

    play(scenario)


def test_a_lost_payment_of_another_shop_takes_nothing_off_sale_here(play):
    """Goods of two shops with tables of their own may have the same numbers."""

    async def scenario(domain):
        product = await domain.product(2)
        told = {"for": f"{PURPOSE} 1042", "items": ranges(await ids_of(domain, product)), "bot": "tea"}
        here = restored(SimpleNamespace(database=domain.pool, sharing={"shop", "second"}))
        assert await here.withdraw(domain.pool, [told]) == 0
        assert await domain.available(product) == 2
        assert await here.withdraw(domain.pool, [told | {"bot": "second"}]) == 2

    play(scenario)


def test_what_others_write_at_a_gateway_withdraws_nothing(play):
    async def scenario(domain):
        product = await domain.product(2)
        items = ranges(await ids_of(domain, product))
        hostile = [
            {}, {"for": "other.thing 1", "items": items}, {"for": f"{PURPOSE} 1", "items": "1-999999999999"},
            {"for": f"{PURPOSE} 1", "items": "1; DROP"}, {"for": f"{PURPOSE} 1", "items": ""},
        ]  # fmt: skip
        assert await withdraw(domain.pool, hostile) == 0
        assert await domain.available(product) == 2

    play(scenario)


def test_an_order_that_waits_for_its_payment_keeps_its_goods_for_a_day(play):
    async def scenario(domain):
        product = await domain.product(2)
        placed = await domain.order((product, 1))
        order = placed.number
        await domain.sql(f"UPDATE shop.orders SET reserved_until = now() - interval '1 h' WHERE id = {order}")
        await domain.sql(
            f"UPDATE shop.stock_items SET reserved_until = now() - interval '1 h' WHERE order_id = {order}"
        )
        await doubt(domain.pool, SINCE_MS)
        assert await domain.available(product) == 0
        assert (
            await domain.pool.fetchval(
                "SELECT count(*) FROM shop.stock_items WHERE order_id = $1 AND reserved_until > now()", order
            )
            == 1
        )
        await domain.pays(placed)

    play(scenario)


def test_an_upload_brings_back_what_is_doubted(play):
    async def scenario(domain):
        product = await domain.product(0)
        items = [NewItem("code", b"A"), NewItem("code", b"B")]
        await add_items(domain.pool, domain.vault, product, items, "ann")
        await doubt(domain.pool, SINCE_MS)
        assert (await add_items(domain.pool, domain.vault, product, items, "ann")).added == 2
        assert await domain.available(product) == 2
        assert await confirm(domain.room, by("three"), await slug_of(domain, product)) == 0

    play(scenario)
