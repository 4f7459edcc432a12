"""Money that had settled moves again: parts given back in the cabinet, refunds that come back, disputes. The
owner hears of it, and order, stock, balance and figures are right.
"""

import pytest

from mailroom.actors.bots.shop.domain.owner_faults import Fault
from mailroom.actors.bots.shop.figures import read_figures, today
from mailroom.actors.bots.shop.owner_refund import refund
from mailroom.actors.kit.owners.deeds import By
from mailroom.actors.kit.owners.refusals import OwnerError
from mailroom.actors.providers.payments import Dispute, Money, ProviderRefusedError
from mailroom.actors.runtime.bridge import aio
from tests.actors.bots.shop.jobs.shop_harness import OWNER, PRICE


async def delivered(shop, **more):
    product = await shop.product(2)
    order = await shop.order((product, 1), **more)
    payment = await shop.pay(order)
    await shop.quiet()
    assert await shop.status(order) == "delivered"
    return order, payment, product


async def changed(shop, payment):
    await shop.notice(payment, None)
    await shop.quiet()


async def owner_gives_back(shop, order):
    by = By("shop", "owner", f"refund {order.number}")
    await aio(lambda: refund(shop.services, by, order.number))
    await shop.quiet()


async def refunded_today(shop):
    figures = await aio(lambda: _figures(shop))
    return [one.refunded_minor for one in figures.revenue]


async def _figures(shop):
    return await read_figures(shop.pool, "shop", await today(shop.pool))


def told(shop):
    return shop.telegram.texts(OWNER)


def dispute(state, withdrawn=True, amount_minor=PRICE):
    return (Dispute("dp-1", state, Money(amount_minor, "RUB"), withdrawn, "fraudulent"),)


def test_a_part_given_back_in_the_cabinet_is_not_refunded_again_with_the_order(play):
    async def scenario(shop):
        order, payment, _ = await delivered(shop)
        shop.provider.in_the_cabinet(payment, 4_000)
        await changed(shop, payment)
        assert (await shop.status(order), await refunded_today(shop)) == ("delivered", [4_000])
        await owner_gives_back(shop, order)
        assert [one.money.amount_minor for one in shop.provider.refund_calls] == [PRICE - 4_000]
        assert (await shop.status(order), await refunded_today(shop)) == ("refunded", [PRICE])
        ((_, event),) = shop.events(order.chat_id, "shop.refunded")
        assert event["amount_minor"] == PRICE - 4_000

    play(scenario)


def test_a_part_given_back_in_the_cabinet_is_not_credited_to_the_balance_with_the_order(play):
    async def scenario(shop):
        order, payment, _ = await delivered(shop)
        shop.provider.in_the_cabinet(payment, 4_000)
        shop.provider.on_refund.answers = [ProviderRefusedError("older than a year", "final")]
        await owner_gives_back(shop, order)
        assert await shop.balance(order.user_id) == PRICE - 4_000
        assert await refunded_today(shop) == [PRICE]

    play(scenario)


def test_a_refund_that_fails_after_three_days_is_credited_and_the_owner_hears(play):
    async def scenario(shop):
        order, payment, _ = await delivered(shop)
        await owner_gives_back(shop, order)
        assert (told(shop), await shop.balance(order.user_id)) == ([], 0)
        (name,) = shop.provider.listed
        shop.provider.fails(name)
        await changed(shop, payment)
        await changed(shop, payment)
        assert await shop.balance(order.user_id) == PRICE
        (text,) = told(shop)
        assert "₽100 cannot be refunded through yoomoney (lost_or_stolen_card)" in text
        assert (await shop.status(order), await refunded_today(shop)) == ("refunded", [PRICE])
        assert [event["to_balance"] for _, event in shop.events(order.chat_id, "shop.refunded")] == [
            False,
            True,
        ]

    play(scenario)


def test_a_refund_refused_for_want_of_money_is_told_to_the_owner_and_goes_through_later(play):
    async def scenario(shop):
        order, _, _ = await delivered(shop)
        shop.provider.on_refund.answers = [ProviderRefusedError("insufficient_funds", "passes")]
        await owner_gives_back(shop, order)
        (text,) = told(shop)
        assert "is not refunding ₽100 for now (insufficient_funds)" in text
        assert await shop.status(order) == "refunding"
        await shop.sql(
            "UPDATE mailroom.outbox_job SET run_at = now(), turn_at = now() WHERE name = 'payment.refund'"
        )
        shop.queues.listener.wake("shop.payment")
        await shop.quiet()
        assert (await shop.status(order), await shop.balance(order.user_id)) == ("refunded", 0)

    play(scenario)


