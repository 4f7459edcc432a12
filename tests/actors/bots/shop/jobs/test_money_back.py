"""Money that is of no use goes back, its payer hears of it, and a refund takes back what it must."""

import pytest

from mailroom.actors.bots.shop.checkout import begin_refund
from mailroom.actors.bots.shop.jobs.take_back import go_back
from mailroom.actors.bots.shop.orders import cancel_order
from mailroom.actors.payment import begin_giving_back
from mailroom.actors.providers.payments import Money, ProviderRefusedError, ProviderUnavailableError
from mailroom.actors.runtime.bridge import aio
from tests.actors.bots.shop.jobs.world import OWNER, PRICE
from tests.actors.paying.till import MemoryProvider
from tests.rooms import named, transaction_on


def refunded(order, why, amount=PRICE, *, to_balance=False, currency="RUB"):
    told = {"order": order.number, "why": why, "amount_minor": amount, "currency": currency}
    return ("shop.refunded", {**told, "to_balance": to_balance})


async def give_back(world, order, *, goods_back=False):
    """As an owner does: the order and its payments in one transaction."""

    async def begin():
        async with transaction_on(world.pool) as tx:
            assert await begin_refund(tx, order.number, "owner", goods_back=goods_back)
            for payment in await world_payments(tx.connection, order):
                assert await begin_giving_back(tx, payment, "owner")

    async def world_payments(connection, order):
        rows = await connection.fetch(
            "SELECT id FROM mailroom.payment WHERE reference = $1 AND status = 'paid'", str(order.number)
        )
        return [row["id"] for row in rows]

    await aio(begin)
    world.stand.ears.wake("shop.payment")
    await world.quiet()


def test_a_late_payment_whose_goods_are_still_there_buys_them(play):
    async def scenario(world):
        order = await world.order((await world.product(1), 1))
        payment = await world.pay(order, notice=False)
        await world.time_passes(order)
        world.stand.ears.wake("shop.delivery")
        await world.quiet()
        assert await world.status(order) == "expired"
        await world.notice(payment)
        await world.quiet()
        assert await world.status(order) == "delivered"
        assert world.names(order.chat_id) == ["shop.expired", "shop.delivered", "shop.receipt"]

    play(scenario)


def test_a_late_payment_finds_its_goods_sold_and_is_given_back(play):
    async def scenario(world):
        product = await world.product(1)
        late = await world.order((product, 1))
        payment = await world.pay(late, notice=False)
        await world.time_passes(late)
        quick = await world.order((product, 1))
        await world.pay(quick)
        await world.quiet()
        await world.notice(payment)
        await world.quiet()
        assert (await world.status(quick), await world.status(late)) == ("delivered", "expired")
        assert world.events(late.chat_id, "shop.refunded", "shop.delivered") == [refunded(late, "too_late")]
        assert [one.status for one in await world.payments(late)] == ["refunded"]
        assert [order.money.amount_minor for order in world.provider.refund_calls] == [PRICE]

    play(scenario)


def test_an_order_that_was_canceled_and_paid_all_the_same_is_delivered_if_it_can_be(play):
    async def scenario(world):
        order = await world.order((await world.product(1), 1))
        payment = await world.pay(order, notice=False)
        assert await aio(cancel_order, world.services, named("cancel"), order.number, order.user_id)
        await world.notice(payment)
        await world.quiet()
        assert await world.status(order) == "delivered"

    play(scenario)


def test_an_order_that_is_paid_twice_is_delivered_once_and_one_payment_goes_back(play):
    async def scenario(world):
        order = await world.order((await world.product(2), 1))
        first = await world.pay(order, notice=False)
        # The same customer pays on a page of before, too.
        await world.value(
            "INSERT INTO mailroom.payment"
            " (bot, provider, provider_id, ref, purpose, reference, amount_minor, currency, status)"
            " VALUES ('shop', 'yoomoney', 'old', 'old', 'shop.order', $1, $2, 'RUB', 'canceled')",
            str(order.number), PRICE,
        )  # fmt: skip
        world.provider.put("old", "paid", Money(PRICE, "RUB"), reference="old")
        await world.notice(first)
        await world.quiet()
        await world.notice("old")
        await world.quiet()
        assert await world.status(order) == "delivered"
        assert [one.status for one in await world.payments(order)] == ["paid", "refunded"]
        assert world.names(order.chat_id) == ["shop.delivered", "shop.receipt", "shop.refunded"]
        assert world.events(order.chat_id)[-1] == refunded(order, "twice")
        assert len(await world.goods(order)) == 1

    play(scenario)


