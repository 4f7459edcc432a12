"""Money that had settled moves again: parts given back in the cabinet, refunds that come back, disputes. The
owner hears of it, and order, stock, balance and figures are right.
"""

import pytest

from mailroom.actors.bots.shop.domain.owner_faults import Fault
from mailroom.actors.bots.shop.figures import read_figures, today
from mailroom.actors.bots.shop.owner_log import By
from mailroom.actors.bots.shop.owner_refund import refund
from mailroom.actors.kit.owners.refusals import OwnerError
from mailroom.actors.providers.payments import Dispute, Money, ProviderRefusedError
from mailroom.actors.runtime.bridge import aio
from tests.actors.bots.shop.jobs.world import OWNER, PRICE


async def delivered(world, **more):
    product = await world.product(2)
    order = await world.order((product, 1), **more)
    payment = await world.pay(order)
    await world.quiet()
    assert await world.status(order) == "delivered"
    return order, payment, product


async def changed(world, payment):
    await world.notice(payment, None)
    await world.quiet()


async def owner_gives_back(world, order):
    by = By("shop", "owner", f"refund {order.number}")
    await aio(lambda: refund(world.services, by, order.number))
    await world.quiet()


async def refunded_today(world):
    figures = await aio(lambda: _figures(world))
    return [one.refunded_minor for one in figures.revenue]


async def _figures(world):
    return await read_figures(world.pool, "shop", await today(world.pool))


def told(world):
    return world.telegram.texts(OWNER)


def dispute(state, withdrawn=True, amount_minor=PRICE):
    return (Dispute("dp-1", state, Money(amount_minor, "RUB"), withdrawn, "fraudulent"),)


def test_a_part_given_back_in_the_cabinet_is_not_refunded_again_with_the_order(play):
    async def scenario(world):
        order, payment, _ = await delivered(world)
        world.provider.in_the_cabinet(payment, 4_000)
        await changed(world, payment)
        assert (await world.status(order), await refunded_today(world)) == ("delivered", [4_000])
        await owner_gives_back(world, order)
        assert [one.money.amount_minor for one in world.provider.refund_calls] == [PRICE - 4_000]
        assert (await world.status(order), await refunded_today(world)) == ("refunded", [PRICE])
        ((_, event),) = world.events(order.chat_id, "shop.refunded")
        assert event["amount_minor"] == PRICE - 4_000

    play(scenario)


def test_a_part_given_back_in_the_cabinet_is_not_credited_to_the_balance_with_the_order(play):
    async def scenario(world):
        order, payment, _ = await delivered(world)
        world.provider.in_the_cabinet(payment, 4_000)
        world.provider.on_refund.answers = [ProviderRefusedError("older than a year", "final")]
        await owner_gives_back(world, order)
        assert await world.balance(order.user_id) == PRICE - 4_000
        assert await refunded_today(world) == [PRICE]

    play(scenario)


def test_a_refund_that_fails_after_three_days_is_credited_and_the_owner_hears(play):
    async def scenario(world):
        order, payment, _ = await delivered(world)
        await owner_gives_back(world, order)
        assert (told(world), await world.balance(order.user_id)) == ([], 0)
        (name,) = world.provider.listed
        world.provider.fails(name)
        await changed(world, payment)
        await changed(world, payment)
        assert await world.balance(order.user_id) == PRICE
        (text,) = told(world)
        assert "₽100 cannot be refunded through yoomoney (lost_or_stolen_card)" in text
        assert (await world.status(order), await refunded_today(world)) == ("refunded", [PRICE])
        assert [event["to_balance"] for _, event in world.events(order.chat_id, "shop.refunded")] == [
            False,
            True,
        ]

    play(scenario)


def test_a_refund_refused_for_want_of_money_is_told_to_the_owner_and_goes_through_later(play):
    async def scenario(world):
        order, _, _ = await delivered(world)
        world.provider.on_refund.answers = [ProviderRefusedError("insufficient_funds", "passes")]
        await owner_gives_back(world, order)
        (text,) = told(world)
        assert "is not refunding ₽100 for now (insufficient_funds)" in text
        assert await world.status(order) == "refunding"
        await world.sql(
            "UPDATE mailroom.outbox_job SET run_at = now(), turn_at = now() WHERE name = 'payment.refund'"
        )
        world.stand.ears.wake("shop.payment")
        await world.quiet()
        assert (await world.status(order), await world.balance(order.user_id)) == ("refunded", 0)

    play(scenario)


