"""A shop without a chat: its stock, its customers and its orders, in a real Postgres.

After each scenario the books are checked: goods, money and uses of codes are those that the orders say.
"""

import asyncio
import itertools

import pytest

from mailroom.actors.bots.shop import orders
from mailroom.actors.bots.shop.balance import add_entry, balance
from mailroom.actors.bots.shop.catalog import find_by_slug, quote_cart
from mailroom.actors.bots.shop.checkout import PURPOSE, settle
from mailroom.actors.bots.shop.customers import remember
from mailroom.actors.bots.shop.domain.cart import Cart
from mailroom.actors.bots.shop.domain.item import NewItem
from mailroom.actors.bots.shop.orders import Buyer, expire, find_order, place_order
from mailroom.actors.bots.shop.stock import add_items, levels, lock_for
from mailroom.actors.texts.language import Language
from mailroom.storage.postgres.payments import mark_paid, open_payment
from tests.rooms import named, transaction_on
from tests.shop_tables import shop_pool, shop_room

EN = Language("en")
BOT = "shop"

BOOKS = {
    "an item is held by an order that wants none of it, or too many of it": """
        SELECT item.order_id, item.product_id, count(*) FROM shop.stock_items AS item
        JOIN shop.orders AS o ON o.id = item.order_id
        LEFT JOIN shop.order_lines AS l ON l.order_id = o.id AND l.product_id = item.product_id
        GROUP BY item.order_id, item.product_id, l.quantity HAVING count(*) > coalesce(l.quantity, 0)
    """,
    "a closed order holds goods": """
        SELECT o.id FROM shop.stock_items AS item JOIN shop.orders AS o ON o.id = item.order_id
        WHERE o.status IN ('expired', 'canceled')
    """,
    "an order is paid and does not have its goods": """
        SELECT o.id, l.product_id FROM shop.orders AS o JOIN shop.order_lines AS l ON l.order_id = o.id
        WHERE o.status IN ('paid', 'delivered') AND l.quantity <> (
            SELECT count(*) FROM shop.stock_items AS i
            WHERE i.order_id = o.id AND i.product_id = l.product_id AND i.sold_at IS NOT NULL)
    """,
    "an order waits for its payment, its time is not over, and it does not hold its goods": """
        SELECT o.id, l.product_id FROM shop.orders AS o JOIN shop.order_lines AS l ON l.order_id = o.id
        WHERE o.status = 'awaiting_payment' AND o.reserved_until > now() AND l.quantity <> (
            SELECT count(*) FROM shop.stock_items AS i
            WHERE i.order_id = o.id AND i.product_id = l.product_id AND i.reserved_until = o.reserved_until)
    """,
    "goods are sold of an order that is not paid": """
        SELECT o.id FROM shop.stock_items AS item JOIN shop.orders AS o ON o.id = item.order_id
        WHERE item.sold_at IS NOT NULL AND o.status IN ('awaiting_payment', 'expired', 'canceled')
    """,
    "an order waits for its payment, and no job will close it": """
        SELECT o.id FROM shop.orders AS o
        WHERE o.status = 'awaiting_payment' AND 1 <> (
            SELECT count(*) FROM mailroom.outbox_job WHERE name = 'shop.expire' AND key = 'order:' || o.id)
    """,
    "the total is not that of the lines": """
        SELECT o.id FROM shop.orders AS o JOIN shop.order_lines AS l ON l.order_id = o.id
        GROUP BY o.id HAVING o.total_minor <> sum(l.quantity * l.price_minor)
    """,
    "another part of the balance was spent than the order says": """
        SELECT o.id FROM shop.orders AS o
        LEFT JOIN shop.balance_entries AS e ON e.order_id = o.id AND e.kind IN ('spent', 'returned')
        GROUP BY o.id
        HAVING -coalesce(sum(e.amount_minor), 0) <> CASE
            WHEN o.status IN ('expired', 'canceled', 'refunded') THEN 0 ELSE o.balance_minor END
    """,
    "a customer has spent more than there was": """
        SELECT bot, user_id FROM shop.balance_entries
        GROUP BY bot, user_id, currency HAVING sum(amount_minor) < 0
    """,
    "a promo code was used too often, or by another number of orders than it says": """
        SELECT d.promo_code FROM shop.discounts AS d
        WHERE d.promo_code IS NOT NULL AND d.product_id IS NULL AND (d.uses > d.uses_max OR d.uses <> (
            SELECT count(*) FROM shop.orders AS o
            WHERE o.promo_code = d.promo_code AND o.status NOT IN ('expired', 'canceled')))
    """,
}


