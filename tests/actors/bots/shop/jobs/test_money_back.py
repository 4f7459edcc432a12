"""Money that is of no use goes back, its payer hears of it, and a refund takes back what it must."""

import pytest

from mailroom.actors.bots.shop.checkout import begin_refund
from mailroom.actors.bots.shop.jobs.take_back import go_back
from mailroom.actors.bots.shop.orders import cancel_order
from mailroom.actors.payment import begin_giving_back
from mailroom.actors.providers.payments import Money, ProviderRefusedError, ProviderUnavailableError
from mailroom.actors.runtime.bridge import aio
from tests.actors.bots.shop.jobs.shop_harness import OWNER, PRICE
from tests.actors.paying.memory_provider import MemoryProvider
from tests.rooms import named, transaction_on


def refunded(order, why, amount=PRICE, *, to_balance=False, currency="RUB"):
    told = {"order": order.number, "why": why, "amount_minor": amount, "currency": currency}
    return ("shop.refunded", {**told, "to_balance": to_balance})


async def give_back(shop, order, *, goods_back=False):
    """As an owner does: the order and its payments in one transaction."""

    async def begin():
        async with transaction_on(shop.pool) as tx:
            assert await begin_refund(tx, order.number, "owner", goods_back=goods_back)
            for payment in await shop_payments(tx.connection, order):
                assert await begin_giving_back(tx, payment, "owner")

    async def shop_payments(connection, order):
        rows = await connection.fetch(
            "SELECT id FROM mailroom.payment WHERE reference = $1 AND status = 'paid'", str(order.number)
        )
        return [row["id"] for row in rows]

    await aio(begin)
    shop.queues.listener.wake("shop.payment")
    await shop.quiet()


def test_a_late_payment_whose_goods_are_still_there_buys_them(play):
    async def scenario(shop):
        order = await shop.order((await shop.product(1), 1))
        payment = await shop.pay(order, notice=False)
        await shop.time_passes(order)
        shop.queues.listener.wake("shop.delivery")
        await shop.quiet()
        assert await shop.status(order) == "expired"
        await shop.notice(payment)
        await shop.quiet()
        assert await shop.status(order) == "delivered"
        assert shop.names(order.chat_id) == ["shop.expired", "shop.delivered", "shop.receipt"]

    play(scenario)


def test_a_late_payment_finds_its_goods_sold_and_is_given_back(play):
    async def scenario(shop):
        product = await shop.product(1)
        late = await shop.order((product, 1))
        payment = await shop.pay(late, notice=False)
        await shop.time_passes(late)
        quick = await shop.order((product, 1))
        await shop.pay(quick)
        await shop.quiet()
        await shop.notice(payment)
        await shop.quiet()
        assert (await shop.status(quick), await shop.status(late)) == ("delivered", "expired")
        assert shop.events(late.chat_id, "shop.refunded", "shop.delivered") == [refunded(late, "too_late")]
        assert [one.status for one in await shop.payments(late)] == ["refunded"]
        assert [order.money.amount_minor for order in shop.provider.refund_calls] == [PRICE]

    play(scenario)


def test_an_order_that_was_canceled_and_paid_all_the_same_is_delivered_if_it_can_be(play):
    async def scenario(shop):
        order = await shop.order((await shop.product(1), 1))
        payment = await shop.pay(order, notice=False)
        assert await aio(cancel_order, shop.services, named("cancel"), order.number, order.user_id)
        await shop.notice(payment)
        await shop.quiet()
        assert await shop.status(order) == "delivered"

    play(scenario)


def test_an_order_that_is_paid_twice_is_delivered_once_and_one_payment_goes_back(play):
    async def scenario(shop):
        order = await shop.order((await shop.product(2), 1))
        first = await shop.pay(order, notice=False)
        # The same customer pays on a page of before, too.
        await shop.value(
            "INSERT INTO mailroom.payment"
            " (bot, provider, provider_id, ref, purpose, reference, amount_minor, currency, status)"
            " VALUES ('shop', 'yoomoney', 'old', 'old', 'shop.order', $1, $2, 'RUB', 'canceled')",
            str(order.number), PRICE,
        )  # fmt: skip
        shop.provider.put("old", "paid", Money(PRICE, "RUB"), reference="old")
        await shop.notice(first)
        await shop.quiet()
        await shop.notice("old")
        await shop.quiet()
        assert await shop.status(order) == "delivered"
        assert [one.status for one in await shop.payments(order)] == ["paid", "refunded"]
        assert shop.names(order.chat_id) == ["shop.delivered", "shop.receipt", "shop.refunded"]
        assert shop.events(order.chat_id)[-1] == refunded(order, "twice")
        assert len(await shop.goods(order)) == 1

    play(scenario)


