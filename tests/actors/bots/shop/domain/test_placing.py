"""Placing an order: once for an effect, at the price that was agreed, within what the shop allows."""

import asyncio
from dataclasses import replace

import pytest

from mailroom.actors.bots.shop import orders
from mailroom.actors.bots.shop.domain.cart import LINES_MAX, QUANTITY_MAX
from mailroom.actors.bots.shop.domain.order import Order
from mailroom.actors.bots.shop.domain.product import Product
from mailroom.actors.bots.shop.domain.quote import Quote, QuoteLine
from mailroom.actors.bots.shop.orders import QuoteChanged, SoldOut, TooManyWaiting, find_order_of
from mailroom.storage.errors import Fenced
from mailroom.storage.postgres.outbox.job import Origin
from tests.rooms import named


def test_twenty_handlings_of_one_message_at_once_are_one_order_even_of_the_last_item(play):
    async def scenario(domain):
        id_ = await domain.product(1)
        user_id = await domain.customer(balance_minor=2_000)
        quote = await domain.quote((id_, 1))
        twins = await asyncio.gather(
            *(domain.order(quote=quote, effect="e1", user_id=user_id, use_balance=True) for _ in range(20))
        )
        assert len(set(twins)) == 1
        assert await find_order_of(domain.pool, "e1") == twins[0]
        assert await find_order_of(domain.pool, "e2") is None
        assert await domain.value("SELECT count(*) FROM mailroom.outbox_job") == 1
        assert await domain.balance(user_id) == 0

    play(scenario, 12)


def test_a_twin_that_took_the_last_item_in_between_is_no_reason_to_be_sold_out(play, monkeypatch):
    async def scenario(domain):
        quote = await domain.quote((await domain.product(1), 1))
        looked = orders._look

        async def look(*arguments):
            monkeypatch.setattr(orders, "_look", looked)
            twins.append(await domain.order(quote=quote, effect="e1"))
            await looked(*arguments)

        twins = []
        monkeypatch.setattr(orders, "_look", look)
        assert await domain.order(quote=quote, effect="e1") == twins[0]

    play(scenario)


def test_nobody_holds_more_goods_than_three_orders_without_paying(play):
    async def scenario(domain):
        id_, user_id = await domain.product(10), await domain.customer()
        quote = await domain.quote((id_, 1))
        first, *_ = [await domain.order(quote=quote, effect=f"e{n}", user_id=user_id) for n in range(3)]
        with pytest.raises(TooManyWaiting):
            await domain.order(quote=quote, effect="e3", user_id=user_id)
        assert await domain.order(quote=quote, effect="e0", user_id=user_id) == first, (
            "a replay is no new one"
        )
        await domain.pool.execute("UPDATE shop.orders SET reserved_until = now() WHERE id = $1", first.number)
        await domain.order(quote=quote, effect="e3", user_id=user_id)
        await domain.order(quote=quote, effect="e4", user_id=await domain.customer())

    play(scenario)


def test_a_replay_gets_the_same_order_whatever_has_changed_since(play):
    async def scenario(domain):
        id_ = await domain.product(1)
        order = await domain.order((id_, 1), effect="e1")
        await domain.sql("UPDATE shop.products SET price_minor = 99 WHERE id = $1", id_)
        assert await domain.order((id_, 1), effect="e1") == order
        await domain.sql("UPDATE shop.products SET active = false WHERE id = $1", id_)
        other = await domain.product(5)
        assert await domain.order((other, 2), effect="e1") == order
        assert await domain.available(other) == 5
        await domain.time_passes(order.number)
        await domain.expire(order.number)
        assert (await domain.order((other, 2), effect="e1")).status == "expired"

    play(scenario)


CHANGES = {
    "the price": "UPDATE shop.products SET price_minor = price_minor + 1 WHERE id = $1",
    "the currency": "UPDATE shop.products SET currency = 'USD' WHERE id = $1",
    "the product": "UPDATE shop.products SET active = false WHERE id = $1",
    "the category": "UPDATE shop.categories SET active = false "
    "WHERE id = (SELECT category_id FROM shop.products WHERE id = $1)",
    "the discount's end": "UPDATE shop.discounts SET starts_at = now() - interval '2 days', "
    "ends_at = now() - interval '1 day' WHERE product_id = $1",
    "a better discount": "INSERT INTO shop.discounts (title_ru, title_en, percent, product_id) "
    "VALUES ('x', 'x', 60, $1)",
}


