"""What owners do with stock, and the demo's stock."""

import asyncio

import asyncpg
import pytest

from mailroom.actors.bots.shop.catalog import assortment, find_by_slug, list_categories
from mailroom.actors.bots.shop.demo.goods import STOCK, fill
from mailroom.actors.bots.shop.domain.item import ITEM_BYTES_MAX, NewItem, StockError
from mailroom.actors.bots.shop.promo_refusal import why_refused
from mailroom.actors.bots.shop.stock import add_items, goods_of, list_items, withdraw
from mailroom.actors.texts.language import Language
from mailroom.storage.vault import Vault, VaultError

EN = Language("en")


def code(text):
    return NewItem("code", text.encode())


def test_an_item_is_put_into_stock_once_and_the_report_says_which_were_not(play):
    async def scenario(domain):
        id_ = await domain.product(0)
        first = await add_items(domain.pool, domain.vault, id_, [code("A"), code("B"), code("A")], "ann")
        assert (first.added, first.duplicates) == (2, (2,))
        second = await add_items(domain.pool, domain.vault, id_, [code("B"), code("C")], "ann")
        assert (second.added, second.duplicates) == (1, (0,))
        order = await domain.order((id_, 2))
        await domain.pays(order)
        again = await add_items(domain.pool, domain.vault, id_, [code("A"), code("C")], "ann")
        assert (again.added, again.duplicates) == (0, (0, 1))
        assert (await add_items(domain.pool, domain.vault, id_, [], "ann")).added == 0
        other = await domain.product(0)
        assert (await add_items(domain.pool, domain.vault, other, [code("A")], "ann")).added == 1

    play(scenario)


def test_a_large_upload_is_added_in_its_order_and_two_at_once_add_each_item_once(play):
    async def scenario(domain):
        id_ = await domain.product(0)
        items = [code(f"{number:05d}") for number in range(1_300)]
        reports = await asyncio.gather(
            add_items(domain.pool, domain.vault, id_, items, "ann"),
            add_items(domain.pool, domain.vault, id_, list(reversed(items)), "boris"),
        )
        assert sum(report.added for report in reports) == 1_300
        assert sum(len(report.duplicates) for report in reports) == 1_300
        assert await domain.available(id_) == 1_300

    play(scenario)


def test_goods_lie_encrypted_and_only_those_with_a_key_read_them(play):
    async def scenario(domain):
        id_ = await domain.product(0)
        await add_items(
            domain.pool, domain.vault, id_,
            [code("SECRET"), NewItem("file", b"\0\xff secret", "a.bin"), NewItem("link", b"https://secret")],
            "ann",
        )  # fmt: skip
        for row in await domain.sql(
            "SELECT content, fingerprint FROM shop.stock_items WHERE product_id = $1", id_
        ):
            assert b"secret" not in (row["content"] + row["fingerprint"]).lower()
        order = await domain.order((id_, 3))
        await domain.pays(order)
        goods = await goods_of(domain.pool, domain.vault, order.number)
        assert [(one.kind, one.content, one.file_name) for one in goods] == [
            ("code", b"SECRET", None),
            ("file", b"\0\xff secret", "a.bin"),
            ("link", b"https://secret", None),
        ]
        with pytest.raises(VaultError):
            await goods_of(domain.pool, Vault([Vault.new_key()]), order.number)

    play(scenario)


def test_what_is_withdrawn_is_not_sold_and_what_is_held_is_not_withdrawn(play):
    async def scenario(domain):
        id_ = await domain.product(5)
        items = await list_items(domain.pool, id_)
        oldest = [item.id for item in items][-1]
        assert await withdraw(domain.pool, id_, [oldest, items[0].id]) == 2
        assert await domain.available(id_) == 3
        held = await domain.order((id_, 1))
        sold = await domain.order((id_, 1))
        await domain.pays(sold)
        assert await withdraw(domain.pool, id_) == 1
        assert await withdraw(domain.pool, id_) == 0
        level = await domain.level(id_)
        assert (level.available, level.reserved, level.sold, level.withdrawn) == (0, 1, 1, 3)
        assert await domain.pays(held) == "paid"
        title = await domain.value("SELECT slug FROM shop.products WHERE id = $1", id_)
        back = await add_items(domain.pool, domain.vault, id_, [code(f"DEMO-{title}-0")], "ann")
        assert (back.added, await domain.available(id_)) == (1, 1)
        shown = {item.id: item for item in await list_items(domain.pool, id_)}
        assert shown[oldest].withdrawn_at is None
        assert sorted(filter(None, (item.order_number for item in shown.values()))) == [
            held.number,
            sold.number,
        ]

    play(scenario)


