"""Whatever fails at whichever step between the notice and the goods: one delivery, one bonus, one rank."""

import random

import pytest
import trio

from mailroom.actors.bots.shop.jobs.kinds import BONUS, DELIVER, RANK, OrderJob
from mailroom.actors.providers.payments import Money
from tests.actors.bots.shop.jobs.faults import Faults
from tests.actors.bots.shop.jobs.shop_harness import PRICE

WHEN = ("before", "after")
LEASE_SECONDS = 1.0
"""Of workers that are killed: what they held is another's after it."""
EARNED_MINOR = PRICE * 5 // 100


@pytest.fixture
def faults():
    return Faults()


async def steps_of_one(shop, faults, do):
    """How many steps there are between a notice and the end, if nothing fails."""
    trace = f"yoomoney:{await do()}"
    await shop.quiet()
    assert faults.steps[trace] > 10
    return faults.steps[trace]


async def sale(shop, product):
    friend = await shop.person()
    return await shop.order((product, 1), buyer=await shop.person(brought_by=friend)), friend


async def sold_once(shop, order, friend):
    """All that has to be, and nothing twice."""
    buyer = order.user_id
    assert await shop.status(order) == "delivered"
    assert shop.names(buyer) == ["shop.delivered", "shop.receipt"]
    assert (shop.names(friend), await shop.balance(friend)) == (["shop.bonus"], EARNED_MINOR)
    assert await shop.sql("SELECT orders, spent_minor FROM shop.leaderboard WHERE user_id = $1", buyer) == [
        (1, PRICE)
    ]
    assert len(await shop.goods(order)) == 1


@pytest.mark.parametrize("when", WHEN)
def test_a_sale_survives_a_crash_at_every_step(play, faults, impatient, monkeypatch, when):
    async def scenario(shop):
        faults.install(monkeypatch, shop.provider)
        supplier = await shop.new_supplier(call=True)
        product = await shop.product(200, supplier=supplier)
        first, _ = await sale(shop, product)
        most = await steps_of_one(shop, faults, lambda: shop.pay(first))
        sales = [await sale(shop, product) for _ in range(most)]
        payments = [await shop.pay(order, notice=False) for order, _ in sales]
        for number, payment in enumerate(payments, start=1):
            faults.plan[f"yoomoney:{payment}"] = (number, when)
        for payment in payments:
            await shop.notice(payment)
        await shop.quiet()
        # Steps of a payment's jobs that run side by side change places: a last one may not be reached.
        assert len(faults.struck) >= most - 2
        for order, friend in sales:
            await sold_once(shop, order, friend)
        assert await shop.free(product) == 200 - 1 - most
        keys = [(call.headers["X-Mailroom-Idempotency-Key"], call.content) for call in shop.supplier.calls]
        assert len(set(keys)) == most + 1

    play(scenario)


@pytest.mark.parametrize("when", WHEN)
@pytest.mark.parametrize("can_refund", [True, False])
def test_a_refund_survives_a_crash_at_every_step(play, faults, impatient, monkeypatch, when, can_refund):
    async def scenario(shop):
        shop.provider.can_refund = can_refund
        faults.install(monkeypatch, shop.provider)
        product = await shop.product(200)
        wrong = Money(7_000, "RUB")
        first, _ = await sale(shop, product)
        most = await steps_of_one(shop, faults, lambda: shop.pay(first, paid=wrong))
        sales = [await sale(shop, product) for _ in range(most)]
        payments = [await shop.pay(order, paid=wrong, notice=False) for order, _ in sales]
        for number, payment in enumerate(payments, start=1):
            faults.plan[f"yoomoney:{payment}"] = (number, when)
        for payment in payments:
            await shop.notice(payment)
        await shop.quiet()
        assert len(faults.struck) >= most - 2
        for order, _ in sales:
            assert shop.names(order.user_id) == ["shop.refunded"]
            assert await shop.balance(order.user_id) == (0 if can_refund else 7_000)
            assert [one.status for one in await shop.payments(order)] == ["refunded"]
        assert len(shop.provider.asked_for) == (most + 1 if can_refund else 0)

    play(scenario)


def test_a_hundred_sales_survive_connections_that_are_cut_and_workers_that_are_killed(play, impatient):
    chance = random.Random(7)

    async def scenario(shop):
        product = await shop.product(100)
        sales = [await sale(shop, product) for _ in range(100)]
        payments = [await shop.pay(order, notice=False) for order, _ in sales]
        async with trio.open_nursery() as nursery:
            nursery.start_soon(trouble, shop)
            for payment in payments:
                await shop.notice(payment)
        await shop.queues.until_true(lambda: all_delivered(shop), "a hundred deliveries")
        await shop.quiet()
        for order, friend in sales:
            await sold_once(shop, order, friend)
        assert await shop.free(product) == 0

    async def trouble(shop):
        for number in range(8):
            await trio.sleep(chance.uniform(0.02, 0.2))  # anywhere in the work, that is the point
            await shop.queues.cut_connections()
            if number % 3 == 0:
                await shop.restart(lease_seconds=LEASE_SECONDS)

    async def all_delivered(shop):
        return await shop.value("SELECT count(*) FROM shop.orders WHERE status = 'delivered'") == 100

    play(scenario)


def test_jobs_that_are_enqueued_again_do_nothing_more(play):
    async def scenario(shop):
        order, friend = await sale(shop, await shop.product(1))
        await shop.pay(order)
        await shop.quiet()
        for kind in (DELIVER, RANK, BONUS):
            await shop.queues.enqueue(kind(OrderJob(order=order.number), bot=order.bot))
        await shop.quiet()
        await sold_once(shop, order, friend)

    play(scenario)
