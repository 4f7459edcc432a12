"""Nothing is sold twice, nothing is left unsold that somebody wanted: with hundreds of buyers at once."""

import asyncio
import random

import pytest

from mailroom.actors.bots.shop import orders
from mailroom.actors.bots.shop.checkout import begin_refund, finish_refund
from mailroom.actors.bots.shop.jobs.kinds import DELIVERY, EXPIRE, OrderJob
from mailroom.actors.bots.shop.orders import (
    QuoteChanged,
    SoldOut,
    TooManyWaiting,
    cancel_order,
    recent_orders,
)
from mailroom.actors.jobs.transaction import Transaction
from tests.rooms import named, transaction_on

POOL = 20
ROUNDS_MAX = 5
"""Of everything at once: how it interleaves is the database's choice, and in some rounds nothing expires."""


async def attempt(coroutine):
    """What became of an order: itself, or why there is none."""
    try:
        return await coroutine
    except (SoldOut, QuoteChanged, TooManyWaiting) as error:
        return error


def parted(results):
    placed = [result for result in results if isinstance(result, orders.Order)]
    refused = [result for result in results if isinstance(result, SoldOut)]
    assert len(placed) + len(refused) == len(results), [r for r in results if isinstance(r, QuoteChanged)]
    return placed, refused


def test_five_hundred_buyers_of_a_hundred_items_are_a_hundred_orders(play):
    async def scenario(domain):
        id_ = await domain.product(100)
        quote = await domain.quote((id_, 1))
        results = await asyncio.gather(*(attempt(domain.order(quote=quote)) for _ in range(500)))
        placed, refused = parted(results)
        assert (len(placed), len(refused)) == (100, 400)
        assert await domain.available(id_) == 0
        assert (await domain.level(id_)).reserved == 100

    play(scenario, POOL)


def test_as_many_buyers_as_items_get_one_each(play):
    async def scenario(domain):
        id_ = await domain.product(100)
        quote = await domain.quote((id_, 1))
        results = await asyncio.gather(*(attempt(domain.order(quote=quote)) for _ in range(100)))
        assert len(parted(results)[0]) == 100

    play(scenario, POOL)


def test_transactions_that_end_badly_in_between_cost_nobody_an_item(play, monkeypatch):
    """Each buyer tries until there is an answer; every third try dies at a random moment after its items were
    taken or before, as it does when a process is killed or Postgres ends the connection.
    """
    chance = random.Random(7)

    def fails_sometimes(function):
        async def run(*arguments, **options):
            if chance.random() < 0.15:
                raise ConnectionResetError("before")
            result = await function(*arguments, **options)
            await asyncio.sleep(chance.random() / 1000)
            if chance.random() < 0.15:
                raise ConnectionResetError("after")
            return result

        return run

    for place, name in ((Transaction, "enqueue"), (orders, "lock"), (orders, "hold")):
        monkeypatch.setattr(place, name, fails_sometimes(getattr(place, name)))

    async def scenario(domain):
        id_ = await domain.product(100)
        quote = await domain.quote((id_, 1))
        died = 0

        async def insist(number):
            nonlocal died
            while True:
                try:
                    return await attempt(domain.order(quote=quote, effect=f"insist-{number}"))
                except ConnectionResetError:
                    died += 1

        placed, refused = parted(await asyncio.gather(*(insist(number) for number in range(500))))
        assert (len(placed), len(refused)) == (100, 400)
        assert died > 50
        assert await domain.available(id_) == 0

    play(scenario, POOL)


def test_a_buyer_who_is_cut_off_anywhere_finds_the_order_or_has_cost_nothing(play):
    async def scenario(domain):
        id_ = await domain.product(60)
        quote = await domain.quote((id_, 1))
        chance = random.Random(3)

        async def cut_off(number):
            task = asyncio.create_task(attempt(domain.order(quote=quote, effect=f"cut-{number}")))
            await asyncio.wait([task], timeout=chance.random() * 0.05)
            task.cancel()
            await asyncio.wait([task])

        await asyncio.gather(*(cut_off(number) for number in range(120)))
        held = (await domain.level(id_)).reserved
        assert held == await domain.value("SELECT count(*) FROM shop.orders WHERE bot = 'shop'")
        again = await asyncio.gather(
            *(attempt(domain.order(quote=quote, effect=f"cut-{number}")) for number in range(120))
        )
        placed, refused = parted(again)
        assert (len(placed), len(refused)) == (60, 60)

    play(scenario, POOL)


