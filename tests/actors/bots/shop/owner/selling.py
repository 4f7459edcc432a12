"""A shop that sells something, and the tables that are sent to it."""

import csv
import io

from mailroom.actors.bots.shop.catalog import quote_cart
from mailroom.actors.bots.shop.checkout import PURPOSE, settle
from mailroom.actors.bots.shop.customers import remember
from mailroom.actors.bots.shop.domain.cart import Cart
from mailroom.actors.bots.shop.orders import Buyer, mark_delivered, place_order
from mailroom.actors.texts.language import Language
from mailroom.storage.postgres.payments import created_at_provider, mark_paid, open_payment
from tests.rooms import named, transaction_on
from tests.shop_tables import shop_pool, shop_room


def table(*rows, separator=","):
    """A CSV as a spreadsheet writes it."""
    text = io.StringIO()
    csv.writer(text, delimiter=separator).writerows(rows)
    return text.getvalue().encode()


class Somebody:
    def __init__(self, id_, full_name):
        self.id, self.full_name = id_, full_name


async def sell_in(
    url, slug="lighthouse", quantity=1, *, user_id=55, name="Anna", pays=True, delivered=False, balance=0
):
    """Have a customer buy something in the shop of a database; the order's number."""
    async with shop_pool(url, 2) as pool:
        await remember(pool, "shop", Somebody(user_id, name), user_id, Language("en"))
        if balance:
            await pool.execute(
                "INSERT INTO shop.orders (effect_id, bot, chat_id, user_id, language, contact, total_minor, "
                "currency, status) VALUES ('earned', 'elsewhere', 1, 1, 'en', '', 1, 'RUB', 'canceled')"
            )
            await pool.execute(
                "INSERT INTO shop.balance_entries (bot, user_id, kind, order_id, level, amount_minor, "
                "currency) SELECT 'shop', $1, 'bonus', max(id), 1, $2, 'RUB' FROM shop.orders",
                user_id,
                balance,
            )
        id_ = await pool.fetchval("SELECT id FROM shop.products WHERE slug = $1", slug)
        quote = await quote_cart(pool, Language("en"), Cart(((id_, quantity),)))
        count = await pool.fetchval("SELECT count(*) FROM shop.orders")
        order = await place_order(
            shop_room(pool), named(f"test-{count}"),
            Buyer("shop", user_id, user_id, Language("en"), "anna@example.com", "soon"),
            quote, reserve_minutes=15, use_balance=bool(balance),
        )  # fmt: skip
        if pays and order.to_pay_minor:
            async with transaction_on(pool) as tx:
                connection = tx.connection
                payment = await open_payment(
                    connection, bot="shop", provider="yookassa", purpose=PURPOSE, reference=str(order.number),
                    amount_minor=order.to_pay_minor, currency=order.currency,
                )  # fmt: skip
                await created_at_provider(connection, payment.id, f"at-{payment.id}")
                assert await mark_paid(connection, payment.id)
                assert await settle(tx, payment) == "paid"
        if delivered:
            assert await mark_delivered(pool, order.number)
        return order.number