def test_a_dispute_is_told_to_the_owner_and_when_won_all_is_as_before(play):
    async def scenario(world):
        order, payment, _ = await delivered(world)
        world.provider.becomes(payment, "paid", disputes=dispute("open"))
        await changed(world, payment)
        assert [one.status for one in await world.payments(order)] == ["disputed"]
        with pytest.raises(OwnerError) as caught:
            await owner_gives_back(world, order)
        assert caught.value.wrong.fault is Fault.DISPUTED
        world.provider.becomes(payment, "paid", disputes=dispute("won", withdrawn=False))
        await changed(world, payment)
        opened, won = told(world)
        assert f"Order {order.number}: the buyer's bank disputes ₽100 (fraudulent)" in opened
        assert "decided for the shop" in won
        assert [one.status for one in await world.payments(order)] == ["paid"]
        assert (await world.status(order), await refunded_today(world)) == ("delivered", [0])

    play(scenario)


def test_a_dispute_that_is_lost_closes_the_order_and_gives_the_buyer_nothing_more(play):
    async def scenario(world):
        friend = await world.person()
        buyer = await world.person(brought_by=friend)
        await world.pay(
            await world.order((await world.product(1), 1), buyer=await world.person(brought_by=buyer))
        )
        await world.quiet()
        had = await world.balance(buyer)
        order, payment, product = await delivered(world, buyer=buyer, use_balance=True)
        assert (await world.balance(buyer), had > 0, await world.balance(friend) > 0) == (0, True, True)
        world.provider.becomes(payment, "paid", disputes=dispute("lost", amount_minor=order.to_pay_minor))
        await changed(world, payment)
        await changed(world, payment)
        assert await world.status(order) == "refunded"
        assert [one.status for one in await world.payments(order)] == ["charged_back"]
        # The goods are with the buyer, and so they stay paid for as far as the balance paid for them.
        assert (await world.balance(buyer), await world.free(product)) == (0, 1)
        earned = await world.value(
            "SELECT coalesce(sum(amount_minor), 0) FROM shop.balance_entries "
            "WHERE order_id = $1 AND kind IN ('bonus', 'revoked')",
            order.number,
        )
        assert (earned, world.events(buyer, "shop.refunded")) == (0, [])
        (text,) = told(world)
        assert "is lost, the money has been taken (fraudulent)" in text
        assert "bonuses are revoked" in text
        assert await refunded_today(world) == [order.to_pay_minor]

    play(scenario)


def test_a_dispute_lost_before_anybody_saw_the_goods_puts_them_back(play):
    async def scenario(world):
        product = await world.product(1)
        order = await world.order((product, 1))
        await world.sql("INSERT INTO mailroom.outbox_queue VALUES ('shop.delivery', now(), 'test', 'held')")
        payment = await world.pay(order)
        await world.stand.until_true(lambda: stands(world, order, "paid"))
        world.provider.becomes(payment, "paid", disputes=dispute("lost"))
        await world.notice(payment, None)
        await world.stand.until_true(lambda: stands(world, order, "refunded"))
        assert await world.free(product) == 1

    async def stands(world, order, status):
        return await world.status(order) == status

    play(scenario)


def test_what_was_credited_and_then_given_back_in_the_cabinet_is_told_to_the_owner(play):
    async def scenario(world):
        order, payment, _ = await delivered(world)
        world.provider.on_refund.answers = [ProviderRefusedError("the card is lost", "final")]
        await owner_gives_back(world, order)
        world.provider.in_the_cabinet(payment, PRICE)
        await changed(world, payment)
        await changed(world, payment)
        credited, twice = told(world)
        assert "was put on the customer's balance" in credited
        assert "₽100 more went to the buyer than was paid" in twice

    play(scenario)