@pytest.mark.parametrize("paid", [Money(PRICE - 1, "RUB"), Money(PRICE, "KZT")], ids=str)
def test_the_wrong_money_goes_back_and_the_order_can_still_be_paid(play, paid):
    async def scenario(shop):
        order = await shop.order((await shop.product(1), 1))
        await shop.pay(order, paid=paid)
        await shop.quiet()
        assert await shop.status(order) == "awaiting_payment"
        told = refunded(order, "mismatch", paid.amount_minor, currency=paid.currency)
        assert shop.events(order.chat_id) == [told]
        await shop.pay(order)
        await shop.quiet()
        assert await shop.status(order) == "delivered"
        assert [one.status for one in await shop.payments(order)] == ["refunded", "paid"]

    play(scenario)


@pytest.mark.parametrize(
    "trouble", [None, ProviderRefusedError("older than a year", "final")], ids=["never", "refused"]
)
def test_what_a_provider_cannot_give_back_is_credited_and_the_owner_is_told(play, trouble):
    provider = MemoryProvider(can_refund=trouble is not None)
    provider.on_refund.answers = [trouble]

    async def scenario(shop):
        order = await shop.order((await shop.product(1), 1))
        await shop.pay(order, paid=Money(7_000, "RUB"))
        await shop.quiet()
        assert await shop.balance(order.user_id) == 7_000
        assert shop.events(order.chat_id) == [refunded(order, "mismatch", 7_000, to_balance=True)]
        (text,) = shop.telegram.texts(OWNER)
        assert f"Order {order.number}: ₽70 cannot be refunded through yoomoney" in text
        assert "The sum was put on the customer's balance." in text
        # It can be spent.
        again = await shop.order((await shop.product(1), 1), buyer=order.user_id, use_balance=True)
        assert again.to_pay_minor == PRICE - 7_000

    play(scenario, provider=provider)


def test_each_payment_that_cannot_go_back_is_credited(play):
    async def scenario(shop):
        order = await shop.order((await shop.product(1), 1))
        for amount_minor in (7_000, 6_000):
            await shop.pay(order, paid=Money(amount_minor, "RUB"))
            await shop.quiet()
        assert await shop.balance(order.user_id) == 13_000
        assert len(shop.telegram.texts(OWNER)) == 2

    play(scenario, provider=MemoryProvider(can_refund=False))


def test_a_coin_that_no_balance_can_hold_is_left_to_the_owner(play):
    async def scenario(shop):
        order = await shop.order((await shop.product(1), 1))
        await shop.pay(order, paid=Money(15_920_000, "USDT"))
        await shop.quiet()
        assert shop.events(order.chat_id) == []
        assert "please refund it by hand" in shop.telegram.texts(OWNER)[0]

    play(scenario, provider=MemoryProvider(can_refund=False))


def test_the_payer_hears_of_a_refund_that_takes_long_and_then_of_its_end(play):
    provider = MemoryProvider()
    provider.on_refund.answers = [ProviderUnavailableError("maintenance", retry_after=3600)]

    async def scenario(shop):
        order = await shop.order((await shop.product(1), 1))
        await shop.pay(order, paid=Money(7_000, "RUB"))
        await shop.quiet()
        assert shop.events(order.chat_id) == []
        await shop.sql(
            "UPDATE mailroom.outbox_job SET run_at = now(), turn_at = now() WHERE name = 'shop.apologise'"
        )
        shop.queues.listener.wake("shop.delivery")
        await shop.quiet()
        told = {"order": order.number, "why": "mismatch", "amount_minor": 7_000, "currency": "RUB"}
        assert shop.events(order.chat_id) == [("shop.refunding", told)]
        [(job,)] = await shop.sql("SELECT id FROM mailroom.outbox_job WHERE name = 'payment.refund'")
        await aio(shop.queues.on_call().retry, [job])
        shop.queues.listener.wake("shop.payment")
        await shop.queues.until(lambda: shop.names(order.chat_id)[-1:] == ["shop.refunded"])

    play(scenario, provider=provider)


def test_a_quick_refund_is_told_once(play):
    async def scenario(shop):
        order = await shop.order((await shop.product(1), 1))
        await shop.pay(order, paid=Money(7_000, "RUB"))
        await shop.quiet()
        await shop.sql(
            "UPDATE mailroom.outbox_job SET run_at = now(), turn_at = now() WHERE name = 'shop.apologise'"
        )
        shop.queues.listener.wake("shop.delivery")
        await shop.quiet()
        assert shop.names(order.chat_id) == ["shop.refunded"]

    play(scenario)