def test_orders_of_the_same_goods_in_another_order_do_not_wait_for_each_other(play):
    async def scenario(domain):
        first, second, third = [await domain.product(100) for _ in range(3)]
        carts = [
            [(first, 1), (second, 1), (third, 1)],
            [(third, 1), (second, 1), (first, 1)],
            [(second, 1), (third, 1), (first, 1)],
        ]
        quotes = [await domain.quote(*cart) for cart in carts]
        results = await asyncio.gather(
            *(attempt(domain.order(quote=quotes[number % 3])) for number in range(240))
        )
        placed, refused = parted(results)
        assert (len(placed), len(refused)) == (100, 140)

    play(scenario, POOL)


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_a_day_of_everything_at_once_leaves_the_books_in_order(play, seed):
    async def scenario(domain):
        chance = random.Random(seed)
        products = []
        people = [await domain.customer(balance_minor=25_000) for _ in range(8)]
        await domain.discount(10, promo_code="STORM", uses_max=9)
        seen, happened = [], set()
        everything = {"canceled", "expired", "paid", "twice", "too_late", "refunded"}

        def note(what, it_did):
            if it_did:
                happened.add(what)

        async def one():
            user_id = chance.choice(people)
            for _ in range(6):
                match chance.choice(["place", "place", "cancel", "time", "expire", "pay", "refund"]):
                    case "place":
                        lines = [(id_, chance.randint(1, 3)) for id_ in chance.sample(products, 2)]
                        quote = await domain.quote(*lines, promo=chance.choice([None, "STORM"]))
                        placed = await attempt(
                            domain.order(quote=quote, user_id=user_id, use_balance=chance.random() < 0.5)
                        )
                        if isinstance(placed, orders.Order):
                            seen.append(placed)
                    case "cancel" if seen:
                        order = chance.choice(seen[-12:])
                        note(
                            "canceled",
                            await cancel_order(domain.room, named("cancel"), order.number, order.user_id),
                        )
                    case "time" if seen:
                        order = chance.choice(seen[-12:])
                        await domain.time_passes(order.number)
                        if chance.random() < 0.5:
                            note("expired", await domain.expire(order.number))
                    case "expire" if seen:
                        note("expired", await domain.expire(chance.choice(seen[-12:]).number))
                    case "pay" if seen:
                        order = chance.choice(seen[-12:])
                        if order.to_pay_minor:
                            happened.add(await domain.pays(order, provider=f"p{domain.next()}"))
                    case "refund" if seen:
                        number = chance.choice(seen[-12:]).number
                        async with transaction_on(domain.pool) as tx:
                            if await begin_refund(tx, number, "owner", goods_back=True):
                                note("refunded", await finish_refund(tx, number))

        for _ in range(ROUNDS_MAX):
            products[:] = [await domain.product(12, price_minor=10_000) for _ in range(3)]
            await asyncio.gather(*(one() for _ in range(100)))
            if happened >= everything:
                break
        assert happened == everything

    play(scenario, POOL)


def test_goods_of_a_reservation_that_ran_out_are_free_before_anybody_tidies(play):
    async def scenario(domain):
        id_ = await domain.product(2)
        first = await domain.order((id_, 2))
        assert isinstance(await attempt(domain.order((id_, 1))), SoldOut)
        await domain.time_passes(first.number)
        assert await domain.available(id_) == 2
        second = await domain.order((id_, 1))
        assert await domain.available(id_) == 1
        assert (await domain.expire(first.number)).status == "expired"
        assert await domain.available(id_) == 1
        assert (await domain.find(second.number)).status == "awaiting_payment"

    play(scenario)