def test_who_buys_while_an_item_is_being_withdrawn_gets_another_one(play):
    async def scenario(domain):
        id_ = await domain.product(2)
        quote = await domain.quote((id_, 1))
        oldest = min(item.id for item in await list_items(domain.pool, id_))
        async with domain.pool.acquire() as connection, connection.transaction():
            assert await withdraw(connection, id_, [oldest]) == 1
            buys = asyncio.create_task(domain.order(quote=quote))
            async with asyncio.timeout(10):
                while not await domain.value("SELECT count(*) FROM pg_locks WHERE NOT granted"):
                    assert not buys.done()
        assert (await buys).status == "awaiting_payment"

    play(scenario)


def test_withdrawing_while_many_buy_takes_nothing_from_them(play):
    async def scenario(domain):
        id_ = await domain.product(60)
        quote = await domain.quote((id_, 1))
        ids = [item.id for item in await list_items(domain.pool, id_, 60)]
        results = await asyncio.gather(
            *(domain.order(quote=quote) for _ in range(30)),
            *(withdraw(domain.pool, id_, [ids[place]]) for place in range(30)),
        )
        assert sum(results[30:]) == 30
        level = await domain.level(id_)
        assert (level.reserved, level.withdrawn, level.available) == (30, 30, 0)

    play(scenario, 20)


@pytest.mark.parametrize(
    ("kind", "content", "file_name"),
    [("code", b"", None), ("file", b"x", None), ("code", b"x", "a.txt"),
     ("file", b"x" * (ITEM_BYTES_MAX + 1), "a")],
    ids=["empty", "no name", "a name", "too large"],
)  # fmt: skip
def test_what_cannot_be_sold_cannot_be_added(kind, content, file_name):
    with pytest.raises(StockError):
        NewItem(kind, content, file_name)


def test_stock_of_a_product_that_there_is_not_is_refused(play):
    async def scenario(domain):
        with pytest.raises(asyncpg.ForeignKeyViolationError):
            await add_items(domain.pool, domain.vault, 999_999, [code("A")], "ann")

    play(scenario)


def test_the_demo_fills_a_shop_once(play):
    async def scenario(domain):
        before = await domain.value("SELECT count(*) FROM shop.stock_items")
        assert before == sum(count for _, _, count in STOCK)
        assert await asyncio.gather(*(fill(domain.pool, domain.vault) for _ in range(4))) == [False] * 4
        assert await domain.value("SELECT count(*) FROM shop.stock_items") == before
        assert await domain.value("SELECT count(*) FROM shop.suppliers") == 2
        assert await domain.value("SELECT count(*) FROM shop.products WHERE supplier_id IS NULL") == 0
        assert await why_refused(domain.pool, "WELCOME10") is None

    play(scenario)


def test_the_demo_has_plenty_of_some_little_of_others_and_none_of_two(play):
    async def scenario(domain):
        goods = {product.slug: product for product in await assortment(domain.pool, EN)}
        assert len(goods) == 27
        assert {slug for slug, product in goods.items() if not product.available} == {"album", "taiga"}
        assert goods["svetlitsa-mobile"].available == 3_000
        assert goods["orbit"].available == 2
        assert goods["svetlitsa"].unit_price(1)[0] == 199_200
        assert goods["lighthouse"].unit_price(2)[0] == 89_900
        assert goods["lighthouse"].unit_price(3)[0] == 76_415
        assert goods["planer"].unit_price(1, "WELCOME10")[0] == 134_100
        assert await find_by_slug(domain.pool, EN, "planer") == goods["planer"]
        assert await find_by_slug(domain.pool, EN, "nothing") is None
        assert sum(shelf.products for shelf in await list_categories(domain.pool, EN)) == 27
        order = await domain.order(
            (goods["presets-city"].id, 1), (goods["python"].id, 1), (goods["planer"].id, 1)
        )
        await domain.pays(order)
        file, link, text = await goods_of(domain.pool, domain.vault, order.number)
        assert (file.kind, file.file_name) == ("file", "DEMO-PRESETS-CITY-0001.txt")
        assert (link.kind, link.content) == ("link", b"https://example.com/demo/python/DEMO-PYTHON-0001")
        assert (text.kind, text.content) == ("code", b"DEMO-PLANER-0001")

    play(scenario)


def test_the_demos_suppliers_are_told_where_the_demo_says(play):
    async def scenario(domain):
        await domain.sql("UPDATE shop.products SET supplier_id = NULL")
        await domain.sql("DELETE FROM shop.suppliers")
        assert await fill(
            domain.pool, domain.vault, supplier_chat_id=42, supplier_callback_url="http://127.0.0.1:1/told"
        )
        by_chat, by_call = await domain.sql("SELECT * FROM shop.suppliers ORDER BY id")
        assert (by_chat["chat_id"], by_call["callback_url"]) == (42, "http://127.0.0.1:1/told")
        assert domain.vault.decrypt(by_call["callback_secret"]) == b"demo-supplier-secret"

    play(scenario)
