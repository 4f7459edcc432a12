"""What payments do to orders: in time, too late, twice; the link to pay; money that goes back."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from mailroom.actors.bots.shop.checkout import (
    PURPOSE,
    NotOffered,
    OrderClosed,
    begin_refund,
    finish_refund,
    pay_link,
    receipt_of,
    settle,
)
from mailroom.actors.bots.shop.orders import QuoteChanged, SoldOut, cancel_order, mark_delivered
from mailroom.actors.bots.shop.stock import goods_of
from mailroom.actors.paying.ways import Ways
from mailroom.actors.providers.payments import CreatedPayment, ProviderRefusedError, ProviderUnavailableError
from mailroom.actors.providers.sums import Sums
from mailroom.storage.postgres.payments import find_payment, open_payment, payments_of
from tests.rooms import named, transaction_on


class Gateway:
    """A provider that makes one payment of all calls with the same idempotency key."""

    kind, name, names = "yookassa", "yookassa", ("yookassa",)

    def __init__(self):
        self.calls = []
        self.made = {}
        self.fails = 0
        self.expires_at = None

    def sums(self, currency):
        return Sums(1, 10**12)

    async def create(self, order):
        self.calls.append(order)
        await asyncio.sleep(0)
        number = self.made.setdefault(order.idempotency_key, len(self.made) + 1)
        if self.fails:
            self.fails -= 1
            raise ProviderUnavailableError("its answer was lost")
        return CreatedPayment(f"p-{number}", f"https://pay.example/p-{number}", self.expires_at)


@pytest.fixture
def gateway():
    return Gateway()


def link(domain, gateway, order):
    return pay_link(domain.room, named("pay"), Ways({"yookassa": gateway}), order, "yookassa")


async def refund(domain, number, *, goods_back, finish=True):
    async with transaction_on(domain.pool) as tx:
        begun = await begin_refund(tx, number, "owner", goods_back=goods_back)
        if begun and finish:
            return await finish_refund(tx, number)
        return begun


def test_a_payment_in_time_makes_the_goods_the_customers(play):
    async def scenario(domain):
        id_, other = await domain.product(3), await domain.product(2)
        order = await domain.order((other, 1), (id_, 2))
        assert await goods_of(domain.pool, domain.vault, order.number) == []
        assert await domain.pays(order) == "paid"
        assert await domain.status(order.number) == "paid"
        goods = await goods_of(domain.pool, domain.vault, order.number)
        titles = [line.title for line in order.lines]
        assert [one.title for one in goods] == [titles[0], titles[1], titles[1]]
        assert [one.content for one in goods] == [
            f"DEMO-{titles[0]}-0".encode(), f"DEMO-{titles[1]}-0".encode(), f"DEMO-{titles[1]}-1".encode()
        ]  # fmt: skip
        assert (await domain.level(id_)).sold == 2

    play(scenario)


def test_a_payment_between_the_end_of_the_reservation_and_the_tidying_is_in_time(play):
    async def scenario(domain):
        id_ = await domain.product(2)
        user_id = await domain.customer(balance_minor=3_000)
        await domain.discount(10, promo_code="ONCE", uses_max=1)
        order = await domain.order((id_, 2), promo="ONCE", user_id=user_id, use_balance=True)
        await domain.time_passes(order.number)
        assert await domain.pays(order) == "paid"
        assert (await domain.level(id_)).sold == 2
        assert await domain.expire(order.number) is None
        assert await domain.balance(user_id) == 0

    play(scenario)


@pytest.mark.parametrize("closed", ["expired", "canceled"])
def test_a_late_payment_gets_all_that_the_order_held_when_it_is_there(play, closed):
    async def scenario(domain):
        id_ = await domain.product(2)
        user_id = await domain.customer(balance_minor=3_000)
        discount = await domain.discount(10, promo_code="ONCE", uses_max=1)
        order = await domain.order((id_, 2), promo="ONCE", user_id=user_id, use_balance=True)
        await close(domain, order, closed)
        assert (await domain.status(order.number), await domain.balance(user_id)) == (closed, 3_000)
        assert await domain.available(id_) == 2
        assert await domain.pays(order) == "paid"
        assert (await domain.status(order.number), await domain.balance(user_id)) == ("paid", 0)
        assert (await domain.level(id_)).sold == 2
        assert await domain.value("SELECT uses FROM shop.discounts WHERE id = $1", discount) == 1
        assert (await refund(domain, order.number, goods_back=True)).status == "refunded"
        assert (await domain.balance(user_id), await domain.available(id_)) == (3_000, 2)

    play(scenario)


async def close(domain, order, how):
    if how == "canceled":
        assert await cancel_order(domain.room, named("cancel"), order.number, order.user_id)
    else:
        await domain.time_passes(order.number)
        assert await domain.expire(order.number)


@pytest.mark.parametrize("tidied", [True, False], ids=["tidied", "not tidied"])
def test_a_late_payment_finds_its_goods_sold_and_is_too_late(play, tidied):
    async def scenario(domain):
        id_, plenty = await domain.product(2), await domain.product(5)
        user_id = await domain.customer(balance_minor=3_000)
        order = await domain.order((id_, 2), (plenty, 1), user_id=user_id, use_balance=True)
        await domain.time_passes(order.number)
        if tidied:
            await domain.expire(order.number)
        other = await domain.order((id_, 1))
        assert await domain.pays(other) == "paid"
        assert await domain.pays(order) == "too_late"
        assert (await domain.status(order.number), await domain.balance(user_id)) == ("expired", 3_000)
        assert (await domain.available(id_), await domain.available(plenty)) == (1, 5)
        assert await goods_of(domain.pool, domain.vault, order.number) == []

    play(scenario)


def test_a_late_payment_of_an_order_whose_balance_was_spent_is_too_late(play):
    async def scenario(domain):
        id_ = await domain.product(5)
        user_id = await domain.customer(balance_minor=3_000)
        order = await domain.order((id_, 1), user_id=user_id, use_balance=True)
        await close(domain, order, "expired")
        await domain.order((id_, 1), user_id=user_id, use_balance=True)
        assert await domain.pays(order) == "too_late"
        assert (await domain.status(order.number), await domain.balance(user_id)) == ("expired", 0)
        assert await domain.available(id_) == 4

    play(scenario)


def test_a_late_payment_of_an_order_whose_promo_code_was_used_up_is_too_late(play):
    async def scenario(domain):
        id_ = await domain.product(5)
        await domain.discount(10, promo_code="ONCE", uses_max=1)
        order = await domain.order((id_, 1), promo="ONCE")
        await close(domain, order, "canceled")
        await domain.order((id_, 1), promo="ONCE")
        assert await domain.pays(order) == "too_late"
        assert await domain.available(id_) == 4

    play(scenario)


def test_the_second_payment_of_an_order_is_twice(play):
    async def scenario(domain):
        id_ = await domain.product(2)
        order = await domain.order((id_, 1))
        settled = await asyncio.gather(*(domain.pays(order, provider=f"p{n}") for n in range(6)))
        assert sorted(settled) == ["paid"] + ["twice"] * 5
        assert await mark_delivered(domain.pool, order.number)
        assert not await mark_delivered(domain.pool, order.number)
        assert await domain.pays(order, provider="p9") == "twice"
        assert (await domain.level(id_)).sold == 1
        await refund(domain, order.number, goods_back=False)
        assert await domain.pays(order, provider="p10") == "twice"

    play(scenario)


def test_late_payments_and_new_buyers_share_what_there_is(play):
    async def scenario(domain):
        id_ = await domain.product(10)
        late = [await domain.order((id_, 1)) for _ in range(10)]
        for order in late:
            await close(domain, order, "expired")
        quote = await domain.quote((id_, 1))

        async def buys():
            try:
                order = await domain.order(quote=quote)
            except SoldOut:
                return "sold out"
            return await domain.pays(order, provider=f"p{domain.next()}")

        results = await asyncio.gather(*(domain.pays(order) for order in late), *(buys() for _ in range(10)))
        assert results.count("paid") == 10
        assert (await domain.level(id_)).sold == 10

    play(scenario, 12)


def test_a_payment_of_something_else_is_for_a_person_to_look_at(play):
    async def scenario(domain):
        order = await domain.order((await domain.product(1), 1))
        good = {"bot": "shop", "provider": "p", "purpose": PURPOSE}
        good |= {"reference": str(order.number), "amount_minor": 10_000}
        for wrong in (
            {"bot": "another"},
            {"reference": "999999"},
            {"reference": "x"},
            {"purpose": "rent"},
            {"amount_minor": 9_999},
            {"currency": "USD"},
        ):
            async with transaction_on(domain.pool) as tx:
                payment = await open_payment(tx.connection, **{"currency": "RUB", **good, **wrong})
                with pytest.raises(LookupError, match=f"payment {payment.id} is"):
                    await settle(tx, payment)
                await tx.connection.execute("DELETE FROM mailroom.payment")
        assert await domain.status(order.number) == "awaiting_payment"

    play(scenario)


def test_a_link_to_pay_is_the_same_however_often_it_is_asked_for(play, gateway):
    async def scenario(domain):
        order = await domain.order((await domain.product(1), 1))
        links = await asyncio.gather(*(link(domain, gateway, order) for _ in range(8)))
        assert len(set(links)) == 1
        assert await link(domain, gateway, order) == links[0]
        [payment] = await payments_of(domain.pool, "shop", PURPOSE, str(order.number))
        assert (payment.provider_id, payment.pay_url) == ("p-1", "https://pay.example/p-1")
        asked = gateway.calls[0]
        assert (asked.idempotency_key, asked.reference) == (f"payment-{payment.ref}", payment.ref)
        assert (asked.money.amount_minor, asked.money.currency) == (10_000, "RUB")
        assert asked.description == f"Order {order.number}"
        assert asked.return_url == f"https://shop.example/app/shop/?order={order.number}"
        calls = len(gateway.calls)
        await link(domain, gateway, order)
        assert len(gateway.calls) == calls

    play(scenario)


def test_a_provider_whose_answer_was_lost_is_asked_for_the_same_payment_again(play, gateway):
    async def scenario(domain):
        order = await domain.order((await domain.product(1), 1))
        gateway.fails = 1
        with pytest.raises(ProviderUnavailableError):
            await link(domain, gateway, order)
        found = await link(domain, gateway, order)
        assert found.url == "https://pay.example/p-1"
        assert len(await payments_of(domain.pool, "shop", PURPOSE, str(order.number))) == 1

    play(scenario)


def test_a_link_that_has_expired_is_replaced(play, gateway):
    async def scenario(domain):
        order = await domain.order((await domain.product(1), 1))
        gateway.expires_at = datetime.now(UTC) + timedelta(hours=1)
        first = await link(domain, gateway, order)
        await domain.sql("UPDATE mailroom.payment SET expires_at = now() WHERE id = $1", first.payment_id)
        second = await link(domain, gateway, order)
        assert second.payment_id != first.payment_id
        assert (await find_payment(domain.pool, first.payment_id)).status == "canceled"
        gateway.expires_at = datetime.now(UTC) - timedelta(hours=1)
        await domain.sql("UPDATE mailroom.payment SET expires_at = now() WHERE id = $1", second.payment_id)
        with pytest.raises(ProviderRefusedError, match="expired"):
            await link(domain, gateway, order)

    play(scenario)


@pytest.mark.parametrize("status", ["canceled", "paid", "expired", "not tidied"])
def test_an_order_that_waits_for_no_payment_has_no_link(play, gateway, status):
    async def scenario(domain):
        order = await domain.order((await domain.product(1), 1))
        if status == "paid":
            await domain.pays(order)
        elif status == "not tidied":
            await domain.time_passes(order.number)
        else:
            await close(domain, order, status)
        with pytest.raises(OrderClosed) as refused:
            await link(domain, gateway, order)
        assert refused.value.status == {"not tidied": "expired"}.get(status, status)
        assert gateway.calls == []

    play(scenario)


def test_a_provider_that_nobody_has_configured_is_not_offered(play, gateway):
    async def scenario(domain):
        order = await domain.order((await domain.product(1), 1))
        with pytest.raises(NotOffered, match="aaio"):
            await pay_link(domain.room, named("pay"), Ways({"yookassa": gateway}), order, "aaio")

    play(scenario)


@pytest.mark.parametrize(
    ("contact", "email", "phone"),
    [
        ("ann@example.com", "ann@example.com", None),
        ("+447700900123", None, "+447700900123"),
        ("@ann", None, None),
    ],
)
def test_a_receipt_names_the_goods_and_goes_where_the_customer_said(play, contact, email, phone):
    async def scenario(domain):
        order = await domain.order((await domain.product(3), 2))
        await domain.sql("UPDATE shop.orders SET contact = $2 WHERE id = $1", order.number, contact)
        receipt = receipt_of(await domain.find(order.number))
        assert (receipt.email, receipt.phone) == (email, phone)
        assert [(item.quantity, item.price_minor) for item in receipt.items] == [(2, 10_000)]

    play(scenario)


@pytest.mark.parametrize("goods_back", [True, False])
def test_a_refund_takes_the_goods_back_if_nobody_has_seen_them(play, goods_back):
    async def scenario(domain):
        id_ = await domain.product(3)
        user_id = await domain.customer(balance_minor=3_000)
        order = await domain.order((id_, 2), user_id=user_id, use_balance=True)
        assert await refund(domain, order.number, goods_back=goods_back) is None
        assert await domain.pays(order) == "paid"
        begun = await refund(domain, order.number, goods_back=goods_back, finish=False)
        assert begun.status == "refunding"
        assert await goods_of(domain.pool, domain.vault, order.number) == []
        assert await domain.balance(user_id) == 0
        assert await refund(domain, order.number, goods_back=goods_back) is None
        async with transaction_on(domain.pool) as tx:
            assert (await finish_refund(tx, order.number)).status == "refunded"
            assert await finish_refund(tx, order.number) is None
        assert await domain.balance(user_id) == 3_000
        level = await domain.level(id_)
        assert (level.available, level.sold) == ((3, 0) if goods_back else (1, 2))
        assert not await mark_delivered(domain.pool, order.number)

    play(scenario)


def test_what_came_back_can_be_sold_again(play):
    async def scenario(domain):
        id_ = await domain.product(1)
        order = await domain.order((id_, 1))
        await domain.pays(order)
        with pytest.raises((SoldOut, QuoteChanged)):
            await domain.order((id_, 1))
        await refund(domain, order.number, goods_back=True)
        again = await domain.order((id_, 1))
        assert await domain.pays(again) == "paid"
        assert len(await goods_of(domain.pool, domain.vault, again.number)) == 1
        assert await goods_of(domain.pool, domain.vault, order.number) == []

    play(scenario)