@pytest.mark.parametrize("late", [False, True], ids=["before", "between"])
@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES.keys())
def test_an_order_at_a_price_that_is_not_the_price_any_more_is_refused(play, monkeypatch, change, late):
    async def scenario(domain):
        id_ = await domain.product(3)
        await domain.discount(10, product_id=id_)
        quote = await domain.quote((id_, 2))
        assert (quote.total_minor, quote.list_total_minor) == (18_000, 20_000)
        looked = orders._look

        async def look(*arguments):
            await looked(*arguments)
            await domain.sql(change, id_)

        if late:
            monkeypatch.setattr(orders, "_look", look)
        else:
            await domain.sql(change, id_)
        with pytest.raises(QuoteChanged):
            await domain.order(quote=quote)
        assert await domain.value("SELECT count(*) FROM shop.orders") == 0
        assert await domain.value("SELECT count(*) FROM mailroom.outbox_job") == 0
        assert (await domain.level(id_)).available == 3

    play(scenario)


def test_an_order_keeps_what_was_agreed(play):
    async def scenario(domain):
        many, one = await domain.product(9, price_minor=1_000), await domain.product(9, price_minor=333)
        await domain.discount(15, product_id=many, min_quantity=3)
        order = await domain.order((many, 3), (one, 1))
        assert [
            (line.product_id, line.quantity, line.price_minor, line.list_price_minor) for line in order.lines
        ] == [(many, 3, 850, 1_000), (one, 1, 333, 333)]
        assert (order.total_minor, order.currency, order.to_pay_minor) == (2_883, "RUB", 2_883)
        assert (order.status, order.promo_code, order.items) == ("awaiting_payment", None, 4)

    play(scenario)


def test_a_quote_of_two_currencies_cannot_be_made_nor_ordered(play):
    async def scenario(domain):
        rubles, dollars = await domain.product(2), await domain.product(2, currency="USD")
        quote = await domain.quote((rubles, 1), (dollars, 1))
        assert quote.missing == (dollars,)
        assert quote.currency == "RUB"
        other = await domain.quote((dollars, 1))
        with pytest.raises(ValueError, match="one currency"):
            Quote((*quote.lines, *other.lines))

    play(scenario)


def line(quantity=1, id_=1):
    return QuoteLine(Product(id_, 1, "x", "", 100, "RUB", "x", 99), quantity, 100)


@pytest.mark.parametrize(
    "lines",
    [
        (),
        (line(), line()),
        (line(0),),
        (line(QUANTITY_MAX + 1),),
        tuple(line(id_=id_) for id_ in range(1, LINES_MAX + 2)),
    ],
    ids=["empty", "twice", "none", "too many of one", "too many lines"],
)
def test_an_order_that_no_cart_could_have_made_is_refused(play, lines):
    async def scenario(domain):
        with pytest.raises(ValueError):
            await domain.order(quote=Quote(lines))

    play(scenario)


def test_a_promo_code_is_used_as_often_as_it_may_be_and_no_more(play):
    async def scenario(domain):
        ids = [await domain.product(100), await domain.product(100)]
        discount = await domain.discount(20, promo_code="TEN", uses_max=10)
        quotes = [await domain.quote((id_, 1), promo="TEN") for id_ in ids]
        assert quotes[0].total_minor == 8_000

        async def buys(number):
            try:
                return await domain.order(quote=quotes[number % 2])
            except QuoteChanged:
                return None

        results = await asyncio.gather(*(buys(number) for number in range(60)))
        assert len([order for order in results if order]) == 10
        assert await domain.value("SELECT uses FROM shop.discounts WHERE id = $1", discount) == 10
        assert (await domain.quote((ids[0], 1), promo="TEN")).total_minor == 10_000

    play(scenario, 20)


def test_a_promo_code_that_made_nothing_cheaper_is_not_used_up(play):
    async def scenario(domain):
        id_ = await domain.product(5)
        await domain.discount(30, product_id=id_)
        discount = await domain.discount(10, promo_code="LESS", uses_max=1)
        order = await domain.order((id_, 1), promo="LESS")
        assert (order.total_minor, order.promo_code) == (7_000, None)
        assert await domain.value("SELECT uses FROM shop.discounts WHERE id = $1", discount) == 0

    play(scenario)


