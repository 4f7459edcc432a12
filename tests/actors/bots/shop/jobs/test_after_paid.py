"""What is guaranteed after a payment: the goods, and what others get and hear of it."""

import hashlib
import hmac
import json
import re
from datetime import timedelta

import httpx
import pytest

from mailroom.actors.bots.shop.options import Options
from mailroom.actors.bots.shop.stock import withdraw
from mailroom.actors.runtime.bridge import aio
from mailroom.actors.texts.language import Language
from mailroom.actors.uses.http import ForbiddenAddressError
from mailroom.actors.uses.signature import sign
from tests.actors.bots.shop.jobs.shop_harness import PRICE, SECRET, SUPPLIER_CHAT

PAUSE = httpx.Response(503, headers={"Retry-After": "1800"})


def test_a_paid_order_is_delivered_with_all_that_follows(play):
    async def scenario(shop):
        grandma = await shop.person()
        friend = await shop.person(brought_by=grandma)
        buyer = await shop.person(brought_by=friend)
        product = await shop.product(3)
        order = await shop.order((product, 2), buyer=buyer)
        payment = await shop.pay(order)
        await shop.quiet()

        assert await shop.status(order) == "delivered"
        assert len(await shop.goods(order)) == 2
        assert shop.events(buyer) == [
            ("shop.delivered", {"order": order.number}),
            ("shop.receipt", {"order": order.number, "payment": int(payment.removeprefix("p-"))}),
        ]
        told = {"order": order.number, "currency": "RUB"}
        bonus = {"level": 1, "amount_minor": PRICE * 2 * 5 // 100, "friend": f"Person {buyer}"}
        assert shop.events(friend) == [("shop.bonus", {**told, **bonus})]
        bonus = {"level": 2, "amount_minor": PRICE * 2 * 2 // 100, "friend": f"Person {friend}"}
        assert shop.events(grandma) == [("shop.bonus", {**told, **bonus})]
        assert (await shop.balance(friend), await shop.balance(grandma)) == (1_000, 400)
        assert await shop.boards() == [(buyer, 1, PRICE * 2)]
        traces = await shop.sql("SELECT DISTINCT trace FROM mailroom.outbox_event")
        assert traces == [(f"yoomoney:{payment}",)]

    play(scenario)


def test_an_order_that_the_balance_pays_for_is_delivered_and_earns_nobody_a_bonus(play):
    async def scenario(shop):
        friend = await shop.person()
        rich = await shop.person(brought_by=friend)
        product = await shop.product(2)
        first = await shop.order((product, 1), buyer=await shop.person(brought_by=rich))
        await shop.pay(first)
        await shop.quiet()
        assert await shop.balance(rich) == PRICE  # all of it, by the options below
        order = await shop.order((product, 1), buyer=rich, use_balance=True)
        shop.queues.listener.wake("shop.delivery")
        await shop.quiet()
        assert await shop.status(order) == "delivered"
        assert shop.names(rich) == ["shop.bonus", "shop.delivered", "shop.receipt"]
        assert shop.events(rich, "shop.receipt")[0][1] == {"order": order.number, "payment": None}
        assert (await shop.balance(rich), await shop.balance(friend)) == (0, 0)

    play(scenario, options=Options(bonus_percent=(100,)))


def test_bonuses_are_of_what_was_paid_with_money(play):
    async def scenario(shop):
        friend = await shop.person()
        buyer = await shop.person(brought_by=friend)
        product = await shop.product(3)
        await shop.pay(await shop.order((product, 1), buyer=await shop.person(brought_by=buyer)))
        await shop.quiet()
        order = await shop.order((product, 1), buyer=buyer, use_balance=True)
        assert order.to_pay_minor == PRICE - PRICE // 2
        await shop.pay(order)
        await shop.quiet()
        assert await shop.balance(friend) == PRICE // 2 // 2

    play(scenario, options=Options(bonus_percent=(50,)))


def test_a_bonus_of_nothing_is_not_told(play):
    async def scenario(shop):
        friend = await shop.person()
        product = await shop.product(1)
        await shop.pay(await shop.order((product, 1), buyer=await shop.person(brought_by=friend)))
        await shop.quiet()
        assert (shop.events(friend), await shop.balance(friend)) == ([], 0)

    play(scenario, options=Options(bonus_percent=(0, 5)))


def test_a_reservation_that_runs_out_frees_the_goods_and_is_told(play):
    async def scenario(shop):
        product = await shop.product(1)
        order = await shop.order((product, 1))
        await shop.time_passes(order)
        shop.queues.listener.wake("shop.delivery")
        await shop.quiet()
        assert await shop.status(order) == "expired"
        assert shop.events(order.chat_id) == [("shop.expired", {"order": order.number})]
        assert await shop.free(product) == 1

    play(scenario)


def test_a_reservation_that_was_put_off_is_looked_at_again_and_holds_nothing_up(play):
    async def scenario(shop):
        product = await shop.product(1)
        order = await shop.order((product, 1))
        await shop.sql("UPDATE mailroom.outbox_job SET run_at = now(), turn_at = now()")
        shop.queues.listener.wake("shop.delivery")
        await shop.quiet()
        assert await shop.status(order) == "awaiting_payment"
        [(until, run_at)] = await shop.sql(
            "SELECT reserved_until, run_at FROM mailroom.outbox_job, "
            "shop.orders WHERE key = 'order:' || orders.id"
        )
        assert timedelta() <= run_at - until < timedelta(seconds=60)
        await shop.pay(order)
        await shop.quiet()
        assert await shop.status(order) == "delivered"

    play(scenario)


def test_a_paid_order_does_not_expire(play):
    async def scenario(shop):
        order = await shop.order((await shop.product(1), 1))
        await shop.pay(order)
        await shop.quiet()
        await shop.time_passes(order)
        shop.queues.listener.wake("shop.delivery")
        await shop.quiet()
        assert await shop.status(order) == "delivered"
        assert "shop.expired" not in shop.names(order.chat_id)

    play(scenario)


# Suppliers


def test_a_supplier_is_told_by_a_signed_call(play):
    async def scenario(shop):
        supplier = await shop.new_supplier(call=True)
        mine, other = await shop.product(2, supplier=supplier), await shop.product(2)
        order = await shop.order((mine, 2), (other, 1))
        await shop.pay(order)
        await shop.quiet()
        (call,) = shop.supplier.calls
        assert (call.method, str(call.url)) == ("POST", "https://supplier.example/sold")
        body = json.loads(call.content)
        assert body.pop("paid_at")
        assert body.pop("supplier").startswith("supplier-")
        (line,) = body.pop("lines")
        assert (line["quantity"], line["price_minor"]) == (2, PRICE)
        assert body == {
            "event": "order.paid", "order": order.number, "currency": "RUB", "total_minor": PRICE * 2,
        }  # fmt: skip
        at, _, signature = call.headers["X-Mailroom-Signature"].removeprefix("t=").partition(",v1=")
        expected = hmac.new(SECRET, f"{at}.".encode() + call.content, hashlib.sha256).hexdigest()
        assert signature == expected
        assert re.fullmatch(r"job-[0-9a-z]{10}-[0-9]+-[0-9]{16}", call.headers["X-Mailroom-Idempotency-Key"])
        assert "ann@example.com" not in call.content.decode()

    play(scenario)


def test_the_signature_is_that_of_the_documentation():
    signed = sign(b"secret", b'{"order":1}', 1763632800)
    digest = hmac.new(b"secret", b'1763632800.{"order":1}', hashlib.sha256).hexdigest()
    assert signed == f"t=1763632800,v1={digest}"


@pytest.mark.parametrize(
    "trouble", [500, 503, 429, httpx.ConnectError("refused"), httpx.ReadTimeout("slow")], ids=repr
)
def test_a_supplier_who_is_away_is_called_again_with_the_same_key(play, impatient, trouble):
    async def scenario(shop):
        shop.supplier.answers = [trouble, trouble]
        supplier = await shop.new_supplier(call=True)
        order = await shop.order((await shop.product(2, supplier=supplier), 1))
        await shop.pay(order)
        await shop.quiet()
        keys = [call.headers["X-Mailroom-Idempotency-Key"] for call in shop.supplier.calls]
        assert len(keys) == (1 if isinstance(trouble, Exception) else 3)
        assert len(set(keys)) == 1
        assert not shop.supplier.answers
        kinds = "SELECT count(*) FROM mailroom.outbox_event WHERE name = 'shop.tell_supplier' AND kind = $1"
        assert (await shop.value(kinds, "retry"), await shop.value(kinds, "done")) == (2, 1)

    play(scenario)


@pytest.mark.parametrize("answer", [400, 401, 404, 302])
def test_a_supplier_who_refuses_is_for_the_owner_to_see(play, answer):
    async def scenario(shop):
        shop.supplier.answers = [answer]
        supplier = await shop.new_supplier(call=True)
        order = await shop.order((await shop.product(1, supplier=supplier), 1))
        await shop.pay(order)
        await shop.quiet()
        assert f"answered {answer}" in (await shop.dead())[0][1]
        assert await shop.status(order) == "delivered"

    play(scenario, dead=["shop.tell_supplier"])


def test_a_supplier_whose_address_leads_into_our_own_network_is_not_called(play):
    async def scenario(shop):
        shop.supplier.answers = [ForbiddenAddressError("supplier.example (10.0.0.5) is in a private network")]
        supplier = await shop.new_supplier(call=True)
        order = await shop.order((await shop.product(1, supplier=supplier), 1))
        await shop.pay(order)
        await shop.quiet()
        assert "name that network in private_networks" in (await shop.dead())[0][1]
        assert await shop.status(order) == "delivered"

    play(scenario, dead=["shop.tell_supplier"])


def test_a_supplier_who_asks_for_a_pause_gets_it_and_holds_nobody_up(play):
    async def scenario(shop):
        shop.supplier.answers = [PAUSE]
        supplier = await shop.new_supplier(call=True)
        order = await shop.order((await shop.product(1, supplier=supplier), 1))
        payment = await shop.pay(order)
        await shop.quiet()
        [(wait, why)] = await shop.sql(
            "SELECT extract(epoch FROM run_at - now())::int, last_error FROM mailroom.outbox_job "
            "WHERE name = 'shop.tell_supplier'"
        )
        assert 1_700 < wait <= 1_800
        assert "answered 503" in why
        assert await shop.status(order) == "delivered"
        assert (await shop.boards())[0][1] == 1
        shop.provider.in_the_cabinet(payment, PRICE)
        await shop.notice(payment, None)
        await shop.queues.until_true(lambda: off_the_board(shop))

    async def off_the_board(shop):
        return (await shop.boards())[0][1] == 0

    play(scenario)


@pytest.mark.parametrize("language", [None, Language("ru"), Language("en")])
def test_a_supplier_is_told_in_a_chat_in_the_language_they_use(play, language):
    async def scenario(shop):
        if language:
            await shop.sql(
                "INSERT INTO shop.customers (bot, user_id, chat_id, name, language) "
                "VALUES ('shop', $1, $1, 'S', $2)",
                SUPPLIER_CHAT, language,
            )  # fmt: skip
        supplier = await shop.new_supplier(chat=True)
        order = await shop.order((await shop.product(2, supplier=supplier), 2))
        await shop.pay(order)
        await shop.quiet()
        (text,) = shop.telegram.texts(SUPPLIER_CHAT)
        assert ("Sold, order " in text) == (language != "ru")
        assert ("Продано, заказ №" in text) == (language != "en")
        assert f"{order.number}" in text
        assert "× 2" in text

    play(scenario)


def test_a_supplier_is_not_told_of_an_order_that_went_back_before(play):
    async def scenario(shop):
        supplier = await shop.new_supplier(call=True)
        order = await shop.order((await shop.product(1, supplier=supplier), 1))
        shop.supplier.answers = [PAUSE]
        await shop.pay(order)
        await shop.quiet()
        await shop.sql("UPDATE shop.orders SET status = 'refunding' WHERE id = $1", order.number)
        [(job,)] = await shop.sql("SELECT id FROM mailroom.outbox_job WHERE name = 'shop.tell_supplier'")
        await aio(shop.queues.on_call().retry, [job])
        shop.queues.listener.wake("shop.delivery")
        await shop.quiet()
        assert len(shop.supplier.calls) == 1

    play(scenario)


def test_goods_that_were_withdrawn_meanwhile_do_not_keep_a_paid_order_from_its_own(play):
    async def scenario(shop):
        product = await shop.product(3)
        order = await shop.order((product, 1))
        await aio(withdraw, shop.pool, product)
        await shop.pay(order)
        await shop.quiet()
        assert len(await shop.goods(order)) == 1

    play(scenario)