@pytest.mark.parametrize("paid", [Money(PRICE - 1, "RUB"), Money(PRICE, "KZT")], ids=str)
def test_the_wrong_money_goes_back_and_the_order_can_still_be_paid(play, paid):
    async def scenario(world):
        order = await world.order((await world.product(1), 1))
        await world.pay(order, paid=paid)
        await world.quiet()
        assert await world.status(order) == "awaiting_payment"
        told = refunded(order, "mismatch", paid.amount_minor, currency=paid.currency)
        assert world.events(order.chat_id) == [told]
        await world.pay(order)
        await world.quiet()
        assert await world.status(order) == "delivered"
        assert [one.status for one in await world.payments(order)] == ["refunded", "paid"]

    play(scenario)


@pytest.mark.parametrize(
    "trouble", [None, ProviderRefusedError("older than a year", "final")], ids=["never", "refused"]
)
def test_what_a_provider_cannot_give_back_is_credited_and_the_owner_is_told(play, trouble):
    provider = MemoryProvider(can_refund=trouble is not None)
    provider.on_refund.answers = [trouble]

    async def scenario(world):
        order = await world.order((await world.product(1), 1))
        await world.pay(order, paid=Money(7_000, "RUB"))
        await world.quiet()
        assert await world.balance(order.user_id) == 7_000
        assert world.events(order.chat_id) == [refunded(order, "mismatch", 7_000, to_balance=True)]
        (text,) = world.telegram.texts(OWNER)
        assert f"Order {order.number}: ₽70 cannot be refunded through yoomoney" in text
        assert "The sum was put on the customer's balance." in text
        # It can be spent.
        again = await world.order((await world.product(1), 1), buyer=order.user_id, use_balance=True)
        assert again.to_pay_minor == PRICE - 7_000

    play(scenario, provider=provider)


def test_each_payment_that_cannot_go_back_is_credited(play):
    async def scenario(world):
        order = await world.order((await world.product(1), 1))
        for amount_minor in (7_000, 6_000):
            await world.pay(order, paid=Money(amount_minor, "RUB"))
            await world.quiet()
        assert await world.balance(order.user_id) == 13_000
        assert len(world.telegram.texts(OWNER)) == 2

    play(scenario, provider=MemoryProvider(can_refund=False))


def test_a_coin_that_no_balance_can_hold_is_left_to_the_owner(play):
    async def scenario(world):
        order = await world.order((await world.product(1), 1))
        await world.pay(order, paid=Money(15_920_000, "USDT"))
        await world.quiet()
        assert world.events(order.chat_id) == []
        assert "please refund it by hand" in world.telegram.texts(OWNER)[0]

    play(scenario, provider=MemoryProvider(can_refund=False))


def test_the_payer_hears_of_a_refund_that_takes_long_and_then_of_its_end(play):
    provider = MemoryProvider()
    provider.on_refund.answers = [ProviderUnavailableError("maintenance", retry_after=3600)]

    async def scenario(world):
        order = await world.order((await world.product(1), 1))
        await world.pay(order, paid=Money(7_000, "RUB"))
        await world.quiet()
        assert world.events(order.chat_id) == []
        await world.sql(
            "UPDATE mailroom.outbox_job SET run_at = now(), turn_at = now() WHERE name = 'shop.apologise'"
        )
        world.stand.ears.wake("shop.delivery")
        await world.quiet()
        told = {"order": order.number, "why": "mismatch", "amount_minor": 7_000, "currency": "RUB"}
        assert world.events(order.chat_id) == [("shop.refunding", told)]
        [(job,)] = await world.sql("SELECT id FROM mailroom.outbox_job WHERE name = 'payment.refund'")
        await aio(world.stand.on_call().retry, [job])
        world.stand.ears.wake("shop.payment")
        await world.stand.until(lambda: world.names(order.chat_id)[-1:] == ["shop.refunded"])

    play(scenario, provider=provider)


def test_a_quick_refund_is_told_once(play):
    async def scenario(world):
        order = await world.order((await world.product(1), 1))
        await world.pay(order, paid=Money(7_000, "RUB"))
        await world.quiet()
        await world.sql(
            "UPDATE mailroom.outbox_job SET run_at = now(), turn_at = now() WHERE name = 'shop.apologise'"
        )
        world.stand.ears.wake("shop.delivery")
        await world.quiet()
        assert world.names(order.chat_id) == ["shop.refunded"]

    play(scenario)