def test_an_order_that_cannot_be_had_leaves_nothing_behind_and_says_what_there_is(play):
    async def scenario(domain):
        plenty, few = await domain.product(5), await domain.product(1)
        user_id = await domain.customer(balance_minor=5_000)
        await domain.discount(10, promo_code="SAVE", uses_max=5)
        before = await domain.value("SELECT count(*) FROM shop.orders")
        quote = await domain.quote((plenty, 2), (few, 3), promo="SAVE")
        assert quote.short == ((few, 1),)
        title = quote.lines[1].product.title
        with pytest.raises(SoldOut) as refused:
            await domain.order(quote=quote, user_id=user_id, use_balance=True)
        assert refused.value.short == [(title, 3, 1)]
        assert await domain.value("SELECT count(*) FROM shop.orders") == before
        assert await domain.value("SELECT count(*) FROM mailroom.outbox_job") == 0
        assert await domain.balance(user_id) == 5_000
        assert (await domain.available(plenty), await domain.available(few)) == (5, 1)

    play(scenario)


def test_the_same_when_the_goods_go_after_the_first_look(play, monkeypatch):
    async def scenario(domain):
        plenty, few = await domain.product(5), await domain.product(3)
        user_id = await domain.customer(balance_minor=5_000)
        await domain.discount(10, promo_code="SAVE", uses_max=5)
        quote = await domain.quote((plenty, 2), (few, 3), promo="SAVE")
        looked = orders._look

        async def look(*arguments):
            await looked(*arguments)
            monkeypatch.setattr(orders, "_look", looked)
            await domain.order((few, 1))

        monkeypatch.setattr(orders, "_look", look)
        with pytest.raises(SoldOut) as refused:
            await domain.order(quote=quote, user_id=user_id, use_balance=True)
        assert refused.value.short == [(quote.lines[1].product.title, 3, 2)]
        assert await domain.balance(user_id) == 5_000
        assert (await domain.available(plenty), await domain.available(few)) == (5, 2)
        assert len(await recent_orders(domain.pool, "shop", user_id)) == 0

    play(scenario)


def test_only_the_customer_cancels_and_only_what_is_not_paid(play):
    async def scenario(domain):
        id_ = await domain.product(3)
        user_id = await domain.customer(balance_minor=4_000)
        order = await domain.order((id_, 2), user_id=user_id, use_balance=True)
        assert (await domain.balance(user_id), order.to_pay_minor) == (0, 16_000)
        assert not await cancel_order(domain.room, named("cancel"), order.number, user_id + 1)
        assert not await cancel_order(domain.room, named("cancel"), 999_999, user_id)
        assert await domain.available(id_) == 1
        assert await cancel_order(domain.room, named("cancel"), order.number, user_id)
        assert not await cancel_order(domain.room, named("cancel"), order.number, user_id)
        assert (await domain.status(order.number), await domain.available(id_)) == ("canceled", 3)
        assert await domain.balance(user_id) == 4_000
        paid = await domain.order((id_, 1), user_id=user_id)
        assert await domain.pays(paid) == "paid"
        assert not await cancel_order(domain.room, named("cancel"), paid.number, user_id)

    play(scenario)


def test_an_order_expires_when_its_time_is_over_and_not_before(play):
    async def scenario(domain):
        id_ = await domain.product(2)
        user_id = await domain.customer(balance_minor=3_000)
        discount = await domain.discount(50, promo_code="HALF", uses_max=1)
        order = await domain.order((id_, 1), promo="HALF", user_id=user_id, use_balance=True)
        assert (order.total_minor, order.balance_minor, order.promo_code) == (5_000, 3_000, "HALF")
        assert await domain.expire(order.number) is None
        await domain.time_passes(order.number)
        assert (await domain.expire(order.number)).status == "expired"
        assert await domain.expire(order.number) is None
        assert await domain.expire(999_999) is None
        assert (await domain.balance(user_id), await domain.available(id_)) == (3_000, 2)
        assert await domain.value("SELECT uses FROM shop.discounts WHERE id = $1", discount) == 0

    play(scenario)


def test_the_job_that_closes_an_order_is_written_with_it_and_due_with_its_reservation(play):
    async def scenario(domain):
        order = await domain.order((await domain.product(1), 1), reserve_minutes=7.5)
        [job] = await domain.sql("SELECT name, queue, key, payload, run_at FROM mailroom.outbox_job")
        assert (job["name"], job["queue"], job["key"]) == (
            EXPIRE.name,
            DELIVERY.of(order.bot),
            f"order:{order.number}",
        )
        assert OrderJob.model_validate_json(job["payload"]).order == order.number
        assert job["run_at"] == order.reserved_until
        assert (order.reserved_until - order.created_at).total_seconds() == 450

    play(scenario)