def test_of_a_code_with_several_discounts_those_that_an_order_got_are_used(play):
    async def scenario(domain):
        first, second = await domain.product(5), await domain.product(5)
        for_first = await domain.discount(20, promo_code="PAIR", product_id=first, uses_max=2)
        for_second = await domain.discount(30, promo_code="PAIR", product_id=second, uses_max=2)
        uses = "SELECT uses FROM shop.discounts WHERE id = $1"
        order = await domain.order((first, 1), promo="PAIR")
        assert [await domain.value(uses, id_) for id_ in (for_first, for_second)] == [1, 0]
        both = await domain.order((first, 1), (second, 1), promo="PAIR")
        assert [await domain.value(uses, id_) for id_ in (for_first, for_second)] == [2, 1]
        for one in (order, both):
            await domain.time_passes(one.number)
            await domain.expire(one.number)
        assert [await domain.value(uses, id_) for id_ in (for_first, for_second)] == [0, 0]

    play(scenario)


def test_a_balance_is_not_spent_twice_by_orders_at_once(play):
    async def scenario(domain):
        ids = [await domain.product(30, price_minor=3_000) for _ in range(4)]
        user_id = await domain.customer(balance_minor=10_000)
        quotes = [await domain.quote((id_, 1)) for id_ in ids]
        placed = await asyncio.gather(
            *(domain.order(quote=quotes[n % 4], user_id=user_id, use_balance=True) for n in range(24))
        )
        assert sum(order.balance_minor for order in placed) == 10_000
        assert sorted(order.balance_minor for order in placed)[-4:] == [1_000, 3_000, 3_000, 3_000]
        assert await domain.balance(user_id) == 0
        assert len(domain.follows) == 3

    play(scenario, 20)


def test_an_order_is_paid_from_the_balance_only_where_that_is_wanted_and_in_its_currency(play):
    async def scenario(domain):
        id_ = await domain.product(9)
        rich = await domain.customer(balance_minor=4_000)
        abroad = await domain.customer(balance_minor=4_000, currency="USD")
        assert (await domain.order((id_, 1), user_id=rich)).balance_minor == 0
        part = await domain.order((id_, 1), user_id=rich, use_balance=True)
        assert (part.balance_minor, part.to_pay_minor, part.status) == (4_000, 6_000, "awaiting_payment")
        assert (await domain.order((id_, 1), user_id=abroad, use_balance=True)).balance_minor == 0
        assert (await domain.order((id_, 1), use_balance=True)).balance_minor == 0  # a stranger

    play(scenario)


def test_an_order_that_the_balance_pays_for_is_paid_at_once_with_what_follows(play):
    async def scenario(domain):
        id_ = await domain.product(3)
        user_id = await domain.customer(balance_minor=25_000)
        order = await domain.order((id_, 2), user_id=user_id, use_balance=True)
        assert (order.status, order.balance_minor, order.to_pay_minor) == ("paid", 20_000, 0)
        assert order.paid_at is not None
        assert domain.follows == [(order.number, "paid", None)]
        assert await domain.value("SELECT count(*) FROM mailroom.outbox_job WHERE name = 'shop.expire'") == 0
        assert ((await domain.level(id_)).sold, await domain.balance(user_id)) == (2, 5_000)
        await domain.time_passes(order.number)
        assert await domain.expire(order.number) is None
        assert (await domain.level(id_)).sold == 2

    play(scenario)


def test_an_owner_of_the_chat_who_has_lost_it_places_nothing(play):
    async def scenario(domain):
        id_ = await domain.product(1)
        await domain.sql(
            "INSERT INTO mailroom.partition_lease (partition, owner, epoch, "
            "expires_at) VALUES (5, 'b', 9, now())"
        )
        origin = Origin("shop", "5", "e1", 1, partition=5, epoch=8)
        with pytest.raises(Fenced):
            await domain.order((id_, 1), of=named("e1", origin))
        assert await domain.available(id_) == 1
        order = await domain.order((id_, 1), of=named("e1", replace(origin, epoch=9)))
        assert isinstance(order, Order)
        [job] = await domain.sql("SELECT bot, chat, effect FROM mailroom.outbox_job")
        assert (job["bot"], job["chat"]) == ("shop", "5")

    play(scenario)


def test_who_comes_first_gets_the_oldest_items(play):
    async def scenario(domain):
        id_ = await domain.product(4)
        first, second = await domain.order((id_, 2)), await domain.order((id_, 2))
        rows = await domain.sql(
            "SELECT order_id FROM shop.stock_items WHERE product_id = $1 ORDER BY id", id_
        )
        assert [row[0] for row in rows] == [first.number] * 2 + [second.number] * 2
        with pytest.raises(SoldOut):
            await domain.order((id_, 1))

    play(scenario)