def test_a_refund_after_delivery_takes_back_bonuses_rank_and_balance_but_not_the_goods(play):
    async def scenario(world):
        grandma = await world.person()
        friend = await world.person(brought_by=grandma)
        buyer = await world.person(brought_by=friend)
        supplier = await world.new_supplier(call=True)
        product = await world.product(3, supplier=supplier)
        await world.pay(await world.order((product, 1), buyer=await world.person(brought_by=buyer)))
        await world.quiet()
        had = await world.balance(buyer)
        order = await world.order((product, 1), buyer=buyer, use_balance=True)
        await world.pay(order)
        await world.quiet()
        before = await world.balance(friend), await world.balance(grandma)
        assert before[0] > 0 < before[1]
        assert await world.balance(buyer) == 0
        await give_back(world, order)
        assert await world.status(order) == "refunded"
        earned = await world.value(
            "SELECT sum(amount_minor) FROM shop.balance_entries WHERE order_id = $1", order.number
        )
        assert earned == 0
        assert await world.balance(buyer) == had > 0
        assert (buyer, 0, 0) in await world.boards()
        assert world.events(buyer, "shop.refunded") == [refunded(order, "owner", order.to_pay_minor)]
        assert await world.free(product) == 1
        assert await world.goods(order) == []
        events = [call.read().decode() for call in world.supplier.calls]
        assert ["order.refunded" in event for event in events] == [False, False, True]

    play(scenario)


def test_a_refund_made_at_the_provider_takes_back_the_same(play):
    async def scenario(world):
        friend = await world.person()
        buyer = await world.person(brought_by=friend)
        product = await world.product(1)
        order = await world.order((product, 1), buyer=buyer)
        payment = await world.pay(order)
        await world.quiet()
        world.provider.in_the_cabinet(payment, PRICE)
        await world.notice(payment, None)
        await world.notice(payment, None)
        await world.quiet()
        assert await world.status(order) == "refunded"
        assert (await world.balance(friend), await world.boards()) == (0, [(buyer, 0, 0)])
        assert world.events(buyer, "shop.refunded") == [refunded(order, "owner")]
        assert await world.free(product) == 0  # its goods have been seen

    play(scenario)


def test_goods_that_nobody_has_seen_can_be_sold_again_and_are_not_delivered_any_more(play):
    async def scenario(world):
        product = await world.product(1)
        order = await world.order((product, 1))
        await world.sql("INSERT INTO mailroom.outbox_queue VALUES ('shop.delivery', now(), 'test', 'held')")
        payment = await world.pay(order)
        await world.stand.until_true(lambda: is_paid(world, order))
        world.provider.in_the_cabinet(payment, PRICE)
        await world.notice(payment, None)
        await world.stand.until_true(lambda: is_refunded(world, order))
        assert await world.free(product) == 1
        await world.sql("UPDATE mailroom.outbox_queue SET paused_at = NULL")
        world.stand.ears.wake("shop.delivery")
        await world.quiet()
        assert world.names(order.chat_id) == ["shop.receipt", "shop.refunded"]
        assert await world.boards() == []

    async def is_paid(world, order):
        return await world.status(order) == "paid"

    async def is_refunded(world, order):
        return await world.status(order) == "refunded"

    play(scenario)


def test_goods_on_their_way_are_not_sold_again(play, monkeypatch):
    """The event is in the chat, and its job has not come back yet: somebody may be reading the goods."""

    async def scenario(world):
        product = await world.product(1)
        order = await world.order((product, 1))
        door = world.stand.services.chats
        put = type(door).put

        async def slow_put(self, chat, name, *args, **options):
            done = await put(self, chat, name, *args, **options)
            if name == "shop.delivered":
                async with transaction_on(world.pool) as tx:
                    await go_back(tx, order.number)
            return done

        monkeypatch.setattr(type(door), "put", slow_put)
        await world.pay(order)
        await world.quiet()
        assert await world.status(order) == "refunded"
        assert (await world.find(order.number)).delivered_at is not None
        assert await world.free(product) == 0

    play(scenario)


def test_a_payment_of_an_order_that_is_not_there_is_a_dead_letter(play):
    async def scenario(world):
        order = await world.order((await world.product(1), 1))
        payment = await world.pay(order, notice=False)
        await world.sql("UPDATE mailroom.payment SET reference = '77'")
        await world.notice(payment)
        await world.quiet()
        assert "no such order" in (await world.dead())[0][1]

    play(scenario, dead=["payment.confirm"])