class ShopDomain:
    """The shop's domain, and short ways to do with it what scenarios are made of."""

    def __init__(self, pool, vault):
        self.pool = pool
        self.room = shop_room(pool, vault=vault)
        self.vault = vault
        self._numbers = itertools.count(1)

    def next(self):
        return next(self._numbers)

    async def sql(self, statement, *values):
        return await self.pool.fetch(statement, *values)

    async def value(self, statement, *values):
        return await self.pool.fetchval(statement, *values)

    async def product(self, items, price_minor=10_000, currency="RUB"):
        """A product of the scenario's own, with so many items."""
        slug = f"test-{self.next()}"
        id_ = await self.value(
            "INSERT INTO shop.products (slug, category_id, position, title_ru, title_en, description_ru, "
            "description_en, price_minor, currency) SELECT $1, min(id), 99, $1, $1, '', '', $2, $3 "
            "FROM shop.categories RETURNING id",
            slug, price_minor, currency,
        )  # fmt: skip
        codes = [NewItem("code", f"DEMO-{slug}-{number}".encode()) for number in range(items)]
        assert (await add_items(self.pool, self.vault, id_, codes, "test")).added == items
        return id_

    async def discount(self, percent, **columns):
        columns = {"title_ru": "с", "title_en": "d", "percent": percent, **columns}
        places = ", ".join(f"${number}" for number in range(1, len(columns) + 1))
        return await self.value(
            f"INSERT INTO shop.discounts ({', '.join(columns)}) VALUES ({places}) RETURNING id",
            *columns.values(),
        )

    async def customer(self, user_id=None, balance_minor=0, currency="RUB", referrer_id=None):
        """Somebody the shop knows; what they have comes from a friend's order of another bot."""
        user_id = user_id or 1_000_000 + self.next()
        await remember(self.pool, BOT, Somebody(user_id), user_id, EN, referrer_id)
        if balance_minor:
            number = await self.value(
                "INSERT INTO shop.orders (effect_id, bot, chat_id, user_id, language, contact, total_minor, "
                "currency, status) VALUES ($1, 'elsewhere', 1, 1, 'en', '', 1, $2, 'canceled') RETURNING id",
                f"earned-{self.next()}", currency,
            )  # fmt: skip
            await self.value(
                "INSERT INTO shop.order_lines (order_id, line, product_id, title, quantity, price_minor, "
                "list_price_minor) VALUES ($1, 1, 1, 'x', 1, 1, 1) RETURNING 1",
                number,
            )
            assert await add_entry(
                self.pool, bot=BOT, user_id=user_id, kind="bonus", order_number=number, level=1,
                amount_minor=balance_minor, currency=currency,
            )  # fmt: skip
        return user_id

    async def balance(self, user_id, currency="RUB"):
        return await balance(self.pool, BOT, user_id, currency)

    async def quote(self, *lines, promo=None):
        return await quote_cart(self.pool, EN, Cart(tuple(lines)), promo)

    def buyer(self, user_id=None):
        user_id = user_id or 2_000_000 + self.next()
        return Buyer(BOT, user_id, user_id, EN, "ann@example.com", "")

    async def order(self, *lines, promo=None, user_id=None, effect=None, of=None, quote=None, **how):
        """Order products by (id, quantity)."""
        quote = quote or await self.quote(*lines, promo=promo)
        how = {"reserve_minutes": 15, "use_balance": False, **how}
        of = of or named(effect or f"effect-{self.next()}")
        return await place_order(self.room, of, self.buyer(user_id), quote, **how)

    async def find(self, number):
        return await find_order(self.pool, number)

    async def status(self, number):
        return (await self.find(number)).status

    async def level(self, product_id):
        [level] = await levels(self.pool, product_id)
        return level

    async def available(self, product_id):
        """What the view says, which has to be what the stock says."""
        slug = await self.value("SELECT slug FROM shop.products WHERE id = $1", product_id)
        product = await find_by_slug(self.pool, EN, slug)
        assert product.available == (await self.level(product_id)).available
        return product.available

    async def time_passes(self, number):
        """The reservation of an order runs out, if it has one."""
        async with self.pool.acquire() as connection, connection.transaction():
            late = await connection.fetchval(
                "UPDATE shop.orders SET reserved_until = now() WHERE id = $1 AND status = 'awaiting_payment' "
                "RETURNING id",
                number,
            )
            await lock_for(connection, number)
            await connection.execute(
                "UPDATE shop.stock_items SET reserved_until = now() WHERE order_id = $1 AND sold_at IS NULL",
                late,
            )

    async def expire(self, number):
        async with transaction_on(self.pool) as tx:
            return await expire(tx, number)

    async def pays(self, order, provider="yookassa"):
        """A payment of the order arrives: what the payment actor does in one transaction."""
        async with transaction_on(self.pool) as tx:
            payment = await open_payment(
                tx.connection, bot=order.bot, provider=provider, purpose=PURPOSE, reference=str(order.number),
                amount_minor=order.to_pay_minor, currency=order.currency,
            )  # fmt: skip
            assert await mark_paid(tx.connection, payment.id)
            return await settle(tx, payment)

    async def check_the_books(self):
        for fault, statement in BOOKS.items():
            rows = await self.sql(statement)
            assert not rows, f"{fault}: {[tuple(row) for row in rows][:5]}"


class Somebody:
    def __init__(self, id_, full_name=None):
        self.id = id_
        self.full_name = full_name or f"Customer {id_}"


@pytest.fixture
def somebody():
    """A person as Telegram tells of them."""
    return Somebody


@pytest.fixture
def play(shop_database, vault, monkeypatch):
    """Play a scenario, then check the books."""
    follows = []

    async def after_paid(tx, order, payment_id):
        follows.append((order.number, order.status, payment_id))

    def play(scenario, connections=8):
        async def main():
            async with shop_pool(shop_database, connections) as pool:
                domain = ShopDomain(pool, vault)
                domain.follows = follows
                await scenario(domain)
                await domain.check_the_books()

        asyncio.run(main())

    monkeypatch.setattr(orders, "after_paid", after_paid)
    return play
