"""Whatever fails at whichever step between the notice and the goods: one delivery, one bonus, one rank."""

import random

import pytest
import trio

from mailroom.actors.bots.shop.jobs.kinds import BONUS, DELIVER, RANK, OrderJob
from mailroom.actors.providers.payments import Money
from tests.actors.bots.shop.jobs.faults import Faults
from tests.actors.bots.shop.jobs.world import PRICE

WHEN = ("before", "after")
LEASE_SECONDS = 1.0
"""Of workers that are killed: what they held is another's after it."""
EARNED_MINOR = PRICE * 5 // 100


@pytest.fixture
def faults():
    return Faults()


async def steps_of_one(world, faults, do):
    """How many steps there are between a notice and the end, if nothing fails."""
    trace = f"yoomoney:{await do()}"
    await world.quiet()
    assert faults.steps[trace] > 10
    return faults.steps[trace]


async def sale(world, product):
    friend = await world.person()
    return await world.order((product, 1), buyer=await world.person(brought_by=friend)), friend


async def sold_once(world, order, friend):
    """All that has to be, and nothing twice."""
    buyer = order.user_id
    assert await world.status(order) == "delivered"
    assert world.names(buyer) == ["shop.delivered", "shop.receipt"]
    assert (world.names(friend), await world.balance(friend)) == (["shop.bonus"], EARNED_MINOR)
    assert await world.sql("SELECT orders, spent_minor FROM shop.leaderboard WHERE user_id = $1", buyer) == [
        (1, PRICE)
    ]
    assert len(await world.goods(order)) == 1


@pytest.mark.parametrize("when", WHEN)
def test_a_sale_survives_a_crash_at_every_step(play, faults, impatient, monkeypatch, when):
    async def scenario(world):
        faults.install(monkeypatch, world.provider)
        supplier = await world.new_supplier(call=True)
        product = await world.product(200, supplier=supplier)
        first, _ = await sale(world, product)
        most = await steps_of_one(world, faults, lambda: world.pay(first))
        sales = [await sale(world, product) for _ in range(most)]
        payments = [await world.pay(order, notice=False) for order, _ in sales]
        for number, payment in enumerate(payments, start=1):
            faults.plan[f"yoomoney:{payment}"] = (number, when)
        for payment in payments:
            await world.notice(payment)
        await world.quiet()
        # Steps of a payment's jobs that run side by side change places: a last one may not be reached.
        assert len(faults.struck) >= most - 2
        for order, friend in sales:
            await sold_once(world, order, friend)
        assert await world.free(product) == 200 - 1 - most
        keys = [(call.headers["X-Mailroom-Idempotency-Key"], call.content) for call in world.supplier.calls]
        assert len(set(keys)) == most + 1

    play(scenario)


@pytest.mark.parametrize("when", WHEN)
@pytest.mark.parametrize("can_refund", [True, False])
def test_a_refund_survives_a_crash_at_every_step(play, faults, impatient, monkeypatch, when, can_refund):
    async def scenario(world):
        world.provider.can_refund = can_refund
        faults.install(monkeypatch, world.provider)
        product = await world.product(200)
        wrong = Money(7_000, "RUB")
        first, _ = await sale(world, product)
        most = await steps_of_one(world, faults, lambda: world.pay(first, paid=wrong))
        sales = [await sale(world, product) for _ in range(most)]
        payments = [await world.pay(order, paid=wrong, notice=False) for order, _ in sales]
        for number, payment in enumerate(payments, start=1):
            faults.plan[f"yoomoney:{payment}"] = (number, when)
        for payment in payments:
            await world.notice(payment)
        await world.quiet()
        assert len(faults.struck) >= most - 2
        for order, _ in sales:
            assert world.names(order.user_id) == ["shop.refunded"]
            assert await world.balance(order.user_id) == (0 if can_refund else 7_000)
            assert [one.status for one in await world.payments(order)] == ["refunded"]
        assert len(world.provider.asked_for) == (most + 1 if can_refund else 0)

    play(scenario)


def test_a_hundred_sales_survive_connections_that_are_cut_and_workers_that_are_killed(play, impatient):
    chance = random.Random(7)

    async def scenario(world):
        product = await world.product(100)
        sales = [await sale(world, product) for _ in range(100)]
        payments = [await world.pay(order, notice=False) for order, _ in sales]
        async with trio.open_nursery() as nursery:
            nursery.start_soon(trouble, world)
            for payment in payments:
                await world.notice(payment)
        await world.stand.until_true(lambda: all_delivered(world), "a hundred deliveries")
        await world.quiet()
        for order, friend in sales:
            await sold_once(world, order, friend)
        assert await world.free(product) == 0

    async def trouble(world):
        for number in range(8):
            await trio.sleep(chance.uniform(0.02, 0.2))  # anywhere in the work, that is the point
            await world.stand.cut_connections()
            if number % 3 == 0:
                await world.restart(lease_seconds=LEASE_SECONDS)

    async def all_delivered(world):
        return await world.value("SELECT count(*) FROM shop.orders WHERE status = 'delivered'") == 100

    play(scenario)


def test_jobs_that_are_enqueued_again_do_nothing_more(play):
    async def scenario(world):
        order, friend = await sale(world, await world.product(1))
        await world.pay(order)
        await world.quiet()
        for kind in (DELIVER, RANK, BONUS):
            await world.stand.enqueue(kind(OrderJob(order=order.number), bot=order.bot))
        await world.quiet()
        await sold_once(world, order, friend)

    play(scenario)