def test_a_refund_after_delivery_takes_back_bonuses_rank_and_balance_but_not_the_goods(play):
    async def scenario(shop):
        grandma = await shop.person()
        friend = await shop.person(brought_by=grandma)
        buyer = await shop.person(brought_by=friend)
        supplier = await shop.new_supplier(call=True)
        product = await shop.product(3, supplier=supplier)
        await shop.pay(await shop.order((product, 1), buyer=await shop.person(brought_by=buyer)))
        await shop.quiet()
        had = await shop.balance(buyer)
        order = await shop.order((product, 1), buyer=buyer, use_balance=True)
        await shop.pay(order)
        await shop.quiet()
        before = await shop.balance(friend), await shop.balance(grandma)
        assert before[0] > 0 < before[1]
        assert await shop.balance(buyer) == 0
        await give_back(shop, order)
        assert await shop.status(order) == "refunded"
        earned = await shop.value(
            "SELECT sum(amount_minor) FROM shop.balance_entries WHERE order_id = $1", order.number
        )
        assert earned == 0
        assert await shop.balance(buyer) == had > 0
        assert (buyer, 0, 0) in await shop.boards()
        assert shop.events(buyer, "shop.refunded") == [refunded(order, "owner", order.to_pay_minor)]
        assert await shop.free(product) == 1
        assert await shop.goods(order) == []
        events = [call.read().decode() for call in shop.supplier.calls]
        assert ["order.refunded" in event for event in events] == [False, False, True]

    play(scenario)


def test_a_refund_made_at_the_provider_takes_back_the_same(play):
    async def scenario(shop):
        friend = await shop.person()
        buyer = await shop.person(brought_by=friend)
        product = await shop.product(1)
        order = await shop.order((product, 1), buyer=buyer)
        payment = await shop.pay(order)
        await shop.quiet()
        shop.provider.in_the_cabinet(payment, PRICE)
        await shop.notice(payment, None)
        await shop.notice(payment, None)
        await shop.quiet()
        assert await shop.status(order) == "refunded"
        assert (await shop.balance(friend), await shop.boards()) == (0, [(buyer, 0, 0)])
        assert shop.events(buyer, "shop.refunded") == [refunded(order, "owner")]
        assert await shop.free(product) == 0  # its goods have been seen

    play(scenario)


def test_goods_that_nobody_has_seen_can_be_sold_again_and_are_not_delivered_any_more(play):
    async def scenario(shop):
        product = await shop.product(1)
        order = await shop.order((product, 1))
        await shop.sql("INSERT INTO mailroom.outbox_queue VALUES ('shop.delivery', now(), 'test', 'held')")
        payment = await shop.pay(order)
        await shop.queues.until_true(lambda: is_paid(shop, order))
        shop.provider.in_the_cabinet(payment, PRICE)
        await shop.notice(payment, None)
        await shop.queues.until_true(lambda: is_refunded(shop, order))
        assert await shop.free(product) == 1
        await shop.sql("UPDATE mailroom.outbox_queue SET paused_at = NULL")
        shop.queues.listener.wake("shop.delivery")
        await shop.quiet()
        assert shop.names(order.chat_id) == ["shop.receipt", "shop.refunded"]
        assert await shop.boards() == []

    async def is_paid(shop, order):
        return await shop.status(order) == "paid"

    async def is_refunded(shop, order):
        return await shop.status(order) == "refunded"

    play(scenario)


def test_goods_on_their_way_are_not_sold_again(play, monkeypatch):
    """The event is in the chat, and its job has not come back yet: somebody may be reading the goods."""

    async def scenario(shop):
        product = await shop.product(1)
        order = await shop.order((product, 1))
        sender = shop.queues.services.chats
        put = type(sender).put

        async def slow_put(self, chat, name, *args, **options):
            done = await put(self, chat, name, *args, **options)
            if name == "shop.delivered":
                async with transaction_on(shop.pool) as tx:
                    await go_back(tx, order.number)
            return done

        monkeypatch.setattr(type(sender), "put", slow_put)
        await shop.pay(order)
        await shop.quiet()
        assert await shop.status(order) == "refunded"
        assert (await shop.find(order.number)).delivered_at is not None
        assert await shop.free(product) == 0

    play(scenario)


def test_a_payment_of_an_order_that_is_not_there_is_a_dead_letter(play):
    async def scenario(shop):
        order = await shop.order((await shop.product(1), 1))
        payment = await shop.pay(order, notice=False)
        await shop.sql("UPDATE mailroom.payment SET reference = '77'")
        await shop.notice(payment)
        await shop.quiet()
        assert "no such order" in (await shop.dead())[0][1]

    play(scenario, dead=["payment.confirm"])