def test_a_dispute_is_told_to_the_owner_and_when_won_all_is_as_before(play):
    async def scenario(shop):
        order, payment, _ = await delivered(shop)
        shop.provider.becomes(payment, "paid", disputes=dispute("open"))
        await changed(shop, payment)
        assert [one.status for one in await shop.payments(order)] == ["disputed"]
        with pytest.raises(OwnerError) as caught:
            await owner_gives_back(shop, order)
        assert caught.value.wrong.fault is Fault.DISPUTED
        shop.provider.becomes(payment, "paid", disputes=dispute("won", withdrawn=False))
        await changed(shop, payment)
        opened, won = told(shop)
        assert f"Order {order.number}: the buyer's bank disputes ₽100 (fraudulent)" in opened
        assert "decided for the shop" in won
        assert [one.status for one in await shop.payments(order)] == ["paid"]
        assert (await shop.status(order), await refunded_today(shop)) == ("delivered", [0])

    play(scenario)


def test_a_dispute_that_is_lost_closes_the_order_and_gives_the_buyer_nothing_more(play):
    async def scenario(shop):
        friend = await shop.person()
        buyer = await shop.person(brought_by=friend)
        await shop.pay(
            await shop.order((await shop.product(1), 1), buyer=await shop.person(brought_by=buyer))
        )
        await shop.quiet()
        had = await shop.balance(buyer)
        order, payment, product = await delivered(shop, buyer=buyer, use_balance=True)
        assert (await shop.balance(buyer), had > 0, await shop.balance(friend) > 0) == (0, True, True)
        shop.provider.becomes(payment, "paid", disputes=dispute("lost", amount_minor=order.to_pay_minor))
        await changed(shop, payment)
        await changed(shop, payment)
        assert await shop.status(order) == "refunded"
        assert [one.status for one in await shop.payments(order)] == ["charged_back"]
        # The goods are with the buyer, and so they stay paid for as far as the balance paid for them.
        assert (await shop.balance(buyer), await shop.free(product)) == (0, 1)
        earned = await shop.value(
            "SELECT coalesce(sum(amount_minor), 0) FROM shop.balance_entries "
            "WHERE order_id = $1 AND kind IN ('bonus', 'revoked')",
            order.number,
        )
        assert (earned, shop.events(buyer, "shop.refunded")) == (0, [])
        (text,) = told(shop)
        assert "is lost, the money has been taken (fraudulent)" in text
        assert "bonuses are revoked" in text
        assert await refunded_today(shop) == [order.to_pay_minor]

    play(scenario)


def test_a_dispute_lost_before_anybody_saw_the_goods_puts_them_back(play):
    async def scenario(shop):
        product = await shop.product(1)
        order = await shop.order((product, 1))
        await shop.sql("INSERT INTO mailroom.outbox_queue VALUES ('shop.delivery', now(), 'test', 'held')")
        payment = await shop.pay(order)
        await shop.queues.until_true(lambda: stands(shop, order, "paid"))
        shop.provider.becomes(payment, "paid", disputes=dispute("lost"))
        await shop.notice(payment, None)
        await shop.queues.until_true(lambda: stands(shop, order, "refunded"))
        assert await shop.free(product) == 1

    async def stands(shop, order, status):
        return await shop.status(order) == status

    play(scenario)


def test_what_was_credited_and_then_given_back_in_the_cabinet_is_told_to_the_owner(play):
    async def scenario(shop):
        order, payment, _ = await delivered(shop)
        shop.provider.on_refund.answers = [ProviderRefusedError("the card is lost", "final")]
        await owner_gives_back(shop, order)
        shop.provider.in_the_cabinet(payment, PRICE)
        await changed(shop, payment)
        await changed(shop, payment)
        credited, twice = told(shop)
        assert "was put on the customer's balance" in credited
        assert "₽100 more went to the buyer than was paid" in twice

    play(scenario)
